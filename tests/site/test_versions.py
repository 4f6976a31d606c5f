"""The versions of a strategy: all of them public, each change readable, and each runnable in PubMed."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from makers import insert
from making import NOW, Client, Maker, day, quiet

from tracker.publish import publish
from tracker.site.diff import AROUND, DiffPart, changes
from tracker.sources.links import LONGEST_SEARCH, pubmed_search_url

FIRST = '("Loneliness"[Mesh] OR lonely[tiab]) AND mood[tiab]'
SECOND = '("Loneliness"[Mesh] OR lonely[tiab] OR "social isolat*"[tiab]) AND (mood[tiab] OR <b>[tiab])'


def add_version(maker: Maker, slug: str, number: int, text: str, seen: str, **headers: str) -> int:
    said = {"number": number, "version": f"v{number}", "text": text, "headers": json.dumps(headers), "seen": seen}
    return insert(maker.db, "strategy", search_id=maker.searches[slug], **said)


def build(maker: Maker) -> sqlite3.Connection:
    publish(maker.path, maker.path.parent / "public", settings={}, now=NOW, say=quiet)
    return sqlite3.connect(maker.path.parent / "public" / "public.db")


@pytest.fixture
def edited(maker: Maker) -> Maker:
    """A search in its second version, which its author explains."""
    maker.run(day(1))
    second = maker.run(day(20))
    maker.search("lonely", strategy=FIRST)
    maker.search_run(1, "lonely", baseline="baseline")
    key = add_version(maker, "lonely", 2, SECOND, day(20), changed="wider, after a peer review")
    maker.search_run(second, "lonely", baseline="strategy", strategy_id=key)
    maker.simple(1, "lonely")
    return maker


def page(maker: Maker, open_site: Callable[..., Client], slug: str = "lonely") -> str:
    build(maker).close()
    return str(open_site(maker.path.parent / "public").get(f"/searches/{slug}").text)


def test_all_versions_are_public_with_day_and_note(edited: Maker) -> None:
    (row,) = build(edited).execute("select version, strategy, versions from searches")
    assert (row[0], row[1]) == (2, SECOND)
    assert json.loads(row[2]) == [
        {"number": 1, "seen": day(1), "strategy": FIRST, "note": "", "asked": [asked(day(1))]},
        {"number": 2, "seen": day(20), "strategy": SECOND, "note": "wider, after a peer review",
         "asked": [asked(day(20))]},
    ]  # fmt: skip


def asked(when: str) -> dict[str, str]:
    """One run on PubMed, of which the small tracker keeps no text as sent."""
    return {"source": "pubmed", "sent": "", "translation": "", "first": when, "last": when}


def test_what_is_run_now_may_be_an_earlier_version_taken_up_again(edited: Maker) -> None:
    edited.search_run(edited.run(day(22)), "lonely", baseline="strategy")  # strategy 1
    row = build(edited).execute("select version, strategy from searches").fetchone()
    assert row == (1, FIRST)


def test_changes_are_marked_for_eyes_and_ears(edited: Maker, open_site: Callable[..., Client]) -> None:
    said = page(edited, open_site)
    assert "Version 2, first run 20 November 2026" in said
    assert "this is what is run now" in said
    assert "wider, after a peer review" in said
    assert "Against version 1: 7 words added, 0 words taken out." in said
    added = '<span class="unseen">[added:] </span>OR &#34;social isolat*&#34;[tiab]<span class="unseen"> [end]</span>'
    assert f"<ins>{added}</ins>" in said
    assert "The first version." in said
    assert "<b>[tiab]" not in said
    assert "style=" not in said


def test_what_was_taken_out_is_marked_too(edited: Maker, open_site: Callable[..., Client]) -> None:
    key = add_version(edited, "lonely", 3, "lonely[tiab] AND mood[tiab]", day(23))
    edited.search_run(edited.run(day(23)), "lonely", baseline="strategy", strategy_id=key)
    said = page(edited, open_site)
    assert "<del>" in said
    assert re.search(r"Against version 2: \d+ words? added, \d+ words taken out\.", said)
    assert "The whole of version 2" in said


def test_each_version_can_be_run_in_pubmed(edited: Maker, open_site: Callable[..., Client]) -> None:
    said = page(edited, open_site)
    found = re.findall(r'<a href="(https://pubmed\.ncbi\.nlm\.nih\.gov/\?term=[^"]+)" rel="noopener">([^<]+)</a>', said)
    assert [text for _, text in found] == ["Run this in PubMed", "Run version 1 in PubMed"]
    terms = [parse_qs(urlsplit(url).query)["term"] for url, _ in found]
    assert terms == [[SECOND], [FIRST]]


def test_too_long_for_a_link_says_so(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely", strategy=" OR ".join(f"word{number}[tiab]" for number in range(400)))
    said = page(maker, open_site)
    assert "it is too long for a link to PubMed" in said
    assert "https://pubmed.ncbi.nlm.nih.gov/?term=" not in said


def test_one_version_has_no_list_of_changes(maker: Maker, open_site: Callable[..., Client]) -> None:
    maker.run(day(1))
    maker.search("lonely")
    said = page(maker, open_site)
    assert "How it was changed" not in said
    assert "Run this in PubMed" in said


def test_address_of_a_search_holds_any_text() -> None:
    text = 'a&b=c#d "é"[tiab] +100% ?/'
    assert parse_qs(urlsplit(pubmed_search_url(text)).query)["term"] == [text]
    assert pubmed_search_url("x" * LONGEST_SEARCH)
    assert pubmed_search_url("x" * (LONGEST_SEARCH + 1)) == ""


def kinds(before: str, after: str) -> list[tuple[str, str]]:
    return [(part.kind, part.text.strip()) for part in changes(before, after)]


def test_changes_word_by_word() -> None:
    assert kinds("a OR b", "a OR c OR b") == [("same", "a OR"), ("added", "c OR"), ("same", "b")]
    assert kinds("(a OR b)", "(a)") == [("same", "(a"), ("removed", "OR b"), ("same", ")")]
    assert kinds("a[ti]", "a[tiab]") == [("removed", "a[ti]"), ("added", "a[tiab]")]
    assert kinds("a  OR b", "a OR b") == [("same", "a OR b")]
    assert kinds("", "a") == [("added", "a")]
    assert kinds("a", "") == [("removed", "a")]
    assert changes("", "") == ()


def test_long_stretches_that_stayed_are_left_out() -> None:
    words = " ".join(f"w{number}" for number in range(100))
    found = changes(f"{words} old {words}", f"{words} new {words}")
    assert [(part.kind, part.words) for part in found] == [
        ("gap", 92), ("same", AROUND), ("removed", 1), ("added", 1), ("same", AROUND), ("gap", 92),
    ]  # fmt: skip
    assert changes("a b c", "a b c") == (DiffPart("same", "a b c", 3),)


def test_a_large_strategy_is_compared_at_once() -> None:
    """Ten thousand terms with changes at both ends and in the middle."""
    terms = [f"word{number}[tiab]" for number in range(10_000)]
    edited = ["first[tiab]", *terms[:5_000], "middle[tiab]", *terms[5_000:], "last[tiab]"]
    found = changes(" OR ".join(terms), " OR ".join(edited))
    assert sum(part.words for part in found if part.kind == "added") == 6
    assert not [part for part in found if part.kind == "removed"]


texts = st.lists(st.sampled_from(["a", "b", "c[ti]", "OR", "AND", "(", ")", '"d']), max_size=40).map(" ".join)


@settings(max_examples=150, deadline=None)
@given(texts, texts)
def test_every_word_of_both_versions_is_accounted_for(before: str, after: str) -> None:
    found = changes(before, after)
    stayed = sum(part.words for part in found if part.kind in ("same", "gap"))
    assert stayed + sum(part.words for part in found if part.kind == "removed") == len(before.split())
    assert stayed + sum(part.words for part in found if part.kind == "added") == len(after.split())
    if not any(part.kind == "gap" for part in found):
        kept = "".join(part.text for part in found if part.kind in ("same", "added"))
        assert kept.split() == after.split()
