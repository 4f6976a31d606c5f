"""Licences are read out of publishers' words, never more open than they are granted."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.text.licences import CODES, is_open, licence_of

BY = CODES[1:]


def deed(code: str, version: str, port: str = "") -> str:
    return f"https://creativecommons.org/licenses/{code.removeprefix('CC ').lower()}/{version}/{port}"


@pytest.mark.parametrize("code", BY)
@pytest.mark.parametrize("version", ["2.0", "3.0", "4.0"])
@pytest.mark.parametrize(
    "form",
    [
        "© The Authors (fictional). Published under a Creative Commons licence ({code} {version}).",
        "{lower} {version}",
        "Open access under {hyphened} {version}",
        "This is an open access article, see {deed}",
        "© 2025 Imagined Press. Licence: {deed}legalcode",
        "Distributed under the {named} {version} International License.",
        "Distributed under the {named} License, version {version}, by people who do not exist.",
        "{named} ({code}) {version}",
    ],
)
def test_every_licence_in_every_form(code: str, version: str, form: str) -> None:
    words = {"BY": "Attribution", "NC": "NonCommercial", "ND": "NoDerivatives", "SA": "ShareAlike"}
    named = "Creative Commons " + "-".join(words[part] for part in code.removeprefix("CC ").split("-"))
    text = form.format(
        code=code,
        version=version,
        lower=code.lower(),
        hyphened=code.replace(" ", "-"),
        named=named,
        deed=deed(code, version),
    )
    assert licence_of(text) == (f"{code} {version}", deed(code, version))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("cc by-nc-nd", "CC BY-NC-ND"),
        ("CCBY", "CC BY"),
        ("the Creative Commons Attribution License, which permits unrestricted use", "CC BY"),
        ("Creative Commons Attribution Non-Commercial-No Derivs licence", "CC BY-NC-ND"),
        ("Creative Commons Attribution – NonCommercial (CC BY‑NC)", "CC BY-NC"),
        ("Re-use permitted under CC BY-NC. No commercial re-use. See rights and permissions.", "CC BY-NC"),
    ],
)
def test_without_a_version_there_is_no_deed_to_point_at(text: str, code: str) -> None:
    assert licence_of(text) == (code, "")


@pytest.mark.parametrize(
    ("text", "code", "url"),
    [
        ("CC BY 3.0 IGO", "CC BY 3.0 IGO", deed("CC BY", "3.0", "igo/")),
        ("https://creativecommons.org/licenses/by-nc/3.0/igo/", "CC BY-NC 3.0 IGO", deed("CC BY-NC", "3.0", "igo/")),
        ("http://creativecommons.org/licenses/by-nc/2.0/uk/", "CC BY-NC 2.0", deed("CC BY-NC", "2.0", "uk/")),
    ],
)
def test_ports_keep_their_own_deed(text: str, code: str, url: str) -> None:
    assert licence_of(text) == (code, url)


@pytest.mark.parametrize(
    "text", ["CC0", "CC0 1.0 Universal", "Creative Commons Zero", "creativecommons.org/publicdomain/zero/1.0/"]
)
def test_public_domain_dedication(text: str) -> None:
    assert licence_of(text) == ("CC0 1.0", "https://creativecommons.org/publicdomain/zero/1.0/")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        # Data are CC0, the text is not.
        ("CC BY 4.0. The CC0 waiver (creativecommons.org/publicdomain/zero/1.0/) applies to the data.", "CC BY 4.0"),
        ("CC BY 4.0 or, for figures, CC BY-NC-ND 4.0", "CC BY-NC-ND 4.0"),
        ("CC BY 4.0, which permits non-commercial use", "CC BY-NC"),
        ("CC BY, NC 4.0", "CC BY-NC"),
        ("CC BY 4.0, which permits commercial and non-commercial use", "CC BY 4.0"),
        ("cc by-nc-sa-nd", "CC BY-NC-ND"),
    ],
)
def test_where_several_are_named_the_strictest_counts(text: str, code: str) -> None:
    assert licence_of(text)[0] == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "© 2025 Marrowgate Invented Press. All rights reserved.",
        "Open access. Free to read until the tide.",
        "This story is not published under CC BY 4.0.",
        "Neither the text nor the drawings are available under a CC0 waiver.",
        "Published in Ccbyton, NC, by Attribution & Daughters.",
        "For all open access content, the Creative Commons licensing terms apply.",
    ],
)
def test_everything_else_grants_nothing(text: str) -> None:
    assert licence_of(text) == ("", "")


def test_what_may_be_shown() -> None:
    assert all(is_open(code) and is_open(f"{code} 4.0") for code in CODES)
    assert is_open("CC BY 3.0 IGO")
    assert not any(map(is_open, ("", "CC", "CC BYE", "CC BY-XX 4.0", "CC0X", "all rights reserved", "Springer")))


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=80), st.sampled_from(("", *BY)), st.text(max_size=80))
def test_words_around_a_licence_never_make_it_more_open(before: str, code: str, after: str) -> None:
    found, url = licence_of(f"{before} {code} {after}")
    assert bool(found) == is_open(found)
    assert found or not url
    if code and found:
        bare = next(known for known in sorted(CODES, key=len, reverse=True) if found.startswith(known))
        assert CODES.index(bare) >= CODES.index(code)
