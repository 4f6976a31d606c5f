"""What happened to a paper as an entry of the feed of changes, beside the entry of the paper itself."""

from __future__ import annotations

import json

from tracker import states
from tracker.site import labels
from tracker.site.feeds.ids import Ids
from tracker.site.feeds.model import Category, FeedEntry
from tracker.site.feeds.papers import categories, language, links, own, page, published_in, title, why
from tracker.site.queries.changes import StateChange
from tracker.sources.links import doi_url, pubmed_url


def change(found: StateChange, ids: Ids, base: str) -> FeedEntry:
    """The entry of a change. It is told once, so ``updated`` is ``published``: when the tracker first saw it."""
    work, notices = found.work, [url for text in found.notices if (url := notice_url(text))]
    others = [item for item in categories(found.told, ids) if item.scheme != ids.scheme("state")]
    return FeedEntry(
        id=ids.change(work["key"], found.kind, found.seen[:10]),
        title=states.marked(labels.STATES[found.kind].upper(), title(work)),
        url=page(base, work),
        published=found.seen,
        updated=found.seen,
        authors=json.loads(found.told.publications[0]["authors"]),
        categories=[Category(ids.scheme("state"), found.kind, labels.STATES[found.kind]), *others],
        content="\n".join(
            filter(None, (_what(found), *map(labels.detail, found.details), published_in(work), why(found.told)))
        ),
        language=language(found.told.publications[0]),
        links=list(dict.fromkeys([*links(work), *notices])),
        doi=work["doi"],
        pmid=work["pmid"],
        journal=work["journal"],
        date=work["date"],
        own={**own(found.told), "change": found.kind, "notices": found.notices, "dates": found.dates},
    )


def notice_url(notice: str) -> str:
    """Where a notice can be read, by its DOI or PubMed number; '' for one that is told by its citation."""
    return doi_url(notice) or pubmed_url(notice.removeprefix("PMID "))


def _what(found: StateChange) -> str:
    """``Retracted on 19 November 2026. PubMed says so, seen here on 20 November 2026. Notice: PMID 990000044.``"""
    dated = " ".join(["", labels.on(found.dates[0])]) if found.dates else ""
    who = " and ".join(labels.source(source) for source in found.sources)
    notices = f" Notice: {'; '.join(found.notices)}." if found.notices else ""
    says = "says so" if len(found.sources) == 1 else "say so"
    return f"{labels.HAPPENED[found.kind]}{dated}. {who} {says}, first seen here {labels.on(found.seen)}.{notices}"
