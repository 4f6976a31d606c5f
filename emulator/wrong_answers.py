"""Answers that are well-formed and wrong: nothing in their form shows it, only what they say.

They are played on demand like every other fault: see ``faults`` (PubMed), ``europepmc_service`` and ``server_faults``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

Json = dict[str, Any]
Change = Callable[[Json], Json]

# PubMed: what becomes of the members of an esearch result


def _without_last(result: Json, share: int) -> Json:
    """The same result without the last part of its ids, as if the rest were all."""
    ids = result.get("idlist", [])
    kept = ids[: len(ids) - len(ids) // share - 1]
    return {**result, "count": str(max(0, int(result["count"]) - len(ids) + len(kept))), "idlist": kept}


def term_ignored(result: Json) -> Json:
    """A term is not known any more: what only it finds is not there, and the error list says so."""
    left_out = {"phrasesnotfound": ["lonely[tiab]"], "fieldsnotfound": []}
    return {**_without_last(result, 4), "errorlist": left_out}


def filter_added(result: Json) -> Json:
    """A default filter narrows the answer; only the translation shows it."""
    said = f'({result.get("querytranslation", "")}) AND "humans"[Filter]'
    return {**_without_last(result, 4), "querytranslation": said}


def other_mapping(result: Json) -> Json:
    """Terms are looked for in all fields instead of those asked for."""
    return {**result, "querytranslation": re.sub(r"\[[^\]]*\]", "[All Fields]", result.get("querytranslation", ""))}


def count_shrinks(result: Json) -> Json:
    """A promise that sinks to what has come, wherever that is."""
    return {**result, "count": str(len(result.get("idlist", [])) or int(result["count"]) // 2)}


def other_place(result: Json) -> Json:
    """Ids that come from another place of the list."""
    return {**result, "retstart": "40"}


def other_database(result: Json) -> Json:
    """Ids of another database: numbers like PMIDs, of things that are none."""
    return {**result, "idlist": [str(7_000_000 + number) for number, _ in enumerate(result.get("idlist", []))]}


SEARCH: Mapping[str, tuple[str, Change]] = {
    "term-ignored": ("a term is left out, and the error list names it", term_ignored),
    "filter-added": ("a filter that nobody asked for, named in the translation only", filter_added),
    "other-mapping": ("a translation that looks in all fields, the ids unchanged", other_mapping),
    "count-shrinks": ("a count that sinks to what has come", count_shrinks),
    "other-place": ("an echo that says the ids begin at another place", other_place),
    "other-database": ("ids of another database", other_database),
}


# PubMed: what becomes of the records of an efetch answer


def two_versions(elements: list[bytes]) -> list[bytes]:
    """The first record in two versions, the newer one first; the older one bears another title."""
    if not elements:
        return elements
    newer = re.sub(rb'<PMID Version="\d+">', b'<PMID Version="2">', elements[0], count=1)
    older = re.sub(rb"<ArticleTitle>", b"<ArticleTitle>Before it was mended: ", elements[0], count=1)
    return [newer, older, *elements[1:]]


def two_papers(elements: list[bytes]) -> list[bytes]:
    """The first record says in its list of ids that it is another paper."""
    other = rb'<ArticleId IdType="pubmed">12345</ArticleId>'
    return [re.sub(rb'<ArticleId IdType="pubmed">\d+</ArticleId>', other, part) for part in elements[:1]] + elements[1:]


RECORDS: Mapping[str, tuple[str, Callable[[list[bytes]], list[bytes]]]] = {
    "two-versions": ("the first record in two versions", two_versions),
    "two-papers": ("a first record whose ids name two papers", two_papers),
}


# Europe PMC: what becomes of the envelope


def _echo(**members: object) -> Change:
    return lambda envelope: {**envelope, "request": {**envelope.get("request", {}), **members}}


def _count_of_page(envelope: Json) -> Json:
    return {**envelope, "hitCount": len(envelope.get("resultList", {}).get("result", []))}


def _language(envelope: Json) -> Json:
    asked = envelope.get("request", {}).get("queryString", "")
    return _echo(queryString=f"({asked}) AND LANG:eng")(envelope)


def _count_shrinks(envelope: Json) -> Json:
    return {**envelope, "hitCount": max(len(envelope.get("resultList", {}).get("result", [])), 1)}


def _no_abstracts(envelope: Json) -> Json:
    results = [{**each, "abstractText": ""} for each in envelope.get("resultList", {}).get("result", [])]
    return {**envelope, "resultList": {"result": results}}


LISTS: Mapping[str, tuple[str, Change]] = {
    "other-cursor": ("an echo of the cursor of another walk", _echo(cursorMark="AoJ4other")),
    "lite-type": ("an echo of another type of answer", _echo(resultType="lite")),
    "language-filter": ("an echo that says a language was asked for", _language),
    "count-of-page": ("a count as large as the page", _count_of_page),
    "count-shrinks": ("a count that sinks to the length of each page", _count_shrinks),
}
CORE: Mapping[str, tuple[str, Change]] = {"no-abstracts": ("records without their abstracts", _no_abstracts)}


# Servers that are read by days: what becomes of the body


def _each_row(change: Change, *, part: slice = slice(None)) -> Change:
    def of(body: Json) -> Json:
        name = "collection" if "collection" in body else "data"
        rows = list(body.get(name, []))
        rows[part] = [change(row) if isinstance(row, dict) else row for row in rows[part]]
        return {**body, name: rows}

    return of


def _other_server(row: Json) -> Json:
    return {**row, "server": "bioRxiv" if row.get("server", "").casefold() == "medrxiv" else "medRxiv"}


def _said(**members: object) -> Change:
    def of(body: Json) -> Json:
        message = {**body["messages"][0], **members}
        return {**body, "messages": [message]}

    return of


def _total_of_page(body: Json) -> Json:
    length = str(len(body["collection"]))
    return _said(total=length, count_new_papers=length)(body)


def _other_provider(row: Json) -> Json:
    links = {**row.get("links", {}), "preprint_doi": "https://doi.org/10.31235/osf.io/abcde_v1"}
    provider = {"data": {"id": "socarxiv", "type": "preprint-providers"}}
    return {**row, "relationships": {**row.get("relationships", {}), "provider": provider}, "links": links}


def _other_change(row: Json) -> Json:
    return {**row, "attributes": {**row.get("attributes", {}), "date_modified": "2019-05-01T10:00:00.000000Z"}}


def _next(body: Json, query: str) -> Json:
    links = body.get("links", {})
    return {**body, "links": {**links, "next": f"https://api.osf.example/v2/preprints/?{query}"}}


def _unfiltered(body: Json) -> Json:
    return _next(body, "filter[provider]=psyarxiv&page[size]=100&page=2") if body["links"].get("next") else body


def _loops(body: Json) -> Json:
    return body if body["links"].get("next") else _next(body, "filter[provider]=psyarxiv&page[size]=30&page=1")


INTERVAL: Mapping[str, tuple[str, Change]] = {
    "other-server": ("every row is of the other server", _each_row(_other_server)),
    "mixed-servers": ("rows of the other server in the middle", _each_row(_other_server, part=slice(1, 3))),
    "other-category": ("the message says that a category was asked for", _said(category="neuroscience")),
    "other-funder": ("the message says that a funder was asked for", _said(funder="019wvm592")),
    "other-dates": ("every row is of another year", _each_row(lambda row: {**row, "date": "2019-05-01"})),
    "total-below-new": ("a total below the number of new papers", _said(total="1", count_new_papers="97")),
    "total-of-page": ("a total as large as the page", _total_of_page),
    "empty-abstracts": ("rows without their abstracts", _each_row(lambda row: {**row, "abstract": ""})),
}
PREPRINTS: Mapping[str, tuple[str, Change]] = {
    "other-provider": ("every preprint is of another provider", _each_row(_other_provider)),
    "mixed-providers": ("preprints of another provider in the middle", _each_row(_other_provider, part=slice(1, 3))),
    "other-total": ("the total of another provider", lambda body: {**body, "meta": {"total": 2_001, "per_page": 100}}),
    "next-unfiltered": ("a next page that has lost the days that were asked for", _unfiltered),
    "next-loops": ("a last page that leads back to the first", _loops),
    "other-change": ("every preprint was changed in another year", _each_row(_other_change)),
    "nothing-listed": (
        "nothing at all, in good form",
        lambda body: {**body, "data": [], "meta": {"total": 0, "per_page": 100}, "links": {"next": None}},
    ),
}
