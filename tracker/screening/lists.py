"""The list file ``queries/lists/<name>.txt``: read, or made on the first export. Options may not contradict it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from tracker.errors import Located, UsageError
from tracker.formats.row import Format
from tracker.searches import ListFile, read_lists
from tracker.searches.headers import SLUG, did_you_mean, text_files

FOLDER = "lists"

# Names that Windows keeps for devices, whatever suffix follows.
DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
)


def the_list(queries: Path, collected: Collection[str], name: str, searches: Sequence[str]) -> ListFile:
    """The list as its file says; where there is no file, a new one of ``searches``, not yet written.

    ``collected`` are the searches known to the database, for lists whose search file has gone.
    Raises :class:`UsageError` for a name or search that does not exist, for mistakes in the file and for ``searches``
    that contradict it.
    """
    if name in DEVICES:
        raise UsageError(f"a list cannot be called {name!r}: on Windows that is a device and no file")
    if not SLUG.fullmatch(name):
        raise UsageError(f"{name!r} is not a name for a list: small letters a-z, digits and hyphens only")
    path = list_path(queries, name)
    if not path.exists():
        return _new(path, name, tuple(dict.fromkeys(searches)), _known(queries, collected))
    lists, mistakes = all_lists(queries, collected)
    for mistake in mistakes:
        if Path(mistake.path) == path:
            raise mistake
    found = next(one for one in lists if one.name == name)
    if searches and set(searches) != set(found.searches):
        raise UsageError(
            f"the list {name} follows {', '.join(found.searches)}; --search {' --search '.join(searches)} contradicts "
            f"that: change {path}, or take another name"
        )
    return found


def all_lists(queries: Path, collected: Collection[str]) -> tuple[list[ListFile], list[Located]]:
    """Every list that has a file, and every mistake in them."""
    return read_lists(queries, _known(queries, collected))


def _known(queries: Path, collected: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({path.name.partition(".")[0] for path in text_files(queries)} | set(collected)))


def list_path(queries: Path, name: str) -> Path:
    return queries / FOLDER / f"{name}.txt"


def _new(path: Path, name: str, searches: tuple[str, ...], known: tuple[str, ...]) -> ListFile:
    if not searches:
        there = tuple(other.name[: -len(".txt")] for other in text_files(path.parent))
        raise UsageError(
            f"there is no list {name!r}{did_you_mean(name, there)}; --search SEARCH makes it (file: {path})"
        )
    for slug in searches:
        if slug not in known:
            raise UsageError(f"there is no search {slug!r}{did_you_mean(slug, known)}")
    return ListFile(name=name, title=name, searches=searches)


def write_list(queries: Path, listed: ListFile) -> None:
    """Write the file of a new list; one that is there already is left as it is."""
    path = list_path(queries, listed.name)
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(f"title: {listed.title}\nsearches: {', '.join(listed.searches)}\n")
    except OSError as error:
        raise UsageError(f"the list file {path} cannot be written: {error.strerror or error}") from error


def profile_of(entry: Format, listed: ListFile, asked: str | None) -> str:
    """The profile to write: what was asked, else the list's own, else the format's. Contradictions are an error."""
    if asked and listed.profile and asked != listed.profile:
        raise UsageError(f"the list {listed.name} has the profile {listed.profile}; --profile {asked} contradicts that")
    chosen = asked or listed.profile or entry.default_profile
    if chosen not in entry.profiles:
        raise UsageError(f"there is no {entry.name} profile {chosen!r}: use one of {', '.join(entry.profiles)}")
    return chosen
