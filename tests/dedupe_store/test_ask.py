"""Doubtful pairs go to a person and come back: nothing is guessed, nothing is asked twice."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from shelves import LATER, NOW, doubtful, judge, keep, stands

from tracker.cli import main
from tracker.dedupe import answers, ask, people, stage
from tracker.errors import UsageError
from tracker.model import Verdict
from tracker.store import Store, verdicts


def asked(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def answered(path: Path, rows: list[dict[str, str]], encoding: str = "utf-8-sig", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return path


def rows_of(store: Store, tmp_path: Path, name: str = "ask.csv") -> list[dict[str, str]]:
    ask.write(store.db, tmp_path / name)
    return asked(tmp_path / name)


def people_say(store: Store) -> list[tuple[Any, ...]]:
    sql = "select kind, reason from verdict where by = 'person' and undone is null order by id"
    return [tuple(row) for row in store.db.execute(sql)]


def test_a_doubtful_pair_is_stored_as_a_question_and_told(store: Store) -> None:
    doubtful(store, 1)
    assert judge(store).asks == 1
    assert "1 question for a person" in judge(store).line
    assert [one.rule for one in verdicts.open_questions(store.db)] == ["DOI and authors, unlike titles"]


def test_a_line_shows_both_records_side_by_side_and_no_spreadsheet_runs_it(store: Store, tmp_path: Path) -> None:
    one, two = doubtful(store, 1)
    judge(store)
    (row,) = rows_of(store, tmp_path)
    assert tuple(row) == ask.COLUMNS
    assert {row["record_a"], row["record_b"]} == {one, two}
    assert {row["title_a"][:2], row["title_b"][:2]} == {"'=", "Sl"}
    assert (row["answer"], row["reason"], row["reviewer"]) == ("", "", "")
    assert row["question"] == "DOI and authors, unlike titles"
    assert (tmp_path / "ask.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_same_questions_give_the_same_bytes_and_answers_are_not_written_over(store: Store, tmp_path: Path) -> None:
    for number in (3, 1, 2):
        doubtful(store, number)
    judge(store)
    rows_of(store, tmp_path, "one.csv")
    assert len(rows_of(store, tmp_path, "two.csv")) == 3
    assert (tmp_path / "one.csv").read_bytes() == (tmp_path / "two.csv").read_bytes()
    with pytest.raises(UsageError, match="is there already"):
        ask.write(store.db, tmp_path / "one.csv")


def test_a_long_abstract_is_cut_and_places_are_in_words(store: Store, tmp_path: Path) -> None:
    from shelves import abstract

    doubtful(store, 1)
    keep(store, 1, title="Loneliness", doi="10.5555/doubt.1", abstract=abstract("word " * 400), volume="3", pages="4-5")
    with store.write() as db:
        verdicts.put_questions(db, [1, 2], [Verdict(1, 2, "ask", "a rule", "evidence")])
    judge(store)
    with store.write() as db:
        verdicts.put_questions(db, [1, 2], [Verdict(1, 2, "ask", "a rule", "evidence")])
    (row,) = rows_of(store, tmp_path)
    assert row["abstract_a"].endswith("word ...")
    assert row["place_a"] == "vol. 3, pp. 4-5"


@pytest.mark.parametrize(
    ("answer", "one_work", "one_publication"),
    [("same", True, True), ("version", True, False), ("related", False, False), ("different", False, False)],
)
def test_each_answer_is_a_persons_verdict_with_its_reason(
    store: Store, tmp_path: Path, answer: str, one_work: bool, one_publication: bool
) -> None:
    one, two = doubtful(store, 1)
    judge(store)
    (row,) = rows_of(store, tmp_path)
    row |= {"answer": answer, "reason": "read both", "reviewer": "R1"}
    report = answers.take(store, answered(tmp_path / "back.csv", [row]), LATER)
    assert (report.stored, report.troubles) == (1, [])
    placed = stands(store)
    assert (placed[one][0] == placed[two][0], placed[one][1] == placed[two][1]) == (one_work, one_publication)
    assert people_say(store) == [(answer, "R1: read both")]
    assert judge(store).asks == 0
    evidence = store.db.execute("select evidence from verdict where by = 'person'").fetchone()[0]
    assert evidence.startswith("DOI and authors, unlike titles: "), "what is published is not the reviewer's own words"


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ";"), ("utf-16", "\t"), ("cp1252", ";")])
def test_what_a_spreadsheet_does_to_the_file_changes_no_answer(
    store: Store, tmp_path: Path, encoding: str, delimiter: str
) -> None:
    doubtful(store, 1)
    judge(store)
    (row,) = rows_of(store, tmp_path)
    changed = {
        name.upper(): value for name, value in (row | {"answer": "  DIFFERENT ", "reason": "né à Zürich"}).items()
    }
    report = answers.take(store, answered(tmp_path / "back.csv", [changed], encoding, delimiter), LATER)
    assert (report.stored, report.troubles) == (1, [])
    assert people_say(store) == [("different", "né à Zürich")]


def test_the_same_file_twice_adds_nothing(store: Store, tmp_path: Path) -> None:
    doubtful(store, 1)
    judge(store)
    back = answered(tmp_path / "back.csv", [row | {"answer": "same"} for row in rows_of(store, tmp_path)])
    answers.take(store, back, NOW)
    report = answers.take(store, back, LATER)
    assert (report.stored, report.known, report.troubles) == (0, 1, [])
    assert len(people_say(store)) == 1


def test_what_is_not_understood_is_listed_and_not_guessed(store: Store, tmp_path: Path) -> None:
    for number in (1, 2, 3, 4):
        doubtful(store, number)
    judge(store)
    rows = rows_of(store, tmp_path)
    rows[0]["answer"] = "probably the same"
    rows[1] |= {"answer": "same", "record_a": "pubmed:1"}
    rows[2] |= {"answer": "same", "pair": "Q1-99"}
    report = answers.take(store, answered(tmp_path / "back.csv", rows), LATER)
    assert (report.stored, report.empty, len(report.troubles)) == (0, 1, 3)
    assert [line.split(":")[0] for line in report.troubles] == [f"line 1 ({rows[0]['pair']})", "line 2", "line 3"]
    assert people_say(store) == []


def test_two_answers_to_one_pair_are_a_contradiction_and_none_is_taken(store: Store, tmp_path: Path) -> None:
    doubtful(store, 1)
    judge(store)
    (row,) = rows_of(store, tmp_path)
    both = [row | {"answer": "same", "reviewer": "R1"}, row | {"answer": "different", "reviewer": "R2"}]
    report = answers.take(store, answered(tmp_path / "back.csv", both), LATER)
    assert report.stored == 0
    assert "in several ways: 'same' on line 1, 'different' on line 2" in report.troubles[0]


def test_another_answer_than_the_one_that_stands_is_listed(store: Store, tmp_path: Path) -> None:
    doubtful(store, 1)
    judge(store)
    rows = rows_of(store, tmp_path)
    answers.take(store, answered(tmp_path / "a.csv", [row | {"answer": "same"} for row in rows]), NOW)
    report = answers.take(store, answered(tmp_path / "b.csv", [row | {"answer": "related"} for row in rows]), LATER)
    assert report.stored == 0
    assert f"'related' here, 'same' said on {NOW} (no reason given)" in report.troubles[0]
    assert people_say(store) == [("same", "")]


def test_a_chain_that_cannot_be_true_is_listed_whole(store: Store, tmp_path: Path) -> None:
    """A is B, B is C, A is not C: one of the three is wrong, and only the people know which."""
    names = [keep(store, number) for number in (1, 2, 3)]
    judge(store)
    pairs = [(1, 2, "same"), (2, 3, "version"), (1, 3, "different")]
    rows = [
        {"pair": f"Q{a}-{b}", "answer": kind, "record_a": names[a - 1], "record_b": names[b - 1]}
        for a, b, kind in pairs
    ]
    report = answers.take(store, answered(tmp_path / "back.csv", rows), LATER)
    assert (report.stored, len(report.troubles)) == (0, 3)
    assert all("'different' of Q1-3" in line for line in report.troubles)
    report = answers.take(store, answered(tmp_path / "two.csv", rows[:2]), LATER)
    assert (report.stored, report.troubles) == (2, [])
    assert len({key for key, _ in stands(store).values()}) == 1


def test_versions_of_what_is_said_to_be_one_publication_contradict(store: Store) -> None:
    said = {(1, 2): "same", (2, 3): "same"}
    fresh = [answers.PersonAnswer(1, (1, 3), "version", ""), answers.PersonAnswer(2, (4, 5), "version", "")]
    assert set(answers.contradictions(said, fresh)) == {(1, 3)}


def test_an_answer_that_other_verdicts_outweigh_is_stored_and_told(store: Store, tmp_path: Path) -> None:
    """A source states that C is B republished; a person says that A is not C, another that A and B are one work."""
    names = [keep(store, number) for number in (1, 2, 3)]
    judge(store)
    with store.write() as db:
        verdicts.add(db, Verdict(2, 3, "version", "stated republication", "stated"), rules=1, by="machine", now=NOW)
        stage.say(db, Verdict(1, 3, "different", "said", ""), "", NOW, verdicts.next_word(db))
        stage.resettle(db, (1, 2, 3), NOW)
    row = {"pair": "Q1-2", "answer": "version", "record_a": names[0], "record_b": names[1]}
    report = answers.take(store, answered(tmp_path / "back.csv", [row]), LATER)
    assert report.stored == 1
    assert "outweigh" in report.troubles[0]


def test_an_answer_outlives_a_new_reading_and_join_or_split_takes_it_back(store: Store, tmp_path: Path) -> None:
    one, two = doubtful(store, 1)
    judge(store)
    before = stands(store)
    back = [row | {"answer": "different"} for row in rows_of(store, tmp_path)]
    answers.take(store, answered(tmp_path / "back.csv", back), NOW)
    keep(store, 1, title="Loneliness, and its keepers", doi="10.5555/doubt.1", pmid="")
    judge(store)
    assert [kind for kind, _ in people_say(store)] == ["different"]
    told = people.join(store, one, two, "same", "they are", LATER)
    assert "taken back: 'different'" in told
    assert stands(store)[one] == stands(store)[two]
    people.split(store, one, two, "they are not", LATER)
    assert stands(store) == before


def test_a_file_that_is_no_list_of_pairs_is_one_clear_line(store: Store, tmp_path: Path) -> None:
    path = answered(tmp_path / "x.csv", [{"key": "LSI-000001", "decision": "include"}])
    with pytest.raises(UsageError, match="no columns 'pair' and 'answer'"):
        answers.take(store, path, NOW)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "queries").mkdir()
    (tmp_path / "metadata.json").write_text("{}", encoding="utf-8")
    with Store(tmp_path / "db" / "tracker.db") as store:
        doubtful(store, 1)
        judge(store)
    return tmp_path


def test_the_command_asks_and_reads_back_and_says_what_was_not_taken(home: Path) -> None:
    def run(*words: str) -> Any:
        return CliRunner().invoke(main, ["--home", str(home), "dedupe", *words])

    out = run("--ask", str(home / "ask.csv"))
    assert out.exit_code == 0, out.output
    assert "1 pairs" in out.output
    rows = asked(home / "ask.csv")
    rows[0]["answer"] = "who knows"
    out = run("--answers", str(answered(home / "back.csv", rows)))
    assert out.exit_code == 1
    assert "not understood: 'who knows'" in out.output
    rows[0]["answer"] = "same"
    out = run("--answers", str(answered(home / "again.csv", rows)), "--ask", str(home / "rest.csv"))
    assert out.exit_code == 0, out.output
    assert "1 answers stored" in out.output
    assert asked(home / "rest.csv") == []
    assert run("--apply").exit_code == 2
    assert run("--review-rules", "--ask", str(home / "z.csv")).exit_code == 2
    assert "No new rules" in run("--review-rules").output
