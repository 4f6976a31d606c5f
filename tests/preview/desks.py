"""A home whose searches are run against a loopback PubMed, and the command as a person types it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from emulator.service import PubMedService
from tracker.cli import main


@dataclass
class Told:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str


@dataclass
class Desk:
    """A person with a home and a PubMed of forty articles on five topics, eight of each."""

    home: Path
    service: PubMedService

    def write(self, text: str, slug: str = "one", headers: str = "", sources: str = "pubmed") -> None:
        path = self.home / "queries" / f"{slug}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"title: The search {slug}\nsources: {sources}\n{headers}---\n{text}\n", encoding="utf-8")

    def run(self, *words: str, **environment: str) -> Told:
        settings = {"TRACKER_PUBMED_URL": self.service.url, "TRACKER_PACE": "0", **environment}
        told = CliRunner().invoke(main, ["--home", str(self.home), *words], env=settings)
        if told.exception and not isinstance(told.exception, SystemExit):
            raise told.exception
        return Told(told.exit_code, told.stdout, told.stderr)

    def report(self, *words: str, code: int = 0, **environment: str) -> Any:
        """The JSON report of ``tracker check``."""
        told = self.run("check", *words, "--json", **environment)
        assert told.code == code, told.err
        return json.loads(told.out)

    def terms(self) -> list[str]:
        """All terms that PubMed was asked for so far."""
        return [asked.form["term"] for asked in self.service.asked("esearch")]
