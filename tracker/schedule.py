"""``tracker schedule``: a ready file for cron, systemd or GitHub Actions, filled in for this home."""

from __future__ import annotations

import shlex
from importlib.resources import files
from pathlib import Path
from string import Template

from tracker import __version__
from tracker.errors import UsageError

KINDS = ("cron", "systemd", "github")


def ready_file(kind: str, home: Path, command: str, user: str) -> str:
    """The text of a file that runs ``tracker update`` every day; ``command``: where ``tracker`` is, absolute.

    Raises :class:`UsageError` for a home whose path the file could not hold as one word.
    """
    folder = str(home.resolve())
    if any(sign in folder for sign in "%\n\r\"\\'") or (kind == "systemd" and any(sign.isspace() for sign in folder)):
        raise UsageError(f"the path of the home, {folder!r}, has signs that {kind} reads otherwise: move the home")
    text = files("tracker").joinpath("schedules", f"{kind}.txt").read_text(encoding="utf-8")
    return Template(text).substitute(
        HOME_FOLDER=folder, HOME_QUOTED=shlex.quote(folder), TRACKER=command, USER=user, VERSION=__version__
    )
