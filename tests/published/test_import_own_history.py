"""An agency imports its own history: its own persons alone, in its own columns, answering queries with standing words."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.definitions import catalogue
from hub.errors import NotAllowed
from hub.facts.models import Revision
from hub.intake.table import Received
from hub.submissions.import_history import import_history
from hub.submissions.import_order import Imported, NotImported, Order
from tests.databases import NewDatabase
from tests.factories import World, read_world

HISTORY = """agency,period,breakdown,code,referrals_made
RXT,2014-09,total,,12
RXT,2014-09,setting,maternity,12
RXT,2014-09,category,neglect,12
RXT,2014-10,total,,0
"""


@pytest.fixture
def new_database(new_world: NewDatabase) -> NewDatabase:
    """Each test's database holds the small world already."""
    return new_world


@pytest.fixture
def world(session: Session) -> World:
    return read_world(session)


def imported(
    session: Session, content: str, *, prepared_by: str = "sub.rxt", signed_by: str = "sgn.rxt"
) -> Imported:
    order = Order(
        received=Received(channel="import", filename="history.csv", content=content.encode()),
        definition=catalogue.definition(session, "referrals"),
        prepared_by=f"{prepared_by}@example.org",
        signed_by=f"{signed_by}@example.org",
    )
    return import_history(session, order)


def test_an_agencys_own_months_become_signed_revisions(session: Session, world: World) -> None:
    said = imported(session, HISTORY)
    assert (said.revisions, said.agencies, said.periods, said.left_out) == (2, 1, 2, {})
    revisions = session.scalars(select(Revision)).all()
    assert {revision.partnership_id for revision in revisions} == {world.partnership.id}
    assert {revision.source for revision in revisions} == {None}
    assert not any(revision.published for revision in revisions)
    assert all(revision.due_on is not None for revision in revisions)


@pytest.mark.parametrize(
    ("prepared_by", "signed_by", "who"),
    [("sub.rr1", "sgn.rxt", "sub.rr1"), ("sub.rxt", "sgn.rr1", "sgn.rr1"), ("sub.rel", "sgn.rel", "sub.rel")],
)
def test_nobody_imports_for_another_agency(
    session: Session, world: World, prepared_by: str, signed_by: str, who: str
) -> None:
    with pytest.raises(NotAllowed, match=f"{who}@example.org may not"):
        imported(session, HISTORY, prepared_by=prepared_by, signed_by=signed_by)
    assert session.scalars(select(Revision)).all() == []


def test_hidden_is_no_answer_of_an_agency(session: Session, world: World) -> None:
    with pytest.raises(NotImported) as refused:
        imported(session, HISTORY.replace(",,12", ",,[c]"))
    assert any(finding.where.row == 2 for finding in refused.value.findings)


def test_queries_without_standing_words_stop_the_import(session: Session, world: World) -> None:
    with pytest.raises(NotImported, match="queries without an explanation"):
        imported(session, HISTORY.replace("RXT,2014-10,total,,0", "RXT,2014-10,total,,"))


def test_another_agencys_code_is_refused(session: Session, world: World) -> None:
    with pytest.raises(NotImported) as refused:
        imported(session, HISTORY.replace("RXT,2014-10", "XXX,2014-10"))
    assert [(finding.code, finding.where.row) for finding in refused.value.findings] == [
        ("row-not-placed", 5)
    ]
