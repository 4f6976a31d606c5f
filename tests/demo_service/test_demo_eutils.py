"""The E-utilities answer on the wire as recorded answers and reports of public clients say the real ones do."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from demo_client import DAY, article, ask, find

from emulator.index import Lexicon
from emulator.service import PubMedService
from emulator.synthetic import Listed, synthetic

SAMPLES = Path(__file__).resolve().parents[2] / "../shared/samples"
Running = Callable[..., PubMedService]
ALL = "counted[tiab]"


def sample(name: str) -> bytes:
    path = SAMPLES / name
    if not path.exists():
        pytest.skip(f"recorded answer {name} is not here")
    return path.read_bytes()


def pmids(body: bytes) -> list[str]:
    return [each.text or "" for each in ET.fromstring(body).findall("*/MedlineCitation/PMID")]


def test_a_search_answers_in_strings_with_header_and_translation(running: Running) -> None:
    answer = ask(running(), "esearch", db="pubmed", term=ALL, retmode="json", retmax=2)
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=UTF-8"
    assert answer.json == {
        "header": {"type": "esearch", "version": "0.3"},
        "esearchresult": {
            "count": "20",
            "retmax": "2",
            "retstart": "0",
            "idlist": ["990000020", "990000019"],
            "translationset": [],
            "querytranslation": '"counted"[Title/Abstract]',
        },
    }


def test_the_shape_of_a_search_is_that_of_a_recorded_one(running: Running) -> None:
    recorded = json.loads(sample("pubmed/esearch_2026_json.json"))
    service = running([article(1, "Loneliness")], lexicon=Lexicon({"Behavior": ("Loneliness",)}))
    ours = ask(service, "esearch", term="loneliness", retmode="json").json
    assert list(ours) == list(recorded)
    assert list(ours["esearchresult"]) == list(recorded["esearchresult"])
    assert list(ours["esearchresult"]["translationset"][0]) == ["from", "to"]


def test_post_and_get_answer_alike(running: Running) -> None:
    service = running()
    form = {"db": "pubmed", "term": ALL, "retmode": "json"}
    assert ask(service, "esearch", get=True, **form).json == ask(service, "esearch", **form).json
    assert [asked.method for asked in service.log] == ["GET", "POST"]


def test_retmax_is_20_by_default_and_clamped_to_the_ceiling_without_a_word(running: Running) -> None:
    service = running(synthetic(30, last=date(2023, 1, 1)), ceiling=25)
    assert len(ask(service, "esearch", term=ALL, retmode="json").result["idlist"]) == 20
    clamped = find(service, ALL, retmax=100_000)
    assert (clamped["count"], clamped["retmax"], len(clamped["idlist"])) == ("30", "25", 25)
    assert "warninglist" not in clamped


def test_the_ceiling_is_9999_unless_set(running: Running) -> None:
    assert running().entrez.ceiling == 9_999


def test_a_page_that_crosses_the_ceiling_is_clipped_without_a_word(running: Running) -> None:
    service = running(synthetic(30, last=date(2023, 1, 1)), ceiling=25)
    clipped = find(service, ALL, retstart=20, retmax=10)
    assert (clipped["count"], len(clipped["idlist"]), "warninglist" in clipped) == ("30", 5, False)


@pytest.mark.parametrize("start", [25, 9_999])
def test_a_retstart_beyond_the_ceiling_is_an_error_that_is_not_valid_json(running: Running, start: int) -> None:
    service = running(synthetic(30, last=date(2023, 1, 1)), ceiling=25)
    answer = ask(service, "esearch", term=ALL, retmode="json", retstart=start)
    assert answer.status == 200
    with pytest.raises(json.JSONDecodeError):
        json.loads(answer.body)
    assert "'retstart' cannot be larger than 24" in json.loads(answer.body, strict=False)["esearchresult"]["ERROR"]
    assert find(service, ALL, retstart=24, retmax=10)["idlist"] == ["990000006"]


def test_the_error_of_the_real_ceiling_reads_as_recorded(running: Running) -> None:
    recorded = sample("errors/ncbi_esearch_retstart_too_large_INVALID_JSON_200.json")
    ours = ask(running(), "esearch", term=ALL, retmode="json", retstart=9_999)
    assert ours.body.strip() == recorded.strip()


def test_nothing_found_is_said_in_so_many_words(running: Running) -> None:
    nothing = find(running(), "zebra[ti]")
    assert (nothing["count"], nothing["idlist"]) == ("0", [])
    assert nothing["warninglist"]["outputmessages"] == ["No items found."]
    assert "errorlist" not in nothing


def test_unknown_words_and_phrases_are_named_as_in_recorded_answers(running: Running) -> None:
    service = running(lexicon=Lexicon(closed=True))
    both = find(service, 'lonelinesss[tiab] OR "example counted"[tiab]')
    assert both["errorlist"] == {"phrasesnotfound": ["lonelinesss[tiab]"], "fieldsnotfound": []}
    assert both["warninglist"]["quotedphrasesnotfound"] == ['"example counted"']
    assert both["count"] == "20"  # with hits: the words were searched apart
    recorded = json.loads(sample("errors/ncbi_esearch_both_lists_200.json"))["esearchresult"]
    assert list(both["errorlist"]) == list(recorded["errorlist"])
    assert list(both["warninglist"]) == list(recorded["warninglist"])


def test_only_the_count_when_only_the_count_is_wanted(running: Running) -> None:
    assert find(running(), ALL, rettype="count") == {"count": "20"}
    assert b"<Count>20</Count></eSearchResult>" in ask(running(), "esearch", term=ALL, rettype="count").body
    assert find(running(), ALL, retmax=0)["idlist"] == []


def test_one_date_bound_alone_is_ignored_without_a_word_and_two_are_not(running: Running) -> None:
    service = running(synthetic(365, first=date(2023, 1, 1), last=date(2023, 12, 31)), day=date(2023, 12, 31))
    assert find(service, ALL, datetype="crdt", mindate="2023/12/01")["count"] == "365"
    assert find(service, ALL, datetype="crdt", mindate="2023/12/01", maxdate="2023/12/31")["count"] == "31"
    assert find(service, ALL, datetype="crdt", mindate="1800", maxdate="3000")["count"] == "365"
    assert find(service, ALL, datetype="crdt", reldate="9")["count"] == "10"
    assert find(service, ALL, datetype="nonsense", mindate="2023/12", maxdate="2023/12")["count"] == "31"


def test_parts_by_create_date_sum_to_the_whole(running: Running) -> None:
    service = running(synthetic(300))
    parts = ['"1800/01/01"[crdt] : "2021/12/31"[crdt]', '"2022/01/01"[crdt] : "3000"[crdt]']
    counts = [int(find(service, f"({ALL}) AND ({part})")["count"]) for part in parts]
    assert sum(counts) == int(find(service, ALL)["count"])
    assert all(counts)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"db": "pubmedx", "term": "a"}, "Invalid db name specified: pubmedx"),
        ({"db": "pubmed", "term": " "}, "Empty term and query_key - nothing todo"),
        ({"db": "pubmed"}, "Empty term and query_key - nothing todo"),
    ],
)
def test_a_wrong_search_gets_an_error_element_with_status_200(
    running: Running, form: dict[str, str], said: str
) -> None:
    service = running()
    assert ask(service, "esearch", retmode="json", **form).result == {"ERROR": said}
    answer = ask(service, "esearch", **form)
    assert (answer.status, ET.fromstring(answer.body).findtext("ERROR")) == (200, said)


def test_a_fetch_brings_the_records_asked_for_in_order_as_one_closed_set(running: Running) -> None:
    answer = ask(running(), "efetch", db="pubmed", retmode="xml", id="990000003,990000001")
    assert answer.headers["content-type"].startswith("text/xml")
    assert pmids(answer.body) == ["990000003", "990000001"]
    assert answer.body.endswith(b"</PubmedArticleSet>\n")
    assert answer.body.startswith(b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC')


def test_unknown_deleted_withheld_and_future_ids_are_left_out_in_silence(running: Running) -> None:
    kept, later = article(1, "Kept"), article(3, "Later", created=date(2024, 7, 1))
    service = running(
        [kept, article(2, "Withheld", withheld=True), later, article(4, "Held back")], withheld=["990000004"]
    )
    ids = "990000001,990000002,990000003,990000004,990000099"
    assert pmids(ask(service, "efetch", id=ids).body) == ["990000001"]
    assert find(service, "withheld[ti] OR held[ti]")["count"] == "2"  # listed, all the same
    service.day = date(2024, 7, 1)
    assert pmids(ask(service, "efetch", id=ids).body) == ["990000001", "990000003"]


def test_only_unknown_ids_bring_the_recorded_empty_set(running: Running) -> None:
    recorded = sample("errors/ncbi_efetch_unknown_pmid_200.xml")
    answer = ask(running(), "efetch", id="1")
    assert (answer.status, answer.body.strip()) == (200, recorded.strip())


def test_a_malformed_id_is_split_into_its_numbers(running: Running) -> None:
    service = running([article(-989_999_958, "Forty-two"), article(-989_999_991, "Nine")])
    assert pmids(ask(service, "efetch", id="42.9").body) == ["42", "9"]


def test_an_id_asked_for_twice_comes_once(running: Running) -> None:
    service = running()
    assert pmids(ask(service, "efetch", id="990000001,990000001").body) == ["990000001"]


@pytest.mark.parametrize("form", [{}, {"id": ""}, {"id": "abc"}])
def test_an_empty_list_of_ids_is_a_400_with_the_recorded_error(running: Running, form: dict[str, str]) -> None:
    answer = ask(running(), "efetch", **form)
    assert answer.status == 400
    said = ET.fromstring(answer.body).findtext("ERROR")
    assert said == "ID list is empty! Possibly it has no correct IDs."
    recorded = sample("errors/ncbi_efetch_bad_id_400.xml")
    assert answer.body.split() == recorded.split()


def test_other_wrong_fetches_are_400_too(running: Running) -> None:
    service = running()
    assert ask(service, "efetch", db="gene", id="1").status == 400
    history = ask(service, "efetch", query_key="1", WebEnv="x")
    assert (history.status, b"Cannot retrieve history data" in history.body) == (400, True)


def test_a_get_above_360_ids_is_refused_and_a_post_is_not(running: Running) -> None:
    service = running(synthetic(361, last=date(2023, 1, 1)))
    ids = ",".join(str(990_000_001 + number) for number in range(361))
    assert ask(service, "efetch", get=True, id=ids).status == 414
    assert len(pmids(ask(service, "efetch", id=ids).body)) == 361
    assert ask(service, "efetch", get=True, id=ids[: 360 * 10 - 1]).status == 200


def test_einfo_lists_the_fields_and_the_size(running: Running) -> None:
    service = running()
    root = ET.fromstring(ask(service, "einfo", db="pubmed").body)
    assert root.findtext("DbInfo/Count") == "20"
    names = {each.text for each in root.findall("DbInfo/FieldList/Field/Name")}
    assert {"TIAB", "CRDT", "MDAT", "PT"} <= names
    info = ask(service, "einfo", db="pubmed", retmode="json").json["einforesult"]["dbinfo"][0]
    assert (info["count"], info["lastupdate"]) == ("20", f"{DAY:%Y/%m/%d} 06:00")


def test_the_clock_decides_what_there_is(running: Running) -> None:
    service = running(synthetic(10, first=date(2024, 1, 1), last=date(2024, 1, 10)), day=date(2024, 1, 4))
    assert find(service, ALL)["count"] == "4"
    service.day = date(2024, 1, 10)
    assert find(service, ALL)["count"] == "10"
    service.day = date(2024, 1, 1)
    assert find(service, ALL)["count"] == "1"


def test_a_literature_may_bring_headings_and_mappings_of_its_own(running: Running) -> None:
    literature = Listed(
        [article(1, "A", mesh=("Loneliness",))], {"Behavior": ("Loneliness",)}, {"lonely": "Loneliness"}
    )
    service = running(literature)
    assert find(service, "behavior[mh]")["count"] == "1"
    assert find(service, "lonely")["translationset"][0]["from"] == "lonely"


def test_a_changed_mapping_changes_translation_and_yield(running: Running) -> None:
    service = running([article(1, "A", mesh=("Loneliness",))])
    before = find(service, "solitude")
    service.entrez.lexicon = Lexicon(mapping={"solitude": "Loneliness"})
    after = find(service, "solitude")
    assert (before["count"], after["count"]) == ("0", "1")
    assert before["querytranslation"] != after["querytranslation"]


def test_old_answers_are_forgotten_in_time(running: Running) -> None:
    service = running()
    for number in range(60):
        find(service, f"example[ti] OR x{number}[ti]")
    assert len(service.entrez._found) <= 51
    assert find(service, ALL)["count"] == "20"


def test_the_xml_of_a_search_says_the_same_as_its_json(running: Running) -> None:
    service = running(lexicon=Lexicon({"Behavior": ("Loneliness",)}, closed=True))
    term = 'loneliness OR qqxz[ti] OR "example counted"[ti] OR ab*[ti]'
    ours, text = find(service, term), ask(service, "esearch", term=term, retmax=100).body
    root = ET.fromstring(text)
    assert root.findtext("Count") == ours["count"]
    assert [each.text for each in root.findall("IdList/Id")] == ours["idlist"]
    assert root.findtext("QueryTranslation") == ours["querytranslation"]
    assert root.findtext("TranslationSet/Translation/From") == "loneliness"
    assert root.findtext("ErrorList/PhraseNotFound") == "qqxz[ti]"
    assert root.findtext("WarningList/QuotedPhraseNotFound") == '"example counted"'
    assert root.findtext("WarningList/PhraseIgnored") == "ab*[ti]"
    assert re.match(rb'<\?xml version="1.0" encoding="UTF-8" \?>\n<!DOCTYPE eSearchResult PUBLIC', text)


def test_an_unknown_utility_and_an_unknown_path_are_404(running: Running) -> None:
    service = running()
    assert ask(service, "esummary", id="1").status == 404
    assert ask(service, "../esearch", term="a").status == 404
