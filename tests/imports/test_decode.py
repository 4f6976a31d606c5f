"""Text of files from elsewhere: every encoding seen in the wild, and letters put right only where that is certain."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.formats.decode import decode, repair

TEXT = "Müller’s “café” – 5 µg, naïve"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_whole_file_in_one_encoding(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == TEXT


def test_latin_1_and_what_windows_does_not_define() -> None:
    assert decode("Über é".encode("latin-1")) == "Über é"
    assert decode(b"a \x81 b \x9d \xe9") == "a \x81 b \x9d é"


def test_a_file_put_together_from_several_encodings() -> None:
    assert decode(b"caf\xc3\xa9\r\ncaf\xe9\n\xe2\x80\x9cok\xe2\x80\x9d") == "café\r\ncafé\n“ok”"


def test_a_file_cut_within_a_letter_loses_that_letter_alone() -> None:
    assert decode("één café".encode()[:-1]) == "één caf"
    assert decode("“één”".encode()[:-2]) == "“één"


CERTAIN = [
    "café", "Müller", "Çelik", "naïve", "São Paulo", "“quoted”", "it’s – it", "5 ± 2 µg", "≥ 3", "a\xa0b", "Ελένη’s",
    "Привет’", "日本語の論文’", "ﬁrst", "😀", "Şahin Ünal’s", "Gümüştakım", "Wójcik", "Łódź’",
]  # fmt: skip


@pytest.mark.parametrize("text", CERTAIN)
@pytest.mark.parametrize("times", [1, 2])
def test_wrongly_decoded_text_is_put_right_even_if_it_was_twice(text: str, times: int) -> None:
    wrong = text
    for _ in range(times):
        wrong = _windows(wrong)
    assert repair(wrong) == text


def _windows(text: str) -> str:
    """UTF-8 read as Windows-1252, the five undefined bytes as Latin-1."""
    return "".join(bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in text.encode())


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Kraków, Święta", "cp1250"),
        ("Dvořák, Škoda", "iso-8859-2"),
        ("Пожилые люди", "cp1251"),
        ("yaşlı, Gümüş", "cp1254"),
        ("Įvertinimas", "cp1257"),
        ("Bjørn é", "mac-roman"),
        ("São João", "cp437"),
        ("“quiet” ferries—sea", "latin-1"),
        ("étude à l’hôpital", "mac-roman"),
        ("coraz\u00f3n", "mac-roman"),
        ("独居老人", "latin-1"),
        ("αβγ", "latin-1"),
    ],
)
def test_other_wrong_decodings_are_put_right(text: str, code: str) -> None:
    assert repair(text.encode().decode(code)) == text


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("Müller fÃ¼r", "Müller für"),
        ("“ok” cafÃ©", "“ok” café"),
        ("Łódź cafÃ©", "Łódź café"),
        ("5 mgÂ a day, quietÂ ferries", "5 mg a day, quiet ferries"),
        ("voilÃ la mer", "voilà la mer"),
        ("quiet \x93ferries\x94", "quiet “ferries”"),
        ("MÃœLLER and MÃ¼ller", "MÜLLER and Müller"),
        ("TNFÎ± and IFNÎ³", "TNFα and IFNγ"),
        ("donÂ’t", "don’t"),
        ("Ã©tude DNAâ€™s", "étude DNA’s"),
    ],
)
def test_broken_words_among_right_ones_are_put_right(wrong: str, right: str) -> None:
    assert repair(wrong) == right


def test_words_inside_which_a_sign_stands_are_put_right() -> None:
    assert repair("PiÅ¡ot") == "Pišot"
    assert repair("GuljaÅ¡o") == "Guljašo"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "« CAFÉ» et MENÜ»",
        "SÃO PAULO",
        "„Ä“ und „Ö“",
        "“le café…”",
        "liberté’” dit-il",
        "Â is a letter, â too",
        "IRMÃ",
        "Ελλάδα, Привет, 日本語",
        "50 °C ± 2; ¿qué?; ¡Olé!",
        "IRMÃ» e «MÃE»",
        "BELLÉ–ROSE, SCÉNÉ’S, CAFÉ™, SUITÉ®, KRONÊ–",
        "10 Å², 5 Å³, keV/Å²",
        "√± 3, √µ, √≥2, 2√±, ≈°",
        "TEMPERATURÊ°",
        "M\u0332, {0}DÝ², GÜ™ and Ş™",
        "Ł° and É™",
        "cœur, œuvre, Œ’s, «\xa0À l’œuvre\xa0»",
        "„Größe“, „Ż“, «Р», «С», № 5 В°",
        "Nguyễn, Ștefan, Təhsil, Ɛwɛ",
        "الوحدة, בדידות, ความเหงา, अकेलापन",
        "plain",
        "<U+D800> <U+110000> <U+12>",
    ],
)
def test_what_may_be_right_stays(text: str) -> None:
    assert repair(text) == text


def test_escapes_of_r_are_letters() -> None:
    assert repair("<U+043E><U+0442> <U+00E9>") == "от é"


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.characters(max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=30))
def test_repair_and_decode_are_total(text: str) -> None:
    repair(text)
    assert decode(text.encode("utf-8")) == text.removeprefix("\ufeff") or "\0" in text


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=60))
def test_any_bytes_give_text(data: bytes) -> None:
    assert isinstance(decode(data), str)
