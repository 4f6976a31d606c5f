"""Identifiers: read, made canonical, and what they say about the kind of record."""

from __future__ import annotations

import re
from functools import lru_cache

_DOI = re.compile(r"10\.\d{4,9}/\S+", re.IGNORECASE)
_DOI_TAIL = re.compile(
    r"(?:[.,;:)\]}>\"']|[/.](?:full|abstract|pdf|epdf|html?|meta|fulltext)|\.epub.*|\[doi\]|[?#].*)+$", re.IGNORECASE
)
_REGISTRY = re.compile(
    r"\b(nct\s?\d{8}|isrctn\s?\d{8}|chictr[-\s]?[a-z]*[-\s]?\d{8,10}|actrn\s?\d{14}|drks\s?\d{8}|ctri/\d{4}/\d{2,3}/\d{6}|"
    r"umin\s?\d{9}|jprn[-\s]\w+|irct\s?\d{5,}\w*|eudract\s?\d{4}-\d{6}-\d{2}|euctr\s?\d{4}-\d{6}-\d{2}|"
    r"tctr\s?\d{11}|rbr-?\w{6,}|kct\s?\d{7}|pactr\s?\d{15}|ntr\s?\d{3,5}|nl\s?\d{4}|crd\s?\d{8,})",
    re.IGNORECASE,
)
_REGISTER_NAME = re.compile(
    r"clinicaltrials\.gov|\bisrctn|\bchictr|\bictrp|trialsearch|clinicaltrialsregister|\banzctr|\bdrks\b|\bctri\b|"
    r"trial ?regist(?:er|ry)|clinical trials? regist",
    re.IGNORECASE,
)
_SERVERS = re.compile(
    r"\b(medrxiv|biorxiv|psyarxiv|arxiv|osf ?preprints?|socarxiv|edarxiv|metaarxiv|sportrxiv|research ?square|"
    r"preprints(?:\.org)?|ssrn|chemrxiv|authorea|zenodo|peerj preprints|f1000research preprint|jmir preprints|techrxiv|"
    r"engrxiv|ecoevorxiv|health ?rxiv|africarxiv|advance preprint|preprint)\b",
    re.IGNORECASE,
)
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:\d{4}\.\d{2}\.\d{2}\.|\d{6,8}(?:v\d+)?$)|64898/|31234/|31219/osf|31235/|35542/osf|21203/rs\.|20944/preprints|2139/ssrn|"
    r"26434/chemrxiv|22541/au\.|2196/preprints|48550/arxiv|7287/peerj\.preprints|31222/osf|31236/osf)",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?:/?v(\d{1,2})|_v(\d{1,2})|\.v(\d{1,2}))$", re.IGNORECASE)
_COCHRANE = re.compile(r"10\.1002/14651858\.([a-z]{2}\d{6})(?:\.pub(\d+))?", re.IGNORECASE)


def read_doi(text: str) -> str:
    """The bare DOI in small letters, or ``""``."""
    found = _DOI.search(text)
    return _DOI_TAIL.sub("", found[0].lower()) if found else ""


def digits(text: str) -> str:
    """The number of a PMID or PMCID field (``PMC8012345``), or ``""``."""
    found = re.search(r"\d{1,10}", text)
    return found[0].lstrip("0") if found else ""


def registry_number(*texts: str) -> str:
    """The first trial registration number in the texts, without spaces, or ``""``."""
    for text in texts:
        if found := _REGISTRY.search(text):
            return re.sub(r"[\s-]", "", found[1].lower())
    return ""


@lru_cache(maxsize=50_000)
def is_register(journal: str) -> bool:
    """True for a record of a trial register rather than of a paper."""
    return bool(_REGISTER_NAME.search(journal))


def preprint_server(journal: str, doi: str) -> str:
    """The name of the preprint server a record is from, or ``""``; told by its journal field or by its DOI."""
    if server := _server(journal):
        return server
    if doi and _PREPRINT_DOI.match(doi):
        return doi.split("/", 1)[0]
    return ""


@lru_cache(maxsize=50_000)
def _server(journal: str) -> str:
    found = _SERVERS.search(journal)
    return re.sub(r"[\s.]|org$", "", found[1].lower()) if found else ""


def without_version(doi: str) -> tuple[str, str]:
    """(DOI of the preprint, its version): ``10.21203/rs.3.rs-1/v2``, ``osf.io/ab123_v2``, ``2020.01.01.1v2``."""
    found = _VERSION.search(doi)
    return (doi[: found.start()], next(part for part in found.groups() if part)) if found else (doi, "")


def cochrane(doi: str) -> tuple[str, str]:
    """(review, edition) of a Cochrane DOI: ``10.1002/14651858.CD012345.pub2`` -> (``cd012345``, ``2``)."""
    found = _COCHRANE.match(doi)
    return (found[1].lower(), found[2] or "1") if found else ("", "")
