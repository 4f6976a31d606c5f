"""The package of docs/plugins.md, built and installed: a stranger's sources and format go through every command.

The page is the test: what stands there is written to files, built into a wheel, and put beside the tracker with its
real metadata. Not one line of the tracker knows of it.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from emulator.service import PubMedService
from emulator.synthetic import synthetic

ROOT = Path(__file__).resolve().parents[2]
PAPERS = {
    f"2611.{number:05}": {
        "id": f"2611.{number:05}",
        "title": f"{'Loneliness' if number % 2 else 'Cheerfulness'} on night train {number}",
        "abstract": "Passengers were counted." if number % 3 else "Passengers were lonely.",
        "authors": [f"Rider{number}, Anna", "Guard, Ben"],
        "posted": f"2026-11-{1 + number % 19:02}T08:00:00Z",
        "doi": f"10.5555/train.{number}",
    }
    for number in range(1, 131)
}
WANTED = [key for key, said in PAPERS.items() if "Loneliness" in said["title"]]


class Strangers(BaseHTTPRequestHandler):
    """Both services of the stranger: ids and records by words, and everything by days."""

    def do_GET(self) -> None:
        where = urlsplit(self.path)
        said = {name: values[0] for name, values in parse_qs(where.query).items()}
        start = int(said.get("start", 0))
        if where.path == "/ids":
            stems = said["query"].lower().split(" or ")
            found = [key for key, paper in PAPERS.items() if any(stem in str(paper).lower() for stem in stems)]
            answer = {"total": len(found), "items": found[start : start + int(said["size"])]}
        elif where.path == "/records":
            answer = {"items": [PAPERS[key] for key in said["ids"].split(",") if key in PAPERS]}
        elif where.path == "/day":
            answer = {"total": sum(p["posted"].startswith(said["day"]) for p in PAPERS.values()), "items": []}
        else:
            inside = [p for p in PAPERS.values() if said["from"] <= str(p["posted"])[:10] <= said["to"]]
            renamed = [{**p, "id": f"d{p['id']}", "doi": f"10.5555/diary.{p['id']}"} for p in inside]
            answer = {"total": len(inside), "items": renamed[start : start + 50]}
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *said: object) -> None:
        """Nothing is said."""


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which the wheel of docs/plugins.md is installed."""
    folder = tmp_path_factory.mktemp("stranger")
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```(?:toml|python)\n# (\S+)\n(.*?)^```", page, re.M | re.S)
    assert {name for name, _ in blocks} >= {"pyproject.toml", "notes/arxiv.py", "notes/diary.py", "notes/cards.py"}
    for name, text in blocks:
        (folder / "made" / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "made" / name).write_text(text, encoding="utf-8")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(folder / "made")]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(folder / "installed")
    return folder / "installed"


@pytest.fixture(scope="module")
def strangers() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Strangers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


class Home:
    """A home with one search that lists both of the stranger's sources beside PubMed, and the commands in it."""

    def __init__(self, root: Path, package: Path, settings: dict[str, str]) -> None:
        self.root, self.environment = root, {**os.environ, "PYTHONPATH": os.pathsep.join((str(package), str(ROOT)))}
        self.environment |= settings
        (root / "queries").mkdir(parents=True)
        text = "title: Lonely\nsources: pubmed, arxiv, diary\nat-least.arxiv: 10\n---\nlonel*[tiab] AND train*[tiab]\n"
        (root / "queries" / "lonely.txt").write_text(text, encoding="utf-8")

    def run(self, *words: str, code: int = 0) -> str:
        told = subprocess.run(
            [sys.executable, "-m", "tracker", "--home", str(self.root), *words],
            env=self.environment, capture_output=True, text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        assert told.returncode == code, (words, told.stdout, told.stderr)
        assert "Traceback" not in told.stderr
        return told.stdout if code == 0 else told.stderr


@pytest.fixture(scope="module")
def home(package: Path, strangers: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    from datetime import UTC, datetime

    with PubMedService(synthetic(40), datetime.now(UTC).date()) as pubmed:
        settings = {
            "TRACKER_PUBMED_URL": pubmed.url, "TRACKER_ARXIV_URL": strangers, "TRACKER_DIARY_URL": strangers,
            "TRACKER_PACE": "0", "TRACKER_CROSSREF_URL": strangers, "TRACKER_RETRACTIONS_URL": strangers,
        }  # fmt: skip
        made = Home(tmp_path_factory.mktemp("home") / "home", package, settings)
        made.run("collect", "--since", "2026-10-25")
        made.run("dedupe")
        made.run("publish")
        yield made


def test_check_tells_how_each_source_of_the_stranger_is_asked(home: Home) -> None:
    told = home.run("check")
    assert "arXiv: asked for more than is wanted" in told
    assert "The Diary Server: every record is read and decided here" in told


def test_a_misspelt_source_is_told_with_the_strangers_among_the_known(home: Home) -> None:
    text = "title: Odd\nsources: arxivv\n---\ntea[ti]\n"
    (home.root / "queries" / "odd.txt").write_text(text, encoding="utf-8")
    told = home.run("check", code=2)
    (home.root / "queries" / "odd.txt").unlink()
    assert "there is no source 'arxivv'" in told
    assert "arxiv" in told


def test_what_is_collected_is_exactly_what_the_search_wants(home: Home) -> None:
    found = json.loads(home.run("status", "--json"))
    rows = {row["source"]: row for row in found["searches"]}
    lonely = [key for key, said in PAPERS.items() if "lonel" in f"{said['title']} {said['abstract']}".lower()]
    assert rows["arxiv"]["outcome"].startswith("complete")
    assert rows["arxiv"]["known"] + rows["arxiv"]["new"] == len(lonely)
    assert rows["arxiv"]["rejected"] == rows["arxiv"]["received"] - len(lonely) > 0
    assert rows["diary"]["known"] + rows["diary"]["new"] == len(lonely)


def test_the_stranger_is_called_by_its_title_on_the_site_and_its_records_have_their_page(home: Home) -> None:
    script = (
        "import asyncio, json, sys; from pathlib import Path; from tracker.site import serve;"
        "site = serve.build(Path(sys.argv[1]), {});"
        "ask = lambda path: asyncio.get_event_loop().run_until_complete(site.client.get(path)).text;"
        "asyncio.set_event_loop(asyncio.new_event_loop());"
        "print(ask('/papers?source=arxiv')); print(ask('/status')); print(ask('/methods'))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script, str(home.root / "db" / "public")],
        env=home.environment, capture_output=True, text=True, encoding="utf-8", check=True,
    ).stdout  # fmt: skip
    assert "arXiv" in told
    assert "The Diary Server" in told
    assert "Loneliness on night train" in told


def test_a_list_is_written_in_the_strangers_format_and_repeated_byte_for_byte(home: Home) -> None:
    first, again = home.root / "list.cards", home.root / "again.cards"
    home.run("export", str(first), "--list", "trains", "--search", "lonely")
    lines = first.read_text(encoding="utf-8").splitlines()
    assert len(lines) >= len(WANTED)
    assert all(re.fullmatch(r"[A-Z]+-[0-9]{6}\|2026\|[^|]+", line) for line in lines)
    home.run("export", "--repeat", "E0001", str(again))
    assert again.read_bytes() == first.read_bytes()


def test_a_file_in_the_strangers_format_is_imported_and_a_broken_line_of_it_told(home: Home) -> None:
    cards = "C-1|2026|A lonely train that is known from cards alone\nbroken\nC-2||Another lonely train of cards\n"
    (home.root / "some.cards").write_text(cards, encoding="utf-8")
    told = home.run("import", str(home.root / "some.cards"), "--search", "lonely", "--source", "cardbox", code=1)
    assert "not three fields" in told
    assert "A lonely train that is known from cards alone" in home.run("show", key_of(home, "C-1"))


def key_of(home: Home, accession: str) -> str:
    """The id of the paper that a record with this accession number stands in, after dedupe."""
    import sqlite3
    from contextlib import closing

    home.run("dedupe")
    sql = """select key from work join placement on work_id = work.id
        join record on record.id = record_id where source_id like ?"""
    with closing(sqlite3.connect(home.root / "db" / "tracker.db")) as db:
        return str(db.execute(sql, (f"%{accession.lower()}%",)).fetchone()[0])


def test_doctor_probes_the_strangers_services(home: Home) -> None:
    told = home.run("doctor", "arxiv", "diary")
    assert "it counts the records of a day" in told
    assert "the records of a day come" in told


def test_show_names_the_stranger(home: Home) -> None:
    assert "arxiv:2611.00001" in home.run("show", "10.5555/train.1")


def test_files_are_imported_beside_the_stranger(home: Home) -> None:
    text = "TY  - JOUR\nTI  - A lonely train from a file\nAU  - Rider, File\nPY  - 2026\nAN  - 7\nER  - \n"
    (home.root / "more.ris").write_text(text, encoding="utf-8")
    home.run("import", str(home.root / "more.ris"), "--search", "lonely", "--source", "psycinfo")
    told = home.run("import", str(home.root / "more.ris"), "--search", "lonely", "--source", "arxiv", code=2)
    assert "arxiv" in told


def test_the_stranger_keeps_the_contract_by_its_own_test(package: Path, strangers: str, tmp_path: Path) -> None:
    page = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"^```python\n# test_arxiv.py\n(.*?)^```", page, re.M | re.S)
    fixture = (
        "import pytest\n@pytest.fixture\ndef settings():\n"
        f"    return {{'TRACKER_ARXIV_URL': {strangers!r}, 'TRACKER_DIARY_URL': {strangers!r}}}\n"
    )
    (tmp_path / "conftest.py").write_text(fixture, encoding="utf-8")
    (tmp_path / "test_arxiv.py").write_text(text, encoding="utf-8")
    told = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(package), str(ROOT)))}, cwd=tmp_path,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "1 passed" in told.stdout, told.stdout
