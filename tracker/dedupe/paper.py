"""A record as the deduplicator sees it: every field normalised once, nothing of the store or of the network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from tracker.dedupe import ids
from tracker.dedupe.names import Authors, read_authors, split_authors
from tracker.dedupe.places import Place, read_place
from tracker.dedupe.titles import Title, read_title
from tracker.model import Record

# PubMed publication types that make a record a notice about another paper, by UI (NLM, Publication Types).
_NOTICES = {"D016425": "erratum", "D016440": "retraction", "D000075742": "concern"}
_PREPRINT = "D000076942"
_PREPRINT_SOURCES = frozenset({"medrxiv", "biorxiv", "psyarxiv"})


@dataclass(frozen=True, slots=True)
class Paper:
    """One record, ready to be compared. ``order`` sorts papers by what they say, never by when they came."""

    id: int
    source: str
    title: Title
    authors: Authors
    year: int | None
    place: Place
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
    types = {ui for ui, _ in record.publication_types}
    names = [author.name for author in record.authors]
    preprint = record.source in _PREPRINT_SOURCES or _PREPRINT in types
    notice = next((kind for ui, kind in _NOTICES.items() if ui in types), "")
    return _paper(
        number,
        {
            "source": record.source,
            "title": record.title
            if not record.vernacular_title
            else f"{record.vernacular_title} [{record.title.strip('[]. ')}]",
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
        notice=notice,
        server=record.source if record.source in _PREPRINT_SOURCES else "preprint" if preprint else "",
        links=tuple((link.kind, link.pmid, link.doi, link.note) for link in record.links),
    )


def from_row(number: int, row: Mapping[str, str]) -> Paper:
    """The paper of a row with the columns of the benchmark (``authors`` one string, names separated by ``; ``)."""
    return _paper(number, row, read_authors(split_authors(row.get("authors", ""))))


def _paper(
    number: int,
    row: Mapping[str, str],
    authors: Authors,
    *,
    notice: str = "",
    server: str = "",
    links: tuple[tuple[str, str, str, str], ...] = (),
) -> Paper:
    said = {name: row.get(name, "") or "" for name in _FIELDS}
    title = read_title(said["title"])
    raw_doi = ids.read_doi(said["doi"])
    place = read_place(said["journal"], said["volume"], said["issue"], said["pages"])
    server = server or ids.preprint_server(said["journal"], "" if place.volumes else raw_doi)
    doi = ids.without_version(raw_doi)[0] if server else raw_doi
    register = ""
    if ids.is_register(said["journal"]) or ids.is_register(said["source"]):
        register = ids.registry_number(
            *(said[name] for name in ("doi", "journal", "pages", "volume", "issue", "title"))
        )
    year = said["year"].strip()[:4]
    return Paper(
        id=number,
        source=said["source"],
        title=title,
        authors=authors,
        year=int(year) if year.isdecimal() and len(year) == 4 else None,
        place=place,
        doi=doi,
        pmid=ids.digits(said["pmid"]),
        pmcid=ids.digits(said["pmcid"]),
        register=register,
        server=server,
        review=ids.cochrane(raw_doi),
        notice=notice or title.notice,
        links=links,
        abstract=said["abstract"],
        order=_order(said, authors, links),
    )


_FIELDS = ("source", "title", "year", "journal", "volume", "issue", "pages", "doi", "pmid", "pmcid", "abstract")


def _order(said: Mapping[str, str], authors: Authors, links: tuple[tuple[str, str, str, str], ...]) -> bytes:
    text = "\x1f".join(said[name] for name in _FIELDS) + repr((authors.names, authors.initials, links))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
