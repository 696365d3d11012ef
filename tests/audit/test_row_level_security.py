"""PostgreSQL shows a session its partnerships' rows and what is published, though no query says so (security.md P3)."""

import dataclasses
import random
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.audit.grants import grant_application
from hub.audit.guarded import scoped
from hub.audit.settled import settled
from hub.db import make_engine, open_session, transaction
from hub.facts.ledger import sign
from hub.facts.models import AreaNow, Fact, Revision, SignedDocument
from hub.facts.moments import as_at, published_as_at
from hub.facts.queries import facts_as_at
from tests.databases import APP, as_owner
from tests.ledger_world import FIGURE, World, make_world, signing

pytestmark = pytest.mark.postgres

MAY = datetime(2014, 5, 12, 9, tzinfo=UTC)
TOTAL = ("total", "")


@pytest.fixture
def app_engine(postgres_url: str) -> Iterator[Engine]:
    """The application's own role: no owner, no superuser."""
    owner = make_engine(as_owner(postgres_url))
    with owner.begin() as connection:
        grant_application(connection, APP)
    owner.dispose()
    engine = make_engine(postgres_url, pool_size=2)
    yield engine
    engine.dispose()


@pytest.fixture
def worlds(app_engine: Engine) -> tuple[World, World]:
    """Two partnerships; the second has also a published figure."""
    with transaction(app_engine) as session:
        one, two = make_world(session), make_world(session, number=2)
        published = signing(session, two, "RQ3", "2014-04", {("setting", "gp"): 50}, at=MAY)
        sign(
            session,
            [
                signing(session, one, "RYW", "2014-04", {TOTAL: 7}, at=MAY),
                signing(session, two, "RYW", "2014-04", {TOTAL: 3}, at=MAY),
                dataclasses.replace(published, published=True, source="Department for Education"),
            ],
        )
        record(session, actor="operator", action="test", subject="two", partnership_id=2)
    return one, two


def seen(
    session: Session, model: type[Fact] | type[Revision] | type[AreaNow] | type[SignedDocument]
) -> set[int]:
    return set(session.scalars(select(model.partnership_id)))


def test_a_session_sees_its_own_rows_and_what_is_published(
    app_engine: Engine, worlds: tuple[World, World]
) -> None:
    with open_session(app_engine, partnerships="1") as session:
        for model in (Fact, Revision, AreaNow, SignedDocument):
            assert seen(session, model) == {1, 2}
        assert session.scalars(select(Fact.value).where(Fact.partnership_id == 2)).all() == [50]
        assert session.execute(text("SELECT count(*) FROM audit_entries")).scalar_one() == 0
        assert (
            session.execute(text("SELECT count(*) FROM due_items WHERE partnership_id = 2")).scalar_one() == 1
        )
    with open_session(app_engine, partnerships="1") as session:
        reader = as_at(session, worlds[0].partnership)
        at = published_as_at(session, reader, partnership_id=2, illustrative=False)
        figures = [worlds[1].figures["setting", FIGURE]]
        facts = facts_as_at(session, at, figures)
        assert [(fact.agency_id, fact.value) for fact in facts] == [(worlds[1].agencies["RQ3"].id, 50)]
    with open_session(app_engine, partnerships="0") as session:
        assert set(session.scalars(select(Fact.value))) == {50}


def test_without_a_setting_nothing_is_seen(app_engine: Engine, worlds: tuple[World, World]) -> None:
    with app_engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM facts WHERE NOT published")).scalar_one() == 0
        assert connection.execute(text("SELECT count(*) FROM drafts")).scalar_one() == 0


def test_a_foreign_row_cannot_be_written(app_engine: Engine, worlds: tuple[World, World]) -> None:
    with open_session(app_engine, writing=True, partnerships="1") as session:
        with pytest.raises(DBAPIError, match="row-level security"):
            sign(session, [signing(session, worlds[1], "ENN", "2014-04", {TOTAL: 1}, at=MAY)])
        session.rollback()


def test_a_narrow_session_still_appends_to_the_one_chain(
    app_engine: Engine, worlds: tuple[World, World]
) -> None:
    with transaction(app_engine, partnerships="1") as session:
        record(session, actor="person:1", action="test", subject="one", partnership_id=1)
    with open_session(app_engine) as session:
        rows = session.execute(text("SELECT sequence, subject FROM audit_entries ORDER BY sequence"))
        assert [tuple(row) for row in rows] == [(1, "two"), (2, "one")]


def test_pooled_connections_do_not_carry_a_scope_over(
    app_engine: Engine, worlds: tuple[World, World]
) -> None:
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(300):
        own = chance.choice((1, 2))
        with open_session(app_engine, partnerships=str(own)) as session:
            unpublished = session.scalars(select(Fact.partnership_id).where(~Fact.published)).all()
            assert unpublished == [own], seed


def test_every_scoped_table_is_forced(app_engine: Engine) -> None:
    with app_engine.connect() as connection:
        rows = connection.execute(
            text("SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity")
        )
        forced = set(rows.scalars())
    assert {table.name for table in scoped()} <= forced
    assert {f"facts_{number}" for number in range(8)} <= forced


def test_the_application_has_no_right_to_change_history(
    app_engine: Engine, worlds: tuple[World, World]
) -> None:
    for statement in ("DELETE FROM facts", "UPDATE revisions SET number = 1", "TRUNCATE audit_entries"):
        with open_session(app_engine, writing=True) as session:
            with pytest.raises(DBAPIError, match="permission denied"):
                session.execute(text(statement))
            session.rollback()
    with open_session(app_engine) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("SELECT * FROM facts_1"))


def positions_of(session: Session, partnership_id: int) -> list[int]:
    signed = select(Revision.position).where(Revision.partnership_id == partnership_id)
    return list(session.scalars(signed.order_by(Revision.position)))


def test_what_is_read_once_for_all_readers_is_read_for_those_who_see_the_same_rows(
    app_engine: Engine, worlds: tuple[World, World]
) -> None:
    two = worlds[1].partnership.id
    found = []
    for scope in ("1", "2", "1", "2"):
        with open_session(app_engine, partnerships=scope) as session:
            found.append(len(settled(session, positions_of, two)))
    assert found == [1, 2, 1, 2], "what is published, and whatever they signed"
