"""schedule: a ready file for whoever runs the tracker every day."""

from __future__ import annotations

import getpass
import shutil
import sys
from pathlib import Path

import click

from tracker.cli.common import home_of
from tracker.schedule import KINDS, ready_file


@click.command()
@click.argument("kind", type=click.Choice(KINDS))
@click.pass_context
def schedule(context: click.Context, kind: str) -> None:
    """Print a ready file for cron, systemd or GitHub Actions that runs 'tracker update' every day."""
    beside = Path(sys.executable).with_name("tracker")
    command = str(beside) if beside.exists() else shutil.which("tracker") or "tracker"
    click.echo(ready_file(kind, home_of(context).root, command, getpass.getuser()), nl=False)


COMMANDS = (schedule,)
