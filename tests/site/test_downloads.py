"""Downloads: every work of a choice and no other, each row the one that ``tracker export`` writes of it."""

from __future__ import annotations

import csv
import html
import io
import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
import rispy
from attacks import ATTACKS
from making import METADATA, NOW, Client, Maker, day, fill, quiet, record

from tracker.formats import COLUMNS
from tracker.formats.csv import unguard
from tracker.home import Home
from tracker.model import Author, Event, Heading, PartialDate, Section
from tracker.publish import publish
from tracker.screening.export import export
from tracker.site.choice import SORTS
from tracker.store import Store

ALL = {"public_abstracts": "all", "public_abstracts_by": "A. Person", "public_abstracts_on": "2026-11-01"}
SUFFIXES = ("csv", "ris", "bib", "csl.json")
CLOSED = "© 2026 Some Publisher. All rights reserved."
WORKS = 90
QUERIES = (
    "",
    "q=survey",
    "q=survey&sort=relevance",
    "q=-survey",
    "q=990000007&sort=relevance",
    "q=survey+OR+trial&type=review&sort=published",
    "search=one",
    "search=one&search=two&sort=published",
    "free=1&language=ger",
    "year=2026&journal=A&journal=B",
    "since=2026-11-02",
    "until=2026-11-01&news=1",
    "search=two&since=2026-11-20&news=1",
    "source=nowhere",
    "q=%3F%3F",
    "after=2026~7",
)


@pytest.fixture(scope="module")
def tied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Many works of few days and few dates, half of them with an abstract that may not be shown; one was taken down."""
    home = tmp_path_factory.mktemp("tied")
    maker, dice = Maker(home / "tracker.db"), random.Random(3)
    first = maker.run(day(1))
    maker.search("one")
    maker.search("two")
    for number in range(1, WORKS + 1):
        made = record(
            number,
            title=f"Loneliness {dice.choice(['survey', 'trial', 'survey trial'])}",
            date=PartialDate(dice.choice(["2026", "2026-03"])),
            journal=dice.choice(["A", "B", "C"]),
            languages=(dice.choice(["eng", "ger"]),),
            pmcid=dice.choice(["", f"PMC{990000 + number}"]),
            publication_types=(dice.choice([("D016428", "Journal Article"), ("D016454", "Review")]),),
            **({"copyright": CLOSED} if number % 2 else {}),
        )
        key = maker.record(made, seen=day(1))
        for slug in dice.choice([["one"], ["two"], ["one", "two"]]):
            maker.match(slug, made, first, day(dice.choice([1, 1, 20])), dice.choice(["baseline", "new"]))
        maker.work(key)
    maker.db.execute("update work set hidden = ?, hidden_reason = 'asked' where id = 9", (day(22),))
    maker.db.close()
    publish(home / "tracker.db", home / "public", settings={}, now=NOW, say=quiet)
    return home / "public"


@pytest.fixture
def client(tied: Path, open_site: Callable[..., Client]) -> Client:
    return open_site(tied, METADATA)


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))


def keys(answer: Any) -> list[str]:
    return [row["key"] for row in rows(answer)]


def paged(client: Client, query: str) -> list[str]:
    """Keys in the order in which a reader meets them, by the links of the pages."""
    path, seen = f"/papers?{query}", []
    while path:
        text = client.get(path).text
        seen += re.findall(r'<h2><a href="/paper/(LSI-\d+)">', text)
        more = re.search(r'rel="next" href="([^"]+)"', text)
        path = html.unescape(more[1]) if more else ""
    return seen


def without_after(query: str) -> str:
    return urlencode([pair for pair in parse_qsl(query) if pair[0] != "after"])


@pytest.mark.parametrize("query", QUERIES)
def test_a_file_has_the_works_of_the_list_in_its_order_and_says_how_many(client: Client, query: str) -> None:
    answer = client.get(f"/papers.csv?{query}")
    found = keys(answer)
    assert found == paged(client, without_after(query))
    assert len(found) == len(set(found)) == int(answer.headers["x-tracker-works"])
    left_out = sum("abstract not shown here: read it at PubMed https://" in row["notes"] for row in rows(answer))
    assert left_out == int(answer.headers["x-tracker-abstracts-left-out"])
    assert left_out == sum(not row["abstract"] for row in rows(answer))
    name = f"_2026-11-24_{len(found)}-works_{left_out}-abstracts-left-out.csv"
    assert answer.headers["content-disposition"] == (
        f"attachment; filename=\"lsi-papers{name}\"; filename*=UTF-8''lsi-papers{name}"
    )


@pytest.mark.parametrize("sort", SORTS)
def test_all_works_but_those_taken_down_are_in_a_file_of_all(client: Client, tied: Path, sort: str) -> None:
    with closing(sqlite3.connect(tied / "public.db")) as db:
        expected = {key for (key,) in db.execute("select key from works where state <> 'hidden'")}
    for suffix in SUFFIXES:
        answer = client.get(f"/papers.{suffix}?q=loneliness&sort={sort}")
        assert set(re.findall(r"LSI-\d{6}", answer.text)) == expected
        assert int(answer.headers["x-tracker-works"]) == len(expected) == WORKS - 1


def test_each_format_is_read_by_its_readers_and_has_its_media_type(client: Client) -> None:
    answers = {suffix: client.get(f"/papers.{suffix}") for suffix in SUFFIXES}
    assert {suffix: answer.headers["content-type"].partition(";")[0] for suffix, answer in answers.items()} == {
        "csv": "text/csv",
        "ris": "application/x-research-info-systems",
        "bib": "application/x-bibtex",
        "csl.json": "application/vnd.citationstyles.csl+json",
    }
    for answer in answers.values():
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in answer.headers
        assert "set-cookie" not in answer.headers
        assert answer.headers["cache-control"].startswith("public, max-age=60")
    assert len(rispy.loads(answers["ris"].text)) == len(answers["csl.json"].json()) == WORKS - 1
    assert answers["bib"].text.count("\n@") + 1 == WORKS - 1
    assert tuple(rows(answers["csv"])[0]) == COLUMNS
    assert answers["csv"].content.startswith(b"\xef\xbb\xbf")


def test_profiles_are_those_of_the_format(client: Client) -> None:
    plain = client.get("/papers.csv?profile=asreview")
    assert plain.status_code == 200
    assert not plain.content.startswith(b"\xef\xbb\xbf")
    assert client.get("/papers.ris?profile=covidence").status_code == 200
    for path in ("/papers.csv", "/papers.bib", "/paper/LSI-000001.ris"):
        refused = client.get(f"{path}?profile=%3Cscript%3E%0d%0ax")
        assert (refused.status_code, refused.headers["content-type"]) == (400, "text/plain; charset=utf-8")
        assert "has no profile '<script>\\r\\nx'. There is " in refused.text
    assert "spreadsheet (Excel" in client.get("/papers.csv?profile=x").text


def test_a_conditional_request_is_answered_without_making_the_file(client: Client) -> None:
    first = client.get("/papers.csv?q=survey")
    again = client.get("/papers.csv?q=survey", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/papers.csv?q=survey&sort=published", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_head_has_the_headers_and_poisons_no_cache(client: Client) -> None:
    head = client.get("/papers.csv?q=survey", "HEAD")
    whole = client.get("/papers.csv?q=survey")
    assert head.content == b""
    assert head.headers == whole.headers
    assert len(keys(whole)) == int(head.headers["x-tracker-works"]) > 0


# --- only some -------------------------------------------------------------------------------------------------------


def test_only_the_ticked_papers_are_in_the_file_and_joined_keys_lead_on(site: Client) -> None:
    answer = site.get("/papers.csv?key=LSI-000007&key=lsi-000001&key=LSI-000002&selected=1&q=nothing&search=covid")
    assert keys(answer) == ["LSI-000002", "LSI-000001"]  # 7 was joined into 2
    assert answer.headers["x-tracker-works"] == "2"


def test_keys_of_no_paper_are_told(site: Client) -> None:
    some = site.get("/papers.csv?key=LSI-000001&key=LSI-000008&key=%3Cb%3E%0d%0aX:1&key=%C3%A4&key=")  # 8: taken down
    assert keys(some) == ["LSI-000001"]
    assert some.headers["x-tracker-not-found"] == r"LSI-000008, <B>\r\nX:1, \xc4"
    assert "_3-keys-not-found.csv" in some.headers["content-disposition"]
    assert "x" not in some.headers
    none = site.get("/papers.ris?key=LSI-000008&key=LSI-999999")
    assert (none.status_code, none.text) == (
        404,
        "There is no paper with LSI-000008, LSI-999999; nothing was written.\n",
    )
    many = site.get("/papers.ris?key=LSI-000001&" + "&".join(f"key=X{number}" for number in range(30)))
    assert many.headers["x-tracker-not-found"].endswith("X19 and 10 more")


def test_nothing_ticked_is_never_everything(site: Client) -> None:
    for query in ("selected=1&q=mood&type=article", "q=mood&type=article&key=", "q=mood&type=article&key=+&selected="):
        answer = site.get(f"/papers.csv?{query}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/papers?q=mood&type=article&selected=1")
    assert site.get("/papers.csv?selected=1").headers["location"] == "/papers?selected=1"
    page = site.get("/papers?q=mood&type=article&selected=1").text
    assert "Nothing was downloaded: no paper was ticked." in page
    assert "Nothing was downloaded" not in site.get("/papers?q=mood&type=article").text


def test_too_many_keys_and_absurd_addresses_are_refused_in_words(site: Client) -> None:
    thousand = "&".join(f"key=LSI-{number:06}" for number in range(1, 1001))
    assert site.get(f"/papers.csv?{thousand}").status_code == 200
    for query in (f"{thousand}&key=LSI-001001", "&".join(f"x={number}" for number in range(1300))):
        refused = site.get(f"/papers.csv?{query}")
        assert refused.status_code == 400
        assert "1,000 papers can be chosen one by one" in refused.text


def test_what_cannot_be_used_makes_no_larger_file(site: Client) -> None:
    """On the page it is a note above the list; in a file nobody would see it."""
    refused = site.get("/papers.csv?since=yesterday")
    assert refused.status_code == 400
    assert "“yesterday” is not a date" in refused.text
    cut = site.get(f"/papers.csv?q=mood+{'x+' * 80}")
    assert "were used" in cut.headers["x-tracker-note"]


def test_the_list_offers_its_files_with_their_numbers(client: Client) -> None:
    text = client.get("/papers?q=survey&sort=published").text
    total = len(keys(client.get("/papers.csv?q=survey&sort=published")))
    links = re.findall(r'<a href="([^"]+)" rel="nofollow">', text[text.index(f"Download all {total}:") :])
    assert [html.unescape(link) for link in links[:4]] == [
        f"/papers.{suffix}?q=survey&sort=published" for suffix in SUFFIXES
    ]
    for link in links[4:]:
        assert client.get(html.unescape(link)).status_code == 200
    withheld = client.get("/papers.csv?q=survey").headers["x-tracker-abstracts-left-out"]
    assert f"{withheld} abstracts may not be shown here" in text


def test_the_form_works_as_a_browser_sends_it(client: Client) -> None:
    text = client.get("/papers?q=survey&sort=published").text
    form = text[text.index('<form action="/papers.csv">') :]
    form = form[: form.index("</form>")]
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form)
    boxes = re.findall(r'<input type="checkbox" name="key" value="(LSI-\d+)"><span class="unseen">Choose [^<]+<', form)
    assert len(boxes) == 25
    for path in re.findall(r'<button name="selected" value="1" formaction="([^"]+)"', form):
        answer = client.get(f"{path}?{urlencode([*fields, ('key', boxes[3]), ('key', boxes[0]), ('selected', '1')])}")
        assert re.findall(rf"{boxes[3]}|{boxes[0]}", answer.text)[0] == boxes[3]
        assert answer.headers["x-tracker-works"] == "2"


# --- one paper -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_paper_is_a_file_as_in_a_list_and_its_address_behaves_as_its_page(site: Client, suffix: str) -> None:
    one = site.get(f"/paper/LSI-000001.{suffix}")
    assert one.content == site.get(f"/papers.{suffix}?key=LSI-000001").content
    assert one.headers["content-disposition"].startswith(f'attachment; filename="LSI-000001.{suffix}"')
    assert one.headers["content-type"] == site.get(f"/papers.{suffix}").headers["content-type"]
    assert site.get(f"/paper/LSI-000005.{suffix}").headers["x-tracker-abstracts-left-out"] == "1"
    assert "LSI-000005_abstract-left-out." in site.get(f"/paper/LSI-000005.{suffix}").headers["content-disposition"]
    moved = site.get(f"/paper/LSI-000007.{suffix}?profile=")
    assert (moved.status_code, moved.headers["location"]) == (301, f"/paper/LSI-000002.{suffix}?profile=")
    lower = site.get(f"/paper/lsi-000001.{suffix}")
    assert (lower.status_code, lower.headers["location"]) == (301, f"/paper/LSI-000001.{suffix}")
    assert site.get(f"/paper/LSI-000008.{suffix}").status_code == 410
    for key in ("LSI-999999", "nothing", "%3Cb%3E"):
        assert site.get(f"/paper/{key}.{suffix}").status_code == 404


# --- as tracker export -----------------------------------------------------------------------------------------------


def hard(maker: Maker) -> None:
    """Works whose rows are hard to put together again from what is public."""
    maker.run(day(1))
    maker.run(day(20))
    maker.search("one")
    maker.search("two")
    people = (
        Author("Vale", "Ada", "A", "Jr"), Author("Moss", "", "BT"), Author("", "Cher"), Author("de Silva, PhD", "Rui"),
        Author("Prince"), Author(group="Owls, Herons; and Friends"), Author("Ash", "", "", "III"),
        Author(group="Prince"),
    )  # fmt: skip
    plain = {"abstract": (), "authors": (), "languages": (), "keywords": (), "mesh": (), "country": ""}
    maker.simple(1, "one", authors=people, authors_complete=False, languages=("eng", "ger"), country="England",
                 keywords=("a; b", "mood", ""), journal="", journal_abbrev="J Inv", issns=("1234-5678",), volume="3",
                 mesh=(Heading("Mood", qualifiers=("a", "b"), major=True), Heading("Owls, X", major=True)))  # fmt: skip
    maker.simple(2, "one", pmid="", doi="", source="psyarxiv", source_id="abc_v1", title="", vernacular_title="Einsam?")
    maker.simple(3, "two", **plain, other_abstracts=(("plain-language-summary", "eng", "In short."),))
    first, twin = record(4, **plain), record(44, source="europepmc", source_id="PMC44", keywords=("late",), country="X")
    other = record(45, abstract=(Section("Another."),), keywords=("early",), languages=("fre",), authors=people[:2])
    ids = [maker.record(made, seen=day(3)) for made in (first, other, twin)]
    maker.match("one", first, until=day(20), to_run=2, ended="gone")
    maker.work(*ids, publications=[ids[0], ids[1], ids[0]])  # a record of another publication speaks before the twin
    pre = record(5, source="medrxiv", publication_types=(("D000076942", "Preprint"),), doi="10.5555/pre.5", pmid="")
    art = record(6, **{**plain, "authors": ()}, date=PartialDate("2026-11-02"), copyright=CLOSED)
    ids = [maker.record(made) for made in (pre, art)]
    maker.match("two", pre)
    maker.match("one", art)
    maker.work(*ids, publications=ids)
    for kind in ("corrected", "retracted", "published"):
        maker.event(ids[1], Event(kind, f"n-{kind}", "pubmed"))


def exported(home: Home, out: Path) -> int:
    """The number of works in ``out``, written by ``tracker export`` of all searches."""
    with Store(home.database) as store:
        slugs = [row[0] for row in store.db.execute("select slug from search order by slug")]
        (receipt,) = export(home, store, out, name="everything", searches=slugs, mode="all", now=day(24))
    return receipt.records


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("works", [hard, fill])
def test_a_file_is_byte_for_byte_what_tracker_export_writes(
    tmp_path: Path, open_site: Callable[..., Client], works: Callable[[Maker], object], suffix: str
) -> None:
    home, out = Home(tmp_path), tmp_path / f"all.{suffix}"
    Store(tmp_path / "empty.db").db.close()
    maker = Maker(home.database)
    works(maker)
    maker.db.execute("attach ? as empty", (str(tmp_path / "empty.db"),))  # whose schema is said to be up to date
    maker.db.execute("create table _sqlite_migrations as select * from empty._sqlite_migrations")
    maker.db.close()
    publish(home.database, home.public, settings=ALL, now=NOW, say=quiet)
    number = exported(home, out)
    with closing(sqlite3.connect(home.public / "public.db")) as db:
        asked = [f"key={key}" for (key,) in db.execute("select key from works where state <> 'hidden' order by id")]
    answer = open_site(home.public, METADATA).get(f"/papers.{suffix}?{'&'.join(asked)}")
    assert len(asked) == number == int(answer.headers["x-tracker-works"])
    assert answer.content.decode() == out.read_bytes().decode()


@pytest.mark.parametrize(("suffix", "end"), [("csv", "\r\n"), ("ris", "ER  - \r\n")])
def test_every_record_that_the_demo_exports_is_in_the_file_of_all(
    tmp_path: Path, played: Any, open_site: Callable[..., Client], suffix: str, end: str
) -> None:
    home, out = Home(tmp_path), tmp_path / f"all.{suffix}"
    home.database.parent.mkdir()
    source, target = sqlite3.connect(played.root / "db" / "tracker.db"), sqlite3.connect(home.database)
    with closing(source), closing(target):
        source.backup(target)
    publish(home.database, home.public, settings=ALL, now=NOW, say=quiet)
    number = exported(home, out)
    theirs = {item.strip() for item in out.read_bytes().decode("utf-8-sig").split(end)}
    body = open_site(home.public, METADATA).get(f"/papers.{suffix}").content.decode("utf-8-sig")
    mine = {item.strip() for item in body.split(end)}
    assert len(theirs) >= number > 1000
    assert theirs - mine == set()


def test_where_the_article_may_not_be_shown_the_abstract_of_its_preprint_stands_in(
    maker: Maker, open_site: Callable[..., Client]
) -> None:
    """As the page shows it; the notes say whose it is."""
    pre = record(5, source="medrxiv", publication_types=(("D000076942", "Preprint"),), doi="10.5555/pre.5", pmid="")
    art = record(6, copyright=CLOSED, abstract=(Section("Not for everybody."),))
    maker.run(day(1))
    maker.search("one")
    ids = [maker.record(made) for made in (pre, art)]
    maker.match("one", art)
    maker.work(*ids, publications=ids)
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings={}, now=NOW, say=quiet)
    (row,) = rows(open_site(folder, METADATA).get("/papers.csv"))
    assert row["abstract"] == "AIM: We asked adults about solitude. RESULTS: Mood was lower."
    assert row["notes"] == "tracker-id: LSI-000001; the abstract is that of the preprint 10.5555/pre.5"
    assert row["versions"] == "preprint 10.5555/pre.5; article 10.5555/lsi.6"


def test_an_abstract_without_an_address_is_said_to_be_left_out_all_the_same(
    maker: Maker, open_site: Callable[..., Client]
) -> None:
    maker.run(day(1))
    maker.search("one")
    maker.simple(1, "one", copyright=CLOSED, pmid="", doi="")
    maker.simple(2, "one", copyright=CLOSED, pmid="")
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings={"public_abstracts": "none"}, now=NOW, say=quiet)
    client = open_site(folder, METADATA)
    assert [row["notes"].partition("; ")[2] for row in rows(client.get("/papers.csv"))] == [
        "abstract not shown here: read it at the publisher https://doi.org/10.5555/lsi.2",
        "abstract not shown here",
    ]


def test_a_tracker_without_works_gives_empty_files(maker: Maker, open_site: Callable[..., Client]) -> None:
    folder = maker.path.parent / "public"
    publish(maker.path, folder, settings={}, now=NOW, say=quiet)
    client = open_site(folder, METADATA)
    assert rows(client.get("/papers.csv")) == []
    assert client.get("/papers.csl.json").json() == []
    assert '"papers_2026-11-24_0-works_0-' in client.get("/papers.ris").headers["content-disposition"]


# --- attacks ---------------------------------------------------------------------------------------------------------

FORMULA = re.compile("[=+\\-@\t\r\0\uff1d\uff0b\uff0d\uff20]")


def test_hostile_records_stay_values_in_every_format(hostile: Path, open_site: Callable[..., Client]) -> None:
    client = open_site(hostile)
    found = rows(client.get("/papers.csv"))
    assert len(found) == len(ATTACKS)
    for row in found:
        assert None not in row
        assert all(not FORMULA.match(value) for value in row.values()), row["key"]
    assert "=cmd|' /C calc'!A0" in {unguard(row["title"]).removeprefix("RETRACTED: ") for row in found}
    ris = client.get("/papers.ris").text
    assert ris.count("\r\nER  - \r\n") == ris.count("TY  - JOUR\r\n") == len(rispy.loads(ris)) == len(ATTACKS)
    assert len(client.get("/papers.csl.json").json()) == len(ATTACKS)
    bib = client.get("/papers.bib").text
    assert re.findall(r"^@\w+\{(LSI-\d+),$", bib, re.MULTILINE) == [row["key"] for row in found]
    for number in range(1, len(ATTACKS) + 1):
        assert client.get(f"/paper/LSI-{number:06}.ris").text.count("TY  - ") == 1


@pytest.mark.parametrize("name", ["q", "search", "type", "year", "journal", "since", "news", "sort", "after", "profile",
                                  "key", "selected", "unknown"])  # fmt: skip
def test_hostile_parameters_get_a_file_or_a_sentence(site: Client, name: str) -> None:
    for text in (*ATTACKS[::6], "\x00", "\ud800", "\r\nX: y", "x" * 20_000):
        said = quote(text.encode("utf-8", "surrogatepass"))
        for path in (f"/papers.csv?{name}={said}", f"/papers.csl.json?{name}={said}"):
            answer = site.get(path)
            assert answer.status_code in (200, 303, 400, 404), path
            if answer.status_code == 200:
                assert answer.headers["content-disposition"].startswith('attachment; filename="lsi-papers_2026')
                assert answer.headers["content-disposition"].isascii()
            elif answer.status_code != 303:
                assert answer.headers["content-type"] == "text/plain; charset=utf-8"
                assert len(answer.text) < 1000
    for query in ("q=%ff%fe", "profile=%", "&&&&", "=&=", "key=%ff", ";q=1"):
        assert site.get(f"/papers.csv?{query}").status_code in (200, 400, 404)
