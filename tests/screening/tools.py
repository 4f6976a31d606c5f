"""What each tool makes of a list that was handed out: simulated exports in the shapes of real ones."""

from __future__ import annotations

import csv
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from tracker.formats.ris import entries

Rows = Sequence[Mapping[str, str]]
LOG = ("article_id", "key", "value", "user_id", "user_email", "created_at")
RAYYAN_WORDS = {"include": "Included", "exclude": "Excluded", "maybe": "Maybe"}
RAYYAN_NUMBERS = {"include": "1", "exclude": "-1", "maybe": "0"}


def table(path: Path, rows: Rows, encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def rayyan_rows(handed: Rows, decided: Mapping[str, Mapping[str, str]], more: str = "") -> list[dict[str, str]]:
    """Rayyan gives its own key, keeps our notes, appends what was decided; ``decided``: key -> name -> value."""
    found = []
    for number, row in enumerate(handed, start=900000001):
        said = ", ".join(f'"{name}"=>"{RAYYAN_WORDS[value]}"' for name, value in decided.get(row["key"], {}).items())
        added = f" | RAYYAN-INCLUSION: {{{said}}}{more}" if said else ""
        kept = {name: row[name] for name in ("title", "year", "authors", "url", "doi", "abstract")}
        found.append({"key": f"rayyan-{number}", **kept, "notes": row["notes"] + added})
    return found


def rayyan_zip(path: Path, handed: Rows, decided: Mapping[str, Mapping[str, str]], log: Rows = ()) -> Path:
    folder = path.parent
    table(folder / "articles.csv", rayyan_rows(handed, decided))
    with zipfile.ZipFile(path, "w") as packed:
        packed.write(folder / "articles.csv", "articles.csv")
        if log:
            table(folder / "customizations_log.csv", log)
            packed.write(folder / "customizations_log.csv", "customizations_log.csv")
        packed.writestr("__MACOSX/._articles.csv", b"\x00\x05")
    return path


def event(article: int, key: str, value: str, email: str, time: str) -> dict[str, str]:
    return dict(zip(LOG, (str(900000000 + article), key, value, "1", email, f"2026-01-10 {time} UTC"), strict=True))


def covidence(path: Path, handed: Rows, reasons: Mapping[str, str]) -> Path:
    """The list of what was excluded (or included): no decision in it, no id of ours but in the accession number."""
    rows = [
        {
            "Title": row["title"], "Authors": row["authors"], "Abstract": "", "Published Year": row["year"],
            "Accession Number": row["pubmed_id"], "DOI": row["doi"], "Covidence #": f"#{number}", "Study": "Doe 2025",
            "Notes": f"Exclusion reason: {reasons[row['key']]}; " if reasons[row["key"]] else "", "Tags": "",
        }
        for number, row in enumerate(handed, start=1) if row["key"] in reasons
    ]  # fmt: skip
    return table(path, rows, "utf-8-sig")


def asreview(path: Path, handed: Rows, labels: Mapping[str, str]) -> Path:
    """An unnamed first column, a byte order mark inside our first name, whole numbers with gaps turned into floats."""
    rows = []
    for place, row in enumerate(handed):
        ours = {("\ufeffkey" if name == "key" else name): value for name, value in row.items()}
        ours["pubmed_id"] += ".0" if ours["pubmed_id"] else ""
        label = labels.get(row["key"], "")
        time = "2026-01-10 06:09:05" if label else ""
        own = {"asreview_group_id": str(place), "asreview_label": label, "asreview_time": time, "asreview_note": ""}
        rows.append({"": str(place), **ours, **own})
    return table(path, rows)


def eppi(path: Path, handed: Path, keys: set[str]) -> Path:
    """EPPI-Reviewer gives our U1 back as U2, its own id as U1, and no codes."""
    lines = []
    for number, tags in enumerate(entries(handed), start=70000001):
        if tags["U1"][0] in keys:
            lines += ["TY  - JOUR", f"T1  - {tags['TI'][0][:20]}", "KW  - eppi-reviewer4", f"U1  - {number}"]
            lines += [f"U2  - {tags['U1'][0]}", "CY  - ", "ER  - ", ""]
    path.write_bytes("\r\n".join(lines).encode())
    return path
