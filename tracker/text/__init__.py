"""Pure string functions: everything a source says passes through here once, before it becomes part of a record.

Every function is total (any Unicode in, lone surrogates too) and never returns a control character; each but
``first_surname``, which takes a list and gives a name, changes nothing when it is used again on what it gave.
The identifiers are cleaned to their canonical form **or to nothing**, never to something in between: half a DOI is
the DOI of another paper. Dates are in :mod:`tracker.text.dates`, inline markup in :mod:`tracker.text.markup`.
"""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote, urlsplit

# Out: controls that are not white space, lone surrogates, U+FEFF and the non-characters that XML forbids, signs that
# turn the writing direction of what follows on a page, and the invisible ones inside words (soft hyphen, zero width
# space, word joiner), which would keep "depres<U+00AD>sion" from being found.
_OUT = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u2060\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ud800-\udfff]"
)


def clean(text: str) -> str:
    """One line of plain text: NFC, no controls, every run of white space one space, none at the ends."""
    if text.isascii() and text.isprintable() and "  " not in text and text[:1] != " " and text[-1:] != " ":
        return text  # the usual case, without taking the words apart
    if not text.isprintable():  # what is printable has neither controls nor white space but U+0020
        text = " ".join(_OUT.sub("", text).split())
    elif "  " in text or text[:1] == " " or text[-1:] == " ":
        text = " ".join(text.split())
    return text if text.isascii() else unicodedata.normalize("NFC", text)


# --- identifiers ------------------------------------------------------------------------------------------------

_DOI_LEAD = re.compile(
    r"""[\s<(\["'{]*(?:(?:https?:)?//)?(?:(?:dx|www)\.)?(doi\.org/|(?:info:|urn:)?doi(?:[:/]|\s))\s*""", re.I
)
_DOI = re.compile(r"10\.[0-9]{4,9}/[!-~]+")
_DOI_TWICE = re.compile(r"[;,|](?:https?://(?:dx\.)?doi\.org/|doi:)?10\.[0-9]{4,9}/")
_CLOSERS = {")": "(", "]": "[", "}": "{", ">": "<"}


def clean_doi(text: str) -> str:
    """The bare DOI in lower case, or '' if the text is not one DOI and nothing else.

    Takes away ``https://doi.org/``, ``dx.doi.org/``, ``doi:``, percent and ``&lt;`` encoding, the ``[doi]`` of MEDLINE
    text, punctuation behind it and brackets around it. Closing brackets that were opened inside stay (SICI, Elsevier's
    ``S0140-6736(20)30168-1``). Refused: white space or anything outside ASCII inside it (a copying accident), two
    DOIs in one field, the address of a publisher's page.
    """
    if len(text) > 2000:
        return ""
    doi, link = _doi_bare(clean(text))
    if link:  # in an address these two begin something that is not the DOI
        doi = re.split(r"[?#]", doi, maxsplit=1)[0].rstrip("/")
    doi = _decode(doi)
    if not _DOI.fullmatch(doi) or _DOI_TWICE.search(doi):
        return ""
    doi = _without_tail(doi)
    return doi.lower() if _DOI.fullmatch(doi) else ""


def _doi_bare(text: str) -> tuple[str, bool]:
    """The text without what stands before the DOI, and whether that was an address."""
    link = False
    while lead := _DOI_LEAD.match(text):
        link = link or lead[1].lower().startswith("doi.org")
        text = text[lead.end() :]
    text = text.lstrip(" <([\"'{")
    return re.sub(r"\s*\[doi\]$", "", text, flags=re.I), link


def _decode(doi: str) -> str:
    """Percent and ampersand encoding undone, as often as it was done; '' when that gives no text."""
    while True:
        try:
            plain = unquote(doi, errors="strict")
        except UnicodeDecodeError:
            return ""
        plain = plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        if plain == doi:
            return doi
        doi = plain


def _without_tail(doi: str) -> str:
    while doi.endswith((".", ",", ";", ":", "'", '"')) or _closes_too_much(doi):
        doi = doi[:-1]
    return doi


def _closes_too_much(doi: str) -> bool:
    opener = _CLOSERS.get(doi[-1:])
    return opener is not None and doi.count(doi[-1]) > doi.count(opener)


_PMID = re.compile(
    r"(?:pmid\s*:?\s*|https?://(?:pubmed\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pubmed)/)?"
    r"0*([1-9][0-9]{0,8})(?:\.0|/)?",
    re.I,
)
_PMCID = re.compile(
    r"(?:pmc-?id\s*:?\s*|pmc-id:\s*|https?://(?:pmc\.ncbi\.nlm\.nih\.gov|(?:www\.)?ncbi\.nlm\.nih\.gov/pmc)/articles/)?"
    r"(?:pmc\s?)?0*([1-9][0-9]{0,9})(?:\.[0-9]+)?[;/]?",
    re.I,
)
_ORCID = re.compile(
    r"(?:(?:https?://)?(?:www\.)?orcid\.org/|orcid\s*:?\s*)?"
    r"([0-9]{4})[- ]?([0-9]{4})[- ]?([0-9]{4})[- ]?([0-9]{3}[0-9x])/?",
    re.I,
)


def clean_pmid(text: str) -> str:
    """One to nine digits without leading zeros, or ''. ``123.0`` (a spreadsheet's number) is 123, ``42.9`` nothing."""
    found = _PMID.fullmatch(clean(text))
    return found[1] if found else ""


def clean_pmcid(text: str) -> str:
    """``PMC`` and digits, without version (``PMC123.1``); bare digits are taken at the field's word. Or ''."""
    found = _PMCID.fullmatch(clean(text))
    return f"PMC{found[1]}" if found else ""


def clean_orcid(text: str) -> str:
    """``0000-0002-1825-0097``, from a bare id, an address, or digits without hyphens; '' if the check digit is wrong.

    The check is ISO 7064 mod 11-2, as ORCID's own documentation gives it.
    """
    found = _ORCID.fullmatch(clean(text))
    if not found:
        return ""
    total = 0
    for digit in "".join(found.groups())[:-1]:
        total = (total + int(digit)) * 2
    check = "0123456789X"[(12 - total % 11) % 11]
    return "-".join(found.groups()).upper() if found[4][-1].upper() == check else ""


def safe_url(text: str) -> str:
    """The address if it is a plain http or https link, else '': no scripts, no names or passwords, no white space."""
    url = clean(text)
    if not re.fullmatch(r"https?://[^\s\\<>\"^`{|}]+", url, re.I | re.A):
        return ""
    try:
        parts = urlsplit(url)
        host, port_is_a_number = parts.hostname, parts.port is None or parts.port >= 0
    except ValueError:
        return ""
    return url if host and port_is_a_number and "@" not in parts.netloc else ""


# --- titles, names, pages ---------------------------------------------------------------------------------------


_ASCII_WORD = re.compile("[a-z0-9]+")


def title_key(title: str) -> str:
    """What two spellings of one title share: letters and digits of each word, without accents, case and signs.

    Compatibility forms are resolved (``CO₂`` is ``co2``, ``ﬁ`` is ``fi``); words are joined by one space.
    """
    text = clean(title)
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    text = "".join(sign for sign in folded if unicodedata.category(sign)[0] != "M" and sign not in "\u200c\u200d")
    return " ".join("".join(sign if sign.isalnum() else " " for sign in text.casefold()).split())


_RANGE = re.compile(
    r"(?<![\w-])(?<![0-9]\.)([A-Za-z]*)([0-9]{1,12})([-\u2010-\u2013])([A-Za-z]*)([0-9]{1,12})(?![\w-])(?!\.[0-9])"
)


def pages_full(pages: str) -> str:
    """Page ranges written out: ``737-8`` is ``737-738``, ``S12-5`` is ``S12-S15``; what is no abbreviation stays."""
    return _RANGE.sub(_range_full, clean(pages))


def _range_full(found: re.Match[str]) -> str:
    letters, first, _, again, last = found.groups()
    if again not in ("", letters):
        return found[0]
    full = first[: max(len(first) - len(last), 0)] + last
    if int(full) <= int(first):  # 2019-03 is a number, not a range
        return found[0]
    return f"{letters}{first}-{letters}{full}"


_ADDRESS = r"""[^\s,;:<>()\[\]"']{0,250}[@\uff20\ufe6b][^\s,;:<>()\[\]"']*"""
_HIDDEN_ADDRESS = r"[\w.+-]+ ?[\[({] ?at ?[\])}] ?[\w.+-]+"
_ANNOUNCED = (
    r"(?:(?:electronic (?:mail )?address(?:es)?|e-?mails?(?: address(?:es)?)?|"
    r"correspond(?:ence|ing author)(?: to)?|contact)\s*[:.]?\s*)"
)
_EMAIL = re.compile(
    rf"[<(\[]?{_ANNOUNCED}?[<(\[]?(?:{_ADDRESS}|{_HIDDEN_ADDRESS})[>)\]]?(?:\s*(?:[,;]|and|or)?\s*(?:{_ADDRESS}))*",
    re.I,
)


def strip_emails(text: str) -> str:
    """An affiliation without e-mail addresses and the words that announce them; no ``@`` is ever left."""
    text = clean(text)
    while (left := _without_emails(text)) != text:  # taking one away can bring the parts of another together
        text = left
    return text


def _without_emails(text: str) -> str:
    if not re.search(r"[@\uff20\ufe6b]|[\[({] ?at ?[\])}]", text, re.I):
        return text
    text = _EMAIL.sub(" ", text)
    text = re.sub(r"\s+([.,;:)\]])", r"\1", clean(text))
    text = re.sub(r"([.,;:])(?:[.,;:])+", r"\1", text)
    return clean(text).strip(" ,;:")


_INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,4}")
_PARTICLES = re.compile(
    r"al|d[aeiou]|das|del|della|de[nr]|dos|el|l[ae]|los|santa?|st|te[nr]|van|vander|von|zu|zu[mr]", re.I
)


def first_surname(names: str) -> str:
    """The family name of the first of the authors in a printed list, in whichever of the usual ways it is printed.

    ``Smith, Ann; Doe, B`` and ``Smith A, Doe B`` and ``Ann Smith and Bo Doe`` all give ``Smith``; a particle belongs
    to the name (``van der Berg``).
    """
    first = re.split(r";|\||&|\band\b", clean(names), maxsplit=1)[0]
    name = first.split(",", 1)[0].strip()
    words = name.split()
    while len(words) > 1 and _INITIALS.fullmatch(words[-1]):
        words.pop()
    if "," in first or len(words) < 2 or words != name.split():
        return " ".join(words)
    start = len(words) - 1
    while start > 1 and _PARTICLES.fullmatch(words[start - 1]):
        start -= 1
    return " ".join(words[start:])
