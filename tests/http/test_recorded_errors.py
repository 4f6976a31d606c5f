"""Answers as the services sent them, where the folder of recorded answers lies beside the project."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tracker.errors import Refused, SourceError, Transient
from tracker.sources.pubmed.client import PubMed

FOLDER = Path(__file__).resolve().parents[2] / "../shared/samples/errors"
NOT_HERE = "the recorded answers are not here: ../shared/samples/errors"

EXPECTED = {
    "ncbi_429.json": (Transient, "answered 429 (Too Many Requests)"),
    "ncbi_efetch_bad_id_400.xml": (Refused, "ID list is empty!"),
    "ncbi_efetch_history_out_of_range_400.xml": (Refused, "OUT OF RANGE"),
    "ncbi_efetch_rootless_200.xml": (Transient, "not a set of articles"),
    "ncbi_efetch_unknown_pmid_200.xml": None,
    "ncbi_esearch_backend_failed_200.xml": (Transient, "Search Backend failed: read request has failed"),
    "ncbi_esearch_both_lists_200.json": ("phrasesnotfound: lonelinesss[tiab]",),
    "ncbi_esearch_quoted_phrase_not_found_200.json": ('quotedphrasesnotfound: "zzqxunfoundphrase qqxz"',),
    "ncbi_esearch_retstart_too_large_INVALID_JSON_200.json": (Refused, "'retstart' cannot be larger than 9998"),
    "ncbi_esummary_over_cap_200.json": (Refused, "Too many UIDs in request"),
    "ncbi_www_error_500.html": (Transient, "answered 500 (Internal Server Error)"),
}


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_each_recorded_failure_is_told_apart_from_an_empty_answer(serve, make_http, reply, name):
    path = FOLDER / name
    if not path.exists():
        pytest.skip(NOT_HERE)
    status = int(re.findall(r"429|200|400|500", name)[0])
    server = serve([reply(status, path.read_bytes())])
    source = PubMed(make_http(attempts=2), server.service())
    expected = EXPECTED[name]
    if expected is None:
        assert source.fetch(["990000001"]) == ()
    elif len(expected) == 1:
        assert source.walk("x").warnings == expected
    else:
        kind, words = expected
        with pytest.raises(SourceError) as caught:
            source.fetch(["990000001"]) if "efetch" in name else source.walk("x")
        assert isinstance(caught.value, kind)
        assert words in str(caught.value)
        assert len(server.seen) == (2 if kind is Transient else 1)
        assert "203.0.113" not in str(caught.value)


def test_no_recorded_failure_of_another_service_passes_for_an_answer(serve, make_http, reply):
    if not FOLDER.exists():
        pytest.skip(NOT_HERE)
    for path in sorted(FOLDER.glob("*")):
        if path.name.startswith("ncbi"):
            continue
        server = serve([reply(body=path.read_bytes())])
        source = PubMed(make_http(attempts=1), server.service())
        for ask in (lambda source=source: source.walk("x"), lambda source=source: source.fetch(["990000001"])):
            with pytest.raises(SourceError):
                ask()
