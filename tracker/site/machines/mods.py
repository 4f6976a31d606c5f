"""MODS 3.8, the XML of the Library of Congress: of what unAPI can give, all that tells Zotero "preprint" and "group".

Zotero takes its item type from ``genre authority="local"``, volume, issue and pages from the host, the date and the
publisher (for a preprint: the server) from ``originInfo``, and makes a note of each ``note``: so there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

from tracker.model import Author
from tracker.site.machines.reference import Reference
from tracker.text import clean

NAMESPACE = "http://www.loc.gov/mods/v3"
SCHEMA = "http://www.loc.gov/standards/mods/v3/mods-3-8.xsd"
ROOT = {
    "xmlns": NAMESPACE,
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xsi:schemaLocation": f"{NAMESPACE} {SCHEMA}",
    "version": "3.8",
}
DATED = {"encoding": "w3cdtf", "keyDate": "yes"}  # W3CDTF is ISO 8601 cut to what is known, as our dates are


def mods(paper: Reference) -> str:
    """One work as a MODS record, with its declaration."""
    root = Element("mods", ROOT)
    _titled(root, paper.title)
    _add(root, "genre", _item_type(paper), {"authority": "local"})
    _add(root, "typeOfResource", "text")
    for author in paper.authors:
        _name(root, author)
    _origin(root, paper)
    for code, tag in zip(paper.languages, paper.language_tags, strict=True):
        language = SubElement(root, "language")
        _add(language, "languageTerm", code, {"type": "code", "authority": "iso639-2b"})
        _add(language, "languageTerm", tag, {"type": "code", "authority": "rfc5646"})
    _add(root, "abstract", paper.abstract)
    for authority, words in (("", paper.keywords), ("mesh", paper.mesh)):
        for word in words:
            _add(SubElement(root, "subject", {"authority": authority} if authority else {}), "topic", word)
    for name, value in (("doi", paper.doi), ("pmid", paper.pmid), ("pmcid", paper.pmcid), ("local", paper.key)):
        _add(root, "identifier", value, {"type": name})
    _add(SubElement(root, "location"), "url", paper.url, {"usage": "primary display"})
    _add(root, "accessCondition", paper.licence, {"type": "use and reproduction"})
    _add(root, "note", _note(paper))
    if paper.journal and not paper.preprint:
        _host(root, paper)
    record = SubElement(root, "recordInfo")
    _add(record, "recordIdentifier", paper.address)
    _add(record, "recordChangeDate", paper.changed, {"encoding": "w3cdtf"})
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _item_type(paper: Reference) -> str:
    """Zotero's word for what it is."""
    if paper.kind == "book":
        return "bookSection" if paper.journal else "book"
    return "preprint" if paper.preprint else "journalArticle"


def _name(root: Element, author: Author) -> None:
    name = SubElement(root, "name", {"type": "corporate" if author.group else "personal"})
    if author.group:
        _add(name, "namePart", author.group)
    else:
        _add(name, "namePart", author.family, {"type": "family"})
        _add(name, "namePart", author.given, {"type": "given"})
        _add(name, "namePart", author.suffix, {"type": "termsOfAddress"})
    _add(SubElement(name, "role"), "roleTerm", "aut", {"type": "code", "authority": "marcrelator"})


def _origin(root: Element, paper: Reference) -> None:
    origin = SubElement(root, "originInfo")
    _add(origin, "publisher", paper.journal if paper.preprint else paper.publisher)
    _add(origin, "dateIssued", paper.date, DATED)
    if not len(origin):
        root.remove(origin)


def _host(root: Element, paper: Reference) -> None:
    host = SubElement(root, "relatedItem", {"type": "host"})
    _titled(host, paper.journal)
    _titled(host, paper.journal_abbrev, {"type": "abbreviated"})
    if paper.kind != "book":
        _add(SubElement(host, "originInfo"), "issuance", "continuing")
    _add(host, "identifier", paper.issn, {"type": "issn"})
    part = SubElement(host, "part")
    for kind, value in (("volume", paper.volume), ("issue", paper.issue)):
        if value:
            _add(SubElement(part, "detail", {"type": kind}), "number", value)
    if paper.first_page:
        extent = SubElement(part, "extent", {"unit": "pages"})
        _add(extent, "start", paper.first_page)
        _add(extent, "end", paper.last_page or paper.first_page)  # Zotero writes "e12null" where there is no end
    if not len(part):
        host.remove(part)


def _note(paper: Reference) -> str:
    told = (("tracker-id", paper.key), ("PMID", paper.pmid), ("PMCID", paper.pmcid), ("status", paper.state))
    return "; ".join(f"{name}: {value}" for name, value in told if value)


def _titled(parent: Element, title: str, attributes: Mapping[str, str] | None = None) -> None:
    if title:
        _add(SubElement(parent, "titleInfo", dict(attributes or {})), "title", title)


def _add(parent: Element, name: str, text: str, attributes: Mapping[str, str] | None = None) -> None:
    """A child with this text, none where there is none; ``clean`` takes out what XML 1.0 cannot hold."""
    if text := clean(text):
        SubElement(parent, name, dict(attributes or {})).text = text
