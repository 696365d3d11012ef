"""England's councils as partnerships: closed and absent ones included, dated codes, safe to run again."""

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.definitions.catalogue import shipped
from hub.partners import queries
from hub.partners.models import Agency, AgencyCode, Membership, Partnership, Succession
from hub.seed.england import seed_england

ABSENT = ("335", "352", "380", "865")  # in no table of figures, but named as neighbours


def test_every_council_leads_its_partnership(session: Session) -> None:
    seeded = seed_england(session)
    councils = shipped().codelists["english-councils"].items
    assert (seeded.agencies, seeded.partnerships) == (len(councils) + 12, len(councils) + 1)
    for item in councils:
        place = queries.partnership(session, item.code)
        agency = session.get_one(Agency, place.council_agency_id)
        assert (agency.code, agency.kind, place.name) == (item.code, "council", item.title)
        assert not place.illustrative
    assert set(ABSENT) <= {item.code for item in councils}


def test_again_changes_nothing(session: Session) -> None:
    seed_england(session)
    before = [
        session.scalar(select(func.count()).select_from(each))
        for each in (Agency, AgencyCode, Membership, Partnership, Succession)
    ]
    again = seed_england(session)
    after = [
        session.scalar(select(func.count()).select_from(each))
        for each in (Agency, AgencyCode, Membership, Partnership, Succession)
    ]
    assert (again.agencies, again.partnerships) == (0, 0)
    assert after == before


def test_an_agency_that_is_here_already_stays_as_it_is(session: Session) -> None:
    session.add(Agency(code="330", kind="council", name="Birmingham City Council"))
    session.flush()
    seed_england(session)
    assert queries.agency(session, "330").name == "Birmingham City Council"
    assert queries.agency(session, "E08000025").code == "330"


def test_ons_codes_have_dates(session: Session) -> None:
    seed_england(session)
    codes = {
        code: (session.get_one(Agency, agency_id).code, from_on, until_on)
        for code, agency_id, from_on, until_on in session.execute(
            select(AgencyCode.code, AgencyCode.agency_id, AgencyCode.from_on, AgencyCode.until_on)
        )
    }
    assert codes["E10000023"] == ("815", None, date(2023, 3, 31))
    assert codes["E06000065"] == ("815", date(2023, 4, 1), None)
    assert codes["E10000027"] == ("933", None, date(2023, 3, 31))
    assert codes["E06000060"] == ("825", date(2020, 4, 1), None)
    assert queries.agency(session, "E06000066").name == "Somerset"


def test_closed_councils_have_successors(session: Session) -> None:
    seed_england(session)
    pairs = {
        (
            session.get_one(Agency, one.from_agency_id).code,
            session.get_one(Agency, one.to_agency_id).code,
        ): one
        for one in session.scalars(select(Succession))
    }
    assert set(pairs) == {
        ("835", "838"), ("835", "839"), ("836", "839"), ("837", "839"),
        ("928", "940"), ("928", "941"), ("909", "942"), ("909", "943"),
    }  # fmt: skip
    assert pairs["909", "942"].on_date == date(2023, 4, 1)
    assert queries.agency(session, "909").closed_on == date(2023, 3, 31)


def test_nation_and_regions_belong_to_england(session: Session) -> None:
    seed_england(session)
    england = queries.partnership(session, "england")
    members = queries.members_on(session, england.id, date(2020, 1, 1))
    kinds = {member.code: member.kind for member in members}
    assert kinds.pop("ENG") == "nation"
    assert set(kinds.values()) == {"region"}
    assert set(kinds) == {*(f"E1200000{number}" for number in range(1, 10)), "E13000001", "E13000002"}
