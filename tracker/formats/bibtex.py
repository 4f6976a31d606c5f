r"""BibTeX and BibLaTeX, written and read.

Written: double braces round titles, so that no reader changes their case; the work's id as key. ``& % $ # _`` get a
backslash, braces too where they balance. Where they do not, ``\{`` would still count as an opening brace for BibTeX
itself and swallow every record behind it, so they are written out as words. ``\ ~ ^`` are written in the way that
pandoc and citation-js read; no spelling is understood by all readers. Other Unicode stays as it is.

Read: entries in braces, values in braces or quotation marks, LaTeX's letters. An entry that is not closed is broken,
and the next ``@`` at the beginning of a line begins anew. Abbreviations (``@string``) stand before each piece that uses
them, so that a piece can be read alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import BinaryIO

from tracker.errors import UsageError
from tracker.formats.row import Fields, Format, Piece, Reader, Row, Sink, Written, parts, people
from tracker.model import Author
from tracker.text import clean

PROFILE = "generic"
_HOSTS: Mapping[str, str] = MappingProxyType({"preprint": "howpublished", "book": "booktitle"})
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
        sink.write(f"@{_type(row)}{{{_KEY.sub('-', clean(row.key))},\n{fields}}}\n\n")
        records += 1
    return sink.written(records)


def _type(row: Row) -> str:
    """A book with a name above its own is a chapter of that."""
    chapter = row.record_type == "book" and clean(row.journal)
    return "incollection" if chapter else TYPES.get(row.record_type, "article")


def _fields(row: Row) -> Iterator[tuple[str, str]]:
    title = escape(row.title)
    yield "title", f"{{{{{title}}}}}" if title else ""
    yield "author", _braced(" and ".join(filter(None, map(_name, people(row)))))
    yield _HOSTS.get(row.record_type, "journal"), _braced(escape(row.journal))
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


_BEGIN = re.compile(r"^[ \t]*@[ \t]*([A-Za-z]+)[ \t]*([{(])", re.M)
_STRING, _SKIPPED = "string", frozenset({"comment", "preamble", "string"})
_BARE = re.compile(r"[=#]\s*([A-Za-z][^,#\s{}()\"]*)")  # a word that is neither in braces nor in quotation marks
_FIELD = re.compile(r"\s*,?\s*([A-Za-z][\w:.+/-]*)\s*=\s*")
_CROSSREF = re.compile(r"\bcrossref\s*=\s*[{\"]\s*([^{}\",]+)", re.I)
_KEYED = re.compile(r"^[ \t]*@[ \t]*(?!string)[A-Za-z]+[ \t]*[{(]\s*([^\s,{}]+)\s*,", re.M | re.I)
_FIELDS = {
    "title": "title", "author": "authors", "editor": "editors", "year": "year", "date": "date", "journal": "journal",
    "journaltitle": "journal", "booktitle": "journal", "shortjournal": "abbrev", "volume": "volume",
    "number": "issue", "issue": "issue", "pages": "pages", "eid": "number", "abstract": "abstract", "doi": "doi",
    "pmid": "pmid", "pmcid": "pmcid", "issn": "issn", "url": "url", "language": "language", "langid": "language",
    "keywords": "keywords", "publisher": "publisher", "school": "publisher", "address": "place",
    "location": "place", "note": "notes", "annote": "notes", "howpublished": "publisher", "unique-id": "accession",
    "accession-number": "accession", "type": "type", "entrysubtype": "type",
}  # fmt: skip
_KINDS = {
    "article": "Journal Article", "book": "Book", "inbook": "Book Chapter", "incollection": "Book Chapter",
    "inproceedings": "Congress", "conference": "Congress", "phdthesis": "Dissertation", "thesis": "Dissertation",
    "mastersthesis": "Dissertation", "techreport": "Technical Report", "report": "Technical Report",
}  # fmt: skip


def fits(begin: str) -> bool:
    """Whether a file that begins like this is BibTeX."""
    return _BEGIN.search(begin) is not None


def cut(text: str) -> list[Piece]:
    """The entries, each with the abbreviations it uses; ``@comment`` and ``@preamble`` are left out."""
    pieces = []
    strings: dict[str, str] = {}  # name -> the whole definition, as it stands where the next entry begins
    begins = list(_BEGIN.finditer(text))
    for place, begin in enumerate(begins):
        kind = begin[1].lower()
        if kind in _SKIPPED:
            end = _close(text, begin.end(2)) if kind == _STRING else None
            if end is not None and (name := _FIELD.match(text, begin.end(2))):
                strings[name[1].lower()] = text[begin.start() : end].strip()
            continue
        following = begins[place + 1].start() if place + 1 < len(begins) else len(text)
        end = _close(text, begin.end(2))
        line = text.count("\n", 0, begin.start()) + 1
        if end is None or end > following:
            pieces.append(Piece(line, text[begin.start() : following].strip(), "the entry is not closed"))
        else:
            entry = text[begin.start() : end].strip()
            pieces.append(Piece(line, "\n".join([*_used(entry, strings), entry])))
    return _with_parents(pieces)


def _with_parents(pieces: list[Piece]) -> list[Piece]:
    """Behind each entry with a ``crossref`` the entry that it names, so that it can be read alone."""
    if not any(_CROSSREF.search(piece.text) for piece in pieces):
        return pieces
    by_key = {key[1]: piece.text for piece in pieces if (key := _KEYED.search(piece.text)) and not piece.broken}
    found = []
    for piece in pieces:
        named = _CROSSREF.search(piece.text)
        parent = by_key.get(named[1].strip(), "") if named else ""
        found.append(replace(piece, text=f"{piece.text}\n{parent}") if parent and parent != piece.text else piece)
    return found


def _used(entry: str, strings: Mapping[str, str]) -> list[str]:
    """The definitions that an entry needs, and those that these need, each behind what it needs itself."""
    found: dict[str, str] = {}

    def need(text: str, within: frozenset[str]) -> None:
        for word in _BARE.findall(text):
            name = word.lower()
            if name in strings and name not in found and name not in within:
                need(strings[name], within | {name})
                found[name] = strings[name]

    need(entry, frozenset())
    return list(found.values())


def _close(text: str, start: int) -> int | None:
    """Behind the brace that closes the one before ``start``; None when there is none."""
    depth, place = 1, start
    while place < len(text):
        sign = text[place]
        if sign == "\\":
            place += 1
        elif sign in "{(" and (sign == "{" or text[start - 1] == "("):
            depth += 1
        elif sign in "})" and (sign == "}" or text[start - 1] == "("):
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return None


def read(text: str) -> Fields:
    """The fields of one entry, LaTeX's letters as letters; what is not understood of them is in ``told``."""
    strings, text = _strings(text)
    entries = [_raw(*begin, strings) for begin in _entries(text)]
    if not entries:
        raise ValueError("no entry in it")
    kind, said = entries[0]
    if len(entries) > 1 and _CROSSREF.search(text):
        said = _inherited(said, entries[-1][1])
    told: dict[str, None] = {}
    fields: Fields = {"type": [_KINDS[kind]]} if kind in _KINDS else {}
    for name, value in said.items():
        field = _FIELDS.get(name, "")
        if field == "authors":
            fields["authors"] = [_person(part, told) for part in _persons(value)]
        elif field == "keywords":
            fields["keywords"] = [part for part in re.split(r"\s*[;,]\s*", plain(value, told)) if part]
        elif field in _VERBATIM:
            fields.setdefault(field, []).append(verbatim(value))
        elif field and value.strip():
            fields.setdefault(field, []).append(plain(value, told))
    if (month := plain(said.get("month", ""))) and not fields.get("date"):
        fields["date"] = [_dated("".join(fields.get("year", ())[:1]), month, plain(said.get("day", "")))]
    if told:
        fields["told"] = [f"the LaTeX command {command} is not known: what it holds is kept" for command in told]
    return fields


def _entries(text: str) -> Iterator[tuple[str, str]]:
    """(kind, inside) of each entry."""
    place = 0
    while begin := _BEGIN.search(text, place):
        place = _close(text, begin.end(2)) or len(text)
        if begin[1].lower() not in _SKIPPED:
            yield begin[1].lower(), text[begin.end() : place - 1]


def _raw(kind: str, body: str, strings: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """(kind, values by the names of the fields in small letters, as they stand)."""
    said: dict[str, str] = {}
    place = body.find(",") + 1 or len(body)
    while found := _FIELD.match(body, place):
        value, place = _value(body, found.end(), strings)
        said.setdefault(found[1].lower(), value)
    return kind, said


def _inherited(said: Mapping[str, str], parent: Mapping[str, str]) -> dict[str, str]:
    """What an entry takes from the one its ``crossref`` names: all that it does not say, its title as the book's."""
    taken = {name: value for name, value in parent.items() if name not in ("title", "author", "doi", "url", "abstract")}
    if "title" in parent:
        taken.setdefault("booktitle", parent["title"])
    return {**taken, **said}


def _dated(year: str, month: str, day: str) -> str:
    """``2010 jul 3``, ``2010/7/3``, ``3 jul 2010``: as the reader of dates takes it."""
    if month.isdecimal():
        return "/".join(part for part in (year, month, day) if part)
    return f"{month} {year}" if month[:1].isdecimal() else f"{year} {month} {day}".strip()


def _persons(value: str) -> list[str]:
    """The names of a list, parted by "and" outside braces; by commas where each part has two words."""
    found, depth, start = list[str](), 0, 0
    for sign in re.finditer(r"[{}]|\s+and\s+", value, re.I):
        if sign[0] in "{}":
            depth += 1 if sign[0] == "{" else -1
        elif depth == 0:
            found.append(value[start : sign.start()])
            start = sign.end()
    found = [name.strip() for name in (*found, value[start:]) if name.strip()]
    parts = [part.strip() for part in value.split(",")]
    several = len(found) == 1 and len(parts) > 2 and "{" not in value and all(" " in part for part in parts)
    return parts if several else found


def _strings(text: str) -> tuple[dict[str, str], str]:
    """(abbreviations defined at the beginning, the rest)."""
    strings: dict[str, str] = {}
    while (begin := _BEGIN.match(text)) and begin[1].lower() == _STRING:
        end = _close(text, begin.end(2)) or len(text)
        if name := _FIELD.match(text, begin.end(2)):
            strings[name[1].lower()] = _value(text[: end - 1], name.end(), strings)[0]
        text = text[end:].strip()
    return strings, text


def _value(body: str, place: int, strings: Mapping[str, str]) -> tuple[str, int]:
    """(value, where it ends): parts in braces, in quotation marks or bare, joined by ``#``.

    A bare word is an abbreviation of ``strings``, or stands for itself.
    """
    parts = []
    while place < len(body):
        if body[place] == "{":
            end = _close(body, place + 1) or len(body) + 1
            parts.append(body[place + 1 : end - 1])
        elif body[place] == '"':
            end = _quoted(body, place + 1)
            parts.append(body[place + 1 : end - 1])
        else:
            bare = re.compile(r"[^,#\s{}]*").match(body, place)
            end = bare.end() if bare else len(body)
            word = body[place:end]
            parts.append(strings.get(word.lower(), word))
        join = re.compile(r"\s*#\s*").match(body, end)
        if join is None:
            return "".join(parts), end
        place = join.end()
    return "".join(parts), place


def _quoted(body: str, place: int) -> int:
    """Behind the quotation mark that closes; those inside braces do not count."""
    depth = 0
    while place < len(body):
        sign = body[place]
        depth += (sign == "{") - (sign == "}")
        if sign == '"' and depth == 0 and body[place - 1] != "\\":
            return place + 1
        place += 1
    return len(body) + 1


def _person(text: str, told: dict[str, None]) -> str:
    """A name; one in braces as a whole is a group and stays in them."""
    whole = text.startswith("{") and _close(text, 1) == len(text) and not text.startswith("{\\")
    return f"{{{plain(text, told)}}}" if whole else plain(text, told)


_MARKS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "u": "\u0306", "v": "\u030c", "H": "\u030b", "c": "\u0327", "d": "\u0323", "b": "\u0331", "r": "\u030a",
    "k": "\u0328",
}  # fmt: skip
_LETTER = r"(?:\{\s*(\\[ij]|[A-Za-z]?)\s*\}|(\\[ij]\b|[A-Za-z]))"
_ACCENT = re.compile(rf"\\(?:([`'^\"~=.])\s*|([uvHcdbrk])(?:\s+|(?=\{{))){_LETTER}")
_OWN = {
    "textless": "<", "textgreater": ">", "textbar": "|", "textperiodcentered": "·", "SS": "ẞ", "i": "i", "j": "j",
    "textbackslash": "\\", "textasciitilde": "~", "textasciicircum": "^", "textquotedbl": '"', "glqq": "„",
    "grqq": "“", "textmu": "µ", "mu": "µ", "textunderscore": "_", "textdollar": "$", "textbraceleft": "{",
    "textbraceright": "}", "lbrace": "{", "rbrace": "}", "textquotesingle": "'", "slash": "/", "quad": " ",
    "textonesuperior": "¹", "texttwosuperior": "²", "textthreesuperior": "³", "textcelsius": "℃", "lt": "<", "gt": ">",
    "textexclamdown": "¡", "textquestiondown": "¿", "newline": " ", "par": " ", "linebreak": " ", "textnumero": "№",
    "textasteriskcentered": "*", "textregistered": "®", "textcopyright": "©", "textbullet": "•", "textellipsis": "…",
}  # fmt: skip
# Commands that only dress what they hold, or switch a style on.
_DRESS_LISTED = """
emph textit textbf textsc textrm texttt textsf textmd textup textsl textnormal text mbox mathrm mathit mathbf mathsf
mathcal mathbb mkbibquote mkbibemph enquote uppercase lowercase MakeUppercase MakeLowercase underline uline ensuremath
bf it em rm sc sf tt sl bfseries itshape scshape rmfamily upshape normalfont small large href url relax protect left
right noopsort textsubscript foreignlanguage hspace vspace
"""
_DRESS = frozenset(_DRESS_LISTED.split())
_COMMAND = re.compile(r"\\([A-Za-z]+)(?:\s*\{\}|\s+|(?![A-Za-z]))")
_RAISED = re.compile(r"(?:\\textsuperscript|(?<=\$)\^|(?<=[0-9])\^)\s*\{?([-+]?[0-9]+|[a-z]{1,2})\}?")
_SUPER = str.maketrans("0123456789+-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻")
_HIDE, _SHOW = str.maketrans("{}$~", "\ue000\ue001\ue002\ue003"), str.maketrans("\ue000\ue001\ue002\ue003", "{}$~")
_ESCAPED = re.compile(r"\\([&%$#_{}\s])")
_VERBATIM = frozenset({"doi", "url"})


@cache
def _letters() -> Mapping[str, str]:
    """What a command without an argument stands for: pylatexenc's table, both ways, and what it lacks."""
    from pylatexenc.latex2text import get_default_latex_context_db
    from pylatexenc.latexencode import get_builtin_uni2latex_dict

    found = dict[str, str]()
    for number, command in get_builtin_uni2latex_dict().items():
        if name := re.fullmatch(r"\{?(?:\\ensuremath\{)?\\([A-Za-z]+)\}*", command):
            found.setdefault(name[1], chr(number))
    for spec in get_default_latex_context_db().iter_macro_specs():
        letter = spec.simplify_repl
        if isinstance(letter, str) and letter.strip() and not re.search(r"[%<>\[\]a-zA-Z]{2}|%", letter):
            found[spec.macroname] = letter
    greek = {name: letter for name, letter in found.items() if "\u0370" <= letter < "\u0400"}
    return {f"{begin}{name}": letter for begin in ("text", "up") for name, letter in greek.items()} | found | _OWN


def verbatim(value: str) -> str:
    """A DOI or address as it stands: only braces and the backslashes before signs that need one are gone."""
    return re.sub(r"\\([&%$#_{}~])|[{}]", lambda found: found[1] or "", value).strip()


def plain(text: str, told: dict[str, None] | None = None) -> str:
    """LaTeX as text: accents, named letters, escaped signs; braces that only protect are gone.

    Of a command that is not known the argument is kept, and the command goes to ``told``.
    """
    if "\\" in text or "^" in text:
        text = _ACCENT.sub(_accented, re.sub(r"\\\\|\\[,;:!]", " ", text))
        text = _ESCAPED.sub(lambda found: found[1].translate(_HIDE), text)
        text = _RAISED.sub(lambda found: found[1].translate(_SUPER), text)
        text = _COMMAND.sub(lambda found: _meant(found, told), text)
    text = re.sub(r"\$([^$]*)\$", r"\1", text)
    text = re.sub(r"[{}]", "", text).replace("~", " ")
    text = text.replace("---", "—").replace("--", "–").replace("``", "“").replace("''", "”")
    return text.translate(_SHOW)


def _meant(found: re.Match[str], told: dict[str, None] | None) -> str:
    name = found[1]
    if name in _DRESS:
        return ""
    letter = _letters().get(name)
    if letter is not None:
        return letter.translate(_HIDE)
    if told is not None:
        told[f"\\{name}"] = None
    return "" if found.string[found.end() : found.end() + 1] == "{" else found[0]


def _accented(found: re.Match[str]) -> str:
    letter = (found[3] if found[3] is not None else found[4]).lstrip("\\")
    return unicodedata.normalize("NFC", letter + _MARKS[found[1] or found[2]]) if letter else ""


READER = Reader("bibtex", (".bib", ".bibtex"), fits, cut, read)
