"""Untrusted text stays text: what the attack strings leave in the public database, and what is seen of them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import attack_judges as judges
import pytest
from attacks import ATTACKS, EMAILS
from making import METADATA, NOW, Client, Maker, day, quiet, record

from tracker.model import Author, Section
from tracker.publish import publish
from tracker.publish.checks import ADDRESS
from tracker.site import serve
from tracker.text.safe_markup import safe_markup


@pytest.fixture(scope="module")
def client(hostile: Path) -> Iterator[Client]:
    opened = Client(serve.build(hostile, METADATA, clock=lambda: NOW))
    yield opened
    opened.close()


def test_the_text_itself_is_still_there(client: Client) -> None:
    """Escaped, not eaten."""
    for number, text in enumerate(ATTACKS, start=1):
        if len(text) < 300 and not ADDRESS.search(text) and not safe_markup(text) and text.isprintable():
            page = judges.Page(client.get(f"/paper/LSI-{number:06}").text)
            assert " ".join(text.split()) in " ".join("".join(page.text).split()), text


def test_raw_bytes_and_absurd_addresses_are_answered(client: Client) -> None:
    for query in ("q=%ff%fe", "q=%", "q=%zz", "&&&&", "=&=", "q=a&q=b&q=c", "x=1&" * 500, "type=a&" * 150, ";q=1"):
        answer = client.get(f"/papers?{query}")
        assert answer.status_code == 200
        judges.html(answer.text, query)
    for path in (
        "/paper/<script>",
        "/paper/%3Cscript%3E",
        "/searches/%22%3E%3Csvg%3E",
        "/searches/..%2f..",
        "/%3Cscript%3E",
        "//evil.example",
        "/paper//evil.example",
        "/paper/LSI-000001/",
        "/paper/LSI-000001%0d%0a",
    ):
        answer = client.get(path)
        assert answer.status_code == 404, path
        judges.html(answer.text, path)


def test_lowered_keys_cannot_lead_elsewhere(client: Client) -> None:
    for path in ("/paper/lsi-000001", "/paper/lſi-000001", "/paper/LSI-00000１"):
        location = client.get(path).headers.get("location", "/paper/LSI-000001")
        assert location == "/paper/LSI-000001"


def test_datasettes_pages_show_hostile_rows_as_text(client: Client) -> None:
    for path in (
        "/public",
        "/public/works",
        "/public/publications",
        "/public/events",
        "/public/runs",
        "/public/searches/1",
    ):
        page = client.get(path).text
        assert "<script>alert(1)" not in page, path
        assert "<img src=x" not in page, path
        assert 'href="javascript:' not in page, path


@pytest.mark.parametrize("text", ATTACKS)
def test_markup_lets_four_tags_through_and_nothing_else(text: str) -> None:
    html = safe_markup(text)
    assert not re.search(r"<(?!/?(?:i|b|sub|sup)>)", html)
    open_tags = re.findall(r"<(\w+)>", html)
    assert sorted(open_tags) == sorted(re.findall(r"</(\w+)>", html))


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("H<sub>2</sub>O &amp; <i>E. coli</i>", "H<sub>2</sub>O &amp; <i>E. coli</i>"),
        ("<b><i>x</i></b>", "<b><i>x</i></b>"),
        ("a & b <i>c</i>", "a &amp; b <i>c</i>"),
        ("&copy; &#233; &#xe9; <i>x</i>", "&amp;copy; &#233; &#xe9; <i>x</i>"),
        ("<i>a<b>c</i></b>", ""),
        ("plain", "plain"),
    ],
)
def test_markup_by_example(text: str, html: str) -> None:
    assert safe_markup(text) == html


def test_only_http_addresses_are_in_the_public_database(hostile: Path) -> None:
    with closing(sqlite3.connect(hostile / "public.db")) as db:
        for (url,) in db.execute("select url from works union select url from publications").fetchall():
            assert url == "" or url.startswith(("https://pubmed.ncbi.nlm.nih.gov/", "https://doi.org/10."))
            assert not set(url) & set("<>\"'` \r\n")


def everything(folder: Path) -> str:
    """All bytes of both databases and of what stands beside them."""
    return "\n".join(path.read_bytes().decode("utf-8", "replace") for path in folder.iterdir())


def test_no_mail_address_is_in_the_public_folder(hostile: Path) -> None:
    """Though they stood in titles, abstracts, names, affiliations, strategies, notes of runs and reasons."""
    text = everything(hostile)
    assert re.findall(r"\w[@＠][\w-]+\.example", text) == []
    assert all(address not in text for address in EMAILS if ADDRESS.search(address))
    assert "left out" in text


def test_mail_addresses_leave_the_rest_of_a_list_as_it_was(maker: Maker) -> None:
    """A line break or a quote before an address is an escape in JSON, and no part of the address."""
    maker.run(day(1))
    maker.search("s", strategy='loneliness[tiab]\njane@uni.example[ad]\t"x"\\jane@uni.example')
    made = record(1, abstract=(Section('He said "\tjane@uni.example"', "A"),), keywords=("a\\b@uni.example", "mood"),
                  authors=(Author("[x]@uni.example", "Jane"), Author(group="[jane@uni.example]")))  # fmt: skip
    maker.match("s", made)
    maker.work(maker.record(made))
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings={}, now=NOW, say=quiet)
    assert "jane@" not in everything(folder)
    opened = Client(serve.build(folder, METADATA, clock=lambda: NOW))
    for path in (
        "/methods",
        "/searches/s",
        "/paper/LSI-000001",
        "/papers",
        "/paper/LSI-000001.json",
        "/feeds/all.atom",
    ):
        judges.judge(opened.get(path), path)
        assert opened.get(path).status_code == 200
    opened.close()
