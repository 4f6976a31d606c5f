"""In which encoding a text file is, by its bytes: what Excel and old tools write is not always UTF-8."""

from __future__ import annotations

from codecs import BOM_UTF16_BE, BOM_UTF16_LE, getincrementaldecoder
from pathlib import Path


def encoding_of(path: Path) -> str:
    """Excel writes UTF-16 as "Unicode text" and Windows-1252 as plain CSV; both are told from UTF-8 by their bytes."""
    decoder = getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        if file.read(2) in (BOM_UTF16_LE, BOM_UTF16_BE):
            return "utf-16"
        file.seek(0)
        try:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8-sig"
