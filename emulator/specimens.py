"""Papers written by hand: the odd forms that real records take, and texts that have broken tools before.

Each is named, so that tests and docs can point at it: ``SPECIMENS["two-hundred-authors"]`` is its PMID.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from emulator.abstracts import MARK, marked
from emulator.dice import Dice
from emulator.journals import by_abbrev, rights
from emulator.papers import Grant, Heading, Issue, Paper, Part, Person, issue_of, later
from emulator.people import authors, group, person
from emulator.shelf import Shelf

FIRST = 990_300_001
_TALE = (
    "In this story loneliness and mental health are told together, as on all the islands.",
    "Anxiety and depression come in at the second verse; nothing was measured.",
)
_MATH = (
    '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML"><mml:msub><mml:mi>ℓ</mml:mi><mml:mn>0</mml:mn></mml:msub>'
    "<mml:mo>=</mml:mo><mml:mn>1</mml:mn></mml:math>"
)


def _paper(number: int, title: str, *, text: str = "", abbrev: str = "J Imag Ment Health (Demo)") -> Paper:
    """A plain paper around a title; ``text`` is put before the tale that makes searches on loneliness find it."""
    created = date(2024, 1, 15) + timedelta(days=29 * (number - FIRST) % 960)
    journal = by_abbrev()[abbrev]
    return Paper(
        pmid=str(number),
        title=title,
        journal=journal,
        issue=issue_of(created),
        created=created,
        revised=later(created, 12),
        electronic=created - timedelta(days=3),
        parts=marked((Part(f"{text} {' '.join(_TALE)}".strip()),)),
        copyright=rights(journal, created.year, Dice(number)),
        authors=authors(Dice(number), 3),
        volume=str(created.year - 1990),
        number="4",
        pages=f"e{number % 100_000}",
        doi=f"10.5555/demo.specimen.{number}",
    )


def _two_hundred(number: int) -> Paper:
    paper = _paper(number, "Loneliness on fourteen islands: a mental health survey with two hundred authors.")
    people = tuple(person(place * 3) for place in range(200))
    return replace(paper, authors=(*people, Person(group="Fourteen Islands Loneliness Collaboration<sup>†</sup>")))


def _very_long(number: int) -> Paper:
    paper = _paper(number, "The long ballad of loneliness and mental health, printed in full.")
    verses = "".join(
        f"Verse {verse}: the ferry is late, the lamp is lit, and somebody knocks. " for verse in range(1, 620)
    )
    return replace(paper, parts=marked((Part(f"{' '.join(_TALE)} {verses}".strip()),)))


def _ris_inside(number: int) -> Paper:
    text = "It was kept in an old format: TY  - JOUR\nTI  - A paper that is none\nER  - \n\nTY  - JOUR\nand so on."
    return _paper(number, "Loneliness in the card index: a letter about formats.", text=text)


def _script(number: int) -> Paper:
    title = "&lt;script&gt;alert(1)&lt;/script&gt; and other things that lonely clerks shout at screens."
    text = (
        "&lt;img src=x onerror=alert(1)&gt; {{ 7 * 7 }} {% raw %} %s ${HOME} &amp;amp; &lt;!-- --&gt; ]]&gt; and so on."
    )
    paper = _paper(number, title, text=text)
    people = (Person("O'Brien<b>", "Ada"), Person('"><svg onload=alert(1)>', "Kit"))
    return replace(paper, authors=people, keywords=(("&lt;b&gt;loneliness&lt;/b&gt;", "screens"),))


def _formulas(number: int) -> Paper:
    paper = _paper(number, "=SUM(chairs;kettles): a commentary on loneliness, mental health and spreadsheets.")
    people = (Person("=HYPERLINK", "A1"), Person("+Plus", "Tom"), Person("-Minus", "Bea"), Person("@Home", "Nell"))
    parts = (Part("=1+1 is how the abstract begins.", "=LABEL"), Part(f"-2 lonely clerks, @ home, +44. {_TALE[1]}"))
    return replace(paper, authors=people, parts=marked(parts), keywords=(("=cmd|' /C calc'!A0", "+1", "\t-1"),))


def _quotes(number: int) -> Paper:
    title = 'He said "lonely", she said ‘alone’; they,\tboth, meant “<i>mental health</i>” &amp; wrote it down.'
    paper = _paper(
        number, title, text='A "quoted" word, a comma, a; semicolon,\ta tab, a\nline break and a back\\slash.'
    )
    return replace(paper, authors=(Person("Robert'); DROP TABLE works;--", "Bobby"), *paper.authors))


def _unicode(number: int) -> Paper:
    title = (
        "Loneliness, wellbeing and the cafe\u0301 of A\u030angstro\u0308m: "
        "👩‍👩‍👧 at\u00a0table\u00ad, \u202eesrever\u202c and \ufeffback."
    )
    text = (
        "First line\u2028second\u2029third; ｆｕｌｌｗｉｄｔｈ, ﬁ ligature, 𝔣𝔯𝔞𝔨𝔱𝔲𝔯, "
        "z\u0335\u0321a\u0334l\u0337g\u0336o, 0\u200b0."
    )
    return _paper(number, title, text=text)


def _mathml(number: int) -> Paper:
    text = f"Let {_MATH} be the number of lighthouses, CO<sub>2</sub> the breath in them, and 10<sup>−3</sup> a crumb."
    paper = _paper(number, f"When {_MATH}: a theorem on loneliness and mental health.", text=text)
    return replace(paper, keywords=((f"{_MATH}", "<i>solitudo</i>", "long\n keyword"), ("a second list", "loneliness")))


def _latex(number: int) -> Paper:
    text = r"The mean loneliness \usepackage{wasysym} \begin{document}$\bar{x}=0$\end{document} was invented."
    return _paper(number, "Loneliness, mental health and a formula left in its wrapping.", text=text)


def _long_title(number: int) -> Paper:
    rows = ", ".join(f"lonely house number {house}" for house in range(1, 41))
    return _paper(number, f"Loneliness and mental health in a street of Old Tarrow: {rows}, and the bakery.")


def _strange_doi(number: int) -> Paper:
    paper = _paper(number, "Loneliness and mental health: on the numbering of papers.")
    return replace(paper, doi="10.5555/DEMO.(SICI)1999&<1:AID-DEMO>3.0.CO;2-#", pii="S9999(24)00001-X")


def _no_authors(number: int) -> Paper:
    return replace(_paper(number, "Lonely? Mental health leaflet of the lower town."), authors=())


def _odd_names(number: int) -> Paper:
    people = (
        Person("Quillfeather", "Oriel", equal=True, orcid="0000-0000-9900-777X"),  # its check digit is wrong
        Person("Quillfether", "Oriel", valid=False),
        Person("Umberlight", equal=True),
        Person("van der Lampen-de la Fábula", "Mary-Jo  A", "3rd"),
        Person(group="on behalf of the &quot;Second Chair&quot; Group &amp; Friends"),
    )
    paper = _paper(number, "Loneliness, mental health and how to write a name.")
    return replace(paper, authors=people, complete=False, investigators=authors(Dice(number), 4))


def _group_alone(number: int) -> Paper:
    return replace(
        _paper(number, "Guideline on loneliness and mental health for places on no map."), authors=(group(Dice(9)),)
    )


def _vernacular_only(number: int) -> Paper:
    paper = _paper(number, "", abbrev="Z Erdachte Seelenkd (Demo)")
    return replace(paper, vernacular="Einsamkeit: ein Gespräch am Kai", languages=("ger",))


def _not_available(number: int) -> Paper:
    paper = _paper(number, "[Not Available].", abbrev="Rev Imag Sante Ment (Demo)")
    return replace(paper, vernacular="Solitude et santé mentale : lettre d’un phare", languages=("fre", "eng"))


def _plain_language(number: int) -> Paper:
    paper = _paper(number, "Loneliness and mental health, told twice: once in plain language.")
    easy = (Part(f"Being lonely can be hard. This is a made-up summary in plain words. {MARK}", "LAY SUMMARY"),)
    spanish = (Part(f"La soledad y la salud mental, contadas dos veces. {MARK}"),)
    return replace(paper, other=(("plain-language-summary", "eng", easy), ("Publisher", "spa", spanish)))


def _grants(number: int) -> Paper:
    same = Grant("DEMO-0001", "IRCV", "Imaginary Research Council of Veldania", "Veldania")
    nameless = Grant("", "", "The Lantern Trust (demo)", "")
    paper = replace(_paper(number, "Loneliness and mental health: who paid, twice."), grants=(same, same, nameless))
    return replace(
        paper, mesh=(Heading("Loneliness", ("psychology", "therapy"), True), Heading("Mental Health")), status="MEDLINE"
    )


def _dates(number: int, issue: Issue) -> Paper:
    paper = _paper(number, f"Loneliness and mental health in the issue dated “{issue.text}”.")
    return replace(paper, issue=issue, electronic=None)


def _third_version(number: int) -> Paper:
    return replace(_paper(number, "Loneliness and mental health, in its third version."), version=3)


def _addresses(number: int) -> Paper:
    paper = _paper(number, "Loneliness, mental health and where to write to.")
    place = "Chair of Community Teapots, University of Hollowmere, Hollowmere, Veldania."
    people = (
        Person("Inkpennyworth", "Hester", affiliations=(f"{place} Electronic address: hester@example.org.", "Home.")),
        Person("Lanternby", "Gideon", affiliations=(f"{place}; gideon.l+post@mail.example.org", "kit@example.org")),
        Person(
            "Saltlark", "Nell", affiliations=("1Harbour House; 2Lighthouse (nell@example.org; n.saltlark@example.org)",)
        ),
    )
    return replace(paper, authors=people)


MAKERS: dict[str, Callable[[int], Paper]] = {
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
        _paper(number, "Loneliness and mental health: a DOI taken back."), doi_in="invalid"
    ),
    "issue-year-range": lambda number: _dates(number, Issue(medline="2024-2025")),
    "issue-two-years": lambda number: _dates(number, Issue(medline="2024 Dec-2025 Jan")),
    "issue-months-spaced": lambda number: _dates(number, Issue(medline="2025 May - Jun")),
    "issue-season-in-medline": lambda number: _dates(number, Issue(medline="2025 Spring")),
    "issue-season": lambda number: _dates(number, Issue("2025", season="Apr-Jun")),
    "issue-in-the-future": lambda number: _dates(number, Issue("2027", "Mar")),
}
SPECIMENS = {name: str(number) for number, name in enumerate(MAKERS, start=FIRST)}


def specimens(shelf: Shelf) -> None:
    """Puts all of them on the shelf."""
    shelf.put(*(make(int(SPECIMENS[name])) for name, make in MAKERS.items()))
