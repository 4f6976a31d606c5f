"""The demo's api.biorxiv.org behind a port on 127.0.0.1: intervals by cursor, versions by DOI, and faults.

    with BiorxivService(server_preprints, date(2026, 11, 16), size=30) as service:
        os.environ["TRACKER_BIORXIV_URL"] = service.url

See ``loopback`` for what all services of the demo have in common.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

from emulator.loopback import LoopbackService
from emulator.papers import Person, plain
from emulator.plan import Plan
from emulator.preprints import PreprintVersion, Shelves
from emulator.server_faults import FAULTS, ServerPlayed, answer
from emulator.wire import HTML, Reply

_INTERVAL = re.compile(r"/details/(medrxiv|biorxiv)/(\d{4}-\d\d-\d\d)/(\d{4}-\d\d-\d\d)/(\d+)/json")
_DOI = re.compile(r"/details/(medrxiv|biorxiv)/(10\..+)/na/json")
_NAMES = {"medrxiv": "medRxiv", "biorxiv": "bioRxiv"}
_FIGURE = (
    '\n\nO_FIG O_LINKSMALLFIG WIDTH=200 HEIGHT=151 SRC="FIGDIR/small/1_ufig1.gif" ALT="Figure 1">\n'
    "View larger version (47K):\norg.highwire.dtl.DTLVardef@3f13caorg.highwire.dtl.DTLVardef@12c6f6c"
    "_HPS_FORMAT_FIGEXP  M_FIG C_FIG"
)


class BiorxivService(LoopbackService):
    """A running service; a context manager, or ``start`` and ``stop``.

    ``size``: rows a page (30 and 100 have been seen); 0 gives the whole interval at once, in the words of the other
    host. ``inflated``: how much too large the total of an interval is. ``repeats``: so many rows of the page before
    stand on each page in the place of rows that never come. ``lags``: how many days after its posting the server
    lists a preprint (by DOI) under its day; both may be set at any time. ``faults``: a script by number of the
    request.
    """

    def __init__(
        self,
        shelves: Shelves,
        day: date,
        *,
        size: int = 100,
        inflated: int = 0,
        faults: Mapping[int, str] | None = None,
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        self.shelves, self.day, self.size, self.inflated = shelves, day, size, inflated
        self.repeats, self.lags = 0, dict[str, int]()
        super().__init__(Plan(FAULTS), latency=latency, gzip=gzip, port=port)
        self.faults.script(faults or {})

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_BIORXIV_URL``."""
        return self.origin

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = unquote(urlsplit(target).path)
        interval, doi = _INTERVAL.fullmatch(path), _DOI.fullmatch(path)
        utility = "interval" if interval else "doi" if doi else ""
        _, rule = self.record(method, path, utility, form, headers, self.day, spare=not utility)
        if interval:
            body = self._interval(interval[1], interval[2], interval[3], int(interval[4]))
        elif doi:
            body = self._versions(doi[1], doi[2])
        else:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        played = ServerPlayed(self.origin, rule.played, rule.seconds, rule.size) if rule else ServerPlayed(self.origin)
        return answer(body, FAULTS[rule.fault] if rule else None, played)

    def _interval(self, server: str, first: str, last: str, cursor: int) -> dict[str, Any]:
        held = self.shelves.versions(server, self.day)
        found = [version for version in held if first <= version.posted.isoformat() <= last and self._listed(version)]
        start = cursor - self.repeats if cursor and cursor < len(found) else cursor
        page = found[start : start + min(self.size or len(found), len(found) - cursor)]
        if not page:
            return {"messages": [{"status": "no posts found"}], "collection": []}
        total, firsts = len(found) + self.inflated, sum(version.number == 1 for version in found)
        message: dict[str, Any] = {"status": "ok", "interval": f"{first}:{last}", "cursor": cursor, "count": len(page)}
        if self.size:
            message |= {"category": "all", "funder": "all", "count_new_papers": str(firsts), "total": str(total)}
        else:
            message |= {"count_new_papers": firsts, "total": total}
        return {"messages": [message], "collection": [row(version) for version in page]}

    def _listed(self, version: PreprintVersion) -> bool:
        return self.day >= version.posted + timedelta(days=self.lags.get(version.doi, 0))

    def _versions(self, server: str, doi: str) -> dict[str, Any]:
        held = self.shelves.versions(server, self.day)
        found = [row(version) for version in held if version.doi.lower() == doi.lower()]
        if not found:
            return {"messages": [{"status": "no posts found"}], "collection": []}
        return {"messages": [{"status": "ok", "category": "all"}], "collection": found}


def row(version: PreprintVersion) -> dict[str, Any]:
    """The version as the service writes it, with what its typesetters leave in it."""
    people = [person for person in version.authors if person.valid]
    address = next((place for person in people for place in person.affiliations), "")
    is_medrxiv = version.server == "medrxiv"
    kind = "PUBLISHAHEADOFPRINT" if is_medrxiv else "withdrawn" if version.withdrawn else "new results"
    return {
        "title": plain(version.title),
        "authors": "; ".join(map(_name, people)),
        "author_corresponding": f"{people[0].given} {people[0].family}" if people else "",
        "author_corresponding_institution": address,
        "doi": version.doi,
        "date": version.posted.isoformat(),
        "version": str(version.number),
        "type": kind,
        "license": version.licence.replace(" ", "_").replace("-", "_") or "cc_no",
        "category": version.category,
        "jatsxml": f"https://www.{version.server}.example.org/{version.doi}.source.xml",
        "abstract": _abstract(version),
        "funder": "NA",
        "published": version.published or "NA",
        "server": _NAMES[version.server],
    }


def _name(person: Person) -> str:
    if person.group:
        return plain(person.group)
    return f"{person.family}, {' '.join(f'{initial}.' for initial in person.initials)}"


def _abstract(version: PreprintVersion) -> str:
    """Headings glued to the next word, and now and then a list, a sign in braces, a figure."""
    parts = [f"{part.label.capitalize()}{_escaped(plain(part.text))}" for part in version.parts]
    turn = sum(map(ord, version.doi))
    if turn % 4 == 0 and parts:
        parts[-1] = f"O_LI{parts[-1]}C_LI"
    if turn % 5 == 0 and parts:
        parts[-1] += " (p [&le;] 0.05, {beta} = 0.3)"
    return "\n\n".join(parts) + (_FIGURE if turn % 3 == 0 and parts else "")


def _escaped(text: str) -> str:
    return html.escape(text, quote=False)
