"""Publications and works: vetoes across clusters, one article a work, and a person's word above all rules."""

from __future__ import annotations

from shelf import Shelf
from trap_cases import CHOIR, PILOTS, PREPRINT

from tracker.dedupe.clusters import settle
from tracker.dedupe.paper import from_record, from_row
from tracker.model import Link, Record, Verdict


def _shelf(*rows):
    shelf = Shelf()
    shelf.add([from_row(number, row) for number, row in enumerate(rows)])
    return shelf


def _person(a, b, kind):
    return Verdict(a, b, kind, "a person", "read")


def test_a_poor_record_does_not_chain_two_papers():
    """It fits both equally well, so it joins neither, and a person is asked: one question a paper."""
    poor = {**PILOTS, "volume": "", "issue": "", "pages": "", "doi": ""}
    shelf = _shelf({**PILOTS, "doi": ""}, poor, {**PILOTS, "doi": "", "volume": "35", "year": "2020", "pages": "3-12"})
    settled = shelf.settle()
    assert len(set(settled.publication.values())) == 3
    assert {(one.a, one.b) for one in settled.asks} == {(0, 1), (1, 2)}
    assert {one.rule for one in settled.asks} == {"fits two papers that are not one"}


def test_a_person_settles_what_a_poor_record_is():
    """After the answer nothing is asked any more, and the record stands where the person put it."""
    poor = {**PILOTS, "volume": "", "issue": "", "pages": "", "doi": ""}
    shelf = _shelf({**PILOTS, "doi": ""}, poor, {**PILOTS, "doi": "", "volume": "35", "year": "2020", "pages": "3-12"})
    settled = shelf.settle([_person(0, 1, "same"), _person(1, 2, "different")])
    assert settled.publication[0] == settled.publication[1] != settled.publication[2]
    assert settled.asks == ()


def test_two_pmids_are_never_one_publication():
    """Not through a third record either: the stronger verdict wins."""
    shelf = _shelf(
        {**PILOTS, "pmid": "990000701"}, {**PILOTS, "pmid": "990000702", "doi": ""}, {**PILOTS, "doi": PILOTS["doi"]}
    )
    settled = shelf.settle()
    assert settled.publication[0] == settled.publication[2] != settled.publication[1]


def test_a_preprint_goes_to_the_article_it_fits_best():
    """The runner-up is left alone when it fits clearly less well."""
    preprint = {**PILOTS, **PREPRINT, "year": "2019"}
    other = {
        **PILOTS,
        "title": "Broken sleep and night shifts of harbour pilots: what a cohort study of two years shows",
        "pages": "201-209",
        "doi": "10.5555/jmoh.2019.201",
        "authors": "Varga, Ilse M; Oyelaran, Tunde; de Wit, Marijke; Roe, Pat; Quist, Hanne",
    }
    settled = _shelf(preprint, PILOTS, other).settle()
    assert settled.work[0] == settled.work[1] != settled.work[2]


def test_two_articles_that_fit_a_preprint_equally_are_asked_about():
    """No margin, no link: a person decides."""
    again = {**PILOTS, "journal": "Archives of the Sea", "volume": "7", "pages": "9-20", "doi": "10.5555/as.9"}
    settled = _shelf({**PILOTS, **PREPRINT}, PILOTS, again).settle()
    assert len(set(settled.work.values())) == 3
    assert {one.rule for one in settled.asks} == {"two papers fit nearly equally well"}


def _stated():
    """A preprint of which PubMed says two articles: the second is a conflict."""
    types = (("D000076942", "Preprint"),)
    links = (Link("UpdateIn", pmid="990000802"), Link("UpdateIn", pmid="990000803"))
    rows = (
        Record("pubmed", "1", title="Sleep of pilots", pmid="990000801", publication_types=types, links=links),
        Record("pubmed", "2", title="Sleep of the pilots of two harbours", pmid="990000802"),
        Record("pubmed", "3", title="Harbours and their tired pilots", pmid="990000803"),
    )
    shelf = Shelf()
    shelf.add([from_record(number, row) for number, row in enumerate(rows)])
    return shelf


def test_a_second_article_in_a_work_is_a_conflict():
    """A work holds one journal article; the other is put before a person, who may have it so."""
    shelf = _stated()
    settled = shelf.settle()
    assert len(set(settled.work.values())) == 2
    assert [one.rule for one in settled.asks] == ["a second journal article in one work"]
    pair = settled.asks[0]
    both = shelf.settle([_person(pair.a, pair.b, "version")])
    assert len(set(both.work.values())) == 1
    assert both.asks == ()


def test_a_guessed_second_article_is_a_conflict_too():
    """The work has its stated article; another that looks like it is not slipped in."""
    shelf = _stated()
    preprint = shelf.papers[0]
    rows = {**PILOTS, "title": "Sleep of pilots", "pmid": "990000804"}
    papers = {0: preprint, 1: shelf.papers[1], 9: from_row(9, rows)}
    held = [
        Verdict(0, 1, "version", "stated link", "stated"),
        Verdict(0, 9, "version", "preprint and article: title", "title equal", 0.95),
    ]
    settled = settle(papers, held)
    assert settled.work[0] == settled.work[1] != settled.work[9]
    assert [(one.a, one.b, one.rule) for one in settled.asks] == [(0, 9, "a second journal article in one work")]
    weak = [held[0], Verdict(0, 9, "version", "preprint and article: title", "title 0.7", 0.8)]
    assert settle(papers, weak).asks == ()


def test_a_republication_joins_the_work():
    """Two articles in one work, because a source states that one is the other again."""
    rows = (
        Record("pubmed", "1", title="Sleep of pilots", pmid="990000801"),
        Record(
            "pubmed", "2", title="Sleep of pilots", pmid="990000802", links=(Link("RepublishedFrom", pmid="990000801"),)
        ),
    )
    shelf = Shelf()
    shelf.add([from_record(number, row) for number, row in enumerate(rows)])
    settled = shelf.settle()
    assert settled.work[0] == settled.work[1]
    assert settled.publication[0] != settled.publication[1]


def test_different_preprints_do_not_share_an_article():
    """Two preprints of one team, one article: only the one that fits is linked."""
    other = {
        **PILOTS,
        **PREPRINT,
        "title": "Night shifts and tired eyes of crane drivers: a two-year study",
        "doi": "10.1101/2018.12.01.18009999",
    }
    settled = _shelf({**PILOTS, **PREPRINT}, other, PILOTS).settle()
    assert settled.work[0] == settled.work[2] != settled.work[1]


def test_one_preprint_on_two_servers_and_its_article_are_one_work():
    """Three publications, one work."""
    second = {**PILOTS, **PREPRINT, "journal": "Research Square", "doi": "10.21203/rs.3.rs-99009/v1"}
    settled = _shelf({**PILOTS, **PREPRINT}, second, PILOTS).settle()
    assert len(set(settled.work.values())) == 1
    assert len(set(settled.publication.values())) == 3


def test_a_double_follows_the_record_that_a_person_has_moved():
    """A person joins two records the rules keep apart; a copy of one of them stays with its original."""
    shelf = _shelf(PILOTS, {**PILOTS, "abstract": "x"}, CHOIR)
    settled = shelf.settle([_person(1, 2, "same")])
    assert len(set(settled.publication.values())) == 1


def test_persons_who_contradict_each_other_are_told():
    """Same and same and different in a ring: the last answer cannot hold, and is shown as a question."""
    shelf = _shelf(PILOTS, CHOIR, {**CHOIR, "title": "A third thing altogether", "doi": ""})
    settled = shelf.settle([_person(0, 1, "same"), _person(1, 2, "same"), _person(0, 2, "different")])
    assert [one.rule for one in settled.asks] == ["answers of persons contradict each other"]
    assert settled.work[0] != settled.work[2]


def test_a_person_may_keep_works_apart_that_a_source_links():
    """Different outranks a stated link."""
    shelf = _stated()
    settled = shelf.settle([_person(0, 1, "different"), _person(0, 2, "different")])
    assert len(set(settled.work.values())) == 3
    assert settled.asks == ()


def test_verdicts_on_records_that_are_not_there_are_left_out():
    """A component is settled without its neighbours."""
    papers = {0: from_row(0, PILOTS)}
    held = [Verdict(0, 5, "same", "place", "x")]
    assert settle(papers, held, held).publication == {0: 0}
