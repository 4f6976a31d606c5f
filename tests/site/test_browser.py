"""The pages in a real browser: nothing foreign is asked for, nothing overflows, everything can be read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from chromium import Browser
from page_types import PAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("path", PAGES)
def test_nothing_foreign_is_asked_for_and_nothing_is_complained_of(address: str, browser: Browser, path: str) -> None:
    browser.requests.clear()
    browser.complaints.clear()
    browser.look(1400, 900)
    browser.open(address + path)
    assert browser.requests
    assert all(url.startswith((f"{address}/", "data:")) for url in browser.requests), browser.requests
    # The status of a page that says so by its status is no complaint of ours.
    assert [text for text in browser.complaints if "status of 4" not in text] == []
    assert browser.evaluate("document.cookie") == ""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 390, 768, 1400])
def test_no_page_is_wider_than_its_window(address: str, browser: Browser, path: str, width: int) -> None:
    browser.look(width, 800)
    browser.open(address + path)
    assert browser.evaluate("document.documentElement.scrollWidth") <= width


CONTRAST = """
(() => {
  const linear = v => v / 255 <= .04045 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => .2126 * linear(r) + .7152 * linear(g) + .0722 * linear(b);
  const read = text => {
    const n = text.match(/[\\d.]+/g).map(Number);
    return {colour: n.slice(0, 3), opacity: n.length > 3 ? n[3] : 1};
  };
  const groundOf = element => {
    for (let behind = element; behind; behind = behind.parentElement) {
      const ground = read(getComputedStyle(behind).backgroundColor);
      if (ground.opacity > .9) return ground.colour;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim(), element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility() || element.closest('.unseen, .skip, svg, title')) continue;
    const style = getComputedStyle(element), size = parseFloat(style.fontSize);
    const pair = [light(read(style.color).colour), light(groundOf(element))].sort((x, y) => y - x);
    const ratio = (pair[0] + .05) / (pair[1] + .05);
    const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
    if (ratio < (large ? 3 : 4.5)) poor.push([text.slice(0, 40), element.className, ratio]);
  }
  return poor;
})()
"""


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("dark", [False, True])
def test_every_text_stands_out_from_its_ground(address: str, browser: Browser, path: str, dark: bool) -> None:
    """WCAG 2.2 AA 1.4.3: 4.5 to 1, 3 to 1 for large text, in both colour schemes."""
    browser.look(1400, 900, dark=dark)
    browser.open(address + path)
    assert browser.evaluate(CONTRAST) == []


SMALL = """
[...document.querySelectorAll('a, button, input:not([type=hidden]), summary')]
  .filter(e => e.checkVisibility())
  .filter(e => !e.closest('p, .note, dd, .unseen, .skip, h2, h3, td, th, .reasons, .words-page'))
  .map(e => [e.textContent.trim().slice(0, 30), Math.round(e.getBoundingClientRect().height)])
  .filter(([, height]) => height > 0 && height < 24)
"""


@pytest.mark.parametrize("path", PAGES)
def test_what_can_be_pressed_is_large_enough(address: str, browser: Browser, path: str) -> None:
    """WCAG 2.2 AA 2.5.8: 24 pixels, but for links in sentences and headings."""
    browser.look(390, 800)
    browser.open(address + path)
    assert browser.evaluate(SMALL) == []


def test_the_keyboard_suffices(address: str, browser: Browser) -> None:
    """The first stop is the way past the navigation; every stop can be seen; Enter follows."""
    browser.look(1400, 900)
    browser.open(address + "/paper/LSI-000003")
    browser.press("Tab")
    assert browser.evaluate("document.activeElement.className") == "skip"
    assert browser.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    browser.press("Enter")
    assert browser.evaluate("document.activeElement.id") == "main"
    stops = set()
    for _ in range(12):
        browser.press("Tab")
        assert browser.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
        stops.add(browser.evaluate("document.activeElement.outerHTML"))
    assert len(stops) > 8  # one link stands twice on this page


@pytest.mark.parametrize("path", ["/papers", "/paper/LSI-000003"])
def test_print_leaves_the_navigation_out(address: str, browser: Browser, path: str) -> None:
    browser.look(800, 1100, media="print")
    browser.open(address + path)
    shown = "[...document.querySelectorAll('nav, form.search, form.quick')].filter(e => e.checkVisibility()).length"
    assert browser.evaluate(shown) == 0
    browser.look(800, 1100)


def test_pictures_of_every_page(address: str, browser: Browser, tmp_path: Path) -> None:
    """Of some pages; of all, to look at, into the folder that SITE_PICTURES names."""
    kept = os.environ.get("SITE_PICTURES")
    folder = Path(kept or tmp_path)
    for path in PAGES if kept else ("/", "/paper/LSI-000003"):
        for width, dark in ((1400, False), (1400, True), (390, False), (390, True)):
            browser.look(width, 900, dark=dark)
            browser.open(address + path)
            name = "".join(char if char.isalnum() else "-" for char in path).strip("-")
            target = folder / f"{name}-{width}{'-dark' if dark else ''}.png"
            browser.picture(target)
            assert target.read_bytes().startswith(b"\x89PNG")
