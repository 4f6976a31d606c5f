"""Text out of the bytes of a file from elsewhere: its encoding, line by line, and wrongly decoded letters put right.

Databases and reference managers write UTF-8, UTF-16, Windows-1252 and Latin-1, and files put together from several of
them hold several. So each line is decoded for itself. Letters that were decoded wrongly before they were written
(``Ã©`` for é, ``â€™`` for ’, twice over ``ÃƒÂ©``, R's ``<U+00E9>``) are put right by ftfy, word by word and only where
what comes out is a word that somebody would write.
"""

from __future__ import annotations

import re
import unicodedata
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable
from functools import cache


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
_ESCAPE = re.compile(r"<U\+([0-9A-F]{4,6})>")
# What a no-break space leaves behind a word ("5Â mg", "voilÃ "), or a sign of Windows that was encoded as it stood
# ("donÂ’t"): no language has these capitals behind a small letter.
_SPACE_LEFT = re.compile(r"(?:(?<=[a-z0-9][a-z0-9])|(?<=[a-z][.,;:)]))Â(?= |$)|(?<=[a-z])Â(?=[‘’“”–—…])")
_GRAVE_LEFT = re.compile(r"(?<=[a-z])Ã(?= |$)")
_SHOUTED = re.compile(r"(?<=[^\W\d_a-z][^\W\d_a-z])([^\W\d_A-Z])(?![a-z])")
_ROOTS = re.compile(r"[√≈]")  # Mac OS Roman and mathematics share them
_BETWEEN = re.compile(r"√[©†®™∂¶§]|(?:(?<=[A-Za-z])|(?=..[a-z]))[√≈][^\s\w]|(?<=[a-z])[√≈]\w|[√≈]\w(?=[a-z])")
_CAPITALS = re.compile(r"[A-ZÀ-ÖØ-Þ][A-Z][À-ÖØ-Þ][–—‘’‚“”„«»…™®°](?![A-Za-z])")
_UNIT = re.compile(r"(?<![A-Za-z])[ÅÄ][²³°]")
_RARE = re.compile(
    r"[\u0180-\u018e\u0190-\u019f\u01a2-\u01ae\u01b1-\u01cc\u01dd-\u0217\u021c-\u02ff\ue000-\uf8ff\ufffd]"
)


def repair(text: str) -> str:
    """The text with wrongly decoded letters put right; what may be right as it is stays."""
    if "<U+" in text:
        text = _ESCAPE.sub(_escaped, text)
    if text.isascii():
        return text
    said, mended = text.split(" "), _mender()(text).split(" ")
    if len(said) != len(mended):  # a space belonged to a letter, for all that ftfy knows
        mended = said
    text = " ".join(word if word.isascii() else _word(word, better) for word, better in zip(said, mended, strict=True))
    return _GRAVE_LEFT.sub("à", _SPACE_LEFT.sub("", text))


@cache
def _mender() -> Callable[[str], str]:
    """ftfy's mending of encodings alone: no entities, quotation marks or widths, no guess at bytes that are lost."""
    from ftfy import TextFixerConfig, fix_encoding  # a tenth of a second that no other command should wait for

    config = TextFixerConfig(restore_byte_a0=False, replace_lossy_sequences=False)
    return lambda text: fix_encoding(text, config)


def _word(word: str, better: str) -> str:
    """The better of two readings of a word, if it can be meant: as part of its text, else by itself."""
    for mended in (better, _mender()(word)):
        if mended != word and _plausible(word, mended):
            return mended
    return word


def _plausible(word: str, mended: str) -> bool:
    """Whether somebody would write the mended word, and nobody the other one."""
    if _UNIT.search(word) or _CAPITALS.search(word) or (_ROOTS.search(word) and not _BETWEEN.search(word)):
        return False  # square ångström, degrees, a square root, a word in capitals before a sign
    new = [sign for sign in unicodedata.normalize("NFC", mended) if sign not in word]
    if any(_RARE.match(sign) or unicodedata.category(sign) in ("Cc", "Cn") for sign in new):
        return False  # letters of phonetics: ``É™`` and ``É–`` are capitals with a sign
    eastern = sum("\u0530" <= sign < "\u0800" for sign in new)
    if any(unicodedata.combining(sign) for sign in new) and not eastern:
        return False  # an accent that stands on no letter
    if eastern and (len(new) < 2 or re.search("[A-Za-z]", word)):
        return False  # one letter of Hebrew or Arabic among Latin ones
    return not any(
        sign in new and unicodedata.name(sign, "").startswith("LATIN SMALL") for sign in _SHOUTED.findall(mended)
    )


def _escaped(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code < 0x110000 and not 0xD800 <= code < 0xE000 else found[0]
