"""Saved searches and screening lists: what is read, and where each mistake is said to be."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.searches import known_paper, read_lists, read_search_files, read_searches

HEAD = "title: Tea\nsources: pubmed\n---\n"


def home(tmp_path: Path, **files: str | bytes) -> Path:
    """A folder of searches; ``blocks__x`` and ``a__pubmed`` stand for blocks/x.txt and a.pubmed.txt."""
    folder = tmp_path / "queries"
    for name, text in files.items():
        place = name.replace("blocks__", "blocks/").replace("lists__", "lists/").replace("__", ".").replace("_", "-")
        path = folder / f"{place}.txt"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return folder


def only(tmp_path: Path, **files: str | bytes) -> str:
    """The strategy of the one search, which must have no mistake."""
    found, mistakes = read_searches(home(tmp_path, **files))
    assert [str(mistake) for mistake in mistakes] == []
    return found[0].strategy


def places(tmp_path: Path, **files: str | bytes) -> list[tuple[str, int, int, str]]:
    _, mistakes = read_searches(home(tmp_path, **files))
    return [(Path(found.path).name, found.line, found.column, found.message) for found in mistakes]


def test_every_header_of_the_contract_is_read(tmp_path: Path) -> None:
    text = (
        "# a comment\nTitle: Tea and  rest\nsources: pubmed, europepmc\nevery: week\nat-least: 10\n"
        "at-least.europepmc: 3\nfinds: 31741017, https://doi.org/10.1007/S00127-X, doi:10.5555/abc\n\n"
        "author: A. Person\nadapted-from: R1\nlimits: none (why not)\nfilters: x\nreviewed-by: B\nchanged: C\n"
        "notes: with: colon\n---\ntea[ti]\n"
    )
    found, mistakes = read_searches(home(tmp_path, tea=text))
    assert not mistakes
    search = found[0]
    assert (search.slug, search.title, search.sources) == ("tea", "Tea and rest", ("pubmed", "europepmc"))
    assert (search.every, search.at_least) == ("week", (("", 10), ("europepmc", 3)))
    assert search.finds == ("31741017", "10.1007/s00127-x", "10.5555/abc")
    assert search.headers[-1] == ("notes", "with: colon")
    assert len(search.headers) == 7
    assert search.version == hashlib.sha256(b"tea[ti]").hexdigest()


def test_searches_come_by_slug(tmp_path: Path) -> None:
    found, _ = read_searches(home(tmp_path, tea=HEAD + "tea", coffee=HEAD + "coffee", b2=HEAD + "x"))
    assert [search.slug for search in found] == ["b2", "coffee", "tea"]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_byte_order_mark_and_line_ends_of_all_systems(tmp_path: Path, ending: str, mark: bytes) -> None:
    text = mark + (HEAD + 'tea[ti]\nOR "green tea"[ti]\n').replace("\n", ending).encode()
    assert only(tmp_path, tea=text) == 'tea[ti] OR "green tea"[ti]'


def test_strategy_reaches_the_service_as_written_but_for_comments_and_line_ends(tmp_path: Path) -> None:
    strategy = "# why\n\n  tea [ti]  OR\u2028\x0c x \n#\n\t“odd”  [tw]\n# last\n"
    assert only(tmp_path, tea=HEAD + strategy) == "tea [ti]  OR\u2028\x0c x “odd”  [tw]"


def test_blocks_are_inserted_in_brackets_also_within_blocks(tmp_path: Path) -> None:
    said = only(
        tmp_path,
        tea=HEAD + '{drink} AND { place } AND "{not this}"[ti]',
        blocks__drink="# hot\ntea OR\n{cold}\n",
        blocks__cold="ice",
        blocks__place="house",
    )
    assert said == '(tea OR (ice)) AND (house) AND "{not this}"[ti]'


def test_version_follows_the_block(tmp_path: Path) -> None:
    versions = set()
    for word in ("ice", "snow"):
        found, _ = read_searches(home(tmp_path, tea=HEAD + "{cold}", blocks__cold=word))
        versions.add(found[0].version)
    assert len(versions) == 2


def test_numbered_set_runs_its_last_line(tmp_path: Path) -> None:
    strategy = '#1 tea[ti]\nOR "no #1 tea"[ti]\n#2. house\n#3: unused\n#4 #1 AND (#2)\n'
    found, mistakes = read_search_files(home(tmp_path, tea=HEAD + strategy))
    assert not mistakes
    assert found[0].search.strategy == '(tea[ti] OR "no #1 tea"[ti]) AND ((house))'
    assert [number for number, _ in found[0].strategy.unused] == [3]


def test_numbered_set_with_a_last_line_that_has_no_number(tmp_path: Path) -> None:
    assert only(tmp_path, tea=HEAD + "#1 tea\n#2 house\n#1 AND #2\n") == "(tea) AND (house)"


def test_place_of_every_character_is_known(tmp_path: Path) -> None:
    files, _ = read_search_files(
        home(tmp_path, tea=HEAD + "\n  tea[ti] OR\n{cold} x", blocks__cold="# first\n ice OR snow")
    )
    strategy = files[0].strategy
    for word, name, line, column in (
        ("tea", "tea.txt", 5, 3),
        ("OR", "tea.txt", 5, 11),
        ("(", "tea.txt", 6, 1),
        ("ice", "cold.txt", 2, 2),
        ("snow", "cold.txt", 2, 9),
        (") x", "tea.txt", 6, 1),
        ("x", "tea.txt", 6, 8),
    ):
        place = strategy.place(strategy.text.index(word))
        assert (Path(place.path).name, place.line, place.column) == (name, line, column)
    end = strategy.place(len(strategy.text))
    assert (end.line, end.column) == (6, 9)


CASES = {
    "unknown header": ("titel: x\n" + HEAD + "tea", 1, 1, "did you mean 'title'"),
    "no header at all": ("hello\n" + HEAD + "tea", 1, 1, "not a header line"),
    "missing title": ("sources: pubmed\n---\ntea", 2, 1, "'title' is missing"),
    "missing sources": ("title: x\n---\ntea", 2, 1, "'sources' is missing"),
    "empty title": ("title:  \nsources: pubmed\n---\ntea", 1, 1, "says nothing"),
    "unknown source": ("title: x\nsources: pubmed, medrixv\n---\ntea", 2, 18, "did you mean 'medrxiv'"),
    "source far from any": ("title: x\nsources: scholar\n---\ntea", 2, 10, "use one of pubmed"),
    "source twice": ("title: x\nsources: pubmed, pubmed\n---\ntea", 2, 18, "named twice"),
    "bad every": ("every: hour\n" + HEAD + "tea", 1, 8, "not one of day, week, month"),
    "bad at-least": ("at-least: many\n" + HEAD + "tea", 1, 11, "not a whole number"),
    "negative at-least": ("at-least.pubmed: -1\n" + HEAD + "tea", 1, 18, "not a whole number"),
    "at-least of another source": ("at-least.biorxiv: 1\n" + HEAD + "tea", 1, 1, "does not list"),
    "at-least of no source": ("at-least.scopus: 1\n" + HEAD + "tea", 1, 1, "no header"),
    "malformed finds": ("finds: 123, PMC77\n" + HEAD + "tea", 1, 13, "neither a PMID"),
    "malformed DOI": ("finds: 10.1/x\n" + HEAD + "tea", 1, 8, "neither a PMID"),
    "finds twice": ("finds: 123, 123\n" + HEAD + "tea", 1, 13, "named twice"),
    "duplicate header": ("title: y\n" + HEAD + "tea", 2, 1, "second time"),
    "missing ---": ("title: x\nsources: pubmed\ntea\n", 4, 1, "---"),
    "empty strategy": (HEAD + "# only a comment\n", 3, 1, "strategy is empty"),
    "unknown block": (HEAD + "tea AND {cofee}", 4, 9, "did you mean 'coffee'"),
    "two lines with one number": (HEAD + "#1 tea\n#1 house", 5, 1, "two lines #1"),
    "reference to a later line": (HEAD + "#1 tea AND #2\n#2 house", 4, 12, "not a line above"),
    "empty numbered line": (HEAD + "#1\n#2 house", 4, 1, "line #1 is empty"),
    "lines out of order": (HEAD + "#1 tea\n#3 house\n#2 cup", 6, 1, "highest number"),
    "not UTF-8": (HEAD.encode() + b"tea\r\nca\xe9f\xe9", 5, 3, "not UTF-8"),
    "not UTF-8 after a mark": (b"\xef\xbb\xbfti\xff", 1, 3, "not UTF-8"),
}


@pytest.mark.parametrize("case", CASES)
def test_mistake_is_told_with_line_and_column(tmp_path: Path, case: str) -> None:
    text, line, column, said = CASES[case]
    found = places(tmp_path, tea=text, blocks__coffee="x")
    assert [(name, at, col) for name, at, col, _ in found] == [("tea.txt", line, column)]
    assert said in found[0][3]


def test_all_mistakes_are_told_at_once_and_good_searches_still_come(tmp_path: Path) -> None:
    folder = home(tmp_path, tea="every: hour\nfinds: x\n---\n{no}", good=HEAD + "x")
    found, mistakes = read_searches(folder)
    assert [search.slug for search in found] == ["good"]
    assert [(mistake.line, mistake.column) for mistake in mistakes] == [(1, 8), (2, 8), (3, 1), (3, 1), (4, 1)]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Tea", "not a name"),
        ("green_tea", "not a name"),
        ("-tea", "not a name"),
        ("all", "reserved"),
        ("resources", "reserved"),
        ("tea.scopus", "no source 'scopus'"),
        ("coffee.pubmed", "no search coffee.txt"),
        ("tea.europepmc", "does not list the source"),
    ],
)
def test_file_name_that_cannot_be_a_search(tmp_path: Path, name: str, said: str) -> None:
    folder = home(tmp_path, tea=HEAD + "tea")
    (folder / f"{name}.txt").write_text("tea", encoding="utf-8")
    _, mistakes = read_searches(folder)
    assert [(Path(found.path).name, found.line) for found in mistakes] == [(f"{name}.txt", 0)]
    assert said in mistakes[0].message


def test_hidden_files_and_other_files_are_not_searches(tmp_path: Path) -> None:
    folder = home(tmp_path, tea=HEAD + "tea")
    for name in (".Tea.txt", "README.md", "notes"):
        (folder / name).write_text("x", encoding="utf-8")
    (folder / "folder.txt").mkdir()
    assert read_searches(folder)[1] == []


def test_folder_without_searches_is_a_mistake(tmp_path: Path) -> None:
    assert "no such folder" in read_searches(tmp_path / "none")[1][0].message
    assert "no saved search" in read_searches(tmp_path)[1][0].message


def test_file_that_cannot_be_opened_is_a_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = home(tmp_path, tea=HEAD + "tea")

    def refuse(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    assert "cannot be read: Permission denied" in read_searches(folder)[1][0].message


def test_blocks_that_insert_each_other_are_told_with_the_circle(tmp_path: Path) -> None:
    found = places(tmp_path, tea=HEAD + "{a}", blocks__a="x OR {b}", blocks__b="\n{a}")
    assert found == [("b.txt", 2, 1, "this block inserts itself: {a} -> {b} -> {a}")]


def test_mistake_in_a_block_is_told_once_in_the_block(tmp_path: Path) -> None:
    found = places(tmp_path, tea=HEAD + "{a}", house=HEAD + "{a} OR x", blocks__a="x OR {no}")
    assert [(name, line, column) for name, line, column, _ in found] == [("a.txt", 1, 6)]


def test_broken_block_files(tmp_path: Path) -> None:
    found = places(tmp_path, tea=HEAD + "{a} {b}", blocks__a=b"\nx\xff", blocks__b="# nothing", blocks__Bad="x")
    assert [(name, line, column) for name, line, column, _ in found] == [
        ("Bad.txt", 0, 0),
        ("a.txt", 2, 2),
        ("b.txt", 0, 0),
    ]


def test_blocks_too_deep_and_too_long_end_in_a_message(tmp_path: Path) -> None:
    deep = {f"blocks__d{number}": f"{{d{number + 1}}}" for number in range(30)} | {"blocks__d30": "x"}
    assert any("more than 20 deep" in message for *_, message in places(tmp_path / "a", tea=HEAD + "{d0}", **deep))
    wide = {f"blocks__w{number}": f"{{w{number + 1}}} {{w{number + 1}}}" for number in range(19)}
    found = places(tmp_path / "b", tea=HEAD + "{w0}", blocks__w19="tea", **wide)
    assert found
    assert all("longer than 200,000" in message for *_, message in found)


def test_override_speaks_the_language_of_its_source(tmp_path: Path) -> None:
    head = HEAD.replace("pubmed", "pubmed, europepmc, medrxiv")
    folder = home(
        tmp_path,
        tea=head + "tea",
        blocks__a="x",
        tea__europepmc="# note\nTITLE:{a TO b}\nOR x",
        tea__medrxiv="#1 x\n#2 {a} AND #1",
    )
    found, mistakes = read_searches(folder)
    assert not mistakes
    assert found[0].overrides == (("europepmc", "TITLE:{a TO b} OR x"), ("medrxiv", "(x) AND (x)"))


def test_empty_and_unreadable_overrides_are_mistakes(tmp_path: Path) -> None:
    head = HEAD.replace("pubmed", "pubmed, europepmc")
    found = places(tmp_path, tea=head + "tea", tea__europepmc="# x", tea__pubmed=b"\xff")
    assert [(name, line) for name, line, *_ in found] == [("tea.europepmc.txt", 1), ("tea.pubmed.txt", 1)]


@pytest.mark.parametrize(
    ("text", "paper"),
    [
        ("31741017", "31741017"),
        ("0", ""),
        ("10.1000/ABC", "10.1000/abc"),
        ("https://dx.doi.org/10.1000/x", "10.1000/x"),
        ("doi: 10.1000/x", "10.1000/x"),
        ("10.1000", ""),
        ("x10.1000/x", ""),
    ],
)
def test_known_paper_is_a_pmid_or_a_doi(text: str, paper: str) -> None:
    assert known_paper(text) == paper


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_end_in_searches_or_located_mistakes(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    folder = home(tmp_path_factory.mktemp("any"), tea=raw, b=HEAD.encode() + raw, c=HEAD + "{x}", blocks__x=raw)
    found, mistakes = read_searches(folder)
    assert len(found) == 3 or mistakes


LIST = "title: Tea review\nsearches: tea, house\n"


def test_screening_list_is_read(tmp_path: Path) -> None:
    text = LIST + (
        "question: Does tea help?\nfrom: 2020\nleave-out: notices, preprints\nversions: separate\n"
        "profile: rayyan\nevery: week\nto: outbox\ncontact: a person\n---\n"
    )
    lists, mistakes = read_lists(home(tmp_path, lists__tea=text, lists__b=LIST), ["tea", "house"])
    assert not mistakes
    assert [found.name for found in lists] == ["b", "tea"]
    assert lists[0].leave_out == ("notices",)
    assert (lists[1].searches, lists[1].leave_out) == (("tea", "house"), ("notices", "preprints"))
    assert (lists[1].sender, lists[1].every, lists[1].to, lists[1].profile) == ("2020", "week", "outbox", "rayyan")


def test_nothing_left_out_when_the_list_says_so(tmp_path: Path) -> None:
    lists, _ = read_lists(home(tmp_path, lists__tea=LIST + "leave-out: nothing\n"), ["tea", "house"])
    assert lists[0].leave_out == ()


@pytest.mark.parametrize(
    ("text", "line", "column", "said"),
    [
        (LIST.replace("house", "hose"), 2, 16, "did you mean 'house'"),
        ("title: x\n", 2, 1, "'searches' is missing"),
        ("searches: tea\n", 2, 1, "'title' is missing"),
        (LIST + "every: week\n", 3, 1, "needs 'to' beside it"),
        (LIST + "to: x\n", 3, 1, "needs 'every' beside it"),
        (LIST + "profile: excel\n", 3, 10, "not one of spreadsheet"),
        (LIST + "---\ntea[ti]\n", 4, 1, "no strategy of its own"),
        (LIST + "sources: pubmed\n", 3, 1, "no header 'sources'"),
    ],
)
def test_mistake_in_a_list_is_told_with_its_place(tmp_path: Path, text: str, line: int, column: int, said: str) -> None:
    lists, mistakes = read_lists(home(tmp_path, lists__tea=text), ["tea", "house"])
    assert not lists
    assert [(found.line, found.column) for found in mistakes] == [(line, column)]
    assert said in mistakes[0].message


def test_lists_with_bad_names_or_bytes(tmp_path: Path) -> None:
    lists, mistakes = read_lists(home(tmp_path, lists__Tea=LIST, lists__b=b"\xff"), ["tea", "house"])
    assert not lists
    assert [found.line for found in mistakes] == [0, 1]
    assert read_lists(tmp_path / "none", []) == ([], [])


def test_starting_searches_are_read_without_a_mistake() -> None:
    found, mistakes = read_searches(Path(__file__).resolve().parents[2] / "queries")
    assert not mistakes
    assert len(found) == 10
    for search in found:
        only_pubmed = search.slug == "preprints-loneliness"  # it asks PubMed for a publication type
        assert search.sources == (("pubmed",) if only_pubmed else ("pubmed", "europepmc", "medrxiv", "psyarxiv"))
        assert not search.at_least
    assert sum(len(search.finds) for search in found) >= 12


def test_a_link_that_leads_nowhere_is_told(tmp_path: Path) -> None:
    try:
        (tmp_path / "tea.txt").symlink_to(tmp_path / "nowhere")
    except OSError:
        pytest.skip("links cannot be made here")
    found, mistakes = read_searches(tmp_path)
    assert found == []
    assert ["is no file" in str(mistake) for mistake in mistakes] == [True]
