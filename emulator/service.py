"""The demo's PubMed behind a port on 127.0.0.1: E-utilities over a literature, with a clock of its own and faults.

    with PubMedService(corpus, date(2024, 5, 1)) as service:
        os.environ["TRACKER_PUBMED_URL"] = service.url
        ...
        service.faults.play("reset", at=3)
        service.day = date(2024, 5, 2)

See ``loopback`` for what all services of the demo have in common.

Its own page shows what it serves, what was asked, and every fault with a button that plays it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Collection, Mapping
from datetime import date
from html import escape
from urllib.parse import urlsplit

from emulator.eutils import CEILING, Changes, Entrez
from emulator.faults import FAULTS, FaultContext, rate_limited
from emulator.index import Lexicon
from emulator.loopback import HOST, LoopbackService
from emulator.papers import Literature
from emulator.plan import Plan
from emulator.wire import HTML, Reply

STYLE = "body{font:16px/1.5 sans-serif;max-width:60em;margin:2em auto;padding:0 1em} td{padding:.2em .8em .2em 0}"
SHOWN = 20


def show(service: PubMedService) -> Reply:
    """The page, without scripts."""
    rows = "".join(
        f'<tr><td><form method="post" action="/faults"><button name="fault" value="{name}">{name}</button>'
        f"</form></td><td>{escape(fault.does)} <small>({', '.join(fault.on)})</small></td></tr>"
        for name, fault in FAULTS.items()
    )
    waiting = [f"{rule.fault} ({rule.played} of {rule.times or 'every'})" for rule in service.faults.rules]
    log = "".join(
        f"<li>{asked.number}: {escape(asked.method)} {escape(asked.path)} {escape(_short(asked.form))}"
        f"{f' <strong>{asked.fault}</strong>' if asked.fault else ''}</li>"
        for asked in reversed(service.log[-SHOWN:])
    )
    text = (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Demo services</title>'
        f"<style>{STYLE}</style></head><body><h1>Demo services</h1>"
        f"<p>A fictional PubMed on this machine only. Address: <code>{escape(service.url)}</code>. "
        f"Day: {service.day.isoformat()}. Articles: {len(service.entrez.articles()):,}.</p>"
        f"<p>Script of faults: {escape(', '.join(waiting)) or 'none'}</p>"
        f'<form method="post" action="/faults"><button name="fault" value="">No more faults</button></form>'
        f"<h2>Play a fault once</h2><table>{rows}</table><h2>The last requests</h2><ul>{log}</ul></body></html>"
    )
    return Reply(text.encode(), HTML)


def press(service: PubMedService, form: Mapping[str, str]) -> Reply:
    """A button was pressed: add the fault to the script, or clear it."""
    fault = form.get("fault", "")
    if fault and fault not in FAULTS:
        return Reply(b"no such fault", HTML, 400)
    if fault:
        service.faults.play(fault)
    else:
        service.faults.clear()
    return Reply(b"", HTML, 303, (("Location", "/"),))


def _short(form: Mapping[str, str]) -> str:
    kept = {name: value for name, value in form.items() if name not in ("api_key", "email")}
    text = ", ".join(f"{name}={value}" for name, value in kept.items())
    return text if len(text) <= 160 else f"{text[:160]}..."


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
            return press(self, form) if (method, path) == ("POST", "/faults") else show(self)
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
        context = FaultContext(utility, form, self.entrez, self.origin, path, turn, rule.seconds, rule.size)
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
