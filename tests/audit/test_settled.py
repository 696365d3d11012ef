"""Small tables read once for as long as nobody acts: by the audit chain, and never of what may not be committed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.audit.settled import settled
from hub.db import open_session, transaction
from hub.partners.models import Area
from tests.factories import KNOWN_FROM, make_world

READ: Counter[int] = Counter()


def names_of_areas(session: Session, partnership_id: int) -> list[str]:
    READ[partnership_id] += 1
    names = select(Area.name).where(Area.partnership_id == partnership_id).order_by(Area.code)
    return list(session.scalars(names))


def act(session: Session, action: str) -> None:
    record(session, actor="operator", action=action, subject="a test")


@pytest.fixture
def place(engine: Engine) -> int:
    """A partnership with one area called East, in a database whose chain has begun."""
    READ.clear()
    with transaction(engine) as session:
        here = make_world(session).partnership.id
        for each in session.scalars(select(Area).where(Area.partnership_id == here)):
            session.delete(each)
        session.add(Area(partnership_id=here, code="a", name="East", from_on=KNOWN_FROM.date()))
        act(session, "area:keep")
    return here


def rename_in_bulk(session: Session, place: int, name: str) -> None:
    session.execute(update(Area).where(Area.partnership_id == place).values(name=name))
    session.begin_nested().commit()


def rename(session: Session, place: int, name: str) -> None:
    session.scalars(select(Area).where(Area.partnership_id == place)).one().name = name
    session.flush()


def read(engine: Engine, place: int) -> list[str]:
    with open_session(engine) as session:
        return settled(session, names_of_areas, place)


def test_what_was_read_is_given_again_until_somebody_acts(engine: Engine, place: int) -> None:
    assert read(engine, place) == read(engine, place) == ["East"]
    assert READ[place] == 1
    with transaction(engine) as session:
        act(session, "draft:write")
    assert read(engine, place) == ["East"] and READ[place] == 1, "nobody but its agency reads a draft"
    with transaction(engine) as session:
        rename(session, place, "Far East")
        act(session, "area:keep")
    assert read(engine, place) == ["Far East"] and READ[place] == 2


@pytest.mark.parametrize("write", [rename, rename_in_bulk])
@pytest.mark.parametrize("writing", [True, False])
def test_what_is_never_committed_is_read_by_its_own_session_alone(
    engine: Engine, place: int, writing: bool, write: Callable[[Session, int, str], None]
) -> None:
    with open_session(engine, writing=writing) as session:
        write(session, place, "Nowhere")
        assert settled(session, names_of_areas, place) == ["Nowhere"]
        session.rollback()
        assert settled(session, names_of_areas, place) == ["East"]
    assert read(engine, place) == ["East"]
