"""Verdicts name their rule and carry their evidence in words; links that a source states come before any guess."""

from __future__ import annotations

import pytest
from trap_cases import CHOIR, PILOTS, PREPRINT

from tracker.dedupe.paper import from_record, from_row
from tracker.dedupe.rules import RuleContext, verdict
from tracker.model import Author, Link, PartialDate, Record, Section


def _record(**said):
    blank = {
        "source": "pubmed",
        "source_id": "990000601",
        "title": PILOTS["title"],
        "authors": (Author("Varga", "Ilse M", "IM"), Author("Oyelaran", "Tunde", "T"), Author(group="Harbour Group")),
        "journal": PILOTS["journal"],
        "volume": "34",
        "issue": "2",
        "pages": "145-158",
        "date": PartialDate("2019-04"),
        "doi": PILOTS["doi"],
    }
    return Record(**{**blank, **said})


def _article(**said):
    return from_record(1, _record(pmid="990000601", **said))


def _second(**said):
    return from_record(2, _record(pmid="990000602", doi="10.5555/other.1", source_id="990000602", **said))


PREPRINT_TYPE = (("D000076942", "Preprint"),)


def test_a_record_of_the_store_becomes_a_paper():
    """Persons, groups, date, abstract, vernacular title, publication types and links are all read."""
    paper = from_record(
        7,
        _record(
            vernacular_title="Gebrochener Schlaf bei Hafenlotsen",
            title="[Broken sleep of harbour pilots].",
            abstract=(Section("Ships come at night.", "BACKGROUND"),),
            publication_types=(("D016425", "Published Erratum"),),
            links=(Link("ErratumFor", pmid="990000100"),),
            pmcid="PMC990001",
        ),
    )
    assert [form.key for form in paper.title.forms] == [
        "gebrochener schlaf bei hafenlotsen",
        "broken sleep of harbour pilots",
    ]
    assert paper.authors.names == ("varga", "oyelaran")
    assert paper.authors.groups
    assert (paper.year, paper.notice, paper.pmcid) == (2019, "erratum", "990001")
    assert paper.abstract == "BACKGROUND: Ships come at night."
    assert paper.links == (("ErratumFor", "990000100", "", ""),)
    assert not paper.preprint
    assert from_record(8, _record(source="medrxiv")).server == "medrxiv"
    assert from_record(9, _record(publication_types=PREPRINT_TYPE)).preprint


@pytest.mark.parametrize("kind", ["UpdateIn", "UpdateOf"])
def test_an_update_link_with_a_preprint_on_one_side_is_a_version(kind):
    """PubMed links a preprint and its article by UpdateIn and UpdateOf."""
    preprint = _second(title="Other words", publication_types=PREPRINT_TYPE, links=(Link(kind, pmid="990000601"),))
    held = verdict(_article(), preprint)
    assert (held.kind, held.rule) == ("version", "stated link")
    assert kind in held.evidence


@pytest.mark.parametrize(
    "kind",
    [
        "RetractionOf",
        "RetractionIn",
        "ErratumFor",
        "ErratumIn",
        "ExpressionOfConcernFor",
        "CommentOn",
        "CommentIn",
        "UpdateOf",
    ],
)
def test_links_between_articles_are_related(kind):
    """Notices, comments and updates are papers of their own, linked."""
    held = verdict(_article(), _second(title="Other words", links=(Link(kind, pmid="990000601"),)))
    assert (held.kind, held.rule) == ("related", "stated link")


def test_a_republication_belongs_to_the_work():
    """Corrected and republished articles, reprints: two publications of one work."""
    held = verdict(_article(), _second(links=(Link("RepublishedFrom", doi=PILOTS["doi"]),)))
    assert (held.kind, held.rule) == ("version", "stated republication")


def test_a_link_that_its_source_guessed_proves_nothing():
    """Europe PMC marks links found by its own heuristics."""
    other = {**CHOIR, "title": "Quite another matter", "authors": "Roe, Pat"}
    preprint = from_row(1, {**PREPRINT, **{k: other[k] for k in ("title", "authors", "year")}})
    article = from_record(2, _record(links=(Link("Preprint in", doi=preprint.doi, note="HEURISTIC match"),)))
    assert verdict(preprint, article).kind == "different"
    article = from_record(2, _record(links=(Link("Preprint in", doi=preprint.doi),)))
    assert verdict(preprint, article).kind == "version"


def test_a_doi_that_an_author_entered_is_doubted_where_nothing_bears_it_out():
    """OSF's journal DOI is what the author typed: with unlike title and unlike authors a person is asked."""
    typed = (Link("published", doi=PILOTS["doi"], note="entered by the author"),)
    said = {"source": "psyarxiv", "doi": "10.31234/osf.io/zz9a1_v2", "links": typed, "journal": "PsyArXiv"}
    mine = from_record(2, _record(**said, title="Boarding at night"))
    assert verdict(_article(), mine).kind == "version"
    other = from_record(2, _record(**said, title="Choirs and mood", authors=(Author("Roe", "Pat"),)))
    assert verdict(_article(), other).rule == "stated link, unlike papers"


def test_a_link_finds_a_preprint_by_its_doi_without_the_version():
    """The article names version 1, the record is version 2."""
    preprint = from_record(2, _record(source="psyarxiv", doi="10.31234/osf.io/zz9a1_v2", title="Boarding at night"))
    article = _article(links=(Link("UpdateOf", doi="10.31234/osf.io/zz9a1_v1"),))
    assert verdict(article, preprint).rule == "stated link"


@pytest.mark.parametrize(
    ("title", "types", "links", "notice"),
    [
        ("Erratum: Boarding", (("D016439", "Corrected and Republished Article"),), (), ""),
        ("Boarding", (("", "Retraction of Publication"),), (), "retraction"),
        ("Boarding", (("", "Expression of Concern"),), (), "concern"),
        ("Boarding", (), (Link("ErratumFor", pmid="990000100"),), "erratum"),
        ("Retraction: Boarding", (("D016425", "Published Erratum"),), (), "retraction"),
        ("Boarding - reply", (), (), "reply"),
        ("Boarding", (), (), ""),
    ],
)
def test_types_and_links_tell_a_notice(title, types, links, notice):
    """The title alone may say nothing, or too much."""
    said = {"title": title, "publication_types": types, "links": links, "abstract": (Section("Ships come at night."),)}
    assert from_record(1, _record(**said)).notice == notice


def test_links_of_other_kinds_say_nothing():
    """A cited dataset is no version and no relative."""
    assert verdict(_article(), _second(links=(Link("Cites", pmid="990000601"),))).rule == "two PMIDs"


def test_evidence_is_in_words():
    """What a reviewer reads: identifiers, title, authors, place, year."""
    one, two = from_row(1, PILOTS), from_row(2, {**PILOTS, "title": PILOTS["title"] + " of men", "pages": "145-50"})
    assert verdict(two, one).evidence == (
        "DOI equal; title 0.95; 4 of 4 authors; journal agrees; volume agrees; pages agree; same year"
    )
    two = from_row(2, {**PILOTS, "title": "", "doi": "", "issue": "9", "year": "2021"})
    assert "a title is missing" in verdict(one, two).evidence
    assert "issue differs" in verdict(one, two).evidence
    assert "2 years apart" in verdict(one, two).evidence


def test_the_verdict_does_not_depend_on_the_side():
    """a and b are in order of their ids; everything else is the same from both sides."""
    one, two = from_row(5, PILOTS), from_row(3, {**PILOTS, "authors": "Roe, Pat", "title": CHOIR["title"]})
    assert verdict(one, two) == verdict(two, one)
    assert (verdict(one, two).a, verdict(one, two).b) == (3, 5)


def test_a_shared_doi_says_nothing():
    """The same pair with and without the knowledge that its DOI stands on unlike papers."""
    one = from_row(1, {**PILOTS, "pages": "", "volume": "", "issue": ""})
    two = from_row(2, {**PILOTS, "pages": "", "volume": "", "issue": "", "title": "Night shifts and harbour pilots"})
    alone = verdict(one, two)
    assert alone.kind == "same" or "DOI" in alone.rule
    assert "DOI" not in verdict(one, two, RuleContext(frozenset({PILOTS["doi"]}))).evidence


@pytest.mark.parametrize(
    ("first", "second", "kind", "rule"),
    [
        (
            {"title": "Broken sleep"},
            {"title": "Schlaf", "pages": "", "volume": ""},
            "ask",
            "DOI and authors, unlike titles",
        ),
        (
            {"title": "[Broken sleep of pilots]"},
            {"title": "Schlaf der Lotsen", "pages": ""},
            "same",
            "DOI and authors, translated title",
        ),
        (
            {"title": "Pilots at night, their sleep"},
            {"title": "Pilots at night, their broken sleep", "pages": ""},
            "same",
            "DOI, title and authors",
        ),
        (
            {"doi": ""},
            {"doi": "", "title": "Sleep and night shifts of pilots at two-year cohort harbours"},
            "same",
            "place and authors",
        ),
        ({"doi": "", "pages": "120-133"}, {"doi": ""}, "same", "title, authors and volume; pages misprinted"),
        ({"doi": ""}, {"doi": "", "authors": "Abe X; Bo Y"}, "same", "place and title, authors garbled"),
        (
            {"doi": ""},
            {"doi": "", "journal": "Zeitschrift des Hafens", "volume": ""},
            "same",
            "title, authors and pages, the journal under two names",
        ),
        ({"doi": "", "volume": ""}, {"doi": "", "journal": "", "pages": ""}, "same", "title, authors and year"),
        (
            {"doi": "", "pages": ""},
            {"doi": "", "authors": "Varga IM; Abe X; Cho U; Din V", "journal": ""},
            "different",
            "title alone",
        ),
    ],
)
def test_each_rule_has_its_case(first, second, kind, rule):
    """Rules that the trap cases do not name one by one."""
    held = verdict(from_row(1, {**PILOTS, **first}), from_row(2, {**PILOTS, **second}))
    assert (held.kind, held.rule) == (kind, rule)


def test_abstracts_decide_where_the_rest_is_silent():
    """One abstract joins what else is poor; two unlike ones keep apart what else is alike."""
    text = (
        "Harbour pilots board ships at all hours; we followed four hundred of them with diaries for two whole years. "
        * 3
    )
    other = (
        "Choirs are cheap and popular; in a trial with ninety old people we compared singing with a weekly film. " * 3
    )
    poor = {
        "title": "Pilots",
        "authors": "Varga IM",
        "year": "2019",
        "journal": "J Marit Occup Health",
        "abstract": text,
    }
    assert verdict(from_row(1, poor), from_row(2, poor)).rule == "title, authors and abstract"
    bare = {**PILOTS, "doi": "", "pages": ""}
    held = verdict(from_row(1, {**bare, "abstract": text}), from_row(2, {**bare, "abstract": other}))
    assert (held.kind, held.rule) == ("different", "title alone, unlike abstracts")
    spot = {**PILOTS, "doi": "", "title": "Night shifts among harbour pilots of two ports"}
    for abstract, rule in ((text, "place and abstract"), (other, "place, unlike abstracts")):
        held = verdict(
            from_row(1, {**PILOTS, "doi": "", "abstract": text}), from_row(2, {**spot, "abstract": abstract})
        )
        assert held.rule == rule
    held = verdict(
        from_row(1, {**PILOTS, "abstract": text}), from_row(2, {**PILOTS, "title": "Sleep", "abstract": text})
    )
    assert held.rule == "DOI and abstract"
    volume = {**bare, "volume": "99", "abstract": text}
    held = verdict(from_row(1, {**bare, "abstract": text}), from_row(2, volume))
    assert held.rule == "title, authors and journal; volume misprinted"
    preprint = {
        **PREPRINT,
        "authors": PILOTS["authors"],
        "year": "2018",
        "title": "Boarding at night",
        "abstract": text,
    }
    assert verdict(from_row(1, preprint), from_row(2, {**PILOTS, "abstract": text})).kind == "version"
    like = {**preprint, "title": "Night shifts and sleep of pilots", "abstract": other}
    assert verdict(from_row(1, like), from_row(2, {**PILOTS, "abstract": text})).kind == "different"


def test_a_preprint_and_a_congress_abstract_are_related():
    """The place of the article in the work stays free."""
    preprint = from_row(1, {**PILOTS, **PREPRINT, "year": "2018"})
    held = verdict(preprint, from_row(2, {**PILOTS, "issue": "Suppl 1", "pages": "S12"}))
    assert (held.kind, held.rule) == ("related", "preprint and congress abstract")


@pytest.mark.parametrize(
    ("title", "authors", "kind"),
    [
        ("Far from shore", "Varga I; Oyelaran T; de Wit M", "version"),
        ("Sleep of pilots in the chronic fog of the north sea", "Varga I; Oyelaran T", "version"),
        ("Sleep of pilots and crane drivers in the sun", "Varga I; Oyelaran T", "different"),
        ("Sleep of pilots in the fog of the north sea", "Roe P; Quist H; Varga I", "different"),
    ],
)
def test_the_fewer_authors_the_more_of_the_title_must_agree(title, authors, kind):
    """Preprint and article with changed titles."""
    preprint = from_row(1, {**PREPRINT, "title": title, "authors": authors, "year": "2019"})
    full = "Far from shore: night work" if title.startswith("Far") else "Sleep of pilots in the fog of the north sea"
    article = from_row(
        2, {**PILOTS, "title": full, "authors": "Varga, I; Oyelaran, T" + "; de Wit, M" * title.startswith("Far")}
    )
    assert verdict(preprint, article).kind == kind


def test_articles_long_before_or_after_the_preprint_are_others():
    """An article cannot come years before its preprint."""
    preprint = from_row(1, {**PILOTS, **PREPRINT, "year": "2018"})
    assert verdict(preprint, from_row(2, {**PILOTS, "year": "2012"})).kind == "different"
    assert verdict(preprint, from_row(2, {**PILOTS, "year": "2026"})).kind == "different"
