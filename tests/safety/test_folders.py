"""Network and synchronised folders are refused with a line, before anything is written there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import pytest

from tracker.errors import StoreError
from tracker.safety import folders
from tracker.safety.folders import Mount, network, read_mount_command, read_proc_mounts, synced, windows_network

LINUX = """\
/dev/vda1 / ext4 rw,relatime 0 0
proc /proc proc rw 0 0
server:/export /home nfs4 rw,vers=4.2 0 0
//server/share /mnt/the\\040share cifs rw 0 0
me@host: /home/ada/far fuse.sshfs rw 0 0
drive: /media/drive fuse.rclone rw 0 0
drvfs /mnt/c 9p rw,aname=drvfs 0 0
/dev/vdb1 /home/ada/disk xfs rw 0 0
/dev/sdc1 /media/stick fuseblk rw 0 0
"""
MACOS = """\
/dev/disk3s1s1 on / (apfs, sealed, local, read-only, journaled)
/dev/disk3s5 on /System/Volumes/Data (apfs, local, journaled, nobrowse)
//ada@server/share on /Volumes/the share (smbfs, nodev, nosuid, mounted by ada)
server:/export on /Volumes/far (nfs)
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/tracker/db", ""),
        ("/home/ada/tracker/db", "nfs4"),
        ("/mnt/the share/tracker/db", "cifs"),
        ("/home/ada/far/db", "fuse.sshfs"),
        ("/media/drive/x", "fuse.rclone"),
        ("/mnt/c/Users/ada/db", "9p"),
        ("/home/ada/disk/tracker/db", ""),
        ("/media/stick/db", ""),
        ("/homes/ada/db", ""),
    ],
)
def test_linux_network_file_systems_are_told_by_the_mount_that_holds_the_folder(folder: str, kind: str) -> None:
    said = network(PurePosixPath(folder), read_proc_mounts(LINUX))
    assert said == (f"on a network file system ({kind})" if kind else "")


def test_of_two_mounts_at_one_place_the_later_counts() -> None:
    mounted = [Mount(PurePosixPath("/data"), "nfs"), Mount(PurePosixPath("/data"), "ext4")]
    assert network(PurePosixPath("/data/db"), mounted) == ""
    assert network(PurePosixPath("/data/db"), mounted[::-1]) != ""


def test_a_container_whose_own_disk_is_9p_is_no_network_folder() -> None:
    assert network(PurePosixPath("/home/db"), [Mount(PurePosixPath("/"), "9p")]) == ""
    assert network(PurePosixPath("/home/db"), [Mount(PurePosixPath("/"), "nfs")]) != ""


@pytest.mark.parametrize(
    ("folder", "refused"),
    [("/Volumes/the share/db", True), ("/Volumes/far/db", True), ("/Users/ada/tracker/db", False)],
)
def test_macos_network_file_systems(folder: str, refused: bool) -> None:
    assert bool(network(PurePosixPath(folder), read_mount_command(MACOS))) == refused


def test_windows_shares_and_drives_that_stand_for_one() -> None:
    assert windows_network(PureWindowsPath(r"\\server\share\tracker\db")) == "on a network share"
    assert windows_network(PureWindowsPath(r"Z:\tracker\db"), drive_type=4) == "on a network drive (Z:)"
    assert windows_network(PureWindowsPath(r"C:\tracker\db"), drive_type=3) == ""
    assert windows_network(PureWindowsPath(r"C:\tracker\db")) == ""  # not asked of another system
    assert windows_network(PurePosixPath("/srv/db")) == ""


@pytest.mark.parametrize(
    ("place", "program"),
    [
        ("Dropbox/tracker/db", "Dropbox"),
        ("Dropbox (Personal)/db", "Dropbox"),
        ("OneDrive - University of Somewhere/tracker/db", "OneDrive"),
        ("OneDrive/db", "OneDrive"),
        ("Library/Mobile Documents/com~apple~CloudDocs/db", "iCloud"),
        ("Library/CloudStorage/Box-Box/db", "a cloud storage"),
        ("Google Drive/My Drive/db", "Google Drive"),
        ("Nextcloud/tracker/db", "Nextcloud"),
        ("nextcloud/tracker/db", ""),  # a system user of that name, not the client's folder
        ("notes on Dropbox/db", ""),
        ("tracker/db", ""),
    ],
)
def test_folders_that_are_synchronised_are_told_by_name(tmp_path: Path, place: str, program: str) -> None:
    said = synced(tmp_path / place)
    assert said == (f"in a folder that {program} synchronises" if program else "")


def test_a_synchronised_folder_of_another_name_is_told_by_its_mark(tmp_path: Path) -> None:
    (tmp_path / "shared" / ".stfolder").mkdir(parents=True)
    assert "Syncthing" in synced(tmp_path / "shared" / "tracker" / "db")


def test_a_link_to_such_a_folder_is_one(tmp_path: Path) -> None:
    (tmp_path / "Dropbox" / "db").mkdir(parents=True)
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "db").symlink_to(tmp_path / "Dropbox" / "db", target_is_directory=True)
    with pytest.raises(StoreError, match="Dropbox"):
        folders.check(tmp_path / "home" / "db")


def test_this_computer_can_be_asked() -> None:
    assert all(item.kind for item in folders.mounts())


def test_macos_is_asked_by_its_own_command(monkeypatch: pytest.MonkeyPatch) -> None:
    class Told:
        stdout = MACOS

    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.setattr("subprocess.run", lambda *words, **options: Told)
    assert Mount(PurePosixPath("/Volumes/far"), "nfs") in folders.mounts()


def test_commands_that_write_refuse_with_one_line_and_write_nothing(
    tracker: Callable[..., Any], a_home: Path, settings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folders, "mounts", lambda: [Mount(a_home.resolve(), "nfs")])
    for words in (["update"], ["init", str(a_home / "other"), "--prefix", "NET", "--authority", "a.org",
                               "--public-abstracts", "none"]):  # fmt: skip
        told = tracker(*words, **settings)
        assert told.code == 2
        assert "network file system (nfs)" in told.err
        assert len(told.err.strip().splitlines()) == 1
    assert not (a_home / "db").exists()
    assert not (a_home / "other").exists()
