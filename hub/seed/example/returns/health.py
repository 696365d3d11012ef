"""Children seen by the trusts: attendances where there is a department, waits where there is a clinic, [z] elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from hub.periods import Period, parse
from hub.seed.example.invention import AREAS, count_near, month_number, spread, within, wobble, year_of
from hub.seed.example.told import Row, Told

# Attendances under 18 in a usual month, and at which departments.
DEPARTMENTS: dict[str, tuple[int, dict[str, float]]] = {
    "RQ3": (4300, {"childrens-hospital": 1.0}),
    "RR1": (5200, {"heartlands": 0.5, "good-hope": 0.32, "solihull": 0.18}),
    "RRK": (900, {"queen-elizabeth": 1.0}),
    "RXK": (3900, {"city": 0.45, "sandwell": 0.55}),
}
WINTER = (0.97, 1.02, 1.0, 0.96, 0.82, 0.98, 1.04, 1.12, 1.1, 1.02, 1.0, 1.06)  # April to March
ASSESSES = {"RYW": 62}  # initial health assessments due in a month
CLINICS = {"RQ3": (260, 1150), "RXT": (95, 420)}  # referrals in a month, children waiting
IN_TIME = {2013: 0.78, 2014: 0.71, 2015: 0.80}
RESIDENCE = {"here": 0.82, "elsewhere": 0.15, "not-known": 0.03}
PLACES = AREAS | {"not-known": 0.05}
FIGURES = (
    "attendances",
    "assessments_due",
    "assessments_in_20_days",
    "camhs_referrals",
    "camhs_seen",
    "camhs_seen_in_time",
    "camhs_waiting",
)
_WITHIN = {"assessments_in_20_days": "assessments_due", "camhs_seen_in_time": "camhs_seen"}


ASKED = {"residence": ("attendances", "assessments_due", "camhs_referrals"), "area": FIGURES}


def rows(agency: str, month: Period) -> Iterator[Row]:
    figures = _whole(agency, month)
    yield _row(agency, month, "total", "", figures, FIGURES)
    if "attendances" in figures:
        shares = DEPARTMENTS[agency][1]
        for code, count in zip(shares, spread(figures["attendances"], list(shares.values())), strict=True):
            yield _row(agency, month, "site", code, {"attendances": count}, ())
    if figures:
        yield from _lines(agency, month, "residence", RESIDENCE, figures)
        yield from _lines(agency, month, "area", PLACES, figures)


def _lines(
    agency: str, month: Period, name: str, shares: Mapping[str, float], figures: Mapping[str, int]
) -> Iterator[Row]:
    """A table's rows: the trust's figures spread over the lines."""
    seed = f"{agency} {month.code}"
    weights = [share * wobble(f"{name} {code} {seed}", 0.05) for code, share in shares.items()]
    counted = {figure: count for figure, count in figures.items() if figure in ASKED[name]}
    lines = {figure: spread(count, weights) for figure, count in counted.items()}
    for figure, parent in _WITHIN.items():
        if figure in lines:
            lines[figure] = within(figures[figure], lines[parent], f"{name} {figure} {seed}")
    for number, code in enumerate(shares):
        line = {figure: counts[number] for figure, counts in lines.items()}
        yield _row(agency, month, name, code, line, ASKED[name])


def _row(
    agency: str, month: Period, breakdown: str, code: str, figures: Mapping[str, int], asked: Iterable[str]
) -> Row:
    """What is asked and not counted belongs to a service that the trust does not run."""
    cells = {figure: str(count) for figure, count in figures.items()}
    not_ours = {figure: "[z]" for figure in asked if figure not in figures}
    return {"agency": agency, "period": month.code, "breakdown": breakdown, "code": code} | cells | not_ours


def _whole(agency: str, month: Period) -> dict[str, int]:
    """What the trust counts; a figure of a service that it does not run is left out."""
    figures: dict[str, int] = {}
    seed = f"{agency} {month.code}"
    if agency in DEPARTMENTS:
        figures["attendances"] = count_near(
            DEPARTMENTS[agency][0] * WINTER[month_number(month)], f"attended {seed}"
        )
    if agency in ASSESSES:
        due = count_near(ASSESSES[agency], f"due {seed}")
        share = min(0.97, IN_TIME.get(year_of(month), 0.75) * wobble(f"in time {seed}", 0.06))
        figures |= {"assessments_due": due, "assessments_in_20_days": round(due * share)}
    if agency in CLINICS:
        referrals, waiting = CLINICS[agency]
        seen = count_near(referrals * 0.78, f"seen {seed}")
        figures |= {
            "camhs_referrals": count_near(referrals, f"referred {seed}"),
            "camhs_seen": seen,
            "camhs_seen_in_time": min(seen, round(seen * 0.74 * wobble(f"waited {seed}", 0.07))),
            "camhs_waiting": count_near(waiting, f"waiting {seed}"),
        }
    return figures


TOLD = Told(
    rows=rows,
    begins=parse("2013-04"),
    silent=frozenset({("RXT", "2013-11"), ("RR1", "2014-12"), ("RRJ", "2015-02")}),
)
