"""`hub import` on small tables: routing, all or nothing, again, corrected, and who may."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.errors import NotAllowed, WrongUsage
from hub.facts.models import STATES, Explanation, Fact, Revision, Words
from hub.facts.moments import as_at
from hub.measures.compute import measure
from hub.measures.model import Asked
from hub.partners import queries
from hub.partners.models import Grant, Person
from hub.submissions.import_order import NotImported
from tests.england_world import ANN, BOB, import_content

HEADINGS = "time_period,geographic_level,region_code,old_la_code,population_estimate"
POPULATION = f"""{HEADINGS}
2014,National,,,11591701
2014,Regional,E12000005,,1257000
2014,Local authority,E12000005,330,283482
2015,Local authority,E12000005,330,285953
2014,Local authority,E12000003,815,x
"""


def figures(session: Session, partnership: str) -> list[int | str]:
    """The figures that stand in a partnership, or the states in their place."""
    place = queries.partnership(session, partnership)
    facts = session.execute(
        select(Fact.value, Fact.state).where(Fact.partnership_id == place.id, Fact.known_until.is_(None))
    )
    return sorted(STATES[state] if value is None else value for value, state in facts)


def revisions(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Revision)) or 0


def findings(
    session: Session, content: str, return_code: str = "ons-population"
) -> list[tuple[str, int | None]]:
    with pytest.raises(NotImported) as refused:
        import_content(session, return_code, content.encode())
    return [(finding.code, finding.where.row) for finding in refused.value.findings]


def test_each_row_goes_to_the_partnership_that_its_council_leads(councils: Session) -> None:
    imported = import_content(councils, "ons-population", POPULATION.encode())
    assert imported.as_json() == {"revisions": 5, "facts": 5, "periods": 2, "agencies": 4, "left_out": {}}
    assert figures(councils, "330") == [283_482, 285_953]
    assert figures(councils, "england") == [1_257_000, 11_591_701]
    assert figures(councils, "815") == ["not_available"]


def test_what_was_signed_names_publisher_persons_and_standing_words(councils: Session) -> None:
    import_content(councils, "ons-population", POPULATION.encode())
    revision = councils.scalars(select(Revision)).first()
    assert revision is not None
    assert revision.source is not None
    assert revision.source.startswith("Office for National Statistics")
    people = {person.id: person.email for person in councils.scalars(select(Person))}
    assert (people[revision.prepared_by], people[revision.signed_by]) == (ANN, BOB)
    assert revision.published
    assert revision.due_on is None
    assert revision.reason_id is None
    explained = councils.scalar(
        select(Words.body)
        .join(Explanation, Explanation.words_id == Words.id)
        .where(Explanation.revision_id == revision.id)
    )
    assert explained is not None
    assert explained.startswith("As published by the Office for National Statistics")


def test_the_same_file_again_changes_nothing(councils: Session) -> None:
    import_content(councils, "ons-population", POPULATION.encode())
    lines = POPULATION.strip().split("\n")
    reordered = "\n".join([lines[0], *reversed(lines[1:])])
    again = import_content(councils, "ons-population", reordered.encode())
    assert (again.revisions, again.facts) == (0, 0)
    assert again.left_out == {"already held with the same figures": 5}
    assert revisions(councils) == 5


def test_a_changed_figure_becomes_a_superseding_revision(councils: Session) -> None:
    import_content(councils, "ons-population", POPULATION.encode())
    before = as_at(councils, queries.partnership(councils, "330"))
    revised = import_content(councils, "ons-population", POPULATION.replace("283482", "283500").encode())
    assert (revised.revisions, revised.left_out) == (1, {"already held with the same figures": 4})
    latest = councils.scalars(select(Revision).where(Revision.number == 2)).one()
    assert latest.supersedes_id is not None
    reason = councils.scalar(select(Words.body).where(Words.id == latest.reason_id))
    assert reason == "A later import gives other figures: table.csv."
    assert figures(councils, "330") == [283_500, 285_953]
    assert before.position < latest.position  # the past still reads as it was


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("330,283482", "330,q", "unknown-symbol", 4),
        ("330,283482", "399,283482", "row-not-placed", 4),
        ("2014,Regional", "2014,Parish", "agency-not-placed", 3),
        ("2015,Local authority", "twenty,Local authority", "period-unreadable", 5),
        ("2015,Local authority,E12000005,330,285953", "2014,Local authority,E12000005,330,285953", "duplicate-row", 5),
        (",population_estimate", ",people", "missing-column", 1),
        ("330,283482", "330,283482.5", "number-with-decimals", 4),
        ("330,283482", "330,-5", "unknown-symbol", 4),
    ],
)  # fmt: skip
def test_a_damaged_table_is_refused_whole_with_the_line(
    councils: Session, old: str, new: str, code: str, line: int
) -> None:
    damaged = POPULATION.replace(old, new, 1)
    assert damaged != POPULATION
    assert findings_with_mapping(councils, damaged) == [(code, line)]
    assert revisions(councils) == 0


def findings_with_mapping(session: Session, content: str) -> list[tuple[str, int | None]]:
    with pytest.raises(NotImported) as refused:
        import_content(session, "ons-population", content.encode(), mapping="ons-population")
    return [(finding.code, finding.where.row) for finding in refused.value.findings]


def test_several_faults_are_all_told(councils: Session) -> None:
    damaged = (
        POPULATION.replace("330,283482", "330,q").replace("815,x", "816,?").replace("Regional", "Parish")
    )
    assert findings_with_mapping(councils, damaged) == [
        ("agency-not-placed", 3),
        ("unknown-symbol", 4),
        ("unknown-symbol", 6),
    ]


def test_thousands_may_be_written_with_commas(councils: Session) -> None:
    content = POPULATION.replace("283482", '"283,482"')
    import_content(councils, "ons-population", content.encode())
    assert figures(councils, "330") == [283_482, 285_953]


def test_rows_without_a_council_here_are_refused(councils: Session) -> None:
    """A council that leads no partnership: the row cannot be placed."""
    place = queries.partnership(councils, "330")
    place.council_agency_id = None
    councils.flush()
    with pytest.raises(NotImported) as refused:
        import_content(councils, "ons-population", POPULATION.encode())
    assert {finding.where.row for finding in refused.value.findings} == {4, 5}
    assert "No partnership is led by Birmingham (330)" in refused.value.findings[0].message


def test_one_partnership_alone_can_be_imported(councils: Session) -> None:
    imported = import_content(councils, "ons-population", POPULATION.encode(), partnership="330")
    assert imported.revisions == 2
    assert imported.left_out == {"of another partnership than the one named": 3}


def test_a_symbol_is_hidden_in_one_release_and_not_available_in_another(councils: Session) -> None:
    later = (
        "time_period,geographic_level,region_code,old_la_code,referral_count,rereferral_count,no_further_action_count,"
        "not_in_need_count,referral_child_count,rereferral_child_count\n2019,Local authority,E12000005,330,10,1,x,c,9,u\n"
    )
    import_content(councils, "dfe-referrals", later.encode())
    printed_2018 = (
        "year_ending_31_march,geographic_level,old_la_code,area_name,referrals,rereferrals_12m,nfa,"
        "assessed_not_in_need,children_referred,children_rereferred\n"
        "2018,Local authority,330,Birmingham,10,1,x,2,9,1\n"
    )
    import_content(councils, "dfe-referrals", printed_2018.encode())
    place = queries.partnership(councils, "330")
    points = measure(councils, place, as_at(councils, place), "RF08", Asked(kind="financial_year")).points
    assert {point.period.code: point.state for point in points} == {
        "FY2017-18": "hidden",
        "FY2018-19": "not_available",
    }
    assert all(point.value is None for point in points)


def test_two_persons_with_the_permission_are_needed(councils: Session) -> None:
    with pytest.raises(NotAllowed, match="Two persons"):
        import_content(councils, "ons-population", POPULATION.encode(), signed_by=ANN)
    carl = Person(email="carl@example.org", name="Carl")
    councils.add(carl)
    councils.flush()
    with pytest.raises(NotAllowed, match=r"carl@example.org may not sign"):
        import_content(councils, "ons-population", POPULATION.encode(), signed_by=carl.email)
    birmingham = queries.partnership(councils, "330")
    now = real_now()
    councils.add(
        Grant(
            person_id=carl.id,
            role="STW",
            partnership_id=birmingham.id,
            from_at=now - timedelta(days=1),
            until_at=now + timedelta(days=1),
        )
    )
    councils.flush()
    with pytest.raises(NotAllowed, match="for England"):
        import_content(councils, "ons-population", POPULATION.encode(), signed_by=carl.email)
    assert revisions(councils) == 0


def test_a_mapping_of_another_return_is_refused(councils: Session) -> None:
    with pytest.raises(WrongUsage, match="is for “dfe-referrals”"):
        import_content(councils, "ons-population", POPULATION.encode(), mapping="dfe-referrals")


def test_a_file_that_no_mapping_reads_must_be_in_the_returns_own_columns(councils: Session) -> None:
    own = "agency,period,children_0_17\n330,MY2014,283482\nENG,MY2014,11591701\n"
    assert import_content(councils, "ons-population", own.encode()).revisions == 2
    assert ("missing-column", 1) in findings(councils, "agency,children_0_17\n330,5\n")
