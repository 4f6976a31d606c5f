"""``tracker schedule``: ready files that run ``tracker update`` and a backup once a day, for cron, systemd and GitHub.

What is printed lies in ``schedules/``, with names between two @ to be filled in.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from tracker.errors import UsageError

KINDS = ("cron", "systemd", "github")
FILES = {"cron": "crontab", "github": "tracker.yml"}  # how the one file of a kind is called
HOUR = 4  # UTC for systemd and GitHub: night in the Americas, when PubMed asks that large jobs be run
PART = re.compile(r"^# --- (\S+)\n", re.MULTILINE)


@dataclass(frozen=True)
class InstalledPlace:
    """Where a schedule runs: the home, the words that start the tracker, whose it is, what else it writes into."""

    home: Path
    command: Sequence[str]
    user: str
    folders: Sequence[Path] = ()


def at(text: str, home: Path) -> tuple[int, int]:
    """(hour, minute) of ``04:17``; of '' an hour of the night and a minute that follows from the home.

    Raises :class:`UsageError` for what is no time of day.
    """
    if not text:
        return HOUR, sha256(str(home).encode("utf-8", "surrogatepass")).digest()[0] % 60
    found = re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text)
    if not found:
        raise UsageError(f"{text!r} is no time of day such as 04:17")
    return int(found[1]), int(found[2])


def ready_file(kind: str, place: InstalledPlace, hour: int, minute: int) -> str:
    """What is printed for one of ``KINDS``. Raises :class:`UsageError` for a path that no such file can hold."""
    paths = [str(place.home), *place.command, *map(str, place.folders)]
    if any(not sign.isprintable() for text in paths for sign in text):
        raise UsageError("a path with unprintable characters cannot stand in a schedule: move the home")
    home = str(place.home)
    words = {
        "HOME": home,
        "USER": place.user,
        "HOUR": str(hour),
        "MINUTE": str(minute),
        "TIME": f"{hour:02}:{minute:02}",
        "SHELL_HOME": _in_crontab(shlex.quote(home)),
        "SHELL_TRACKER": _in_crontab(shlex.join(place.command)),
        "UNIT_PATH": home.replace("%", "%%"),
        "UNIT_HOME": _in_unit(home),
        "UNIT_TRACKER": " ".join(map(_in_unit, place.command)),
        "UNIT_WRITES": " ".join([_in_unit(home), *(_in_unit(f"-{folder}") for folder in place.folders)]),
    }
    text = files("tracker.safety").joinpath("schedules", f"{kind}.txt").read_text(encoding="utf-8")
    return re.sub(r"@([A-Z_]+)@", lambda found: words[found[1]], text)


def _in_crontab(text: str) -> str:
    """Cron takes a per cent sign for the end of the line."""
    return text.replace("%", "\\%")


def _in_unit(word: str) -> str:
    """A word of a line of systemd: its specifiers and variables escaped, quoted where it has to be."""
    word = word.replace("\\", "\\\\").replace("%", "%%").replace("$", "$$").replace('"', '\\"')
    return f'"{word}"' if re.search(r"[\s'\"\\;]", word) else word


def parts(kind: str, text: str) -> Mapping[str, str]:
    """The files that are printed together: name -> text."""
    if kind in FILES:
        return {FILES[kind]: text}
    pieces = PART.split(text)[1:]
    return dict(zip(pieces[::2], pieces[1::2], strict=True))
