"""unAPI version 1 (unapi.info/specs): which formats there are.

Zotero takes the first one of its own list, and MODS stands there before RIS and BibTeX.
"""

from __future__ import annotations

from dataclasses import dataclass

from tracker.site.machines.mods import NAMESPACE
from tracker.site.machines.signposting import DATA
from tracker.site.machines.xml import DECLARATION, attribute


@dataclass(frozen=True, slots=True)
class UnapiFormat:
    """A format by its name in unAPI; ``more`` is what else the list of formats says of it."""

    name: str
    kind: str
    more: tuple[tuple[str, str], ...] = ()


OFFERS = (
    UnapiFormat(
        "mods",
        "application/mods+xml",
        (("namespace_uri", NAMESPACE), ("docs", "http://www.loc.gov/standards/mods/")),
    ),
    UnapiFormat("ris", DATA[".ris"], (("docs", "http://www.refman.com/support/risformat_intro.asp"),)),
    UnapiFormat("bibtex", DATA[".bib"]),
)
NAMES = frozenset(offer.name for offer in OFFERS)


def formats(key: str = "") -> str:
    """The list of formats, of the work ``key`` or of all of them."""
    lines = [f'<format name="{offer.name}" type="{offer.kind}"{_more(offer)}/>\n' for offer in OFFERS]
    identified = f" id={attribute(key)}" if key else ""
    return f"{DECLARATION}<formats{identified}>\n{''.join(lines)}</formats>\n"


def _more(offer: UnapiFormat) -> str:
    return "".join(f" {name}={attribute(value)}" for name, value in offer.more)
