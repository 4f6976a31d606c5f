"""Processes to measure: our site as `tracker serve` starts it, a stock Datasette, nginx with docs/nginx.conf."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from getpass import getuser
from pathlib import Path

READY = 60  # seconds
CONFIGURATION = Path(__file__).parents[1] / "docs" / "nginx.conf"


@dataclass
class Server:
    """A process that listens on ``port``; memory and processor time are known on Linux only, else None."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu(self) -> float | None:
        """Seconds of processor time that the process has taken."""
        stat = Path(f"/proc/{self.process.pid}/stat")
        if not stat.exists():
            return None
        fields = stat.read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def forget_peak(self) -> None:
        reset = Path(f"/proc/{self.process.pid}/clear_refs")
        if reset.exists():
            reset.write_text("5", encoding="ascii")

    def peak_mb(self) -> float | None:
        """The most memory held since :meth:`forget_peak`."""
        status = Path(f"/proc/{self.process.pid}/status")
        found = re.search(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii")) if status.exists() else None
        return round(int(found[1]) / 1000, 1) if found else None


@contextmanager
def serving(command: Sequence[str], port: int, log: Path) -> Iterator[Server]:
    """The process, once it listens; ended at the end."""
    with log.open("wb") as out, subprocess.Popen(command, stdout=out, stderr=out) as process:
        try:
            _wait(process, port, log)
            yield Server(port, process)
        finally:
            process.terminate()


def our_site(home: Path, port: int) -> list[str]:
    return [sys.executable, "-m", "tracker", "--home", str(home), "serve", "--port", str(port)]


def stock(public: Path, port: int) -> list[str]:
    """Datasette with the same database and nothing else: no plugin, no metadata, no settings."""
    return [sys.executable, "-m", "datasette", "serve", str(public), "--port", str(port)]


def nginx(folder: Path, port: int, site: int) -> list[str]:
    """nginx with docs/nginx.conf, ports and folders changed, HTTPS left out; raises FileNotFoundError without nginx."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if program is None:
        raise FileNotFoundError("nginx is not installed (Debian: apt-get install nginx-light)")
    text = CONFIGURATION.read_text(encoding="utf-8")
    text = re.sub(r"^ *ssl_\w+ .*\n", "", text, flags=re.MULTILINE)
    changes = {
        "listen 80;": f"listen 127.0.0.1:{free_port()};",
        "listen 443 ssl http2;": f"listen 127.0.0.1:{port};",
        "127.0.0.1:8001": f"127.0.0.1:{site}",
        "/var/cache/nginx/tracker": str(folder / "cache"),
        "/var/log/nginx/tracker.log": str(folder / "access.log"),
        "$scheme://": "http://",
        "Host $host;": f"Host 127.0.0.1:{site};",
    }
    for old, new in changes.items():
        text = text.replace(old, new)
    rest = "".join(
        f"{name}_temp_path {folder / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    head = f"user {getuser()};\npid {folder / 'pid'};\nerror_log {folder / 'error.log'};\nevents {{}}\n"
    whole = f"{head}http {{\n{rest}{text}}}\n"
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    return [program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"]


def free_port() -> int:
    with socket.socket() as trial:
        trial.bind(("127.0.0.1", 0))
        return int(trial.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + READY
    while time.monotonic() < end and process.poll() is None:
        with socket.socket() as trial:
            if trial.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"{process.args!r} does not listen: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")
