"""backup, restore, verify: nothing is lost, and the proof of it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tracker.cli.common import clock, home_of, say


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--keep", type=click.IntRange(1), default=7, show_default=True, help="How many stay in db/backups/.")
@click.pass_context
def backup(context: click.Context, file: Path | None, keep: int) -> None:
    """Copy the database, queries/ and metadata.json into one checked file; may run during an update.

    FILE ends in .db or .db.gz (compressed, to be sent away); without it the copy goes to db/backups/.
    """
    from tracker.home import Context
    from tracker.safety import backup as backing

    click.echo(backing.backup(Context(home_of(context), clock, say), file, keep=keep).line)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--current", is_flag=True, help="Nothing was done since the backup: no id need be passed over.")
@click.pass_context
def restore(context: click.Context, file: Path, current: bool) -> None:
    """Put the database of a backup in the place of the one that is there, which is kept beside it.

    With --home a folder that is no home yet, the backup makes it one.
    """
    from tracker.home import Context, Home
    from tracker.safety import backup as backing

    told = backing.restore(Context(Home(Path(context.obj)), clock, say), file, current=current)
    click.echo("\n".join(told.lines))


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Check both databases: a line for each promise. Changes nothing; exit code 2 if one is broken."""
    from tracker.safety import verify as verifying

    found = []
    for finding in verifying.verify(home_of(context)):
        found.append(finding)
        if not as_json:
            click.echo(verifying.line(finding))
    if as_json:
        click.echo(json.dumps(verifying.as_json(found), indent=2, ensure_ascii=False))
    if any(item.wrong for item in found):
        say("tracker: the database is not what it must be: 'tracker restore FILE' brings back a backup")
        raise click.exceptions.Exit(2)


COMMANDS = (backup, restore, verify)
