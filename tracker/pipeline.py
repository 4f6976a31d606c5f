"""The line as commands run it: a lock, a run, its stages, a report. Commands and the demo share it.

:func:`open_sources` opens the sources that the environment names, and refuses those that may not be asked.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date
from urllib.parse import urlsplit

from tracker import collect as collecting
from tracker import publish as publishing
from tracker import sources as source_table
from tracker import strategy
from tracker.check.report import check_folder
from tracker.checkers import Checker, run_checkers
from tracker.collect import by_day, searched
from tracker.collect.deciding import rules_for
from tracker.collect.licences import knows_licences, look_up
from tracker.collect.outcomes import warned
from tracker.dedupe import stage as deduping
from tracker.errors import SourceError, UsageError
from tracker.home import Context as Context
from tracker.home import Home
from tracker.http import Http, Service
from tracker.model import SavedSearch
from tracker.report import status
from tracker.safety.heartbeat import caller
from tracker.safety.lock import writing as writing
from tracker.screening.schedule import due_hand_outs
from tracker.searches import read_searches
from tracker.sources import AnySource, Source, is_walked, is_window, load
from tracker.store import Store, inflow, ledger, runs

PING = "TRACKER_PING_URL"
SECRETS = ("NCBI_API_KEY", "OSF_TOKEN", "TRACKER_SMTP_URL", PING)
CONTACT = "TRACKER_EMAIL"
PACE = "TRACKER_PACE"


def open_sources(environ: Mapping[str, str], wanted: Collection[str]) -> tuple[Http, dict[str, AnySource]]:
    """The one opener of connections and the wanted sources by name.

    Raises :class:`UsageError` naming the variable to mend. Services on the internet are told who asks and are never
    asked faster than they allow; loopback addresses alone are free of both.
    """
    modules = {name: load(name) for name in wanted}
    services = {name: module.service(environ) for name, module in modules.items()}
    contact, pace = _contact(environ), _pace(environ)
    for service in services.values():
        _check_address(service)
    if not all(service.loopback for service in services.values()):
        if not contact:
            raise UsageError(
                f"{CONTACT} is not set: the services ask for a contact address; set it to one that is read, "
                f"for example {CONTACT}=tracker@your-network.org"
            )
        if pace < 1:
            raise UsageError(f"{PACE} below 1 is allowed only when every service address is loopback")
    secrets = [environ[name] for name in SECRETS if environ.get(name)]
    http = Http(contact=contact, pace=pace, secrets=secrets)
    return http, {name: module.build(http, environ) for name, module in modules.items()}


def open_ping(environ: Mapping[str, str]) -> Callable[[str], str] | None:
    """How the ping address is told an outcome (:func:`tracker.safety.heartbeat.caller`); None where none is set."""

    def http(secrets: Sequence[str]) -> Http:
        others = [environ[name] for name in SECRETS if environ.get(name)]
        return Http(timeout=(5.0, 10.0), deadline=20.0, attempts=2, secrets=[*others, *secrets])

    return caller(environ.get(PING, "").strip(), http)


def _check_address(service: Service) -> None:
    parts = urlsplit(service.base)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(f"the address of {service.title} is not an http address: {service.base!r}")


def _contact(environ: Mapping[str, str]) -> str:
    contact = environ.get(CONTACT, "").strip()
    if contact and ("@" not in contact or any(sign.isspace() for sign in contact)):
        raise UsageError(f"{CONTACT} is not an e-mail address")
    return contact


def _pace(environ: Mapping[str, str]) -> float:
    said = environ.get(PACE, "").strip() or "1"
    try:
        pace = float(said)
    except ValueError:
        raise UsageError(f"{PACE} is not a number: {said!r}") from None
    if not 0 <= pace <= 1000:
        raise UsageError(f"{PACE} must lie between 0 and 1000, not {said}")
    return pace


def searches_of(home: Home, slugs: Collection[str] = ()) -> list[SavedSearch]:
    """The saved searches, all or those named.

    Raises :class:`UsageError` for the first mistake in any file, strategies that a service would not take as they are
    meant among them: nothing is sent until it is mended.
    """
    found, _ = read_searches(home.queries)
    mistakes = check_folder(home.queries).mistakes
    if mistakes:
        more = f" (and {len(mistakes) - 1} more: 'tracker check' names them all)" if len(mistakes) > 1 else ""
        raise UsageError(f"{mistakes[0]}{more}")
    if not found:
        raise UsageError(f"there is no saved search in {home.queries}")
    known = {item.slug for item in found}
    for slug in slugs:
        if slug not in known:
            raise UsageError(f"there is no saved search {slug!r}; known are: {', '.join(sorted(known))}")
    return [item for item in found if not slugs or item.slug in slugs]


def collect(
    context: Context, store: Store, http: Http, sources: Mapping[str, AnySource], searches: Sequence[SavedSearch],
    *, command: str = "collect", named: bool = False, confirm_removals: Collection[str] = (),
    since: date | None = None, checkers: Sequence[Checker] = (),
) -> collecting.CollectReport:  # fmt: skip
    """Stage 1 as a run of the ledger; ``named``: the searches were asked for by name, so all are due.

    ``since``: the day from which on services without a search are to be read. ``checkers`` are asked at the end.
    """
    walked = {name: source for name, source in sources.items() if is_walked(source)}
    job = collecting.Collector(
        store, walked, context.clock, context.say, frozenset(confirm_removals),
        lambda name: (http.requests.get(name, 0), http.retries.get(name, 0)),
    )  # fmt: skip
    with store.write() as db:
        run = runs.begin(db, command, context.now())
    report = searched.collect(job, run, searches, compiled(searches, walked), all_due=named)
    for row in report.readings:
        if row.outcome != "failed":
            _ask_inflow(context, store, walked[row.source])
            if knows_licences(source := walked[row.source]):
                look_up(store, source, context.clock(), context.say)
    by_days = {name: source for name, source in sources.items() if is_window(source)}
    read = by_day.collect(job, run, searches, by_days, since=since, all_due=named)
    checked = run_checkers(store, run, checkers, context.clock, context.say, job.http_counts)
    readings = (*report.readings, *read.readings, *checked)
    report = collecting.CollectReport(report.rows + read.rows, readings, report.skipped + read.skipped)
    with store.write() as db:
        outcome = runs.end(db, run, context.now())
    answered = outcome != "failed" or any(row.outcome in runs.DONE for _, row in report.rows)
    brought = ledger.summary(store.db, run) if answered else "nothing was learned"
    context.say(f"Run {run}, {outcome}: {brought}")
    return report


def _ask_inflow(context: Context, store: Store, source: Source) -> None:
    """Ask for the whole inflow of the last days; what is not answered is asked for again by the next run."""
    for day in inflow.missing_days(store.db, source.name, context.clock().astimezone(UTC).date()):
        try:
            count = source.inflow(day)
        except SourceError as error:
            context.say(f"{source.title}: the inflow of {day} could not be asked: {error}")
            return
        with store.write() as db:
            inflow.add(db, source.name, day, count, context.now())


def release_held(context: Context, store: Store, slugs: Collection[str]) -> None:
    """A person's word that what came in a burst is news."""
    for slug in slugs:
        with store.write() as db:
            context.say(f"{slug}: {inflow.release(db, slug):,} papers are news from the next publish on")


def compiled(searches: Sequence[SavedSearch], sources: Collection[str]) -> dict[tuple[str, str], str]:
    """The text as sent for each (slug, source): an override, the strategy itself for PubMed, or its compiled form.

    Raises :class:`UsageError` where a source cannot be asked what the strategy means: nothing is guessed.
    """
    return {(item.slug, name): _text(item, name) for item in searches for name in item.sources if name in sources}


def _text(search: SavedSearch, source: str) -> str:
    override = dict(search.overrides).get(source)
    if override is not None or source_table.info(source).speaks_pubmed:
        return search.strategy if override is None else override
    made = strategy.compile_search(search, source)
    if made.impossible:
        part = made.impossible[0]
        raise UsageError(f"{search.slug}: {source} cannot be asked for {part.original!r}: {part.reason}")
    return made.text


def sources_of(searches: Sequence[SavedSearch], only: str | None = None) -> list[str]:
    """The sources that the searches list, each once; ``only`` narrows them to one that must be among them."""
    wanted = list(dict.fromkeys(name for item in searches for name in item.sources))
    if only is None:
        return wanted
    if only not in wanted:
        raise UsageError(f"no saved search lists the source {only!r}; listed are: {', '.join(wanted)}")
    return [only]


def dry_run(
    context: Context, sources: Mapping[str, AnySource], searches: Sequence[SavedSearch], tell: Callable[[str], None]
) -> list[str]:
    """Ask what matches and tell the numbers; stores nothing. Returns a line for each search that was not answered."""
    troubles = []
    walked = {name: source for name, source in sources.items() if is_walked(source)}
    wider = {(item.slug, name) for item in searches for name in walked if rules_for(item, name)}
    for (slug, name), text in compiled(searches, walked).items():
        try:
            walk = walked[name].walk(text)
        except SourceError as error:
            troubles.append(f"{slug} on {name}: {error}")
            continue
        said = "match" if (slug, name) not in wider else "are listed (asked wider; each is decided when it is read)"
        tell(f"{slug} on {walked[name].title}: {walk.promised_last:,} {said}, {len(walk.ids):,} ids received")
        for warning in walk.warnings:
            tell(f"  {warned(walked[name].title, warning)}")
        troubles += [f"{slug} on {name}: {walk.shortfall}"] if walk.shortfall else []
    return troubles


def dedupe(context: Context, store: Store) -> None:
    """Stage 2: place every record that is new or has changed."""
    report = deduping.judge(store, context.now())
    context.say(report.line)


def publish(context: Context) -> None:
    """Stage 3: build the public copy."""
    report = publishing.publish(
        context.home.database,
        context.home.public,
        settings=context.home.settings(),
        now=context.clock(),
        say=context.say,
        active={item.slug for item in read_searches(context.home.queries)[0]},
    )
    context.say(report.line)


def update(
    context: Context, store: Store, http: Http, sources: Mapping[str, AnySource], searches: Sequence[SavedSearch],
    checkers: Sequence[Checker] = (),
) -> tuple[list[str], list[str]]:  # fmt: skip
    """The line: collect -> dedupe -> publish, then the lists whose time has come.

    Returns (troubles, alarms); an incomplete source stops nothing.
    """
    report = collect(context, store, http, sources, searches, command="update", checkers=checkers)
    dedupe(context, store)
    publish(context)
    handed = due_hand_outs(context.home, store, context.now())
    for receipt in handed.receipts:
        context.say(str(receipt))
    return [*report.troubles, *handed.troubles], status.alarms(store.db, context.clock())
