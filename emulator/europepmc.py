"""Europe PMC's search over what the demo holds: what is answered, before it goes over the wire.

Behaviour seen in recorded answers and told by the service's reference, oddities included: errors come with a status of
200; a wrong page size is one, a wrong sort brings an envelope with nothing but its version; the cursor goes on to be
named on the last page, and then stays the same; the echo of a GET is percent-encoded.
"""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import quote

from emulator.europepmc_entry import Core, Entry, Holdings, core, document, idlist
from emulator.europepmc_query import BadQuery, Document, Test, parse
from emulator.reply import HTML, JSON, Reply

VERSION = "6.9"
LARGEST = 1_000  # records a page
PATHS = {"search": "GET", "searchPOST": "POST"}
Envelope = dict[str, Any]
Change = Callable[[Envelope], Envelope]


@dataclass
class EuropePmc:
    """The service over one set of records, on one day. ``most``: records a page, whatever was asked for.

    ``withheld`` are ids that are listed and whose records never come.
    """

    holdings: Holdings
    day: date
    most: int = LARGEST
    withheld: set[str] = field(default_factory=set)
    _shown: date | None = field(default=None, repr=False)
    _entries: Mapping[str, Entry] = field(default_factory=dict, repr=False)
    _documents: dict[str, tuple[Entry, Document]] = field(default_factory=dict, repr=False)
    _found: dict[str, list[Entry]] = field(default_factory=dict, repr=False)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def answer(
        self, path: str, form: Mapping[str, str], *, get: bool, change: Change = lambda envelope: envelope
    ) -> Reply:
        """The reply to a request of ``search`` or ``searchPOST``; 404 for everything else."""
        if PATHS.get(path) != ("GET" if get else "POST"):
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        envelope = change(self.envelope(form, get=get))
        return Reply(json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode(), JSON)

    def entries(self) -> Mapping[str, Entry]:
        """The records of the day, those that come last first."""
        with self._lock:
            if self._shown != self.day:
                held = self.holdings.entries(self.day).values()
                newest_first = sorted(held, key=lambda entry: (entry.first_indexed, entry.id), reverse=True)
                self._entries = {entry.id: entry for entry in newest_first}
                self._found.clear()
                self._shown = self.day
            return self._entries

    def envelope(self, form: Mapping[str, str], *, get: bool) -> Envelope:
        """The answer as an object: a page of results, an error, or nothing but the version."""
        size, query, cursor = form.get("pageSize", "25"), form.get("query", "").strip(), form.get("cursorMark", "*")
        if not re.fullmatch("[0-9]{1,6}", size) or not 1 <= int(size) <= LARGEST:
            return error("Invalid page size provided. Valid size is between 1 and 1000")
        if form.get("sort") and not re.fullmatch(r"[A-Z_]+ (asc|desc)", form["sort"]):
            return {"version": VERSION}
        if not query or form.get("format") != "json":
            return error("Invalid request: a query and format=json are needed by this demonstration")
        kind, start = form.get("resultType", "lite"), _start(cursor)
        if start is None:
            return error("Invalid cursorMark provided")
        try:
            found = self.search(query)
        except BadQuery as wrong:
            return error(f"Invalid query: {wrong}")
        if kind == "core":
            found = [entry for entry in found if not entry.withheld and entry.id not in self.withheld]
        page = found[start : start + min(int(size), self.most)]
        show = core if kind == "core" else idlist
        following = _cursor(start + len(page)) if page else cursor
        more: Core = {"nextCursorMark": following} if found else {}
        if found and get:
            more["nextPageUrl"] = f"/search?query={query}&cursorMark={following}&resultType={kind}&format=json"
        return {
            "version": VERSION,
            "hitCount": len(found),
            **more,
            "request": {
                "queryString": query,
                "resultType": kind,
                "cursorMark": quote(cursor, safe="") if get else cursor,
                "pageSize": int(size),
                "sort": form.get("sort", ""),
                "synonym": form.get("synonym", "false" if get else "true").lower() == "true",
            },
            "resultList": {"result": [show(entry) for entry in page]},
        }

    def search(self, query: str) -> list[Entry]:
        """The records that a query finds. Raises BadQuery."""
        with self._lock:
            entries = self.entries()
            if query not in self._found:
                test: Test = parse(query)
                if len(self._found) > 50:
                    self._found.clear()
                self._found[query] = [entry for entry in entries.values() if test(self._document(entry))]
            return self._found[query]

    def _document(self, entry: Entry) -> Document:
        known = self._documents.get(entry.id)
        if known is None or known[0] is not entry:
            known = self._documents[entry.id] = entry, document(entry)
        return known[1]


def error(text: str, code: int = 404) -> Envelope:
    """An error as the service words it, to be sent with status 200."""
    return {"errCode": code, "errMsg": text}


def _cursor(start: int) -> str:
    return base64.b64encode(f"demo {start}".encode()).decode()


def _start(cursor: str) -> int | None:
    """Where a page begins; None if the cursor was never given out."""
    if cursor == "*":
        return 0
    try:
        said = base64.b64decode(cursor, validate=True).decode()
    except ValueError:
        return None
    found = re.fullmatch("demo ([0-9]{1,9})", said)
    return int(found[1]) if found else None
