"""The rules of the house, held by reading the code: who may import whom, who talks, who knows SQL and the clock."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(path for package in ("tracker", "emulator") for path in (ROOT / package).rglob("*.py"))
PURE = ("model", "errors", "text", "alarms", "strategy")
HTTP = ("tracker/http/__init__.py", "tracker/http/answer.py")  # answer.py: what http.py makes of an answer
# Who may be imported by whom, from the outside in: a room imports only rooms that stand below it in this list.
ORDER = (
    ("cli",),
    ("emulator",),
    ("pipeline", "testing"),
    ("doctor",),
    ("collect", "dedupe", "publish", "site", "screening", "check", "checkers", "imports", "report", "safety"),
    ("store", "works"),
    ("sources", "strategy", "searches", "formats", "settings"),
    ("http", "home"),
    ("text",),
    ("states",),
    ("model", "errors"),
)


def names(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Every module that a module imports, ``tracker.x.y`` or foreign, wherever in the file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (item.name for item in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            if node.module == "tracker":
                yield from (f"tracker.{item.name}" for item in node.names)


def room(module: str) -> str:
    """The part of the program a module stands in; '' for what is not ours."""
    parts = module.split(".")
    return parts[0] if parts[0] == "emulator" else parts[1] if len(parts) > 1 and parts[0] == "tracker" else ""


def test_only_http_opens_connections() -> None:
    talking = {"requests", "urllib3", "urllib.request", "http.client", "aiohttp", "httpx", "smtplib"}
    found = {names(path) for path in MODULES if talking & set(imported(path))}
    assert found <= set(HTTP), found


def test_rooms_import_only_what_stands_below_them() -> None:
    place = {name: number for number, rooms in enumerate(ORDER) for name in rooms}
    wrong = [
        f"{names(path)} imports tracker.{room(module)}"
        for path in MODULES
        for module in imported(path)
        if (own := place.get(room(names(path).replace("/", ".").removesuffix(".py")))) is not None
        if (other := place.get(room(module))) is not None and other < own
    ]
    assert wrong == [], wrong


def test_pure_modules_know_nothing_of_the_store_or_the_network() -> None:
    for path in MODULES:
        own = names(path).split("/")[1].removesuffix(".py")
        if own in PURE:
            bad = {room(module) for module in imported(path)} & {"store", "http", "cli", "pipeline", "publish", "site"}
            assert bad <= ({"store"} if own == "alarms" else set()), (names(path), bad)  # alarms: for a type only


def test_only_the_store_publish_and_the_sites_queries_hold_sql() -> None:
    statement = re.compile(r"\s*(select|insert into|update|delete from|create table)\s", re.IGNORECASE)
    allowed = ("tracker/store/", "tracker/publish/", "tracker/site/queries/")
    found = {
        f"{names(path)}:{node.lineno}"
        for path in MODULES
        if not names(path).startswith(allowed)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.match(node.value)
        if " from " in node.value.lower() or "values" in node.value.lower() or " set " in node.value.lower()
    }
    assert found == set()


def test_only_the_commands_http_and_the_demo_read_the_environment_or_the_clock() -> None:
    reads = re.compile(r"os\.environ|os\.getenv|datetime\.now\(|time\.time\(|date\.today\(")
    allowed = ("tracker/cli/", "emulator/", *HTTP, "tracker/site/serve.py")
    found = {names(path) for path in MODULES if not names(path).startswith(allowed) and reads.search(_code(path))}
    assert found == set()


def _code(path: Path) -> str:
    """The module without its docstrings and comments."""
    return ast.unparse(_without_docstrings(ast.parse(path.read_text(encoding="utf-8"))))


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if (
            isinstance(body, list)
            and body
            and isinstance(body[0], ast.Expr)
            and isinstance(body[0].value, ast.Constant)
        ):
            body[0].value.value = ""
    return tree


def test_nothing_catches_everything() -> None:
    found = [
        f"{names(path)}:{node.lineno}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        if node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException")
        if not any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))
    ]
    contract = [place for place in found if place.startswith("tracker/testing.py")]  # tells whatever a parser raises
    assert len(contract) <= 1
    assert [place for place in found if place not in contract] == []


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_rooms_are_small_enough_to_hold_in_the_head(path: Path) -> None:
    """What belongs together stands together; 600 lines a module and 45 a function can still be held."""
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 600
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno + 1 <= 47, f"{names(path)}:{node.lineno} {node.name}"


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    for path in [*MODULES, *ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        assert not re.search(r"/home/\w+/|/root/|/Users/\w+/", path.read_text(encoding="utf-8")), names(path)


def test_every_command_is_in_the_readme_or_the_docs() -> None:
    from tracker.cli import main

    told = " ".join(
        path.read_text(encoding="utf-8") for path in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    )
    missing = [name for name in main.commands if not re.search(rf"\btracker {name}\b|`{name}`", told)]
    assert missing == []


def constants(path: Path) -> Iterator[tuple[int, str]]:
    """Every string of a module that is no docstring, with its line; the parts of an f-string one by one."""
    for node in ast.walk(_without_docstrings(ast.parse(path.read_text(encoding="utf-8")))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


TRACKER = sorted((ROOT / "tracker").rglob("*.py"))
OTHERS = sorted(path for end in ("sql", "html", "xml") for path in (ROOT / "tracker").rglob(f"*.{end}"))


def test_the_words_of_sources_stand_in_the_table_of_sources_alone() -> None:
    from tracker.sources import REGISTERS, SOURCES

    words = "|".join(map(re.escape, (*SOURCES, *REGISTERS)))
    whole = re.compile(rf"{words}")
    quoted = re.compile(rf"""['"](?:{words})['"]""")  # within SQL
    # pubmed/client.py: E-utilities' own name of its database; crossref.py: members of Crossref's answer
    allowed = ("tracker/sources/__init__.py", "tracker/sources/pubmed/client.py")
    found = [
        f"{names(path)}:{line} {text[:60]!r}"
        for path in TRACKER
        if names(path) not in allowed
        for line, text in constants(path)
        if whole.fullmatch(text) or quoted.search(text)
    ]
    found += [names(path) for path in OTHERS if quoted.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_the_words_of_grave_states_stand_in_the_table_of_states_alone() -> None:
    """``preprint`` and ``published`` are also kinds of papers and columns; parsers know the words of services."""
    from tracker.states import GRAVE

    words = "|".join(GRAVE)
    whole = re.compile(rf"(?:{words})")
    quoted = re.compile(rf"""['"](?:{words})['"]""")
    released = re.compile(r"tracker/store/schema_0001\.sql")
    found = [
        f"{names(path)}:{line} {text[:60]!r}"
        for path in TRACKER
        if names(path) != "tracker/states.py" and not names(path).startswith("tracker/sources/")
        for line, text in constants(path)
        if whole.fullmatch(text) or quoted.search(text)
    ]
    found += [
        names(path)
        for path in OTHERS
        if quoted.search(path.read_text(encoding="utf-8")) and not released.fullmatch(names(path))
    ]
    assert found == []


def test_no_event_is_made_of_a_word_that_is_not_in_the_table_of_states() -> None:
    found = [
        f"{names(path)}:{node.lineno}"
        for path in TRACKER
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Event" and node.args
        if isinstance(node.args[0], ast.Constant)
    ]
    assert found == []


def test_one_maker_writes_the_private_schema_for_all_tests() -> None:
    """So that a changed column breaks one file. Tests of safety damage databases by hand, on purpose."""
    from tracker.store import migrations

    tables = set(re.findall(r"create table (\w+)", "".join(map(migrations.script, migrations.STEPS))))
    writes = re.compile(r"insert (?:or \w+ )?into (\w+)", re.IGNORECASE)
    allowed = ("tests/makers.py", "tests/safety/", "tests/house/")
    found = [
        f"{names(path)}: {table}"
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if not names(path).startswith(allowed)
        for table in writes.findall(path.read_text(encoding="utf-8"))
        if table in tables
    ]
    assert found == []


def test_no_class_of_the_program_is_called_as_another_is() -> None:
    """One name for one thing: a class that is met under its bare name is one class."""
    found: dict[str, list[str]] = {}
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(names(path))
    assert {name: places for name, places in found.items() if len(places) > 1} == {}
