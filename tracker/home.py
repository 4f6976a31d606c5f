"""A tracker home: the folder with ``queries/``, ``db/`` and ``metadata.json``; and what ``tracker init`` puts there.

What every stage is given: whose home it is, what time it is, and where to talk to a person.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.errors import Located, UsageError


@dataclass(frozen=True)
class Context:
    """What every stage is given."""

    home: Home
    clock: Callable[[], datetime]
    say: Callable[[str], None]

    def now(self) -> str:
        return iso(self.clock())


def iso(time: datetime) -> str:
    """``2026-11-24T06:00:00Z``: times as they are stored."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class Home:
    """Where everything of one tracker lies."""

    root: Path

    @property
    def queries(self) -> Path:
        return self.root / "queries"

    @property
    def metadata_file(self) -> Path:
        return self.root / "metadata.json"

    @property
    def database(self) -> Path:
        return self.root / "db" / "tracker.db"

    @property
    def public(self) -> Path:
        return self.root / "db" / "public"

    @property
    def backups(self) -> Path:
        return self.root / "db" / "backups"

    @property
    def heartbeat(self) -> Path:
        return self.root / "db" / "heartbeat.json"

    @property
    def lock_file(self) -> Path:
        return self.root / "db" / "writer.lock"

    def metadata(self) -> dict[str, Any]:
        """What metadata.json says; an empty object where there is none. Raises :class:`Located` where it is no JSON."""
        if not self.metadata_file.exists():
            return {}
        try:
            said = json.loads(self.metadata_file.read_text(encoding="utf-8-sig"))
        except json.JSONDecodeError as error:
            raise Located(f"not valid JSON: {error.msg}", self.metadata_file, error.lineno, error.colno) from error
        except UnicodeDecodeError as error:
            raise Located("not UTF-8 text", self.metadata_file) from error
        except (ValueError, RecursionError) as error:  # a number of thousands of digits, thousands of brackets
            raise Located(f"no JSON that can be read: {error}", self.metadata_file) from error
        if not isinstance(said, dict):
            raise Located("must be a JSON object", self.metadata_file, 1)
        return said

    def settings(self) -> dict[str, Any]:
        """The site's own settings: ``plugins.tracker`` of metadata.json."""
        said = self.metadata().get("plugins", {})
        own = said.get("tracker", {}) if isinstance(said, dict) else None
        if not isinstance(own, dict):
            raise Located("'plugins' and 'plugins.tracker' must be JSON objects", self.metadata_file)
        return own


def open_home(root: Path) -> Home:
    """The home at ``root``; raises :class:`UsageError` when there is none."""
    if not (root / "queries").is_dir():
        raise UsageError(f"{root} is no tracker home (it has no queries/ folder): 'tracker init {root}' makes one")
    return Home(root)


def starter() -> Path:
    """The folder with the starting searches and metadata.json: inside the wheel, else the repository."""
    packaged = Path(__file__).parent / "starter"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent


def make_home(root: Path, settings: dict[str, Any]) -> Home:
    """Make a new home with the starting searches; ``settings`` go into ``plugins.tracker``.

    Raises :class:`UsageError` when there is a home already, so that no file of a person is ever overwritten.
    """
    if (root / "queries").exists() or (root / "metadata.json").exists():
        raise UsageError(f"{root} is a tracker home already: nothing was changed")
    home = Home(root)
    shutil.copytree(starter() / "queries", home.queries)
    said = json.loads((starter() / "metadata.json").read_text(encoding="utf-8"))
    said.setdefault("plugins", {}).setdefault("tracker", {}).update(settings)
    home.metadata_file.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    home.database.parent.mkdir(exist_ok=True, mode=0o700)
    ignored = root / ".gitignore"
    if not ignored.exists():  # secrets and what is private never reach a repository by an oversight
        ignored.write_text("/.env\n/db/\n", encoding="utf-8")
    return home
