"""What a downloaded reference needs of publications that no page shows: pure functions.

With these a row of a download is the row that ``tracker export`` writes (``tracker.site.queries.rows``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tracker.formats.row import person
from tracker.model import Author, Record, Work
from tracker.works.display import ordered, says_what
from tracker.works.row import abstract

# What a work shows of another publication than its first one, where the first one does not say it.
GIVEN = ("authors", "abstract", "languages", "country", "keywords", "mesh")


def gives(work: Work) -> dict[int, list[str]]:
    """publication -> what the work as a whole takes from it, for all but the first publication."""
    givers = says_what(work.records)
    if "abstract" not in givers and "other_abstracts" in givers:
        givers["abstract"] = givers["other_abstracts"]
    first, found = ordered(work.records)[0].publication, dict[int, list[str]]()
    for name in GIVEN:
        if name in givers and givers[name].publication != first:
            found.setdefault(givers[name].publication, []).append(name)
    return found


def sections(shown: Record) -> list[list[str]]:
    """The abstract as [label, text]; where there is none but one for the public or in another language, that one."""
    if shown.abstract or not shown.other_abstracts:
        return [[part.label, part.text] for part in shown.abstract]
    return [["", abstract(shown)]]


def author_parts(authors: Sequence[Author]) -> list[list[Any]]:
    """[place, family, given, suffix] of the persons whose names alone do not tell it: ``de Silva, PhD`` as a family."""
    groups = {author.group for author in authors if author.group}
    told = ((place, author.name, (author.family, author.given or author.initials, author.suffix))
            for place, author in enumerate(authors) if not author.group)  # fmt: skip
    return [[place, *parts] for place, name, parts in told if name in groups or _parted(name) != parts]


def _parted(name: str) -> tuple[str, str, str]:
    found = person(name)
    return found.family, found.given, found.suffix
