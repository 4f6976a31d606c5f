"""Tables of references from databases: Scopus, Web of Science, CINAHL and APA PsycInfo through EBSCO, our own lists.

The delimiter is the one that makes most columns known; a column is known by what is left of its name without spaces
and signs. A row with more cells than there are columns, or cut short, or with a quotation mark that is never closed is
broken: nothing is shifted or swallowed silently.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator

from tracker.formats.entry import Fields, Piece, Reader

DELIMITERS = ",;\t|"
_END = "\x03the end of the file\x03"  # a row put behind the last: with an open quotation mark it becomes part of it
_KNOWN = {
    "title": "title articletitle documenttitle primarytitle ti papertitle itemtitle",
    "authors": "authors author authorfullnames authornames au authorsfull creators creator",
    "editors": "editors editor bookeditors",
    "year": "year publicationyear publishedyear py pubyear yearpublished",
    "date": "date publicationdate publisheddate pubdate coverdate earlyaccessdate",
    "journal": "journal sourcetitle journaltitle publicationtitle publication so secondarytitle journalbook source",
    "abbrev": "abbreviatedsourcetitle journalabbreviation jiso iso",
    "volume": "volume vl vol",
    "issue": "issue number is no",
    "first": "pagestart firstpage startpage bp beginningpage",
    "last": "pageend lastpage endpage ep endingpage",
    "pages": "pages page pg pagination",
    "number": "artno articlenumber ar",
    "abstract": "abstract ab abstractnote notesabstract summary",
    "doi": "doi doilink di",
    "pmid": "pmid pubmedid pm",
    "pmcid": "pmcid pmc",
    "issn": "issn sn eissn issnisbn",
    "url": "url link plink links",
    "language": "language la languageoforiginaldocument",
    "keywords": "keywords authorkeywords manualtags de subjects indexkeywords subject",
    "type": "type documenttype doctype publicationtype dt itemtype recordtype",
    "accession": "accessionnumber an accession eid ut uniquewosid utuniquewosid id uid key",
    "publisher": "publisher pu",
    "place": "location publisherlocation",
    "notes": "notes note",
    "database": "database db sourcedatabase",
}
_COLUMNS = {word: name for name, words in _KNOWN.items() for word in words.split()}
_SPLIT = {"keywords": re.compile(r"\s*;\s*|\s*\|\s*"), "issn": re.compile(r"[;,\s]+")}


def column(name: str) -> str:
    """The field that a column holds, '' for one that is not known."""
    return _COLUMNS.get(re.sub(r"[^a-z0-9]", "", name.lower().replace("\ufeff", "")), "")


def fits(begin: str) -> bool:
    """Whether a file that begins like this is a table with a title in it."""
    header = _header(begin)
    return "title" in {column(name) for name in header}


def _rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """(line on which it begins, cells) of each row that is not empty; the last ends with ``_END`` if it has no end."""
    limit = csv.field_size_limit(len(text) + len(_END) + 1)  # no cell is longer
    try:
        lines = io.StringIO(f"{text}\n{_END}".replace("\0", ""), newline="")
        reader = csv.reader(lines, delimiter=delimiter)
        line = 1
        for row in reader:
            if row != [_END] and any(cell.strip() for cell in row):
                yield line, row
            line = reader.line_num + 1
    finally:
        csv.field_size_limit(limit)


def _delimiter(text: str) -> str:
    first = re.split(r"[\r\n]", text[:100_000].lstrip("\ufeff\r\n"), maxsplit=1)[0]

    def known(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(bool(column(name)) for name in cells)

    return max(DELIMITERS, key=known)


def _header(text: str) -> list[str]:
    found = next(_rows(text, _delimiter(text)), (1, []))[1]
    return [name.strip().lstrip("\ufeff") for name in found]


def cut(text: str) -> list[Piece]:
    """A piece for each row, with the names of the columns beside the cells, as JSON."""
    header = _header(text)
    rows = _rows(text, _delimiter(text))
    next(rows, None)
    pieces = []
    for line, row in rows:
        if row[-1].endswith(_END):
            row[-1] = row[-1].removesuffix(_END)
            said = json.dumps(row, ensure_ascii=False)
            pieces.append(Piece(line, said, "a quotation mark is opened in it and not closed before the file ends"))
            continue
        said = json.dumps([[name, cell] for name, cell in zip(header, row, strict=False)], ensure_ascii=False)
        empty = [cell for cell in row[len(header) :] if cell.strip()]
        if empty:
            pieces.append(
                Piece(line, json.dumps(row, ensure_ascii=False), f"{len(row)} cells for {len(header)} columns")
            )
        elif len(row) < len(header) and len(row) < _last_needed(header):
            pieces.append(Piece(line, said, f"the row ends after {len(row)} of {len(header)} cells"))
        else:
            pieces.append(Piece(line, said))
    return pieces


def _last_needed(header: list[str]) -> int:
    """Rows must reach the title at least; empty cells at their end are often left out."""
    return next((place + 1 for place, name in enumerate(header) if column(name) == "title"), 0)


def read(text: str) -> Fields:
    """The fields of one row; of several columns for one field the first that says something, keywords from all."""
    fields: Fields = {}
    for name, cell in json.loads(text):
        field = column(name)
        if not field or not cell.strip():
            continue
        if field in _SPLIT:
            fields.setdefault(field, []).extend(filter(None, _SPLIT[field].split(cell.strip())))
        elif field == "authors":
            fields.setdefault(field, people(cell))
        else:
            fields.setdefault(field, [cell])
    return fields


_DOTTED = re.compile(r"(?<=\.),\s+")
_COMMAS = re.compile(r",\s+")


def people(text: str) -> list[str]:
    """The names in one cell: ``A, B.; C, D.``, ``A and B``, Scopus' ``A B., C D.`` and ``A, B., C, D.``."""
    text = text.strip().rstrip(";,")
    if ";" in text:
        return [name.strip() for name in text.split(";") if name.strip()]
    if re.search(r"\s(?:and|&)\s", text):
        return [name.strip(" ,") for name in re.split(r",?\s(?:and|&)\s", text) if name.strip(" ,")]
    parts = _COMMAS.split(text)
    if len(parts) > 1 and all(" " in part for part in parts):  # Doe A., Roe B.
        return parts
    if len(_DOTTED.split(text)) > 1:  # Doe, A., Roe, B.
        return _DOTTED.split(text)
    return [text]


CSV = Reader("csv", (".csv", ".tsv", ".txt"), fits, cut, read)
