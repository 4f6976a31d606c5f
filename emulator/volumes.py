"""Papers that come in company: a congress supplement, a book, editorials, papers in other languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from emulator.abstracts import marked
from emulator.dice import Dice, table
from emulator.journals import by_abbrev, in_language
from emulator.papers import Book, Issue, Paper, Part, issue_of, later
from emulator.people import authors
from emulator.shelf import Shelf
from emulator.studies import draft

FIRST = 990_400_001
SUPPLEMENT_DOI = "10.5555/demo.supplement.2025"
COPIED_DOI = "10.5555/demo.copied.doi"
CONGRESS = (
    "Loneliness and psychosis in a lighthouse: a poster.",
    "Loneliness and psychosis in a bakery: a poster.",
    "A befriending programme for lonely people with depression: first curtain.",
    "COVID-19, kettles and the mental health of nurses: a talk in the rain.",
    "Salt, rope and the blood pressure of bell-ringers.",
    "Telepsychiatry by lamp: a demonstration after dark.",
)
CHAPTERS = (
    ("Loneliness and Mental Health", "Who counts as lonely, and who holds the lamp."),
    ("Social Isolation in Later Life", "Wellbeing between the window and the gate of the care home."),
    ("Remote Care by Lamp and Wire", "Psychiatric care over water: lamps, cables, silence."),
    ("The Care of Kettles", "Descaling, and when to whistle."),
)
PART_ONE = "Letters from the quay, part {}: loneliness, depression and {}."


def volumes(shelf: Shelf) -> None:
    """Puts all of them on the shelf."""
    shelf.put(*_supplement(), *_copied(), *_book(), *_editorials(), *_parts())
    for turn, row in enumerate(table("tongues")["titles"]):
        shelf.put(_tongue(FIRST + 100 + turn, row, shelf))


def _paper(number: int, title: str, abbrev: str, created: date, text: str = "") -> Paper:
    return Paper(
        pmid=str(number),
        title=title,
        journal=by_abbrev()[abbrev],
        issue=issue_of(created),
        created=created,
        revised=later(created, 5),
        parts=marked((Part(text),)) if text else (),
        authors=authors(Dice(number), 2),
        volume=str(created.year - 1990),
        number="S1",
        pages=f"{number % 400}-{number % 400 + 3}",
        doi=f"10.5555/demo.volume.{number}",
    )


def _supplement() -> list[Paper]:
    """Congress abstracts: different works, one DOI, one page range."""
    text = "A talk was imagined, with lonely slides, on depression among islanders and on nothing that was measured."
    papers = [
        _paper(FIRST + turn, title, "Q Rev Things Not Happen (Demo)", date(2025, 9, 8), text)
        for turn, title in enumerate(CONGRESS)
    ]
    return [
        replace(paper, doi=SUPPLEMENT_DOI, pages="S1-S40", types=("Congress", "Journal Article")) for paper in papers
    ]


def _copied() -> list[Paper]:
    """The second paper carries the DOI of the first by mistake."""
    right = "Lonely and well: mental health on the Isle of Murr."
    wrong = "A hundred kettles: social isolation and anxiety in Great Quern."
    text = "Loneliness, social isolation and anxiety are told of in two towns that have nothing to do with each other."
    return [
        replace(_paper(FIRST + 10, right, "Make Believe Med (Demo)", date(2024, 10, 7), text), doi=COPIED_DOI),
        replace(_paper(FIRST + 11, wrong, "Hosp Hill (Demo)", date(2025, 2, 3), text), doi=COPIED_DOI),
    ]


def _editorials() -> list[Paper]:
    """The same title in two journals, and twice in one; no abstracts."""
    homes = ("Soc Connect Convers Tea (Demo)", "Late Chapters (Demo)", "Late Chapters (Demo)")
    days = (date(2024, 3, 4), date(2025, 3, 3), date(2026, 3, 2))
    return [
        replace(
            _paper(FIRST + 20 + turn, "Editorial.", home, day),
            types=("Editorial",),
            keywords=(("loneliness", "mental health"),),
        )
        for turn, (home, day) in enumerate(zip(homes, days, strict=True))
    ]


def _parts() -> list[Paper]:
    """Part one and part two: alike, and two works."""
    text = "Letters were read aloud; loneliness and depression were their subject, and no letter was ever posted."
    papers = [
        _paper(
            FIRST + 30 + turn,
            PART_ONE.format(part, what),
            "Archip J Lonel Stud (Demo)",
            date(2025, 6, 2 + 14 * turn),
            text,
        )
        for turn, (part, what) in enumerate((("I", "men"), ("II", "women")))
    ]
    return [replace(paper, authors=papers[0].authors) for paper in papers]


def _book() -> list[Paper]:
    """Four chapters and the book itself, all as PubmedBookArticle."""
    title = "The Harbour Handbook of Imagined Care<sup>®</sup> (demo)"
    papers = []
    for turn, (name, text) in enumerate((*CHAPTERS, ("", "Loneliness, depression, kettles: the whole handbook."))):
        book = Book(
            title=title,
            publisher="Fable & Daughters",
            place="Port Alderwick (Veldania)",
            accession=f"NBK99000{turn + 1}",
            editors=authors(Dice(FIRST), 2),
            isbn="9990000000001" if not name else "",
        )
        created = date(2024, 5, 6) + timedelta(days=80 * turn)
        paper = _paper(FIRST + 40 + turn, name, "J Imag Ment Health (Demo)", created, text)
        types = ("Review",) if name else ()
        issue = Issue("2024") if turn % 2 else Issue("2024", "May")
        papers.append(
            replace(paper, book=book, types=types, issue=issue, electronic=created, doi="", volume="", pages="")
        )
    return papers


def _tongue(number: int, row: dict[str, str], shelf: Shelf) -> Paper:
    """A paper in another language: bracketed English title, vernacular title, sometimes an abstract of its own."""
    created = date(2023, 12, 4) + timedelta(days=43 * (number - FIRST - 100))
    paper = draft(number, row["theme"], created, shelf.titles, in_language(row["lang"]))
    both = bool(row.get("bilingual"))
    title = f"{row['english']}." if both else f"[{row['english']}]."
    types = tuple(kind for kind in paper.types if kind not in ("Clinical Trial Protocol", "Case Reports"))
    other = (("Publisher", row["lang"], marked((Part(row["abstract"]),))),) if "abstract" in row else ()
    return replace(
        paper,
        title=title,
        vernacular=f"{row['vernacular']}.",
        languages=("eng", row["lang"]) if both else (row["lang"],),
        types=(*types, "English Abstract") if paper.parts else types,
        other=other,
    )
