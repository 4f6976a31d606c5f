"""The engine: what is looked up, what is told, what falls when a DOI turns out to be shared."""

from __future__ import annotations

from shelf import Shelf
from trap_cases import CHOIR, PILOTS, POSTER, PREPRINT

from tracker.dedupe.engine import component, run
from tracker.dedupe.index import MemoryIndex
from tracker.dedupe.keys import digest, digests, keys
from tracker.dedupe.paper import from_row
from tracker.model import Verdict

LATE = {
    **PILOTS,
    "title": "Night shifts and sleep among harbour pilots: a cohort study",
    "volume": "",
    "issue": "",
    "pages": "",
}
POSTERS = [
    {**POSTER, "title": f"{number} {title}", "authors": authors, "pages": f"S{40 + number}"}
    for number, (title, authors) in enumerate(
        (
            ("Humming in waiting rooms", "Farrow D"),
            ("Whistling at the dentist", "Roe P"),
            ("Yodelling at work", "Quist H"),
        )
    )
]


def test_the_second_paper_under_a_doi_makes_it_shared():
    """Verdicts that leaned on the DOI fall, whoever came first; the stored pair is named as void."""
    shelf = Shelf()
    shelf.add([from_row(0, PILOTS), from_row(1, LATE)])
    assert shelf.machine[0, 1].rule == "DOI, title and authors"
    findings = shelf.add([from_row(2, {**CHOIR, "doi": PILOTS["doi"]})])
    assert findings.void == {(0, 1)}
    assert (0, 1) not in shelf.machine


def test_a_supplement_under_one_doi_keeps_its_abstracts_apart():
    """Two exports of three posters: three publications, none of them for the sake of the DOI."""
    shelf = Shelf()
    for number, row in enumerate([*POSTERS, *POSTERS]):
        shelf.add([from_row(number, row)])
    assert shelf.partition()[0] == {frozenset({0, 3}), frozenset({1, 4}), frozenset({2, 5})}


def test_a_doi_that_is_shared_no_more_counts_again():
    """The record with the wrong DOI is corrected: the pair that waited is judged again."""
    shelf = Shelf()
    shelf.add([from_row(0, PILOTS), from_row(1, LATE), from_row(2, {**CHOIR, "doi": PILOTS["doi"]})])
    wrong = shelf.partition()
    findings = shelf.add([from_row(2, CHOIR)])
    assert findings.void == {(0, 1)}
    assert shelf.machine[0, 1].rule == "DOI, title and authors"
    assert shelf.partition() != wrong


def test_what_reads_alike_and_stays_apart_is_told():
    """A person may wonder: the verdict is kept with its reason. What has nothing in common is not."""
    shelf = Shelf()
    shelf.add(
        [from_row(0, {**PILOTS, "pmid": "990000901"}), from_row(1, {**PILOTS, "pmid": "990000902"}), from_row(2, CHOIR)]
    )
    assert list(shelf.machine) == [(0, 1)]
    assert shelf.machine[0, 1].rule == "two PMIDs"


def test_only_neighbours_are_loaded():
    """The cost follows the batch: of a thousand stored papers, those that share no key are never read."""
    stored = {
        number: from_row(
            number,
            {
                **CHOIR,
                "title": f"Study {number:04} {'abcdefgh'[number % 8] * 9}",
                "authors": f"Name{number:04} A",
                "doi": f"10.5555/x.{number}",
                "volume": str(number),
                "pages": str(number + 2),
                "year": "",
            },
        )
        for number in range(300)
    }
    stored[300] = from_row(300, PILOTS)
    index = MemoryIndex()
    index.put({number: digests(paper) for number, paper in stored.items()})
    loaded = set()

    def load(ids):
        loaded.update(ids)
        return {number: stored[number] for number in ids}

    findings = run([from_row(999, {**PILOTS, "doi": ""})], index, load)
    assert loaded == {300}
    assert [(held.a, held.b, held.kind) for held in findings.verdicts] == [(300, 999, "same")]


def test_the_index_forgets_what_a_record_no_longer_says():
    """Putting a record again replaces its keys."""
    index = MemoryIndex()
    index.put({1: [10, 11], 2: [11]})
    index.put({1: [12]})
    assert index.find([10, 11, 12]) == {11: (2,), 12: (1,)}
    assert index.of([1, 2, 3]) == {1: (12,), 2: (11,)}


def test_keys_are_the_same_on_every_machine():
    """A number of 63 bits from kind and value; no key twice; a paper without words has none of words."""
    assert digest(("doi", "10.5555/a")) == 6307886790385994637
    assert 0 <= digest(("x", "\ud800")) < 2**63
    paper = from_row(1, {**PILOTS, **PREPRINT, "pmid": "1", "pmcid": "2"})
    found = keys(paper)
    assert len(found) == len(set(found))
    assert keys(from_row(1, {"title": "", "authors": ""})) == []


def test_a_generic_title_is_a_key_only_in_company():
    """``Editorial`` would bring half the collection together."""
    kinds = {kind for kind, _ in keys(from_row(1, {**CHOIR, "title": "Editorial"}))}
    assert "short" in kinds
    assert "title" not in kinds


def test_components_follow_verdicts_of_the_kinds_that_join():
    """Same, version and ask connect; related and different do not."""
    held = [
        Verdict(1, 2, "same", "", ""),
        Verdict(2, 3, "version", "", ""),
        Verdict(3, 4, "ask", "", ""),
        Verdict(4, 5, "related", "", ""),
        Verdict(4, 6, "different", "", ""),
    ]
    assert component([1], lambda ids: [one for one in held if one.a in ids or one.b in ids]) == {1, 2, 3, 4}


def test_an_empty_batch_finds_nothing():
    assert run([], MemoryIndex(), lambda ids: {}).verdicts == ()
