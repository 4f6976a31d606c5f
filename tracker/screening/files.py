"""Files on their way to their place: built beside it, compared, then moved; nothing half written is ever left."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self
from uuid import uuid4

from tracker.errors import UsageError
from tracker.store import lists


class Beside:
    """Files of names of their own beside ``out``, gone afterwards unless they were put in their place.

    A full disk and the like, also while they are filled, is a :class:`UsageError`.
    """

    def __init__(self, out: Path) -> None:
        self.out = out
        self.made: list[tuple[Path, BinaryIO]] = []

    def open(self) -> BinaryIO:
        part = self.out.with_name(f".{self.out.name}.{uuid4().hex[:8]}.part")
        file = part.open("x+b")
        self.made.append((part, file))
        return file

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for part, file in self.made:
            file.close()
            part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise UsageError(f"{self.out} cannot be written: {error.strerror or error}") from error


class Counted:
    """A file that knows how much was written to it, and its SHA-256: no writer is taken at its word."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.size, self.seen = file, 0, sha256()

    def write(self, data: bytes) -> int:
        self.size += len(data)
        self.seen.update(data)
        return self.file.write(data)


@contextmanager
def nowhere() -> Iterator[BinaryIO]:
    """A file that keeps nothing, for dry runs."""
    with Path(os.devnull).open("wb") as file:
        yield file


def check_place(out: Path) -> None:
    if not out.parent.is_dir():
        raise UsageError(f"{out} cannot be written: there is no folder {out.parent}")
    if out.is_dir():
        raise UsageError(f"{out} is a folder: give the name of a file")
    if out.exists() and not out.is_file():
        raise UsageError(f"{out} is a device or a pipe: give the name of a file")


def check_unlike(out: Path, digest: str) -> None:
    """Refuse to overwrite a file, which may hold decisions by now, unless it is the very same."""
    if not out.exists():
        return
    with out.open("rb") as file:
        seen = sha256()
        while piece := file.read(lists.CHUNK):
            seen.update(piece)
    if seen.hexdigest() != digest:
        raise UsageError(f"{out} is there already and holds something else: give another name")


def put(part: Path, out: Path, codes: Sequence[str]) -> None:
    """Move a file whose export is stored to its place; ``codes``: its own, then those still to be moved."""
    try:
        os.replace(part, out)
    except OSError as error:
        raise UsageError(
            f"{' and '.join(codes)} {'is' if len(codes) == 1 else 'are'} handed out and stored, but {out} cannot be "
            f"written ({error.strerror or error}): 'tracker export --repeat {codes[0]} FILE' writes the file"
        ) from error


def name_of(out: Path, suffix: str, label: str, part: int) -> str:
    """``list.ris``, or with a source or a part of several ``list-pubmed-2.ris``; ``part`` 0: it is the only one."""
    stem = out.name[: -len(suffix)]
    return "-".join([stem, *filter(None, (label, str(part) if part else ""))]) + out.name[-len(suffix) :]
