"""Where a database may lie: on a disk of this computer, and in no folder that something else copies away or changes.

SQLite's write-ahead log needs shared memory and locks that hold; network file systems promise neither
(https://www.sqlite.org/wal.html: "WAL does not work over a network filesystem"), and a program that synchronises
folders may upload the database without its log, or put an older one in its place.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from tracker.errors import StoreError

NETWORK = frozenset(
    (
        "9p", "afpfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "ftp", "glusterfs", "gpfs", "lustre", "ncpfs",
        "nfs", "nfs4", "prl_fs", "smb2", "smb3", "smbfs", "vboxsf", "vmhgfs", "webdav", "webdavfs",
    )
)  # fmt: skip
NETWORK_FUSE = (
    "afp", "blobfuse", "ceph", "curlftpfs", "dav", "gcsfuse", "gluster", "google", "goofys", "gvfsd", "httpdirfs",
    "juicefs", "onedrive", "rclone", "s3", "smb", "sshfs", "vmhgfs", "wdfs",
)  # fmt: skip
SYNCED = (  # the folders that the programs make, as they spell them
    (re.compile(r"Dropbox( \(.*\))?", re.IGNORECASE), "Dropbox"),
    (re.compile(r"OneDrive( ?[-–] ?.*)?", re.IGNORECASE), "OneDrive"),
    (re.compile(r"Mobile Documents|iCloud ?Drive", re.IGNORECASE), "iCloud"),
    (re.compile(r"Google ?Drive( \(.*\))?|GoogleDrive-.*|DriveFS", re.IGNORECASE), "Google Drive"),
    (re.compile(r"CloudStorage"), "a cloud storage"),  # macOS: ~/Library/CloudStorage
    (re.compile(r"Nextcloud\d*|ownCloud\d*"), "Nextcloud"),
    (re.compile(r"pCloud ?Drive|Box Sync|MEGAsync|Seafile", re.IGNORECASE), "a cloud storage"),
)
MARKERS = {
    ".dropbox": "Dropbox",
    ".dropbox.cache": "Dropbox",
    ".849C9593-D756-4E56-8D6E-42412F2A707B": "OneDrive",
    ".tmp.drivedownload": "Google Drive",
    ".tmp.driveupload": "Google Drive",
    ".nextcloudsync.log": "Nextcloud",
    ".owncloudsync.log": "ownCloud",
    ".stfolder": "Syncthing",
}
REMOTE_DRIVE = 4  # DRIVE_REMOTE of GetDriveTypeW


@dataclass(frozen=True, slots=True)
class Mount:
    """A file system and where it is mounted."""

    point: PurePath
    kind: str


def check(folder: Path) -> None:
    """Raise :class:`StoreError` if ``folder``, which may not be there yet, is no place for a database."""
    real = folder.resolve()
    why = network(real, mounts()) or windows_network(real) or synced(real)
    if why:
        raise StoreError(f"{folder} lies {why}: a database would be damaged there; choose a folder on a local disk")


def network(folder: PurePath, mounted: Sequence[Mount]) -> str:
    """'on a network file system (nfs)' or ''; ``mounted`` in the order of mounting, a later one covers an earlier."""
    under = [item for item in mounted if folder.is_relative_to(item.point)]
    if not under:
        return ""
    kind = max(enumerate(under), key=lambda item: (len(item[1].point.parts), item[0]))[1].kind
    if kind == "9p" and folder.is_relative_to("/") and len(under) == 1:
        return ""  # the whole computer is a container or virtual machine whose own disk is given to it that way
    helper = kind.removeprefix("fuse.") if kind.startswith("fuse.") else ""
    far = kind in NETWORK or helper.startswith(NETWORK_FUSE)
    return f"on a network file system ({kind})" if far else ""


def synced(folder: Path) -> str:
    """'in a folder that Dropbox synchronises' or '', told by the names and the marks of such folders."""
    for place in (folder, *folder.parents):
        for pattern, program in SYNCED:
            if pattern.fullmatch(place.name):
                return f"in a folder that {program} synchronises"
        for mark, program in MARKERS.items():
            if (place / mark).exists():
                return f"in a folder that {program} synchronises"
    return ""


def windows_network(folder: PurePath, *, drive_type: int | None = None) -> str:
    """The same for Windows: an address of a share, or a drive letter that stands for one."""
    drive = PureWindowsPath(folder).drive if isinstance(folder, PureWindowsPath) else ""
    if not drive:
        return ""
    if drive.startswith("\\\\") and not drive.startswith(("\\\\?\\", "\\\\.\\")):
        return "on a network share"
    kind = _drive_type(drive) if drive_type is None else drive_type
    return f"on a network drive ({drive})" if kind == REMOTE_DRIVE else ""


def _drive_type(drive: str) -> int:
    if sys.platform != "win32":
        return 0
    import ctypes

    return int(ctypes.windll.kernel32.GetDriveTypeW(f"{drive}\\"))


def mounts() -> list[Mount]:
    """What is mounted on this computer; empty where that cannot be told."""
    if sys.platform == "darwin":
        told = subprocess.run(["/sbin/mount"], capture_output=True, text=True, check=False)
        return read_mount_command(told.stdout)
    table = Path("/proc/self/mounts")
    return read_proc_mounts(table.read_text(encoding="utf-8", errors="surrogateescape")) if table.exists() else []


def read_proc_mounts(text: str) -> list[Mount]:
    """Linux: ``server:/home /home nfs4 rw 0 0``; a space in a path is written ``\\040``."""
    rows = [line.split() for line in text.splitlines()]
    return [Mount(PurePosixPath(_plain(row[1])), row[2]) for row in rows if len(row) > 2]


def _plain(path: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)


def read_mount_command(text: str) -> list[Mount]:
    """macOS: ``//ada@server/share on /Volumes/share (smbfs, nodev)``."""
    rows = re.findall(r"^.* on (.*) \(([^,)]+)[^)]*\)$", text, re.MULTILINE)
    return [Mount(PurePosixPath(point), kind.strip()) for point, kind in rows]
