"""A row of a download is the row of an export, for whatever a work consists of."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.formats import FORMATS
from tracker.model import Author, Event, Heading, Match, PartialDate, Record, Section, StoredEvent, StoredRecord, Work
from tracker.publish.work import rows as public_rows
from tracker.settings.abstracts import Abstracts
from tracker.site.queries.rows import row
from tracker.works.display import display
from tracker.works.row import row as exported

WORDS = st.text(alphabet="abcé,;'- *\"{}\\=", max_size=8).map(lambda text: " ".join(text.split()))
PEOPLE = st.builds(Author, WORDS, WORDS, WORDS, WORDS, st.sampled_from(("", "", "a", "Owls, Herons; and Friends")))
RECORDS = st.builds(
    Record,
    source=st.sampled_from(("pubmed", "europepmc", "medrxiv", "import")),
    source_id=st.text("0123456789", min_size=1, max_size=5),
    title=WORDS,
    vernacular_title=WORDS,
    abstract=st.lists(st.builds(Section, WORDS, WORDS), max_size=2).map(tuple),
    other_abstracts=st.lists(st.tuples(WORDS, WORDS, WORDS), max_size=1).map(tuple),
    authors=st.lists(PEOPLE, max_size=4).map(tuple),
    authors_complete=st.booleans(),
    journal=WORDS,
    journal_abbrev=WORDS,
    issns=st.lists(WORDS, max_size=2).map(tuple),
    issn_linking=WORDS,
    publisher=WORDS,
    country=WORDS,
    volume=WORDS,
    pages=WORDS,
    date=st.sampled_from(("", "2024", "2024-03", "2024-03-05")).map(PartialDate),
    pmid=st.sampled_from(("", "990000001")),
    doi=st.sampled_from(("", "10.5555/x", "10.5555/y;z")),
    languages=st.lists(st.sampled_from(("eng", "ger", "xx")), max_size=2).map(tuple),
    publication_types=st.sampled_from(((), (("", "Review"),), (("D000076942", "Preprint"),))),
    mesh=st.lists(st.builds(Heading, WORDS, major=st.booleans(), qualifiers=st.just(("a", "b"))), max_size=2).map(
        tuple
    ),
    keywords=st.lists(WORDS, max_size=3).map(tuple),
    version=st.sampled_from(("", "1", "2")),
)
KINDS = st.lists(st.sampled_from(("preprint", "published", "corrected", "concern", "retracted")), max_size=4)
UNTIL = st.lists(st.sampled_from(("", "2026-11-02T06:00:00Z", "2026-11-09T06:00:00Z")), min_size=1, max_size=3)


@st.composite
def works(draw: st.DrawFn) -> Work:
    """One to four records in up to three publications, which are called by the lowest id of their records."""
    records = draw(st.lists(RECORDS, min_size=1, max_size=4))
    places = [0, *(draw(st.integers(0, min(place, 2))) for place in range(1, len(records)))]
    first = {group: places.index(group) + 1 for group in places}
    seen = [f"2026-11-{draw(st.integers(1, 9)):02}T06:00:00Z" for _ in records]
    return Work(
        7,
        "LSI-000007",
        tuple(
            StoredRecord(number + 1, one, seen[number], seen[number], first[places[number]])
            for number, one in enumerate(records)
        ),
        tuple(
            Match(f"search-{number % 2}", records[0].source, records[0].source_id, seen[0], until, "new", "", 1)
            for number, until in enumerate(draw(UNTIL))
        ),
        tuple(StoredEvent(1, Event(kind, "", "pubmed"), seen[0]) for kind in draw(KINDS)),
    )


def written(line: Any) -> dict[str, bytes]:
    """A row in all formats of text."""
    found = {}
    for entry in FORMATS:
        out = BytesIO()
        if entry.name != "xlsx":
            entry.write([line], out, entry.default_profile)
        found[entry.name] = out.getvalue()
    return found


@settings(max_examples=150, deadline=None)
@given(work=works())
def test_a_downloaded_row_is_the_exported_row_wherever_abstracts_may_be_shown(work: Work) -> None:
    made = public_rows(work, Abstracts("all"), lambda record: 0, ())
    told = [(search["slug"], search["until"]) for search in made.searches]
    mine: Any = row(made.work, made.publications, told, {event["kind"] for event in made.events})  # type: ignore[arg-type]
    theirs = exported(work, display(work.records))
    assert replace(mine, names=()) == replace(theirs, names=())
    assert written(mine) == written(theirs)


@settings(max_examples=60, deadline=None)
@given(work=works())
def test_where_none_may_be_shown_nothing_but_the_abstract_and_the_notes_differs(work: Work) -> None:
    made = public_rows(work, Abstracts("none"), lambda record: 0, ())
    told = [(search["slug"], search["until"]) for search in made.searches]
    mine: Any = row(made.work, made.publications, told, {event["kind"] for event in made.events})  # type: ignore[arg-type]
    theirs = exported(work, display(work.records))
    assert replace(mine, names=(), notes="", abstract="") == replace(theirs, names=(), notes="", abstract="")
    assert mine.abstract == ""
    assert mine.notes.startswith(theirs.notes)
    assert ("abstract not shown here" in mine.notes) == (made.work["abstract"] == 2)
