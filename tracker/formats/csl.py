"""CSL-JSON, the best bridge to Zotero: it alone keeps "preprint" and group authors with their commas.

Follows the CSL schema (draft 7), which forbids unknown names: our own data stand under ``custom``. Zotero drops PMID
and PMCID, so they are said again in ``note``, in the form it reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

from tracker.errors import UsageError
from tracker.formats.row import Fields, Format, Piece, Reader, Row, Sink, Written, parts, people
from tracker.model import Author
from tracker.text import clean

PROFILE = "generic"
TYPES: Mapping[str, str] = MappingProxyType({"preprint": "article", "book": "book"})


def write(rows: Iterable[Row], out: BinaryIO, profile: str = PROFILE) -> Written:
    """Write the rows one after the other (memory does not grow) and return what was written.

    Raises :class:`UsageError` for a profile that is not there.
    """
    if profile != PROFILE:
        raise UsageError(f"there is no CSL-JSON profile {profile!r}: use {PROFILE}")
    sink, records = Sink(out), 0
    sink.write("[")
    for row in rows:
        sink.write(",\n" if records else "\n")
        sink.write(json.dumps(item(row), ensure_ascii=False))
        records += 1
    sink.write("\n]\n")
    return sink.written(records)


def item(row: Row) -> dict[str, Any]:
    """One work as a CSL item; what is empty is left out."""
    preprint = row.record_type == "preprint"
    said: dict[str, Any] = {
        "id": clean(row.key),
        "type": _type(row),
        "title": clean(row.title),
        "author": [name for name in map(_name, people(row)) if name],
        "issued": _issued(row),
        "genre": "Preprint" if preprint else "",
        "container-title": "" if preprint else clean(row.journal),
        "container-title-short": "" if preprint else clean(row.journal_abbrev),
        "publisher": clean(row.journal) if preprint else clean(row.publisher),
        "volume": clean(row.volume),
        "issue": clean(row.issue),
        "page": clean(row.pages),
        "ISSN": clean(row.issn),
        "DOI": clean(row.doi),
        "URL": clean(row.url),
        "PMID": clean(row.pubmed_id),
        "PMCID": clean(row.pmc_id),
        "language": clean(row.language),
        "keyword": ", ".join(parts(clean(row.keywords))),
        "abstract": clean(row.abstract),
        "note": _note(row),
        "custom": {"tracker-id": clean(row.key), "status": clean(row.status), "versions": clean(row.versions)},
    }
    return {name: value for name, value in said.items() if value}


def _type(row: Row) -> str:
    """A book with a name above its own is a chapter of that."""
    chapter = row.record_type == "book" and clean(row.journal)
    return "chapter" if chapter else TYPES.get(row.record_type, "article-journal")


def _name(author: Author) -> dict[str, str]:
    if author.group:
        named = {"literal": clean(author.group)}
    else:
        given = author.given or author.initials
        named = {"family": clean(author.family), "given": clean(given), "suffix": clean(author.suffix)}
    return {part: text for part, text in named.items() if text}


def _issued(row: Row) -> dict[str, list[list[int]]] | None:
    known = []
    for number in (row.year, row.month, row.day):
        if not number:
            break
        known.append(number)
    return {"date-parts": [known]} if known else None


def _note(row: Row) -> str:
    lines = (("PMID", row.pubmed_id), ("PMCID", row.pmc_id))
    known = [f"{name}: {clean(value)}" for name, value in lines if clean(value)]
    return "\n".join([*known, clean(row.notes) or f"tracker-id: {clean(row.key)}"])


CSL_JSON = Format(
    name="csl-json",
    suffix=".csl.json",
    media_type="application/vnd.citationstyles.csl+json; charset=utf-8",
    profiles={PROFILE: "Zotero and other reference managers"},
    default_profile=PROFILE,
    write=write,
)


_FIELDS = {
    "title": "title", "container-title": "journal", "container-title-short": "abbrev", "volume": "volume",
    "issue": "issue", "page": "pages", "number": "number", "abstract": "abstract", "DOI": "doi", "PMID": "pmid",
    "PMCID": "pmcid", "ISSN": "issn", "URL": "url", "language": "language", "publisher": "publisher",
    "publisher-place": "place", "note": "notes", "genre": "type", "source": "database",
}  # fmt: skip
_KINDS = {
    "article-journal": "Journal Article", "chapter": "Book Chapter", "book": "Book", "thesis": "Dissertation",
    "paper-conference": "Congress", "report": "Technical Report", "article-newspaper": "Newspaper Article",
}  # fmt: skip


def fits(begin: str) -> bool:
    """Whether a file that begins like this is CSL-JSON: a list of objects with a type."""
    return re.match(r"\s*\[\s*\{", begin.lstrip("\ufeff")) is not None and '"type"' in begin


def cut(text: str) -> list[Piece]:
    """The items of the list; a file that is not whole is one broken piece."""
    try:
        items = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        return [Piece(1, text, f"not JSON: {error}")]
    if not isinstance(items, list):
        return [Piece(1, text, "not a list of references")]
    return [Piece(place, json.dumps(one, ensure_ascii=False)) for place, one in enumerate(items, start=1)]


def read(text: str) -> Fields:
    """The fields of one item; raises ValueError if it is none."""
    item = json.loads(text)
    if not isinstance(item, dict):
        raise ValueError("not one reference")
    fields: Fields = {field: [str(item[name])] for name, field in _FIELDS.items() if item.get(name)}
    fields["authors"] = [said for one in _listed(item.get("author")) if (said := _printed(one))]
    fields["keywords"] = [word for word in re.split(r"\s*[;,]\s*", str(item.get("keyword") or "")) if word]
    if date := _iso(item.get("issued")):
        fields["date"] = [date]
    if (kind := _KINDS.get(str(item.get("type")))) and "type" not in fields:
        fields["type"] = [kind]
    return {name: values for name, values in fields.items() if any(values)}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _printed(one: object) -> str:
    """A name as ``Family, Given, Suffix``; a group in braces."""
    if not isinstance(one, dict):
        return ""
    if one.get("literal"):
        return f"{{{one['literal']}}}"
    family = " ".join(str(one[part]) for part in ("non-dropping-particle", "family") if one.get(part))
    return ", ".join(str(part) for part in (family, one.get("given"), one.get("suffix")) if part)


def _iso(issued: object) -> str:
    said = issued if isinstance(issued, dict) else {}
    parts = next(iter(_listed(said.get("date-parts"))), None)
    return "/".join(str(part) for part in _listed(parts)[:3]) or str(said.get("raw") or said.get("literal") or "")


READER = Reader("csl-json", (".json",), fits, cut, read)
