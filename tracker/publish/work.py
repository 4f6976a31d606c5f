"""What the public may see of one work: pure functions from :class:`model.Work` to rows of public.sql."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from tracker.model import Author, Heading, Match, Record, StoredEvent, StoredRecord, Work
from tracker.publish.days import NO_DAY, earliest, entered, first_date, sort_date
from tracker.publish.licence import Licence, licence
from tracker.publish.reference import author_parts, gives, sections
from tracker.settings.abstracts import Abstracts
from tracker.sources import title as source_title
from tracker.sources.kinds import kind
from tracker.sources.links import doi_url, pubmed_url, record_url
from tracker.text.safe_markup import safe_markup
from tracker.works.display import display, ordered, says_what, state
from tracker.works.row import called, issn

Row = dict[str, Any]
ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # once: json.dumps would make one each time
BACKGROUND = ("baseline", "strategy")  # a first run of a search or of a new strategy brings no news
FIRST_AUTHORS = 3
TOLD = frozenset(  # fields a reader sees, of which it is told which record has given them
    ("title", "vernacular_title", "abstract", "authors", "journal", "publisher", "volume", "issue", "pages", "date",
     "doi", "pmid", "pmcid", "languages", "publication_types", "mesh", "keywords", "licence")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Words:
    """What the index of words is given of a work: everything, shown or not."""

    title: str
    abstract: str
    authors: str
    keywords: str


@dataclass(frozen=True, slots=True)
class Rows:
    """One work as it becomes public: one row of ``works`` and the rows that hang on it."""

    work: Row
    publications: list[Row]
    sources: list[Row]
    searches: list[Row]  # with the slug in place of the id
    events: list[Row]
    words: Words


def tombstone(work_id: int, key: str) -> Row:
    """A work taken down: its key stays, so that links find an explanation, and nothing else."""
    text = dict.fromkeys(
        ("title", "authors", "journal", "date", "language", "doi", "pmid", "pmcid", "url", "first_seen", "news",
         "changed"), "",
    )  # fmt: skip
    rest = {"journal_id": 0, "sort_date": NO_DAY, "year": None, "type": "other", "free": 0, "abstract": 0}
    return {"id": work_id, "key": key, **text, **rest, "state": "hidden"}


def rows(
    work: Work, abstracts: Abstracts, journal_id: Callable[[Record], int], later: Collection[tuple[str, str]]
) -> Rows:
    """The public rows of a work that at least one search has ever matched.

    ``later`` are the (kind, notice) of events that a later run saw than the one that brought the work.
    """
    shown = display(work.records)
    publications = _publications(work, abstracts)
    events = _events(work, later)
    seen = min(match.since for match in work.matches)
    fresh = any(match.since == seen and match.why not in BACKGROUND and not match.held for match in work.matches)
    told = [event["seen"] for event in events if event["later"]]
    arrived = [min(r["first_seen"] for r in json.loads(p["records"])) for p in publications]
    narrow = {
        "id": work.id,
        "key": work.key,
        "title": shown.title or shown.vernacular_title,
        "authors": first_authors(shown),
        "journal": shown.journal,
        "journal_id": journal_id(shown),
        "date": shown.date.value,
        "sort_date": sort_date(shown.date.value),
        "year": shown.date.year,
        "type": kind(shown),
        "state": state(work),
        "language": shown.languages[0].lower() if shown.languages else "",
        "free": int(any(_free(item.record) for item in work.records)),
        "abstract": _abstract_code(publications),
        "doi": shown.doi,
        "pmid": shown.pmid,
        "pmcid": shown.pmcid,
        "url": pubmed_url(shown.pmid) or doi_url(shown.doi),
        "first_seen": seen,
        "news": seen if fresh else "",
        "changed": max([seen, *told, *(time for time in arrived if time > seen)]),
    }
    return Rows(narrow, publications, _sources(work), _searches(work.matches), events, words(work.records))


def first_authors(record: Record) -> str:
    """``Smith J, Doe A, A Group, and 4 more``; ``and others`` where the source's own list is not complete."""
    names = [short_name(author) for author in record.authors]
    shown = FIRST_AUTHORS if len(names) > FIRST_AUTHORS + 1 else len(names)  # never "and 1 more"
    tail = [] if record.authors_complete or not names else ["and others"]
    if shown < len(names):
        tail = [f"and {len(names) - shown} more"]
    return ", ".join(names[:shown] + tail)


def short_name(author: Author) -> str:
    """``Smith J`` as reference lists write it, or the name of the group."""
    initials = author.initials or "".join(part[0] for part in author.given.replace("-", " ").split())
    return author.group or " ".join(part for part in (author.family, initials, author.suffix) if part)


def heading(item: Heading) -> str:
    """``Loneliness / psychology, ethnology *`` with the star of a major topic."""
    name = f"{item.name} / {', '.join(item.qualifiers)}" if item.qualifiers else item.name
    return f"{name} *" if item.major else name


def words(records: Sequence[StoredRecord]) -> Words:
    """Everything that can be searched, of all records of a work; the same text once."""
    said = [item.record for item in records]
    titles = [text for r in said for text in (r.title, r.vernacular_title)]
    abstracts = [text for r in said for text in (r.abstract_text, *(other[2] for other in r.other_abstracts))]
    authors = [author.name for r in said for author in r.authors]
    keys = [k for r in said for k in (*r.keywords, *(heading(item) for item in r.mesh), *r.substances)]
    return Words(*("\n".join(dict.fromkeys(filter(None, texts))) for texts in (titles, abstracts, authors, keys)))


def _free(record: Record) -> bool:
    return bool(record.pmcid) or kind(record) == "preprint"


def _abstract_code(publications: Sequence[Row]) -> int:
    if any(row["abstract"] is not None for row in publications):
        return 1
    return 2 if any(row["abstract_withheld"] for row in publications) else 0


def _publications(work: Work, abstracts: Abstracts) -> list[Row]:
    """One row a publication, the one that speaks for the work first."""
    groups: dict[int, list[StoredRecord]] = {}
    for item in ordered(work.records):
        groups.setdefault(item.publication, []).append(item)
    given = gives(work) if len(groups) > 1 else {}
    return [
        {**_publication(work.id, place, key, items, abstracts), "gives": _json(given.get(key, []))}
        for place, (key, items) in enumerate(groups.items(), start=1)
    ]


def _publication(work_id: int, place: int, key: int, items: list[StoredRecord], abstracts: Abstracts) -> Row:
    shown = display(items)
    free_to_show: Licence = licence([item.record for item in items])
    allowed = abstracts.allow(open_licence=free_to_show.open)
    text = sections(shown)
    return {
        "id": key,
        "work_id": work_id,
        "place": place,
        "kind": kind(shown),
        "title": shown.title,
        "title_markup": safe_markup(shown.title_markup),
        "vernacular_title": shown.vernacular_title,
        "authors": _json([author.name for author in shown.authors]),
        "group_authors": _json([author.group for author in shown.authors if author.group]),
        "author_parts": _json(author_parts(shown.authors)),
        "authors_complete": int(shown.authors_complete),
        "journal": shown.journal,
        "journal_abbrev": shown.journal_abbrev,
        "publisher": shown.publisher,
        "country": shown.country,
        "volume": shown.volume,
        "issue": shown.issue,
        "pages": shown.pages,
        "issn": issn(shown),
        "date": shown.date.value,
        "first_date": first_date([item.record for item in items]),
        "language": ", ".join(code.lower() for code in shown.languages),
        "abstract": _json(text) if text and allowed else None,
        "abstract_withheld": int(bool(text) and not allowed),
        "licence": free_to_show.name,
        "keywords": _json(shown.keywords),
        "mesh": _json([heading(item) for item in shown.mesh]),
        "publication_types": _json([text for _, text in shown.publication_types]),
        "doi": shown.doi,
        "pmid": shown.pmid,
        "pmcid": shown.pmcid,
        "url": pubmed_url(shown.pmid) or doi_url(shown.doi),
        "called": called(shown, items[0].record),
        "records": _json(_records(items)),
    }


def _records(items: Sequence[StoredRecord]) -> list[Row]:
    """The source records of a publication, each with the fields that it has given to what is shown."""
    givers = says_what(items)
    return [
        {**_record(item), "says": [name for name, giver in givers.items() if giver is item and name in TOLD]}
        for item in sorted(items, key=lambda item: item.id)
    ]


def _record(item: StoredRecord) -> Row:
    record = item.record
    return {
        "source": record.source,
        "id": record.source_id,
        "first_seen": item.first_seen,
        "refreshed": item.refreshed,
        "url": record_url(record),
    }


def _sources(work: Work) -> list[Row]:
    days: dict[str, list[str]] = {}
    for item in work.records:
        days.setdefault(item.record.source, []).append(entered(item.record))
    return [
        {"work_id": work.id, "source": name, "records": len(found), "entered": earliest(found)}
        for name, found in sorted(days.items())
    ]


def _searches(matches: Sequence[Match]) -> list[Row]:
    """Why the work is here: for each search its first match, and whether it still matches."""
    found: dict[str, list[Match]] = {}
    for match in matches:
        found.setdefault(match.search, []).append(match)
    return [_search(slug, sorted(items, key=lambda match: match.since)) for slug, items in sorted(found.items())]


def _is_news(match: Match) -> bool:
    """Not from a first run, nor from a burst that waits for a person's word."""
    return match.why not in BACKGROUND and not match.held


def _search(slug: str, items: list[Match]) -> Row:
    still = any(not match.until for match in items)
    return {
        "slug": slug,
        "since": items[0].since,
        "until": "" if still else max(match.until for match in items),
        "why": items[0].why,
        "detail": items[0].detail,
        "news": int(_is_news(items[0])),
        "sources": _json(sorted({match.source for match in items})),
    }


def _events(work: Work, later: Collection[tuple[str, str]]) -> list[Row]:
    """Distinct by kind and notice over all records of the work, in the order in which they were seen.

    Source, date and reason are always those of one event: of several that tell the same, the one that tells most. What
    others give as a reason stands behind it under their own name.
    """
    found: dict[tuple[str, str], list[StoredEvent]] = {}
    for item in sorted(work.events, key=lambda item: item.seen):
        found.setdefault((item.event.kind, item.event.notice), []).append(item)
    return [_event(work.id, told, key in later) for key, told in found.items()]


def _event(work_id: int, told: Sequence[StoredEvent], later: bool) -> Row:
    """``told``: at least one event, all of one kind and notice, the first seen first."""
    best = max(told, key=lambda item: (bool(item.event.detail), bool(item.event.date))).event
    others = {
        item.event.detail: f"{source_title(item.event.source)}: {item.event.detail}"
        for item in told
        if item.event.detail not in ("", best.detail)
    }
    return {
        "work_id": work_id,
        "kind": best.kind,
        "notice": best.notice,
        "source": best.source,
        "date": best.date,
        "seen": told[0].seen,
        "later": int(later),
        "detail": "; ".join([part for part in (best.detail,) if part] + list(others.values())),
    }


def _json(value: object) -> str:
    return ENCODER.encode(value)
