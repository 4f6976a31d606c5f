"""PubMed's field tags, with every short and long name under which they are written.

From the field list of NLM's einfo (49 fields, build 2025-11-27) and the tags of the PubMed user guide. A tag that is
not here is not rejected by PubMed: it answers something else, in silence. So it is refused here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Tag:
    """A field: ``name`` is the short tag, ``long`` PubMed's own name for it.

    ``kind``: text, mesh (given by an indexer), date, author, journal, language, type, filter, id, other.
    ``pubmed`` is False for a tag of other services that is understood here but not by PubMed.
    """

    name: str
    long: str
    kind: str
    pubmed: bool = True


class TagUse(NamedTuple):
    """What stands between ``[`` and ``]``: the field and, for a proximity search, the number of words between."""

    tag: Tag
    near: int | None = None


UNKNOWN = Tag("?", "?", "unknown")  # stands in a tree of a text that parse refuses

# name | long name | kind | other spellings
_TABLE = """
ad       | Affiliation                      | other    | affl
aid      | Article Identifier               | id       |
all      | All Fields                       | text     | all field
au       | Author                           | author   | author name, authors
auid     | Author - Identifier              | other    | author identifier
aucl     | Author Cluster ID                | other    |
1au      | Author - First                   | author   | faut, first author, first author name
fau      | Full Author Name                 | author   | full, full author, author - full
lastau   | Author - Last                    | author   | laut, last author, last author name
cn       | Author - Corporate               | author   | coln, corporate author, author - corp
book     | Book                             | other    |
cois     | Conflict of Interest Statements  | other    | conflict of interest statement
crdt     | Date - Create                    | date     | create date
dcom     | Date - Completion                | date     | cdat, completion date
dp       | Date - Publication               | date     | pdat, publication date
ppdt     | Print Publication Date           | date     | date - print publication
epdt     | Electronic Publication Date      | date     | date - electronic publication
edat     | Date - Entry                     | date     | entry date, entrez date, date - entrez
mhda     | Date - MeSH                      | date     | mesh date
lr       | Date - Modification              | date     | mdat, modification date, date - last revised
p1dat    | P1DAT                            | date     |
dso      | DSO                              | other    |
ed       | Editor                           | other    |
eid      | Extended PMID                    | id       |
sb       | Filter                           | filter   | filter, filt, subset
gr       | Grants and Funding               | other    | grnt, grant number, grant
ir       | Investigator                     | other    |
fir      | Full Investigator Name           | other    | finv, investigator - full
ip       | Issue                            | other    | iss
is       | ISSN                             | other    | issn
isbn     | ISBN                             | other    |
ta       | Journal                          | journal  | jour, journal title, journal title abbreviation
jid      | NLM Unique ID                    | other    | nlm id
la       | Language                         | language | lang
lid      | Location ID                      | id       |
majr     | MeSH Major Topic                 | mesh     | mesh major topics
mh       | MeSH Terms                       | mesh     | mesh, mesh term
sh       | MeSH Subheading                  | mesh     | subh, subheading, subheadings, mesh subheadings
nm       | Supplementary Concept            | mesh     | subs, substance name, supplementary concepts
pa       | Pharmacological Action           | mesh     | papx
rn       | EC/RN Number                     | mesh     | ecno, ec/rn, registry number
ps       | Subject - Personal Name          | mesh     | personal name as subject
ot       | Other Term                       | text     | otrm, other terms
pg       | Pagination                       | other    | page
pid      | Publisher ID                     | id       |
pl       | Place of Publication             | other    | cnty, country
pmid     | PMID                             | id       | uid
pmc      | PMC ID                           | id       | pmcid
pubn     | Publisher                        | other    |
pt       | Publication Type                 | type     | ptyp, publication types
si       | Secondary Source ID              | other    | secondary source
so       | Source                           | other    |
ti       | Title                            | text     | titl, title word
tiab     | Title/Abstract                   | text     |
tt       | Transliterated Title             | text     |
tw       | Text Word                        | text     | word, text words, text
vi       | Volume                           | other    | vol
"""

PROXIMITY = ("ti", "tiab", "ad")  # NLM Technical Bulletin 2022 Nov-Dec: the fields a proximity search may name
_NOEXP = ("mh", "majr", "sh", "pa")
_FOREIGN = {"ab": "tiab", "abstract": "tiab"}
_USUAL = {
    "kw": "ot",
    "keyword": "ot",
    "keywords": "ot",
    "key": "ot",
    "doi": "aid",
    "mp": "tw",
    "tiabs": "tiab",
    "ti,ab": "tiab",
}
_AROUND = re.compile(r"\s*([-:/,])\s*")


def _key(text: str) -> str:
    """Small letters, single spaces, none around a colon, hyphen or slash."""
    return _AROUND.sub(r"\1", " ".join(text.lower().split()))


def _read() -> dict[str, Tag]:
    found: dict[str, Tag] = {}
    for line in _TABLE.strip().splitlines():
        name, long, kind, others = (part.strip() for part in line.split("|"))
        tag = Tag(name, long, kind)
        spellings = [name, long, *(part for part in others.split(",") if part.strip())]
        found.update((_key(spelling), tag) for spelling in spellings)
        if name in _NOEXP:
            narrow = Tag(f"{name}:noexp", f"{long}:noexp", kind)
            found.update((_key(spelling) + ":noexp", narrow) for spelling in spellings)
    for name in _FOREIGN:
        found[name] = Tag("ab", "Abstract", "text", pubmed=False)
    return found


TAGS = _read()  # by every spelling, as _key writes it


@lru_cache(maxsize=1_000)
def tag_use(text: str) -> TagUse | None:
    """What a tag says (``text`` without the square brackets), or None when it is not known."""
    key = _key(text)
    name, mark, number = key.partition(":~")
    tag = TAGS.get(name.strip())
    if not mark:
        return TagUse(tag) if tag else None
    if tag is None or tag.name not in PROXIMITY or not re.fullmatch(r"\d{1,4}", number):
        return None
    return TagUse(tag, int(number))


def suggest(text: str) -> str:
    """The tag somebody who wrote ``text`` may have meant, or an empty string."""
    key = _key(text)
    name, mark, number = key.partition(":~")
    known = TAGS.get(name.strip())
    if mark and known is not None and known.pubmed:
        return f"[tiab:~{number}]" if re.fullmatch(r"\d{1,4}", number) else f"[{known.name}:~3]"
    if name in _FOREIGN or name in _USUAL:
        return f"[{_FOREIGN.get(name) or _USUAL[name]}]"
    exploded = TAGS.get(name.removesuffix(":exp"))
    if exploded is not None and exploded.pubmed:
        return f"[{exploded.name}]"  # a heading takes in those below it anyway
    close = get_close_matches(name, [spelling for spelling, tag in TAGS.items() if tag.pubmed], n=1, cutoff=0.6)
    return f"[{TAGS[close[0]].name}]" if close else ""
