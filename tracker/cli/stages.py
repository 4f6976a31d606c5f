"""collect, dedupe, publish, update: the line; serve and demo: its site, and the line at play."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from tracker.cli.common import clock, finish, home_of, say
from tracker.errors import Located, UsageError
from tracker.home import Home


@click.command()
@click.argument("searches", nargs=-1)
@click.option("--source", help="Ask this source only.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Read services without a search from this day on.")
@click.option("--dry-run", is_flag=True, help="Ask what matches and print the numbers; store nothing.")
@click.option("--confirm-removals", multiple=True, metavar="SEARCH", help="These papers really no longer match.")
@click.option("--release-held", multiple=True, metavar="SEARCH", help="What came in a burst is news.")
@click.pass_context
def collect(
    context: click.Context,
    searches: tuple[str, ...],
    source: str | None,
    since: datetime | None,
    dry_run: bool,
    confirm_removals: tuple[str, ...],
    release_held: tuple[str, ...],
) -> None:
    """Stage 1: ask each source what the searches match; keep what is new or changed."""
    from tracker import pipeline
    from tracker.pipeline import open_sources
    from tracker.report import status

    given = pipeline.Context(home_of(context), clock, say)
    found = pipeline.searches_of(given.home, {*searches, *confirm_removals, *release_held})
    http, sources = open_sources(os.environ, pipeline.sources_of(found, source))
    if dry_run:
        finish(pipeline.dry_run(given, sources, found, click.echo))
        return
    with pipeline.writing(given, create=True) as store:
        pipeline.release_held(given, store, release_held)
        named = bool(searches or confirm_removals or release_held)
        report = pipeline.collect(
            given, store, http, sources, found, named=named, confirm_removals=confirm_removals,
            since=since.date() if since else None,
        )  # fmt: skip
        alarms = status.alarms(store.db, given.clock())
    finish(report.troubles, alarms)


@click.command()
@click.option(
    "--ask", type=click.Path(path_type=Path), metavar="FILE.csv", help="Write the doubtful pairs to a person."
)
@click.option("--answers", type=click.Path(path_type=Path), metavar="FILE.csv", help="Read them back, answered.")
@click.option("--review-rules", "review", is_flag=True, help="Tell what new rules would change; change nothing.")
@click.option("--apply", is_flag=True, help="With --review-rules: change it.")
@click.pass_context
def dedupe(context: click.Context, ask: Path | None, answers: Path | None, review: bool, apply: bool) -> None:
    """Stage 2: decide which records are one publication, one work."""
    from tracker import pipeline
    from tracker.dedupe import answers as answering
    from tracker.dedupe import ask as asking
    from tracker.dedupe import review as reviewing

    if (apply and not review) or (review and (ask or answers)):
        raise UsageError("--apply goes with --review-rules, and --review-rules goes with nothing else")
    given, troubles = pipeline.Context(home_of(context), clock, say), []
    with pipeline.writing(given) as store:
        if review:
            click.echo("\n".join(reviewing.review(store, given.now(), apply=apply).lines))
            return
        pipeline.dedupe(given, store)
        if answers:
            report = answering.take(store, answers, given.now())
            click.echo(f"{answers}: {report.line}")
            troubles = [f"{answers}: {line}" for line in report.troubles]
        if ask:
            click.echo(asking.write(store.db, ask))
    finish(troubles)


@click.command()
@click.pass_context
def publish(context: click.Context) -> None:
    """Stage 3: build the public copy (skipped when nothing changed)."""
    from tracker import pipeline

    given = pipeline.Context(home_of(context), clock, say)
    with pipeline.writing(given):
        pipeline.publish(given)
    _warn(given.home)


@click.command()
@click.pass_context
def update(context: click.Context) -> None:
    """All three stages: the line a schedule runs."""
    from tracker import pipeline
    from tracker.checkers import open_checkers
    from tracker.pipeline import open_ping, open_sources
    from tracker.safety import heartbeat

    given = pipeline.Context(home_of(context), clock, say)
    with heartbeat.watched(given, open_ping(os.environ)) as watch:
        searches = pipeline.searches_of(given.home)
        http, sources = open_sources(os.environ, pipeline.sources_of(searches))
        checkers = open_checkers(os.environ, http, sources)
        with pipeline.writing(given, create=True, sound=True) as store:
            troubles, alarms = pipeline.update(given, store, http, sources, searches, checkers)
            watch.ended(troubles, alarms, heartbeat.next_due(store, searches, clock()))
    _warn(given.home)
    finish(troubles, alarms)


def _warn(home: Home) -> None:
    """What the owner of the site still has to fill in."""
    from tracker.settings import privacy

    if line := privacy.unfilled_line(home.settings()):
        say(f"warning: {line}; 'tracker serve' listens on this computer alone until it is")


@click.command()
@click.option("--home", "root", type=click.Path(path_type=Path), default=None, help="Where the demo lives (.demo/).")
@click.option("--port", type=int, default=8001, show_default=True, help="If it is taken, the next free one.")
@click.option("--no-serve", is_flag=True, help="End when the pages are built.")
@click.option("--keep", is_flag=True, help="Go on with the demo that is there instead of a new one.")
@click.option("--days", type=click.IntRange(1, 7), default=7, show_default=True, help="Play the first days only.")
def demo(root: Path | None, port: int, no_serve: bool, keep: bool, days: int) -> None:
    """The whole job on a fictional corpus, through loopback services, in a home of its own."""
    from emulator import play

    home = play.run(root or Path(".demo"), keep=keep, say=click.echo, days=days)
    if no_serve:
        return
    from tracker.site.serve import free_port, serve

    chosen = free_port("127.0.0.1", port)
    click.echo(f"The site: http://127.0.0.1:{chosen}/   (Ctrl-C ends it)")
    serve(home.public, home.metadata(), "127.0.0.1", chosen, clock=play.last_morning)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=int, default=8001, show_default=True)
@click.pass_context
def serve(context: click.Context, host: str, port: int) -> None:
    """Show the public site (db/public/ is all it needs).

    Another address than this computer's own needs a privacy notice that is filled in (metadata.json).
    """
    from tracker.settings import privacy
    from tracker.site import serve as serving

    home = Home(Path(context.obj))
    if not home.public.is_dir():
        home = home_of(context)  # which says what is missing
    if not privacy.only_here(host) and (line := privacy.unfilled_line(home.settings())):
        raise Located(
            f"{line}. Until then 'tracker serve' listens on this computer alone (docs/operations.md, 'Going public')",
            home.metadata_file,
        )
    serving.check(home.public, host, port)
    if not home.settings().get("url"):
        say("'url' is not set in metadata.json (plugins.tracker.url): links name whatever host is asked")
    say(f"The site: http://{host}:{port}/   (Ctrl-C ends it)")
    serving.serve(home.public, home.metadata(), host, port, clock=clock)


COMMANDS = (collect, dedupe, publish, update, serve, demo)
