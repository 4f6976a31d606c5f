"""What all commands share: the group, the home, the clock, the exit code."""

from __future__ import annotations

import os
import sqlite3
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from tracker import __version__
from tracker.errors import SourceError, TrackerError
from tracker.home import Home, open_home


class Failure(click.ClickException):
    """One clear line and an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(" ".join(message.split()))
        self.code = code

    @property
    def exit_code(self) -> int:  # type: ignore[override]
        return self.code

    def show(self, file: Any = None) -> None:
        click.echo(f"tracker: {self.message}", err=True)


# Options under their earlier names: each works until the release after the one that renamed it, and says its new name.
EARLIER = {"--accept-gone": "--confirm-removals", "--accept-news": "--release-held"}


def _todays_word(word: str) -> str:
    """An option under its name of today; ``word`` is an argument as typed, ``--name`` or ``--name=value``."""
    name, equals, value = word.partition("=")
    if name not in EARLIER:
        return word
    say(f"{name} is now called {EARLIER[name]}; the earlier name works until the next release")
    return f"{EARLIER[name]}{equals}{value}"


class Line(click.Group):
    """Turns every foreseen error into one line: a traceback is a bug."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        """The command that the words name; words that are no text are refused here, for none could be stored."""
        args = [_todays_word(word) for word in args]
        for word in args:
            if any("\ud800" <= sign <= "\udfff" for sign in word):
                raise Failure(f"{word!r} is no text that can be read: its bytes are not those of UTF-8", 2)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TrackerError as error:
            raise Failure(str(error), 1 if isinstance(error, SourceError) else 2) from error
        except sqlite3.DatabaseError as error:
            raise Failure(f"the database cannot be used: {error}", 2) from error
        except OSError as error:
            raise Failure(f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}", 2) from error


@click.group(cls=Line, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="tracker")
@click.option("--home", type=click.Path(path_type=Path), help="The tracker home (default: TRACKER_HOME, else here).")
@click.pass_context
def main(context: click.Context, home: Path | None) -> None:
    """Follow the literature: collect -> dedupe -> publish, and the lists reviewers work with."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    context.obj = home or Path(os.environ.get("TRACKER_HOME") or ".")


def home_of(context: click.Context) -> Home:
    return open_home(Path(context.obj))


def clock() -> datetime:
    """The only clock outside http.py and the demo."""
    return datetime.now(UTC)


def say(line: str) -> None:
    click.echo(line, err=True)


def finish(troubles: list[str], alarms: list[str] | None = None) -> None:
    """Print one line for each trouble and alarm and end with the exit code that says so."""
    for line in troubles:
        say(f"incomplete: {line}")
    for line in alarms or ():
        say(f"alarm: {line}")
    if troubles:
        raise click.exceptions.Exit(1)
    if alarms:
        raise click.exceptions.Exit(3)
