"""Who the example's people are, and when and how they sign: punctual mostly, late and silent where the story says so.

Everything is drawn from generators seeded with names, so the same database comes out every time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hub.calendar.working_days import is_working_day, working_day_after
from hub.clock import LONDON
from hub.periods import Period, parse
from hub.seed.example.invention import SCHOOLS, TRUSTS, Row

COUNCIL, POLICE = "330", "20"
COMMISSIONERS = ("13P", "04X", "05L")


@dataclass(frozen=True)
class Character:
    """A person of the example and the role they hold, over an agency or over the partnership or its region."""

    email: str
    name: str
    role: str
    agency: str | None = None
    over: str = "agency"  # agency, partnership, region, hub


_FIRST = [
    "Amina",
    "Brendan",
    "Charlotte",
    "Dev",
    "Eleanor",
    "Farah",
    "George",
    "Harpreet",
    "Isabel",
    "James",
    "Khadija",
    "Liam",
    "Moira",
    "Naveed",
    "Olivia",
]
_LAST = [
    "Abbott",
    "Begum",
    "Carter",
    "Dhillon",
    "Evans",
    "Farrell",
    "Gill",
    "Hussain",
    "Ingram",
    "Jones",
    "Khan",
    "Lewis",
    "Malik",
    "Nolan",
    "Okafor",
]


def _name(email: str) -> str:
    draw = random.Random(email)  # noqa: S311  (an invention, not a secret)
    return f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"


def _character(local: str, role: str, agency: str | None = None, over: str = "agency") -> Character:
    email = f"{local}@example.org"
    return Character(email, _name(email), role, agency, over)


def preparer(agency: str) -> str:
    return f"school.{agency}@example.org" if agency in SCHOOLS else f"analyst.{agency.lower()}@example.org"


def signatory(agency: str) -> str:
    return preparer(agency) if agency in SCHOOLS else f"manager.{agency.lower()}@example.org"


def reporter(agency: str) -> str:
    """Who writes an agency's milestones: its lead for the memorandum and its money."""
    return f"finance.{agency.lower()}@example.org"


def characters() -> list[Character]:
    """Everybody, grant by grant; a person with two roles stands twice."""
    people = [
        _character("steward", "STW", over="partnership"),
        _character("steward.deputy", "STW", over="partnership"),
        _character("board.manager", "MGR", over="partnership"),
        _character("chair", "BRD", over="partnership"),
        _character("member", "BRD", over="partnership"),
        _character("region", "REG", over="region"),
        _character("inspector", "INS", over="partnership"),
        _character("admin", "ADM", over="hub"),
        _character("nurse.rq3", "RDR", "RQ3"),
        _character("finance.330", "LED", COUNCIL),
        _character("finance.x24", "LED", "X24"),
    ]
    for agency in (COUNCIL, POLICE, *TRUSTS):
        people += [
            _character(f"analyst.{agency.lower()}", "SUB", agency),
            _character(f"manager.{agency.lower()}", "SGN", agency),
        ]
    for agency in (*COMMISSIONERS, "RYW", "RQ3"):
        people.append(_character(f"finance.{agency.lower()}", "LED", agency))
    for school in SCHOOLS:
        people += [_character(f"school.{school}", role, school) for role in ("SUB", "SGN")]
    return people


# Returns that never came (return, agency, period), beside the schools drawn below.
SILENT = {
    ("referrals", "RXT", "2013-06"),
    ("referrals", "RXT", "2014-02"),
    ("referrals", "RYA", "2012-08"),
    ("referrals", "RYA", "2013-12"),
    ("referrals", "RRJ", "2014-11"),
    ("referrals", "RXT", "2015-09"),
    ("referrals", "RYW", "2015-11"),
    ("referrals", "RRJ", "2016-01"),
}
# Signed when everybody had stopped waiting.
_VERY_LATE = {("front-door", COUNCIL, "2015-12"): datetime(2016, 3, 10, 11, 0, tzinfo=LONDON)}
_SILENT_SCHOOLS = 0.008
_LATE = {"RYW": 0.30, "RR1": 0.15, COUNCIL: 0.08, "RXT": 0.12}


@dataclass(frozen=True)
class Correction:
    """A signed return put right later: `lines` are lines of breakdowns that were `missed` too few at first."""

    return_code: str
    agency: str
    period: str
    at: datetime
    missed: int
    reason: str


CORRECTIONS = (
    Correction(
        "referrals",
        "RQ3",
        "2014-09",
        datetime(2014, 12, 4, 10, 20, tzinfo=LONDON),
        9,
        "Referrals of one weekend were filed under October’s folder; counted again by the day they were sent.",
    ),
    Correction(
        "referrals",
        "RR1",
        "2013-11",
        datetime(2014, 2, 18, 14, 5, tzinfo=LONDON),
        6,
        "The maternity unit’s referrals had not reached the safeguarding office.",
    ),
    Correction(
        "front-door",
        COUNCIL,
        "2014-08",
        datetime(2014, 11, 12, 9, 40, tzinfo=LONDON),
        14,
        "In its first month the new front door had logged some of the hospital’s contacts without the hospital’s name.",
    ),
    Correction(
        "referrals",
        "20",
        "2015-10",
        datetime(2016, 1, 21, 16, 0, tzinfo=LONDON),
        22,
        "One police station’s notifications were missing from the extract.",
    ),
)


def signed_at(return_code: str, agency: str, period: Period, due_on: date) -> datetime | None:
    """When the story signs a return; None where it never came."""
    key = (return_code, agency, period.code)
    if key in _VERY_LATE:
        return _VERY_LATE[key]
    draw = random.Random(f"signed {' '.join(key)}")  # noqa: S311
    if key in SILENT or (agency in SCHOOLS and draw.random() < _SILENT_SCHOOLS):
        return None
    if draw.random() < _LATE.get(agency, 0.05):
        day = working_day_after(due_on, draw.randint(1, 9))
    else:
        day = _working_day_before(due_on, draw.choice((0, 0, 1, 1, 2, 3, 5, 7)))
    return datetime.combine(day, time(draw.randint(9, 16), draw.randint(0, 59)), LONDON)


def _working_day_before(day: date, number: int) -> date:
    while number > 0:
        day -= timedelta(days=1)
        number -= is_working_day(day)
    return day


def correction_of(return_code: str, agency: str, period: str) -> Correction | None:
    key = (return_code, agency, period)
    return next((c for c in CORRECTIONS if (c.return_code, c.agency, c.period) == key), None)


def as_first_signed(rows: list[Row], correction: Correction) -> list[Row]:
    """The rows as they stood before they were put right: too few in the total and in the largest line of each breakdown."""
    figure = "contacts" if correction.return_code == "front-door" else "referrals_made"
    touched = (
        {"agency"} if correction.return_code == "front-door" else {"total", "setting", "category", "area"}
    )
    largest: dict[str, int] = {}
    for number, row in enumerate(rows):
        if row["breakdown"] in touched and row["code"] != POLICE:
            best = largest.get(row["breakdown"])
            if best is None or int(row[figure]) > int(rows[best][figure]):
                largest[row["breakdown"]] = number
    changed = [dict(row) for row in rows]
    for number in largest.values():
        changed[number][figure] = str(int(changed[number][figure]) - correction.missed)
    return changed


EXPLANATIONS = {
    "front-door-unknown-source-above-5-percent": "The case system’s first screen lets the source be skipped; a required field was asked for.",
}
EXPLANATION = "Checked against the case system: the figure stands."

BEGINS = parse("2012-04")
CLOCKS = {
    "2015-03": datetime(2015, 5, 18, 8, 30, tzinfo=LONDON),
    "2016-03": datetime(2016, 5, 18, 8, 30, tzinfo=LONDON),
}
