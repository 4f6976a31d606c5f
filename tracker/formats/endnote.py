"""EndNote's exports: tagged (Refer, ``%A Doe, Jane``) and XML; Zotero and others write both.

Neither is written: RIS serves EndNote.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from tracker.formats.row import Fields, Piece, Reader
from tracker.text.names import listed

_TAG = re.compile(r"%([0-9A-Z@*!+<>~(?)#$&^=|_-])(?: (.*)|$)")
_BEGIN = re.compile(r"\ufeff?%0 \S")
_NAMES = {
    "T": "title", "A": "authors", "E": "editors", "D": "year", "8": "date", "J": "journal", "B": "journal",
    "V": "volume", "N": "issue", "P": "pages", "X": "abstract", "R": "doi", "U": "url", "K": "keywords",
    "G": "language", "I": "publisher", "C": "place", "@": "issn", "M": "accession", "Z": "notes", "W": "database",
    "!": "", "9": "type", "O": "title",
}  # fmt: skip
_KINDS = {
    "journal article": "Journal Article", "electronic article": "Journal Article", "book": "Book",
    "book section": "Book Chapter", "conference paper": "Congress", "conference proceedings": "Congress",
    "thesis": "Dissertation", "report": "Technical Report", "newspaper article": "Newspaper Article",
    "magazine article": "Magazine Article",
}  # fmt: skip


def fits(begin: str) -> bool:
    """Whether a file that begins like this is EndNote's tagged export."""
    return any(_BEGIN.match(line) for line in begin.splitlines())


def cut(text: str) -> list[Piece]:
    """The references: each begins with its kind (``%0``)."""
    pieces: list[Piece] = []
    lines: list[str] = []
    first = 1
    for number, line in enumerate([*text.splitlines(), "%0 end"], start=1):
        if _BEGIN.match(line):
            if lines and _BEGIN.match(lines[0]):
                pieces.append(Piece(first, "\n".join(lines).rstrip()))
            lines, first = [], number
        lines.append(line)
    return pieces


def read(text: str) -> Fields:
    """The fields of one reference; a line without a tag belongs to the value before, of keywords it is another."""
    fields: Fields = {}
    last: list[str] = []
    name = ""
    for line in text.lstrip("\ufeff").splitlines():
        tag = _TAG.match(line)
        if tag is None:
            if last and line.strip():
                last[-1:] = [last[-1], line.strip()] if name == "keywords" else [f"{last[-1]} {line.strip()}"]
        elif tag[1] == "0":
            kind = _KINDS.get((tag[2] or "").strip().lower(), "")
            fields.update({"type": [kind]} if kind else {})
        else:
            name = _NAMES.get(tag[1], "")
            last = fields.setdefault(name, []) if name else []
            said = (tag[2] or "").strip()
            last.extend(listed(said) if name == "authors" else [said])
    return {name: values for name, values in fields.items() if any(values)}


TAGGED = Reader("endnote", (".enw", ".refer"), fits, cut, read)

_RECORD = re.compile(r"<record>.*?(?:</record>|(?=<record>)|\Z)", re.S)
_PATHS = {
    "title": "titles/title", "journal": "titles/secondary-title", "abbrev": "titles/alt-title",
    "authors": "contributors/authors/author", "editors": "contributors/secondary-authors/author", "year": "dates/year",
    "date": "dates/pub-dates/date", "volume": "volume", "issue": "number", "pages": "pages", "abstract": "abstract",
    "doi": "electronic-resource-num", "keywords": "keywords/keyword", "publisher": "publisher", "issn": "isbn",
    "place": "pub-location", "language": "language", "accession": "accession-num", "notes": "notes",
    "url": "urls//url", "database": "remote-database-name",
}  # fmt: skip


def fits_xml(begin: str) -> bool:
    """Whether a file that begins like this is EndNote's XML."""
    return re.match(r"\s*(?:<\?xml[^>]*>\s*)?<xml>\s*<records>", begin.lstrip("\ufeff")) is not None


def cut_xml(text: str) -> list[Piece]:
    """The records, each with its line; one that is not closed is broken."""
    found = []
    for record in _RECORD.finditer(text):
        whole = record[0].endswith("</record>")
        line = text.count("\n", 0, record.start()) + 1
        found.append(Piece(line, record[0], "" if whole else "the record is not closed"))
    return found


def read_xml(text: str) -> Fields:
    """The fields of one record; raises ValueError for what is no XML or declares entities."""
    if "<!" in text:
        raise ValueError("a declaration in it")
    try:
        root = ElementTree.fromstring(re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text))  # noqa: S314 - see above
    except ElementTree.ParseError as error:
        raise ValueError(f"not well-formed XML: {error}") from error
    fields: Fields = {}
    for name, path in _PATHS.items():
        values = [said for element in root.findall(path) if (said := _text(element))]
        if values:
            fields[name] = values
    kind = root.find("ref-type")
    if kind is not None and (known := _KINDS.get(kind.get("name", "").lower())):
        fields["type"] = [known]
    return fields


def _text(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


XML = Reader("endnote-xml", (".xml",), fits_xml, cut_xml, read_xml)
