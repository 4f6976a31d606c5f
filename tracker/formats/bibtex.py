r"""BibTeX: double braces round titles, so that no reader changes their case; the work's id as key.

``& % $ # _`` get a backslash, braces too where they balance. Where they do not, ``\{`` would still count as an opening
brace for BibTeX itself and swallow every record behind it, so they are written out as words. ``\ ~ ^`` are written in
the way that pandoc and citation-js read; no spelling is understood by all readers. Other Unicode stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import BinaryIO

from tracker.errors import UsageError
from tracker.formats.row import Format, Row, Written, parts, people
from tracker.formats.sink import Sink
from tracker.model import Author
from tracker.text import clean

PROFILE = "generic"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
TYPES: Mapping[str, str] = MappingProxyType({"preprint": "misc", "book": "book"})

_SIGNS = {sign: f"\\{sign}" for sign in "&%$#_"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}
_NESTED = str.maketrans({**_SIGNS, "{": r"\{", "}": r"\}"})
_SPELLED = str.maketrans({**_SIGNS, "{": r"\textbraceleft{}", "}": r"\textbraceright{}"})
_KEY = re.compile(r"[^A-Za-z0-9:.-]")
_NO_ADDRESS = re.compile(r"[{}\\%]")
_PART = re.compile(r",|\band\b", re.I)


def write(rows: Iterable[Row], out: BinaryIO, profile: str = PROFILE) -> Written:
    """Write the rows one after the other (memory does not grow) and return what was written.

    Raises :class:`UsageError` for a profile that is not there.
    """
    if profile != PROFILE:
        raise UsageError(f"there is no BibTeX profile {profile!r}: use {PROFILE}")
    sink, records = Sink(out), 0
    for row in rows:
        fields = "".join(f"  {name} = {value},\n" for name, value in _fields(row) if value)
        sink.write(f"@{TYPES.get(row.record_type, 'article')}{{{_KEY.sub('-', clean(row.key))},\n{fields}}}\n\n")
        records += 1
    return sink.written(records)


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    title = escape(row.title)
    yield "title", f"{{{{{title}}}}}" if title else ""
    yield "author", _braced(" and ".join(filter(None, map(_name, people(row)))))
    preprint = row.record_type == "preprint"
    yield "howpublished" if preprint else "journal", _braced(escape(row.journal))
    if row.year is not None:
        yield "year", f"{{{row.year:04}}}"
        yield "month", MONTHS[row.month - 1] if row.month else ""
    yield "volume", _braced(escape(row.volume))
    yield "number", _braced(escape(row.issue))
    yield "pages", _braced(escape(row.pages).replace("-", "--"))
    yield "issn", _braced(escape(row.issn))
    yield "publisher", _braced(escape(row.publisher))
    yield "doi", _braced(_address(row.doi))
    yield "url", _braced(_address(row.url).replace("%", r"\%"))
    yield "language", _braced(escape(row.language))
    yield "abstract", _braced(escape(row.abstract))
    yield "keywords", _braced(", ".join(escape(word.replace(",", " ")) for word in parts(row.keywords)))
    yield "pmid", _braced(escape(row.pubmed_id))
    yield "pmcid", _braced(escape(row.pmc_id))
    yield "note", _braced(escape(row.notes) or escape(f"tracker-id: {row.key}"))


def escape(text: str) -> str:
    """The text as the inside of a braced value; its braces balance, whatever it was."""
    text = clean(text)
    return text.translate(_NESTED if _nests(text) else _SPELLED)


def _nests(text: str) -> bool:
    if "{" not in text and "}" not in text:
        return True
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            return False
    return depth == 0


def _address(text: str) -> str:
    """A DOI or link: not escaped, because readers take it as it stands; left out if it could end the value."""
    text = clean(text)
    percent = "%" in text and not _NO_ADDRESS.search(text.replace("%", ""))
    return text if percent or not _NO_ADDRESS.search(text) else ""


def _braced(text: str) -> str:
    return f"{{{text}}}" if text else ""


def _name(author: Author) -> str:
    """``Family, Given`` or ``Family, Suffix, Given``; a group in braces, within which "and" and commas are safe."""
    if author.group:
        return _braced(escape(author.group))
    names = map(escape, (author.family, author.suffix, author.given or author.initials))
    return ", ".join(_whole(name) for name in names if name)


def _whole(name: str) -> str:
    """A part of a name in braces, if a comma or the word "and" in it would part it."""
    return _braced(name) if _PART.search(name) else name


BIBTEX = Format(
    name="bibtex",
    suffix=".bib",
    media_type="application/x-bibtex; charset=utf-8",
    profiles={PROFILE: "LaTeX, JabRef and other readers of BibTeX"},
    default_profile=PROFILE,
    write=write,
)
