"""Notifications of the police: about what the front door logged from them, graded by risk."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hub.periods import Period
from hub.seed.example.invention import AREAS, count_near, spread, within, wobble
from hub.seed.example.returns.front_door import logged_from
from hub.seed.example.told import Row, Told

RISK = {"high": 0.11, "medium": 0.34, "standard": 0.51, "not-graded": 0.04}
RESIDENCE = {"here": 0.93, "elsewhere": 0.05, "not-known": 0.02}
PLACES = AREAS | {"not-known": 0.05}


def rows(agency: str, month: Period) -> Iterator[Row]:
    def row(breakdown: str, code: str, figures: Mapping[str, int]) -> Row:
        return {"agency": agency, "period": month.code, "breakdown": breakdown, "code": code} | {
            figure: str(count) for figure, count in figures.items()
        }

    whole = _whole(agency, month)
    yield row("total", "", whole)
    for name, shares in (("risk_grade", RISK), ("residence", RESIDENCE), ("area", PLACES)):
        asked = ("notifications", "domestic_abuse") if name == "risk_grade" else tuple(whole)
        weights = [
            share * wobble(f"police {name} {code} {month.code}", 0.05) for code, share in shares.items()
        ]
        lines = {figure: spread(whole[figure], weights) for figure in asked}
        lines["domestic_abuse"] = within(
            whole["domestic_abuse"], lines["notifications"], f"abuse {name} {month.code}"
        )
        for number, code in enumerate(shares):
            yield row(name, code, {figure: lines[figure][number] for figure in asked})


def _whole(agency: str, month: Period) -> dict[str, int]:
    notifications = round(logged_from(month)[agency] * 1.04 * wobble(f"notified {month.code}", 0.02))
    missing = count_near(310, f"missing {month.code}")
    return {
        "notifications": notifications,
        "domestic_abuse": round(notifications * 0.61 * wobble(f"abuse {month.code}", 0.03)),
        "missing": missing,
        "absent": count_near(missing * 0.45, f"absent {month.code}"),
        "powers_of_protection": count_near(34, f"protection {month.code}"),
    }


TOLD = Told(rows=rows, silent=frozenset({("20", "2013-08")}))
