"""Withdrawals in the words that authors and servers use; papers about withdrawing things are none."""

from __future__ import annotations

import pytest

from tracker.sources.withdrawal import stated, titled


@pytest.mark.parametrize(
    "text",
    [
        "The authors have withdrawn this manuscript because of an error.",
        "Withdrawal Statement The authors have withdrawn their manuscript owing to duplicate posting.",
        "This manuscript has been withdrawn by the authors.",
        "This article was withdrawn because it was made without the consent of all authors.",
        "We are withdrawing this preprint.",
        "We, the authors, have withdrawn this paper.",
        "The corresponding author has requested withdrawal of this preprint.",
        "At the request of the authors, this manuscript has been withdrawn.",
        "Due to an error in the data, the authors have withdrawn this manuscript.",
        "medRxiv has withdrawn this preprint.",
        "This version of the manuscript has been temporarily removed by the server.",
        "The author wishes to withdraw this study.",
        "All authors agreed to withdraw the manuscript.",
        "Withdrawn.",
    ],
)
def test_a_statement_of_withdrawal(text: str) -> None:
    assert stated(text)


@pytest.mark.parametrize(
    "text",
    [
        "Withdrawal of benzodiazepines is hard. We studied 20 people.",
        "The authors have studied withdrawal of opioids in this paper.",
        "We withdrew the drug from all participants.",
        "Participants withdrawn from the study were counted.",
        "Background: the authors have shown that retracted papers are cited.",
        "This study examined why articles have been withdrawn.",
        "We removed the outliers.",
        "The article describes social withdrawal.",
    ],
)
def test_a_paper_about_withdrawal_is_none(text: str) -> None:
    assert not stated(text)


def test_titles() -> None:
    assert titled("WITHDRAWN: Quiet ferries")
    assert titled("[Withdrawn] Quiet ferries")
    assert not titled("Withdrawn from society: the lonely")
