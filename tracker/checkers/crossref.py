"""Crossref, asked about preprints of which no article is known: what they became, and notices about them.

    GET /works?filter=doi:10.1101/...,doi:10.31234/...&rows=50&select=DOI,relation,updated-by

Many at a time, never one request a work; each is asked about once a week. Many published preprints carry no relation
there, so no answer means nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tracker import states
from tracker.checkers import Checked
from tracker.errors import Blocked, Refused, SourceError, Transient
from tracker.http import Http, Service
from tracker.http.answer import Answer
from tracker.model import Event
from tracker.sources import CROSSREF
from tracker.store import Store, checks
from tracker.text import clean, clean_doi
from tracker.text.dates import iso

NAME, TITLE, ADDRESS = CROSSREF.name, CROSSREF.title, "TRACKER_CROSSREF_URL"
BASE = "https://api.crossref.org"
INTERVAL = 1.0  # seconds; single DOIs may be asked for faster, lists perhaps not
BATCH = 50  # DOIs a request
REQUESTS = 60  # a run
AGAIN = timedelta(days=6, hours=12)  # a week, whatever the hour of the run
_NOTICES = {
    "retraction": states.RETRACTED.code,
    "withdrawal": states.WITHDRAWN.code,
    "removal": states.WITHDRAWN.code,
    "expression_of_concern": states.CONCERN.code,
    "correction": states.CORRECTED.code,
    "corrigendum": states.CORRECTED.code,
    "erratum": states.CORRECTED.code,
}


def service(settings: Mapping[str, str]) -> Service:
    """Where Crossref's REST API is (``TRACKER_CROSSREF_URL``)."""
    return Service(NAME, TITLE, (settings.get(ADDRESS, "").strip() or BASE).rstrip("/"), INTERVAL)


def build(http: Http, settings: Mapping[str, str]) -> Crossref:
    """The checker as the settings describe it; ``TRACKER_EMAIL`` is sent along, as Crossref asks."""
    return Crossref(http, service(settings), settings.get("TRACKER_EMAIL", "").strip())


@dataclass(frozen=True)
class Crossref:
    """The checker ``crossref``."""

    http: Http = field(repr=False)
    service: Service
    email: str = field(default="", repr=False)

    def check(self, store: Store, run: int, now: str) -> Checked:
        """Ask about the preprints whose turn it is; each answer is kept before the next request."""
        before = (datetime.fromisoformat(now) - AGAIN).strftime("%Y-%m-%dT%H:%M:%SZ")
        dois = checks.unpublished(store.db, NAME, before, now, BATCH * REQUESTS)
        looked = new = 0
        refused: list[str] = []
        for start in range(0, len(dois), BATCH):
            batch = dois[start : start + BATCH]
            try:
                found = self.ask(batch)
            except Refused as error:
                refused.append(str(error))
                found = {}
            with store.write() as db:
                new += self._mark(store, run, found, now)
                checks.asked(db, NAME, batch, now)
            looked += len(batch)
        lists = "1 list was" if len(refused) == 1 else f"{len(refused):,} lists were"
        return Checked(looked, new, short=f"{lists} refused: {refused[0]}" if refused else "")

    def ask(self, dois: Sequence[str]) -> dict[str, list[Event]]:
        """One request: what Crossref says of these works, by DOI."""
        params = {
            "filter": ",".join(f"doi:{doi}" for doi in dois),
            "rows": str(len(dois)),
            "select": "DOI,relation,updated-by",
        }
        if self.email:
            params["mailto"] = self.email
        return self.http.ask(self.service, "works", params=params, read=lambda answer: works(answer, dois))

    def _mark(self, store: Store, run: int, found: Mapping[str, list[Event]], now: str) -> int:
        """Mark the records with these DOIs, and have them judged again: an article may be theirs."""
        known, _ = checks.identifiers(store.db) if found else ({}, {})
        new = checks.mark(store.db, run, {key: said for doi, said in found.items() for key in known.get(doi, ())}, now)
        checks.judge_again(store.db, new)
        return len(new)


def works(answer: Answer, dois: Sequence[str]) -> dict[str, list[Event]]:
    """What an answer says of the works asked for, by DOI; those it does not know are absent.

    Raises Transient for works that nobody asked for: it is the answer to another question.
    """
    message = _message(answer)
    items, total = message.get("items"), message.get("total-results")
    if not isinstance(items, list):
        raise Transient("the answer has no list of works")
    if isinstance(total, int) and len(items) < min(total, len(dois)):
        raise Transient(f"{len(items)} works came where {total} were promised")
    named = [clean_doi(str(item.get("DOI", ""))) for item in items if isinstance(item, dict)]
    strangers = [doi for doi in named if doi and doi not in dois]
    if len(items) > len(dois) or (strangers and len(strangers) == len(items)):
        raise Transient(f"the answer is about other works: {len(items)} came, {len(strangers)} of them not asked for")
    found: dict[str, list[Event]] = {}
    for item in items:
        doi = clean_doi(str(item.get("DOI", ""))) if isinstance(item, dict) else ""
        told = list(dict.fromkeys(_events(item, doi))) if doi in dois else []
        if told:
            found[doi] = told
    return found


def _message(answer: Answer) -> dict[str, Any]:
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.startswith(b"{"):
        words = " ".join(body[:80].decode("utf-8", "replace").split())
        raise _fault(answer, words if body[:1] != b"<" else "a page came instead of an answer")
    try:
        said = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Transient("the answer is not complete JSON") from None
    message = said.get("message")
    if said.get("status") != "ok" or not isinstance(message, dict):
        told = (
            message[0].get("message") or ""
            if isinstance(message, list) and message and isinstance(message[0], dict)
            else ""
        )
        raise _fault(answer, clean(str(told)) or "the answer is no list of works")
    return message


def _fault(answer: Answer, words: str) -> SourceError:
    if answer.status == 403 and "block" in words.lower():
        return Blocked(f"has shut us out: {words}")
    return Refused(f"refuses the request: {words}") if answer.status in (400, 404) else Transient(words or "is empty")


def _events(item: Mapping[str, Any], own: str) -> Iterator[Event]:
    relation = item.get("relation")
    for link in _listed(relation if isinstance(relation, dict) else {}, "is-preprint-of"):
        doi = clean_doi(str(link.get("id", "")))
        if link.get("id-type") == "doi" and doi and doi != own:
            yield Event(
                states.PUBLISHED.code,
                doi,
                NAME,
                "",
                f"is-preprint-of, asserted by {clean(str(link.get('asserted-by', '')))}",
            )
    for notice in _listed(item, "updated-by"):
        kind = _NOTICES.get(str(notice.get("type", "")).lower().replace("-", "_").replace(" ", "_"))
        if kind:
            label = clean(str(notice.get("label") or notice.get("type")))
            yield Event(kind, clean_doi(str(notice.get("DOI", ""))), NAME, _day(notice.get("updated")), label)


def _listed(said: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    value = said.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _day(said: object) -> str:
    """``{"date-parts": [[2025, 4, 25]]}``; parts may be missing or null."""
    parts = said.get("date-parts") if isinstance(said, dict) else None
    first = parts[0] if isinstance(parts, list) and parts and isinstance(parts[0], list) else []
    words = [str(part) if isinstance(part, int) else "" for part in first[:3]]
    return iso(*words) if words else ""
