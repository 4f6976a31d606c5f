"""The page of a work tells which record says what, in words and without a script."""

from __future__ import annotations

from typing import Any


def test_the_page_of_several_records_tells_which_record_says_what(site: Any) -> None:
    page = site.get("/paper/LSI-000003").text
    block = page.split("<summary>Which record says what</summary>")[1].split("</details>")[0]
    assert "PPR990003</b>: title, abstract, authors, journal, date, doi, languages, publication types" in block
    assert block.count("<li>") == 2


def test_a_page_of_one_record_does_not(site: Any) -> None:
    assert "Which record says what" not in site.get("/paper/LSI-000001").text
