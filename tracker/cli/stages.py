"""check, collect, dedupe, publish, update: the line."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import click

from tracker.cli.checking import check
from tracker.cli.common import clock, finish, home_of, say
from tracker.errors import UsageError
from tracker.home import Home


@click.command()
@click.argument("searches", nargs=-1)
@click.option("--source", help="Ask this source only.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Read services without a search from this day on.")
@click.option("--dry-run", is_flag=True, help="Ask what matches and print the numbers; store nothing.")
@click.option("--accept-gone", multiple=True, metavar="SEARCH", help="Believe that so many papers no longer match.")
@click.option("--accept-news", multiple=True, metavar="SEARCH", help="Let what came in a burst be news.")
@click.pass_context
def collect(
    context: click.Context,
    searches: tuple[str, ...],
    source: str | None,
    since: datetime | None,
    dry_run: bool,
    accept_gone: tuple[str, ...],
    accept_news: tuple[str, ...],
) -> None:
    """Stage 1: ask each source what the searches match; keep what is new or changed."""
    from tracker import pipeline
    from tracker.pipeline import open_sources
    from tracker.report import status

    given = pipeline.Context(home_of(context), clock, say)
    found = pipeline.searches_of(given.home, {*searches, *accept_gone, *accept_news})
    http, sources = open_sources(os.environ, pipeline.sources_of(found, source))
    if dry_run:
        finish(pipeline.dry_run(given, sources, found, click.echo))
        return
    with pipeline.writing(given, create=True) as store:
        pipeline.accept_news(given, store, accept_news)
        named = bool(searches or accept_gone or accept_news)
        report = pipeline.collect(
            given, store, http, sources, found, named=named, accept_gone=accept_gone,
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
def demo(root: Path | None, port: int, no_serve: bool, keep: bool) -> None:
    """The whole job on a fictional corpus, through loopback services, in a home of its own."""
    from emulator import play

    home = play.run(root or Path(".demo"), keep=keep, say=click.echo)
    if no_serve:
        return
    from tracker.site.serve import free_port, serve

    chosen = free_port("127.0.0.1", port)
    click.echo(f"The site: http://127.0.0.1:{chosen}/   (Ctrl-C ends it)")
    serve(home.public, home.metadata(), "127.0.0.1", chosen, clock=play.last_morning)


COMMANDS = (
    check,
    collect,
    dedupe,
    publish,
    update,
    demo,
)
