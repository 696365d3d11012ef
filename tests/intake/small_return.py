"""A small return made by hand, so that reading can be tested without any file of definitions."""

from __future__ import annotations

from dataclasses import replace

from hub.definitions.model import Breakdown, Definition, Due, Figure, Owes, Rule

FIGURES = (
    Figure("referrals_made", "Referrals made", "Referrals sent to the front door.", "count", required=True),
    Figure(
        "logged_late", "Logged late", "Of these, logged after a day.", "count", answers=("not_available",)
    ),
)

RETURN = Definition(
    code="referrals",
    version=3,
    status="draft",
    title="Referrals made",
    about="Referrals that the agency made.",
    statement="I confirm these figures.",
    published=False,
    publisher=None,
    owes=(
        Owes(
            ("nhs_trust",),
            "month",
            "month",
            Due(working_days=15),
            2,
            ("total", "setting"),
            ("referrals_made", "logged_late"),
        ),
    ),
    breakdowns=(
        Breakdown("total", "Total", "", ("referrals_made", "logged_late")),
        Breakdown("setting", "Setting", "settings", ("referrals_made",), rows="listed", required=False),
    ),
    figures=FIGURES,
    rules=(),
)


def _rule(code: str, message: str, **changes: object) -> Rule:
    values = {
        "code": code, "severity": "error", "why": "", "message": message, "frame": "rows", "kwargs": {}, "field": None,
        "breakdowns": (), "derive": {}, "passes": (), "fails": (), **changes,
    }  # fmt: skip
    return Rule(**values)  # type: ignore[arg-type]


# The same return with rules across cells, under a name of its own.
RULED = replace(
    RETURN,
    code="referrals-ruled",
    rules=(
        _rule(
            "late-above-made",
            "{logged_late} were logged late, but only {referrals_made} were made. Correct one of the two.",
            expectation="expect_column_pair_values_a_to_be_greater_than_b",
            kwargs={
                "column_A": "referrals_made",
                "column_B": "logged_late",
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
            field="logged_late",
        ),
        _rule(
            "parts-differ",
            "The lines add to {parts}, the total is {total}. Correct one of them.",
            frame="parts",
            expectation="expect_column_values_to_be_in_set",
            kwargs={"column": "difference", "value_set": [0]},
        ),
        _rule(
            "large-for-a-month",
            "{referrals_made} is a lot for a month. Correct it or say why.",
            severity="query",
            expectation="expect_column_values_to_be_between",
            kwargs={"column": "referrals_made", "max_value": 100_000},
            field="referrals_made",
        ),
    ),
)

# Money and posts: hundredths, two decimals.
MONEY = replace(
    RETURN,
    code="contributions",
    title="Contributions",
    owes=(Owes(("nhs_trust",), "month", "month", Due(working_days=15), 2, ("total",), ("paid", "posts")),),
    breakdowns=(Breakdown("total", "Total", "", ("paid", "posts")),),
    figures=(
        Figure("paid", "Paid", "Paid in the month.", "pounds", maximum=100_000_000, required=True),
        Figure("posts", "Posts filled", "Posts at the month's end.", "posts", maximum=100_000, required=True),
    ),
)

HEADINGS = ["partnership", "agency", "period", "breakdown", "code", "referrals_made", "logged_late"]
ROWS = [
    ["birmingham-example", "RQ3", "2014-09", "total", "", "31", "2"],
    ["birmingham-example", "RQ3", "2014-09", "setting", "ae", "20", ""],
    ["birmingham-example", "RQ3", "2014-09", "setting", "maternity", "11", ""],
    ["birmingham-example", "RXT", "2014-09", "total", "", "0", "[x]"],
]


def records(rows: list[list[str]] = ROWS) -> list[dict[str, str]]:
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows]
