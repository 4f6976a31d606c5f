"""/paper/KEY : one work, its permanent address."""

from __future__ import annotations

import json
import re
from typing import Any

from tracker.site import answers, labels
from tracker.site.pages.kinds import Route
from tracker.site.pages.texts import not_found
from tracker.site.queries import paper as reading
from tracker.site.queries.paper import Paper
from tracker.site.site import Site

KEY = re.compile(r"[A-Z]{2,12}-[0-9]{6,12}")
GRAVE = ("retracted", "withdrawn", "concern", "corrected")


async def paper(site: Site, request: Any) -> Any:
    """The work; 301 to the work it was joined into, 410 for one that was taken down, 404 for a key never given."""
    key = request.url_vars["key"]
    if not KEY.fullmatch(key):
        return (
            answers.redirect(f"/paper/{key.upper()}") if KEY.fullmatch(key.upper()) else await not_found(site, request)
        )
    if other := await site.reader.run(reading.survivor, key):
        return answers.redirect(f"/paper/{other}")
    found = await site.reader.run(reading.paper, key)
    if found is None:
        return await not_found(site, request)
    now = await site.now()
    if found.work["state"] == "hidden":
        return answers.html(site.render("gone.html", now, key=key), 410)
    text = site.render(
        "paper.html",
        now,
        paper=found,
        work=found.work,
        publications=[_publication(row) for row in found.publications],
        timeline=_timeline(found),
        grave=[event for event in found.events if event["kind"] in GRAVE],
        joins=found.joins,
    )
    return answers.html(text)


def _publication(row: Any) -> dict[str, Any]:
    """A row of ``publications`` with its lists read."""
    lists = ("authors", "keywords", "mesh", "publication_types", "records")
    abstract = json.loads(row["abstract"]) if row["abstract"] is not None else None
    return {**dict(row), **{name: json.loads(row[name]) for name in lists}, "abstract": abstract}


def _timeline(found: Paper) -> list[dict[str, Any]]:
    """What happened to the work since it came, oldest first: arrivals, states, searches that let go, joins."""
    lines = [_line(row["since"], f"Found by the search “{row['title']}”", "", "arrived")
             for row in found.searches]  # fmt: skip
    lines += [
        _line(row["until"], f"No longer matches the search “{row['title']}”", "It stays here.", "gone")
        for row in found.searches if row["until"]
    ]  # fmt: skip
    lines += _changes(found)
    lines += _arrivals(found)
    lines += [_line(row["made"], _joined(row), row["evidence"], "joined") for row in found.joins]
    return sorted(lines, key=lambda line: line["when"])


def _arrivals(found: Paper) -> list[dict[str, Any]]:
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


def _changes(found: Paper) -> list[dict[str, Any]]:
    """Changes of state; one kind on one day is one change, however many notices and records tell of it."""
    lines: dict[tuple[str, str], dict[str, Any]] = {}
    for row in found.events:
        if row["later"]:
            key = (row["kind"], row["seen"][:10])
            told = _line(row["seen"], labels.HAPPENED[row["kind"]], "", row["kind"])
            line = lines.setdefault(key, {**told, "details": [f"{labels.source(row['source'])} says so."]})
            dated = f"Dated {labels.day(row['date'])}." if row["date"] else ""
            line["details"] += [text for text in (dated, row["detail"]) if text and text not in line["details"]]
    return [{**line, "detail": " ".join(line["details"])} for line in lines.values()]


def _joined(row: Any) -> str:
    what = {"same": "Two records held to be the same publication", "version": "Two publications held to be one work"}
    who = "by a person" if row["by"] == "person" else f"by the rule “{row['rule']}”"
    return f"{what[row['kind']]}, {who}"


def _line(when: str, what: str, detail: str, kind: str) -> dict[str, Any]:
    return {"when": when, "what": what, "detail": detail, "kind": kind}


ROUTES: tuple[Route, ...] = ((r"^/paper/(?P<key>[^/]+)$", paper),)
