"""Who was invited to conferences and took part, as the council counts it."""

from __future__ import annotations

from collections.abc import Iterator

from hub.periods import Period
from hub.seed.example.invention import POLICE, SCHOOLS, body_of, drifting, spread, wobble
from hub.seed.example.returns.child_protection import totals
from hub.seed.example.told import Row, Told, row

# How often each is invited for a child at a conference, and takes part, in each year from 2012-13 on.
_INVITED = {
    POLICE: (0.97, (0.93, 0.90, 0.92, 0.96, 0.97)),
    "RYW": (0.86, (0.84, 0.77, 0.83, 0.92, 0.94)),
    "RQ3": (0.09, (0.71, 0.66, 0.74, 0.85, 0.88)),
    "RR1": (0.11, (0.62, 0.58, 0.66, 0.80, 0.84)),
    "RXK": (0.06, (0.60, 0.55, 0.61, 0.74, 0.80)),
    "RLU": (0.05, (0.74, 0.70, 0.75, 0.86, 0.88)),
    "RXT": (0.13, (0.51, 0.46, 0.49, 0.63, 0.70)),
}
_A_SCHOOL = 0.06  # the example's forty of some four hundred
_SCHOOLS_TAKE_PART = (0.86, 0.84, 0.85, 0.90, 0.91)
_PRACTICES = (0.90, (0.33, 0.30, 0.31, 0.42, 0.48))  # general practices are no members


def rows(agency: str, month: Period) -> Iterator[Row]:
    """The council's return for a month."""
    children = totals(month)["conferences"]
    lines = {
        code: _line(round(children * often), by_year, code, month)
        for code, (often, by_year) in _INVITED.items()
    }
    of_schools = spread(
        round(children * _A_SCHOOL), [wobble(f"conference {urn} {month.code}", 0.9) for urn in SCHOOLS]
    )
    for urn, invited in zip(SCHOOLS, of_schools, strict=True):
        lines[body_of(urn, month)] = _line(invited, _SCHOOLS_TAKE_PART, urn, month)
    often, by_year = _PRACTICES
    everybody = [*lines.values(), _line(round(children * often), by_year, "practices", month)]
    whole = {figure: sum(line[figure] for line in everybody) for figure in everybody[0]}
    yield row(agency, month, "total", "", whole)
    for code, line in lines.items():
        if line["invited"]:
            yield row(agency, month, "agency", code, line)


def _line(invited: int, by_year: tuple[float, ...], code: str, month: Period) -> dict[str, int]:
    """Of those invited, who wrote, who came, and who did either."""
    name = f"{code} {month.code}"
    took_part = min(
        invited, round(invited * drifting(by_year, month) * wobble(f"conference part {name}", 0.03))
    )
    reports = min(took_part, round(took_part * 0.82 * wobble(f"reports {name}", 0.05)))
    present = min(
        took_part, max(took_part - reports, round(took_part * 0.66 * wobble(f"present {name}", 0.06)))
    )
    return {"invited": invited, "reports_given": reports, "attended": present, "took_part": took_part}


TOLD = Told(rows=rows)
