"""The table of formats: the suffix decides, strangers join by entry point, ours are not replaced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tracker import formats
from tracker.errors import UsageError
from tracker.formats import FORMATS, format_of
from tracker.formats.row import Piece


def test_the_suffix_decides_in_any_case() -> None:
    names = {"a/List.CSV": "csv", "x.ris": "ris", "x.xlsx": "xlsx", "x.bib": "bibtex", "x.y.csl.json": "csl-json"}
    assert {path: format_of(Path(path)).name for path in names} == names


def test_every_default_profile_exists() -> None:
    for entry in FORMATS:
        assert entry.default_profile in entry.profiles


@pytest.mark.parametrize("name", ["list", "list.csv.gz", "list.doc", "list.json"])
def test_unknown_suffix_is_one_clear_line(name: str) -> None:
    with pytest.raises(
        UsageError, match=rf"'{name}' must end in \.bib or .*\.csv or .*: the suffix decides the format"
    ):
        format_of(Path(name))


def test_a_package_adds_a_format_but_cannot_replace_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        def __init__(self, suffix: str) -> None:
            self.suffix = suffix

        def load(self) -> formats.Format:
            return replace(FORMATS[0], name="theirs", suffix=self.suffix)

    monkeypatch.setattr(formats, "entry_points", lambda group: [Point(".csv"), Point(".odd")])
    formats._outside.cache_clear()
    try:
        assert format_of(Path("x.odd")).name == "theirs"
        assert format_of(Path("x.csv")).name == "csv"
    finally:
        formats._outside.cache_clear()


def test_a_package_adds_a_reader_but_not_under_one_of_our_names(monkeypatch: pytest.MonkeyPatch) -> None:
    def reader(name: str) -> formats.Reader:
        return formats.Reader(
            name, (".odd",), lambda begin: begin.startswith("ODD"), lambda text: [Piece(1, text)],
            lambda text: {"title": [text]},
        )  # fmt: skip

    class Point:
        def __init__(self, entry: formats.Format | formats.Reader) -> None:
            self.entry = entry

        def load(self) -> formats.Format | formats.Reader:
            return self.entry

    both = replace(FORMATS[0], name="both", suffix=".both", reader=reader("both"))
    points = [Point(reader("odd")), Point(reader("ris")), Point(both)]
    monkeypatch.setattr(formats, "entry_points", lambda group: points)
    formats._outside.cache_clear()
    try:
        found, (piece,) = formats.pieces("x.odd", b"ODD one")
        assert found is not None
        assert (found.name, formats.fields("odd", piece.text)) == ("odd", {"title": ["ODD one"]})
        assert formats.fields("both", "A") == {"title": ["A"]}
        assert formats.fields("ris", "TY  - JOUR\nTI  - Ours") == {"type": ["Journal Article"], "title": ["Ours"]}
        assert format_of(Path("x.both")).name == "both"
        with pytest.raises(ValueError, match="there is no format 'other'"):
            formats.fields("other", "")
    finally:
        formats._outside.cache_clear()
