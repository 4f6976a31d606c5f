"""WCAG 2.2 as only a browser can tell: the way of the keyboard, what enlarging does, what a reader's settings do."""

from __future__ import annotations

from typing import Any

import pytest
from chromium import Browser
from page_types import PAGES

pytestmark = pytest.mark.browser

# What the keyboard must reach: all that can be used and is shown.
REACHABLE = """
[...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, summary, [tabindex="0"]')]
  .filter(element => element.checkVisibility({contentVisibilityAuto: true, visibilityProperty: true}))
  .map((element, number) => { element.dataset.stop = number; return number; })
"""
STOP = """
(() => {
  const element = document.activeElement, box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const middle = document.elementFromPoint(box.left + box.width / 2, box.top + Math.min(box.height, innerHeight) / 2);
  return {
    number: 'stop' in element.dataset ? Number(element.dataset.stop) : null,
    what: element.outerHTML.slice(0, 120),
    ring: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
    seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    covered: !!middle && !element.contains(middle) && !middle.contains(element),
  };
})()
"""


@pytest.mark.parametrize("width", [390, 1400])
@pytest.mark.parametrize(
    "path", ["/?days=30", "/papers?q=solitude", "/paper/LSI-000003", "/searches/lonely", "/status", "/charts", "/feeds"]
)
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(
    address: str, browser: Browser, path: str, width: int
) -> None:
    """2.1.1, 2.4.3, 2.4.7, 2.4.11: every stop once, in order, with a ring around it, in the window, under nothing."""
    browser.look(width, 800, prefers_reduced_motion="reduce")
    browser.open(address + path)
    wanted = browser.evaluate(REACHABLE)
    stops: list[dict[str, Any]] = []
    for _ in range(3 * len(wanted)):  # a field for dates has several stops within
        browser.press("Tab")
        stop = browser.evaluate(STOP)
        if stop["number"] is None or (stop["number"] == 0 and len(stops) > 1):  # past the last one, or round again
            break
        if not stops or stops[-1]["number"] != stop["number"]:
            stops.append(stop)
    assert [stop["number"] for stop in stops] == wanted
    assert [stop["what"] for stop in stops if not stop["ring"]] == []
    assert [stop["what"] for stop in stops if not stop["seen"] or stop["covered"]] == []


def test_a_fold_opens_and_closes_with_the_keyboard(address: str, browser: Browser) -> None:
    """2.1.1: the filters on a phone."""
    browser.look(390, 800)
    browser.open(address + "/papers")
    shown = "document.querySelector('.filters section h2').checkVisibility({contentVisibilityAuto: true})"
    assert browser.evaluate(shown) is False
    browser.evaluate("document.querySelector('.filters summary').focus()")
    browser.press("Enter")
    assert browser.evaluate(shown) is True
    browser.press("Enter")
    assert browser.evaluate(shown) is False


def test_the_filters_stand_open_where_there_is_room_and_can_be_skipped(address: str, browser: Browser) -> None:
    browser.look(1400, 900)
    browser.open(address + "/papers")
    assert browser.evaluate("document.querySelector('.filters section a').checkVisibility()") is True
    assert browser.evaluate("document.querySelector('.filters summary').checkVisibility()") is False
    browser.evaluate("document.querySelector('.filters .skip').focus()")
    browser.press("Enter")
    browser.press("Tab")
    assert browser.evaluate("!!document.activeElement.closest('.flow')") is True


OVERFLOW = """
[...document.querySelectorAll('main *, header *, footer *')]
  .filter(e => e.checkVisibility() && !e.closest('.scroll, .strategy, .unseen, .skip, svg'))
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
  .map(e => e.outerHTML.slice(0, 120))
"""
SPACING = """
document.querySelectorAll('*').forEach(e => { for (const [name, value] of [
  ['line-height', '1.5'], ['letter-spacing', '.12em'], ['word-spacing', '.16em']])
  e.style.setProperty(name, value, 'important'); });
document.querySelectorAll('p').forEach(e => e.style.setProperty('margin-bottom', '2em', 'important'));
"""


@pytest.mark.parametrize("path", PAGES)
def test_nothing_is_cut_off_when_enlarged_or_spaced(address: str, browser: Browser, path: str) -> None:
    """1.4.10: 400 % of 1,280 pixels are 320; 1.4.4: text alone at 200 %; 1.4.12: wider spaces."""
    browser.look(320, 640)
    browser.open(address + path)
    assert browser.evaluate("document.scrollingElement.scrollWidth") <= 320
    assert browser.evaluate(OVERFLOW) == []
    browser.evaluate(SPACING)
    assert browser.evaluate("document.scrollingElement.scrollWidth") <= 320
    assert browser.evaluate(OVERFLOW) == []
    browser.look(1280, 800)
    browser.open(address + path)
    browser.evaluate("document.documentElement.style.fontSize = '212.5%'")
    assert browser.evaluate("document.scrollingElement.scrollWidth") <= 1280
    assert browser.evaluate(OVERFLOW) == []


GROUND = "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((sum, part) => sum + Number(part), 0)"


def test_dark_and_light_follow_the_readers_setting(address: str, browser: Browser) -> None:
    browser.look(800, 600, dark=True)
    browser.open(address + "/papers")
    assert browser.evaluate(GROUND) < 150
    browser.look(800, 600, dark=False)
    assert browser.evaluate(GROUND) > 700


def test_paper_is_white_and_ink_black_whatever_the_setting(address: str, browser: Browser) -> None:
    """Printed from a dark window too; folded abstracts are left out, addresses of papers are added."""
    browser.look(800, 1100, dark=True, media="print")
    browser.open(address + "/papers")
    assert browser.evaluate(GROUND) == 3 * 255
    assert browser.evaluate("getComputedStyle(document.querySelector('.paper h2 a')).color") == "rgb(0, 0, 0)"
    assert "/paper/LSI-" in browser.evaluate(
        "getComputedStyle(document.querySelector('.paper h2 a'), '::after').content"
    )
    assert browser.evaluate("[...document.querySelectorAll('.paper details')].some(e => e.checkVisibility())") is False
    browser.look(800, 600)


def test_with_forced_colours_what_is_chosen_and_what_is_a_mark_have_edges(address: str, browser: Browser) -> None:
    browser.look(800, 600, forced_colors="active")
    browser.open(address + "/?days=30")
    edge = "parseFloat(getComputedStyle(document.querySelector('{}')).{})"
    assert browser.evaluate(edge.format(".top [aria-current]", "borderBottomWidth")) >= 2
    assert browser.evaluate(edge.format(".badge", "borderTopWidth")) >= 1
    browser.look(800, 600)


def test_nothing_moves_for_those_who_do_not_want_it(address: str, browser: Browser) -> None:
    """2.3.3"""
    behaviour = "getComputedStyle(document.documentElement).scrollBehavior"
    browser.look(800, 600, prefers_reduced_motion="reduce")
    browser.open(address + "/papers")
    assert browser.evaluate(behaviour) == "auto"
    browser.look(800, 600, prefers_reduced_motion="no-preference")
    assert browser.evaluate(behaviour) == "smooth"
    browser.look(800, 600)
