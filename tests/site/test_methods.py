"""Methods and status: every strategy as it was run, every rule in words, every number that is promised."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from makers import insert
from making import NOW, Client, Maker, day, quiet, record

from tracker.publish import publish
from tracker.site import rules_in_words

DEDUPE = Path(__file__).resolve().parents[2] / "tracker" / "dedupe"
FIRST, SECOND = '"Loneliness"[Mesh] AND <b>[tiab]', '("Loneliness"[Mesh] OR lonely[tiab]) AND mood[tiab]'
UNDERSTOOD = '"loneliness"[MeSH Terms] AND "b"[Title/Abstract]'


def open_over(maker: Maker, open_site: Callable[..., Client]) -> Client:
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    return open_site(public)


def plain(text: str) -> str:
    """What a reader sees: no tags, single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def sent(maker: Maker, text: str) -> int:
    return insert(maker.db, "sent_text", hash=text[:60], text=text)


@pytest.fixture
def edited(maker: Maker) -> Maker:
    """A search in its second version, asked of all kinds of sources."""
    one, two = maker.run(day(1)), maker.run(day(20))
    maker.search("lonely", "Loneliness & mood", FIRST, sources=["pubmed", "europepmc", "medrxiv"])
    maker.search_run(one, "lonely", baseline="baseline", sent_id=sent(maker, FIRST), translation=UNDERSTOOD)
    said = {"text": SECOND, "headers": json.dumps({"changed": "wider"}), "seen": day(20)}
    key = insert(maker.db, "strategy", search_id=1, number=2, version="v2", **said)
    common = {"strategy_id": key, "baseline": "strategy"}
    maker.search_run(two, "lonely", sent_id=sent(maker, SECOND), **common)
    maker.search_run(two, "lonely", "europepmc", sent_id=sent(maker, "SRC:PPR AND lonely"), **common)
    maker.search_run(two, "lonely", "medrxiv", sent_id=sent(maker, "lonely[tiab] AND mood[tiab]"), **common)
    third = maker.run(day(21), "failed")
    maker.search_run(
        third, "lonely", outcome="failed", strategy_id=key, received=0, known=0, new=0, promised_first=None
    )
    imported = maker.run(day(22))
    maker.db.execute("update run set command = 'import' where id = ?", (imported,))
    file = sent(maker, "imported from ada-vale.ris, SHA-256 0")
    maker.search_run(imported, "lonely", "psycinfo", strategy_id=key, sent_id=file, promised_first=None)
    maker.simple(1, "lonely")
    return maker


def test_every_strategy_stands_there_exactly_as_it_was_run_in_every_version(
    edited: Maker, open_site: Callable[..., Client]
) -> None:
    """PRISMA-S items 8, 12, 13: the text as run, what each source was sent and understood, the days."""
    text = open_over(edited, open_site).get("/methods").text
    shown = [re.sub(r"&#34;", '"', part).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
             for part in re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)]  # fmt: skip
    assert shown == [SECOND, "SRC:PPR AND lonely", "lonely[tiab] AND mood[tiab]", FIRST, UNDERSTOOD]
    said = plain(text)
    assert "Version 2, run now, first run 20 November 2026" in said
    assert "Version 1, first run 1 November 2026" in said
    assert "What was changed, says its author: wider" in said
    assert "Europe PMC , 20 November 2026 . It was asked for more than the search wants" in said
    assert "medRxiv , 20 November 2026 . It has no search: all of its records are read" in said
    assert "PubMed , 20 November 2026 . Sent exactly as it stands above." in said
    assert "PubMed says that it understood:" in said


def test_the_name_of_an_imported_file_is_nobodys_business(edited: Maker, open_site: Callable[..., Client]) -> None:
    client = open_over(edited, open_site)
    text = client.get("/methods").text
    assert "Files from this database were imported." in text
    assert "ada-vale" not in text + client.get("/public/searches.json?_shape=objects").text


def test_what_was_sent_is_kept_of_the_last_complete_run_and_not_of_a_failed_one(
    edited: Maker, open_site: Callable[..., Client]
) -> None:
    rows = open_over(edited, open_site).get("/public/searches.json?_shape=objects").json()["rows"]
    asked = json.loads(rows[0]["versions"])[1]["asked"]
    assert [item["source"] for item in asked] == ["europepmc", "medrxiv", "psycinfo", "pubmed"]
    assert (asked[3]["sent"], asked[3]["first"], asked[3]["last"]) == (SECOND, day(20), day(20))


def test_old_text_that_was_not_kept_is_said_to_be_so(site: Client) -> None:
    assert "What was sent was not kept." in site.get("/methods").text


def test_every_rule_that_can_hold_two_records_together_is_told_in_words() -> None:
    """Read from the code of the rules, so that a new rule cannot be forgotten."""
    names = set()
    for path in DEDUPE.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Ruling" and len(node.args) > 1:
                kind, rule = node.args[0], node.args[1]
                if isinstance(kind, ast.Constant) and kind.value in rules_in_words.KINDS:
                    names |= {part.value for part in ast.walk(rule) if isinstance(part, ast.Constant)}
            if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in ("RULE", "rule"):
                names |= {part.value for part in ast.walk(node.value) if isinstance(part, ast.Constant)}
    names -= {"comment"}  # of "notice: comment", a name put together
    assert len(names) > 30
    assert {name for name in names if not rules_in_words.words(str(name))} == set()
    assert rules_in_words.words("notice: reply") == rules_in_words.NOTICE
    assert rules_in_words.words("something new") == ""


def test_rules_are_told_with_their_counts_by_machine_and_person(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely")
    keys = [maker.record(record(number, source_id=f"r{number}")) for number in range(4)]
    for number in range(4):
        maker.match("lonely", record(number, source_id=f"r{number}"))
    maker.work(*keys[:3])
    maker.work(keys[3])
    maker.verdict(keys[0], keys[1], rule="DOI and title")
    maker.verdict(keys[1], keys[2], rule="DOI and title")
    maker.verdict(keys[0], keys[2], rule="a person said so", by="person")
    maker.verdict(keys[0], keys[3], "related", rule="notice: reply")
    said = plain(open_over(maker, open_site).get("/methods").text)
    assert "The same publication DOI and title The DOI is the same, and the titles agree. 2 0" in said
    assert "The same publication a person said so A person joined the two, and said why. 0 1" in said
    assert "Two papers that belong together notice: reply A correction, reply, comment" in said


def test_the_numbers_from_records_to_papers_add_up(site: Client) -> None:
    """The counting rule: records less duplicates are publications, less other publications of a work are papers."""
    said = plain(site.get("/methods").text)
    found = re.search(
        r"Records of the sources (\d+) less .*? \(duplicates\) (\d+) Publications (\d+) less .*? article\) (\d+) "
        r"Papers (\d+)", said,
    )  # fmt: skip
    assert found
    records, duplicates, publications, others, papers = map(int, found.groups())
    assert records - duplicates == publications
    assert publications - others == papers == 7
    assert "Taken down, in none of these numbers 1" in said
    assert "not yet reported" in said


def test_the_tracker_can_be_cited(site: Client) -> None:
    said = plain(site.get("/methods").text)
    assert (
        "Tracker under test. Data of 24 November 2026, 7 papers. http://localhost/ (accessed 24 November 2026)." in said
    )


def test_methods_of_a_tracker_that_has_nothing_yet(maker: Maker, open_site: Callable[..., Client]) -> None:
    said = plain(open_over(maker, open_site).get("/methods").text)
    assert "No search has been run yet." in said
    assert "No two records have been held together yet." in said


# --- status ---------------------------------------------------------------------------------------------------------


def test_status_says_what_was_promised_and_what_came_in_the_last_complete_runs(
    edited: Maker, open_site: Callable[..., Client]
) -> None:
    client = open_over(edited, open_site)
    said = plain(client.get("/status").text)
    assert "the sources promised 10 matches , and 10 were listed" in said
    found = {row["source"]: row for row in client.get("/status.json").json()["currency"]}
    assert found["pubmed"] == {
        "source": "pubmed", "searches": 1, "complete": 1, "since": day(20), "promises": True, "promised": 5,
        "received": 5, "moved": 0, "unmet": 0,
    }  # fmt: skip
    assert found["medrxiv"]["promises"] is False  # read whole
    assert found["psycinfo"]["promised"] == 0  # imported


def test_status_says_which_source_is_how_current_and_what_is_missing(
    maker: Maker, open_site: Callable[..., Client]
) -> None:
    first, second = maker.run(day(1)), maker.run(day(20))
    for slug in ("a", "b"):
        maker.search(slug, sources=["pubmed", "europepmc"])
    maker.search_run(first, "a")
    maker.search_run(second, "a", promised_first=4, promised_last=6, received=5)
    maker.search_run(first, "b", promised_first=5, promised_last=5, received=4, known=2)
    maker.search_run(second, "b", outcome="incomplete")
    maker.search_run(second, "a", "europepmc")
    maker.search_run(second, "b", "europepmc", outcome="incomplete")
    client = open_over(maker, open_site)
    europe, pubmed = client.get("/status.json").json()["currency"]
    assert (europe["since"], europe["complete"], europe["searches"]) == ("", 1, 2)
    assert (pubmed["since"], pubmed["moved"], pubmed["unmet"]) == (day(1), 2, 1)
    said = plain(client.get("/status").text)
    assert "the answers moved by 2 while they were read" in said
    assert "1 search got another number than was promised." in said
    assert "Europe PMC not by all searches yet 1 of 2" in said
    assert "PubMed 1 Nov 2026, 06:00 23 days ago 2 of 2 11 9 -2" in said
