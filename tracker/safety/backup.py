"""``tracker backup`` and ``tracker restore``: one file that brings a home back, and bringing it back.

A backup is a plain SQLite file (``.db``), or the same compressed (``.db.gz``, for sending it away).
"""

from __future__ import annotations

import gzip
import os
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path, PurePosixPath
from typing import IO

from tracker.errors import StoreError, UsageError
from tracker.home import Context, Home
from tracker.publish.verify import highest_work
from tracker.safety.lock import RESTORING, holding
from tracker.store import backup as copies
from tracker.store import check_sqlite, require
from tracker.store.migrations import check_file

PATTERN = "tracker-*.db"  # of the copies that are kept in turn
UNKNOWN_WORKS, UNKNOWN_EXPORTS = 1000, 100  # ids passed over when nobody can tell which were given since the backup
CHUNK = 1 << 20
SQUEEZE = 6


@dataclass(frozen=True)
class KeptFile:
    """A backup that was made, and the older ones that made room for it."""

    path: Path
    size: int
    removed: tuple[Path, ...] = ()

    @property
    def line(self) -> str:
        room = f"; {len(self.removed)} older removed" if self.removed else ""
        return f"backup: {self.path} ({self.size / 1e6:,.1f} MB), checked{room}"


def backup(context: Context, out: Path | None, *, keep: int) -> KeptFile:
    """Copy the database with ``queries/`` and ``metadata.json`` into one file and check it; may run during an update.

    Without ``out`` the copy goes to ``db/backups/`` under the time it was made, and the ``keep`` newest stay there.
    Raises :class:`UsageError` where ``out`` is there already, :class:`StoreError` where the database is damaged or the
    copy cannot be written: then no file is left, and none is removed.
    """
    check_sqlite()
    home = context.home
    require(home.database)
    folder = home.backups
    target = out or folder / f"tracker-{context.now().replace(':', '')}.db"
    if out is None:
        folder.mkdir(exist_ok=True, mode=0o700)
    elif out.exists():
        raise UsageError(f"{out} is there already: a backup never overwrites a file")
    elif not out.name.lower().endswith((".db", ".db.gz")):
        raise UsageError(f"{out.name} must end in .db, or in .db.gz for a compressed copy")
    part = target.with_name(f".{target.name}.part")
    try:
        copies.snapshot(home.database, part, own_files(home))
        if target.suffix == ".gz":
            _compress(part)
        os.replace(part, target)
    finally:
        part.unlink(missing_ok=True)
    kept = [path for path in sorted(folder.glob(PATTERN), reverse=True) if path != target]
    older = kept[max(keep, 1) - 1 :] if out is None else []
    for path in older:
        path.unlink()
    return KeptFile(target, target.stat().st_size, tuple(older))


def own_files(home: Home) -> dict[str, bytes]:
    """``queries/`` and ``metadata.json``: path inside the home -> content."""
    found = [path for path in sorted(home.queries.rglob("*")) if path.is_file()]
    found += [home.metadata_file] if home.metadata_file.is_file() else []
    return {path.relative_to(home.root).as_posix(): path.read_bytes() for path in found}


def _compress(path: Path) -> None:
    """Put the compressed file in the place of the plain one, once it has been read back and is the same."""
    packed = path.with_name(f"{path.name}.gz")
    try:
        packed.touch(0o600)
        with path.open("rb") as source, gzip.open(packed, "wb", SQUEEZE) as target:
            shutil.copyfileobj(source, target, CHUNK)
        with packed.open("rb+") as file:
            os.fsync(file.fileno())
        with path.open("rb") as plain, gzip.open(packed) as again:
            if _sum(plain) != _sum(again):
                raise StoreError(f"{packed.parent}: what was written is not what can be read back")
        os.replace(packed, path)
    finally:
        packed.unlink(missing_ok=True)


def _sum(file: IO[bytes] | gzip.GzipFile) -> str:
    seen = sha256()
    while piece := file.read(CHUNK):
        seen.update(piece)
    return seen.hexdigest()


@dataclass
class Restored:
    """What a restore did; paths of ``written`` and ``differing`` are inside the home."""

    file: Path
    replaced: Path | None = None
    written: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    passed_over: bool = False

    @property
    def lines(self) -> list[str]:
        told = [f"restored from {self.file}; 'tracker publish' brings the public copy in line"]
        if self.replaced:
            told.append(f"the database that was there is kept as {self.replaced}")
        if self.passed_over:
            told.append("nobody can tell which ids were given since that backup: some numbers are passed over")
        if self.written:
            told.append(f"brought back: {_some(self.written)}")
        if self.differing:
            told.append(f"not touched, though the backup has another version: {_some(self.differing)}")
        return told


def _some(names: list[str]) -> str:
    more = f" and {len(names) - 5} more files" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def restore(context: Context, file: Path, *, current: bool = False) -> Restored:
    """Put the database of a backup (or any copy of a tracker.db) in the place of the one that is there.

    The file is checked first; the database that is there is kept beside under a name that says when it was replaced.
    Files of ``queries/`` and ``metadata.json`` that are missing come back, none is overwritten. Ids that were given
    since the backup are not given again; where they cannot be told, numbers are passed over, unless the backup is said
    to be ``current``. Raises :class:`UsageError` for a file that is not there, :class:`StoreError`
    for one that is damaged, no tracker's or a newer tracker's: then nothing is changed.
    """
    check_sqlite()
    if not file.is_file():
        raise UsageError(f"there is no file {file}")
    home = context.home
    with holding(context):
        fresh = home.database.parent / f".checking-{RESTORING}"
        try:
            with _plain(file, fresh.with_suffix(".unpacked")) as plain:
                check_file(plain, file)
                copies.snapshot(plain, fresh)
            files = copies.take_files(fresh)
            passed_over = not current and _pass_over(home, fresh)
            os.replace(fresh, fresh.with_name(RESTORING))
        finally:
            fresh.unlink(missing_ok=True)
        told = Restored(file, _set_aside(context), passed_over=passed_over)
        os.replace(fresh.with_name(RESTORING), home.database)
        _bring_back(home, files, told)
    return told


def _pass_over(home: Home, fresh: Path) -> bool:
    """See to it that no id that was given since the backup is given again; whether that had to be guessed."""
    own, since = copies.given(fresh) or (0, 0), copies.given(home.database)
    shown = highest_work(home.public / "public.db")
    works, exports = since or (max(own[0], shown) + UNKNOWN_WORKS, own[1] + UNKNOWN_EXPORTS)
    copies.keep_given(fresh, max(works, shown), exports)
    return since is None


@contextmanager
def _plain(file: Path, unpacked: Path) -> Iterator[Path]:
    """The file itself, or for the time being what it was compressed from."""
    if file.suffix != ".gz":
        yield file
        return
    try:
        with gzip.open(file) as source, unpacked.open("wb") as target:
            shutil.copyfileobj(source, target, CHUNK)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        unpacked.unlink(missing_ok=True)
        raise StoreError(f"{file} is damaged: {error}") from error
    try:
        yield unpacked
    finally:
        unpacked.unlink(missing_ok=True)


def _set_aside(context: Context) -> Path | None:
    """Move the database away with its log, which belongs to it and would damage any other."""
    database = context.home.database
    there = database.exists()
    stem, number = f"replaced-{context.now().replace(':', '')}", 1
    while (kept := database.with_name(f"{stem}{f'-{number}' if number > 1 else ''}.db")).exists():
        number += 1
    for end in ("", "-wal", "-shm"):
        part = database.with_name(database.name + end)
        if part.exists():
            os.replace(part, kept.with_name(kept.name + end))
    return kept if there else None


def _bring_back(home: Home, files: dict[str, bytes], told: Restored) -> None:
    for name, body in files.items():
        parts = PurePosixPath(name).parts
        if ".." in parts or not (name == "metadata.json" or parts[0] == "queries"):
            raise StoreError(f"{told.file} holds a file that belongs to no home: {name!r}")
        path = home.root.joinpath(*parts)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(body)
            told.written.append(name)
        elif path.read_bytes() != body:
            told.differing.append(name)
