"""bib-dedupe (PyPI) on the same rows, for the comparison that the benchmark prints; an extra, not a dependency.

Its columns differ in name only. It knows no links between publications, so its works are its groups.
"""

from __future__ import annotations

from collections.abc import Sequence

_COLUMNS = {"author": "authors", "title": "title", "year": "year", "journal": "journal", "volume": "volume",
            "number": "issue", "pages": "pages", "doi": "doi", "abstract": "abstract"}  # fmt: skip


def bib_dedupe(rows: Sequence[dict[str, str]]) -> list[int]:
    """The group of each row, as the position of its first member. Raises ImportError where it is not installed."""
    import pandas

    frame = pandas.DataFrame(
        [
            {
                "ID": str(number),
                "ENTRYTYPE": "article",
                "search_set": "",
                **{theirs: row.get(ours, "").replace("; ", " and ") for theirs, ours in _COLUMNS.items()},
            }
            for number, row in enumerate(rows)
        ]
    )
    groups = list(range(len(rows)))
    for found in _clusters(frame):
        numbers = sorted(int(name) for name in found)
        for number in numbers:
            groups[number] = numbers[0]
    return groups


def _clusters(frame: object) -> list[list[str]]:
    """Its four steps, on one processor and without its talk."""
    from bib_dedupe.bib_dedupe import block, cluster, match, prep

    ready = prep(frame, cpu=1, verbosity_level=0)
    pairs = block(ready, cpu=1, verbosity_level=0)
    matched = match(pairs, cpu=1, verbosity_level=0)
    return cluster(matched, verbosity_level=0)
