"""Imagined studies: who, where, on what and how; and from them the draft of a paper.

A draft depends on its PMID alone (and on the titles already taken), so that a change to one line of a table leaves
most of the literature as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from emulator.abstracts import compose
from emulator.dice import Dice, table
from emulator.journals import by_abbrev, general, rights
from emulator.papers import LATEST, DemoPaper, Issue, Journal, PaperHeading, Person, issue_of, later
from emulator.people import authors, grant, group, person, towns

CHECK_TAGS = ("Male", "Female", "Adult", "Middle Aged", "Aged", "Adolescent", "Child", "Young Adult")
TITLES = (
    "{Topic} among {people} in {place}: {design}.",
    "{Topic} in {place}: {design} with {people}.",
    "{Topic} among {people}: {design} from {place}.",
    "How {people} in {place} tell of {topic}: {design}.",
    "“Somebody knocks”: {topic} among {people} in {place}, {design}.",
    "“Like a lamp in the other window”: {design} of {topic} with {people} of {place}.",
    "What the tide tables of {place} say about {topic}: {design} ({people}).",
    "{Topic}, {months} months after the great fog: {design} among {people} of {place}.",
    "Is there weather in it? {Topic} among {people} in {place}: {design}.",
)
REMARKS = (
    "{Topic}: what we should have asked the {people} of {place}.",
    "On {topic}, from {place}.",
    "{Topic} and the {people} of {place}.",
    "{Topic}: a lamp for the {people} of {place}.",
    "Another cup of tea? {Topic} in {place}.",
)
SOBER = 3  # so many forms of each, from the first, are without play
# Few interviews, many registers: how many people (or papers) an imagined study has.
SIZES = {
    "interviews": (8, 61),
    "focus": (18, 48),
    "case": (2, 2),
    "pilot": (12, 60),
    "review": (7, 90),
    "meta": (6, 60),
    "scoping": (11, 140),
}
MEDLINE_DATES = (
    "{year} Sep-Oct",
    "{year} Jul/Aug",
    "{year} Dec-{next} Jan",
    "{year}-{next}",
    "{year} May - Jun",
    "{year} Spring",
    "{year}",
    "{year} Autumn-Winter",
    "{year} Nov 15-30",
)
SEASONS = ("Winter", "Spring", "Summer", "Autumn", "Apr-Jun", "Winter-Spring", "Fall")


@cache
def themes() -> dict[str, dict[str, Any]]:
    return table("studies")


@cache
def _designs(names: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    chosen = {name: row["weight"] for name, row in table("designs").items() if not names or name in names}
    return tuple(chosen), tuple(chosen.values())


@dataclass(frozen=True, slots=True)
class Study:
    """One throw of the dice: the words that fill the slots of titles and sentences."""

    design: str
    slots: dict[str, object]
    remark: bool  # an editorial, letter or the like: no study, no abstract


def _study(theme: dict[str, Any], dice: Dice) -> Study:
    names, weights = _designs(tuple(theme.get("designs", ())))
    design = dice.weighted(names, weights)
    months, town, topic = dice.number(2, 36), dice.pick(towns()), dice.pick(theme["topics"])
    slots = {
        "topic": topic,
        "Topic": _capital(topic),
        "people": dice.pick(theme["people"]),
        "measure": dice.pick(theme["measure"]),
        "programme": dice.pick(theme["programme"]),
        "place": town.name,
        "Place": _capital(town.name),
        "country": town.country,
        "months": months,
        "n": f"{dice.number(*SIZES.get(design, (80, 2900))):,}",
    }
    slots["design"] = dice.pick(table("designs")[design]["title"]).format_map(slots)
    slots["Design"] = _capital(str(slots["design"]))
    return Study(design, slots, remark=dice.chance(0.08))


def _title(theme: dict[str, Any], study: Study, dice: Dice) -> str:
    """Some themes are told soberly: no play in their titles."""
    forms = REMARKS if study.remark else TITLES
    return dice.pick(forms[:SOBER] if theme.get("sober") else forms).format_map(study.slots)


def _capital(text: str) -> str:
    """The first letter large; of a fragment that begins with a tag, nothing."""
    return text[:1].upper() + text[1:]


def draft(number: int, name: str, created: date, taken: set[str], journal: Journal | None = None) -> DemoPaper:
    """Paper ``number`` on the theme ``name``, under a title that is not in ``taken`` (and is, afterwards)."""
    theme, dice = themes()[name], Dice(number)
    study = _study(theme, dice)
    title = _title(theme, study, dice)
    while title in taken:
        study = _study(theme, dice)
        title = _title(theme, study, dice)
    taken.add(title)
    home = journal or _journal(theme, dice)
    electronic = created - timedelta(days=dice.number(0, 20)) if dice.chance(0.7) else None
    paper = DemoPaper(
        pmid=str(number),
        title=title,
        journal=home,
        issue=_issue(later(electronic or created, 0) + timedelta(days=dice.number(0, 110)), dice),
        created=created,
        electronic=electronic,
        received=created - timedelta(days=dice.number(90, 300)) if dice.chance(0.6) else None,
        types=_types(study, dice),
        authors=_authors(dice),
        grants=tuple(grant(dice) for _ in range(dice.number(1, 3))) if dice.chance(0.3) else (),
        keywords=(tuple(dice.some(theme["keywords"], dice.number(3, 6))),) if dice.chance(0.7) else (),
        **_place(number, home, created.year, dice),
        **_status(theme, home, created, dice),
    )
    return paper if study.remark else _with_abstract(paper, theme, study, dice)


def _with_abstract(paper: DemoPaper, theme: dict[str, Any], study: Study, dice: Dice) -> DemoPaper:
    if dice.chance(0.02):
        return paper
    trial = study.design in ("trial", "pilot", "protocol")
    return replace(
        paper,
        parts=compose(theme, table("designs")[study.design], paper.journal.labels, study.slots, dice),
        copyright=rights(paper.journal, paper.created.year, dice),
        registered=f"DEMO-REG-{paper.pmid[-6:]}" if trial else "",
        references=_references(dice) if dice.chance(0.6) else (),
        coi="None of the authors exists; none has an interest." if dice.chance(0.3) else "",
    )


def _journal(theme: dict[str, Any], dice: Dice) -> Journal:
    if theme["journals"] and dice.chance(0.7):
        return by_abbrev()[dice.pick(theme["journals"])]
    return dice.weighted(*general())


def _types(study: Study, dice: Dice) -> tuple[str, ...]:
    if study.remark:
        return dice.pick((("Editorial",), ("Letter",), ("Journal Article", "Comment"), ("News",)))
    return ("Journal Article", *table("designs")[study.design]["types"])


def _authors(dice: Dice) -> tuple[Person, ...]:
    count = dice.weighted((1, 2, 3, 4, 5, 6, 8, 11, 17), (10, 12, 16, 17, 15, 12, 9, 6, 3))
    people = authors(dice, count)
    if dice.chance(0.05):
        return (*people, group(dice))
    return (group(dice),) if dice.chance(0.02) else people


def _issue(day: date, dice: Dice) -> Issue:
    kind = dice.weighted(("month", "day", "number", "year", "season", "medline"), (78, 8, 4, 3, 3, 4))
    year = str(day.year)
    if kind == "medline":
        return Issue(medline=dice.pick(MEDLINE_DATES).format(year=year, next=day.year + 1))
    if kind == "number":
        return Issue(year, f"{day.month:02}")
    if kind in ("year", "season"):
        return Issue(year, season=dice.pick(SEASONS) if kind == "season" else "")
    return issue_of(day, precise=kind == "day")


def _place(number: int, journal: Journal, year: int, dice: Dice) -> dict[str, Any]:
    """Volume, issue, pages and identifiers."""
    first, length = dice.number(1, 980), dice.number(2, 14)
    pages = {
        "range": f"{first}-{first + length}",
        "short": _short(first, first + length),
        "article": dice.pick(("e{}", "{}", "e{}")).format(10_000 + number % 90_000),
        "none": "",
    }[journal.pages]
    doi = f"10.5555/demo.{journal.nlm}.{year}.{number}" if dice.chance(0.94) else ""
    free = journal.access not in ("silent", "closed")
    return {
        "volume": "" if journal.preprints else str(year - 1990),
        "number": "" if journal.preprints or dice.chance(0.15) else str(dice.number(1, 12)),
        "pages": pages,
        "doi": doi.upper() if dice.chance(0.05) else doi,
        "doi_in": dice.weighted(("both", "ids", "location"), (92, 5, 3)),
        "pii": f"S9999-{number}({year % 100})" if dice.chance(0.3) else "",
        "pmcid": f"PMC{number}" if dice.chance(0.8 if free else 0.15) else "",
    }


def _short(first: int, last: int) -> str:
    """Pages as PubMed abbreviates them: 737-738 is 737-8."""
    a, b = str(first), str(last)
    if len(a) != len(b):
        return f"{a}-{b}"
    same = next(place for place in range(len(a)) if a[place] != b[place])
    return f"{a}-{b[same:]}"


def _status(theme: dict[str, Any], journal: Journal, created: date, dice: Dice) -> dict[str, Any]:
    """New records are not indexed yet; MeSH comes weeks later, and to some journals never."""
    waited = dice.number(10, 120)
    indexed = journal.indexed and dice.chance(0.85)
    if created + timedelta(days=waited) > LATEST:
        status = dice.pick(("Publisher", "In-Data-Review", "In-Process")) if journal.indexed else "PubMed-not-MEDLINE"
        return {"status": status, "revised": later(created, dice.number(0, 9)), "published_as": "aheadofprint"}
    done = created + timedelta(days=waited)
    said = {"revised": later(done, dice.number(0, 60)), "published_as": dice.pick(("ppublish", "epublish"))}
    if not indexed:
        return {"status": "PubMed-not-MEDLINE", **said}
    indexing = dice.pick(("Automated", "Curated", "Manual", "", ""))
    return {"status": "MEDLINE", "completed": done, "indexing": indexing, "mesh": headings(theme["mesh"], dice), **said}


def headings(names: list[str], dice: Dice) -> tuple[PaperHeading, ...]:
    """Headings from the theme's list (``Loneliness/psychology*``: qualifier, star for a major topic) and check tags."""
    drawn = dice.some(names, dice.number(3, 6))
    tags = ["Humans", *dice.some(CHECK_TAGS, dice.number(0, 5))]
    return tuple(heading(name) for name in drawn) + tuple(PaperHeading(name) for name in tags)


def heading(text: str) -> PaperHeading:
    name, *qualifiers = text.removesuffix("*").replace("&amp;", "&").split("/")
    return PaperHeading(name, tuple(qualifiers), major=text.endswith("*"))


def _references(dice: Dice) -> tuple[tuple[str, str, str], ...]:
    """A reference list with identifiers of its own: they must not be taken for those of the paper."""
    rows = []
    for _ in range(dice.number(2, 5)):
        number = dice.number(990_900_001, 990_999_999)
        cited = f"{person(number % 700).family}. A book nobody wrote. Marrowgate Invented Press; {number % 100 + 1900}."
        rows.append((cited, str(number), f"10.5555/demo.reference.{number}"))
    return tuple(rows)
