"""The privacy notice that only the owner can fill in, and the box of helplines: settings, commands, pages."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker import helpbox, privacy
from tracker.cli import main
from tracker.home import make_home, starter
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
    assert list(privacy.mistakes(said)) == list(helpbox.mistakes(said)) == []


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
    list(helpbox.mistakes(own))
    assert set(privacy.filled(own)) == set(privacy.FIELDS)
    assert privacy.unfilled(own)
    assert helpbox.box(own).links


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
    assert helpbox.concerns(["Something else", text])


@pytest.mark.parametrize(
    "text", ["", "Self-esteem", "drug overdose deaths", "harm reduction", "herself harmed", "Mood"]
)
def test_the_box_does_not_belong_to_everything(text: str) -> None:
    assert not helpbox.concerns([text])


def test_the_box_names_the_british_helplines_unless_the_settings_name_others() -> None:
    said = " ".join(text for text, _ in helpbox.box({}).links)
    for number in ("116 123", "SHOUT to 85258", "111", "999", "findahelpline.com"):
        assert number in said
    other = helpbox.box({"help": {"title": "T", "text": " ", "links": [
        {"text": "Line", "url": "tel:+49 800 111"}, {"text": "Bad", "url": "javascript:x"}, {"url": "https://a.example"},
        5,
    ]}})  # fmt: skip
    assert other == helpbox.Box("T", helpbox.TEXT, (("Line", "tel:+49800111"), ("Bad", "")))
