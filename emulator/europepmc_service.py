"""The demo's Europe PMC behind a port on 127.0.0.1, with a clock of its own and faults.

    with EuropePmcService(preprints, date(2024, 5, 1)) as service:
        os.environ["TRACKER_EUROPEPMC_URL"] = service.url
        service.faults.play("version-only", at=3)

See ``loopback`` for what all services of the demo have in common.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from urllib.parse import urlsplit

from emulator.europepmc import LARGEST, EuropePmc
from emulator.europepmc_entry import Holdings
from emulator.europepmc_faults import FAULTS, Played
from emulator.loopback import LoopbackService
from emulator.plan import Plan
from emulator.reply import HTML, Reply

BASE = "/europepmc/webservices/rest"


class EuropePmcService(LoopbackService):
    """A running service; a context manager, or ``start`` and ``stop``.

    ``most``: records a page, whatever was asked for. ``faults``: a script by number of the request. ``withheld``: ids
    that are listed and whose records never come. In the log the result type stands as the utility.
    """

    def __init__(
        self,
        holdings: Holdings,
        day: date,
        *,
        most: int = LARGEST,
        faults: Mapping[int, str] | None = None,
        withheld: Collection[str] = (),
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        self.search = EuropePmc(holdings, day, most, set(withheld))
        super().__init__(Plan(FAULTS), latency=latency, gzip=gzip, port=port)
        self.faults.script(faults or {})

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_EUROPEPMC_URL``."""
        return self.origin + BASE

    @property
    def day(self) -> date:
        """The day it is for the service; may be set, forward and back."""
        return self.search.day

    @day.setter
    def day(self, day: date) -> None:
        self.search.day = day

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        folder, _, name = path.rpartition("/")
        kind = form.get("resultType", "lite")
        _, rule = self.record(method, path, kind, form, headers, self.day, spare=folder != BASE)
        if folder != BASE:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        if rule is None:
            return self.search.answer(name, form, get=method == "GET")
        fault = FAULTS[rule.fault]
        played = Played(self.search, self.origin, path, rule.played, rule.seconds, rule.size)
        reply = self.search.answer(
            name, form, get=method == "GET", change=lambda envelope: fault.envelope(envelope, played)
        )
        return fault.reply(reply, played)
