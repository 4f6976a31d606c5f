"""One work as one row of a screening list. Pure: the same work gives the same row."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from tracker.formats.row import Row
from tracker.model import PartialDate, Record, StoredRecord, Work
from tracker.sources.kinds import kind
from tracker.sources.links import doi_url, pubmed_url
from tracker.states import GRAVE, prefixed
from tracker.states import words as state_words
from tracker.works.display import display, ordered, state_of

ENGLISH = frozenset(("eng", "en", "english"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a row tells of a work besides what the record says that the work shows."""

    key: str
    kind: str
    status: Sequence[str]  # as ``states`` gives it
    ended: str  # the day since which no search matches it, or ''
    versions: Iterable[str]
    searches: Iterable[str]
    sources: Iterable[str]
    first_seen: str
    note: str = ""  # what the notes say besides


def row(work: Work, record: Record, searches: Sequence[str] = (), what: str = "") -> Row:
    """The row of a work; ``record`` is what the work shows (:func:`tracker.works.display.display`).

    ``what`` is its kind (:func:`tracker.sources.kinds.kind`), where that is known already.

    ``searches`` are those of the list (default: all): if none of them matches any more, the notes say since when.
    """
    what = what or kind(record)
    around = Around(
        key=work.key,
        kind=what,
        status=states(work),
        ended=ended_on(work, searches),
        versions=versions(work.records, record, what),
        searches=sorted({match.search for match in work.matches}),
        sources=sorted({item.record.source for item in work.records}),
        first_seen=min(item.first_seen for item in work.records)[:10],
    )
    return filled(record, around)


def filled(record: Record, around: Around) -> Row:
    """The row of a work, wherever it comes from: the private database, or the public copy for a download."""
    year, month, day = _date(record.date)
    return Row(
        key=around.key,
        title=prefixed(next(iter(around.status), ""), record.title or record.vernacular_title),
        year=year,
        month=month,
        day=day,
        journal=record.journal or record.journal_abbrev,
        issn=issn(record),
        volume=record.volume,
        issue=record.issue,
        pages=record.pages,
        authors=joined(author.name for author in record.authors),
        url=doi_url(record.doi) or pubmed_url(record.pmid),
        language=joined(record.languages),
        publisher=record.publisher,
        location=record.country,
        abstract=abstract(record),
        notes=_notes(record, around),
        doi=record.doi,
        keywords=joined(dict.fromkeys((*record.keywords, *(heading.name for heading in record.mesh)))),
        pubmed_id=record.pmid,
        pmc_id=record.pmcid,
        record_type=around.kind,
        status=words(around.status),
        versions=joined(around.versions),
        searches=joined(around.searches),
        sources=joined(around.sources),
        first_seen=around.first_seen,
        names=record.authors,
        journal_abbrev=record.journal_abbrev,
    )


def issn(record: Record) -> str:
    """The linking ISSN, or else the first one known."""
    return record.issn_linking or next(iter(record.issns), "")


def joined(values: Iterable[str]) -> str:
    """The values joined by ``"; "``; a semicolon inside one would part it in two and becomes a comma."""
    return "; ".join([value.replace(";", ",") for value in values if value])


def states(work: Work) -> tuple[str, ...]:
    """The state of the work first, then every other grave thing that happened to it."""
    return states_of({item.event.kind for item in work.events})


def states_of(kinds: Collection[str]) -> tuple[str, ...]:
    """The same, of the kinds of a work's events."""
    first = state_of(kinds)
    return (first, *(word for word in GRAVE if word in kinds and word != first))


def words(states: Iterable[str]) -> str:
    """States in words that readers know: ``retracted; expression of concern``."""
    return joined(state_words(word) for word in states)


def ended_on(work: Work, searches: Sequence[str] = ()) -> str:
    """The day since which no search (of ``searches``, where given) matches the work; '' while one does."""
    found = [match.until for match in work.matches if not searches or match.search in searches]
    return max(found)[:10] if found and all(found) else ""


def versions(records: Sequence[StoredRecord], shown: Record, what: str) -> list[str]:
    """What the work consists of: ``preprint 10.5555/x``, ``article 10.5555/y``, the oldest publication first.

    ``shown`` is what the work shows, ``what`` its kind; a work of one publication shows that.
    """
    groups: dict[int, list[StoredRecord]] = {}
    for item in records:
        groups.setdefault(item.publication, []).append(item)
    if len(groups) == 1:
        return [f"{what} {called(shown, ordered(records)[0].record)}"]
    found = [(display(group), ordered(group)[0].record) for _, group in sorted(groups.items())]
    return [f"{kind(one)} {called(one, speaker)}" for one, speaker in found]


def called(shown: Record, speaker: Record) -> str:
    """What a publication is called among versions: its DOI, its PMID, or the name of the record that speaks for it."""
    return shown.doi or (f"PMID {shown.pmid}" if shown.pmid else f"{speaker.source}:{speaker.source_id}")


def _date(date: PartialDate) -> tuple[int | None, int | None, int | None]:
    parts = [int(part) for part in date.value.split("-") if part]
    year, month, day = [*parts, None, None, None][:3]
    return year, month, day


def abstract(record: Record) -> str:
    """The abstract, or where there is none the first in another language or for the public, saying which."""
    if record.abstract or not record.other_abstracts:
        return record.abstract_text
    what, language, text = record.other_abstracts[0]
    return f"[{' '.join(part for part in (what, language) if part)}] {text}"


def _notes(record: Record, around: Around) -> str:
    """Begins with the id, because notes survive in every tool; then what a reviewer has to know before reading."""
    facts = [state_words(word) for word in around.status if word in GRAVE]
    if around.ended:
        facts.append(f"no longer matches since {around.ended}")
    if not record.authors_complete:
        facts.append("the source lists not all authors")
    if around.note:
        facts.append(around.note)
    return "; ".join([f"tracker-id: {around.key}", *facts])


def left_out(record: Record, leave_out: Sequence[str], what: str = "") -> str:
    """Which of the list's rules leaves the work out (notices, preprints, languages), '' if none does.

    ``languages`` leaves out what the source says is in other languages than English.
    """
    several = f"{what or kind(record)}s"
    if several in ("notices", "preprints") and several in leave_out:
        return several
    spoken = {language.casefold() for language in record.languages}
    return "languages" if "languages" in leave_out and spoken and not spoken & ENGLISH else ""
