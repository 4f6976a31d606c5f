"""The literature services: the table that names them, and what each of them promises.

A source is added by one package beside this file (``client`` talks, ``parse`` reads) and one :class:`SourceInfo` below;
one more server of a service that is read already by the row alone. A package from elsewhere is added by an entry
point::

    [project.entry-points."tracker.sources"]
    arxiv = "mypackage.arxiv"

Its module holds ``INFO`` (a :class:`SourceInfo`) and two functions, ``service(settings)`` and ``build(http,
settings)``, where ``settings`` are the tracker's own settings by name (``TRACKER_EMAIL``, ``NCBI_API_KEY`` ...; unset
ones are absent or empty). ``docs/plugins.md`` goes through one from an empty folder on.

Nothing here imports what talks or parses, so every other module may ask the table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from typing import TYPE_CHECKING, Any, Protocol, TypeGuard, cast

from tracker.errors import UsageError
from tracker.model import Event, IdList, RawRecord, Record

if TYPE_CHECKING:
    from tracker.http import Http, Service

GROUP = "tracker.sources"
MOVED, MOVED_SHARE = 20, 0.05
BUDGET = 600.0  # seconds of polite requests that the reading of one service without a search may take in one run

# How a source is asked for a strategy, which is always written in PubMed's language.
AS_WRITTEN = "as written"  # it speaks that language: its answer is the answer
WIDER = "wider"  # it is asked for a wider set in its own language, and each record is decided here
WHOLE = "whole"  # it has no usable search: every record is read, day by day, and decided here
CHECKED = "checked"  # a register that is asked what became of known papers; no search can list it
IMPORTED = "imported"  # files of a database without an open API, under a name that a person gave


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceInfo:
    """What everybody may know of a source without opening it.

    ``maker``: the module that opens it, or ``module:Class`` where one class serves several sources (it is made with
    this row). ``superset`` (only with ``WIDER``): ``module:function``, which writes a wider query in the service's own
    language, as :func:`tracker.strategy.europepmc.superset` does. ``probes``: ``module:function``, the questions of
    ``tracker doctor``. ``page``: address of a record there, with ``{id}``, for ids that ``page_id`` (a pattern) allows.
    """

    name: str  # the word in search files, settings and databases
    title: str  # the name for people
    asked: str = AS_WRITTEN
    is_preprint_server: bool = False
    maker: str = ""
    superset: str = ""
    probes: str = ""
    page: str = ""
    page_id: str = r"[A-Za-z0-9_./-]+"

    @property
    def reads_whole(self) -> bool:
        """Whether it is read by days, once for all searches."""
        return self.asked == WHOLE

    @property
    def speaks_pubmed(self) -> bool:
        """Whether a strategy is sent as it is written."""
        return self.asked == AS_WRITTEN

    def page_of(self, source_id: str) -> str:
        """The address of a record at the source, '' where there is none."""
        return self.page.format(id=source_id) if self.page and re.fullmatch(self.page_id, source_id) else ""


PUBMED = SourceInfo(
    name="pubmed", title="PubMed", maker="tracker.sources.pubmed.client", probes="tracker.doctor.pubmed:probes",
    page="https://pubmed.ncbi.nlm.nih.gov/{id}/", page_id="[0-9]{1,9}",
)  # fmt: skip
EUROPEPMC = SourceInfo(
    name="europepmc", title="Europe PMC", asked=WIDER, maker="tracker.sources.europepmc.client",
    superset="tracker.strategy.europepmc:superset", probes="tracker.doctor.europepmc:probes",
    page="https://europepmc.org/article/PPR/{id}", page_id="PPR[0-9]{1,12}",
)  # fmt: skip


def _server(name: str, title: str, service: str, probes: str) -> SourceInfo:
    """A preprint server that is read whole."""
    opener = f"tracker.sources.{service}.client:Open{service.capitalize()}"
    return SourceInfo(
        name=name, title=title, asked=WHOLE, is_preprint_server=True, maker=opener,
        probes=f"tracker.doctor.preprints:{probes}",
    )  # fmt: skip


MEDRXIV = _server("medrxiv", "medRxiv", "biorxiv", "biorxiv")
BIORXIV = _server("biorxiv", "bioRxiv", "biorxiv", "biorxiv")
PSYARXIV = _server("psyarxiv", "PsyArXiv", "osf", "osf")  # any other provider of OSF: one more such row
SOCARXIV = _server("socarxiv", "SocArXiv", "osf", "osf")

CROSSREF = SourceInfo(name="crossref", title="Crossref", asked=CHECKED)
RETRACTION_WATCH = SourceInfo(name="retraction-watch", title="Retraction Watch", asked=CHECKED)

SOURCES = {info.name: info for info in (PUBMED, EUROPEPMC, MEDRXIV, BIORXIV, PSYARXIV, SOCARXIV)}
REGISTERS = {info.name: info for info in (CROSSREF, RETRACTION_WATCH)}


def names() -> tuple[str, ...]:
    """All names that a search may list: ours in the order of the table, then those of other packages by alphabet."""
    return (*SOURCES, *sorted({point.name for point in entry_points(group=GROUP)} - {*SOURCES, *REGISTERS}))


@lru_cache(maxsize=256)
def info(name: str) -> SourceInfo:
    """What is known of the source with this name; a row of its own for a name that files were imported under.

    A package from elsewhere is believed where its module says ``INFO`` under this very name; one that does not, or that
    cannot be imported, is taken for a source that speaks PubMed's language and is called by its name.
    """
    if ours := SOURCES.get(name) or REGISTERS.get(name):
        return ours
    point = _point(name)
    if point is None:
        return SourceInfo(name=name, title=name, asked=IMPORTED)
    try:
        said = getattr(point.load(), "INFO", None)
    except (ImportError, AttributeError):
        said = None
    believed = isinstance(said, SourceInfo) and said.name == name
    return cast(SourceInfo, said) if believed else SourceInfo(name=name, title=name)


def asked_wider() -> tuple[str, ...]:
    """The names of all sources that are asked for a wider set, so that what they bring may be refused."""
    return tuple(name for name in names() if info(name).asked == WIDER)


def title(name: str) -> str:
    """The name for people of a source, of a register, or of files that were imported."""
    return info(name).title


def named(reference: str) -> Callable[..., Any]:
    """The function or class behind ``module:name``."""
    module, _, name = reference.partition(":")
    return cast(Callable[..., Any], getattr(import_module(module), name))


def _point(name: str) -> EntryPoint | None:
    return next(iter(entry_points(group=GROUP, name=name)), None)


def load(name: str) -> SourceModule:
    """What opens the source; a name of our own table cannot be taken over by another package.

    Raises UsageError for a name nobody knows, and for another package's module that cannot be imported.
    """
    if ours := SOURCES.get(name):
        return cast(SourceModule, named(ours.maker)(ours) if ":" in ours.maker else import_module(ours.maker))
    point = _point(name) if name not in REGISTERS else None
    if point is None:
        raise UsageError(f"unknown source {name!r}; known are: {', '.join(names())}")
    try:
        return cast(SourceModule, point.load())
    except (ImportError, AttributeError) as error:
        raise UsageError(f"source {name!r}: {point.value} cannot be imported: {error}") from error


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


def moved_too_far(low: int, high: int) -> bool:
    """Whether a service's promise moved more within one walk than papers come and go in its minutes."""
    return high - low > max(MOVED, high * MOVED_SHARE)


def is_window(source: AnySource) -> TypeGuard[WindowSource]:
    """Whether the source is read by days."""
    return hasattr(source, "window")


def is_walked(source: AnySource) -> TypeGuard[Source]:
    """Whether the source is asked for what a search matches."""
    return not hasattr(source, "window")


class SourceModule(Protocol):
    """What opens a source: a module, or an object with the same two functions."""

    def service(self, settings: Mapping[str, str]) -> Service:
        """Where the service is and how often it may be asked."""
        ...

    def build(self, http: Http, settings: Mapping[str, str]) -> AnySource:
        """The source, ready to be asked."""
        ...
