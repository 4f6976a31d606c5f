"""The literature services: one module each, and the table that names them.

A source is added by one module and one line in ``SOURCES``; a package from elsewhere is added by an entry point::

    [project.entry-points."tracker.sources"]
    myservice = "mypackage.myservice"

Either way the module holds two functions, ``service(settings)`` and ``build(http, settings)``, where ``settings`` are
the tracker's own settings by name (``TRACKER_EMAIL``, ``TRACKER_PUBMED_URL``, ``NCBI_API_KEY`` ...; unset ones are
absent or empty).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol, cast

from tracker.errors import UsageError
from tracker.http import Http, Service
from tracker.model import Event, RawRecord, Record, Walk

GROUP = "tracker.sources"

SOURCES: dict[str, str] = {
    "pubmed": "tracker.sources.pubmed",
}


class UnreadableRecord(ValueError):
    """One record cannot be understood; the message says why. It is set aside, and the others go on."""


class Source(Protocol):
    """A literature service. ``walk``, ``revised`` and ``fetch`` talk to it; ``parse`` and ``events`` only think."""

    @property
    def name(self) -> str:
        """The word used in search files and in the database: ``pubmed``."""
        ...

    @property
    def title(self) -> str:
        """The name shown to people: ``PubMed``."""
        ...

    @property
    def batch(self) -> int:
        """How many ids one ``fetch`` may ask for."""
        ...

    @property
    def parser_version(self) -> int:
        """Raised by one when ``parse`` reads the same bytes differently, so that stored records are read again."""
        ...

    def walk(self, text: str, cuts: Sequence[str] = ()) -> Walk:
        """All ids that ``text`` matches, or a ``Walk.shortfall`` that says why not.

        Raises SourceError when there is no answer at all, which is never the same as an answer without hits.
        """
        ...

    def revised(self, text: str, since: date, limit: int) -> tuple[str, ...]:
        """Ids among the matches of ``text`` that the service says it revised on ``since`` or later."""
        ...

    def fetch(self, ids: Sequence[str]) -> tuple[RawRecord, ...]:
        """One request for at most ``batch`` ids. Withheld ids are absent; a cut or garbled answer never returns."""
        ...

    def parse(self, raw: bytes) -> Record:
        """Read one record without talking; raises UnreadableRecord with a reason."""
        ...

    def inflow(self, day: date) -> int:
        """How many records entered the source on ``day``, whatever they are about."""
        ...

    def events(self, record: Record) -> tuple[Event, ...]:
        """What happened to the paper (published, corrected, retracted ...) as far as this record tells."""
        ...


class SourceModule(Protocol):
    """What a module named in ``SOURCES`` or by an entry point holds."""

    def service(self, settings: Mapping[str, str]) -> Service:
        """Where the service is and how often it may be asked."""
        ...

    def build(self, http: Http, settings: Mapping[str, str]) -> Source:
        """The source, ready to be asked."""
        ...


def names() -> tuple[str, ...]:
    """All source names: ours in the order of the table, then those of other packages in alphabetical order."""
    foreign = {point.name for point in entry_points(group=GROUP)} - set(SOURCES)
    return (*SOURCES, *sorted(foreign))


def load(name: str) -> SourceModule:
    """The module behind a source name; a name of our own table cannot be taken over by another package.

    Raises UsageError for a name nobody knows, and for another package's module that cannot be imported.
    """
    if name in SOURCES:
        return cast(SourceModule, import_module(SOURCES[name]))
    for point in entry_points(group=GROUP, name=name):
        try:
            return cast(SourceModule, point.load())
        except (ImportError, AttributeError) as error:
            raise UsageError(f"source {name!r}: {point.value} cannot be imported: {error}") from error
    raise UsageError(f"unknown source {name!r}; known are: {', '.join(names())}")
