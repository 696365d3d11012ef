"""A renaming, an area and a succession are read as they were known: nothing that is recorded later shows on an earlier page."""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from hub.clock import now_for
from hub.facts.moments import as_at
from hub.partners.agency_lines import AgencyLine
from hub.partners.areas import areas_as_at, areas_known
from hub.partners.history_models import AreaVersion
from hub.partners.load import load_agency
from hub.partners.models import Succession
from hub.partners.names import names_as_at
from hub.partners.particulars import keep_area
from hub.partners.policy import actor_for
from hub.partners.successions import followed, splits
from tests.comparison.sides_world import make_sides

EARLIER = datetime(2015, 5, 2, 9, tzinfo=UTC)
TODAY = date(2015, 5, 18)


def line(name: str, renamed_on: date | None) -> AgencyLine:
    no_dates = dict.fromkeys(("opened_on", "closed_on", "member_from", "member_until", "succeeded_on"))
    return AgencyLine(
        line=2, code="RXT", kind="nhs_trust", name=name, invented=True, aliases=(), successors=(), renamed_on=renamed_on, **no_dates
    )  # fmt: skip


def test_what_is_recorded_later_is_not_on_an_earlier_page(session: Session) -> None:
    world = make_sides(session)
    here = world.partnership
    now = now_for(here)
    old_name = world.agencies["RXT"].name
    load_agency(session, line("Forest Trust", date(2015, 4, 1)), known_at=now)
    session.flush()
    assert names_as_at(session, TODAY, EARLIER)["RXT"] == old_name
    assert names_as_at(session, TODAY, now)["RXT"] == "Forest Trust"
    assert names_as_at(session, date(2015, 3, 31), now)["RXT"] == old_name, "it was called so then"
    assert names_as_at(session, TODAY, now, codes=["330"]) == {"330": world.agencies["330"].name}

    steward = actor_for(session, world.people["stw.testshire"].id)
    given = {"from_on": None, "until_on": None}
    keep_area(session, steward, here, "south", name="South", **given)
    assert session.query(AreaVersion).count() == 0, "nothing was changed"
    keep_area(session, steward, here, "south", name="South and Rivers", **given)
    keep_area(session, steward, here, "west", name="West", from_on=date(2014, 10, 1), until_on=None)
    before = {area.code: area.name for area in areas_as_at(session, here.id, TODAY, EARLIER)}
    after = {area.code: area.name for area in areas_as_at(session, here.id, TODAY, now_for(here))}
    assert before == {"east": "East", "south": "South"}
    assert after == {"east": "East", "south": "South and Rivers", "west": "West"}
    keep_area(session, steward, here, "east", name="East", from_on=None, until_on=date(2015, 3, 31))
    assert [area.code for area in areas_as_at(session, here.id, TODAY, now_for(here))] == ["south", "west"]
    assert {area.until_on for area in areas_known(session, here.id, EARLIER)} == {None}

    session.add(
        Succession(
            from_agency_id=world.agencies["RR1"].id,
            to_agency_id=world.agencies["RXT"].id,
            on_date=date(2015, 1, 1),
            kind="merged",
            known_at=now,
        )
    )
    session.flush()
    assert (followed(session, TODAY, EARLIER), followed(session, TODAY, now)) == ({}, {"RR1": "RXT"})
    assert splits(session, TODAY, now) == []
    assert as_at(session, here, EARLIER).moment == EARLIER
