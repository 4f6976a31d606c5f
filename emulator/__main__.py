"""``python -m emulator``: the demo's services alone, in a process of their own, for benchmarks and by hand."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click

from emulator.eutils import CEILING
from emulator.faults import FAULTS
from emulator.recorded import recorded
from emulator.service import PubMedService
from emulator.synthetic import synthetic


@click.command()
@click.option("--articles", default=2_000, show_default=True, help="How many counted-off articles to serve.")
@click.option("--size", default=3_000, show_default=True, help="Bytes of XML an article.")
@click.option(
    "--recorded",
    "files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Serve the records of this file of efetch XML instead (again for more).",
)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day it is for the service; today.")
@click.option("--latency", default=0.0, show_default=True, help="Seconds a request takes.")
@click.option("--limit", default=0, show_default=True, help="Requests a second above which 429 is answered; 0: none.")
@click.option("--ceiling", default=CEILING, show_default=True, help="Records of one search that are served.")
@click.option("--fault", "faults", multiple=True, metavar="NUMBER:NAME", help="Play a fault on that request.")
@click.option("--port", default=0, help="0: a free one.")
@click.option("--list-faults", is_flag=True, help="Name the faults and end.")
def main(
    articles: int,
    size: int,
    files: tuple[Path, ...],
    day: datetime | None,
    latency: float,
    limit: int,
    ceiling: int,
    faults: tuple[str, ...],
    port: int,
    list_faults: bool,
) -> None:
    """Print the address for TRACKER_PUBMED_URL, serve until the standard input ends (or Ctrl-C)."""
    if list_faults:
        for name, fault in FAULTS.items():
            click.echo(f"{name:20} {fault.does} ({', '.join(fault.on)})")
        return
    literature = recorded(files) if files else synthetic(articles, size=size)
    service = PubMedService(
        literature,
        day.date() if day else _today(),
        latency=latency,
        limit=limit,
        ceiling=ceiling,
        faults=dict(map(_script, faults)),
        port=port,
    )
    service.entrez.articles()  # index them before anybody waits for it
    with service:
        click.echo(service.url)
        sys.stdin.read()


def _script(text: str) -> tuple[int, str]:
    number, _, name = text.partition(":")
    if not number.isdecimal() or name not in FAULTS:
        raise click.BadParameter(f"{text!r} is not NUMBER:NAME with one of --list-faults", param_hint="--fault")
    return int(number), name


def _today() -> date:
    return datetime.now(UTC).date()


if __name__ == "__main__":
    main()
