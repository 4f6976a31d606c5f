"""Reads Creative Commons licences out of the words in which publishers put them.

What a source prints beside an abstract ("© 2024 The Authors. Published under CC BY-NC 4.0 ...") is all there is to go
by. Only Creative Commons is recognised: everything else, also "open access" and "free to read", says nothing about
copying. Where several licences are named the most restrictive one counts: many publishers add that the *data* are CC0.
"""

from __future__ import annotations

import re
import unicodedata

# From the most open to the most restrictive; the parts of a code always stand in this order.
CODES = ("CC0", "CC BY", "CC BY-SA", "CC BY-ND", "CC BY-NC", "CC BY-NC-SA", "CC BY-NC-ND")

_DASHES = re.compile("[‐‑‒–—―−_]")
_VERSION = r"(?:[),]*\s*(?:version|v\.?)?\s*(?P<version>[1-4]\.[0-9]))?"
_PORT = r"(?P<port>/[a-z]{2}(?:-[a-z]{2})?(?=/|\b)|/igo|\s+igo\b)?"
# The deed's address: licenses/by-nc-nd/4.0/, licenses/by/3.0/igo/.
_ADDRESS = re.compile(
    rf"creativecommons\.org/licen[cs]es/(?P<parts>by(?:-(?:nc|nd|sa))*)\b(?:/(?P<version>[1-4]\.[0-9])\b{_PORT})?"
)
# The short code: CC BY-NC-ND 4.0, CC-BY, CCBY, CC BY 3.0 IGO.
_SHORT = re.compile(rf"\bcc[ -]?(?P<parts>by(?:[ -](?:nc|nd|sa)\b)*)\b(?:\s+licen[cs]e)?{_VERSION}{_PORT}")
# The name in full: Creative Commons Attribution-NonCommercial-NoDerivatives 4.0 International.
_COMMERCIAL, _DERIVATIVE, _ALIKE = r"non-?\s?commercial", r"no\s?-?deriv(?:ative)?s?(?:\s+works)?", r"share\s?-?alike"
_NAMED = re.compile(
    rf"(?:creative commons|\bcc)[ :,-]*(?P<parts>attribution(?:[ ,/-]+(?:{_COMMERCIAL}|{_DERIVATIVE}|{_ALIKE}))*)\b"
    rf"(?:[ -]+(?:international|unported|licen[cs]e))*{_VERSION}"
)
_ZERO = re.compile(
    r"\bcc[ -]?0\b|\bcc[ -]zero\b|creativecommons\.org/publicdomain/zero"
    r"|creative commons (?:zero|public domain dedication)"
)
_LIMITS = tuple(
    (code, re.compile(rf"\b(?:{code.lower()}|{word})\b"))
    for code, word in (("NC", _COMMERCIAL), ("SA", _ALIKE), ("ND", _DERIVATIVE))
)
_ANY_USE = re.compile(rf"(?:{_COMMERCIAL}[ ,]+(?:and|or) commercial|\bcommercial[ ,]+(?:and|or) {_COMMERCIAL})\b")
# "not available under ..." takes back what follows.
_DENIED = re.compile(r"\b(?:not|never|neither|nor|without)\b[^.;]{0,60}$")


def licence_of(copyright_text: str) -> tuple[str, str]:
    """The licence that a copyright line grants: its code with version ("CC BY-NC 4.0") and the address of its deed.

    Both are empty when no Creative Commons licence is named. The address is empty when the version is not stated,
    because the deeds of different versions differ; CC0 has had one version only.
    """
    text = _DASHES.sub("-", unicodedata.normalize("NFKC", copyright_text)).casefold()
    found = [_reading(match) for form in (_ADDRESS, _SHORT, _NAMED) for match in form.finditer(text) if _granted(match)]
    if not found:
        zero = any(_granted(match) for match in _ZERO.finditer(text))
        return ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/") if zero else ("", "")
    # A limit counts wherever it stands: "CC BY 4.0, which permits non-commercial use". Then no deed says the same.
    found.append((_code(_ANY_USE.sub("", text)), "", ""))
    strictest = max(CODES.index(code) for code, _, _ in found)
    # The same licence is often named twice, by name and by address: the fuller naming counts.
    code, version, port = max(row for row in found if CODES.index(row[0]) == strictest)
    if not version:
        return code, ""
    igo = " IGO" if port == "igo" else ""
    address = "/".join(part for part in (code.removeprefix("CC ").lower(), version, port) if part)
    return f"{code} {version}{igo}", f"https://creativecommons.org/licenses/{address}/"


def is_open(code: str) -> bool:
    """Whether the licence lets a site that earns nothing show the text unchanged, with its authors and its licence.

    True of every Creative Commons licence: NC forbids commercial use, ND changed texts, SA other terms; none of them
    forbids this. False of the empty code and of every other.
    """
    return any(code == known or code.startswith(f"{known} ") for known in CODES)


def _reading(match: re.Match[str]) -> tuple[str, str, str]:
    """(code without version, version, port) of one naming; '' for what it does not say."""
    said = match.groupdict()
    return _code(said["parts"]), said.get("version") or "", (said.get("port") or "").strip(" /")


def _code(text: str) -> str:
    """The code for the limits that a text names; SA and ND exclude each other, and ND is the stricter."""
    limits = [code for code, form in _LIMITS if form.search(text)]
    if "ND" in limits and "SA" in limits:
        limits.remove("SA")
    return "-".join(["CC BY", *limits])


def _granted(match: re.Match[str]) -> bool:
    """Whether the words before do not take it back: "not available under CC BY"."""
    return not _DENIED.search(match.string[: match.start()])
