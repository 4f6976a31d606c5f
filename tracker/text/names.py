"""Names of people and groups as sources and files print them, taken apart in one place.

``Doe, Jane B, Jr``, ``Doe JB Jr``, ``Jane B. van Doe III``, ``DOE, JANE``, ``Müller Ü``, ``Harbour Study Group.``.
What only fills the place of a name (``et al.``, ``[No author name available]``) is no author.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from tracker.model import Author

_GROUP = re.compile(
    r"\b(?:group|consortium|consortia|collaborat\w*|investigators?|network|committee|society|association|team|project"
    r"|initiative|organi[sz]ation|institute|task force|study|trialists|university|cent(?:re|er)|ministry|party)\b",
    re.I,
)
_SUFFIX = re.compile(r"(?:jr|sr|jnr|snr|ii|iii|iv|vi{1,3}|[2-4](?:nd|rd|th))\.?", re.I)
_ROMAN = re.compile(r"(?:II|III|IV|VI{1,3})\.?")
_PARTICLE = re.compile(
    r"(?:van|von|vom|de|der|den|del|della|delle|di|da|dal|dos|das|do|du|la|le|lo|los|las|ten|ter|te|zu|zum|zur|af|av"
    r"|al|el|bin|ibn|bint|st\.?|san|santa|'t|d'|y|e)",
    re.I,
)
_SURE_LISTED = """
phd mph msc mba mbbs mbchb dphil drph frcp frcpc frcpsych frcs facp mpharm mphil mres pharmd psyd scd mrcp mrcpsych edd
dnp msn msw
"""
_SURE = frozenset(_SURE_LISTED.split())  # degrees that can be no initials
_MAYBE_LISTED = "md ms ma ba bs bsc rn dsc dds dmd do dvm jd lld meng sm bmbs bm mbbch"
_DEGREES = _SURE | frozenset(_MAYBE_LISTED.split())
_FILLERS = re.compile(
    r"\W*(?:no author(?:s|ship)?(?: name)?s?(?: (?:was |were )?(?:available|listed|given|indicated|supplied))?"
    r"|author(?:s)? (?:unknown|not (?:available|listed))|anonymous|anon|unknown|not available)\W*",
    re.I,
)
_MORE = re.compile(r"\W*(?:et\.? al\.?|and others|others|(?:and )?co-?workers|\.{3}|…)\W*", re.I)
_NOTHING = frozenset({"", "NA", "N/A", "NULL", "None", "nan", "NaN", "-", "."})
_WORDS = re.compile(r"[\s.\u2010\u2011-]+")


def people(names: Iterable[str]) -> tuple[tuple[Author, ...], bool]:
    """(authors in order, whether these are all): ``et al.`` is no author and says that some are missing."""
    found: list[Author] = []
    complete = True
    for name in names:
        name, more = without_more(name)
        complete = complete and not more
        if (author := person(name)) is not None:
            found.append(author)
    return tuple(found), complete


def without_more(name: str) -> tuple[str, bool]:
    """(the name without ``et al.``, whether that was there); ``others`` counts only where it is all there is."""
    name = name.strip()
    if name.startswith("{"):  # a group
        return name, False
    if _MORE.fullmatch(name):
        return "", True
    found = re.search(r"[,;\s]+\(?et\.? al\.?\)?$", name, re.I)
    return (name[: found.start()], True) if found else (name, False)


_DOTTED = re.compile(r"(?<=\.),\s+(?!(?:jr|sr|ii|iii|iv)\b)", re.I)
_COMMAS = re.compile(r",\s+")


def listed(text: str) -> list[str]:
    """The names in one cell or line: ``A, B.; C, D.``, ``A and B``, Scopus' ``A B., C D.`` and ``A, B., C, D.``."""
    text = text.strip().rstrip(";,")
    if text.startswith("{") or (_GROUP.search(text) and ";" not in text):
        return [text]
    if ";" in text:
        return [name.strip() for name in text.split(";") if name.strip()]
    if re.search(r"\s(?:and|&)\s", text):
        return [name.strip(" ,") for name in re.split(r",?\s(?:and|&)\s", text) if name.strip(" ,")]
    parts = _COMMAS.split(text)
    if len(parts) > 1 and (
        all(map(_ends_in_initials, parts)) or (len(parts) > 2 and all(" " in part for part in parts))
    ):
        return parts  # Doe A., Roe B.; Jane Doe, Bo Roe, Ann Poe; "Doe Roe, Jane Mary" is one with two family names
    if len(_DOTTED.split(text)) > 1:  # Doe, A., Roe, B.
        return _DOTTED.split(text)
    return [text]


def _ends_in_initials(said: str) -> bool:
    words = said.split()
    return len(words) > 1 and is_initials(words[-1]) and not all(map(is_initials, words))


def is_nothing(said: str) -> bool:
    """Whether this only fills the place of a name: ``NA`` (R's missing value), ``[No author name available]``."""
    said = said.strip()
    return said in _NOTHING or _FILLERS.fullmatch(said) is not None


def person(said: str) -> Author | None:
    """One name in any of the usual forms; in braces, or by its words, a group. None for what is no name."""
    said = re.sub(r"\s*\([0-9]{6,}\)$", "", " ".join(said.split()).strip(" ,;"))  # Scopus' number of the author
    if said.startswith("{") and said.endswith("}"):
        inside = said[1:-1].strip()
        return Author(group=inside) if inside else None
    if is_nothing(said):
        return None
    first, *rest = (part.strip() for part in said.split(","))
    rest = [part for part in rest if part.strip(" .")]
    if not rest:
        return _natural(first)
    if _SUFFIX.fullmatch(rest[0]) and len(rest) > 1:  # Doe, Jr, Jane: as BibTeX has it
        rest = [rest[1], rest[0], *rest[2:]]
    suffix = next((part for part in rest if _SUFFIX.fullmatch(part)), "")
    rest = [part for part in rest if part != suffix and not _is_degree(part)]
    usual = len(first.split()) == 1 and all(len(part.split()) < 3 and not _GROUP.search(part) for part in rest)
    if _GROUP.search(said) and not (rest and usual):  # Center, David is a person
        return Author(group=", ".join((first, *rest)).rstrip("."))
    if not rest:
        author = _natural(first)
        return in_parts(author.family, author.given or author.initials, suffix) if suffix and author.family else author
    return in_parts(first, " ".join(rest), suffix)


def in_parts(family: str, given: str, suffix: str = "") -> Author:
    """A person whose family and given names are known: initials made, suffix taken out of either, capitals lowered."""
    family, behind = without_suffix(family)
    given, beside = without_suffix(given)
    suffix = suffix or behind or beside
    if _shouted(family) and _shouted(given) and not _vowelless(given):
        family, given = _lowered(family), _lowered(given)
    elif is_initials(given):
        return Author(family, initials="".join(sign for sign in given if sign.isalpha()), suffix=suffix)
    return Author(family, given, initials(given), suffix)


def initials(given: str) -> str:
    """The first letter of each part of a given name, of whatever alphabet."""
    return "".join(part[0] for part in _WORDS.split(given) if part and part[0].isalpha())


def is_initials(text: str) -> bool:
    """Whether a given name is nothing but initials: ``J``, ``JA``, ``J.-P.``, ``Ü``, ``Ю А``; at most five letters."""
    letters = [sign for sign in text if sign.isalpha()]
    if not 0 < len(letters) <= 5 or not all(sign.isupper() for sign in letters):
        return False
    if any(not (sign.isalpha() or sign in ". -\u2010\u2011") for sign in text):
        return False
    return len(letters) < 5 or "." in text or " " in text


def is_group(said: str) -> bool:
    """Whether the words of a name are those of a group: consortium, study group, ministry."""
    return _GROUP.search(said) is not None


def _natural(said: str) -> Author:
    """A name without a comma."""
    if _GROUP.search(said):
        return Author(group=said.rstrip(".").strip())
    said = _without_degrees(said)
    if re.fullmatch(r"[^\W\d_]\S+ (?:IV|VI)", said):  # Doe IV: the initials of somebody who has no other name there
        return in_parts(said[:-3], ". ".join(said[-2:]))
    said, suffix = without_suffix(said)
    words = said.split()
    place = len(words) - 1
    while place > 1 and is_initials(words[place - 1]) and is_initials(words[place]) and len(words[place - 1]) < 3:
        place -= 1  # Doe J A
    turned = is_initials(" ".join(words[place:])) and not (is_initials(words[0]) and len(words[0]) < 3)
    if len(words) > 1 and turned and not all(is_initials(word) for word in words):  # Doe JA
        return in_parts(" ".join(words[:place]), " ".join(words[place:]), suffix)
    if len(words) > 1:
        start = len(words) - 1
        while start > 1 and _PARTICLE.fullmatch(words[start - 1]):
            start -= 1
        return in_parts(" ".join(words[start:]), " ".join(words[:start]), suffix)
    return Author(said, suffix=suffix)


def without_suffix(said: str) -> tuple[str, str]:
    """(the name, the suffix at its end): Jr, Sr, 3rd in any case, Roman numbers in capitals only."""
    head, space, last = said.rpartition(" ")
    if space and head.strip(" ,") and _SUFFIX.fullmatch(last) and (_ROMAN.fullmatch(last) or not _is_roman(last)):
        return head.strip(" ,"), last
    return said, ""


def _is_roman(word: str) -> bool:
    return _ROMAN.fullmatch(word.upper()) is not None


def _is_degree(said: str) -> bool:
    words = re.sub(r"\.", "", said).lower().split()
    return bool(words) and all(word in _DEGREES for word in words) and len("".join(words)) > 1


def _without_degrees(said: str) -> str:
    """``Jane Doe MD PhD`` without its degrees; ``Doe MD`` keeps what may be initials."""
    words = said.split()
    place = len(words)
    while place > 2 and _is_degree(words[place - 1]):
        place -= 1
    behind = [word.replace(".", "").lower() for word in words[place:]]
    sure = any(word in _SURE for word in behind) or (len(words[:place]) > 1 and "M.D." in words[place:])
    return " ".join(words[:place]) if sure else said


def _shouted(said: str) -> bool:
    letters = [sign for sign in said if sign.isalpha()]
    return len(letters) > 2 and all(sign.isupper() for sign in letters) and "." not in said


def _vowelless(given: str) -> bool:
    """``JPR`` is initials even beside a family name in capitals; ``ANNA`` is a name."""
    words = [word for word in _WORDS.split(given) if word]
    return not any(len(word) > 2 and re.search("[AEIOUYÀ-ÖØ-Ý]", word) for word in words)


def _lowered(said: str) -> str:
    return re.sub(r"[^\W\d_]+", lambda word: word[0][0] + word[0][1:].lower(), said)
