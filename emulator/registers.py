"""What Crossref and Retraction Watch hold of the fictional literature on a given day: what became of papers.

Most of it is known from PubMed and Europe PMC as well. One preprint is known only to Crossref to have become an
article, and one retraction is known only to Retraction Watch (``days`` and ``preprint_days`` tell of both).

Both are served on 127.0.0.1 (``loopback`` says what all services have in common), with faults by number of the request:

    with CrossrefService(registers, date(2026, 11, 16)) as service:
        os.environ["TRACKER_CROSSREF_URL"] = service.url
    with RetractionsService(registers, date(2026, 11, 16)) as service:
        os.environ["TRACKER_RETRACTIONS_URL"] = service.url
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import Any, Protocol
from urllib.parse import urlsplit

from emulator import corpus, preprints
from emulator.days import ACTORS, DAYS, FIRST_DAY
from emulator.europepmc_entry import ASSERTED, Entry
from emulator.loopback import LoopbackService
from emulator.papers import DemoPaper, Notice, plain
from emulator.plan import Plan
from emulator.preprints import ACTORS as PREPRINTS
from emulator.server_faults import FAULTS, ServerPlayed, answer
from emulator.wire import HTML, JSON, Reply

ELSEWHERE = 150  # rows about papers that are in no literature of the demo
_NATURES = {"RetractionIn": "Retraction", "ExpressionOfConcernIn": "Expression of concern", "ErratumIn": "Correction"}
_TYPES = {"RetractionIn": "retraction", "ExpressionOfConcernIn": "expression_of_concern", "ErratumIn": "correction"}


@dataclass(frozen=True, slots=True)
class Deposit:
    """What Crossref has of a work: the DOIs of the articles it became, and notices about it (type, DOI, day)."""

    doi: str
    title: str = ""
    articles: tuple[str, ...] = ()
    notices: tuple[tuple[str, str, date], ...] = ()
    kind: str = "posted-content"


@dataclass(frozen=True, slots=True)
class RegisterRow:
    """A row of the Retraction Watch file; identifiers that are not known are empty."""

    number: int
    title: str
    nature: str
    told: date
    doi: str = ""
    pmid: str = ""
    notice_doi: str = ""
    notice_pmid: str = ""
    reasons: tuple[str, ...] = ()


class Registers(Protocol):
    """What both hold on a day: this module is such a thing, and :class:`RegisterHoldings`."""

    def deposits(self, day: date) -> Mapping[str, Deposit]:
        """What Crossref knows, by DOI in lower case."""
        ...

    def rows(self, day: date) -> list[RegisterRow]:
        """What Retraction Watch knows, oldest first."""
        ...


@dataclass
class RegisterHoldings:
    """These deposits, always; these rows, each from the day on which it is told."""

    held: Iterable[Deposit] = ()
    listed: Iterable[RegisterRow] = ()
    _held: tuple[Deposit, ...] = field(init=False, repr=False)
    _listed: tuple[RegisterRow, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self._held, self._listed = tuple(self.held), tuple(self.listed)

    def deposits(self, day: date) -> Mapping[str, Deposit]:
        return {deposit.doi.lower(): deposit for deposit in self._held}

    def rows(self, day: date) -> list[RegisterRow]:
        return [row for row in self._listed if row.told <= day]


def deposits(day: date) -> Mapping[str, Deposit]:
    """Every preprint with a DOI, and every article in PubMed with one."""
    return _deposits(_number(day))


def rows(day: date) -> list[RegisterRow]:
    """The papers that PubMed had marked two days before, one that PubMed never marks, and many of elsewhere."""
    return list(_rows(_number(day)))


def _number(day: date) -> int:
    return min(max((day - FIRST_DAY).days + 1, 1), len(DAYS))


@cache
def _deposits(number: int) -> Mapping[str, Deposit]:
    day = DAYS[number - 1].date
    papers = corpus.papers(day)
    found = {paper.doi.lower(): _of_paper(paper, papers) for paper in papers.values() if paper.doi}
    entries = preprints.preprints(day)
    for entry in entries.values():
        if entry.doi and entry.doi.lower() not in found:
            found[entry.doi.lower()] = _of_preprint(entry, papers)
    known = found[entries[PREPRINTS["overtaken"]].doi.lower()]
    found[known.doi.lower()] = replace(known, articles=(papers[ACTORS["overtaken"]].doi,))
    return found


def _of_paper(paper: DemoPaper, papers: Mapping[str, DemoPaper]) -> Deposit:
    notices = tuple(
        (_TYPES[link.kind], papers[link.pmid].doi, papers[link.pmid].created)
        for link in paper.notices
        if link.kind in _TYPES and link.pmid in papers
    )
    if "Preprint" not in paper.types:
        return Deposit(paper.doi, paper.title, notices=notices, kind="journal-article")
    came_out = [link.pmid for link in paper.notices if link.kind == "UpdateIn" and link.pmid in papers]
    return Deposit(paper.doi, paper.title, tuple(papers[pmid].doi for pmid in came_out), notices)


def _of_preprint(entry: Entry, papers: Mapping[str, DemoPaper]) -> Deposit:
    sure = [link.id for link in entry.comments if link.note == ASSERTED and link.id in papers]
    return Deposit(entry.doi, entry.title, tuple(papers[pmid].doi for pmid in sure if papers[pmid].doi))


@cache
def _rows(number: int) -> tuple[RegisterRow, ...]:
    papers = corpus.papers(DAYS[max(number - 3, 0)].date)
    cited = {paper.cited: paper for paper in papers.values()}
    links = ((paper, link) for paper in papers.values() for link in paper.notices if link.kind in _NATURES)
    found = [_row(paper, link, cited.get(link.source)) for paper, link in links]
    if number >= 5:
        found.append(_quietly(papers[ACTORS["quietly-retracted"]], DAYS[3].date))
    told = sorted([*found, *_elsewhere()], key=lambda row: (row.told, row.doi))
    return tuple(replace(row, number=place) for place, row in enumerate(told, 1))


def _row(paper: DemoPaper, link: Notice, notice: DemoPaper | None) -> RegisterRow:
    """A notice is known by the PMID by which PubMed links it, and by its DOI; one in print alone by neither."""
    told = notice.created if notice else paper.revised or paper.created
    doi = notice.doi if notice else ""
    return RegisterRow(
        0, paper.title, _NATURES[link.kind], told, paper.doi, paper.pmid, doi, link.pmid, ("Date Unknown",)
    )


def _quietly(paper: DemoPaper, told: date) -> RegisterRow:
    reasons = ("Concerns/Issues about Data", "Unreliable Results and/or Conclusions")
    notice = "10.5555/demo.notice.unseen"
    return RegisterRow(0, paper.title, "Retraction", told, paper.doi, paper.pmid, notice, reasons=reasons)


def _elsewhere() -> Iterator[RegisterRow]:
    for turn in range(ELSEWHERE):
        told = FIRST_DAY - timedelta(days=3 + 7 * turn)
        nature = ("Retraction", "Retraction", "Correction", "Expression of concern", "Reinstatement")[turn % 5]
        doi = f"10.5555/demo.elsewhere.{turn}"
        title = f"Rope, tar and the weight of a knot, part {turn + 1}"
        yield RegisterRow(
            0, title, nature, told, doi, notice_doi=f"{doi}.notice", reasons=("Error in Data", "Error by Author")
        )


class RegisterService(LoopbackService):
    """A running service; a context manager, or ``start`` and ``stop``.

    ``faults``: a script by number of the request.
    """

    def __init__(
        self,
        registers: Registers,
        day: date,
        *,
        faults: Mapping[int, str] | None = None,
        latency: float = 0.0,
        gzip: bool = True,
        port: int = 0,
    ) -> None:
        self.registers, self.day = registers, day
        super().__init__(Plan(FAULTS), latency=latency, gzip=gzip, port=port)
        self.faults.script(faults or {})


LARGEST, DEFAULT = 1000, 20
SELECTABLE = frozenset({"DOI", "title", "type", "relation", "updated-by"})


class CrossrefService(RegisterService):
    """See :class:`RegisterService`."""

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_CROSSREF_URL``."""
        return self.origin

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        utility = "works" if path == "/works" else ""
        _, rule = self.record(method, path, utility, form, headers, self.day, spare=not utility)
        if not utility:
            return Reply(b"Resource not found.", HTML, 404)
        mistake = _mistake(form)
        if mistake:
            return Reply(json.dumps(mistake).encode(), JSON, 400)
        played = ServerPlayed(self.origin, rule.played, rule.seconds, rule.size) if rule else ServerPlayed(self.origin)
        return answer(self._list(form), FAULTS[rule.fault] if rule else None, played)

    def _list(self, form: Mapping[str, str]) -> dict[str, Any]:
        known, size = self.registers.deposits(self.day), int(form.get("rows", DEFAULT))
        found = [known[doi] for doi in dict.fromkeys(_dois(form)) if doi in known]
        fields = form["select"].split(",") if "select" in form else sorted(SELECTABLE)
        items = [{name: value for name, value in work(one).items() if name in fields} for one in found[:size]]
        message = {"total-results": len(found), "items-per-page": size, "query": {"start-index": 0}, "items": items}
        return {"status": "ok", "message-type": "work-list", "message-version": "1.0.0", "message": message}


def _dois(form: Mapping[str, str]) -> list[str]:
    return [part.partition(":")[2].lower() for part in form.get("filter", "").split(",") if part]


def _mistake(form: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a request that Crossref would not take; empty for a good one."""
    names = [part.partition(":")[0] for part in form.get("filter", "").split(",") if part]
    wrong = [f"Filter {name} specified but there is no such filter for this route" for name in names if name != "doi"]
    wrong += [f"Select {name} specified but there is no such select for this route"
              for name in form.get("select", "").split(",") if name and name not in SELECTABLE]  # fmt: skip
    size = form.get("rows", str(DEFAULT))
    if not size.isdecimal() or int(size) > LARGEST:
        wrong.append(f"Integer specified as {size} but must be a positive integer less than or equal to {LARGEST}.")
    if not wrong:
        return {}
    told = [{"type": "parameter-not-allowed", "value": "", "message": message} for message in wrong]
    return {"status": "failed", "message-type": "validation-failure", "message": told}


def work(deposit: Deposit) -> dict[str, Any]:
    """The work as Crossref writes it: DOIs in their own letters, no relation where none is known."""
    relation = [{"id-type": "doi", "id": doi, "asserted-by": "subject"} for doi in deposit.articles]
    said: dict[str, Any] = {
        "DOI": deposit.doi,
        "title": [plain(deposit.title)] if deposit.title else [],
        "type": deposit.kind,
        "relation": {"is-preprint-of": relation} if relation else {},
    }
    if deposit.notices:
        said["updated-by"] = [_notice(*notice) for notice in deposit.notices]
    return said


def _notice(kind: str, doi: str, told: date) -> dict[str, Any]:
    updated = {"date-parts": [[told.year, told.month, told.day]], "date-time": f"{told}T00:00:00Z"}
    label = kind.replace("_", " ").capitalize()
    return {"DOI": doi, "type": kind, "label": label, "source": "publisher", "updated": updated}


FILE = "/data/retraction_watch.csv"
CSV = "text/csv; charset=utf-8"
COLUMNS = (
    "Record ID", "Title", "Subject", "Institution", "Journal", "Publisher", "Country", "Author", "URLS", "ArticleType",
    "RetractionDate", "RetractionDOI", "RetractionPubMedID", "OriginalPaperDate", "OriginalPaperDOI",
    "OriginalPaperPubMedID", "RetractionNature", "Reason", "Paywalled", "Notes",
)  # fmt: skip


class RetractionsService(RegisterService):
    """See :class:`RegisterService`."""

    @property
    def url(self) -> str:
        """The address to give to ``TRACKER_RETRACTIONS_URL``: that of the file itself."""
        return self.origin + FILE

    def reply(self, method: str, target: str, form: Mapping[str, str], headers: Mapping[str, str]) -> Reply:
        """Log the request and answer it, honestly or as the script says."""
        path = urlsplit(target).path
        utility = "file" if path == FILE else ""
        _, rule = self.record(method, path, utility, form, headers, self.day, spare=not utility)
        if not utility:
            return Reply(b"<h1>Not Found</h1>", HTML, 404)
        reply = Reply(written(self.registers.rows(self.day)), CSV)
        if rule is None:
            return reply
        return FAULTS[rule.fault].reply(reply, ServerPlayed(self.origin, rule.played, rule.seconds, rule.size))


def written(rows: Iterable[RegisterRow]) -> bytes:
    """The file: American dates, 0 for an absent PMID, "Unavailable" for an absent DOI, reasons with a plus sign."""
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {
                "Record ID": row.number,
                "Title": plain(row.title),
                "Journal": "Journals of the Archipelago (Demo)",
                "RetractionDate": f"{row.told.month}/{row.told.day}/{row.told.year} 0:00",
                "RetractionDOI": row.notice_doi or "Unavailable",
                "RetractionPubMedID": row.notice_pmid or "0",
                "OriginalPaperDOI": row.doi or "Unavailable",
                "OriginalPaperPubMedID": row.pmid or "0",
                "RetractionNature": row.nature,
                "Reason": "".join(f"+{reason};" for reason in row.reasons),
                "Paywalled": "No",
            }
        )
    return out.getvalue().encode()
