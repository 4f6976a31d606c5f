"""The fictional literature on which the demo lives: some 2,400 papers of three years, and seven days of news.

Everything is invented, and shows it: journals carry "(demo)" in their names, the towns are on no map, DOIs begin with
10.5555/demo, PMIDs with 990, e-mail addresses end in example.org, and every abstract says "(Fictional demonstration
record.)". Headings bear names of MeSH because searches look for them; their identifiers are invented.

It is made of throws of seeded dice (:mod:`emulator.dice`), so that it is the same on every machine:

===================  ===========================================================================================
``people.toml``      names; ``places.toml``: towns, institutions, funders        ``people.py``
``journals.toml``    journals and their rights                                   ``journals.py``
``studies.toml``     themes: what is told in abstracts                           ``studies.py``, ``abstracts.py``
``designs.toml``     study designs                                               ``studies.py``
``tongues.toml``     titles in other languages                                   here
the same work again  preprints, protocols, updates, errata, retractions, letters ``versions.py``
the seven days       what is new, edited, retracted and deleted                  ``days.py``
===================  ===========================================================================================

``papers.py`` is what a paper consists of and ``pubmed_xml.py`` writes it as PubMed would. The module itself is a
:class:`~emulator.papers.Literature`: it has :func:`articles`, ``tree`` and ``mapping``.

Here stand the papers written by hand, odd and hostile ones, each with a name by which tests and docs point at it
(``SPECIMENS["two-hundred-authors"]`` is its PMID), and those that come in company: a congress supplement, a book,
editorials, papers in other languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType

from emulator.abstracts import MARK, marked
from emulator.days import DAYS, FAILING_DAY, FIRST_DAY, actors, changes
from emulator.dice import Dice, table
from emulator.journals import by_abbrev, in_language, rights
from emulator.papers import (
    AbstractPart,
    Article,
    Book,
    DemoPaper,
    Issue,
    PaperGrant,
    PaperHeading,
    Person,
    Shelf,
    article,
    issue_of,
    later,
)
from emulator.people import authors, group, person
from emulator.pubmed_xml import element
from emulator.studies import draft, themes
from emulator.versions import notices, versions

FIRST_SPECIMEN = 990_300_001
_TALE = (
    "In this story loneliness and mental health are told together, as on all the islands.",
    "Anxiety and depression come in at the second verse; nothing was measured.",
)
_MATH = (
    '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:msub><mml:mi>ℓ</mml:mi><mml:mn>0</mml:mn></mml:msub>'
    "<mml:mo>=</mml:mo><mml:mn>1</mml:mn></mml:math>"
)


def _specimen(number: int, title: str, *, text: str = "", abbrev: str = "J Imag Ment Health (Demo)") -> DemoPaper:
    """A plain paper around a title; ``text`` is put before the tale that makes searches on loneliness find it."""
    created = date(2024, 1, 15) + timedelta(days=29 * (number - FIRST_SPECIMEN) % 960)
    journal = by_abbrev()[abbrev]
    return DemoPaper(
        pmid=str(number),
        title=title,
        journal=journal,
        issue=issue_of(created),
        created=created,
        revised=later(created, 12),
        electronic=created - timedelta(days=3),
        parts=marked((AbstractPart(f"{text} {' '.join(_TALE)}".strip()),)),
        copyright=rights(journal, created.year, Dice(number)),
        authors=authors(Dice(number), 3),
        volume=str(created.year - 1990),
        number="4",
        pages=f"e{number % 100_000}",
        doi=f"10.5555/demo.specimen.{number}",
    )


def _two_hundred(number: int) -> DemoPaper:
    paper = _specimen(number, "Loneliness on fourteen islands: a mental health survey with two hundred authors.")
    people = tuple(person(place * 3) for place in range(200))
    return replace(paper, authors=(*people, Person(group="Fourteen Islands Loneliness Collaboration<sup>†</sup>")))


def _very_long(number: int) -> DemoPaper:
    paper = _specimen(number, "The long ballad of loneliness and mental health, printed in full.")
    verses = "".join(
        f"Verse {verse}: the ferry is late, the lamp is lit, and somebody knocks. " for verse in range(1, 620)
    )
    return replace(paper, parts=marked((AbstractPart(f"{' '.join(_TALE)} {verses}".strip()),)))


def _ris_inside(number: int) -> DemoPaper:
    text = "It was kept in an old format: TY  - JOUR\nTI  - A paper that is none\nER  - \n\nTY  - JOUR\nand so on."
    return _specimen(number, "Loneliness in the card index: a letter about formats.", text=text)


def _script(number: int) -> DemoPaper:
    title = "&lt;script&gt;alert(1)&lt;/script&gt; and other things that lonely clerks shout at screens."
    text = (
        "&lt;img src=x onerror=alert(1)&gt; {{ 7 * 7 }} {% raw %} %s ${HOME} &amp;amp; &lt;!-- --&gt; ]]&gt; and so on."
    )
    paper = _specimen(number, title, text=text)
    people = (Person("O'Brien<b>", "Ada"), Person('"><svg onload=alert(1)>', "Kit"))
    return replace(paper, authors=people, keywords=(("&lt;b&gt;loneliness&lt;/b&gt;", "screens"),))


def _formulas(number: int) -> DemoPaper:
    paper = _specimen(number, "=SUM(chairs;kettles): a commentary on loneliness, mental health and spreadsheets.")
    people = (Person("=HYPERLINK", "A1"), Person("+Plus", "Tom"), Person("-Minus", "Bea"), Person("@Home", "Nell"))
    parts = (
        AbstractPart("=1+1 is how the abstract begins.", "=LABEL"),
        AbstractPart(f"-2 lonely clerks, @ home, +44. {_TALE[1]}"),
    )
    return replace(paper, authors=people, parts=marked(parts), keywords=(("=cmd|' /C calc'!A0", "+1", "\t-1"),))


def _quotes(number: int) -> DemoPaper:
    title = 'He said "lonely", she said ‘alone’; they,\tboth, meant “<i>mental health</i>” &amp; wrote it down.'
    paper = _specimen(
        number, title, text='A "quoted" word, a comma, a; semicolon,\ta tab, a\nline break and a back\\slash.'
    )
    return replace(paper, authors=(Person("Robert'); DROP TABLE works;--", "Bobby"), *paper.authors))


def _unicode(number: int) -> DemoPaper:
    title = (
        "Loneliness, wellbeing and the cafe\u0301 of A\u030angstro\u0308m: "
        "👩‍👩‍👧 at\u00a0table\u00ad, \u202eesrever\u202c and \ufeffback."
    )
    text = (
        "First line\u2028second\u2029third; ｆｕｌｌｗｉｄｔｈ, ﬁ ligature, 𝔣𝔯𝔞𝔨𝔱𝔲𝔯, "
        "z\u0335\u0321a\u0334l\u0337g\u0336o, 0\u200b0."
    )
    return _specimen(number, title, text=text)


def _mathml(number: int) -> DemoPaper:
    text = f"Let {_MATH} be the number of lighthouses, CO<sub>2</sub> the breath in them, and 10<sup>−3</sup> a crumb."
    paper = _specimen(number, f"When {_MATH}: a theorem on loneliness and mental health.", text=text)
    return replace(paper, keywords=((f"{_MATH}", "<i>solitudo</i>", "long\n keyword"), ("a second list", "loneliness")))


def _latex(number: int) -> DemoPaper:
    text = r"The mean loneliness \usepackage{wasysym} \begin{document}$\bar{x}=0$\end{document} was invented."
    return _specimen(number, "Loneliness, mental health and a formula left in its wrapping.", text=text)


def _long_title(number: int) -> DemoPaper:
    rows = ", ".join(f"lonely house number {house}" for house in range(1, 41))
    return _specimen(number, f"Loneliness and mental health in a street of Old Tarrow: {rows}, and the bakery.")


def _strange_doi(number: int) -> DemoPaper:
    paper = _specimen(number, "Loneliness and mental health: on the numbering of papers.")
    return replace(paper, doi="10.5555/DEMO.(SICI)1999&<1:AID-DEMO>3.0.CO;2-#", pii="S9999(24)00001-X")


def _no_authors(number: int) -> DemoPaper:
    return replace(_specimen(number, "Lonely? Mental health leaflet of the lower town."), authors=())


def _odd_names(number: int) -> DemoPaper:
    people = (
        Person("Quillfeather", "Oriel", equal=True, orcid="0000-0000-9900-777X"),  # its check digit is wrong
        Person("Quillfether", "Oriel", valid=False),
        Person("Umberlight", equal=True),
        Person("van der Lampen-de la Fábula", "Mary-Jo  A", "3rd"),
        Person(group="on behalf of the &quot;Second Chair&quot; Group &amp; Friends"),
    )
    paper = _specimen(number, "Loneliness, mental health and how to write a name.")
    return replace(paper, authors=people, complete=False, investigators=authors(Dice(number), 4))


def _group_alone(number: int) -> DemoPaper:
    return replace(
        _specimen(number, "Guideline on loneliness and mental health for places on no map."), authors=(group(Dice(9)),)
    )


def _vernacular_only(number: int) -> DemoPaper:
    paper = _specimen(number, "", abbrev="Z Erdachte Seelenkd (Demo)")
    return replace(paper, vernacular="Einsamkeit: ein Gespräch am Kai", languages=("ger",))


def _not_available(number: int) -> DemoPaper:
    paper = _specimen(number, "[Not Available].", abbrev="Rev Imag Sante Ment (Demo)")
    return replace(paper, vernacular="Solitude et santé mentale : lettre d’un phare", languages=("fre", "eng"))


def _plain_language(number: int) -> DemoPaper:
    paper = _specimen(number, "Loneliness and mental health, told twice: once in plain language.")
    easy = (AbstractPart(f"Being lonely can be hard. This is a made-up summary in plain words. {MARK}", "LAY SUMMARY"),)
    spanish = (AbstractPart(f"La soledad y la salud mental, contadas dos veces. {MARK}"),)
    return replace(paper, other=(("plain-language-summary", "eng", easy), ("Publisher", "spa", spanish)))


def _grants(number: int) -> DemoPaper:
    same = PaperGrant("DEMO-0001", "IRCV", "Imaginary Research Council of Veldania", "Veldania")
    nameless = PaperGrant("", "", "The Lantern Trust (demo)", "")
    paper = replace(_specimen(number, "Loneliness and mental health: who paid, twice."), grants=(same, same, nameless))
    return replace(
        paper,
        mesh=(PaperHeading("Loneliness", ("psychology", "therapy"), True), PaperHeading("Mental Health")),
        status="MEDLINE",
    )


def _dates(number: int, issue: Issue) -> DemoPaper:
    paper = _specimen(number, f"Loneliness and mental health in the issue dated “{issue.text}”.")
    return replace(paper, issue=issue, electronic=None)


def _third_version(number: int) -> DemoPaper:
    return replace(_specimen(number, "Loneliness and mental health, in its third version."), version=3)


def _addresses(number: int) -> DemoPaper:
    paper = _specimen(number, "Loneliness, mental health and where to write to.")
    place = "Chair of Community Teapots, University of Hollowmere, Hollowmere, Veldania."
    people = (
        Person("Inkpennyworth", "Hester", affiliations=(f"{place} Electronic address: hester@example.org.", "Home.")),
        Person("Lanternby", "Gideon", affiliations=(f"{place}; gideon.l+post@mail.example.org", "kit@example.org")),
        Person(
            "Saltlark", "Nell", affiliations=("1Harbour House; 2Lighthouse (nell@example.org; n.saltlark@example.org)",)
        ),
    )
    return replace(paper, authors=people)


MAKERS: dict[str, Callable[[int], DemoPaper]] = {
    "two-hundred-authors": _two_hundred,
    "forty-thousand-characters": _very_long,
    "ris-in-abstract": _ris_inside,
    "script-as-text": _script,
    "formulas": _formulas,
    "quotes-and-tabs": _quotes,
    "unicode": _unicode,
    "mathml": _mathml,
    "latex": _latex,
    "long-title": _long_title,
    "strange-doi": _strange_doi,
    "no-authors": _no_authors,
    "odd-names": _odd_names,
    "group-alone": _group_alone,
    "vernacular-only": _vernacular_only,
    "not-available": _not_available,
    "plain-language": _plain_language,
    "grants": _grants,
    "addresses": _addresses,
    "third-version": _third_version,
    "invalid-doi": lambda number: replace(
        _specimen(number, "Loneliness and mental health: a DOI taken back."), doi_in="invalid"
    ),
    "issue-year-range": lambda number: _dates(number, Issue(medline="2024-2025")),
    "issue-two-years": lambda number: _dates(number, Issue(medline="2024 Dec-2025 Jan")),
    "issue-months-spaced": lambda number: _dates(number, Issue(medline="2025 May - Jun")),
    "issue-season-in-medline": lambda number: _dates(number, Issue(medline="2025 Spring")),
    "issue-season": lambda number: _dates(number, Issue("2025", season="Apr-Jun")),
    "issue-in-the-future": lambda number: _dates(number, Issue("2027", "Mar")),
}
SPECIMENS = {name: str(number) for number, name in enumerate(MAKERS, start=FIRST_SPECIMEN)}


def specimens(shelf: Shelf) -> None:
    """Puts all of them on the shelf."""
    shelf.put(*(make(int(SPECIMENS[name])) for name, make in MAKERS.items()))


FIRST_VOLUME = 990_400_001
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
        shelf.put(_tongue(FIRST_VOLUME + 100 + turn, row, shelf))


def _volume(number: int, title: str, abbrev: str, created: date, text: str = "") -> DemoPaper:
    return DemoPaper(
        pmid=str(number),
        title=title,
        journal=by_abbrev()[abbrev],
        issue=issue_of(created),
        created=created,
        revised=later(created, 5),
        parts=marked((AbstractPart(text),)) if text else (),
        authors=authors(Dice(number), 2),
        volume=str(created.year - 1990),
        number="S1",
        pages=f"{number % 400}-{number % 400 + 3}",
        doi=f"10.5555/demo.volume.{number}",
    )


def _supplement() -> list[DemoPaper]:
    """Congress abstracts: different works, one DOI, one page range."""
    text = "A talk was imagined, with lonely slides, on depression among islanders and on nothing that was measured."
    papers = [
        _volume(FIRST_VOLUME + turn, title, "Q Rev Things Not Happen (Demo)", date(2025, 9, 8), text)
        for turn, title in enumerate(CONGRESS)
    ]
    return [
        replace(paper, doi=SUPPLEMENT_DOI, pages="S1-S40", types=("Congress", "Journal Article")) for paper in papers
    ]


def _copied() -> list[DemoPaper]:
    """The second paper carries the DOI of the first by mistake."""
    right = "Lonely and well: mental health on the Isle of Murr."
    wrong = "A hundred kettles: social isolation and anxiety in Great Quern."
    text = "Loneliness, social isolation and anxiety are told of in two towns that have nothing to do with each other."
    return [
        replace(_volume(FIRST_VOLUME + 10, right, "Make Believe Med (Demo)", date(2024, 10, 7), text), doi=COPIED_DOI),
        replace(_volume(FIRST_VOLUME + 11, wrong, "Hosp Hill (Demo)", date(2025, 2, 3), text), doi=COPIED_DOI),
    ]


def _editorials() -> list[DemoPaper]:
    """The same title in two journals, and twice in one; no abstracts."""
    homes = ("Soc Connect Convers Tea (Demo)", "Late Chapters (Demo)", "Late Chapters (Demo)")
    days = (date(2024, 3, 4), date(2025, 3, 3), date(2026, 3, 2))
    return [
        replace(
            _volume(FIRST_VOLUME + 20 + turn, "Editorial.", home, day),
            types=("Editorial",),
            keywords=(("loneliness", "mental health"),),
        )
        for turn, (home, day) in enumerate(zip(homes, days, strict=True))
    ]


def _parts() -> list[DemoPaper]:
    """Part one and part two: alike, and two works."""
    text = "Letters were read aloud; loneliness and depression were their subject, and no letter was ever posted."
    papers = [
        _volume(
            FIRST_VOLUME + 30 + turn,
            PART_ONE.format(part, what),
            "Archip J Lonel Stud (Demo)",
            date(2025, 6, 2 + 14 * turn),
            text,
        )
        for turn, (part, what) in enumerate((("I", "men"), ("II", "women")))
    ]
    return [replace(paper, authors=papers[0].authors) for paper in papers]


def _book() -> list[DemoPaper]:
    """Four chapters and the book itself, all as PubmedBookArticle."""
    title = "The Harbour Handbook of Imagined Care<sup>®</sup> (demo)"
    papers = []
    for turn, (name, text) in enumerate((*CHAPTERS, ("", "Loneliness, depression, kettles: the whole handbook."))):
        book = Book(
            title=title,
            publisher="Fable & Daughters",
            place="Port Alderwick (Veldania)",
            accession=f"NBK99000{turn + 1}",
            editors=authors(Dice(FIRST_VOLUME), 2),
            isbn="9990000000001" if not name else "",
        )
        created = date(2024, 5, 6) + timedelta(days=80 * turn)
        paper = _volume(FIRST_VOLUME + 40 + turn, name, "J Imag Ment Health (Demo)", created, text)
        types = ("Review",) if name else ()
        issue = Issue("2024") if turn % 2 else Issue("2024", "May")
        papers.append(
            replace(paper, book=book, types=types, issue=issue, electronic=created, doi="", volume="", pages="")
        )
    return papers


def _tongue(number: int, row: dict[str, str], shelf: Shelf) -> DemoPaper:
    """A paper in another language: bracketed English title, vernacular title, sometimes an abstract of its own."""
    created = date(2023, 12, 4) + timedelta(days=43 * (number - FIRST_VOLUME - 100))
    paper = draft(number, row["theme"], created, shelf.titles, in_language(row["lang"]))
    both = bool(row.get("bilingual"))
    title = f"{row['english']}." if both else f"[{row['english']}]."
    types = tuple(kind for kind in paper.types if kind not in ("Clinical Trial Protocol", "Case Reports"))
    other = (("Publisher", row["lang"], marked((AbstractPart(row["abstract"]),))),) if "abstract" in row else ()
    return replace(
        paper,
        title=title,
        vernacular=f"{row['vernacular']}.",
        languages=("eng", row["lang"]) if both else (row["lang"],),
        types=(*types, "English Abstract") if paper.parts else types,
        other=other,
    )


__all__ = ["DAYS", "FAILING_DAY", "FIRST_DAY", "articles", "mapping", "papers", "tree"]

START = date(2023, 11, 16)
FIRST_PMID = 990_000_001
_SEED = 20261116

# Which of the headings used lie below which others, and what untagged words are mapped to.
tree: Mapping[str, tuple[str, ...]] = {
    "Self-Injurious Behavior": ("Suicide",),
    "Suicide": ("Suicidal Ideation",),
    "Telemedicine": ("Remote Consultation",),
}
mapping: Mapping[str, str] = {"loneliness": "Loneliness", "covid 19": "COVID-19", "mental health": "Mental Health"}


def articles(day: date) -> Mapping[str, Article]:
    """The literature as the demo's PubMed has it on that day, by PMID.

    Before the first day: the papers of the baseline that had arrived by then, as they were on the first day. After the
    last: as on the last. What did not change since the day before is the very same object.
    """
    if day < FIRST_DAY:
        return {pmid: one for pmid, one in _state(1)[1].items() if one.created <= day}
    return _state(min((day - FIRST_DAY).days + 1, len(DAYS)))[1]


def papers(day: date) -> Mapping[str, DemoPaper]:
    """The same as papers, with everything their XML says."""
    return _state(max(1, min((day - FIRST_DAY).days + 1, len(DAYS))))[0]


@cache
def _state(number: int) -> tuple[Mapping[str, DemoPaper], Mapping[str, Article]]:
    """Papers and articles on day ``number``, from 1: those of the day before and what the day changed."""
    if number == 1:
        shelf = _baseline()
        return shelf.papers, MappingProxyType({pmid: article(paper, element) for pmid, paper in shelf.papers.items()})
    before, served = _state(number - 1)
    changed, gone = changes(number, before, {paper.title for paper in before.values()})
    now = {**before, **{paper.pmid: paper for paper in changed}}
    shown = {**served, **{paper.pmid: article(paper, element) for paper in changed}}
    for pmid in gone:
        del now[pmid], shown[pmid]
    return now, MappingProxyType(shown)


def _baseline() -> Shelf:
    """Three years of papers, in the order in which they came, then the stories that are told of some of them."""
    shelf, dice = Shelf(), Dice(_SEED)
    named = [name for name, theme in themes().items() for _ in range(theme["weight"])]
    named = [name for _, name in sorted((dice.number(0, 10**9), name) for name in named)]
    span = (FIRST_DAY - START).days
    for place, name in enumerate(named):
        created = _weekday(START + timedelta(days=place * span // len(named)), dice)
        number = FIRST_PMID + place
        shelf.draft(name, draft(number, name, created, shelf.titles))
    for tell in (notices, versions, specimens, volumes, actors):
        tell(shelf)
    return shelf


def _weekday(day: date, dice: Dice) -> date:
    """Fewer records come on Saturdays, hardly any on Sundays: the others come some day before."""
    late = day.weekday() - 4
    if late > 0 and day > START + timedelta(days=7) and dice.chance(0.4 + 0.25 * late):
        return day - timedelta(days=late + dice.number(0, 4))
    return day
