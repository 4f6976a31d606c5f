"""A home with one saved search, the commands as a person types them, and files of references."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tracker.cli import main
from tracker.store import Store, identity


@dataclass
class Desk:
    """A home and what a person does in it."""

    home: Path

    def run(self, *words: str) -> tuple[int, str, str]:
        """(exit code, what was printed, what was said); a traceback fails the test."""
        told = CliRunner().invoke(main, ["--home", str(self.home), *words])
        if told.exception and not isinstance(told.exception, SystemExit):
            raise told.exception
        return told.exit_code, told.stdout, told.stderr

    def take(self, *files: str, source: str = "psycinfo") -> tuple[int, str, str]:
        paths = [str(self.home / name) for name in files]
        return self.run("import", *paths, "--search", "lonely", "--source", source)

    def file(self, name: str, content: str | bytes) -> str:
        data = content if isinstance(content, bytes) else content.encode()
        (self.home / name).write_bytes(data)
        return name

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with Store(self.home / "db" / "tracker.db", create=False) as store:
            return [tuple(row) for row in store.db.execute(sql, values)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    (tmp_path / "queries").mkdir()
    text = "title: Lonely\nsources: pubmed\n---\nloneliness[tiab]\n"
    (tmp_path / "queries" / "lonely.txt").write_text(text, encoding="utf-8")
    with Store(tmp_path / "db" / "tracker.db") as store, store.write() as db:
        identity.decide(db, "DEMO", "demo.invalid")
    return Desk(tmp_path)


@pytest.fixture
def ris() -> Callable[..., str]:
    """A RIS file with these accession numbers."""

    def made(*numbers: int, **said: str) -> str:
        more = "".join(f"{tag}  - {value}\r\n" for tag, value in said.items())
        return "".join(
            f"TY  - JOUR\r\nAN  - 2026-{number}\r\nTI  - Loneliness on line {number} of the night trains\r\n"
            f"AU  - Rider{number}, Anna\r\nPY  - 2026\r\n{more}ER  - \r\n\r\n"
            for number in numbers
        )

    return made
