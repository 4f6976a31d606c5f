"""Language codes: every source's way of naming a language becomes the ISO 639-2 (bibliographic) code PubMed uses."""

from __future__ import annotations

from tracker.text import clean

# ISO 639-1 and the terminology form of ISO 639-2, where it differs, to the bibliographic form.
_TABLE = """
ar ara, bg bul, bs bos, ca cat, cs cze, da dan, de ger, el gre, en eng, es spa, et est, eu baq, fa per, fi fin, fr fre,
he heb, hi hin, hr hrv, hu hun, id ind, is ice, it ita, ja jpn, ka geo, ko kor, lt lit, lv lav, mk mac, ms may, nb nob,
nl dut, nn nno, no nor, pl pol, pt por, ro rum, ru rus, sk slo, sl slv, sq alb, sr srp, sv swe, th tha, tr tur, uk ukr,
vi vie, zh chi, ces cze, cym wel, deu ger, ell gre, eus baq, fas per, fra fre, isl ice, kat geo, mkd mac, msa may,
nld dut, ron rum, slk slo, sqi alb, zho chi
"""
_CODES = dict(pair.split() for pair in _TABLE.split(","))


def language_code(text: str) -> str:
    """``eng`` from ``eng``, ``ENG``, ``en`` or ``en-GB``; a code that is not in the table stays, in small letters."""
    code = clean(text).lower()
    main = code.replace("_", "-").split("-", 1)[0]
    return _CODES.get(main, main if len(main) == 3 else code)
