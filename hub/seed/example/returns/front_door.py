"""The front door, as the council counts it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache

from hub.clock import LONDON
from hub.definitions.model import WITHIN
from hub.periods import Period, parse
from hub.seed.example.invention import (
    AGE_BANDS,
    AREAS,
    COUNCIL,
    ETHNIC_GROUPS,
    FRONT_DOOR_OPENS,
    POLICE,
    SCHOOLS,
    SCHOOLS_PART,
    SOURCES,
    TRUSTS,
    Columns,
    body_of,
    count_near,
    drifting,
    published,
    split,
    spread,
    weights_of,
    within,
    wobble,
)
from hub.seed.example.teams import TEAMS_BEGIN, by_team
from hub.seed.example.told import Correction, Row, Told, row
from hub.seed.example.where import by_area

# Invented shares, a number a year from 2012-13 on.
_CONVERSION = (0.50, 0.45, 0.47, 0.42, 0.44)  # referrals per contact
_CONTACT_NFA = (0.55, 0.72, 0.60, 0.58, 0.58)  # of contacts that become no referral
_IN_1_DAY = (0.86, 0.71, 0.74, 0.84, 0.85)
_IN_TIME = (0.83, 0.66, 0.72, 0.83, 0.85)
_TOLD = (0.52, 0.38, 0.55, 0.78, 0.85)
_IN_45_DAYS = (0.81, 0.70, 0.62, 0.79, 0.84)
_UNALLOCATED = (140, 390, 480, 110, 40)
_TOO_EARLY = (0.19, 0.19, 0.17, 0.10, 0.08)
_BACK = (0.10, 0.12, 0.12, 0.10, 0.09)
RISK_LEVELS = {"red": 0.06, "amber": 0.38, "green": 0.54, "not-known": 0.02}


@cache
def totals(month: Period) -> Mapping[str, int]:
    """Every figure of the front door for one month, whole place. Decisions are looked at again since the new front door."""
    referrals = published("referrals", month)
    contacts = round(referrals / drifting(_CONVERSION, month) * wobble(f"contacts {month.code}", 0.015))
    decided = contacts - round(contacts * 0.012)
    nfa = round((decided - referrals) * drifting(_CONTACT_NFA, month))
    back = round(nfa * drifting(_BACK, month) * wobble(f"back {month.code}", 0.06))
    professional = round(decided * 0.815 * wobble(f"professional {month.code}", 0.01))
    not_in_need, referrals_nfa = published("not_in_need", month), published("nfa", month)
    assessments = max(
        not_in_need, round((referrals - referrals_nfa) * 0.93 * wobble(f"assessed {month.code}", 0.03))
    )
    sampled = round(nfa * 0.04) if month >= FRONT_DOOR_OPENS else 0

    def share(of: int, by_year: Sequence[float], name: str) -> int:
        return round(of * min(0.97, drifting(by_year, month) * wobble(f"{name} {month.code}", 0.02)))

    return {
        "contacts": contacts,
        "advice_calls": round(contacts * 0.08 * wobble(f"advice {month.code}", 0.05)),
        "contacts_decided": decided,
        "decided_in_1_day": share(decided, _IN_1_DAY, "1 day"),
        "decided_in_time": share(decided, _IN_TIME, "in time"),
        "contacts_nfa": nfa,
        "contacts_to_referral": referrals,
        "back_after_nfa": back,
        "back_in_12_months": round(back * 2.1 * wobble(f"back in a year {month.code}", 0.03)),
        "nfa_sampled": sampled,
        "nfa_too_early": share(sampled, _TOO_EARLY, "too early"),
        "professional_decided": professional,
        "outcome_told": share(professional, _TOLD, "told"),
        "referrals": referrals,
        "rereferrals": published("rereferrals", month),
        "referrals_nfa": referrals_nfa,
        "assessments": assessments,
        "assessments_in_45_days": share(assessments, _IN_45_DAYS, "45 days"),
        "assessed_not_in_need": not_in_need,
        "unallocated": count_near(drifting(_UNALLOCATED, month), f"unallocated {month.code}"),
    }


# A figure's parts never exceed its whole's parts.
_PARENTS = {
    "advice_calls": "contacts",
    "decided_in_1_day": "contacts_decided",
    "decided_in_time": "contacts_decided",
    "professional_decided": "contacts_decided",
    "outcome_told": "professional_decided",
    "contacts_to_referral": "referrals",
    "contacts_nfa": "unreferred",
    "back_in_12_months": "contacts_nfa",
    "back_after_nfa": "back_in_12_months",
    "nfa_sampled": "contacts_nfa",
    "nfa_too_early": "nfa_sampled",
    "rereferrals": "referrals",
    "referrals_nfa": "referrals",
    "assessments": "referrals",
    "assessments_in_45_days": "assessments",
    "assessed_not_in_need": "assessments",
}
# Every figure after the one that it is a part of.
_ORDER = [
    "referrals",
    "contacts",
    "advice_calls",
    "contacts_decided",
    "decided_in_1_day",
    "decided_in_time",
    "professional_decided",
    "outcome_told",
    "contacts_to_referral",
    "contacts_nfa",
    "back_in_12_months",
    "back_after_nfa",
    "nfa_sampled",
    "nfa_too_early",
    "rereferrals",
    "referrals_nfa",
    "assessments",
    "assessments_in_45_days",
    "assessed_not_in_need",
    "unallocated",
]


def broken_down(
    month: Period, name: str, shares: Mapping[str, float], kept: Sequence[str]
) -> dict[str, dict[str, int]]:
    """The kept figures by the codes of a one-way table."""
    whole = totals(month)
    name = f"{name} {month.code}"
    weights = weights_of(shares, name)
    referrals = spread(whole["referrals"], weights)
    extra = spread(whole["contacts"] - whole["referrals"], weights)
    undecided = within(whole["contacts"] - whole["contacts_decided"], extra, f"{name} undecided")
    contacts = [a + b for a, b in zip(referrals, extra, strict=True)]
    given: Columns = {
        "referrals": referrals,
        "contacts": contacts,
        "unreferred": [a - b for a, b in zip(extra, undecided, strict=True)],
        "contacts_decided": [a - b for a, b in zip(contacts, undecided, strict=True)],
    }
    wanted = {figure: whole[figure] for figure in _ORDER}
    lines = split(wanted, shares, name, parents=_PARENTS, given=given)
    return {code: {figure: figures[figure] for figure in kept} for code, figures in lines.items()}


def source_shares(month: Period) -> dict[str, float]:
    """Who refers: health low until the front door opens; schools near zero in August."""
    shares = dict(SOURCES)
    if month < FRONT_DOOR_OPENS:
        shares["health-services"] *= 0.52 * wobble(f"health {month.code}", 0.04)
        shares["unknown"] *= 1.15
    if month.starts_on.month == 8:
        shares["schools"] *= 0.06
    return shares


_BY_SOURCE = (
    "contacts",
    "contacts_nfa",
    "contacts_to_referral",
    "back_after_nfa",
    "back_in_12_months",
    "referrals",
    "rereferrals",
    "referrals_nfa",
)


@cache
def by_source(month: Period) -> dict[str, dict[str, int]]:
    return broken_down(month, "source", source_shares(month), _BY_SOURCE)


@cache
def logged_from(month: Period) -> dict[str, int]:
    """Contacts that the front door logged from each agency."""
    sources = by_source(month)
    health = sources["health-services"]["contacts"]
    logged = {
        code: count_near(health * part, f"logged {code} {month.code}") for code, (part, _) in TRUSTS.items()
    }
    logged[POLICE] = round(sources["police"]["contacts"] * 0.985)
    schools = round(sources["schools"]["contacts"] * SCHOOLS_PART)
    weights = [wobble(f"size {urn}", 0.45) * wobble(f"{urn} {month.code}", 0.5) for urn in SCHOOLS]
    bodies = [body_of(urn, month) for urn in SCHOOLS]
    logged.update(zip(bodies, spread(schools, weights), strict=True))
    return logged


def _of_an_agency(month: Period, code: str, contacts: int) -> dict[str, int]:
    """What became of the contacts of one agency."""
    whole = totals(month)

    def part(figure: str, of: str, caps: int) -> int:
        likely = round(caps * whole[figure] / whole[of] * wobble(f"{figure} {code} {month.code}", 0.08))
        return min(likely, caps)

    to_referral = part("contacts_to_referral", "contacts", contacts)
    nfa = min(part("contacts_nfa", "contacts", contacts), contacts - to_referral)
    return {
        "contacts": contacts,
        "advice_calls": part("advice_calls", "contacts", contacts),
        "contacts_nfa": nfa,
        "contacts_to_referral": to_referral,
        "back_after_nfa": part("back_after_nfa", "contacts_nfa", nfa),
        "outcome_told": part("outcome_told", "professional_decided", contacts),
    }


def _by_risk_level(month: Period) -> dict[str, dict[str, int]]:
    """Without a risk level there is no time to decide within."""
    whole = totals(month)
    name = f"risk {month.code}"
    decided = spread(whole["contacts_decided"], weights_of(RISK_LEVELS, name))
    clocked = [0 if code == "not-known" else count for code, count in zip(RISK_LEVELS, decided, strict=True)]
    figures = {
        figure: whole[figure] for figure in ("contacts_decided", "decided_in_1_day", "decided_in_time")
    }
    given = {
        "contacts_decided": decided,
        "decided_in_time": within(whole["decided_in_time"], clocked, f"{name} in time"),
    }
    return split(figures, RISK_LEVELS, name, parents=_PARENTS, given=given)


_TEAMS = {"assessment-1": 0.52, "assessment-2": 0.48}
_BY_TEAM = ("assessments", "assessments_in_45_days", "unallocated")
_UNKNOWN = "unknown"
_BOTH_AT_ONCE = parse("2015-04")
_OF_THE_WHOLE = ("advice_calls",)  # not counted by area
_SAMPLES = ("nfa_sampled", "nfa_too_early")


def rows(agency: str, month: Period) -> Iterator[Row]:
    """The council's return for a month."""
    unasked = () if month >= FRONT_DOOR_OPENS else _SAMPLES
    in_areas = [figure for figure in totals(month) if figure not in _OF_THE_WHOLE]
    yield row(agency, month, "total", "", totals(month), not_applicable=unasked)
    areas = broken_down(month, "area", AREAS, in_areas)
    for code, figures in areas.items():
        yield row(agency, month, "area", code, figures, not_applicable=unasked)
    for code, figures in by_team(month, areas, _TEAMS, _BY_TEAM, parents=_PARENTS).items():
        yield row(agency, month, "team", code, figures)
    for code, figures in by_source(month).items():
        yield row(agency, month, "source", code, figures)
        if code == _UNKNOWN and month >= TEAMS_BEGIN:
            weights = weights_of(AREAS, f"unknown source {month.code}")
            for area, part in zip(AREAS, spread(figures["referrals"], weights), strict=True):
                if part:
                    yield row(agency, month, "source_area", f"{code}{WITHIN}{area}", {"referrals": part})
    for code, count in logged_from(month).items():
        if count:
            yield row(agency, month, "agency", code, _of_an_agency(month, code, count))
            yield from _by_agency_and_area(agency, month, code, count)
    for code, figures in _by_risk_level(month).items():
        yield row(agency, month, "risk_level", code, figures)
    for name, shares in (("age_band", AGE_BANDS), ("ethnic_group", ETHNIC_GROUPS)):
        for code, figures in broken_down(month, name, shares, ("referrals",)).items():
            yield row(agency, month, name, code, figures)


def _by_agency_and_area(agency: str, month: Period, code: str, count: int) -> Iterator[Row]:
    """Counted by both at once since April 2015, of the senders that count by area themselves."""
    if month < _BOTH_AT_ONCE or code in SCHOOLS:
        return
    for area, part in by_area(code, month, count).items():
        if part:
            yield row(agency, month, "agency_area", f"{code}{WITHIN}{area}", {"contacts": part})


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
