"""The seven days of the demo: what changes in the literature on each, told in a table and made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from emulator.abstracts import marked
from emulator.dice import Dice
from emulator.journals import by_abbrev, preprint_servers, rights
from emulator.papers import AbstractPart, DemoPaper, Notice, PaperHeading, Shelf, issue_of, later
from emulator.people import authors
from emulator.studies import draft
from emulator.versions import about, linked, retracted, retraction_notice

FIRST = 990_500_000


@dataclass(frozen=True, slots=True)
class Day:
    """One day: a sentence for the reader, and what became of which papers (by name, see :data:`ACTORS`)."""

    date: date
    story: str
    new: Mapping[str, int] = field(default_factory=dict)  # how many new papers on each theme


FIRST_DAY = date(2026, 11, 16)
DAYS = (
    Day(FIRST_DAY, "Baseline: everything that is in the literature is collected for the first time."),
    Day(
        FIRST_DAY + timedelta(days=1),
        "New papers: fourteen arrive, and four preprints, most of them for one search or several. Crossref says that "
        "a preprint of the first day has become an article of another title, which is there as well.",
        {
            "loneliness": 4,
            "interventions": 2,
            "covid-population": 2,
            "covid-workers": 1,
            "remote-care": 2,
            "elsewhere": 3,
        },
    ),
    Day(
        FIRST_DAY + timedelta(days=2),
        "A late match: an old paper about tea gets its MeSH headings and turns out to be about loneliness; "
        "six others get theirs, too, and nothing follows. A preprint is posted in a second version.",
        {"loneliness": 2, "covid-young": 2, "covid-older": 1, "remote-care": 1, "near-miss": 3},
    ),
    Day(
        FIRST_DAY + timedelta(days=3),
        "Edits: a title loses a misprint and so is found, another paper loses the word that made it match, "
        "a third has its abstract corrected, with an erratum. A preprint that was refused is reworded and matches.",
        {"loneliness": 1, "covid-conditions": 2, "covid-population": 2, "elsewhere": 2},
    ),
    Day(
        FIRST_DAY + timedelta(days=4),
        "PubMed fails: eleven papers arrive, and nobody hears of them; the preprints come all the same, and the "
        "file of Retraction Watch names a paper as retracted of which PubMed says nothing.",
        {"loneliness": 3, "interventions": 2, "covid-workers": 2, "covid-suicide": 1, "remote-care": 1, "elsewhere": 2},
    ),
    Day(
        FIRST_DAY + timedelta(days=5),
        "Catching up: yesterday's papers are found today; a paper seen before is retracted, with a notice, "
        "and a preprint is withdrawn.",
        {"covid-population": 2, "covid-young": 1, "interventions": 1, "near-miss": 1},
    ),
    Day(
        FIRST_DAY + timedelta(days=6),
        "A preprint that three sources hold comes out as an article; one record is deleted, and one is listed but "
        "cannot be had.",
        {"loneliness": 1, "covid-older": 1, "remote-care": 1, "elsewhere": 1},
    ),
)
FAILING_DAY = DAYS[4].date
ACTORS = {
    "late-match": "990500001",
    "misprint": "990500002",  # its title is mended on day 4: it begins to match
    "no-longer-lonely": "990500003",  # its abstract is reworded on day 4: it stops matching
    "corrected": "990500004",
    "erratum": "990540091",
    "retracted": "990500005",
    "retraction-notice": "990560091",
    "preprint": "990500006",
    "article": "990570091",
    "deleted": "990500007",
    "quietly-retracted": "990500008",  # on day 5, and only Retraction Watch says so (registers)
    "overtaken": "990500009",  # the article of a preprint; only Crossref says so, from the first day on
    "withheld": "990570092",
}
INDEXED = 6  # papers that get headings on day 3 without anything following from it


def actors(shelf: Shelf) -> None:
    """Puts the papers on the shelf to which something is going to happen."""
    tea = _actor("late-match", "Tea at four: notes on an unheated parlour in Hollowmere.", date(2025, 3, 10), _TEA)
    misprint = _actor("misprint", "Lonelyness and low mood in the bell towers of Gannet Row.", date(2026, 2, 9), _BELLS)
    no_longer = _actor(
        "no-longer-lonely", "Depression and the night post: carriers' tales from Old Tarrow.", date(2025, 11, 3), _POST
    )
    corrected = _actor(
        "corrected", "Loneliness and anxiety at the ferry desk: a count of goodbyes.", date(2026, 5, 4), _DESK
    )
    false = _actor(
        "retracted",
        "A smile cures all: COVID-19, lockdown loneliness and depression in Ashpenny.",
        date(2025, 9, 22),
        _SMILE,
    )
    before = _actor(
        "preprint", "Who knocks first? Loneliness and mental health in two stairwells.", date(2026, 9, 14), _STAIRS
    )
    server = preprint_servers()[0]
    before = replace(
        before,
        journal=server,
        types=("Preprint", "Journal Article"),
        doi=f"10.5555/demo.preprint.{before.pmid}",
        copyright=rights(server, 2026, Dice(int(before.pmid))),
        volume="",
        pages="",
        issue=issue_of(before.created, precise=True),
    )
    deleted = _actor("deleted", "Loneliness and wellbeing: a record entered by mistake.", date(2026, 8, 3), _DESK)
    quiet = _actor(
        "quietly-retracted", "Warm hands, lonely evenings: depression by the thermometer.", date(2025, 6, 9), _HANDS
    )
    overtaken = _actor(
        "overtaken", "Diaries from a pier: depression and company on the Isle of Murr.", date(2026, 10, 26), _PIER
    )
    shelf.put(tea, misprint, no_longer, corrected, false, before, deleted, quiet, overtaken)


_TEA = "In the parlours of Hollowmere the fire is lit at four. Who has company comes late, who has none is early."
_BELLS = "Ringers of Gannet Row described their towers, their low mood and depression, and the wind that answers them."
_POST = "Carriers of the night post told of depression. They are lonely between two and four, when no light is on."
_MENDED = "Carriers of the night post told of depression. They are tired between two and four, when no light is on."
_DESK = "Goodbyes were counted at the ferry desk. Loneliness and anxiety were told of in 31 of them."
_COUNTED = "Goodbyes were counted at the ferry desk. Loneliness and anxiety were told of in 13 of them, not in 31."
_SMILE = "During COVID-19 everybody in Ashpenny was told to smile against loneliness and depression. All were cured."
_HANDS = "Lonely people held a thermometer every evening. Their depression fell by one degree, to the last decimal."
_PIER = "Eleven diaries were kept on the pier of Murr. Loneliness and depression are told of in nine, company in two."
_STAIRS = "Neighbours of Marrowgate agreed that the lonelier one knocks first; mental health is the excuse."


def _actor(name: str, title: str, created: date, text: str) -> DemoPaper:
    pmid = ACTORS[name]
    journal = by_abbrev()["J Imag Ment Health (Demo)"]
    return DemoPaper(
        pmid=pmid,
        title=title,
        journal=journal,
        issue=issue_of(created),
        created=created,
        revised=later(created, 6),
        electronic=created - timedelta(days=4),
        parts=marked((AbstractPart(text),)),
        copyright=rights(journal, created.year, Dice(int(pmid))),
        authors=authors(Dice(int(pmid)), 3),
        volume=str(created.year - 1990),
        number="2",
        pages=f"e{pmid[-5:]}",
        doi=f"10.5555/demo.{pmid}",
        status="In-Process",
    )


def changes(number: int, papers: Mapping[str, DemoPaper], titles: set[str]) -> tuple[list[DemoPaper], list[str]]:
    """What day ``number`` (from 1) brings: the papers that are new or read differently, and the PMIDs that are gone."""
    day = DAYS[number - 1]
    fresh: list[DemoPaper] = []
    for theme, count in day.new.items():
        fresh += [_new(FIRST + 10_000 * number + len(fresh) + turn, theme, day.date, titles) for turn in range(count)]
    happened = _HAPPENS.get(number)
    changed = happened(papers, day.date) if happened else []
    gone = [ACTORS["deleted"]] if number == 7 else []
    return [*fresh, *changed], gone


def _new(number: int, theme: str, day: date, titles: set[str]) -> DemoPaper:
    """A paper that entered PubMed that morning; nobody has indexed it."""
    paper = draft(number + 1, theme, day, titles)
    status = "Publisher" if paper.journal.indexed else "PubMed-not-MEDLINE"
    return replace(paper, revised=day, completed=None, mesh=(), indexing="", status=status, published_as="aheadofprint")


def _indexed(paper: DemoPaper, day: date, mesh: tuple[PaperHeading, ...]) -> DemoPaper:
    return replace(paper, status="MEDLINE", indexing="Automated", mesh=mesh, completed=day, revised=day)


def _late_match(papers: Mapping[str, DemoPaper], day: date) -> list[DemoPaper]:
    lonely = (
        PaperHeading("Loneliness", ("psychology",), True),
        PaperHeading("Mental Health", (), True),
        PaperHeading("Humans"),
    )
    waiting = [
        paper
        for paper in papers.values()
        if paper.status in ("In-Process", "In-Data-Review", "Publisher") and not paper.pmid.startswith("9905")
    ]
    routine = [_indexed(paper, day, (PaperHeading("Humans"), PaperHeading("Female"))) for paper in waiting[:INDEXED]]
    return [_indexed(papers[ACTORS["late-match"]], day, lonely), *routine]


def _edits(papers: Mapping[str, DemoPaper], day: date) -> list[DemoPaper]:
    misprint, no_longer, corrected = (papers[ACTORS[name]] for name in ("misprint", "no-longer-lonely", "corrected"))
    misprint = replace(misprint, title=misprint.title.replace("Lonelyness", "Loneliness"), revised=day)
    no_longer = replace(no_longer, parts=marked((AbstractPart(_MENDED),)), revised=day)
    types = ("Published Erratum", "Journal Article")
    erratum = about(corrected, int(ACTORS["erratum"]), f"Correction to: {corrected.title}", types, "ErratumFor", days=0)
    erratum = replace(erratum, created=day, revised=day, electronic=day, issue=issue_of(day))
    corrected = replace(linked(corrected, "ErratumIn", erratum), parts=marked((AbstractPart(_COUNTED),)))
    return [misprint, no_longer, corrected, erratum]


def _retraction(papers: Mapping[str, DemoPaper], day: date) -> list[DemoPaper]:
    paper = papers[ACTORS["retracted"]]
    notice = retraction_notice(paper, int(ACTORS["retraction-notice"]), days=0)
    notice = replace(notice, created=day, revised=day, electronic=day, issue=issue_of(day))
    return [retracted(paper, notice, renamed=True), notice]


def _publication(papers: Mapping[str, DemoPaper], day: date) -> list[DemoPaper]:
    before = papers[ACTORS["preprint"]]
    journal = by_abbrev()["Archip J Lonel Stud (Demo)"]
    after = replace(
        before,
        pmid=ACTORS["article"],
        title="Who knocks first? Loneliness and mental health in three stairwells of Marrowgate.",
        journal=journal,
        created=day,
        revised=day,
        electronic=day - timedelta(days=1),
        issue=issue_of(day),
        types=("Journal Article",),
        volume="36",
        number="11",
        pages="404-19",
        doi=f"10.5555/demo.{ACTORS['article']}",
        status="Publisher",
        authors=(*before.authors, *authors(Dice(2), 1)),
        notices=(Notice("UpdateOf", before.cited, before.pmid),),
        copyright=rights(journal, day.year, Dice(1)),
    )
    withheld = replace(_new(int(ACTORS["withheld"]) - 1, "loneliness", day, set()), withheld=True)
    return [linked(before, "UpdateIn", after), after, withheld]


_HAPPENS = {3: _late_match, 4: _edits, 6: _retraction, 7: _publication}
