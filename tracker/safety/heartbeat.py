"""Signs of life of the schedule: ``db/heartbeat.json`` and, where wanted, an address that is called after each update.

Both are for somebody who watches from outside. If they cannot be left, that is a note and no failure of the update.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from tracker import __version__
from tracker.errors import Busy, SourceError
from tracker.home import Context, iso
from tracker.http import Http, Service
from tracker.model import SavedSearch
from tracker.store import Store, ledger, runs

PERIODS = {"day": 1, "week": 6, "month": 27}  # days after which a search is due again, as its ``every`` says
DONE = ("complete", "alarm")  # nothing was left out; the others are "incomplete" and "failed"
PLACE = "{outcome}"


@dataclass
class Watch:
    """One update. ``outcome``: complete, alarm (complete, but an alarm is open), incomplete or failed."""

    started: str
    outcome: str = "failed"
    next_due: str = ""
    troubles: int = 0
    alarms: int = 0

    def ended(self, troubles: Sequence[str], alarms: Sequence[str], next_due: str) -> None:
        """The update came to its end, with a line for all that was not complete and for each open alarm."""
        self.outcome = "incomplete" if troubles else "alarm" if alarms else "complete"
        self.troubles, self.alarms, self.next_due = len(troubles), len(alarms), next_due


@contextmanager
def watched(context: Context, call: Callable[[str], str] | None) -> Iterator[Watch]:
    """An update: how it ended is written down and, with ``call``, told, however it ends.

    ``call`` is given the outcome and returns why it was not told, '' when it was. Nothing is left when another update
    holds the lock: that one will tell.
    """
    watch = Watch(context.now())
    silent = False
    try:
        yield watch
    except Busy:
        silent = True
        raise
    finally:
        if not silent:
            _leave(context, watch)
            why = call(watch.outcome) if call else ""
            if why:
                context.say(f"note: the ping address was not told: {why}")


def _leave(context: Context, watch: Watch) -> None:
    folder = context.home.heartbeat.parent
    if not folder.is_dir():
        return
    told = {
        "started": watch.started, "finished": context.now(), "outcome": watch.outcome, "troubles": watch.troubles,
        "alarms": watch.alarms, "next_due": watch.next_due, "software": __version__,
    }  # fmt: skip
    try:
        _write(context.home.heartbeat, json.dumps(told, indent=2) + "\n")
    except OSError as error:
        context.say(f"note: {context.home.heartbeat} could not be written: {error.strerror or error}")


def _write(path: Path, text: str) -> None:
    """Whoever reads the file meanwhile sees the old text or the new one."""
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def next_due(store: Store, searches: Sequence[SavedSearch], now: datetime) -> str:
    """When the next of the searches is due, as ISO time; one whose last run left something out is due now."""
    slugs = {search.slug for search in searches}
    rows = [row for row in ledger.last_search_rows(store.db) if row["search"] in slugs]
    times = [
        min(datetime.fromisoformat(row["last_complete"]), now) + timedelta(days=PERIODS[row["every"]])
        if row["outcome"] in runs.DONE and row["last_complete"]
        else now
        for row in rows
    ]
    return iso(min(times, default=now))


def caller(url: str, http: Callable[[Sequence[str]], Http]) -> Callable[[str], str] | None:
    """How the outcome is told to the ping address ``url``; None where there is none.

    An address with ``{outcome}`` in it is asked with the outcome in that place. Any other is asked as it is when the
    update was complete, and with ``/fail`` at its end when it was not (the way of healthchecks.io and others); the
    outcome is in the form that is sent. ``http`` is given what must not be shown: the address is a secret.
    """
    if not url:
        return None

    def call(outcome: str) -> str:
        try:
            parts = urlsplit(_address(url, outcome))
            port = parts.port
        except ValueError:
            return "TRACKER_PING_URL is not an http address"
        if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
            return "TRACKER_PING_URL is not an http address"
        service = Service("ping", "the ping address", f"{parts.scheme}://{parts.netloc}", 0.0)
        asker = http(_secrets(url, parts))
        try:
            asker.ask(service, _path(parts), read=lambda answer: None, data={"outcome": outcome}, limit=1_000_000)
        except SourceError as error:
            return str(error)
        finally:
            asker.close()
        return ""

    return call


def _address(url: str, outcome: str) -> str:
    if PLACE in url:
        return url.replace(PLACE, outcome)
    if outcome in DONE:
        return url
    parts = urlsplit(url)
    return parts._replace(path=f"{parts.path.rstrip('/')}/fail").geturl()


def _path(parts: SplitResult) -> str:
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _secrets(url: str, parts: SplitResult) -> list[str]:
    """Everything of the address that could tell somebody what to call."""
    long = [part for part in parts.path.split("/") if len(part) > 5]
    return [
        url,
        *(part for part in (parts.path.strip("/"), parts.query, parts.username, parts.password) if part),
        *long,
    ]
