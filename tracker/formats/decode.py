"""Text out of the bytes of a file from elsewhere: its encoding, line by line, and wrongly decoded letters put right.

Databases and reference managers write UTF-8, UTF-16, Windows-1252 and Latin-1, and files put together from several of
them hold several. So each line is decoded for itself. Letters that were decoded wrongly before they were written
(``Ã©`` for é, ``â€™`` for ’, twice over ``ÃƒÂ©``, R's ``<U+00E9>``) are repaired only where there is no other reading.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

TIMES = 3  # text has been seen that was decoded wrongly three times


def decode(data: bytes) -> str:
    """The text of a file; never raises. Line ends are left as they are."""
    if data.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return data.decode("utf-16", "replace")
    data = data.removeprefix(BOM_UTF8)
    half = len(data[:2000]) // 2
    if half and data[:2000].count(0) > half // 2:  # UTF-16 without a mark: every other byte of Latin text is 0
        return data.decode("utf-16-be" if data[:1] == b"\0" else "utf-16-le", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        if error.end == len(data) and error.reason == "unexpected end of data" and not before.isascii():
            return before.decode("utf-8")  # the file was cut within a letter
    return "\n".join(_line(line) for line in data.split(b"\n"))


def _line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(_BYTE[byte] if byte > 127 else chr(byte) for byte in line)


# What Windows shows for each byte; the five it does not define are taken as Latin-1 has them.
_BYTE = {byte: bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in range(128, 256)}
_BACK = {sign: byte for byte, sign in _BYTE.items()} | {chr(byte): byte for byte in range(128, 160)}


def _signs(first: int, last: int) -> str:
    found = {sign for sign, byte in _BACK.items() if first <= byte <= last}
    return "[" + "".join(re.escape(sign) for sign in sorted(found)) + "]"


_NEXT = _signs(0x80, 0xBF)
_LETTER, _SIGN = r"[^\W\d_]", r"(?![^\W\d_])" + _NEXT
# Latin-1's accented letters and signs, the typographic signs of U+20xx, a sign in the middle of a word: what else
# would stand there?
_CERTAIN = re.compile(
    f"[ÂÃ]{_NEXT}|â{_signs(0x80, 0x8F)}{_NEXT}|ï(?:¬|»){_NEXT}|{_signs(0xF0, 0xF4)}{_NEXT}{{3}}"
    f"|(?<={_LETTER}){_signs(0xC4, 0xDF)}{_SIGN}(?={_LETTER})"
)
# Signs that may stand beside each other by chance (É», é…”): repaired only beside one that is certain, or among others.
_POSSIBLE = re.compile(f"{_signs(0xC4, 0xDF)}{_NEXT}|{_signs(0xE0, 0xEF)}{_NEXT}{{2}}")
_ESCAPE = re.compile(r"<U\+([0-9A-F]{4,6})>")


def repair(text: str) -> str:
    """The text with wrongly decoded letters put right; what may be right as it is stays."""
    if "<U+" in text:
        text = _ESCAPE.sub(_escaped, text)
    if text.isascii():
        return text
    sure = False
    for _ in range(TIMES):
        sure = sure or _CERTAIN.search(text) is not None or len(_POSSIBLE.findall(text)) > 2
        better = _CERTAIN.sub(_decoded, text)
        better = _POSSIBLE.sub(_decoded, better) if sure else better
        if better == text:
            break
        text = better
    return text


def _escaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]


def _decoded(found: re.Match[str]) -> str:
    try:
        return bytes(_BACK[sign] for sign in found[0]).decode("utf-8")
    except UnicodeDecodeError:
        return found[0]
