"""Measures by what lies in one line of theirs, by the groups that a partnership puts agencies in, by what it says of rows.

Expected numbers are added up here from the rows as they were signed.
"""

import json
from collections import Counter
from datetime import date

from sqlalchemy import select

from hub.facts.judgements import judgements_as_at
from hub.facts.models import Revision, SignedDocument
from hub.facts.registers import register_rows_as_at
from hub.measures.profiles import chosen
from hub.measures.protect import Audience, protect
from hub.partners.local_codes import LocalLine, keep_line, local_lines
from hub.partners.models import Agency, Area
from hub.partners.queries import partnership
from tests.example_world import CODE, Example

MONTH = {"first": date(2015, 1, 1), "last": date(2015, 1, 31)}
YEAR = {"kind": "academic_year", "first": date(2014, 9, 1), "last": date(2015, 8, 31)}


def signed(example: Example, code: str, period: str, table: str) -> dict[tuple[str, str], dict[str, str]]:
    """(agency, line) → the row that stands signed."""
    query = (
        select(SignedDocument.body)
        .join(
            Revision,
            (SignedDocument.revision_id == Revision.id)
            & (SignedDocument.partnership_id == Revision.partnership_id),
        )
        .where(Revision.return_code == code)
        .order_by(Revision.number)
    )
    rows = [row for body in example.session.scalars(query) for row in json.loads(body)["rows"]]
    return {
        (row["agency"], row["code"]): row
        for row in rows
        if row["period"] == period and row["breakdown"] == table
    }


def both(example: Example, code: str, by: str, **asked: object) -> dict[str, tuple[int | None, int | None]]:
    points = example.series(code, by=by, **asked).points
    return {point.lines[by]: (point.numerator, point.denominator) for point in points}


def test_referrals_of_unknown_source_by_area(example: Example) -> None:
    """A line that a given table leaves out stands for none: nobody lived in an area that is not known."""
    unknown = signed(example, "front-door", "2015-01", "source_area")
    all_of_them = signed(example, "front-door", "2015-01", "area")
    assert ("330", "unknown/not-known") not in unknown and len(unknown) == 3
    assert both(example, "RF06", "area", **MONTH) == {
        area: (
            int(unknown.get(("330", f"unknown/{area}"), {"referrals": "0"})["referrals"]),
            int(row["referrals"]),
        )
        for (_, area), row in all_of_them.items()
    }
    whole = example.point("RF06", "2015-01")
    assert whole.numerator == sum(int(row["referrals"]) for row in unknown.values())
    south = example.session.scalars(select(Area.id).where(Area.code == "south")).one()
    (alone,) = example.series("RF06", area_id=south, **MONTH).points
    assert (alone.numerator, alone.denominator) == both(example, "RF06", "area", **MONTH)["south"]
    (before,) = example.series("RF06", area_id=south, first=date(2014, 9, 1), last=date(2014, 9, 30)).points
    assert (before.value, before.state) == (None, "missing"), "the table was not given then"


def test_emergency_referrals_by_department(example: Example) -> None:
    made = signed(example, "referrals", "2015-01", "setting_site")
    seen = signed(example, "health", "2015-01", "site")
    assert len(seen) == 7
    assert both(example, "RF10", "site", **MONTH) == {
        site: (int(made[agency, f"emergency-department/{site}"]["referrals_made"]), int(row["attendances"]))
        for (agency, site), row in seen.items()
    }


def test_rates_by_area_are_divided_by_the_councils_own_estimates(example: Example) -> None:
    """January 2015 lies in 2014-15, which is divided by mid-2014."""
    children = {
        area: int(row["children_0_17"])
        for (_, area), row in signed(example, "area-population", "MY2014", "area").items()
    }
    assert sum(children.values()) == 283_467
    referred = both(example, "RF02", "area", **MONTH)
    (south,) = [p for p in example.series("RF03", by="area", **MONTH).points if p.lines["area"] == "south"]
    assert south.value == 10_000 * (referred["south"][0] or 0) / children["south"]
    assert south.denominator == children["south"]


def test_school_audits_by_type_and_area(example: Example) -> None:
    """Over all schools of a type, whatever came; and as the list stood at the moment."""
    said = {line.code: line.says for line in local_lines(example.session, example.partnership.id, "schools")}
    audits = signed(example, "school-safeguarding", "AY2014-15", "total")
    for by in ("type", "area"):
        approved, schools = Counter[str](), Counter[str]()
        for code, groups in said.items():
            schools[groups[by]] += 1
            approved[groups[by]] += audits[code, ""]["audit_approved"] == "1"
        assert both(example, "QA02", by, **YEAR) == {
            line: (approved[line], schools[line]) for line in schools
        }
    moved = LocalLine(
        "990001",
        "Ashcombe Lane Primary (invented)",
        date(2012, 9, 1),
        says={"type": "primary", "area": "south"},
    )
    (line,) = [
        each
        for each in local_lines(example.session, example.partnership.id, "schools")
        if each.code == "990001"
    ]
    now = example.at().moment
    with example.session.begin_nested() as kept:
        keep_line(
            example.session,
            partnership(example.session, CODE),
            "schools",
            LocalLine(moved.code, moved.title, moved.from_on, says=moved.says, said=line.said),
            within_areas=False,
            now=now,
        )
        earlier = both(example, "QA02", "area", day="2016-05-01", **YEAR)
        later = both(example, "QA02", "area", **YEAR)
        assert (earlier["south"][1], later["south"][1]) == (15, 16)
        kept.rollback()


def test_services_that_schools_buy_by_what_the_partnership_says_of_them(example: Example) -> None:
    at = example.at()
    rows = [
        row
        for row in register_rows_as_at(example.session, at, "school-safeguarding", "contract")
        if row.revision.period == "AY2014-15"
    ]
    items = sorted({row.revision.due_item_id for row in rows})
    said = judgements_as_at(example.session, at.partnership_id, at.moment, due_item_ids=items)
    count, pence = Counter[str](), Counter[str]()
    for row in rows:
        last = said.get((row.revision.due_item_id, "contract", row.code))
        judged = last[-1].judgement if last else "not-judged"
        count[judged] += 1
        pence[judged] += int(row.cells["yearly_cost"]) * 100
    assert set(count) == {"inside", "outside", "to-be-discussed", "not-judged"}
    assert {line: top for line, (top, _) in both(example, "SC01", "judged", **YEAR).items()} == count
    costs = example.series("SC02", by="judged", **YEAR)
    assert {point.lines["judged"]: point.value for point in costs.points} == {
        line: cost / 100 for line, cost in pence.items()
    }
    assert sum(count.values()) == example.point("SC01", "AY2014-15", **YEAR).value


def test_a_line_of_few_schools_takes_the_others_of_its_year_with_it(example: Example) -> None:
    """What is left of the total would tell it."""
    costs = example.series("SC02", "2016-01-05", by="judged", kind="academic_year")
    few = {p.period.code for p in costs.points if 0 < (p.behind or 0) < chosen("partnership").fewest_agencies}
    every = {p.period.code for p in costs.points}
    assert few and every - few
    read = protect(costs, Audience())
    assert {p.period.code for p in read.points} == every - few and read.withheld
    assert protect(costs, Audience(exact=True)) == costs
    school = example.session.scalars(select(Agency.id).where(Agency.code == "990001")).one()
    own = example.series("SC02", by="judged", agency_id=school, **YEAR)
    assert protect(own, Audience(), owner="990001").points == ()
    assert protect(own, Audience(agencies=frozenset({"990001"})), owner="990001") == own
