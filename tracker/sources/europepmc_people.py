"""The authors of a record of Europe PMC: people and groups, from the list or, where there is none, from the line."""

from __future__ import annotations

import re

from tracker.model import Author
from tracker.sources.json_fields import Json, items, word
from tracker.text import clean, clean_orcid
from tracker.text.html_text import plain

_INITIALS = re.compile(r"[^\W\d_a-z]{1,4}(?:-[^\W\d_a-z])?")  # capitals of any script


def people(said: Json) -> tuple[Author, ...]:
    """All authors in order; the printed line (``Wang H, Mai BK, Yang Y.``) where the list is absent or empty."""
    listed = [_author(item) for item in items(said, "authorList", "author")]
    found = tuple(author for author in listed if author.name)
    return found or _printed(word(said, "authorString"))


def _author(said: Json) -> Author:
    places = [word(item, "affiliation") for item in items(said, "authorAffiliationDetailsList", "authorAffiliation")]
    places.append(word(said, "affiliation"))
    person = Author(
        family=plain(word(said, "lastName")),
        given=plain(word(said, "firstName")),
        initials=plain(word(said, "initials")),
        group=plain(word(said, "collectiveName")),
        orcid=next(filter(None, (_orcid(item) for item in items(said, "authorId"))), ""),
        affiliations=tuple(dict.fromkeys(filter(None, map(plain, places)))),
    )
    if person.family or person.group:
        return person
    named = _name(plain(word(said, "fullName")))
    return Author(
        family=named.family,
        given=person.given,
        initials=person.initials or named.initials,
        group=named.group,
        orcid=person.orcid,
        affiliations=person.affiliations,
    )


def _orcid(said: Json) -> str:
    return clean_orcid(word(said, "value")) if word(said, "type").upper() == "ORCID" else ""


def _printed(line: str) -> tuple[Author, ...]:
    names = [plain(name) for name in line.rstrip(" .").split(",")]
    return tuple(_name(name) for name in names if name and name.casefold() not in ("et al", "et al."))


def _name(text: str) -> Author:
    """``Mai BK`` is a person; what does not end in initials is a group, unless it is one word."""
    family, _, last = clean(text).rpartition(" ")
    if family and _INITIALS.fullmatch(last):
        return Author(family=family, initials=last)
    return Author(group=text) if family else Author(family=last)
