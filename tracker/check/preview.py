"""``tracker check --preview``: what an edited strategy would add and lose, before it is run.

    after      which records would match: asked, decided here, or estimated here
    effect     the difference to what matches now, with a sample and the known papers lost

Nothing is stored, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from sqlite3 import Connection

from tracker.check import after as deciding
from tracker.check.after import After
from tracker.check.effect import Effect, SamplePaper, SourceEffect
from tracker.check.report import SearchReport
from tracker.errors import SourceError
from tracker.http import Http
from tracker.model import SavedSearch
from tracker.sources import PUBMED, Source, WindowSource, info, is_window, load
from tracker.store import holdings, preprint_versions, runs
from tracker.strategy import matcher_for

SAMPLE = 10  # papers of each that are named


def changed(db: Connection, search: SavedSearch) -> bool:
    """Whether the file holds another strategy than was run last; a search that was never run counts as changed."""
    stored = holdings.newest_strategy(db, runs.search_id(db, search.slug))
    return stored is None or stored.version != search.version


def askable(search: SavedSearch, known: Collection[str]) -> list[str]:
    """The sources of a search that can be asked what a strategy matches; the others are read whole and decided here."""
    return [name for name in search.sources if name in known and not info(name).reads_whole]


def preview(db: Connection, search: SavedSearch, report: SearchReport, sources: Mapping[str, Source]) -> Effect:
    """The effect of the strategy as it stands in its file; ``sources`` are those that may be asked, none offline.

    ``report`` is that of ``tracker check``, without errors. A service that does not answer is told, and estimated.
    """
    key = runs.search_id(db, search.slug)
    stored = holdings.newest_strategy(db, key)
    effects, befores, afters = [], dict[str, frozenset[str]](), dict[str, After]()
    for item in report.sources:
        before = holdings.matching(db, key, item.source)
        after = _after(db, search, key, item.source, item.text, before, sources.get(item.source))
        befores[item.source], afters[item.source] = before, after
        effects.append(_effect(db, key, item.source, before, after, sources.get(item.source), item.text))
    lost, gained, missing = _finds(db, search.finds, befores, afters)
    return Effect(
        search.slug, search.title, search.version, stored.number if stored else 0, stored.seen if stored else "",
        stored is None or stored.version != search.version, tuple(effects), lost, gained, missing,
    )  # fmt: skip


def _after(
    db: Connection, search: SavedSearch, key: int, name: str, text: str, before: frozenset[str], source: Source | None
) -> After:
    decide = matcher_for(search, name)
    trouble = ""
    if source is not None:
        cuts = runs.last_cuts(db, key, name)
        try:
            if decide is None:
                return deciding.asked(source, text, cuts, before)
            return deciding.asked_and_decided(db, source, text, cuts, before, decide)
        except SourceError as error:
            trouble = str(error)
    window = _window(db, name)
    if decide is not None and window is not None:
        after = deciding.on_shelf(db, window, decide)
    elif decide is not None:
        after = deciding.decided(db, name, decide)
    elif info(name).speaks_pubmed:
        after = deciding.estimated(db, name, holdings.sent(db, key, name), text, before)
    else:
        after = After("unknown", set(before), ["it is asked in its own language, and only it can tell"])
    after.trouble = trouble
    return after


def _window(db: Connection, name: str) -> WindowSource | None:
    """Who reads what was stored of a preprint server; None for another source, and where nothing has been read yet."""
    if not info(name).reads_whole or not preprint_versions.count(db, name):
        return None
    source = load(name).build(Http(), {})  # it only reads what is stored: nothing is asked
    return source if is_window(source) else None


def _effect(
    db: Connection, key: int, name: str, before: frozenset[str], after: After, source: Source | None, text: str
) -> SourceEffect:
    added = sorted(after.ids - before, key=deciding.newest_first, reverse=True)
    lost = sorted(before - after.ids, key=deciding.newest_first, reverse=True)
    known = holdings.named(db, name, [*added, *lost])
    anyway, titles = _asked_more(db, key, name, text, after, added, lost, known, source)

    def sample(ids: list[str]) -> tuple[SamplePaper, ...]:
        held = [known.get(item) or holdings.NamedRecord(item, titles.get(item, ""), "") for item in ids[:SAMPLE]]
        return tuple(SamplePaper(item.source_id, item.title, item.key) for item in held)

    return SourceEffect(
        source=name,
        title=info(name).title,
        how=after.how,
        before=len(before),
        after=len(after.ids),
        added=tuple(added),
        lost=tuple(lost),
        added_stored=len(added) if after.how == "decided" else sum(item in known for item in added),
        added_anyway=anyway[0],
        lost_kept=holdings.matching_others(db, key, name, lost),
        lost_anyway=anyway[1],
        added_sample=sample(added),
        lost_sample=sample(lost),
        notes=tuple(after.notes),
        trouble=after.trouble,
    )


def _asked_more(
    db: Connection, key: int, name: str, text: str, after: After, added: list[str], lost: list[str],
    known: dict[str, holdings.NamedRecord], source: Source | None,
) -> tuple[tuple[int, int], dict[str, str]]:  # fmt: skip
    """((added, lost) without the edit too, titles of a sample not stored); what is not answered is a trouble."""
    anyway, titles = (0, 0), after.titles
    if source is None or after.how != "asked" or not (added or lost):
        return anyway, titles
    try:
        if not after.by_record:
            anyway = _anyway(source, holdings.sent(db, key, name), text, runs.last_cuts(db, key, name), added, lost)
        titles = titles | deciding.titles(
            source, [item for item in added[:SAMPLE] if item not in known.keys() | titles.keys()]
        )
    except SourceError as error:
        after.trouble = after.trouble or str(error)
    return anyway, titles


def _anyway(
    source: Source, old: str, text: str, cuts: Sequence[str], added: list[str], lost: list[str]
) -> tuple[int, int]:
    """How many would come and go without the edit, because the source has moved on since the last run."""
    if not old:
        return 0, 0
    if old == text:
        return len(added), len(lost)
    walk = source.walk(old, cuts)
    listed = set(walk.ids)
    return len(listed.intersection(added)), 0 if walk.shortfall else len(set(lost) - listed)


def _finds(
    db: Connection, finds: Collection[str], before: Mapping[str, Collection[str]], after: Mapping[str, After]
) -> tuple[tuple[SamplePaper, ...], tuple[str, ...], tuple[str, ...]]:
    """Known papers lost, gained, and found neither before nor after; on any source."""
    lost, gained, missing = [], [], []
    for paper in finds:
        records = holdings.of_paper(db, paper) | {(PUBMED.name, paper)}
        records |= {(name, item) for name, one in after.items() for item in one.dois.get(paper, ())}
        now = any(item in before.get(name, ()) for name, item in records)
        then = any(name in after and item in after[name].ids for name, item in records)
        if now and not then:
            lost.append(_known(db, paper, records))
        elif then and not now:
            gained.append(paper)
        elif not now:
            missing.append(paper)
    return tuple(lost), tuple(gained), tuple(missing)


def _known(db: Connection, paper: str, records: Collection[tuple[str, str]]) -> SamplePaper:
    for name, item in sorted(records):
        held = holdings.named(db, name, [item]).get(item)
        if held:
            return SamplePaper(paper, held.title, held.key)
    return SamplePaper(paper)
