"""The demo's OSF behind a port on 127.0.0.1: PsyArXiv by pages of JSON:API, in both forms, with an hourly limit.

    with OsfService(server_preprints, date(2026, 11, 16)) as service:
        os.environ["TRACKER_OSF_URL"] = service.url

See ``loopback`` for what all services of the demo have in common.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode, urlsplit

from emulator.loopback import LoopbackService
from emulator.papers import Person, plain, spoken
from emulator.plan import Plan
from emulator.preprints import PreprintVersion, Shelves
from emulator.server_faults import FAULTS, ServerPlayed, answer
from emulator.wire import HTML, JSON, Reply

BASE = "/v2"
LARGEST, DEFAULT, EMBEDDED = 100, 10, 10
_FILTER = re.compile(r"filter\[(\w+)\](?:\[(\w+)\])?")
_KNOWN = {
    "provider": ("", "eq"),
    "date_modified": ("gt", "gte", "lt", "lte"),
    "date_created": ("gt", "gte", "lt", "lte"),
}
_LICENCES = {
    "cc by": "CC-By Attribution 4.0 International",
    "cc by-nc": "CC-By Attribution-NonCommercial 4.0 International",
    "cc by-nc-nd": "CC-By Attribution-NonCommercial-NoDerivatives 4.0 International",
    "cc0": "CC0 1.0 Universal",
    "": "No license",
}


class OsfService(LoopbackService):
    """A running service; a context manager, or ``start`` and ``stop``.

    ``limit``: requests allowed without a token before it throttles, 0 for none; ``service.spent`` counts them and may
    be set back. ``most``: records a page, whatever is asked for. ``faults``: a script by number of the request.
    """

    def __init__(
        self,
        shelves: Shelves,
        day: date,
        *,
        limit: int = 0,
        most: int = LARGEST,
        faults: Mapping[int, str] | None = None,
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        self.shelves, self.day, self.limit, self.most = shelves, day, limit, most
        self.spent = 0
        self.repeats = 0  # rows of the page before, on each page, in the place of rows that never come
        super().__init__(Plan(FAULTS), latency=latency, gzip=gzip, port=port)
        self.faults.script(faults or {})

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_OSF_URL``."""
        return self.origin + BASE

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path.rstrip("/")
        utility = "preprints" if path == f"{BASE}/preprints" else ""
        _, rule = self.record(method, path, utility, form, headers, self.day, spare=not utility)
        if not utility:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        if "authorization" not in headers:
            self.spent += 1
        if self.limit and self.spent > self.limit:
            return FAULTS["throttled-long"].reply(Reply(b""), ServerPlayed(self.origin))
        body = self._list(form, headers.get("accept", ""))
        if "errors" in body:
            status = int(body["errors"][0]["status"])
            reply = answer(body, None, ServerPlayed(self.origin))
            return Reply(reply.body, JSON, status)
        played = ServerPlayed(self.origin, rule.played, rule.seconds, rule.size) if rule else ServerPlayed(self.origin)
        return answer(body, FAULTS[rule.fault] if rule else None, played)

    def _list(self, form: Mapping[str, str], accept: str) -> dict[str, Any]:
        for name in form:
            found = _FILTER.fullmatch(name)
            if found and (found[2] or "") not in _KNOWN.get(found[1], ()):
                return _error(400, f"'{found[1]}' is not a valid field for this endpoint.", "filter")
        found_here = [version for version in self._all(form) if self._within(version, form)]
        size = min(int(form.get("page[size]", DEFAULT)), LARGEST, self.most)
        page, start = int(form.get("page", "1")), (int(form.get("page", "1")) - 1) * size
        if page < 1 or (start >= len(found_here) and page > 1):
            return _error(404, "Invalid page.", "page")
        first, more = max(start - self.repeats, 0), start + size < len(found_here)
        shown = found_here[first : first + min(size, len(found_here) - start)]
        said = [item(version, form.get("embed", "")) for version in shown]
        links: dict[str, Any] = {"first": None, "prev": None, "next": self._next(form, page + 1) if more else None}
        meta = {"total": len(found_here), "per_page": size}
        if "version=2." in accept and "version=2.0" not in accept:
            return {"data": said, "links": links, "meta": meta | {"version": "2.20"}}
        return {"data": said, "links": links | {"meta": meta}}

    def _all(self, form: Mapping[str, str]) -> list[PreprintVersion]:
        provider = form.get("filter[provider]", form.get("filter[provider][eq]", "psyarxiv"))
        held = self.shelves.versions("psyarxiv", self.day) if provider == "psyarxiv" else []
        return [version for version in held if version.changed <= self.day]

    def _within(self, version: PreprintVersion, form: Mapping[str, str]) -> bool:
        days = {"date_modified": version.changed.isoformat(), "date_created": version.posted.isoformat()}
        compare = {
            "gt": lambda day, bound: day > bound,
            "gte": lambda day, bound: day >= bound,
            "lt": lambda day, bound: day < bound,
            "lte": lambda day, bound: day <= bound,
        }
        return all(
            compare[found[2]](days[found[1]], bound[:10])
            for name, bound in form.items()
            if (found := _FILTER.fullmatch(name)) and found[1] in days
        )

    def _next(self, form: Mapping[str, str], page: int) -> str:
        asked = [(name, part) for name, value in form.items() if name != "page" for part in _parts(name, value)]
        return f"{self.url}/preprints/?{urlencode([*asked, ('page', str(page))])}"


def _parts(name: str, value: str) -> list[str]:
    """A parameter that was repeated is repeated again."""
    return value.split(",") if name == "embed" else [value]


def _error(status: int, detail: str, parameter: str) -> dict[str, Any]:
    return {"errors": [{"source": {"parameter": parameter}, "detail": detail, "meta": {}, "status": str(status)}]}


def item(version: PreprintVersion, embed: str = "") -> dict[str, Any]:
    """The version as JSON:API writes it; what is withdrawn has some members null."""
    name, withdrawn = f"{version.name}_v{version.number}", version.state == "withdrawn"
    day, changed = f"{version.posted}T09:00:00.123456Z", f"{version.changed}T10:00:00.123456Z"
    attributes: dict[str, Any] = {
        "date_created": day,
        "date_modified": changed,
        "date_published": day,
        "original_publication_date": None,
        "doi": version.published or None,
        "title": plain(version.title),
        "description": spoken(version.parts),
        "is_published": None if withdrawn else version.state == "accepted",
        "license_record": None if withdrawn else {"copyright_holders": [], "year": str(version.posted.year)},
        "tags": list(version.keywords),
        "subjects": [[{"id": "584240da54be81056cecac48", "text": "Social and Behavioral Sciences"}]],
        "date_withdrawn": changed if withdrawn else None,
        "reviews_state": version.state,
        "date_last_transitioned": None if withdrawn else day,
        "version": version.number,
        "is_latest_version": True,
    }
    if withdrawn:
        attributes["withdrawal_justification"] = version.withdrawn
    return {
        "id": name,
        "type": "preprints",
        "attributes": attributes,
        "relationships": {"node": {"links": {"related": {"href": f"https://api.osf.example.org/v2/nodes/{name}/"}}}},
        "links": {
            "self": f"https://api.osf.example.org/v2/preprints/{name}/",
            "html": f"https://osf.example.org/preprints/psyarxiv/{name}/",
            "preprint_doi": f"https://doi.org/{version.doi}",
        },
        "embeds": _embeds(version, embed),
    }


def _embeds(version: PreprintVersion, embed: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "contributors" in embed:
        people = [person for person in version.authors if person.valid]
        meta = {"total": len(people), "per_page": EMBEDDED}
        shown = [_contributor(person, place) for place, person in enumerate(people[:EMBEDDED])]
        found["bibliographic_contributors"] = {"data": shown, "meta": meta, "links": {"next": None}}
    if "license" in embed:
        found["license"] = {"data": {"attributes": {"name": _LICENCES.get(version.licence, version.licence)}}}
    return found


def _contributor(person: Person, place: int) -> dict[str, Any]:
    full = plain(person.group) or f"{person.given} {person.family}".strip()
    user = {
        "full_name": full,
        "given_name": "" if person.group else person.given,
        "middle_names": "",
        "family_name": "" if person.group else person.family,
        "suffix": person.suffix,
        "social": {"orcid": person.orcid} if person.orcid else {},
    }
    attributes = {"index": place, "bibliographic": True, "permission": "read", "unregistered_contributor": None}
    return {"attributes": attributes, "embeds": {"users": {"data": {"attributes": user}}}}
