"""RIS as databases write it: EBSCO, Ovid, ProQuest, Scopus, Web of Science, Zotero, EndNote; every tag tolerated.

Wrapped values, a missing space, small letters, numbers before the references, words before the first (a provider's
header) and a reference without an end are all seen in the wild.
"""

from __future__ import annotations

import re

from tracker.formats.entry import Collected, Fields, Piece, Reader

_TAG = re.compile(r"\s{0,4}([A-Za-z][A-Za-z0-9])[ \t\xa0]{0,3}-(?:[ \t\xa0](.*)|$)")
_BEGIN = re.compile(r"\s{0,4}TY[ \t\xa0]{0,3}-", re.I)
_END = re.compile(r"\s{0,4}ER[ \t\xa0]{0,3}-[ \t\xa0]*$", re.I)
_NUMBER = re.compile(r"\s*[0-9]{1,6}\.?\s*$")

_NAMES = {
    **dict.fromkeys(("TI", "T1", "CT"), "title"),
    **dict.fromkeys(("AU", "A1"), "authors"),
    **dict.fromkeys(("ED", "A2", "A3", "A4"), "editors"),
    **dict.fromkeys(("PY", "Y1"), "year"),
    **dict.fromkeys(("JO", "JF", "T2", "BT"), "journal"),
    **dict.fromkeys(("JA", "J2", "J1"), "abbrev"),
    **dict.fromkeys(("IS", "CP"), "issue"),
    **dict.fromkeys(("AB", "N2"), "abstract"),
    **dict.fromkeys(("UR", "L2"), "url"),
    **dict.fromkeys(("N1", "RN"), "notes"),
    **dict.fromkeys(("CY", "PP"), "place"),
    "DA": "date",
    "VL": "volume",
    "SP": "first",
    "EP": "last",
    "C7": "number",
    "DO": "doi",
    "SN": "issn",
    "KW": "keywords",
    "LA": "language",
    "M3": "type",
    "AN": "accession",
    "PB": "publisher",
    "DB": "database",
    "C2": "pmcid",
    "TT": "vernacular",
}
# What a reference is, by its TY; NLM's words where there are some.
_TYPES = {
    "JOUR": "Journal Article", "JFULL": "Journal Article", "EJOUR": "Journal Article", "MGZN": "Magazine Article",
    "CHAP": "Book Chapter", "ECHAP": "Book Chapter", "BOOK": "Book", "EBOOK": "Book", "EDBOOK": "Book",
    "THES": "Dissertation", "CONF": "Congress", "CPAPER": "Congress", "RPRT": "Technical Report",
    "NEWS": "Newspaper Article", "INPR": "Journal Article",
}  # fmt: skip


def fits(begin: str) -> bool:
    """Whether a file that begins like this is RIS."""
    return any(_BEGIN.match(line) for line in begin.splitlines())


def cut(text: str) -> list[Piece]:
    """The references of a file; words between two of them are a broken piece, before the first a header."""
    pieces: list[Piece] = []
    lines: list[str] = []
    first, inside, seen = 0, False, False

    def close() -> None:
        if inside:
            pieces.append(Piece(first, "\n".join(lines)))
        elif seen:
            words = [place for place, line in enumerate(lines) if line.strip() and not _NUMBER.match(line)]
            if words:
                said = "\n".join(lines[words[0] :])
                pieces.append(Piece(first + words[0], said, "words that belong to no reference"))
        lines.clear()

    for number, line in enumerate(text.splitlines(), start=1):
        begins, ends = _BEGIN.match(line) is not None, _END.match(line) is not None
        if begins:
            close()
            first, inside, seen = number, True, True
        if ends and inside:
            close()
            first, inside = number + 1, False
        elif not ends:
            lines.append(line)
    close()
    return pieces


def read(text: str) -> Fields:
    """The fields of one reference."""
    found = Collected()
    for line in text.splitlines():
        tag = _TAG.match(line)
        if tag is None:
            found.go_on(line)
        elif tag[1].upper() == "TY":
            found.add("type", _TYPES.get((tag[2] or "").strip().upper(), ""))
        else:
            found.add(_NAMES.get(tag[1].upper(), ""), tag[2] or "")
    return {name: values for name, values in found.fields.items() if any(values)}


RIS = Reader("ris", (".ris",), fits, cut, read)
