"""Make a large mixed set of records out of small real ones, to show how the deduplicator grows.

No record of the result is a real paper: the words of each title are mixed with those of other titles, the authors are
drawn anew, year, volume, pages and DOI are invented. What stays is what costs time: the frequencies of words and of
surnames, the lengths, the share of empty fields. Some papers are then written down a second time, as another source
would (initials, abbreviated journal, short pages, no DOI, capitals ...), with the label of the first.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

Row = dict[str, str]


def grow(rows: Sequence[Row], size: int, seed: int = 1) -> list[Row]:
    """``size`` labelled records in random order; the same for the same seed."""
    dice = random.Random(seed)
    made: list[Row] = []
    for number, paper in enumerate(_papers(rows, dice)):
        copies = dice.choices((1, 2, 3, 5), (70, 18, 9, 3))[0]
        label = {"group_id": f"g{number:06}", "work_id": f"w{number:06}"}
        made += [{**(again(paper, dice) if copy else paper), **label} for copy in range(copies)]
        if len(made) >= size:
            break
    made = made[:size]
    dice.shuffle(made)
    return [{**row, "record_id": f"grown-{number:06}"} for number, row in enumerate(made)]


def _papers(rows: Sequence[Row], dice: random.Random) -> Iterator[Row]:
    titles = [row["title"].split() for row in rows if row["title"]]
    people = [name.strip() for row in rows for name in row["authors"].split(";") if name.strip()]
    sentences = [part for row in rows for part in row.get("abstract", "").split(". ") if part]
    journals = [row["journal"] for row in rows if row["journal"] and row["pages"]] or ["Journal of Invented Results"]
    number = 0
    while True:
        number += 1
        row = dice.choice(rows)
        start = dice.randint(1, 2000)
        printed = bool(row["pages"])
        yield {
            "source": "",
            "title": " ".join(_mixed(row["title"].split(), titles, dice)),
            "authors": "; ".join(dice.choice(people) for _ in range(min(12, row["authors"].count(";") + 1))),
            "year": str(dice.randint(1985, 2025)),
            "journal": dice.choice(journals) if printed else row["journal"],
            "volume": str(dice.randint(1, 120)) if printed else "",
            "issue": str(dice.randint(1, 12)) if row["issue"] else "",
            "pages": f"{start}-{start + dice.randint(2, 14)}" if printed else "",
            "doi": f"10.5555/grown.{number}" if row["doi"] else "",
            "pmid": str(990000000 + number) if row["pmid"] else "",
            "abstract": ". ".join(dice.choice(sentences) for _ in range(8)) if row.get("abstract") else "",
        }


def _mixed(words: Sequence[str], titles: Sequence[Sequence[str]], dice: random.Random) -> Iterator[str]:
    """Two thirds of the words replaced by those that stand at the same place in other titles."""
    for at, word in enumerate(words):
        other = dice.choice(titles)
        yield other[min(at, len(other) - 1)] if dice.random() < 0.67 else word


def again(row: Row, dice: random.Random) -> Row:
    """The record as another source might write it; nothing is changed that would make it another paper."""
    row = dict(row)
    if dice.random() < 0.5:
        row["authors"] = "; ".join(_initials(name) for name in row["authors"].split("; "))
    if dice.random() < 0.5:
        row["journal"] = _abbreviated(row["journal"])
    if dice.random() < 0.4 and "-" in row["pages"]:
        start, end = row["pages"].split("-")
        row["pages"] = f"{start}-{end[-2:]}" if len(start) == len(end) and start[:-2] == end[:-2] else row["pages"]
    if dice.random() < 0.3:
        title = row["title"]
        row["title"] = dice.choice((title.upper(), title.lower(), f"{title}.", f"[{title}]"))
    if dice.random() < 0.15:
        row["year"] = str(int(row["year"]) + 1)
    for field, share in (("doi", 0.3), ("pmid", 0.6), ("issue", 0.3), ("abstract", 0.2)):
        if dice.random() < share:
            row[field] = ""
    return row


def _abbreviated(journal: str) -> str:
    words = [word for word in journal.split() if word.lower() not in ("of", "the", "and")]
    return " ".join(word[:4] for word in words) if len(words) > 1 else journal


def _initials(name: str) -> str:
    family, comma, given = name.partition(",")
    return f"{family}, {''.join(part[0] for part in given.split())}" if comma and given.strip() else name
