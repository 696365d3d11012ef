"""The close of the year: most figures are final by May, some still wait, and few bodies count the whole year again."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hub.definitions.catalogue import shipped
from hub.periods import Period
from hub.seed.example.invention import COUNCIL, POLICE, TRUSTS
from hub.seed.example.story import COMMISSIONERS
from hub.seed.example.told import Row, Told

_KINDS = {COUNCIL: "council", POLICE: "police"} | dict.fromkeys(TRUSTS, "nhs_trust")
_KINDS |= dict.fromkeys(COMMISSIONERS, "nhs_commissioner") | {"X24": "nhs_england"}
_WAITS = "Forms of March are still being entered; the month will be corrected in June."


def rows(agency: str, year: Period) -> Iterator[Row]:
    lines = list(_lines(agency, year))
    sums = {
        name: str(sum(int(line[name]) for line in lines)) for name in ("final", "recounted", "corrections")
    }
    yield {
        "agency": agency,
        "period": year.code,
        "breakdown": "total",
        "code": "",
        "returns": str(len(lines)),
    } | sums
    yield from lines


def _lines(agency: str, year: Period) -> Iterator[Row]:
    for item in shipped().codelists["yearly-returns"].items:
        if _KINDS[agency] not in item.kinds:
            continue
        draw = random.Random(f"year close {agency} {item.code} {year.code}")  # noqa: S311  (an invention, not a secret)
        waits = draw.random() < 0.12
        yield {
            "agency": agency,
            "period": year.code,
            "breakdown": "return",
            "code": item.code,
            "final": str(int(not waits)),
            "recounted": str(int(draw.random() < 0.55)),
            "corrections": str(draw.choice((1, 1, 2)) if waits else 0),
            "remark": _WAITS if waits else "",
        }


TOLD = Told(rows=rows, silent=frozenset({("RRJ", "FY2012-13"), ("RXT", "FY2013-14")}))
