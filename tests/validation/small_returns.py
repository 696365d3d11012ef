"""A small return for tests of the checks, made by hand: a total, two areas that must be complete, sources that are listed."""

from __future__ import annotations

from hub.definitions.model import TOTAL, Breakdown, Definition, Due, Figure, Owes, Rule
from hub.validation.outcome import Expected, Scope

LISTS = {
    "birmingham": {
        "areas": {"south": "South", "east": "East", "not-known": "Not known"},
        "members": {"RQ3": "Children’s Hospital"},
    },
    "solihull": {"areas": {"north": "North", "not-known": "Not known"}, "members": {}},
    "": {"sources": {"police": "Police", "schools": "Schools", "unknown": "Unknown"}},
}


def rule(code: str, **changes: object) -> Rule:
    values = {
        "code": code, "severity": "error", "why": "", "message": "", "frame": "rows", "expectation": "", "kwargs": {}, "field": None,
        "breakdowns": (), "derive": {}, "passes": (), "fails": (), **changes,
    }  # fmt: skip
    return Rule(**values)  # type: ignore[arg-type]


RULES = (
    rule(
        "nfa-above-referrals",
        message="{nfa} were closed, but only {referrals} referrals were received. Correct the smaller or the larger number.",
        expectation="expect_column_pair_values_a_to_be_greater_than_b",
        kwargs={
            "column_A": "referrals",
            "column_B": "nfa",
            "or_equal": True,
            "ignore_row_if": "either_value_is_missing",
        },
        field="nfa",
    ),
    rule(
        "parts-differ",
        message="The lines add to {parts}, the total is {total}. Correct one of them.",
        frame="parts",
        expectation="expect_column_values_to_be_in_set",
        kwargs={"column": "difference", "value_set": [0]},
    ),
    rule(
        "many-unknown",
        severity="query",
        message="{value} of {total} have an unknown source. Correct it or say why.",
        frame="melted",
        breakdowns=("source",),
        derive={"unknown": "(code == 'unknown') * percent"},
        expectation="expect_column_values_to_be_between",
        kwargs={"column": "unknown", "max_value": 20},
        field="referrals",
    ),
)


def small_return(**changes: object) -> Definition:
    values: dict[str, object] = {
        "code": "front-door", "version": 1, "status": "draft", "title": "Front door", "about": "", "statement": "I sign.",
        "published": False, "publisher": None,
        "owes": (
            Owes(("council",), "month", "month", Due(10), 2, (TOTAL, "area", "source"), ("referrals", "nfa")),
            Owes(("school",), "term", "month", Due(15), 1, (TOTAL,), ("referrals",)),
        ),
        "breakdowns": (
            Breakdown(TOTAL, "Total", "", ("referrals", "nfa")),
            Breakdown("area", "By area", "areas", ("referrals",)),
            Breakdown("source", "By source", "sources", ("referrals",), rows="listed"),
        ),
        "figures": (
            Figure("referrals", "Referrals", "", "count", maximum=5000, required=True, answers=("not_available", "nil")),
            Figure("nfa", "No further action", "", "count"),
        ),
        "rules": RULES,
        "digest": "small",
        **changes,
    }  # fmt: skip
    return Definition(**values)  # type: ignore[arg-type]


def small_scope(*expected: Expected, **changes: object) -> Scope:
    values: dict[str, object] = {
        "expected": expected
        or (
            Expected(1, "birmingham", "330", "council", "2014-04"),
            Expected(2, "birmingham", "330", "council", "2014-05"),
            Expected(3, "birmingham", "100001", "school", "AY2013-14T3"),
        ),
        "lists": LISTS,
        "today": "2014-06-18",
        **changes,
    }
    return Scope(**values)  # type: ignore[arg-type]
