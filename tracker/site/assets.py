"""Style sheet and icon: read once, served from memory under an address that changes with the content."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

STATIC = Path(__file__).parent / "static"
KINDS = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8"}


class Assets:
    def __init__(self, folder: Path = STATIC) -> None:
        self._bodies = {path.name: path.read_bytes() for path in folder.iterdir() if path.suffix in KINDS}
        self._marks = {name: sha256(body).hexdigest()[:12] for name, body in self._bodies.items()}

    def url(self, name: str) -> str:
        return f"/assets/{name}?{self._marks[name]}"

    def get(self, name: str) -> tuple[bytes, str] | None:
        """(body, content type), None if there is no such file."""
        return (self._bodies[name], KINDS[Path(name).suffix]) if name in self._bodies else None
