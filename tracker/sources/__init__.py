"""The literature services: one module each, and the table that names them.

A source is added by one module and one line in ``SOURCES`` or ``WINDOWS``; a package from elsewhere by an entry point::

    [project.entry-points."tracker.sources"]
    myservice = "mypackage.myservice"

Either way the module holds two functions, ``service(settings)`` and ``build(http, settings)``, where ``settings`` are
the tracker's own settings by name (``TRACKER_EMAIL``, ``TRACKER_PUBMED_URL``, ``NCBI_API_KEY`` ...; unset ones are
absent or empty).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol, TypeGuard, cast

from tracker.errors import UsageError
from tracker.http import Http, Service
from tracker.model import Event, IdList, RawRecord, Record

GROUP = "tracker.sources"

SOURCES: dict[str, str] = {
    "pubmed": "tracker.sources.pubmed.client",
    "europepmc": "tracker.sources.europepmc.client",
}

# Services without a usable search: read by days, once for all searches.
WINDOWS: dict[str, str] = {
    "medrxiv": "tracker.sources.medrxiv",
    "biorxiv": "tracker.sources.biorxiv.client",
    "psyarxiv": "tracker.sources.osf.client",
}
BUDGET = 600.0  # seconds of polite requests that the reading of one such service may take in one run


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

    def ahead(self, requests: int, now: datetime) -> str:
        """What a person should know before so many ``fetch``: requests, minutes, whether another hour is kinder."""
        ...

    def walk(self, text: str, cuts: Sequence[str] = ()) -> IdList:
        """All ids that ``text`` matches, or a ``IdList.shortfall`` that says why not.

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


@dataclass(frozen=True, slots=True)
class WindowPage:
    """One answer of a window; ``promised``: how many records the service says the whole window holds."""

    promised: int
    rows: tuple[RawRecord, ...]


class WindowSource(Protocol):
    """A literature service without a usable search: everything is read, in windows of days, and searched here.

    A record is one version of a preprint. ``window`` and ``again`` talk; the rest only thinks.
    """

    @property
    def name(self) -> str:
        """The word used in search files and in the database: ``medrxiv``."""
        ...

    @property
    def title(self) -> str:
        """The name shown to people: ``medRxiv``."""
        ...

    @property
    def parser_version(self) -> int:
        """Raised by one when ``parse`` reads the same bytes differently, so that stored records are read again."""
        ...

    @property
    def span(self) -> int:
        """How many days one window may hold."""
        ...

    @property
    def budget(self) -> int:
        """How many requests one run may make: as many as fit into ``BUDGET`` seconds."""
        ...

    @property
    def hourly(self) -> int:
        """How many requests the service allows in an hour; 0 where no such limit is known."""
        ...

    @property
    def rotates(self) -> bool:
        """Whether a record can change without coming in a window again, so that known ones must be asked for."""
        ...

    def window(self, first: date, last: date) -> Iterator[WindowPage]:
        """All records of these days, both included, page by page until the service has no more.

        Each page is a request, made when it is asked for; a cut or garbled answer never returns. Raises SourceError.
        """
        ...

    def again(self, preprint: str) -> tuple[RawRecord, ...]:
        """One request: all versions of a known preprint as they stand now; only where ``rotates`` is true."""
        ...

    def parse(self, raw: bytes) -> Record:
        """Read one record without talking; raises UnreadableRecord with a reason."""
        ...

    def events(self, record: Record) -> tuple[Event, ...]:
        """What happened to the preprint (posted, published, withdrawn) as far as this record tells."""
        ...

    def preprint(self, record: Record) -> str:
        """What all versions of one preprint share: they are kept together."""
        ...

    def posted(self, record: Record) -> bool:
        """Whether the record is to be seen at all: not if it waits for a moderator or was refused by one."""
        ...


AnySource = Source | WindowSource


def is_window(source: AnySource) -> TypeGuard[WindowSource]:
    """Whether the source is read by days."""
    return hasattr(source, "window")


def is_walked(source: AnySource) -> TypeGuard[Source]:
    """Whether the source is asked for what a search matches."""
    return not hasattr(source, "window")


class SourceModule(Protocol):
    """What a module named in ``SOURCES``, in ``WINDOWS`` or by an entry point holds."""

    def service(self, settings: Mapping[str, str]) -> Service:
        """Where the service is and how often it may be asked."""
        ...

    def build(self, http: Http, settings: Mapping[str, str]) -> AnySource:
        """The source, ready to be asked."""
        ...


def names() -> tuple[str, ...]:
    """All source names: ours in the order of the tables, then those of other packages in alphabetical order."""
    ours = (*SOURCES, *WINDOWS)
    return (*ours, *sorted({point.name for point in entry_points(group=GROUP)} - set(ours)))


def load(name: str) -> SourceModule:
    """The module behind a source name; a name of our own table cannot be taken over by another package.

    Raises UsageError for a name nobody knows, and for another package's module that cannot be imported.
    """
    if module := SOURCES.get(name) or WINDOWS.get(name):
        return cast(SourceModule, import_module(module))
    for point in entry_points(group=GROUP, name=name):
        try:
            return cast(SourceModule, point.load())
        except (ImportError, AttributeError) as error:
            raise UsageError(f"source {name!r}: {point.value} cannot be imported: {error}") from error
    raise UsageError(f"unknown source {name!r}; known are: {', '.join(names())}")
