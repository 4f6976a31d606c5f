"""The form that search files and screening lists share: ``name: value`` lines, every mistake located.

Nothing is guessed and nothing stops at the first mistake: they are collected, so that a person mends all at once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from tracker.errors import Located
from tracker.strategy.source import split_lines

SLUG = re.compile(r"[a-z0-9][a-z0-9-]*")


class Header(NamedTuple):
    """One header line: its value, and where name and value begin."""

    value: str
    line: int
    column: int


class Mistakes(list[Located]):
    """Collects; each mistake once, though ten searches insert the same block."""

    def add(self, message: str, path: Path | str, line: int = 0, column: int = 0) -> None:
        self.keep(Located(message, path, line, column))

    def keep(self, found: Located) -> None:
        if str(found) not in {str(known) for known in self}:
            self.append(found)

    def in_order(self) -> list[Located]:
        return sorted(self, key=lambda found: (str(found.path), found.line, found.column))


def text_files(folder: Path) -> list[Path]:
    """The .txt files of a folder, sorted; hidden ones are not ours. A device or broken link is told when it is read."""
    if not folder.is_dir():
        return []
    found = (path for path in folder.iterdir() if path.name.lower().endswith(".txt") and not path.name.startswith("."))
    return sorted(path for path in found if not path.is_dir())


def did_you_mean(word: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(word.lower(), known, n=1)
    return f": did you mean {close[0]!r}?" if close else f": use one of {', '.join(known)}" if known else ""


def decode(path: Path) -> list[str]:
    """The lines of a UTF-8 file, byte order mark taken off; raises :class:`Located` at a byte that is not UTF-8."""
    if not path.is_file():  # a folder, a device, a link that leads nowhere: a search must not end without a word
        raise Located("is no file that can be read", path)
    try:
        raw = path.read_bytes().removeprefix(b"\xef\xbb\xbf")
    except OSError as error:
        raise Located(f"cannot be read: {error.strerror or error}", path) from error
    try:
        return split_lines(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        before = raw[: error.start].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        column = len(before.rpartition(b"\n")[2].decode("utf-8", "replace")) + 1
        message = "this is not UTF-8: save the file as UTF-8"
        raise Located(message, path, before.count(b"\n") + 1, column) from error


def read_lines(path: Path, mistakes: Mistakes) -> list[str] | None:
    """The same; a file that cannot be read is a mistake and None."""
    try:
        return decode(path)
    except Located as found:
        mistakes.keep(found)
        return None


def read_headers(
    lines: list[str], known: tuple[str, ...], path: Path, mistakes: Mistakes, first: int = 1
) -> dict[str, Header]:
    """``name: value`` lines by name; empty lines and comments are skipped."""
    found: dict[str, Header] = {}
    for number, line in enumerate(lines, first):
        said = line.strip()
        if not said or said == "#" or said.startswith("# "):
            continue
        name, colon, rest = line.partition(":")
        column = len(line) - len(line.lstrip()) + 1
        name = name.strip().lower()
        value = " ".join(rest.split())
        if not colon:
            mistakes.add("this is not a header line (name: value)", path, number, column)
        elif name not in known:
            mistakes.add(f"there is no header {name!r}{did_you_mean(name, known)}", path, number, column)
        elif name in found:
            mistakes.add(f"the header {name!r} stands here a second time", path, number, column)
        else:
            if not value:
                mistakes.add(f"the header {name!r} says nothing", path, number, column)
            found[name] = Header(rest, number, line.index(":") + 2)
    return found


def items(header: Header) -> Iterator[tuple[str, int]]:
    """The parts between commas, and the column of each."""
    for match in re.finditer(r"[^,]+", header.value):
        said = match.group()
        if said.strip():
            yield said.strip(), header.column + match.start() + len(said) - len(said.lstrip())


def one_of(header: Header, known: tuple[str, ...], path: Path, mistakes: Mistakes) -> str:
    """The value, if it is one of the known ones; else a mistake and the value as written."""
    value, column = next(items(header), ("", header.column))
    if value.lower() not in known:
        mistakes.add(f"{value!r} is not one of {', '.join(known)}", path, header.line, column)
    return value.lower()


def several_of(header: Header, known: tuple[str, ...], what: str, path: Path, mistakes: Mistakes) -> tuple[str, ...]:
    """The values between commas; an unknown one, or one said twice, is a mistake."""
    found: list[str] = []
    for value, column in items(header):
        if value not in known:
            mistakes.add(f"there is no {what} {value!r}{did_you_mean(value, known)}", path, header.line, column)
        elif value in found:
            mistakes.add(f"{value!r} is named twice", path, header.line, column)
        else:
            found.append(value)
    return tuple(found)
