"""Cutting an efetch answer into records, by bytes: fast, in little memory, and one damaged record harms no other.

An answer is believed only if it is whole: the root is there and closed, and between the records is nothing but space.
Everything else (truncated, no root, a web page, JSON, another service's error) is Transient: the same request may
bring a whole answer next time. Reference lists, three quarters of the bytes, are left out.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from html import escape

from tracker.errors import Transient
from tracker.model import RawRecord
from tracker.text import clean, clean_pmid

_DECLARATION = re.compile(rb"""\s*<\?xml\s[^>]*?(?:encoding\s*=\s*["']([^"'>]*)["'][^>]*)?\?>""")
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
    declared = _DECLARATION.match(body)
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


def _own_pmid(part: bytes) -> str:
    found = _PMID.search(part)
    return clean_pmid(found[1].decode()) if found else ""
