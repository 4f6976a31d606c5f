"""What the answers of NCBI's E-utilities mean, checked in this order: first bytes, form, error element, content.

A status of 200 says nothing: rate limits, failed backends and error pages come with it as well. Nothing here talks;
every fault is raised as the error that says what to do next (``tracker.errors``).

``split`` cuts an efetch answer into records, by bytes: fast, in little memory, and one damaged record harms no other.
An answer is believed only if it is whole: the root is there and closed, and between the records is nothing but space.
Everything else (truncated, no root, a web page, JSON, another service's error) is Transient: the same request may bring
a whole answer next time. Reference lists, three quarters of the bytes, are left out.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from tracker.errors import Blocked, Refused, SourceError, Transient
from tracker.http.answer import Answer
from tracker.model import RawRecord
from tracker.text import clean, clean_pmid

_ENCODING_NAMED = re.compile(rb"""\s*<\?xml\s[^>]*?(?:encoding\s*=\s*["']([^"'>]*)["'][^>]*)?\?>""")
_SAME_AS_UTF8 = re.compile("(?:us-)?ascii|utf-?8", re.I)
_ENCODINGS = re.compile("iso-?8859-?[0-9]+|latin-?[0-9]+|(?:windows-|cp)125[0-9]", re.I)
_ASIDE = re.compile(rb"<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>", re.S)
_PROLOG = re.compile(rb"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.S)
_DOCTYPE = re.compile(rb"""<!DOCTYPE\s(?:[^\[<>"']|"[^"]*"|'[^']*')*>""")
_ROOT = re.compile(rb"<(Pubmed(?:Book)?Article(?:Set)?)((?:\s[^<>]*?)?)(/?)>")
_START = re.compile(rb"<(Pubmed(?:Book)?Article)((?:\s[^<>]*?)?)(/?)>")
_PREFIXES = re.compile(rb"""\sxmlns:[\w.-]+\s*=\s*(?:"[^"]*"|'[^']*')""")
_DELETED = re.compile(rb"<DeleteCitation\s*(?:/>|>(?:\s*<PMID[^<>]*>\s*[0-9]+\s*</PMID\s*>)*\s*</DeleteCitation\s*>)")
_SPACE = re.compile(rb"\s*")
_REFERENCES = re.compile(rb"<(/?)ReferenceList(?:\s[^<>]*?)?(/?)>")
_PMID = re.compile(rb"<(?:MedlineCitation|BookDocument)(?:\s[^<>]*)?>\s*<PMID(?:\s[^<>]*)?>\s*([0-9]+)\s*</PMID\s*>")

_VERSION = re.compile(rb"""<PMID\s[^<>]*?Version\s*=\s*["']\s*([0-9]{1,6})""")


def split(body: bytes) -> list[RawRecord]:
    """The records of an efetch answer, each under its own PMID and without its reference lists.

    A record that is damaged inside is among them (``parse`` then says why it cannot be read), with ``source_id`` ''
    if not even its PMID can be found. An empty set gives an empty list. The root may also be a single article.
    Raises Transient if the answer is not whole, and nothing else.
    """
    text = _without_prolog(_utf8(body))
    root = _ROOT.match(text)
    if not root:
        raise Transient(f"the answer is not a set of articles: {_shown(text)}")
    name, attributes, closed = root.groups()
    if not name.endswith(b"Set"):
        parts = _alone(text, name, closed)
    elif closed:
        parts = _cut(text, root.end(), len(text), b"")
    else:
        end = _ends_with(text, name)
        if not end:
            raise Transient(f"the answer is cut short: the closing {name.decode()} is missing")
        parts = _cut(text, root.end(), end, b"".join(_PREFIXES.findall(attributes)))
    return [RawRecord(_own_pmid(part), part) for part in map(_without_references, parts)]


def _alone(text: bytes, name: bytes, closed: bytes) -> Iterator[bytes]:
    """One record without a set around it."""
    parts = list(_cut(text, 0, len(text), b""))
    if len(parts) != 1 or not (closed or _ends_with(text, name)):
        raise Transient(f"the answer is cut short or not one article: {_shown(text)}")
    return iter(parts)


def _shown(text: bytes) -> str:
    return clean(text[:80].decode("utf-8", "replace")) or "it ends before anything is said"


def _utf8(body: bytes) -> bytes:
    """The same text in UTF-8, whatever encoding the XML declaration or a byte order mark says."""
    body = body.removeprefix(codecs.BOM_UTF8)
    declared = _ENCODING_NAMED.match(body)
    name = declared[1].decode("ascii", "replace").strip() if declared and declared[1] is not None else "utf-8"
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        name = "utf-16"
    elif _SAME_AS_UTF8.fullmatch(name):
        return body
    elif not _ENCODINGS.fullmatch(name):
        raise Transient(f"the answer is in an encoding that is not known here: {clean(name)[:40]}")
    try:
        return body.decode(name).encode()
    except (LookupError, UnicodeError) as error:
        raise Transient(f"the answer is not in the encoding it declares: {clean(str(error))[:80]}") from error


def _without_prolog(text: bytes) -> bytes:
    """From the root on, without comments and processing instructions, CDATA written as plain text.

    Entities and an internal subset of the document type are refused: they can blow up without limit.
    """
    start = _prolog_end(text, 0)
    if text.startswith(b"<!DOCTYPE", start):
        doctype = _DOCTYPE.match(text, start)
        if not doctype:
            raise Transient("the answer has a document type that is cut short or declares things of its own")
        start = _prolog_end(text, doctype.end())
    text = text[start:]
    if b"<!" in text or b"<?" in text:
        text = _ASIDE.sub(lambda found: escape((found[1] or b"").decode("latin-1"), False).encode("latin-1"), text)
    if b"<!ENTITY" in text or b"<!DOCTYPE" in text:
        raise Transient("the answer declares entities; it is refused")
    return text.strip()


def _prolog_end(text: bytes, start: int) -> int:
    found = _PROLOG.match(text, start)
    return found.end() if found else start


def _ends_with(text: bytes, name: bytes) -> int:
    """Where the closing tag at the very end of the text begins, 0 if it is not there."""
    found = text.rfind(b"</" + name)
    return found if found > 0 and re.fullmatch(rb"\s*>\s*", text[found + 2 + len(name) :]) else 0


def _cut(text: bytes, start: int, end: int, prefixes: bytes) -> Iterator[bytes]:
    """The records between two places. A record whose end is lost goes as far as the next one begins.

    ``prefixes`` are the namespaces that the root declares; every slice declares them again.
    """
    while (start := _after_space(text, start, end)) < end:
        opening = _START.match(text, start, end)
        if opening:
            following = _next_record(text, opening.end(), end)
            name, attributes, closed = opening.groups()
            stop = opening.end() if closed else _end_of_record(text, name, opening.end(), following)
            yield b"<" + name + attributes + prefixes + text[opening.end() - len(closed) - 1 : stop].rstrip()
            start = stop
        elif deleted := _DELETED.match(text, start, end):
            start = deleted.end()
        else:
            raise Transient(f"the answer has something between its records: {_shown(text[start:end])}")


def _after_space(text: bytes, start: int, end: int) -> int:
    found = _SPACE.match(text, start, end)
    return found.end() if found else start


def _next_record(text: bytes, start: int, end: int) -> int:
    """Where the next record begins, or the end."""
    while (start := text.find(b"<Pubmed", start, end)) >= 0:
        if _START.match(text, start, end):
            return start
        start += 1
    return end


def _end_of_record(text: bytes, name: bytes, start: int, following: int) -> int:
    tag = b"</" + name
    found = text.find(tag, start, following)
    closing = re.compile(rb"\s*>").match(text, found + len(tag), following) if found >= 0 else None
    return closing.end() if closing else following


def _without_references(part: bytes) -> bytes:
    """Without its reference lists, which may be nested; unchanged if one of them does not end."""
    start = part.find(b"<ReferenceList")
    if start < 0:
        return part
    kept, depth, done = [], 0, 0
    for tag in _REFERENCES.finditer(part, start):
        if depth == 0:
            kept.append(part[done : tag.start()])
        depth += -1 if tag[1] else 0 if tag[2] else 1
        if depth < 0:
            return part
        done = tag.end()
    return part if depth else b"".join(kept) + part[done:]


def _version(part: bytes) -> int:
    """The version of a record by its PMID element; 1 where it names none."""
    found = _PMID.search(part)
    number = _VERSION.search(found[0]) if found else None
    return int(number[1]) if number else 1


def _own_pmid(part: bytes) -> str:
    found = _PMID.search(part)
    return clean_pmid(found[1].decode()) if found else ""


_BLOCKED = re.compile(
    r"error blocked|(?:been|is|are|access)\s+(?:\w+\s+)?blocked|<(?:title|h\d)[^>]*>[^<]*\bblocked\b", re.IGNORECASE
)
_BACKEND = re.compile(r"search backend failed|C\+\+ exception|txclient|rate limit|temporar|try again", re.IGNORECASE)
_FOR_EVER = re.compile(
    r"\binvalid\b|\bempty\b|neither query_key nor id|out of range|not supported|too many uids",
    re.IGNORECASE,
)
_ERROR_ELEMENT = re.compile(rb"<ERROR\b[^>]*>(.*?)</ERROR\s*>", re.DOTALL | re.IGNORECASE)
_HTML = re.compile(r"<!doctype\s+html|<(?:html|head|body|h1)\b", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)\b", re.IGNORECASE)
_NARROWED = re.compile(r'("[^"]*"|[\w-]+)\s*\[(Filter|Language)\]', re.IGNORECASE)
_ORDINARY = "no items found"  # PubMed says so of every search without hits


class UnusableIds(Transient):
    """The list of ids holds something that is not a PMID."""


class BeyondCeiling(Refused):
    """PubMed gives out only the first ids of an answer, and these lie behind them."""


@dataclass(frozen=True)
class SearchPage:
    """One answer of esearch. ``returned`` counts the ids as sent, ``ids`` holds each once, in the order sent."""

    count: int
    returned: int
    ids: tuple[str, ...]
    translation: str
    warnings: tuple[str, ...]


def search_page(answer: Answer, term: str = "", start: int = 0) -> SearchPage:
    """Understand an answer of ``esearch.fcgi`` that was asked for as JSON, to ``term`` from ``retstart`` on.

    An answer that says it begins elsewhere is one to another request. A filter or a language in the translation that
    ``term`` does not name is a warning: somebody narrows what we ask.
    """
    found = _json(answer.body).get("esearchresult")
    if not isinstance(found, dict):
        raise Transient("the answer has no search result in it")
    for name in ("ERROR", "error"):
        if found.get(name):
            raise _failure(str(found[name]))
    count, ids = str(found.get("count", "")), found.get("idlist")
    if not re.fullmatch("[0-9]{1,12}", count):
        raise Transient("the answer does not say how many records match")
    if not isinstance(ids, list):
        raise Transient("the answer has no list of ids")
    odd = [item for item in ids if not is_pmid(item)]
    if odd:
        shown = ", ".join(repr(item)[:40] for item in odd[:5])
        raise UnusableIds(f"{len(odd)} of {len(ids)} ids in the answer are not PMIDs: {shown}")
    echo = str(found.get("retstart", ""))
    if ids and re.fullmatch("[0-9]{1,12}", echo) and int(echo) not in (0, start):  # the first page shows by its ids
        raise Transient(f"ids from {echo} on came where those from {start} on were asked for")
    said = found.get("querytranslation")
    translation = said if isinstance(said, str) else ""
    added = [f"filteradded: {item}" for item in _added(term, translation)] if term else []
    return SearchPage(int(count), len(ids), tuple(dict.fromkeys(ids)), translation, (*_warnings(found), *added))


def _added(term: str, translation: str) -> list[str]:
    """Filters and languages of a translation of which ``term`` says nothing."""
    words = term.casefold()
    named = [(found[1].strip(' "'), found[2]) for found in _NARROWED.finditer(translation)]
    return [f"{name}[{tag}]" for name, tag in dict.fromkeys(named) if name.casefold()[:3] not in words]


def is_pmid(item: object) -> bool:
    """Whether it is a PMID as PubMed writes them; efetch would split "42.9" into two records, 42 and 9."""
    return isinstance(item, str) and re.fullmatch("[0-9]{1,12}", item) is not None


def fetched_records(answer: Answer, wanted: Collection[str]) -> tuple[RawRecord, ...]:
    """Understand an answer of ``efetch.fcgi``: the wanted records in it, each once. None at all is a valid answer."""
    body = answer.body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if body.startswith(b"{"):
        _json(body)
        raise Transient("the answer is JSON where records were asked for")
    _check_markup(body)
    prolog, _, _ = body.partition(b"<Pubmed")
    if _DECLARATION.search(prolog):
        raise Refused("the answer declares entities of its own, which no genuine one does; it was not read")
    kept: dict[str, RawRecord] = {}
    nameless = []
    for raw in split(body):
        if raw.source_id in wanted:
            before = kept.get(raw.source_id)
            if before is None or _version(raw.body) > _version(before.body):  # two versions: the highest
                kept[raw.source_id] = raw
        elif not raw.source_id:
            nameless.append(raw)
    missing = [item for item in wanted if item not in kept]
    if len(missing) == len(nameless) == 1:  # too damaged to say whose it is, but only one can be meant
        kept[missing[0]] = RawRecord(missing[0], nameless[0].body)
    return tuple(kept.values())


def _json(body: bytes) -> dict[str, Any]:
    """The JSON object in ``body``, told apart from everything else that comes in its place."""
    body = body.lstrip(b"\xef\xbb\xbf \t\r\n")
    if not body.startswith(b"{"):
        _check_markup(body)
        raise Transient("the answer is XML without a result")
    try:
        # strict=False: NCBI sends raw line breaks inside the text of an error
        said = json.loads(body.decode("utf-8"), strict=False)
    except (ValueError, RecursionError):
        raise Transient("the answer is not complete JSON") from None
    for name in ("error", "ERROR"):
        if said.get(name):
            raise _failure(str(said[name]))
    found: dict[str, Any] = said
    return found


def _check_markup(body: bytes) -> None:
    """Raise what a body stands for that is not the expected one; return when it may be the expected XML."""
    if not body:
        raise Transient("the answer is empty")
    opening = body[:4000].decode("utf-8", "replace")
    page = _HTML.search(opening) is not None
    if (page or not body.startswith(b"<")) and _BLOCKED.search(opening):
        raise Blocked("has blocked this address; write to its help desk before the next run")
    if page:
        raise Transient("an HTML page came instead of an answer")
    if not body.startswith(b"<"):
        raise Transient("the answer is neither JSON nor XML")
    element = _ERROR_ELEMENT.search(body)
    if element:
        raise _failure(unescape(element[1].decode("utf-8", "replace")))


def _failure(text: str) -> SourceError:
    """The error that NCBI's words stand for. Words that are not known are tried again: a lost run costs more."""
    words = " ".join(text.split())
    if _BLOCKED.search(words):
        return Blocked(f"has blocked this address: {words}")
    if "cannot be larger" in words:
        return BeyondCeiling(f"refuses the request: {words}")
    if _FOR_EVER.search(words) and not _BACKEND.search(words):
        return Refused(f"refuses the request: {words}")
    return Transient(f"could not answer: {words}")


def _warnings(found: dict[str, Any]) -> list[str]:
    """``errorlist`` and ``warninglist`` as lines ``phrasesnotfound: lonelinesss[tiab]``, in the order sent."""
    lines = []
    for name in ("errorlist", "warninglist"):
        held = found.get(name)
        for kind, entries in held.items() if isinstance(held, dict) else ():
            for entry in entries if isinstance(entries, list) else [entries]:
                words = " ".join(str(entry).split())
                if entry and not words.lower().startswith(_ORDINARY):
                    lines.append(f"{kind}: {words}")
    return list(dict.fromkeys(lines))
