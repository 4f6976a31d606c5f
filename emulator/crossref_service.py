"""The demo's Crossref behind a port on 127.0.0.1: lists of works by DOI, with what became of them, and faults.

    with CrossrefService(registers, date(2026, 11, 16)) as service:
        os.environ["TRACKER_CROSSREF_URL"] = service.url

See ``loopback`` for what all services of the demo have in common.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from emulator.papers import plain
from emulator.register_service import RegisterService
from emulator.registers import Deposit
from emulator.reply import HTML, JSON, Reply
from emulator.server_faults import FAULTS, Played, answer

LARGEST, DEFAULT = 1000, 20
SELECTABLE = frozenset({"DOI", "title", "type", "relation", "updated-by"})


class CrossrefService(RegisterService):
    """See :class:`RegisterService`."""

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_CROSSREF_URL``."""
        return self.origin

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        utility = "works" if path == "/works" else ""
        _, rule = self.record(method, path, utility, form, headers, self.day, spare=not utility)
        if not utility:
            return Reply(b"Resource not found.", HTML, 404)
        mistake = _mistake(form)
        if mistake:
            return Reply(json.dumps(mistake).encode(), JSON, 400)
        played = Played(self.origin, rule.played, rule.seconds, rule.size) if rule else Played(self.origin)
        return answer(self._list(form), FAULTS[rule.fault] if rule else None, played)

    def _list(self, form: Mapping[str, str]) -> dict[str, Any]:
        known, size = self.registers.deposits(self.day), int(form.get("rows", DEFAULT))
        found = [known[doi] for doi in dict.fromkeys(_dois(form)) if doi in known]
        fields = form["select"].split(",") if "select" in form else sorted(SELECTABLE)
        items = [{name: value for name, value in work(one).items() if name in fields} for one in found[:size]]
        message = {"total-results": len(found), "items-per-page": size, "query": {"start-index": 0}, "items": items}
        return {"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message}


def _dois(form: Mapping[str, str]) -> list[str]:
    return [part.partition(":")[2].lower() for part in form.get("filter", "").split(",") if part]


def _mistake(form: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a request that Crossref would not take; empty for a good one."""
    names = [part.partition(":")[0] for part in form.get("filter", "").split(",") if part]
    wrong = [f"Filter {name} specified but there is no such filter for this route" for name in names if name != "doi"]
    wrong += [f"Select {name} specified but there is no such select for this route"
              for name in form.get("select", "").split(",") if name and name not in SELECTABLE]  # fmt: skip
    size = form.get("rows", str(DEFAULT))
    if not size.isdecimal() or int(size) > LARGEST:
        wrong.append(f"Integer specified as {size} but must be a positive integer less than or equal to {LARGEST}.")
    if not wrong:
        return {}
    told = [{"type": "parameter-not-allowed", "value": "", "message": message} for message in wrong]
    return {"status": "failed", "message-type": "validation-failure", "message": told}


def work(deposit: Deposit) -> dict[str, Any]:
    """The work as Crossref writes it: DOIs in their own letters, no relation where none is known."""
    relation = [{"id-type": "doi", "id": doi, "asserted-by": "subject"} for doi in deposit.articles]
    said: dict[str, Any] = {
        "DOI": deposit.doi,
        "title": [plain(deposit.title)] if deposit.title else [],
        "type": deposit.kind,
        "relation": {"is-preprint-of": relation} if relation else {},
    }
    if deposit.notices:
        said["updated-by"] = [_notice(*notice) for notice in deposit.notices]
    return said


def _notice(kind: str, doi: str, told: date) -> dict[str, Any]:
    updated = {"date-parts": [[told.year, told.month, told.day]], "date-time": f"{told}T00:00:00Z"}
    label = kind.replace("_", " ").capitalize()
    return {"DOI": doi, "type": kind, "label": label, "source": "publisher", "updated": updated}
