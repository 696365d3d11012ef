"""The front door, as the council counts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from hub.clock import LONDON
from hub.periods import Period
from hub.seed.example.invention import (
    AGE_BANDS,
    AREAS,
    COUNCIL,
    ETHNIC_GROUPS,
    POLICE,
    broken_down,
    by_source,
    logged_from,
    totals,
    within,
)
from hub.seed.example.told import Correction, Row, Told


def rows(agency: str, month: Period) -> Iterator[Row]:
    """The council's return for a month."""

    def row(breakdown: str, code: str, figures: Mapping[str, int]) -> Row:
        return {"agency": agency, "period": month.code, "breakdown": breakdown, "code": code} | {
            figure: str(count) for figure, count in figures.items()
        }

    yield row("total", "", totals(month))
    for code, figures in broken_down(month, "area", AREAS).items():
        yield row("area", code, figures)
    kept = ("contacts", "contacts_to_referral", "contacts_nfa", "referrals", "rereferrals", "referrals_nfa")
    for code, figures in by_source(month).items():
        yield row("source", code, {figure: figures[figure] for figure in kept})
    share = totals(month)["contacts_to_referral"] / totals(month)["contacts"]
    for code, count in logged_from(month).items():
        if count:
            became = within(round(count * share), [count], f"became {code} {month.code}")[0]
            yield row("agency", code, {"contacts": count, "contacts_to_referral": became})
    for name, shares in (("age_band", AGE_BANDS), ("ethnic_group", ETHNIC_GROUPS)):
        for code, figures in broken_down(month, name, shares).items():
            yield row(name, code, {"referrals": figures["referrals"]})


TOLD = Told(
    rows=rows,
    # Signed when everybody had stopped waiting.
    signed_at={(COUNCIL, "2015-12"): datetime(2016, 3, 10, 11, 0, tzinfo=LONDON)},
    explanations={
        "front-door-unknown-source-above-5-percent": "The case system’s first screen lets the source be skipped; a required field was asked for.",
    },
    corrections=(
        Correction(
            agency=COUNCIL,
            period="2014-08",
            figure="contacts",
            tables=("agency",),
            never=POLICE,
            missed=14,
            at=datetime(2014, 11, 12, 9, 40, tzinfo=LONDON),
            reason="In its first month the new front door had logged some of the hospital’s contacts without the hospital’s name.",
        ),
    ),
)
