"""MEDLINE text (.nbib, .medline, PubMed's and Ovid's): a tag of up to four letters, ``- ``, continuations indented.

Read here and not by Bio.Medline, which stays the oracle of the tests: it joins what it cannot tell apart, keeps no
line numbers, and is a large thing to install for a format of this size.
"""

from __future__ import annotations

import re

from tracker.formats.row import Collected, Fields, Piece, Reader

_TAG = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- ?(.*)")
_BEGIN = re.compile(r"PMID ?- ?", re.I)
_NAMES = {
    "PMID": "pmid", "TI": "title", "BTI": "book", "TT": "vernacular", "AB": "abstract", "FAU": "authors",
    "CN": "groups", "AU": "short authors", "JT": "journal", "TA": "abbrev", "CTI": "journal", "DP": "date",
    "VI": "volume", "IP": "issue", "PG": "pages", "LA": "language", "OT": "keywords", "MH": "mesh", "PT": "type",
    "PMC": "pmcid", "LID": "ids", "AID": "ids", "IS": "issn", "STAT": "status", "PB": "publisher", "PL": "place",
    "FED": "editors",
}  # fmt: skip
_DOI = re.compile(r"(\S+) ?\[doi\]", re.I)


def fits(begin: str) -> bool:
    """Whether a file that begins like this is MEDLINE text."""
    return any(_BEGIN.match(line) for line in begin.splitlines())


def cut(text: str) -> list[Piece]:
    """The references: each begins with its PMID; tags before the first are a broken piece."""
    pieces: list[Piece] = []
    lines: list[str] = []
    first, inside = 1, False
    for number, line in enumerate([*text.splitlines(), "PMID- "], start=1):
        if _BEGIN.match(line):
            if inside:
                pieces.append(Piece(first, "\n".join(lines)))
            elif any(_TAG.match(said) for said in lines):
                pieces.append(Piece(first, "\n".join(lines), "a reference without its PMID"))
            lines, first, inside = [], number, True
        lines.append(line.rstrip())
    return pieces


def read(text: str) -> Fields:
    """The fields of one reference; the full names of authors where there are some, and groups behind them."""
    found = Collected()
    for line in text.splitlines():
        tag = None if line[:1].isspace() else _TAG.match(line)
        if tag is None:
            found.go_on(line)
        else:
            found.add(_NAMES.get(tag[1], ""), tag[2])
    fields = found.fields
    book = fields.pop("book", [])
    if fields.get("title"):  # a chapter stands in its book, a book in its series
        fields["journal"] = book + fields.get("journal", [])
    else:
        fields["title"] = book
    authors = fields.pop("short authors", [])
    fields["authors"] = (fields.get("authors") or authors) + [f"{{{name}}}" for name in fields.pop("groups", [])]
    fields["doi"] = [doi[1] for said in fields.pop("ids", []) if (doi := _DOI.match(said))]
    fields["mesh"] = [heading.replace("*", "") for heading in fields.get("mesh", [])]
    fields["issn"] = [said.split(" ")[0] for said in fields.get("issn", [])]
    return {name: values for name, values in fields.items() if any(values)}


READER = Reader("nbib", (".nbib", ".medline"), fits, cut, read)
