"""init: a new home."""

from __future__ import annotations

from pathlib import Path

import click

from tracker.cli.common import clock, say


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--prefix",
    prompt="Prefix of work ids, for ever (capital letters)",
    default="LSI",
    show_default=True,
    help="Capital letters; every work's id begins with them, for ever.",
)
@click.option(
    "--authority",
    prompt="Your domain, for feed ids, for ever (example.org)",
    default="localhost",
    show_default=True,
    help="Your domain; stands in the ids of feeds for ever.",
)
@click.option(
    "--public-abstracts",
    prompt="Abstracts shown in public",
    type=click.Choice(["licensed", "all", "none"]),
    default="licensed",
    show_default=True,
)
@click.option("--decided-by", default="", help="With --public-abstracts all: who decided it (a name).")
def init(folder: Path, prefix: str, authority: str, public_abstracts: str, decided_by: str) -> None:
    """Make a new home in FOLDER: example searches, metadata.json, and what must be asked once.

    What is not given as an option is asked for.
    """
    from tracker.home import Home, make_home
    from tracker.safety import folders
    from tracker.store import Store, check_sqlite, identity

    check_sqlite()
    folders.check(Home(folder).database.parent)
    identity.check(prefix, authority)
    settings: dict[str, object] = {"public_abstracts": public_abstracts}
    if public_abstracts == "all":
        decided_by = decided_by or click.prompt("Name of the person who decided to show all abstracts")
        settings |= {"public_abstracts_by": decided_by, "public_abstracts_on": clock().date().isoformat()}
    home = make_home(folder, settings)
    with Store(home.database) as store, store.write() as db:
        identity.decide(db, prefix, authority)
    say(f"A new home in {folder}. Next: set TRACKER_EMAIL, then 'tracker --home {folder} update'.")
    say(f"The site's title, contact and privacy notice: {home.metadata_file} (docs/operations.md, 'Going public').")


COMMANDS = (init,)
