"""One running site: its reader, its settings, its templates; what every page has in common."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from sqlite3 import Row
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from tracker.site import labels
from tracker.site.assets import Assets
from tracker.site.completeness import Completeness, completeness
from tracker.site.queries.facts import Facts
from tracker.site.queries.known import Known, Mark, Publication, mark
from tracker.site.queries.reader import PublicReader
from tracker.site.stream import Downloads
from tracker.sources.links import doi_url, pmc_url, pubmed_url
from tracker.text import safe_url
from tracker.text.plural import plural
from tracker.text.safe_markup import safe_markup

TEMPLATES = Path(__file__).parent / "templates"
STALE_HOURS = 36  # a daily schedule that has missed one day and half of the next
PERIODS = {"day": 1, "week": 7, "month": 31}
DEFAULT_TITLE = "Evidence tracker"
HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?|\[[0-9a-f:.]{2,45}\](:[0-9]{1,5})?")


@dataclass(frozen=True)
class Now:
    """What the layout of every page shows."""

    time: datetime
    facts: Facts
    searches: list[Any]
    asked: list[Any]

    @cached_property
    def titles(self) -> dict[str, str]:
        return {row["slug"]: row["title"] for row in self.searches}

    @cached_property
    def stale(self) -> str:
        """Start of the oldest last complete run among searches that are overdue, 'never' if there was none, or ''."""
        overdue = [row["last_complete"] for row in self.searches if row["active"] and self._overdue(row)]
        return (min(overdue) or "never") if overdue else ""

    @cached_property
    def complete(self) -> Completeness:
        """Whether what is shown is all there is, in one sentence."""
        return completeness(self.asked, self.stale, self.time)

    def _overdue(self, row: Any) -> bool:
        if not row["last_complete"]:
            return True
        age = self.time - datetime.fromisoformat(row["last_complete"])
        clock_was_ahead = age.total_seconds() < -24 * 3600  # nobody knows when that run was
        return clock_was_ahead or age.total_seconds() > STALE_HOURS * 3600 * PERIODS.get(row["every"], 1)


@dataclass
class Site:
    """What the pages are given; ``metadata`` is metadata.json, ``clock`` says what time it is."""

    reader: PublicReader
    metadata: Mapping[str, Any]
    clock: Callable[[], datetime]
    assets: Assets = field(default_factory=Assets)
    known: Known = field(default_factory=Known)

    def __post_init__(self) -> None:
        self.downloads = Downloads(self.reader)
        self.templates = _Templates(
            loader=FileSystemLoader(TEMPLATES),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.templates.filters.update(
            day=labels.day,
            time=labels.time,
            short=labels.short,
            source=labels.source,
            record=labels.record,
            evidence=labels.evidence,
            detail=labels.detail,
            language=labels.language,
            safe_title=_title,
            unstop=labels.unstop,
            number=lambda value: f"{value:,}",
            plural=plural,
        )
        self.templates.globals.update(
            labels=labels, asset=self.assets.url, doi_url=doi_url, pmc_url=pmc_url, pubmed_url=pubmed_url
        )

    @property
    def title(self) -> str:
        return self.said("title") or DEFAULT_TITLE

    def said(self, name: str) -> str:
        """A text of metadata.json, '' where it has none."""
        return str(self.metadata.get(name) or "")

    def setting(self, name: str) -> Any:
        """A setting of metadata.json's ``plugins.tracker``, None where it is not there."""
        return self.metadata.get("plugins", {}).get("tracker", {}).get(name)

    @property
    def url(self) -> str:
        """The setting ``url`` without a slash at the end, '' where it is not set or no address."""
        return safe_url(str(self.setting("url") or "")).rstrip("/")

    def base(self, request: Any) -> str:
        """Where the site lives, ``https://evidence.example`` without a slash at the end, for absolute addresses.

        The setting ``url``; without it what the request says of itself, where that can be a host.
        """
        if self.url:
            return self.url
        host = request.headers.get("host", "")
        return f"{request.scheme}://{host}" if HOST.fullmatch(host) else "http://localhost"

    def published(self) -> Mark:
        """Which publication a page would show that is asked for now."""
        return self.reader.look(mark)

    async def now(self) -> Now:
        """As things stand; for a page that reads nothing else, see :meth:`at`."""
        return self.at(self.reader.ask(self.known.publication))  # microseconds: quicker here than in another thread

    def at(self, publication: Publication) -> Now:
        """The same for the publication that a page has read, so that all of the page is of one state."""
        return Now(self.clock().astimezone(UTC), publication.facts, publication.searches, publication.asked)

    def render(self, template: str, now: Now, **told: Any) -> str:
        """A page as HTML; ``here`` names the entry of the navigation that the page belongs to."""
        common = {"site": self, "now": now, "here": "", "robots": "", **told}
        return self.templates.get_template(template).render(common)


class _Templates(Environment):
    """Takes the columns of a row by name at once; Jinja would look for an attribute first, a thousand times a page."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is Row:
            try:
                return obj[attribute]
            except IndexError:  # no such column: said as Jinja says it
                return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)


def _title(plain: str, markup: str) -> Markup | str:
    """The title with its markup where it has any; ``plain`` is escaped by the template."""
    safe = safe_markup(labels.unstop(markup))
    return Markup(safe) if safe else labels.unstop(plain)  # noqa: S704 - four tags, everything else escaped
