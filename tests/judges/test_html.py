"""Every type of page before the judges of HTML and of accessibility: the Nu checker and axe; neither finds a fault.

The pages of the small tracker in which everything has happened, and those of the demo.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from conftest import INSTALLED, ROOT, beside, need

pytestmark = pytest.mark.judges

NODE = INSTALLED / "node" / "node_modules"
DEMO_PAGES = (
    "/",
    "/?days=30",
    "/papers",
    "/papers?q=lonel*+anxiety&type=preprint&since=2026-11-16&news=1",
    "/papers?sort=published&after=2026-11-10~1700",
    "/paper/DEMO-000003",
    "/searches",
    "/searches/loneliness-mental-health",
    "/changes",
    "/charts",
    "/status",
    "/methods",
)
LOOKS = [(320, False), (390, True), (768, False), (1400, False), (1400, True)]
AXE = """axe.run(document, {rules: {'target-size': {enabled: true}}}).then(
  found => found.violations.map(fault => [fault.id, fault.help, fault.nodes.map(node => node.html.slice(0, 160))]))"""


@pytest.fixture(scope="session")
def addresses(tmp_path_factory: pytest.TempPathFactory, played: Any) -> Iterator[list[str]]:
    """Every page of both sites."""
    beside("site", "chromium")
    types = beside("site", "page_types")
    small = beside("site", "conftest", called="conftest_of_site")
    home = tmp_path_factory.mktemp("small")
    maker = small.fill(small.Maker(home / "tracker.db"))
    maker.db.close()
    small.publish(home / "tracker.db", home / "public", settings={}, now=small.NOW, say=small.quiet)
    metadata = json.loads((ROOT / "metadata.json").read_text(encoding="utf-8"))
    after = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    with ExitStack() as opened:
        one = opened.enter_context(types.serving(home / "public", small.METADATA, lambda: small.NOW))
        demo = opened.enter_context(types.serving(played.root / "db" / "public", metadata, lambda: after))
        yield [one + path for path in types.PAGES] + [demo + path for path in DEMO_PAGES]


@pytest.fixture(scope="session")
def nu() -> list[str]:
    """The command of the Nu checker."""
    jar = NODE / "vnu-jar" / "build" / "dist" / "vnu.jar"
    if not jar.exists():
        pytest.skip("the Nu checker is not installed: .ci/judges installs it")
    return [need("java"), "-jar", str(jar)]


def test_the_nu_checker_finds_nothing_in_the_style_sheet(nu: list[str]) -> None:
    sheet = ROOT / "tracker" / "site" / "static" / "site.css"
    subprocess.run([*nu, "--css", "--Werror", str(sheet)], check=True, timeout=300)


def test_the_nu_checker_finds_nothing(nu: list[str], addresses: list[str], tmp_path: Path) -> None:
    """Not so much as a warning."""
    pages = {tmp_path / f"{number:02}.html": address for number, address in enumerate(addresses)}
    for path, address in pages.items():
        path.write_bytes(_body(address))
    told = subprocess.run(
        [*nu, "--format", "json", *map(str, pages)], capture_output=True, encoding="utf-8", check=False, timeout=300
    )
    messages = json.loads(told.stderr)["messages"]
    named = {path.name: address for path, address in pages.items()}
    assert [(named[Path(said["url"]).name], said["message"], said.get("extract")) for said in messages] == []


def _body(address: str) -> bytes:
    try:
        with urlopen(address) as answer:
            return bytes(answer.read())
    except HTTPError as error:  # a page that says that there is none
        return error.read()


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    chromium = beside("site", "chromium")
    if not chromium.BINARY.exists():
        pytest.skip("needs Debian's chromium in /usr/bin")
    opened = chromium.Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


@pytest.mark.parametrize(("width", "dark"), LOOKS)
def test_axe_finds_nothing(addresses: list[str], browser: Any, width: int, dark: bool) -> None:
    """WCAG 2.2 A and AA and axe's own good practice, at every width, light and dark."""
    script = NODE / "axe-core" / "axe.min.js"
    if not script.exists():
        pytest.skip("axe is not installed: .ci/judges installs it")
    source = script.read_text(encoding="utf-8")
    faults = {}
    for address in addresses:
        browser.look(width, 900, dark=dark)
        browser.open(address)
        for folded in (True, False):
            if not folded:
                browser.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
            browser.evaluate(source + ";0")
            if found := browser.evaluate(AXE):
                faults[address, folded] = found
    assert faults == {}
