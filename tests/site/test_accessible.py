"""WCAG 2.2 as far as the pages' HTML and the style sheet alone can tell; no browser is needed, so it is always held."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Callable
from itertools import pairwise

import pytest
from making import METADATA, NOW, OPEN, Client, Maker, day, quiet
from outline import Element, Outline
from page_types import PAGES

from tracker.model import Section
from tracker.publish import publish
from tracker.site.assets import STATIC
from tracker.site.site import TEMPLATES

CSS = (STATIC / "site.css").read_text(encoding="utf-8")
CONTROLS = ("input", "select", "textarea")


@pytest.fixture(params=PAGES)
def page(request: pytest.FixtureRequest, site: Client) -> Outline:
    answer = site.get(request.param)
    assert answer.status_code in (200, 404, 410)
    return Outline(answer.text)


def test_headings_begin_with_one_and_leave_no_level_out(page: Outline) -> None:
    """1.3.1, 2.4.6"""
    levels = [int(element.name[1]) for element in page.all("h1", "h2", "h3", "h4", "h5", "h6")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert all(element.text for element in page.all("h1", "h2", "h3"))


def test_ids_are_unique_and_all_that_point_to_one_find_it(page: Outline) -> None:
    ids = [element.said["id"] for element in page.elements if "id" in element.said]
    assert len(set(ids)) == len(ids), ids
    pointing = [
        target
        for element in page.elements
        for name in ("for", "aria-labelledby", "aria-describedby", "aria-controls")
        for target in element.said.get(name, "").split()
    ]
    inside = [element.said["href"][1:] for element in page.all("a") if element.said.get("href", "").startswith("#")]
    assert {*pointing, *inside} <= set(ids)


def test_every_control_has_a_name(page: Outline) -> None:
    """1.3.1, 3.3.2, 4.1.2: a label that is seen or heard; a placeholder is none."""
    labelled = {element.said["for"] for element in page.all("label") if element.text and "for" in element.said}
    for control in page.all(*CONTROLS):
        if control.said.get("type") == "hidden":
            continue
        around = any(element.name == "label" and element.text for element in control.within)
        assert around or control.said.get("id") in labelled or control.said.get("aria-label"), control.said
    for element in page.all("a", "button", "summary"):
        assert element.text or element.said.get("aria-label") or "unapi-id" in element.classes, element.said
    for form in page.all("form"):
        assert any(button.within.count(form) for button in page.all("button")), form.said


def test_the_page_names_its_language_its_title_and_its_parts(page: Outline) -> None:
    """2.4.1, 2.4.2, 3.1.1: landmarks, those of one kind told apart by their names, and the way past the first ones."""
    assert page.one("html").said["lang"] == "en"
    assert page.all("title")[0].text.endswith(f" · {METADATA['title']}")
    main = page.one("main")
    first = next(element for element in page.all("a", "button", *CONTROLS))
    assert ("skip", f"#{main.said['id']}") == (first.said["class"], first.said["href"])
    for kinds in (("nav",), ("aside",)):
        names = [_name(page, element) for element in page.all(*kinds)]
        assert len(set(names)) == len(names), names
    for element in page.elements:
        assert not element.said.get("tabindex", "0").strip("-01"), element.said  # the order is that of the page


def _name(page: Outline, element: Element) -> str:
    named = element.said.get("aria-labelledby")
    return next(
        (other.text for other in page.elements if named and other.said.get("id") == named),
        element.said.get("aria-label", ""),
    )


def test_pictures_have_words_and_nothing_is_styled_in_place(page: Outline) -> None:
    """1.1.1"""
    for element in page.all("svg"):
        assert element.said.get("role") == "img", element.said
        assert element.said.get("aria-label") or element.said.get("aria-labelledby"), element.said
    assert all("alt" in element.said for element in page.all("img"))
    for element in page.elements:
        assert not {"style", "align", "bgcolor", "border", "onclick"} & set(element.said), element.said


def test_tables_say_what_their_rows_and_columns_are(page: Outline) -> None:
    """1.3.1: every heading cell has a scope; a name; what scrolls can be reached with the keyboard (2.1.1)."""
    for cell in page.all("th"):
        assert cell.said.get("scope") in ("col", "row", "colgroup", "rowgroup"), cell.said
    for table in page.all("table"):
        scroll = next((element for element in table.within if "scroll" in element.classes), None)
        named = table.has("caption") or "aria-labelledby" in table.said or "aria-label" in table.said
        assert named or (scroll and _name(page, scroll)), table.said
        if scroll:
            assert scroll.said.get("tabindex") == "0"
            assert scroll.said.get("role") in ("group", "region")


def test_lists_and_folds_are_made_as_they_must_be(page: Outline) -> None:
    """4.1.2"""
    for element in page.all("ul", "ol"):
        assert {child.name for child in element.children} <= {"li"}, element.text[:60]
    for element in page.all("details"):
        assert element.children[0].name == "summary"
    for element in page.all("a", "button", "summary"):
        assert not {"a", "button", "summary", "input"} & {other.name for other in element.within}, element.text


def test_a_title_in_another_language_says_so(site: Client, maker: Maker, open_site: Callable[..., Client]) -> None:
    """3.1.2"""
    maker.run(day(1))
    maker.search("lonely")
    maker.simple(1, "lonely", since=day(20), title="", vernacular_title="Einsamkeit im Alter", languages=("ger",))
    maker.simple(2, "lonely", since=day(20), title="Loneliness.", vernacular_title="Einsamkeit", languages=("ger",))
    shown = _opened(maker, open_site)
    for path in ("/", "/papers", "/paper/LSI-000001"):
        assert re.search(r'lang="de">\s*Einsamkeit im Alter', shown.get(path).text), path
    assert re.search(r'lang="de">\s*Einsamkeit<', shown.get("/paper/LSI-000002").text)


def _opened(maker: Maker, open_site: Callable[..., Client]) -> Client:
    public = maker.path.parent / "public"
    publish(maker.path, public, settings={}, now=NOW, say=quiet)
    return open_site(public)


def test_a_list_of_25_is_light(maker: Maker, open_site: Callable[..., Client]) -> None:
    """Under 150 kB, and under 40 kB compressed, with abstracts of 250 words, 10 searches and 40 journals."""
    dice = random.Random(5)
    letters = "etaoinshrdlucmfwypvbgkqjxz"
    weights = [12, 9, 8, 8, 7, 7, 6, 6, 6, 4, 4, 3, 3, 2, 2, 2, 2, 2, 1, 1.5, 2, 1, 0.2, 0.2, 0.2, 0.1]
    words = ["".join(dice.choices(letters, weights, k=max(2, int(dice.gauss(6, 2.5))))) for _ in range(4000)]

    def text(number: int) -> str:
        return " ".join(dice.choices(words, [1 / (rank + 3) for rank in range(len(words))], k=number))  # Zipf

    maker.run(day(1))
    for number in range(10):
        maker.search(f"search-{number}", text(6))
    for number in range(1, 61):
        labels = ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
        maker.simple(
            number, f"search-{number % 10}", since=day(20 + number % 5), title=text(14), copyright=OPEN,
            abstract=tuple(Section(text(63), label) for label in labels), journal=f"Journal of {text(3)}",
            pmcid=f"PMC99{number:04}",
        )  # fmt: skip
    for path in ("/papers", f"/papers?q={words[0]}", "/"):
        body = _opened(maker, open_site).get(path).content
        assert body.count(b"<article") >= 25
        assert len(body) < 150_000, path
        assert len(gzip.compress(body, 6)) < 40_000, path


# --- the style sheet ------------------------------------------------------------------------------------------------

Scheme = dict[str, str]


def _schemes() -> dict[str, Scheme]:
    """The custom properties of the light and of the dark scheme."""
    light, dark = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)[:2]
    read = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", text)) for text in (light, dark)]
    return {"light": read[0], "dark": {**read[0], **read[1]}}


def _contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance and contrast ratio."""

    def linear(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    def light(colour: str) -> float:
        red, green, blue = (linear(int(colour[place : place + 2], 16)) for place in (1, 3, 5))
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


READ = [
    *[(ink, ground) for ink in ("ink", "ink-soft", "link", "link-strong") for ground in ("paper", "sheet", "soft")],
    *[(name, f"{name}-soft") for name in ("bad", "warn", "good", "blue", "violet")],
    *[("ink", f"{name}-soft") for name in ("bad", "warn", "good", "blue")],
    *[(name, ground) for name in ("bad", "warn", "good") for ground in ("paper", "sheet")],
    ("on-accent", "accent"), ("on-accent", "accent-strong"), ("mark-ink", "mark"), ("paper", "bad"),
]  # fmt: skip
SEEN = [(name, ground) for name in ("line-strong", "link", "bar", "warn", "bad") for ground in ("paper", "sheet")]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_colours_stand_out_from_each_other(scheme: str) -> None:
    """1.4.3: text 4.5 to 1; 1.4.11: edges of controls, focus, bars, marks 3 to 1. Dark differs in every colour."""
    colours = _schemes()
    poor = {pair: _contrast(*(colours[scheme][name] for name in pair)) for pair in READ}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 4.5} == {}
    poor = {pair: _contrast(*(colours[scheme][name] for name in pair)) for pair in SEEN}
    assert {pair: ratio for pair, ratio in poor.items() if ratio < 3} == {}
    same = {name for name, value in colours["dark"].items() if value == colours["light"][name]}
    assert same <= {"on-accent"}


def test_colours_are_named_once() -> None:
    """Outside the custom properties no rule has a colour of its own, so that none is forgotten in the dark."""
    rules = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    rules = re.sub(r"@media print \{.*?\n\}", "", rules, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[;\s,)])", rules) == []
    assert re.findall(r"url\(|@import|@font-face|animation|!important", CSS) == []
    assert {*re.findall(r"var\(--([a-z-]+)\)", CSS)} == {*re.findall(r"--([a-z-]+):", CSS)}


def test_every_class_of_the_style_sheet_is_used_and_every_used_class_is_styled() -> None:
    sheet = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
    selectors = re.findall(r"([^{}]+)\{", sheet)
    styled = {name for text in selectors for name in re.findall(r"\.([a-zA-Z][\w-]*)", text)}
    sources = [*TEMPLATES.rglob("*.html"), *TEMPLATES.parent.rglob("*.py")]
    texts = {path: path.read_text(encoding="utf-8") for path in sources}
    everything = " ".join(texts.values()).replace("complete with notes", "complete-with-notes")
    assert {name for name in styled if not re.search(rf"(?<![\w-]){name}(?![\w-])", everything)} == set()
    used = set()
    for path, text in texts.items():
        for said in re.findall(r'class="((?:[^"{]|\{\{.*?\}\}|\{%.*?%\})*)"', text):
            if path.parent.name != "datasette":
                used |= set(re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*|\{%.*?%\}", " ", said).split())
    assert used - styled - {"unapi-id"} == set()


def test_movement_and_strong_colours_are_the_readers_choice() -> None:
    """2.3.3, 1.4.1"""
    for feature in ("prefers-color-scheme: dark", "prefers-reduced-motion: no-preference", "prefers-contrast: more",
                    "forced-colors: active", "print"):  # fmt: skip
        assert re.search(rf"@media \(?{feature}\)? \{{", CSS), feature
    outside = CSS.partition("@media (prefers-reduced-motion")[0]
    assert "scroll-behavior" not in outside
    assert "transition" not in CSS


def test_the_style_sheet_is_small() -> None:
    assert len(CSS.encode()) < 48_000
    assert len(gzip.compress(CSS.encode(), 6)) < 12_000
