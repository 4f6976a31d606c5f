"""Keep keys and addresses out of every text that is shown, logged or stored."""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

HIDDEN = "***"

_NAMES = r"api[_-]?key|access[_-]?token|token|mailto|e-?mail|secret|password"
_CARRIERS: tuple[tuple[re.Pattern[str], str], ...] = (
    # NCBI's answer 429 repeats the key, or the caller's address: {"error":"...","api-key":"<key or IP>"}
    (
        re.compile(rf"""(["']?)\b({_NAMES})\1(\s*[=:]\s*)(["']?)[^\s"'&,;<>}}]+\4""", re.IGNORECASE),
        rf"\1\2\1\3{HIDDEN}",
    ),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE), rf"\1 {HIDDEN}"),
    (re.compile(r"//[^/\s@]+@"), f"//{HIDDEN}@"),  # https://user:password@host
    (re.compile(r"[\w.+'-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+", re.IGNORECASE), HIDDEN),
)


class Redactor:
    """Takes out the secrets it was given, e-mail addresses, and the values of parameters that carry such things."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        known = {secret.strip() for secret in secrets} - {""}
        spelt = known | {quote(secret, safe="") for secret in known} | {quote_plus(secret) for secret in known}
        self._spelt = sorted(spelt, key=len, reverse=True)  # a secret may be a part of a longer one

    def __call__(self, text: str) -> str:
        for secret in self._spelt:
            text = text.replace(secret, HIDDEN)
        for pattern, instead in _CARRIERS:
            text = pattern.sub(instead, text)
        return text
