"""The section 11 audit: what each body says of itself, with the evidence that it names."""

from __future__ import annotations

import random
from collections.abc import Iterator

from hub.periods import Period, parse
from hub.seed.example.told import Row, Told

STANDARDS = {
    "leadership": (
        "Board minutes and the annual report",
        "Name an executive lead for children in every division",
    ),
    "policies": ("Policy register with review dates", "Review the policies that are older than two years"),
    "child-voice": (
        "Survey of young people who use the service",
        "Ask children twice a year and publish what changed",
    ),
    "recruitment": ("Audit of personnel files", "Renew checks that are older than three years"),
    "training": ("Training report of the last quarter", "Train the staff whose level 3 has run out"),
    "working-together": ("Attendance at strategy discussions", "Set up a rota for strategy discussions"),
    "information-sharing": (
        "Signed information-sharing agreement",
        "Put the sharing protocol into induction",
    ),
    "thresholds": (
        "Sample of referrals looked at with the front door",
        "Look at ten referrals a month with the front door",
    ),
}


def rows(agency: str, year: Period) -> Iterator[Row]:
    draw = random.Random(f"section 11 {agency}")  # noqa: S311  (an invention, not a secret)
    better = year.starts_on.year - 2012
    scores = {
        code: min(3, draw.choice((0, 1, 1, 2, 2, 3)) + draw.choice((0, 0, 1)) * better) for code in STANDARDS
    }
    if min(scores.values()) == 3:
        scores["child-voice"] = 2
    yield {
        "agency": agency,
        "period": year.code,
        "breakdown": "total",
        "code": "",
        "standards": str(len(scores)),
        "standards_met": str(sum(score == 3 for score in scores.values())),
    }
    for code, (evidence, action) in STANDARDS.items():
        missing = scores[code] < 3
        yield {
            "agency": agency,
            "period": year.code,
            "breakdown": "standard",
            "code": code,
            "score": str(scores[code]),
            "evidence": f"{evidence}, {year.ends_on.year}",
            "action": action if missing else "",
            "deadline": f"{year.ends_on.year + 1}-03-31" if missing else "",
        }


TOLD = Told(rows=rows, begins=parse("2013-04"), silent=frozenset({("RRJ", "FY2013-14")}))
