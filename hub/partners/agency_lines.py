"""Agencies as lines of a CSV: read and judged line by line, nothing written."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date

from hub.errors import DefinitionError, DefinitionErrors

AGENCY_KINDS = (
    "council",
    "nhs_trust",
    "nhs_commissioner",
    "nhs_england",
    "police",
    "school",
    "other",
    "region",
    "nation",
)
COLUMNS = (
    "code",
    "kind",
    "name",
    "opened_on",
    "closed_on",
    "member_from",
    "member_until",
    "invented",
    "aliases",
    "successor",
    "succeeded_on",
    "renamed_on",
)
# How the code of each kind of body is written; other kinds take any.
ANY_CODE = re.compile(r"[A-Za-z0-9-]{1,40}")
_ODS = re.compile(r"[A-Z0-9]{3,6}")
CODE_OF_KIND = {
    "council": re.compile(r"[0-9]{3}"),
    "nhs_trust": _ODS,
    "nhs_commissioner": _ODS,
    "nhs_england": _ODS,
    "police": re.compile(r"[0-9]{1,2}"),
    "school": re.compile(r"[0-9]{6}"),
}
_AN_ODS_CODE = "an NHS body: its ODS code has three to six capital letters and digits, for example RXT"
CODE_WORDS = {
    "council": "a council: write the three digits of its DfE code, for example 330",
    "nhs_trust": _AN_ODS_CODE,
    "nhs_commissioner": _AN_ODS_CODE,
    "nhs_england": _AN_ODS_CODE,
    "police": "a police force: write the one or two digits of its force code, for example 20",
    "school": "a school: its URN has six digits",
    "other": "a body: use letters, digits and hyphens, at most 40",
    "region": "a region: use letters, digits and hyphens, at most 40",
    "nation": "a nation: use letters, digits and hyphens, at most 40",
}


@dataclass(frozen=True)
class AgencyLine:
    """One line of the agencies' CSV. `aliases` are (scheme, code)."""

    line: int
    code: str
    kind: str
    name: str
    opened_on: date | None
    closed_on: date | None
    member_from: date | None
    member_until: date | None
    invented: bool
    aliases: tuple[tuple[str, str], ...]
    successors: tuple[str, ...]  # one where it merged or was replaced, several where it split
    succeeded_on: date | None
    renamed_on: date | None  # since when it has this name


def agencies_from(
    text: str, file: str, *, optional: frozenset[str]
) -> tuple[list[AgencyLine], list[DefinitionError]]:
    """The lines of a CSV of agencies and what is wrong with them. Columns that are `optional` may be left out.

    Errors: DefinitionErrors where the columns are others.
    """
    rows = csv.DictReader(text.splitlines(), restkey=None)
    given = set(rows.fieldnames or ())
    if not given or given - set(COLUMNS) or set(COLUMNS) - given - optional:
        raise DefinitionErrors([DefinitionError(file, 1, f"the columns must be {', '.join(COLUMNS)}.")])
    left_out = dict.fromkeys(set(COLUMNS) - given, "")
    lines: list[AgencyLine] = []
    faults: list[DefinitionError] = []
    for row in rows:
        try:
            lines.append(_agency_line(rows.line_num, left_out | row))
        except (ValueError, TypeError) as error:
            faults.append(DefinitionError(file, rows.line_num, str(error)))
    seen: dict[str, int] = {}
    for line in lines:
        if line.code in seen:
            faults.append(
                DefinitionError(
                    file, line.line, f"“{line.code}” is given twice (first on line {seen[line.code]})."
                )
            )
        seen.setdefault(line.code, line.line)
    return lines, faults


def _agency_line(number: int, row: dict[str, str]) -> AgencyLine:
    """Raises ValueError with a sentence for the person who wrote the line."""
    if None in row or None in row.values():
        raise ValueError("has more or fewer cells than the heading.")
    cells = {key: value.strip() for key, value in row.items()}
    if not cells["code"] or not cells["name"]:
        raise ValueError("an agency needs a code and a name.")
    if cells["kind"] not in AGENCY_KINDS:
        raise ValueError(f"“{cells['kind']}” is not a kind of agency. Use one of {', '.join(AGENCY_KINDS)}.")
    if not CODE_OF_KIND.get(cells["kind"], ANY_CODE).fullmatch(cells["code"]):
        raise ValueError(f"“{cells['code']}” is not the code of {CODE_WORDS[cells['kind']]}.")
    dates = {
        key: _day(cells[key], key)
        for key in ("opened_on", "closed_on", "member_from", "member_until", "succeeded_on", "renamed_on")
    }
    if dates["member_from"] and dates["member_until"] and dates["member_until"] < dates["member_from"]:
        raise ValueError("the membership ends before it begins.")
    aliases = tuple(tuple(alias.split(":", 1)) for alias in cells["aliases"].split())
    if any(len(alias) != 2 for alias in aliases):
        raise ValueError("write aliases as scheme:code, for example ons:E08000025.")
    successors = tuple(cells["successor"].split())
    if bool(successors) != bool(dates["succeeded_on"]):
        raise ValueError(
            "give a successor together with succeeded_on, the first day on which it had taken the place."
        )
    return AgencyLine(
        line=number,
        code=cells["code"],
        kind=cells["kind"],
        name=cells["name"],
        opened_on=dates["opened_on"],
        closed_on=dates["closed_on"],
        member_from=dates["member_from"],
        member_until=dates["member_until"],
        invented=cells["invented"] == "yes",
        aliases=aliases,  # type: ignore[arg-type]  # lengths were checked
        successors=successors,
        succeeded_on=dates["succeeded_on"],
        renamed_on=dates["renamed_on"],
    )


def _day(text: str, column: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{column}: “{text}” is not a date. Write it as 2014-04-01.") from error
