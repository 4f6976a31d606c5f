"""The demo's PubMed behind a port on 127.0.0.1: E-utilities over a literature, with a clock of its own and faults.

    with PubMedService(corpus, date(2024, 5, 1)) as service:
        os.environ["TRACKER_PUBMED_URL"] = service.url
        ...
        service.faults.play("reset", at=3)
        service.day = date(2024, 5, 2)

See ``loopback`` for what all services of the demo have in common.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Mapping
from datetime import date
from urllib.parse import urlsplit

from emulator import panel
from emulator.articles import Literature
from emulator.eutils import CEILING, Changes, Entrez
from emulator.faults import FAULTS
from emulator.lexicon import Lexicon
from emulator.loopback import HOST, LoopbackService
from emulator.plan import Plan
from emulator.reply import HTML, Reply
from emulator.spoil import Context, rate_limited

BASE = "/entrez/eutils"


class PubMedService(LoopbackService):
    """A running service; a context manager, or :meth:`start` and :meth:`stop`.

    ``ceiling``: how many records of one search are served (9,999 by the real one). ``limit``: requests a second above
    which 429 is answered, 0 for none (ten thirds of it with an api_key). ``latency``: seconds a request takes.
    ``faults``: a script by number of the request; ``service.faults.play(...)`` adds to it at any time.
    ``withheld``: ids that are listed and never sent. ``port``: 0 takes a free one; OSError when it is taken.
    """

    def __init__(
        self,
        literature: Literature,
        day: date,
        *,
        ceiling: int = CEILING,
        lexicon: Lexicon | None = None,
        faults: Mapping[int, str] | None = None,
        withheld: Collection[str] = (),
        limit: int = 0,
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        tree, mapping = getattr(literature, "tree", {}), getattr(literature, "mapping", {})
        self.entrez = Entrez(literature, day, ceiling, lexicon or Lexicon(tree, mapping), set(withheld))
        super().__init__(Plan(), latency=latency, gzip=gzip, port=port)
        self.faults.script(faults or {})
        self.limit = limit
        self._recent: deque[float] = deque()

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_PUBMED_URL``."""
        return self.origin + BASE

    @property
    def day(self) -> date:
        """The day it is for the service; may be set, forward and back."""
        return self.entrez.day

    @day.setter
    def day(self, day: date) -> None:
        self.entrez.day = day

    # One request

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        if path in ("/", "/faults"):
            return panel.press(self, form) if (method, path) == ("POST", "/faults") else panel.show(self)
        folder, _, utility = path.removesuffix(".fcgi").rpartition("/")
        left = self._left(time.monotonic(), form)
        _, rule = self.record(method, path, utility, form, headers, self.day, spare=left < 0 or folder != BASE)
        turn = rule.played if rule else 0
        if folder != BASE:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        if left < 0:
            return rate_limited(form.get("api_key", HOST), self._allowed(form))
        if not rule:
            return self._marked(self.entrez.answer(utility, form, get=method == "GET"), form, left)
        fault = FAULTS[rule.fault]
        context = Context(utility, form, self.entrez, self.origin, path, turn, rule.seconds, rule.size)
        changes = Changes(
            lambda result: fault.result(result, context), lambda elements: fault.elements(elements, context)
        )
        return fault.reply(self.entrez.answer(utility, form, get=method == "GET", changes=changes), context)

    def _allowed(self, form: Mapping[str, str]) -> int:
        return self.limit * 10 // 3 if form.get("api_key") else self.limit

    def _left(self, now: float, form: Mapping[str, str]) -> int:
        """How many more requests are allowed within this second; below 0: this one is not."""
        if not self.limit:
            return 0
        with self._lock:
            while self._recent and now - self._recent[0] >= 1:
                self._recent.popleft()
            self._recent.append(now)
            return self._allowed(form) - len(self._recent)

    def _marked(self, reply: Reply, form: Mapping[str, str], left: int) -> Reply:
        if not self.limit:
            return reply
        headers = (("X-RateLimit-Limit", str(self._allowed(form))), ("X-RateLimit-Remaining", str(left)))
        return Reply(reply.body, reply.kind, reply.status, reply.headers + headers)
