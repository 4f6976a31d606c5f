"""The table of sources: names, settings, and packages from elsewhere."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from types import SimpleNamespace

import pytest

from tracker import sources
from tracker.errors import UsageError
from tracker.sources.pubmed import client


@pytest.fixture
def foreign(monkeypatch):
    points = [
        EntryPoint("elsewhere", "tests_of_elsewhere", sources.GROUP),
        EntryPoint("broken", "no_such_package_at_all", sources.GROUP),
        EntryPoint("pubmed", "no_such_package_at_all", sources.GROUP),
    ]
    monkeypatch.setitem(__import__("sys").modules, "tests_of_elsewhere", SimpleNamespace(build="built"))

    def entry_points(group, name=None):
        return [point for point in points if point.group == group and name in (None, point.name)]

    monkeypatch.setattr(sources, "entry_points", entry_points)
    sources.info.cache_clear()
    yield
    sources.info.cache_clear()


def test_our_own_sources_are_known_by_name():
    ours = tuple(sources.SOURCES)
    assert sources.names()[: len(ours)] == ours
    assert sources.load("pubmed") is client


@pytest.mark.parametrize("name", sorted(sources.SOURCES))
def test_every_module_of_the_table_keeps_the_contract(name, make_http):
    module = sources.load(name)
    service = module.service({})
    assert (service.name, service.base.startswith("https://"), service.interval > 0) == (name, True, True)
    source = module.build(make_http(), {})
    assert source.name == name
    assert source.title == service.title == sources.title(name)
    assert sources.is_window(source) == sources.info(name).reads_whole


@pytest.mark.usefixtures("foreign")
def test_a_package_from_elsewhere_adds_a_source_but_does_not_take_ours():
    assert sources.names() == (*sources.SOURCES, "broken", "elsewhere")
    assert sources.load("elsewhere").build == "built"
    assert sources.load("pubmed") is client


@pytest.mark.usefixtures("foreign")
def test_a_package_that_cannot_be_imported_is_told_in_one_line():
    with pytest.raises(UsageError, match="source 'broken': no_such_package_at_all cannot be imported"):
        sources.load("broken")


def test_an_unknown_name_is_told_with_those_that_are_known():
    with pytest.raises(UsageError, match="unknown source 'pubmad'; known are: pubmed"):
        sources.load("pubmad")


@pytest.mark.usefixtures("foreign")
@pytest.mark.parametrize("name", ["elsewhere", "broken"])
def test_a_package_that_says_nothing_of_its_source_is_asked_as_written(name):
    info = sources.info(name)
    assert (info.name, info.title, info.asked) == (name, name, sources.AS_WRITTEN)


def test_files_of_a_database_without_an_interface_are_called_by_the_name_they_were_imported_under():
    assert (sources.info("embase").asked, sources.title("embase")) == (sources.IMPORTED, "embase")


def test_a_register_is_no_source_that_a_search_can_list():
    assert not {*sources.REGISTERS} & {*sources.names()}
    with pytest.raises(UsageError, match="unknown source 'crossref'"):
        sources.load("crossref")


@pytest.mark.parametrize(
    ("name", "source_id", "url"),
    [
        ("pubmed", "31741017", "https://pubmed.ncbi.nlm.nih.gov/31741017/"),
        ("europepmc", "PPR123", "https://europepmc.org/article/PPR/PPR123"),
        ("europepmc", "PPR1/../x", ""),
        ("medrxiv", "10.1101/1v1", ""),
        ("pubmed", "1; drop", ""),
    ],
)
def test_the_page_of_a_record_is_made_of_ids_of_the_right_form_only(name, source_id, url):
    assert sources.info(name).page_of(source_id) == url
