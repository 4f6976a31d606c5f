"""Debian's chromium, driven through its own protocol over two pipes: no driver, no package, no network."""

from __future__ import annotations

import base64
import json
import os
import subprocess
from pathlib import Path
from typing import Any

BINARY = Path("/usr/bin/chromium")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-default-apps",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


class Browser:
    """One page of a browser; ``requests`` are the addresses it asked for, ``complaints`` what its console said."""

    def __init__(self, profile: Path) -> None:
        down_read, self._write = os.pipe()
        self._read, up_write = os.pipe()

        def wire() -> None:  # in the child: chromium reads from 3 and writes to 4
            os.dup2(down_read, 13)
            os.dup2(up_write, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)

        self._process = subprocess.Popen(
            [str(BINARY), *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=wire, pass_fds=(3, 4), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(down_read)
        os.close(up_write)
        self._buffer = b""
        self._number = 0
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._loaded = False
        target = self._call("Target.createTarget", {"url": "about:blank"}, session="")["targetId"]
        self._session = ""
        self._session = self._call("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self._call(f"{domain}.enable", {})

    def look(self, width: int, height: int, *, dark: bool = False, media: str = "", **features: str) -> None:
        """Size of the window, colour scheme, and what else a reader prefers: ``forced_colors="active"``."""
        self._call("Emulation.setDeviceMetricsOverride",
                   {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600})  # fmt: skip
        wanted = {"prefers-color-scheme": "dark" if dark else "light", **features}
        told = [{"name": name.replace("_", "-"), "value": value} for name, value in wanted.items()]
        self._call("Emulation.setEmulatedMedia", {"media": media, "features": told})

    def open(self, url: str) -> None:
        """Go there and wait until everything has been loaded."""
        self._loaded = False
        self._call("Page.navigate", {"url": url})
        while not self._loaded:
            self._take()

    def evaluate(self, script: str) -> Any:
        """The value of a script, carried out beside the page's own policy."""
        answer = self._call("Runtime.evaluate", {"expression": script, "returnByValue": True, "awaitPromise": True})
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def press(self, key: str) -> None:
        for kind in ("keyDown", "keyUp"):
            self._call(
                "Input.dispatchKeyEvent",
                {
                    "type": kind,
                    "key": key,
                    "code": key,
                    "windowsVirtualKeyCode": {"Tab": 9, "Enter": 13}[key],
                    "text": "\r" if (key, kind) == ("Enter", "keyDown") else "",
                },
            )

    def picture(self, path: Path) -> None:
        """The whole page as PNG."""
        data = self._call("Page.captureScreenshot", {"captureBeyondViewport": True})["data"]
        path.write_bytes(base64.b64decode(data))

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        os.close(self._write)
        os.close(self._read)

    def _call(self, method: str, said: dict[str, Any], session: str | None = None) -> dict[str, Any]:
        self._number += 1
        told: dict[str, Any] = {"id": self._number, "method": method, "params": said}
        if session is None and getattr(self, "_session", ""):
            told["sessionId"] = self._session
        os.write(self._write, json.dumps(told).encode() + b"\0")
        while True:
            message = self._take()
            if message.get("id") == self._number:
                assert "error" not in message, message
                result: dict[str, Any] = message["result"]
                return result

    def _take(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            read = os.read(self._read, 1 << 16)
            assert read, "the browser has ended"
            self._buffer += read
        line, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(line)
        said = message.get("params", {})
        match message.get("method"):
            case "Page.loadEventFired":
                self._loaded = True
            case "Network.requestWillBeSent":
                self.requests.append(said["request"]["url"])
            case "Log.entryAdded":
                self.complaints.append(said["entry"]["text"])
            case "Page.javascriptDialogOpening":  # alert(1): something was carried out
                self.complaints.append(f"a dialog: {said['message']}")
                self._number += 1
                told = {"id": self._number, "method": "Page.handleJavaScriptDialog", "params": {"accept": True}}
                os.write(self._write, json.dumps({**told, "sessionId": self._session}).encode() + b"\0")
            case "Runtime.consoleAPICalled" | "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(said))
        return message
