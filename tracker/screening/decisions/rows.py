"""Files of decisions, as every tool gives them: which tool it was, and each row in one shape. Nothing is joined here.

The tools' formats: Rayyan's and ASReview's in modules of their own, Covidence, EPPI-Reviewer, spreadsheets and plain
lists here. Facts about each were taken from real exports and from the tools' public source.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker.errors import UsageError
from tracker.formats import csv, xlsx
from tracker.formats.ris import Tags, entries, first
from tracker.states import unmarked
from tracker.text import clean, clean_doi, clean_pmid, first_surname, strip_emails, title_key

VALUES: Mapping[str, str] = {
    **dict.fromkeys(("include", "included", "yes", "y", "1", "1.0", "true", "relevant", "in", "accept"), "include"),
    **dict.fromkeys(("exclude", "excluded", "no", "n", "0", "0.0", "false", "irrelevant", "out", "reject"), "exclude"),
    **dict.fromkeys(("maybe", "unsure", "unclear", "?"), "maybe"),
    "undecided": "undecided",
}
KEY = re.compile(r"[A-Z][A-Z0-9]*-\d{6,}(?:\.\d+)?")
_IN_NOTES = re.compile(r"tracker-id:\s*([A-Z][A-Z0-9]*-\d{6,}(?:\.\d+)?)", re.I)
_IN_LINK = re.compile(r"/(?:paper|record)/([A-Z][A-Z0-9]*-\d{6,}(?:\.\d+)?)", re.I)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Said:
    """One reviewer's decision on one row; ``reviewer`` is empty where the file names none.

    ``also`` are other names of the same person, as an e-mail address in a log beside the name in a table.
    """

    value: str
    reviewer: str = ""
    also: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()
    note: str = ""
    decided: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """One row of a file: what it can be recognised by, and what was decided. ``trouble`` is what was not understood."""

    position: int
    ids: tuple[str, ...]
    pmid: str
    doi: str
    title: str
    year: int | None
    surname: str
    tool_id: str = ""
    said: tuple[Said, ...] = ()
    trouble: str = ""

    @property
    def title_key(self) -> str:
        return title_key(unmarked(self.title))


class Cell:
    """The cells of a row, asked for by any of their names in any case."""

    def __init__(self, row: Cells) -> None:
        self.row = {name.strip().casefold(): value for name, value in row.items()}

    def __call__(self, *names: str) -> str:
        return next((self.row[name].strip() for name in names if self.row.get(name, "").strip()), "")

    def __contains__(self, name: str) -> bool:
        return name in self.row


def given_row(position: int, cell: Cell, **more: object) -> Given:
    """What a row of a table can be recognised by, under the names that tools give these columns."""
    notes, link = cell("notes", "note"), cell("url", "urls", "link")
    accession = cell("accession number", "accession_number", "accession")
    places = (cell("key", "id", "record_id", "tracker_id", "tracker-id"), accession)
    year = _YEAR.search(cell("year", "published year", "publication year", "publication_year", "date"))
    return Given(
        position=position,
        ids=_ids(places, notes, link),
        pmid=clean_pmid(cell("pubmed_id", "pmid") or accession),
        doi=clean_doi(cell("doi")) or clean_doi(link),
        title=clean(cell("title", "primary_title", "article title")),
        year=int(year[1]) if year else None,
        surname=first_surname(cell("authors", "author names", "author", "first_authors")),
        **more,  # type: ignore[arg-type]
    )


def given_tags(position: int, tags: Tags, **more: object) -> Given:
    """The same of a RIS record; EPPI-Reviewer gives our ``U1`` back as ``U2``."""
    accession = first(tags, ("AN",))
    places = [value for tag in ("ID", "U2", "U1") for value in tags.get(tag, ())]
    year = _YEAR.search(first(tags, ("PY", "Y1", "DA")))
    return Given(
        position=position,
        ids=_ids((*places, accession), " ".join(tags.get("N1", ())), " ".join(tags.get("UR", ()))),
        pmid=clean_pmid(accession),
        doi=clean_doi(first(tags, ("DO",))) or clean_doi(first(tags, ("UR",))),
        title=clean(first(tags, ("TI", "T1", "CT", "BT"))),
        year=int(year[1]) if year else None,
        surname=first_surname(first(tags, ("AU", "A1"))),
        **more,  # type: ignore[arg-type]
    )


def _ids(places: Iterable[str], notes: str, link: str) -> tuple[str, ...]:
    """Everything that may be our id, the surest place first."""
    plain = [text for place in places if KEY.fullmatch(text := place.strip("\ufeff' \t").upper())]
    found = [*plain, *(one.upper() for one in (*_IN_NOTES.findall(notes), *_IN_LINK.findall(link)))]
    return tuple(dict.fromkeys(found))


def plain_text(text: str) -> str:
    """What a person wrote, on one line and without e-mail addresses, which are never stored."""
    return strip_emails(text)


def listed(text: str, sign: str = ";") -> tuple[str, ...]:
    """Reasons and labels, each once."""
    return tuple(dict.fromkeys(part for part in map(plain_text, text.split(sign)) if part))


# --- spreadsheets, and lists that say nothing but who is on them


TICKS = ("include", "exclude", "maybe")
_ANOTHER = re.compile(r"decision(?:[ ._]?\(?[0-9]+\)?)?")


def sheet(rows: Iterable[Cells], value: str) -> Iterator[Given]:
    """Our own columns ``decision, reason, reviewer, comment``, filled in by people.

    A second ``decision`` beside the first, as screeners side by side write, is another decision on the same paper, with
    the reviewer, reason and comment of the same number. Columns ``include, exclude, maybe`` hold a tick each.
    """
    for position, row in enumerate(rows, start=1):
        cell = Cell(row)
        said: list[Said] = []
        trouble = ""
        for number in _decisions(cell):
            word = _word(cell, number)
            found = value or VALUES.get(word.casefold().strip(" .!'"), "")
            if found:
                said.append(_opinion(cell, number, found))
            elif word:
                trouble = f"decision {word!r}"
        yield given_row(position, cell, trouble=trouble) if trouble else given_row(position, cell, said=tuple(said))


def _decisions(cell: Cell) -> list[str]:
    """What stands behind the name of each column of decisions, such as " (2)"; '' for a sheet with one or none."""
    found = [name.removeprefix("decision") for name in cell.row if _ANOTHER.fullmatch(name)]
    return found or [""]


def _word(cell: Cell, number: str) -> str:
    """The decision in words: of the column, or of the columns that are ticked."""
    if f"decision{number}" in cell:
        return cell(f"decision{number}")
    ticks = [name for name in TICKS if name in cell]
    if len(ticks) < 2:
        return cell("included", "include", "label")
    ticked = [name for name in ticks if cell(name) and VALUES.get(cell(name).casefold()) != "exclude"]
    return " and ".join(ticked)


def _opinion(cell: Cell, number: str, value: str) -> Said:
    return Said(
        value, clean(cell(f"reviewer{number}")), reasons=listed(cell(f"reason{number}", f"reasons{number}")),
        note=plain_text(cell(f"comment{number}", f"comments{number}")),
    )  # fmt: skip


def covidence(rows: Iterable[Cells], value: str) -> Iterator[Given]:
    """Covidence: the decision is the list that was exported; the notes hold ``Exclusion reason: wrong outcome; ``."""
    for position, row in enumerate(rows, start=1):
        cell = Cell(row)
        notes = cell("notes")
        reasons = re.findall(r"Exclusion reason:\s*([^;]*)", notes)
        rest = re.sub(r"Exclusion reason:[^;]*;?", "", notes)
        said = Said(
            value, CONSENSUS, reasons=listed(";".join(reasons)), labels=listed(cell("tags")), note=plain_text(rest)
        )
        yield given_row(position, cell, said=(said,), tool_id=f"covidence {cell('covidence #')}".strip())


def ris_list(records: Iterable[Tags], value: str, reviewer: str = "") -> Iterator[Given]:
    """A RIS file whose records all have the same decision: a list from EPPI-Reviewer, Covidence or elsewhere."""
    for position, tags in enumerate(records, start=1):
        yield given_tags(position, tags, said=(Said(value, reviewer),))


CONSENSUS = "consensus"  # decisions of the team as a whole; no person's name

Reader = Callable[[Path, str], Iterator[Given]]


def table(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a table, whichever format it is in."""
    return xlsx.read(path) if path.suffix.lower() in (".xlsx", ".ods", ".xls") else csv.read(path)


def names_of(path: Path) -> frozenset[str]:
    """The column names of a table in small letters; those of an empty table are none."""
    row = next(table(path), {})
    return frozenset(name.strip().casefold() for name in row)


def need(value: str, path: Path, why: str) -> str:
    """What ``--as`` said; raises :class:`UsageError` where it must say something."""
    if not value:
        raise UsageError(f"{path.name}: {why}: say what its papers are with --as include, exclude or maybe")
    return value


def refuse(value: str, path: Path, tool: str) -> None:
    if value:
        raise UsageError(f"{path.name} holds decisions itself ({tool}): --as {value} would overrule them")


def read_sheet(path: Path, value: str) -> Iterator[Given]:
    columns = names_of(path)
    has_own = bool(columns & {"decision", "included", "include", "exclude", "label"})
    if value and has_own and _any_decision(path):
        refuse(value, path, "spreadsheet")
    if not value and columns and not has_own:
        need(value, path, "there is no column 'decision' in it")
    yield from sheet(table(path), value)


def _any_decision(path: Path) -> bool:
    return any(given.said or given.trouble for given in sheet(table(path), ""))


def read_covidence(path: Path, value: str) -> Iterator[Given]:
    chosen = need(value, path, "Covidence's files do not say which list they are")
    if path.suffix.lower() == ".ris":
        yield from ris_list(entries(path), chosen, CONSENSUS)
    else:
        yield from covidence(table(path), chosen)


def read_eppi(path: Path, value: str) -> Iterator[Given]:
    chosen = need(value, path, "EPPI-Reviewer's codes are not in its RIS files")
    yield from ris_list(entries(path), chosen, CONSENSUS)


def read_list(path: Path, value: str) -> Iterator[Given]:
    chosen = need(value, path, "there are no decisions in it")
    if path.suffix.lower() == ".ris":
        yield from ris_list(entries(path), chosen)
    else:
        yield from sheet(table(path), chosen)
