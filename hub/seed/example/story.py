"""Who the example's people are, and when and how they sign: punctual mostly, late and silent where the story says so.

Everything is drawn from generators seeded with names, so the same database comes out every time.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from hub.calendar.working_days import is_working_day, working_day_after
from hub.clock import LONDON
from hub.periods import Period
from hub.seed.example.invention import COUNCIL, POLICE, SCHOOL_BODIES, TRUSTS
from hub.seed.example.told import Told

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


def name_of(email: str) -> str:
    """An invented person's name, the same whenever the story is told."""
    draw = random.Random(email)  # noqa: S311  (an invention, not a secret)
    return f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"


def _character(local: str, role: str, agency: str | None = None, over: str = "agency") -> Character:
    email = f"{local}@example.org"
    return Character(email, name_of(email), role, agency, over)


TRUST_OF_SCHOOLS = ("990003", "990012", "990017", "990023", "990031", "990038")  # its academies


def preparer(agency: str) -> str:
    return (
        f"school.{agency}@example.org" if agency in SCHOOL_BODIES else f"analyst.{agency.lower()}@example.org"
    )


def signatory(agency: str) -> str:
    return preparer(agency) if agency in SCHOOL_BODIES else f"manager.{agency.lower()}@example.org"


def second_signatory(agency: str) -> str:
    """Who signs where two signatures are asked: at a school, for its governors."""
    return f"governors.{agency}@example.org" if agency in SCHOOL_BODIES else signatory(agency)


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
        _character("analyst.x24", "SUB", "X24"),
        _character("finance.x24", "LED", "X24"),
        _character("manager.x24", "SGN", "X24"),
    ]
    for agency in (COUNCIL, POLICE, *TRUSTS, *COMMISSIONERS):
        people += [
            _character(f"analyst.{agency.lower()}", "SUB", agency),
            _character(f"manager.{agency.lower()}", "SGN", agency),
        ]
    for agency in (*COMMISSIONERS, "RYW", "RQ3"):
        people.append(_character(f"finance.{agency.lower()}", "LED", agency))
    # The office of a trust of schools prepares for all of them; each school still signs its own.
    people += [_character("trust.office", "SUB", school) for school in TRUST_OF_SCHOOLS]
    for school in SCHOOL_BODIES:
        people += [_character(f"school.{school}", role, school) for role in ("SUB", "SGN")]
        people.append(_character(f"governors.{school}", "SGN", school))
    return people


_SILENT_SCHOOLS = 0.008
_LATE = {"RYW": 0.30, "RR1": 0.15, COUNCIL: 0.08, "RXT": 0.12}


def signed_at(told: Told, return_code: str, agency: str, period: Period, due_on: date) -> datetime | None:
    """When the story signs a return; None where it never came."""
    key = (agency, period.code)
    if key in told.signed_at:
        return told.signed_at[key]
    draw = random.Random(f"signed {return_code} {' '.join(key)}")  # noqa: S311
    if key in told.silent or (agency in SCHOOL_BODIES and draw.random() < _SILENT_SCHOOLS):
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


EXPLANATION = "Checked against the case system: the figure stands."

CLOCKS = {
    "2015-03": datetime(2015, 5, 18, 8, 30, tzinfo=LONDON),
    "2016-03": datetime(2016, 5, 18, 8, 30, tzinfo=LONDON),
}
