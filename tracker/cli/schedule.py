"""schedule: a ready file for whoever runs the tracker every day."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path

import click

from tracker.cli.common import home_of, say


@click.command()
@click.argument("kind", type=click.Choice(["cron", "systemd", "github"]))
@click.option("--at", metavar="HH:MM", default="", help="When (default: at night). UTC; cron: local time.")
@click.option("--user", default="", help="systemd: whom it runs as (default: you).")
@click.option("--write", type=click.Path(path_type=Path, file_okay=False), help="Write the files into this folder.")
@click.pass_context
def schedule(context: click.Context, kind: str, at: str, user: str, write: Path | None) -> None:
    """Print a ready file for cron, systemd or GitHub Actions: once a day 'tracker update' and a backup."""
    from tracker.safety import schedule as scheduling
    from tracker.searches import read_lists, read_searches

    home = home_of(context)
    root = home.root.resolve()
    lists, _ = read_lists(home.queries, [item.slug for item in read_searches(home.queries)[0]])
    folders = {(root / Path(item.to).expanduser()).resolve() for item in lists if item.to}
    outside = sorted(folder for folder in folders if not folder.is_relative_to(root))
    place = scheduling.Place(root, [sys.executable, "-m", "tracker"], user or getpass.getuser(), outside)
    text = scheduling.ready_file(kind, place, *scheduling.at(at, root))
    if write is None:
        click.echo(text, nl=False)
        return
    write.mkdir(parents=True, exist_ok=True)
    for name, part in scheduling.parts(kind, text).items():
        (write / name).write_text(part, encoding="utf-8", newline="\n")
        say(f"written: {write / name}")


COMMANDS = (schedule,)
