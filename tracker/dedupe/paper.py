"""A record as the deduplicator sees it: every field normalised once, nothing of the store or of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import blake2b

from tracker.dedupe import ids
from tracker.dedupe.names import Authors, read_authors, split_authors
from tracker.dedupe.places import PrintedPlace, read_place
from tracker.dedupe.titles import Title
from tracker.dedupe.titles import read_title as read_any_title
from tracker.model import Link, Record
from tracker.sources import info, kinds
from tracker.states import CONCERN

read_title = lru_cache(maxsize=64)(read_any_title)  # the title of one record is wanted twice


@dataclass(frozen=True, slots=True)
class Paper:
    """One record, ready to be compared. ``order`` sorts papers by what they say, never by when they came."""

    id: int
    source: str
    title: Title
    authors: Authors
    year: int | None
    place: PrintedPlace
    doi: str = ""  # without a preprint's version
    pmid: str = ""
    pmcid: str = ""
    register: str = ""  # trial registration number, of register records only
    server: str = ""  # preprint server; empty for everything that is no preprint
    review: tuple[str, str] = ("", "")  # Cochrane review and edition
    notice: str = ""  # erratum, retraction, concern, reply, comment
    links: tuple[tuple[str, str, str, str], ...] = ()  # (kind, PMID, DOI, note)
    abstract: str = field(default="", repr=False)  # as written
    order: bytes = b""

    @property
    def preprint(self) -> bool:
        return bool(self.server)

    @property
    def cochrane(self) -> bool:
        return bool(self.review[0]) or self.place.journal[:2] in (("cochrane", "database"), ("cochrane", "db"))


def from_record(number: int, record: Record) -> Paper:
    """The paper of a record of the store; ``number`` is its id there."""
    names = [author.name for author in record.authors]
    title = record.title
    if record.vernacular_title:
        title = f"{record.vernacular_title} [{record.title.strip('[]. ')}]"
    return _paper(
        number,
        {
            "source": record.source,
            "title": title,
            "year": record.date.value[:4],
            "journal": record.journal or record.journal_abbrev,
            "volume": record.volume,
            "issue": record.issue,
            "pages": record.pages,
            "doi": record.doi,
            "pmid": record.pmid,
            "pmcid": record.pmcid,
            "abstract": record.abstract_text,
        },
        read_authors(names, cut=not record.authors_complete),
        said=_Said(_notice_of(record), _server_of(record), tuple(map(_link, record.links))),
    )


def from_row(number: int, row: Mapping[str, str]) -> Paper:
    """The paper of a row with the columns of the benchmark (``authors`` one string, names separated by ``; ``)."""
    return _paper(number, row, read_authors(split_authors(row.get("authors", ""))), _Said())


@dataclass(frozen=True, slots=True)
class _Said:
    """What only a record of a source says of itself; ``notice`` None: the title decides."""

    notice: str | None = None
    server: str = ""
    links: tuple[tuple[str, str, str, str], ...] = ()


def _notice_of(record: Record) -> str | None:
    """Types and links before the title: a republished article called ``Erratum: ...`` is a paper of its own."""
    title = read_title(record.title).notice
    if not kinds.is_notice(record):
        return title if title in ("comment", "reply") else ""
    words = " ".join((*kinds.types(record), *(link.kind.casefold() for link in record.links)))
    if title in ("erratum", "retraction", CONCERN.notice):
        return title
    return "retraction" if "retraction" in words else CONCERN.notice if CONCERN.notice in words else "erratum"


def _server_of(record: Record) -> str:
    if info(record.source).is_preprint_server:
        return record.source
    return "preprint" if kinds.is_preprint(record) else ""


def _link(link: Link) -> tuple[str, str, str, str]:
    """Kind, PMID, DOI (of a preprint: without its version), note."""
    doi = ids.without_version(link.doi)[0] if ids.preprint_server("", link.doi) else link.doi
    return link.kind, link.pmid, doi, link.note


def _paper(number: int, row: Mapping[str, str], authors: Authors, said: _Said) -> Paper:
    text = {name: row.get(name, "") or "" for name in _FIELDS}
    title = read_title(text["title"])
    raw_doi = ids.read_doi(text["doi"])
    place = read_place(text["journal"], text["volume"], text["issue"], text["pages"])
    server = said.server or ids.preprint_server(text["journal"], "" if place.volumes else raw_doi)
    year = text["year"].strip()[:4]
    return Paper(
        id=number,
        source=text["source"],
        title=title,
        authors=authors,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        place=place,
        doi=ids.without_version(raw_doi)[0] if server else raw_doi,
        pmid=ids.digits(text["pmid"]),
        pmcid=ids.digits(text["pmcid"]),
        register=_register(text),
        server=server,
        review=ids.cochrane(raw_doi),
        notice=title.notice if said.notice is None else said.notice,
        links=said.links,
        abstract=text["abstract"],
        order=_order(text, authors, said),
    )


_FIELDS = ("source", "title", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "abstract")


def _register(text: Mapping[str, str]) -> str:
    """The registration number of a record of a trial register, wherever the source has put it."""
    if not ids.is_register(text["journal"]) and not ids.is_register(text["source"]):
        return ""
    return ids.registry_number(*(text[name] for name in ("doi", "journal", "pages", "volume", "issue", "title")))


def _order(text: Mapping[str, str], authors: Authors, said: _Said) -> bytes:
    whole = "\x1f".join(text[name] for name in _FIELDS) + repr((authors.names, authors.initials, said))
    return blake2b(whole.encode("utf-8", "surrogatepass"), digest_size=12).digest()
