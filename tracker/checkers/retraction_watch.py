"""The Retraction Watch database, kept by Crossref as one file: some 70,000 notices, each with the paper it is about.

A row is joined by the DOI or the PMID of the *original paper*; the notice's own are what the event names. Dates are
American (1/30/2024 0:00), an absent PMID is 0, an absent DOI "unavailable". A file that has shrunk is not believed.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

from tracker import states
from tracker.checkers import Checked
from tracker.errors import Incomplete, Transient
from tracker.http import Http, Service
from tracker.http.answer import Answer
from tracker.model import Event
from tracker.sources import RETRACTION_WATCH
from tracker.store import Store, checks
from tracker.text import clean, clean_doi, clean_pmid
from tracker.text.dates import iso

NAME, TITLE, ADDRESS = RETRACTION_WATCH.name, RETRACTION_WATCH.title, "TRACKER_RETRACTIONS_URL"
FILE = "https://gitlab.com/crossref/retraction-watch-data/-/raw/main/retraction_watch.csv"
LARGEST = 400_000_000  # bytes; some 60 MB in 2025
LONGEST = 10_000_000  # characters of a cell
PIECE = 1_000_000
ROWS = 100  # enough to tell what its columns hold
SHRUNK = 0.9  # of the rows of the time before
NATURES = {
    "retraction": states.RETRACTED.code,
    "expression of concern": states.CONCERN.code,
    "correction": states.CORRECTED.code,
}
NEEDED = ("OriginalPaperDOI", "OriginalPaperPubMedID", "RetractionNature")


def service(settings: Mapping[str, str]) -> Service:
    """Where the file is (``TRACKER_RETRACTIONS_URL``)."""
    parts = urlsplit(settings.get(ADDRESS, "").strip() or FILE)
    folder = parts.path.rpartition("/")[0]
    return Service(NAME, TITLE, urlunsplit((parts.scheme, parts.netloc, folder, "", "")), 1.0)


def build(http: Http, settings: Mapping[str, str]) -> RetractionWatch:
    """The checker as the settings describe it."""
    parts = urlsplit(settings.get(ADDRESS, "").strip() or FILE)
    name = parts.path.rpartition("/")[2] + (f"?{parts.query}" if parts.query else "")
    return RetractionWatch(http, service(settings), name)


@dataclass(frozen=True)
class RetractionWatch:
    """The checker ``retraction-watch``; ``file`` is the name of the file below the service's address."""

    http: Http = field(repr=False)
    service: Service
    file: str

    def check(self, store: Store, run: int, now: str) -> Checked:
        """Read the whole file and mark the papers that are here."""
        body, encoding = self.http.ask(self.service, self.file, read=content, limit=LARGEST)
        dois, pmids = checks.identifiers(store.db)
        found: dict[int, list[Event]] = {}
        ids: set[str] = set()  # rows that come twice count once: they may stand in for others
        reinstated = filled = total = 0
        for total, row in enumerate(rows(body, encoding), start=1):
            ids.add(row.get("Record ID", "") or f"row {total}")
            filled += bool(clean_doi(row["OriginalPaperDOI"]) or clean_pmid(row["OriginalPaperPubMedID"]))
            keys = {*dois.get(clean_doi(row["OriginalPaperDOI"]), ()), *_of_pmid(row, pmids)}
            reinstated += bool(keys) and _nature(row) == "reinstatement"
            told = event(row) if keys else None
            if told:
                for key in keys:
                    found.setdefault(key, []).append(told)
        count = len(ids)
        if total >= ROWS and filled < total / 2:
            raise Incomplete(f"{TITLE}: {filled:,} of {total:,} rows name a paper: its columns have moved")
        before = checks.last_check(store.db, NAME)[1]
        if count < before * SHRUNK:
            raise Incomplete(f"{TITLE}: the file holds {count:,} rows, the last one held {before:,}")
        with store.write() as db:
            new = checks.mark(db, run, found, now)
        note = f"{len(found):,} records of ours are in it"
        return Checked(count, len(new), note + (f"; {reinstated:,} are said to be reinstated" if reinstated else ""))


def content(answer: Answer) -> tuple[bytes, str]:
    """(the file, its encoding), checked to be the file that was asked for and to be whole."""
    body = answer.body.removeprefix(b"\xef\xbb\xbf")
    if body.lstrip()[:1] in (b"<", b"{", b""):
        raise Transient("a page came instead of the file")
    encoding = _encoding(body)
    header = next(_cells(body, encoding), [])
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise Transient(f"the file has no column {missing[0]}")
    if not body.endswith((b"\n", b"\r")) and len(deque(_cells(body, encoding), 1)[0]) != len(header):
        raise Transient("the file ends in the middle of a row")
    return body, encoding


def _encoding(body: bytes) -> str:
    """UTF-8; the file has also been seen in the encoding of Windows."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for start in range(0, len(body), PIECE):
            decoder.decode(body[start : start + PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _cells(body: bytes, encoding: str) -> Iterator[list[str]]:
    """Row by row, decoded on the way: the file is never held as a text as a whole."""
    limit = csv.field_size_limit(LONGEST)
    try:
        yield from csv.reader(io.TextIOWrapper(io.BytesIO(body), encoding=encoding, errors="replace", newline=""))
    except csv.Error as error:
        raise Transient(f"the file cannot be read: {error}") from None
    finally:
        csv.field_size_limit(limit)


def rows(body: bytes, encoding: str) -> Iterator[dict[str, str]]:
    """The rows by the names of their columns; one that is too short has empty cells at its end."""
    cells = _cells(body, encoding)
    header = next(cells)
    for row in cells:
        if row:
            yield {**dict.fromkeys(header, ""), **dict(zip(header, row, strict=False))}


def _of_pmid(row: Mapping[str, str], pmids: Mapping[str, list[int]]) -> list[int]:
    return pmids.get(clean_pmid(row["OriginalPaperPubMedID"]), [])


def _nature(row: Mapping[str, str]) -> str:
    return clean(row["RetractionNature"]).lower()


def event(row: Mapping[str, str]) -> Event | None:
    """What a row says of the paper; None for what is no bad news (a reinstatement).

    The notice is named as PubMed names it, ``PMID 123``, else by its DOI, so that two who tell of one notice agree.
    """
    kind = NATURES.get(_nature(row))
    if kind is None:
        return None
    pmid, doi = clean_pmid(row.get("RetractionPubMedID", "")), clean_doi(row.get("RetractionDOI", ""))
    number = clean(row.get("Record ID", ""))
    notice = f"PMID {pmid}" if pmid else doi or f"Retraction Watch {number}".strip()
    reasons = [clean(part.lstrip("+")) for part in row.get("Reason", "").split(";")]
    return Event(kind, notice, NAME, _day(row.get("RetractionDate", "")), "; ".join(filter(None, reasons))[:1000])


def _day(text: str) -> str:
    """``1/30/2024 0:00``, month first, or an ISO date."""
    said = clean(text)
    found = re.match(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})\b", said, re.A)
    if found:
        return iso(found[3], found[1], found[2])
    found = re.match(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", said, re.A)
    return iso(*found.groups()) if found else ""
