"""Small homes for the tests of commands."""

from __future__ import annotations

from pathlib import Path


def a_search(home: Path, slug: str = "one", text: str = "loneliness[tiab]", headers: str = "") -> None:
    """Write a saved search into a home."""
    (home / "queries").mkdir(parents=True, exist_ok=True)
    said = f"title: {slug}\nsources: pubmed\n{headers}---\n{text}\n"
    (home / "queries" / f"{slug}.txt").write_text(said, encoding="utf-8")
