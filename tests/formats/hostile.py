"""Hostile rows: any text in any column, with the pieces that break writers mixed in."""

from __future__ import annotations

from dataclasses import fields

from hypothesis import strategies as st

from tracker.formats import Row
from tracker.model import Author

PIECES = (
    "=1+1", "+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "'", "''=x", "＝1", '"', '""', "a,b", "a;b", "\t", "\r", "\n",
    "\r\n", "\n\nER  - \n\nTY  - JOUR\n", "\x00", "\x0b\x0c\x1c\x1d\x1e\x85", "\u2028", "\u2029", "\ufeff", "\ud800",
    "\udfff", "\ufffe", "\uffff", "🫂", "孤独", "العزلة", "and", "Health and Social Care Group", "NA", "null", "#N/A",
    "sep=;", " ", "", "\u00a0", "\u200b", "e\u0301", "\\", "{x}", "%0", "<i>p</i>", "tracker-id: DEMO-1",
    "TY  - JOUR", "ER  - ", "\nER  -\nTY  - JOUR\nTI  - forged\n", "@article{forged, title = {x}}",
    "}\n\n@misc{forged,", '"}, {"id": "forged"', "{", "}", "}{", "%", "$x$", "^", "~", "|",
    "--", "_x000D_", "_x005F_", "]]>", "&lt;", "</si>",
)  # fmt: skip
NUMBERS = {
    "year": st.none() | st.integers(1000, 2100),
    "month": st.none() | st.integers(1, 12),
    "day": st.none() | st.integers(1, 31),
    "included": st.sampled_from([None, 0, 1]),
}
TEXT_COLUMNS = tuple(f.name for f in fields(Row) if f.name not in NUMBERS and f.name not in ("key", "names"))
TYPES = ("article", "preprint", "book", "notice")

texts = st.one_of(
    st.text(st.characters(), max_size=12),
    st.lists(st.sampled_from(PIECES), max_size=5).map("".join),
    st.builds(str.__add__, st.sampled_from(PIECES), st.text(st.characters(), max_size=6)),
)


def authors() -> st.SearchStrategy[tuple[Author, ...]]:
    """None (so that the column is taken apart), or people and groups with anything in any part."""
    person = st.builds(Author, family=texts, given=texts, suffix=texts, initials=texts)
    return st.lists(st.one_of(person, st.builds(lambda name: Author(group=name), texts)), max_size=3).map(tuple)


def rows() -> st.SearchStrategy[list[Row]]:
    some = st.dictionaries(st.sampled_from(TEXT_COLUMNS), texts, max_size=6)
    fixed = st.fixed_dictionaries({**NUMBERS, "names": authors()})
    row = st.builds(lambda said, numbers: {**said, **numbers}, some, fixed)
    return st.lists(row, max_size=5).map(
        lambda found: [Row(key=f"DEMO-{place:06}", **columns) for place, columns in enumerate(found, start=1)]
    )


def everywhere() -> list[Row]:
    """One row for each hostile piece, standing in every text column at once."""
    return [
        Row(
            key=f"DEMO-{place:06}",
            year=2024,
            month=3,
            day=5,
            included=place % 2,
            names=(Author(piece, piece), Author(group=piece))[: place % 3],
            **{**dict.fromkeys(TEXT_COLUMNS, piece), "record_type": TYPES[place % len(TYPES)]},
        )
        for place, piece in enumerate(PIECES, start=1)
    ]
