"""The table of tools whose decisions are read, and which of them a file is from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from tracker.errors import UsageError
from tracker.formats.ris import entries
from tracker.screening.decisions.asreview import ANY as ASREVIEW_NOTES
from tracker.screening.decisions.asreview import read_asreview
from tracker.screening.decisions.rayyan import read_log, read_rayyan
from tracker.screening.decisions.rows import Reader, names_of, read_covidence, read_eppi, read_list, read_sheet, table

TOOLS: Mapping[str, Reader] = MappingProxyType(
    {
        "rayyan": read_rayyan,
        "rayyan-log": read_log,
        "covidence": read_covidence,
        "asreview": read_asreview,
        "eppi": read_eppi,
        "spreadsheet": read_sheet,
        "list": read_list,  # nothing but papers: --as says what they are
    }
)
TABLES = (".csv", ".tsv", ".tab", ".txt", ".xlsx", ".ods", ".xls")
LOOK = 50  # rows, until one shows whose file it is


def guess(path: Path, value: str) -> str:
    """Which tool has written the file, by its suffix, its columns and its notes; ``value`` is what --as says."""
    suffix = path.suffix.lower()
    if suffix == ".zip":
        return "rayyan"
    if suffix == ".ris" or (suffix == ".txt" and any(True for _ in entries(path))):
        return _of_ris(path, value)
    if suffix not in TABLES:
        known = ", ".join((*TABLES, ".ris", ".zip"))
        raise UsageError(f"{path.name}: decisions are read from files that end in {known}")
    return _of_table(path, value)


def _of_ris(path: Path, value: str) -> str:
    for place, tags in enumerate(entries(path)):
        notes = tags.get("N1", [])
        if not ASREVIEW_NOTES.isdisjoint(notes):
            return "asreview"
        if any("RAYYAN-" in note for note in notes):
            return "rayyan"
        if "U2" in tags or any(word.startswith("eppi-reviewer") for word in tags.get("KW", ())):
            return "eppi"
        if place >= LOOK:
            break
    if value:
        return "list"
    raise UsageError(
        f"{path.name} holds no decisions: say what its papers are with --as include, exclude or maybe, "
        "or whose file it is with --tool"
    )


def _of_table(path: Path, value: str) -> str:
    columns = names_of(path)
    if "asreview_label" in columns:
        return "asreview"
    if "covidence #" in columns:
        return "covidence"
    if {"article_id", "key", "value"} <= columns:
        return "rayyan-log"
    if "decision" in columns:
        return "spreadsheet"
    if "notes" in columns:
        for place, row in enumerate(table(path)):
            if any("RAYYAN-" in cell or cell.startswith("rayyan-") for cell in row.values()):
                return "rayyan"
            if place >= LOOK:
                break
    return "list" if value and not columns & {"included", "include", "exclude", "label"} else "spreadsheet"
