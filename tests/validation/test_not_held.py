"""A table that the council may not hold: one line says so, and no other answer is mistaken for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.definitions.model import Definition
from hub.intake.table import Received
from hub.validation import run
from hub.validation.outcome import Outcome
from tests.validation.small_returns import LISTS, small_return, small_scope

AGES = {"ages": {"under-5": "Under 5", "5-to-17": "5 to 17", "not-known": "Not recorded"}}


def with_ages() -> Definition:
    made = small_return()
    source = made.breakdown("source")
    ages = replace(
        source, name="ages", title="Age", list="ages", rows="all", personal=True, may_be_not_held=True
    )
    owes = replace(made.owes[0], breakdowns=("total", "ages"))
    return replace(made, breakdowns=(made.breakdowns[0], ages), owes=(owes,), digest="ages")


def outcome(*lines: tuple[str, str]) -> Outcome:
    scope = small_scope(lists={**LISTS, "": {**LISTS[""], **AGES}})
    rows = [
        {"agency": "330", "period": "2014-04", "breakdown": "total", "code": "", "referrals": "9", "nfa": "1"}
    ]
    rows += [
        {
            "agency": "330",
            "period": "2014-04",
            "breakdown": "ages",
            "code": code,
            "referrals": text,
            "nfa": "",
        }
        for code, text in lines
    ]
    return run.check(Received(channel="json", rows=tuple(rows)), with_ages(), scope)


def codes(found: Outcome) -> list[str]:
    return [finding.code for finding in found.findings]


def test_not_held_is_an_answer_of_its_own() -> None:
    found = outcome(("under-5", ""), ("5-to-17", ""), ("not-held", "[x]"))
    assert codes(found) == []
    (part,) = found.parts
    ages = [cell for cell in part.cells if cell[2] == "ages"]
    assert [(cell[3], cell[5], cell[6]) for cell in ages] == [("not-held", None, "not_available")]


def test_one_row_is_enough_in_a_file() -> None:
    assert codes(outcome(("not-held", "[x]"))) == []


def test_a_table_that_is_held_needs_no_such_line() -> None:
    assert codes(outcome(("under-5", "4"), ("5-to-17", "5"), ("not-held", ""))) == []
    assert codes(outcome(("under-5", "4"), ("5-to-17", "5"))) == []


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ((), "breakdown-without-lines"),  # silence is not the answer
        ((("not-held", ""),), "breakdown-without-lines"),
        ((("under-5", "9"), ("not-held", "")), "line-missing"),
        ((("under-5", "4"), ("5-to-17", "5"), ("not-held", "[x]")), "table-held-and-not"),
        ((("not-held", "9"),), "not-held-with-number"),
        ((("under-5", "4"), ("5-to-17", "")), "figure-missing"),  # a blank line stays a question
    ],
)
def test_everything_else_is_asked_about(lines: tuple[tuple[str, str], ...], code: str) -> None:
    assert code in codes(outcome(*lines))
