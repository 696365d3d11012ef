"""A small return made by hand, so that reading can be tested without any file of definitions."""

from __future__ import annotations

from hub.definitions.model import Breakdown, Definition, Due, Figure, Owes

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

HEADINGS = ["partnership", "agency", "period", "breakdown", "code", "referrals_made", "logged_late"]
ROWS = [
    ["birmingham-example", "RQ3", "2014-09", "total", "", "31", "2"],
    ["birmingham-example", "RQ3", "2014-09", "setting", "ae", "20", ""],
    ["birmingham-example", "RQ3", "2014-09", "setting", "maternity", "11", ""],
    ["birmingham-example", "RXT", "2014-09", "total", "", "0", "[x]"],
]


def records(rows: list[list[str]] = ROWS) -> list[dict[str, str]]:
    return [dict(zip(HEADINGS, row, strict=True)) for row in rows]
