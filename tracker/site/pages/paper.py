"""/paper/KEY : one work, its permanent address."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Mapping
from typing import Any

from tracker import states
from tracker.settings import helplines
from tracker.site import answers, labels
from tracker.site.machines import highwire, json_ld, signposting
from tracker.site.machines.reference import Reference, reference
from tracker.site.mistakes import report_link
from tracker.site.pages.kinds import Route
from tracker.site.pages.texts import not_found
from tracker.site.queries import paper as reading
from tracker.site.queries.known import Known, Publication
from tracker.site.queries.matched import Matched, is_quick, matched
from tracker.site.queries.paper import PaperRows
from tracker.site.relations import relation
from tracker.site.site import Site
from tracker.states import GRAVE

Told = tuple[Publication, PaperRows | None, Mapping[str, Matched]]
KEY = re.compile(r"[A-Z]{2,12}-[0-9]{6,12}")
HELD = {"same": "Records held to be the same publication", "version": "Publications held to be one work"}


async def paper(site: Site, request: Any) -> Any:
    """The work; 301 to the work it was joined into, 410 for one that was taken down, 404 for a key never given."""
    key = request.url_vars["key"]
    if not KEY.fullmatch(key):
        return (
            answers.redirect(f"/paper/{key.upper()}") if KEY.fullmatch(key.upper()) else await not_found(site, request)
        )
    if other := site.reader.ask(reading.survivor, key):
        return answers.redirect(f"/paper/{other}")
    # At once where that is a matter of look-ups by key: to hand it to another thread would take as long.
    told = site.reader.ask(_quickly, site.known, key)
    if told is None:
        told = await site.reader.run(_read, site.known, key)
    published, found, terms = told
    if found is None:
        return await not_found(site, request)
    now = site.at(published)
    if found.work["state"] == "hidden":
        return answers.html(site.render("gone.html", now, key=key), 410)
    one = reference(found.work, found.publications, f"{site.base(request)}/paper/{key}")
    text = site.render("paper.html", now, **_told(site, found, one), terms=terms)
    return answers.html(text, link=signposting.page_links(one))


def _quickly(db: sqlite3.Connection, known: Known, key: str) -> Told | None:
    """The same as :func:`_read` where that takes no time, else None."""
    published, found = known.publication(db), reading.paper(db, key)
    if found and not is_quick(published, found):
        return None
    return published, found, matched(db, published, found) if found else {}


def _read(db: sqlite3.Connection, known: Known, key: str) -> Told:
    """The work, and for each of its searches the terms that were found in it; all of one snapshot."""
    published, found = known.publication(db), reading.paper(db, key)
    return published, found, matched(db, published, found) if found else {}


def _told(site: Site, found: PaperRows, one: Reference) -> dict[str, Any]:
    """What the template is given of a work."""
    related = [row for row in found.related if row["state"] != "hidden"]
    return {
        "paper": found,
        "work": found.work,
        "one": one,
        "mark": _mark(found.work),
        "tags": highwire.tags(one),
        "json_ld": json_ld.script(one),
        "report": report_link(str(site.setting("contact") or ""), one),
        "publications": [_publication(row) for row in found.publications],
        "timeline": _timeline(found),
        "grave": [event for event in found.events if event["kind"] in GRAVE],
        "joins": found.joins,
        "help": helplines.shown(site.setting("help"), _texts(found)),
        "related": [(relation(row["rule"], row["evidence"], found.work, row), row) for row in related],
    }


def _mark(work: Any) -> str:
    """What stands before the title of a paper that is not what it was, '' where the title says so itself."""
    marked = states.prefixed(work["state"], work["title"]) != work["title"]
    return labels.PREFIX[work["state"]] if marked else ""


def _texts(found: PaperRows) -> list[str]:
    """What tells whether the box of helplines belongs beside the work: titles, headings, keywords, its searches."""
    names = ("title", "vernacular_title", "mesh", "keywords")
    said = [row[name] for row in found.publications for name in names]
    return said + [row[name] for row in found.searches for name in ("slug", "title")]


def _publication(row: Any) -> dict[str, Any]:
    """A row of ``publications`` with its lists read."""
    lists = ("authors", "keywords", "mesh", "publication_types", "records")
    abstract = json.loads(row["abstract"]) if row["abstract"] is not None else None
    return {**dict(row), **{name: json.loads(row[name]) for name in lists}, "abstract": abstract}


def _timeline(found: PaperRows) -> list[dict[str, Any]]:
    """What happened to the work since it came, oldest first: arrivals, states, searches that let go, joins."""
    lines = [_line(row["since"], f"Found by the search “{row['title']}”", "", "arrived")
             for row in found.searches]  # fmt: skip
    lines += [
        _line(row["until"], f"No longer matches the search “{row['title']}”", "It stays here.", "gone")
        for row in found.searches if row["until"]
    ]  # fmt: skip
    lines += _changes(found)
    lines += _arrivals(found)
    lines += _joins(found)
    lines += [
        _line(row["made"], f"Linked to another paper: {relation(row['rule'], row['evidence'], found.work, row)}",
              labels.unstop(row["title"]), "related")
        for row in found.related if row["state"] != "hidden" and row["made"][:10] > found.work["first_seen"][:10]
    ]  # fmt: skip
    return sorted(lines, key=lambda line: line["when"])


def _arrivals(found: PaperRows) -> list[dict[str, Any]]:
    """Records that came after the work itself."""
    records = [(row["kind"], record) for row in found.publications for record in json.loads(row["records"])]
    first = min(record["first_seen"] for _, record in records)
    return [
        _line(
            record["first_seen"],
            f"Another record arrived: {labels.TYPES.get(kind, kind).lower()} in {labels.source(record['source'])}",
            f"{labels.source(record['source'])} {record['id']}",
            "record",
        )
        for kind, record in records
        if record["first_seen"][:10] > first[:10]
    ]


def _changes(found: PaperRows) -> list[dict[str, Any]]:
    """Changes of state; one kind on one day is one change, however many notices and records tell of it."""
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for row in found.events:
        if row["later"]:
            key = (row["kind"], row["seen"][:10])
            told = _line(row["seen"], labels.HAPPENED[row["kind"]], "", row["kind"])
            line = lines.setdefault(key, {**told, "sources": {}, "dates": {}, "said": {}})
            line["sources"][labels.source(row["source"])] = None
            line["dates"][row["date"]] = None
            line["said"][labels.detail(row["detail"])] = None
    return [{**line, "detail": _said(line)} for line in lines.values()]


def _said(line: Mapping[str, Any]) -> str:
    """Who says so, the dates of notices (a month tells nothing beside a day of it), and what else is known."""
    whole = [date for date in line["dates"] if date]
    dates = [labels.day(date) for date in whole if not any(other.startswith(f"{date}-") for other in whole)]
    says = "says so" if len(line["sources"]) == 1 else "say so"
    dated = f"Dated {labels.listed(dates)}." if dates else ""
    return " ".join(filter(None, (f"{labels.listed(list(line['sources']))} {says}.", dated, *line["said"])))


def _joins(found: PaperRows) -> list[dict[str, Any]]:
    """What was held together; one rule on one day is one line with all that was seen, however many records it joins."""
    alike: dict[tuple[str, str, str], list[Any]] = {}
    for row in found.joins:
        who = "by a person" if row["by"] == "person" else f"by the rule “{row['rule']}”"
        alike.setdefault((row["made"][:10], row["kind"], who), []).append(row)
    return [
        _line(
            rows[0]["made"],
            f"{HELD[kind]}, {who}",
            " · ".join(dict.fromkeys(labels.evidence(row["evidence"]) for row in rows)),
            "joined",
        )
        for (_, kind, who), rows in alike.items()
    ]


def _line(when: str, what: str, detail: str, kind: str) -> dict[str, Any]:
    return {"when": when, "what": what, "detail": detail, "kind": kind}


ROUTES: tuple[Route, ...] = ((r"^/paper/(?P<key>[^/]+)$", paper),)
