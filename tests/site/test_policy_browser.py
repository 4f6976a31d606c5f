"""In a browser with all other hosts refused: nothing foreign is asked for, nothing that data bring is carried out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from attacks import ATTACKS
from chromium import Browser
from making import METADATA, NOW
from page_types import serving

pytestmark = pytest.mark.browser

DATASETTE = (
    "/public",
    "/public/works",
    "/public/works?_sort_desc=key",
    "/public/publications",
    "/public/searches/1",
    "/public?sql=select+key,title+from+works",
    "/public?sql=select+1+as+%22%3C/style%3E%3Cscript%3Ealert(1)%3C/script%3E%22",
    "/public?sql=select",
    "/public/nothing",
    "/public/works?_sort=zz",
)
HOSTILE = (
    "/",
    "/papers",
    "/papers?q=script+OR+alert",
    "/searches",
    "/searches/bad",
    "/methods",
    "/status",
    "/changes",
    "/charts",
    "/feeds",
    "/public/works?_size=max",
    "/public/publications?_size=max",
    "/public/searches/1",
    *(f"/paper/LSI-{number:06}" for number in range(1, len(ATTACKS), 12)),
)


@pytest.fixture(scope="module")
def attacked(hostile: Path) -> Iterator[str]:
    with serving(hostile, METADATA, lambda: NOW) as found:
        yield found


def look(browser: Browser, address: str, path: str) -> list[str]:
    """What the console says of a page, after it was made sure that nothing foreign was asked for."""
    browser.requests.clear()
    browser.complaints.clear()
    browser.open(address + path)
    assert browser.requests
    assert all(url.startswith((f"{address}/", "data:image/svg+xml")) for url in browser.requests), browser.requests
    assert browser.evaluate("document.cookie") == ""
    # The status of a page that says so by its status is no complaint of ours.
    return [text for text in browser.complaints if "status of 4" not in text]


@pytest.mark.parametrize("path", DATASETTE)
def test_datasettes_pages_work_under_their_policy(address: str, browser: Browser, path: str) -> None:
    browser.look(1400, 900)
    assert look(browser, address, path) == []


def test_datasettes_own_scripts_and_styles_are_carried_out(address: str, browser: Browser) -> None:
    browser.look(1400, 900)
    browser.open(address + "/public?sql=select+key+from+works")
    assert browser.evaluate("!!document.querySelector('.CodeMirror') && !document.querySelector('#sql-format').hidden")
    browser.open(address + "/public/works")
    assert (
        browser.evaluate("document.querySelectorAll('th svg.dropdown-menu-icon').length") > 1
    )  # one for each column that can be sorted by
    browser.look(390, 800)
    shown = "getComputedStyle(document.querySelector('td:nth-of-type(2)'), ':before').content"
    assert browser.evaluate(shown) == '"key"'


@pytest.mark.parametrize("path", HOSTILE)
def test_nothing_that_data_bring_is_carried_out(attacked: str, browser: Browser, path: str) -> None:
    browser.look(1400, 900)
    assert look(browser, attacked, path) == []


def test_a_script_put_into_a_page_is_blocked(address: str, browser: Browser) -> None:
    """Were something to slip through after all: a browser refuses it, on our pages and on Datasette's."""
    put = """
    (() => {
      const made = document.createElement('script');
      made.textContent = 'window.attacked = 1';
      const box = document.createElement('div');
      box.innerHTML = '<img src="data:x" onerror="window.attacked = 1"><p style="color: red">x</p>' +
        '<img src="http://evil.example/pixel.gif">';
      document.body.append(made, box);
      return new Promise(done => setTimeout(() => done(window.attacked || 0), 200));
    })()
    """
    for path in ("/papers", "/public/works", "/public?sql=select+1"):
        browser.open(address + path)
        browser.complaints.clear()
        assert browser.evaluate(put) == 0
        refused = " ".join(browser.complaints)
        assert "script" in refused
        assert "http://evil.example/pixel.gif' violates" in refused
