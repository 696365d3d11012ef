"""Mappings of agencies: versions that supersede, as known at a moment, never changed, seen with one's partnerships alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub import db
from hub.definitions import agency_mappings, catalogue, mapping_choices, mappings
from hub.definitions.mapping_choices import ASKED, LEFT_OUT, Choices, as_data, choices_of
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.mapping_models import AgencyMapping
from hub.errors import Conflict, NotReady
from tests.factories import make_world

THEN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)

CHOSEN = {
    "long": Choices(
        columns={"Unit": "line:setting", "Month": "period", "Sent": "figure:referrals_made", "Kind": "left-out"},
        values={"Unit": {"A&E": "emergency-department", "All": "total"}, "Kind": {"test": LEFT_OUT}},
        agency="RXT",
    ),
    "crossed, with the total added up": Choices(
        columns={"Unit": "line:setting", "Why": "line:category", "Month": "period", "Sent": "figure:referrals_made"},
        values={"Unit": {"A&E": "emergency-department"}},
        agency="RXT",
        add_up=True,
    ),
    "wide, its month said by the sender": Choices(
        columns={
            "All": "cell:total::referrals_made",
            "A&E": "cell:setting:emergency-department:referrals_made",
            "Walk-in": "cell:setting:emergency-department:referrals_made",
        },
        symbols={"-": "nil"},
        agency="RXT",
        period=ASKED,
        add_up=True,
    ),
    "several tables": Choices(
        columns={"What": "table", "Line": "line", "Month": "period", "Number": "figure", "Code": "agency"},
        values={"What": {"Sent": "total:referrals_made", "By unit": "setting:referrals_made"}},
    ),
}  # fmt: skip


def mapping_of(choices: Choices, code: str = "report-rxt") -> ColumnMapping:
    shipped = catalogue.shipped()
    definition = shipped.latest("referrals")
    data = as_data(choices, definition, kind="month", code=code, title="Report 12", about="Columns.")
    assert mapping_choices.faults(choices) == []
    mapping, faults = mappings.judged(data, [definition], shipped.codelists)
    assert faults == [] and mapping is not None
    return mapping


@pytest.mark.parametrize("name", CHOSEN)
def test_the_next_version_begins_with_what_was_chosen_for_the_last(name: str) -> None:
    mapping = mapping_of(CHOSEN[name])
    assert mapping_of(choices_of(mapping)) == mapping


def test_months_across_the_headings_are_kept_as_one_choice() -> None:
    across = "across:referrals_made"
    choices = Choices(
        columns={"Unit": "line:setting", "Apr-15": across, "May-15": across}, agency="RXT", add_up=True
    )
    again = choices_of(mapping_of(choices))
    assert again.columns == {"Unit": "line:setting", mapping_choices.ACROSS: across}


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"Sent": "figure:referrals_made"}, "Say once where the period stands"),
        ({"A": "period", "B": "period", "Sent": "figure:referrals_made"}, "2 columns are said to hold the period"),
        ({"A": "period"}, "Say which columns hold the figures"),
        ({"A": "period", "B": "figure:referrals_made", "C": "figure:referrals_made"}, "the same figure"),
        ({"A": "period", "B": "table", "C": "cell:total::referrals_made"}, "the figure of its row"),
    ],
)  # fmt: skip
def test_what_is_missing_or_said_twice_is_named(columns: dict[str, str], says: str) -> None:
    assert says in " ".join(mapping_choices.faults(Choices(columns=columns, agency="RXT")))


def test_versions_supersede_and_are_known_as_at_a_moment(engine: Engine) -> None:
    mapping = mapping_of(CHOSEN["long"])
    with db.transaction(engine) as session:
        world = make_world(session)
        agency, person = world.agencies["RXT"].id, world.people["sub.rxt"].id

        def save(session: Session, changed: ColumnMapping, seen: int, hours: int) -> AgencyMapping:
            at = THEN + timedelta(hours=hours)
            return agency_mappings.save(session, agency, changed, person_id=person, seen=seen, now=at)

        save(session, mapping, 0, 0)
        assert save(session, replace(mapping, title="Report 13"), 1, 1).version == 2
        with pytest.raises(Conflict, match="SUB of rxt saved this mapping on 2 March 2026 at 10:00"):
            save(session, replace(mapping, title="Report 14"), 1, 2)
        with pytest.raises(NotReady, match="a mapping of this name already"):
            save(session, mapping, 0, 2)
        retired = agency_mappings.set_in_use(
            session, agency, "report-rxt", used=False, person_id=person, seen=2, now=THEN + timedelta(hours=3)
        )
        assert (retired.sequence, retired.version) == (3, 2)

    def known(hours: int) -> list[tuple[str, int]]:
        with db.open_session(engine) as session:
            at = THEN + timedelta(hours=hours)
            found = agency_mappings.in_use(session, {agency}, as_at=at)
            return [(each.title, each.version) for each in found.values()]

    assert [known(hours) for hours in (-1, 0, 1, 3)] == [[], [("Report 12", 1)], [("Report 13", 2)], []]
    for change in (update(AgencyMapping).values(document="{}"), delete(AgencyMapping)):
        with pytest.raises(DBAPIError, match="never changed or removed"), db.transaction(engine) as session:
            session.execute(change)
    if engine.dialect.name == "postgresql":
        for partnership, seen in ((world.partnership.id, 3), (world.elsewhere.id, 0)):
            with db.open_session(engine, partnerships=str(partnership)) as session:
                assert len(session.scalars(select(AgencyMapping)).all()) == seen
