"""Our own JSON, documented in docs/api.md: fields are added, never renamed or taken away without a changelog line."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from tracker.site.machines.reference import Reference, Row
from tracker.site.queries.paper import PaperRows
from tracker.site.relations import relation

COURTESY = (
    "Bibliographic data courtesy of the U.S. National Library of Medicine, which endorses neither this site nor what "
    "it says; a record here may not be the newest version there."
)
WORK = (
    "title", "authors", "journal", "date", "year", "type", "state", "language", "doi", "pmid", "pmcid", "url",
    "first_seen", "news", "changed",
)  # fmt: skip
PUBLICATION = (
    "kind", "title", "title_markup", "vernacular_title", "journal", "journal_abbrev", "publisher", "country", "volume",
    "issue", "pages", "issn", "date", "first_date", "language", "licence", "doi", "pmid", "pmcid", "url", "called",
)  # fmt: skip
LISTS = ("authors", "group_authors", "keywords", "mesh", "publication_types", "gives", "records")
SEARCH = ("slug", "title", "since", "until", "why", "detail")
EVENT = ("kind", "notice", "source", "date", "seen", "detail")
JOIN = ("kind", "a", "b", "rule", "evidence", "by", "made")
ABSTRACT = ("none", "shown", "withheld")  # by the code in works.abstract


def summary(work: Row, base: str) -> dict[str, Any]:
    """A work as lists have it."""
    return {
        "key": work["key"],
        "address": f"{base}/paper/{work['key']}",
        **_picked(work, WORK),
        "free_full_text": bool(work["free"]),
        "abstract": ABSTRACT[work["abstract"]],
    }


def whole(found: PaperRows, paper: Reference, base: str, terms: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Everything that is public of a work; ``terms`` are those of each search's strategy that were found in it."""
    return {
        **summary(found.work, base),
        "older_keys": found.older_keys,
        "publications": [_publication(row) for row in found.publications],
        "searches": [
            {**_picked(row, SEARCH), "sources": json.loads(row["sources"]), "terms": list(terms[row["slug"]])}
            for row in found.searches
        ],
        "events": [{**_picked(row, EVENT), "later": bool(row["later"])} for row in found.events],
        "joins": [_picked(row, JOIN) for row in found.joins],
        "related": [_related(row, found.work, base) for row in found.related if row["state"] != "hidden"],
        "links": {
            "page": paper.address,
            "ris": f"{paper.address}.ris",
            "bibtex": f"{paper.address}.bib",
            "csl_json": f"{paper.address}.csl.json",
            "mods": f"{base}/unapi?id={paper.key}&format=mods",
        },
        "courtesy": COURTESY,
    }


def gone(key: str) -> dict[str, str]:
    """A work that was taken down."""
    return {"key": key, "state": "hidden", "note": "This work was taken down; its key is never given to another one."}


def _publication(row: Row) -> dict[str, Any]:
    abstract = row["abstract"]
    sections = None if abstract is None else [{"label": label, "text": text} for label, text in json.loads(abstract)]
    return {
        **_picked(row, PUBLICATION),
        **{name: json.loads(row[name]) for name in LISTS},
        "authors_complete": bool(row["authors_complete"]),
        "abstract": sections,
        "abstract_withheld": bool(row["abstract_withheld"]),
    }


def _related(row: Row, work: Row, base: str) -> dict[str, Any]:
    return {
        "key": row["key"],
        "address": f"{base}/paper/{row['key']}",
        "title": row["title"],
        "relation": relation(row["rule"], row["evidence"], work, row),
        **_picked(row, ("rule", "evidence", "by", "made")),
    }


def _picked(row: Row, names: Sequence[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}
