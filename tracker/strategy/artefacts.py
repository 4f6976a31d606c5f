"""What comes along when a strategy is copied out of a table, a history, a PDF, a web page or another service.

PubMed would search for such words and numbers like for any others, so each is an error at its place. These are signs
of whole lines; what is wrong in a single term is in ``terms``.

The signs of such text are a table that ``artefacts`` works off in order.

``{}`` in a message is what was found. Unless a rule looks at the ``raw`` line, what stands in quotation marks and
field tags has been blotted out. With ``rest`` everything up to the end of the line goes with what was found, with
``tail`` only the end of the line is looked at. A line without any of ``needs`` (small letters) is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from html import unescape
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus

from tracker.strategy.source import Place, Sourced, SourcePiece


class ArtefactRule(NamedTuple):
    """One sign; see the module."""

    code: str
    pattern: re.Pattern[str]
    message: str
    suggestion: str
    rest: bool = False
    raw: bool = False
    tail: bool = False
    needs: tuple[str, ...] = ()


def _sign(*alternatives: str, case: bool = False) -> re.Pattern[str]:
    return re.compile("|".join(alternatives), 0 if case else re.IGNORECASE)


NUMBER = r"(?:\d{1,3}(?:[,. ]\d{3}){1,3}|\d{1,9})"
_HITS = r"(?:results?|hits?|records?|articles?|citations?|papers?|items?|references?|studies)(?:\s+found)?"
_HISTORY = "{} is what PubMed prints beside a search, and no part of it: PubMed would search for it"
_COUNT = "{} looks like a number of hits: PubMed would search for it"
_TAGGED = "write a field tag after each term, as in lonel*[tiab]"
_TAGS = "tiab|ti/ab|title/abstract|mesh(?: terms?)?|majr|tw|text word|all fields|publication type|mh|pt|ti"
_LAYOUT = "b|i|u|em|strong|sup|sub|span|p|br|td|tr|th|font|a|div|code"

_TABLES = (
    ArtefactRule(
        "pasted",
        _sign(
            r"^search number\b.*",
            r"^(?:search|set|no|line|#|id)?[\t |,;#]*quer(?:y|ies)[\t |,;].*",
            r"^#?[\t |]*search(?:es)?[\t |]+(?:hits|results|query).*",
        ),
        "{} is the first line of a table, not of a strategy",
        "paste the column of searches alone, each with # and its number",
        needs=("quer", "search"),
    ),
    ArtefactRule(
        "pasted",
        _sign(r"^\d+,.*\d\d:\d\d:\d\d$"),
        "this is a line of the file that PubMed's history downloads",
        "paste the column Query alone, with # before the number of each line",
        raw=True,
        needs=(":",),
    ),
    ArtefactRule(
        "pasted",
        _sign(r"^\|.*\|$"),
        "this is a line of a table drawn with |",
        "paste the searches alone, each with # and its number",
        raw=True,
        needs=("|",),
    ),
    ArtefactRule(
        "pasted",
        _sign(r"^[*\u2022\u25aa\u25e6\u2023\u25cf](?=\s+\S)"),
        "{} at the beginning of a line is the sign of a list",
        "take it out of each line",
        needs=("* ", "*\t", "\u2022", "\u25aa", "\u25e6", "\u2023", "\u25cf"),
    ),
)
_HISTORIES = (
    ArtefactRule(
        "pasted",
        _sign(r"^(?:user query|search details|query|search)\s*:", r'^search(?=\s*[("])'),
        _HISTORY,
        "take it out",
        needs=("search", "query"),
    ),
    ArtefactRule(
        "pasted",
        _sign(
            r"\b(?:sort(?:ed)? by|filters?(?: applied| activated)?|limits?|limit to|fields?|translations?)\s*:",
            r"^translations$",
            r"^limit \d+ to\b",
        ),
        _HISTORY,
        "take it out with all that follows it; a filter is a term of its own, as in AND english[la]",
        rest=True,
        needs=(":", "translations", "limit "),
    ),
    ArtefactRule(
        "pasted",
        _sign(
            rf"^(?:results?|hits|items found|records|n)\s*[:=]\s*{NUMBER}$",
            rf"^{NUMBER}\s+{_HITS}$",
            rf"[(\[]?\bn\s*=\s*{NUMBER}\s*[)\]]?$",
            rf"\({NUMBER}\s*{_HITS}\)$",
        ),
        _COUNT,
        "take it out",
        tail=True,
    ),
    ArtefactRule(
        "pasted",
        _sign(
            rf'(?:(?<=[\])}}"])|(?<=#\d)|(?<=#\d\d))\s{{0,9}}(?:=|:|->|\u2192)?\s{{1,9}}{NUMBER}(?:\s+\d+:\d\d:\d\d)?$',
            rf'(?<=[\])"])\s+\({NUMBER}\)$',
            rf'(?<=[\])"])\s*[=:]\s*{NUMBER}$',
        ),
        _COUNT,
        "take it out",
        tail=True,
    ),
    ArtefactRule(
        "pasted",
        _sign(r"\b\d?\d:\d\d:\d\d$"),
        "{} is a time of day, from a history of searches",
        "take it out",
        tail=True,
        needs=(":",),
    ),
)
_ADDRESSES = (
    ArtefactRule(
        "pasted",
        _sign(r"https?://\S{0,200}?(?:term=|pubmed|[?&]q=)\S*", r"^\??term=\S+"),
        "this is an address, not a strategy",
        "paste what stands in PubMed's search box: {decoded}",
        raw=True,
        needs=("http", "term="),
    ),
    ArtefactRule(
        "pasted",
        _sign(r"%(?:5[BD]|2[02789])"),
        "{} is a sign as addresses write it",
        "write {sign}",
        raw=True,
        needs=("%",),
    ),
    ArtefactRule(
        "markup",
        _sign(r"&(?:quot|amp|lt|gt|nbsp|apos|#\d{1,5}|#x[0-9a-f]{1,5});"),
        "{} is a sign as web pages write it",
        "write {sign}",
        raw=True,
        needs=("&",),
    ),
    ArtefactRule(
        "markup",
        _sign(rf"</?(?:{_LAYOUT})\b[^<>]*>"),
        "{} is layout of a web page",
        "take it out",
        raw=True,
        needs=("<",),
    ),
    ArtefactRule(
        "markup",
        _sign(r"\\{1,4}\[[^\[\]]{0,80}\]", r"\\[a-z]+\{[^}]*\}?", r"\\[a-z]*", r"\*\*(?=\S)", r"(?<=\S)\*\*"),
        "{} comes from a typesetting language",
        "take out its signs",
        raw=True,
        needs=("\\", "**"),
    ),
    ArtefactRule(
        "markup",
        _sign(
            r'\u00e2\u20ac[^\s\w\[\]()*"]?',
            r"\u00c3[\u0080-\u00bf\u0192\u2020\u2030]",
            r"\u00ef\u00bb\u00bf",
            r"\u00c2[\u00a0-\u00bf]",
            case=True,
        ),
        "{} is a letter or quotation mark that was read in a wrong character set",
        "save the file as UTF-8 and paste the text again",
        raw=True,
        needs=("\u00e2", "\u00e3", "\u00ef"),
    ),
)
_MARKS = (
    ArtefactRule(
        "curly-quote",
        _sign("``?", r"(?<!\w)\u00b4|\u00b4(?!\w)", r"(?<!\w)''(?=\w)|(?<=\w)''(?=\s*(?:[\[)]|$))"),
        "{} is not a quotation mark to PubMed: it is read as a space",
        'write "',
        needs=("`", "\u00b4", "''"),
    ),
    ArtefactRule(
        "doubled-quote",
        _sign(r'""(?=[\w(])', r'(?<=[\w*\])])""'),
        "two quotation marks stand for one here, as in files of tables",
        'write "',
        raw=True,
        needs=('""',),
    ),
    ArtefactRule(
        "operator",
        _sign(r"\bAND\s*/\s*OR\b", r"\|\|?", "&&"),
        "{} is no operator of PubMed",
        "write AND or OR",
        needs=("|", "&&", "/or", "/ or"),
    ),
    ArtefactRule(
        "operator",
        _sign(r'(?<=[\])"])\s*(?:OR|AND|NOT)(?=[a-z]{2})', case=True),
        "a space is missing after {}",
        "without it PubMed searches for one word",
    ),
    ArtefactRule(
        "tag-brackets",
        _sign(
            rf'[({{](?:(?<=[\w*"][({{])|(?<=[\w*"]\s[({{]))(?:{_TAGS})[)}}]',
            r'tiab\b(?<=[\w*"]\stiab)(?!\s*[:\]])',
        ),
        "{} is a field tag without its square brackets",
        "write it as in [tiab]",
    ),
)
_DIALECTS = (
    ArtefactRule(
        "dialect",
        _sign(r"\[[^\[\]]{0,80}\]\s{0,9}/\s{0,9}(?:lim|py|it|mj|exp|de)\b"),
        "{} is the language of Embase, not of PubMed",
        "write a term with a field tag, as in english[la]",
        raw=True,
        needs=("]/", "] /"),
    ),
    ArtefactRule(
        "dialect",
        _sign(r"(?<=[)\"'])\s*:\s*(?:ti|ab|kw|de|tn)(?:,\w\w)*\b"),
        "{} is the language of Embase and of the Cochrane Library, not of PubMed",
        _TAGGED,
        needs=(":",),
    ),
    ArtefactRule(
        "dialect",
        _sign(r'\b(?:TITLE|ABSTRACT|TITLE_ABS|AUTH|KW|MESH|SRC|LANG|JOURNAL|[A-Z]+_[A-Z]+):\s*[\[("]', case=True),
        "{} is the language of Europe PMC, not of PubMed",
        _TAGGED,
        needs=(":",),
    ),
    ArtefactRule(
        "dialect",
        _sign(r"\[mh\s+[^\[\]]{1,120}\]"),
        "{} is the language of the Cochrane Library, not of PubMed",
        'write a heading as in "Loneliness"[Mesh], and "Loneliness"[Mesh:NoExp] for [mh ^Loneliness]',
        raw=True,
        needs=("[mh ",),
    ),
    ArtefactRule(
        "dialect",
        _sign(
            r"\bmesh descriptor\b.*",
            r"\bexplode all trees\b.*",
            r"\bword variations have been searched\b.*",
            r"\bin (?:trials|title,? abstract,? keywords?)\b.*",
            r"\bwith cochrane library\b.*",
        ),
        "{} is the language of the Cochrane Library, not of PubMed",
        'write a heading as in "Loneliness"[Mesh], and text words as in lonel*[tiab]',
        raw=True,
        needs=("descriptor", "explode", "word var", "in trials", "in title", "with cochrane"),
    ),
)
_RANGES = (
    ArtefactRule(
        "numbered",
        _sign(
            r"\b(?:or|and)\s?/\s?#?\d+(?:\s?[-,]\s?#?\d+)*",
            r"#\d+\s*[-\u2013]\s*#?\d+(?:\s*/\s*(?:or|and))?",
            r"\{(?:or|and)\s+#\d+\s*-\s*#\d+\}",
        ),
        "{} names a range of lines, which PubMed does not know",
        "write #1 OR #2 OR #3",
        needs=("or/", "or /", "and/", "and /", "#", "{or ", "{and "),
    ),
)
RULES = (*_TABLES, *_HISTORIES, *_ADDRESSES, *_MARKS, *_DIALECTS, *_RANGES)
NUMBERED_RULES = (ArtefactRule("pasted", _sign(r'^search(?=\s+[^\s:("])'), _HISTORY, "take it out of each line"),)


SHOWN = 40  # characters of what was found, in a message
LONGEST = 200  # characters of a suggestion
TAIL = 60  # characters at the end of a line in which a number of hits may stand
MOST = 20  # remarks on one line

_QUOTED = re.compile(r'"[^"]*"|\[[^\[\]]*\]')
_FIRST = re.compile(r"(?P<before>[(S]?)1(?P<after>[.):]{0,2})\s+\S")
_OPERATOR = re.compile(r"\b(?:AND|OR|NOT)\b", re.IGNORECASE)
_BARE = re.compile(r"[\s()]*\d+[\s()]*")
_LAST_NUMBER = re.compile(rf"(?<=[\w*])\s+(?P<hits>{NUMBER}(?:\s+\d+:\d\d:\d\d)?)\s*$")
_ENDS_IN_NUMBER = re.compile(r"\s\d[\d,.: ]{0,20}$")


class Artefact(NamedTuple):
    """Something that does not belong to a strategy; what else is told of the ``width`` characters there is noise."""

    place: Place
    width: int
    code: str
    message: str
    suggestion: str


@lru_cache(maxsize=64)
def artefacts(said: Sourced) -> tuple[Artefact, ...]:
    """Everything in the lines of a strategy that was copied along with it."""
    lines = list(_lines(said))
    found: list[Artefact] = []
    if said.numbered:
        found += [*_hits_of_set(lines), *_bare_references(lines)]
    else:
        found += _line_numbers(lines)
    for line in lines:
        found += _of_line(line, bool(said.numbered))
    return tuple(found)


def artefacts_of_lines(lines: Sequence[SourcePiece]) -> tuple[Artefact, ...]:
    """The same for lines that cannot be put together."""
    return artefacts(Sourced(tuple(lines)))


def _lines(said: Sourced) -> Iterator[Sourced]:
    """The lines as they stand in their files, each once; those of inserted blocks too."""
    if not said.pieces:
        return
    home = said.pieces[0].place.path
    own = [piece for line in said.numbered for piece in line.raw.pieces] or said.pieces
    groups: dict[tuple[str, int], dict[tuple[int, str], SourcePiece]] = {}
    for piece in (*own, *(piece for piece in said.pieces if said.numbered and piece.place.path != home)):
        group = groups.setdefault((str(piece.place.path), piece.place.line), {})
        group.setdefault((piece.place.column, piece.text), piece)
    for group in groups.values():
        yield Sourced(tuple(group.values()))


def _masked(text: str) -> str:
    """The text with what stands in quotation marks and field tags made unreadable; as long as before."""
    return _QUOTED.sub(lambda match: f"{match[0][0]}{chr(1) * (len(match[0]) - 2)}{match[0][-1]}", text)


def _of_line(line: Sourced, numbered: bool) -> Iterator[Artefact]:
    text = line.text.rstrip()
    masked, small = _masked(text), text.lower()
    taken = bytearray(len(text))
    told = 0
    for rule in (*NUMBERED_RULES, *RULES) if numbered else RULES:
        if rule.needs and not any(sign in small for sign in rule.needs):
            continue
        for match in rule.pattern.finditer(text if rule.raw else masked, max(0, len(text) - TAIL) if rule.tail else 0):
            start = match.end() - len(match[0].lstrip())
            if taken[start]:
                continue
            told += 1
            if told > MOST:
                return
            end = len(text) if rule.rest else match.end()
            taken[start:end] = bytes([1]) * (end - start)
            yield _remark(line, rule, start, end - start, text[start : match.end()])


def _remark(line: Sourced, rule: ArtefactRule, start: int, width: int, shown: str) -> Artefact:
    short = shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}..."
    sign = unquote(unescape(shown))
    better = rule.suggestion.replace("{sign}", "a space" if sign.isspace() else sign)
    better = better.replace("{decoded}", unquote_plus(shown.rpartition("term=")[2].partition("&")[0]))[:LONGEST]
    return Artefact(line.place(start), width, rule.code, rule.message.replace("{}", repr(short)), better)


def _line_numbers(lines: Sequence[Sourced]) -> Iterator[Artefact]:
    """Lines that are numbered otherwise than with ``#``: 1. and 2), (1) and (2), S1 and S2."""
    first = _FIRST.match(lines[0].text) if lines else None
    if first is None:
        return
    before, after = re.escape(first["before"]), re.escape(first["after"])
    number = re.compile(rf"{before}(\d{{1,3}}){after}\s+(?=\S)")
    found = [(line, match) for line in lines if (match := number.match(line.text))]
    counted = [int(match[1]) for _, match in found[:2]] == [1, 2]
    if not counted and (len(lines) > 1 or not first["after"]):
        return
    for line, match in found:
        whose = " as EBSCO writes it" if before == "S" else ""
        message = f"{match[0].strip()!r} is a line number{whose}; PubMed would search for it"
        better = f"number the lines with #, as in #{match[1]}, and name them so"
        yield Artefact(line.place(0), match.end(), "numbered", message, better)


def _hits_of_set(lines: Sequence[Sourced]) -> Iterator[Artefact]:
    """In a numbered set, a number at the end of every line is that of its hits, whatever stands before it."""
    if len(lines) < 2 or not all(_ENDS_IN_NUMBER.search(line.text.rstrip()) for line in lines):
        return
    for line in lines:
        match = _LAST_NUMBER.search(_masked(line.text))
        if match:
            message = f"{match['hits']!r} looks like a number of hits: PubMed would search for it"
            yield Artefact(line.place(match.start("hits")), len(match["hits"]), "pasted", message, "take it out")


def _bare_references(lines: Sequence[Sourced]) -> Iterator[Artefact]:
    """A line of a numbered set that joins numbers: ``1 OR 2`` instead of ``#1 OR #2``."""
    for line in lines:
        text = line.text.strip()
        parts = _OPERATOR.split(text)
        if len(parts) > 1 and all(_BARE.fullmatch(part) for part in parts):
            better = re.sub(r"(\d+)", r"#\1", text)
            message = f"{text!r} searches for numbers, not for lines"
            yield Artefact(line.place(0), len(text), "numbered", message, f"write {better}")
