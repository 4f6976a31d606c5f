"""The privacy notice that only the owner can fill in, and the box of helplines: settings, commands, pages."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from making import METADATA, NOW, Client, Maker, day, quiet
from markupsafe import escape

from tracker.cli import main
from tracker.home import make_home, starter
from tracker.model import Heading
from tracker.publish import publish
from tracker.settings import helplines, privacy
from tracker.site import linked
from tracker.store import Store, identity

ROOT = Path(__file__).resolve().parents[2]
WHOLE = {
    "controller": "The Network, 1 Example Street, London",
    "contact": "privacy@network.example",
    "dpo": "dpo@network.example",
    "lawful_basis": "Public task.",
    "recipients": "Our host, Example Hosting Ltd.",
    "transfers": "None: everything is kept in the United Kingdom.",
    "retention": "Server logs are deleted after 14 days.",
    "complaints": "https://network.example/complain",
    "updated": "2026-11-24",
}


def home_with(root: Path, own: dict[str, Any]) -> Path:
    """A new home with these settings, as `tracker init` makes it, but with one search."""
    home = make_home(root / "home", own)
    shutil.rmtree(home.queries)
    home.queries.mkdir()
    (home.queries / "tea.txt").write_text("title: Tea\nsources: pubmed\n---\ntea[ti]\n", encoding="utf-8")
    with Store(home.database) as store, store.write() as db:
        identity.decide(db, "LSI", "network.example")
    return home.root


def tracker(home: Path, *words: str) -> Result:
    told = CliRunner().invoke(main, ["--home", str(home), *words])
    if told.exception and not isinstance(told.exception, SystemExit):
        raise told.exception
    return told


# --- the settings ---------------------------------------------------------------------------------------------------


def test_the_starting_metadata_has_every_field_of_the_notice_and_all_are_empty() -> None:
    """`tracker init` copies this file, so that a new home shows what there is to fill in."""
    said = json.loads((starter() / "metadata.json").read_text(encoding="utf-8"))["plugins"]["tracker"]
    assert said["privacy"] == dict.fromkeys(privacy.FIELDS, "")
    assert list(privacy.mistakes(said)) == list(helplines.mistakes(said)) == []


def test_an_empty_notice_names_exactly_the_fields_that_only_the_owner_can_fill() -> None:
    needed = [name for name, (must, _) in privacy.FIELDS.items() if must]
    assert privacy.unfilled({}) == privacy.unfilled({"privacy": {}}) == needed
    assert privacy.unfilled({"privacy": dict.fromkeys(privacy.FIELDS, "  ")}) == needed
    assert sorted(needed) == sorted(WHOLE)
    assert privacy.unfilled({"privacy": WHOLE}) == []
    assert privacy.unfilled_line({"privacy": WHOLE}) == ""


def test_legitimate_interests_are_named_where_they_are_the_lawful_basis() -> None:
    """UK GDPR, article 13 (1)(d)."""
    said = {**WHOLE, "lawful_basis": "Legitimate interests, article 6 (1)(f)."}
    assert privacy.unfilled({"privacy": said}) == ["legitimate_interests"]
    assert privacy.unfilled({"privacy": {**said, "legitimate_interests": "Evidence for reviewers."}}) == []


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ({"privacy": []}, "must be a JSON object"),
        ({"privacy": {"controler": "x"}}, "'controler' that is not known"),
        ({"privacy": {"dpo": 3}}, "dpo must be a text"),
        ({"privacy": {"updated": "24 November 2026"}}, "updated is '24 November 2026'"),
        ({"privacy": {"updated": "20261124"}}, "must be a day such as"),
        ({"help": "off"}, "must be a JSON object"),
        ({"help": {"colour": "red"}}, "'colour' that is not known"),
        ({"help": {"title": 1}}, "title must be a text"),
        ({"help": {"links": {}}}, "must be a list"),
        ({"help": {"links": [{"url": "https://a.example"}]}}, "number 1: it needs a text"),
        ({"help": {"links": [{"text": "A", "url": "javascript:alert(1)"}]}}, "is no address"),
    ],
)
def test_check_tells_what_is_wrong_in_the_settings(tmp_path: Path, said: dict[str, Any], wrong: str) -> None:
    told = tracker(home_with(tmp_path, said), "check")
    assert told.exit_code == 2
    assert wrong in told.stderr
    assert "metadata.json" in told.stderr


def test_check_says_what_is_not_filled_in_and_that_is_no_mistake(tmp_path: Path) -> None:
    home = home_with(tmp_path, {"help": {"links": [{"text": "A line"}, {"text": "B", "url": "tel:+44 20 7946 0000"}]}})
    told = tracker(home, "check")
    assert told.exit_code == 0
    assert "plugins.tracker.privacy of metadata.json lacks controller, contact" in told.stdout
    assert "lacks controller" in json.loads(tracker(home, "check", "--json").stdout)["notes"][0]


words = st.text(max_size=20) | st.integers() | st.none()


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from([*privacy.FIELDS, "x"]), words, max_size=6) | words | st.lists(words))
def test_no_setting_whatever_breaks_the_notice(said: Any) -> None:
    own = {"privacy": said, "help": said}
    list(privacy.mistakes(own))
    list(helplines.mistakes(own))
    assert set(privacy.filled(own)) == set(privacy.FIELDS)
    assert privacy.unfilled(own)
    assert helplines.box(said).links


# --- the commands ---------------------------------------------------------------------------------------------------


def test_publish_warns_in_one_line_that_names_the_fields(tmp_path: Path) -> None:
    lines = [line for line in tracker(home_with(tmp_path, {}), "publish").stderr.splitlines() if "warning" in line]
    assert len(lines) == 1
    for name in WHOLE:
        assert name in lines[0]


def test_publish_does_not_warn_when_the_notice_is_whole(tmp_path: Path) -> None:
    assert "warning" not in tracker(home_with(tmp_path, {"privacy": WHOLE}), "publish").stderr


def test_serve_refuses_any_address_but_loopback_until_the_notice_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Exit code 2, one line with the file and the fields; this computer's own addresses always work."""
    served: list[str] = []
    monkeypatch.setattr("tracker.site.serve.serve", lambda folder, metadata, host, port, clock: served.append(host))
    monkeypatch.setattr("tracker.site.serve.check", lambda folder, host, port: None)
    home = home_with(tmp_path, {})
    for host in ("0.0.0.0", "::", "192.0.2.7", "evidence.example", "127.0.0.1.example"):
        told = tracker(home, "serve", "--host", host)
        assert told.exit_code == 2
        assert "metadata.json: the privacy notice is not filled in" in told.stderr
        assert "controller" in told.stderr
        assert "updated" in told.stderr
    assert served == []
    for host in ("127.0.0.1", "localhost", "::1", "127.8.8.8"):
        assert tracker(home, "serve", "--host", host).exit_code == 0
    said = {"plugins": {"tracker": {"privacy": WHOLE}}}
    (home / "metadata.json").write_text(json.dumps(said), encoding="utf-8")
    assert tracker(home, "serve", "--host", "0.0.0.0").exit_code == 0
    assert served[-1] == "0.0.0.0"


# --- the box of helplines -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "Suicidal Ideation", "Suicide Prevention / methods *", "parasuicide", "covid-suicide-self-harm",
        "Self-Injurious Behavior", "self harm in adolescents", "Self\u2010harm", "self-poisoning", "Suizidalität",
        "deliberate overdoses", "intentional drug overdose", "SELF-INFLICTED wounds",
    ],
)  # fmt: skip
def test_the_box_belongs_to_suicide_and_self_harm(text: str) -> None:
    assert helplines.concerns(["Something else", text])


@pytest.mark.parametrize(
    "text", ["", "Self-esteem", "drug overdose deaths", "harm reduction", "herself harmed", "Mood"]
)
def test_the_box_does_not_belong_to_everything(text: str) -> None:
    assert not helplines.concerns([text])


def test_the_box_names_the_british_helplines_unless_the_settings_name_others() -> None:
    said = " ".join(text for text, _ in helplines.box(None).links)
    for number in ("116 123", "SHOUT to 85258", "111", "999", "findahelpline.com"):
        assert number in said
    other = helplines.box({"title": "T", "text": " ", "links": [
        {"text": "Line", "url": "tel:+49 800 111"}, {"text": "Bad", "url": "javascript:x"}, {"url": "https://a.example"},
        5,
    ]})  # fmt: skip
    assert other == helplines.Box("T", helplines.TEXT, (("Line", "tel:+49800111"), ("Bad", "")))


# --- the pages ------------------------------------------------------------------------------------------------------


def with_settings(filled: Path, open_site: Callable[..., Client], **own: Any) -> Client:
    return open_site(filled, {**METADATA, "plugins": {"tracker": own}})


def test_the_notice_says_what_is_not_filled_in(site: Client) -> None:
    text = site.get("/privacy").text
    assert "This notice is not finished." in text
    for name in WHOLE.keys() - {"updated"}:
        assert f"not filled in yet: {name}<" in text
    for built_in in ("No cookies are set", "not collected from the authors", "within 30 days", "ico.org.uk"):
        assert built_in in text


def test_a_whole_notice_has_every_field_and_nothing_is_left_open(
    filled: Path, open_site: Callable[..., Client]
) -> None:
    more = {"purposes": "P1.\n\nP2 <b>.", "data": "D.", "rights": "R.", "authority": "The other authority."}
    interests = {"lawful_basis": "Legitimate interests", "legitimate_interests": "Evidence."}
    client = with_settings(filled, open_site, privacy={**WHOLE, **more, **interests})
    text = client.get("/privacy").text
    assert "not filled in" not in text
    assert "not finished" not in text
    for said in ("The Network, 1 Example Street", "P1.</p>", "P2 &lt;b&gt;.", "D.", "R.", "The other authority.",
                 "Evidence.", "Of 24 November 2026.", "Server logs are deleted after 14 days."):  # fmt: skip
        assert said in text
    assert "ico.org.uk" not in text
    assert '<a href="mailto:privacy@network.example" rel="noopener">privacy@network.example</a>' in text
    assert '<a href="https://network.example/complain" rel="noopener">' in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("See (https://a.example/x).", 'See (<a href="https://a.example/x" rel="noopener">https://a.example/x</a>).'),
        ("a@b.example, or", '<a href="mailto:a@b.example" rel="noopener">a@b.example</a>, or'),
        ("javascript:alert(1) <i>", "javascript:alert(1) &lt;i&gt;"),
        ("http://a@b.example/", "http://a@b.example/"),
        ('https://a.example/"x', '<a href="https://a.example/" rel="noopener">https://a.example/</a>&#34;x'),
    ],
)
def test_addresses_in_settings_become_links_and_nothing_else_does(text: str, shown: str) -> None:
    assert linked.linked(text) == shown


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=60))
def test_any_text_of_the_settings_stays_text(text: str) -> None:
    html = str(linked.linked(text))
    assert re.sub(r"<a href=\"(?:mailto:|https?://)[^\"<>]*\" rel=\"noopener\">|</a>", "", html) == str(escape(text))


def test_accessibility_and_about_name_the_contact_and_what_does_not_work(
    filled: Path, open_site: Callable[..., Client], site: Client
) -> None:
    assert "not filled in yet: contact" in site.get("/accessibility").text
    assert "not filled in yet: contact" in site.get("/about").text
    client = with_settings(filled, open_site, contact="team@network.example")
    for path in ("/accessibility", "/about"):
        assert 'href="mailto:team@network.example"' in client.get(path).text
    other = with_settings(filled, open_site, contact=7, privacy=WHOLE)
    assert 'href="mailto:privacy@network.example"' in other.get("/about").text
    said = site.get("/accessibility").text
    assert "Level AA" in said
    assert "pages of Datasette" in said
    assert "Statement prepared on" in said


def test_about_gives_thanks_where_the_licences_ask_for_it(site: Client) -> None:
    """NLM's terms: courtesy, no endorsement, may not be the most current."""
    text = site.get("/about").text
    credits = ("Europe PMC", "bioRxiv and medRxiv", "OSF", "Crossref", "Retraction Watch", "Not medical advice")
    library = ("courtesy of the U.S. National Library of Medicine", "endorses neither", "may not be the most current")
    for said in credits + library:
        assert said in text


def test_every_page_leads_to_the_pages_that_a_public_service_needs(site: Client) -> None:
    text = site.get("/papers").text
    for path in ("/privacy", "/accessibility", "/charts", "/about"):
        assert f'href="{path}"' in text
        assert site.get(path).status_code == 200
    assert "Not medical advice" in text


HEADING = "If you are struggling, you are not alone"


def test_the_box_stands_beside_papers_on_the_subject_and_on_its_search_and_nowhere_else(
    maker: Maker, open_site: Callable[..., Client]
) -> None:
    maker.run(day(1))
    maker.search("lonely", "Loneliness")
    maker.search("covid-suicide-self-harm", "COVID-19, suicide and self-harm")
    maker.simple(1, "lonely")
    maker.simple(2, "lonely", title="Suicidal ideation after isolation.")
    maker.simple(3, "lonely", mesh=(Heading("Self-Injurious Behavior"),))
    maker.simple(4, "covid-suicide-self-harm")
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    client = open_site(public)
    shown = [path for path in ("/paper/LSI-000001", "/paper/LSI-000002", "/paper/LSI-000003", "/paper/LSI-000004",
                               "/searches/lonely", "/searches/covid-suicide-self-harm")
             if HEADING in client.get(path).text]  # fmt: skip
    assert shown == ["/paper/LSI-000002", "/paper/LSI-000003", "/paper/LSI-000004", "/searches/covid-suicide-self-harm"]
    text = client.get("/paper/LSI-000002").text
    assert '<a href="tel:999" rel="noopener">In an emergency: call 999</a>' in text
    assert "Samaritans: call 116 123" in text
    other = open_site(public, {"plugins": {"tracker": {"help": {"title": "<T>", "links": [{"text": "Only this"}]}}}})
    text = other.get("/paper/LSI-000002").text
    assert "&lt;T&gt;" in text
    assert "<span>Only this</span>" in text
    assert HEADING not in text


def test_serve_needs_the_public_folder_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replica has no searches and no private database; a folder that has nothing is told how to become a home."""
    served: list[Path] = []
    monkeypatch.setattr("tracker.site.serve.serve", lambda folder, metadata, host, port, clock: served.append(folder))
    monkeypatch.setattr("tracker.site.serve.check", lambda folder, host, port: None)
    told = tracker(tmp_path, "serve")
    assert (told.exit_code, served) == (2, [])
    assert "tracker init" in told.stderr
    (tmp_path / "db" / "public").mkdir(parents=True)
    assert tracker(tmp_path, "serve").exit_code == 0
    assert served == [tmp_path / "db" / "public"]
