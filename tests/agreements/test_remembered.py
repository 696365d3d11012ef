"""Verdicts that a process has worked out before: given again without reading, and never after anything was written."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from hub import db
from hub.agreements import remembered
from hub.agreements.evaluate import evaluate
from hub.agreements.models import MilestoneReport
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.agreements.versions import agreement_as_at
from hub.audit.chain import record
from hub.clock import now_for, parse_moment, today_for
from hub.facts import recalled
from hub.facts.moments import AsAt, as_at
from hub.partners import queries
from tests.example_world import CODE, signs_again

MOU = "birmingham-nhs-2015-16"


def read(session: Session, day: str | None = None) -> tuple[list[Verdict], list[Verdict]]:
    """What is remembered, and what is worked out anew."""
    partnership = queries.partnership(session, CODE)
    at: AsAt = as_at(session, partnership, parse_moment(day) if day else None)
    agreement = agreement_as_at(session, partnership.id, MOU, at.moment)
    known = remembered.verdicts(Papers(session, partnership, at), agreement)
    return known, evaluate(session, partnership, agreement, at)


def statements(engine: Engine, day: str | None = None) -> int:
    """How many statements a page's verdicts take."""
    seen: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda _c, _cursor, text, *_: seen.append(text))
    with db.open_session(engine) as session:
        partnership = queries.partnership(session, CODE)
        at = as_at(session, partnership, parse_moment(day) if day else None)
        agreement = agreement_as_at(session, partnership.id, MOU, at.moment)
        before = len(seen)
        remembered.verdicts(Papers(session, partnership, at), agreement)
    return len(seen) - before


def test_verdicts_are_remembered_until_something_is_written(example_copy: str) -> None:
    engine = db.make_engine(example_copy)
    recalled.forget()
    assert statements(engine) > 20
    assert statements(engine) == 0, "the chain was read with the moment"
    assert statements(engine, "2016-01-31") > 20, "another moment is another answer"
    with db.open_session(engine) as session:
        assert read(session)[0] == read(session)[1]

    with db.transaction(engine) as session:
        last = session.scalars(
            select(MilestoneReport)
            .where(MilestoneReport.agreement_code == MOU)
            .order_by(MilestoneReport.id.desc())
        ).first()
        assert last is not None
        now = now_for(queries.partnership(session, CODE))
        copied = {
            column.name: getattr(last, column.name)
            for column in MilestoneReport.__table__.columns
            if column.name != "id"
        }
        session.add(
            MilestoneReport(**copied | {"written_at": now, "confirmed_at": now, "done_on": now.date()})
        )
        record(session, actor="operator", action="milestone:report", subject=MOU)
    assert statements(engine, "2016-01-31") < 10, "what was known then is the same still"
    assert statements(engine) > 20
    with db.open_session(engine) as session:
        known, anew = read(session)
        assert known == anew
        before, at_the_time = read(session, "2016-05-01")
        assert before == at_the_time != known
    engine.dispose()


@pytest.mark.parametrize("moment", ["the end of today", "a year ahead"])
def test_a_moment_that_is_not_over_is_told_anew_after_a_signature(example_copy: str, moment: str) -> None:
    engine = db.make_engine(example_copy)
    recalled.forget()
    with db.open_session(engine) as session:
        today = today_for(queries.partnership(session, CODE))
        day = str(today if moment == "the end of today" else today + timedelta(days=365))
        before, anew = read(session, day)
        assert before == anew
    with db.transaction(engine) as session:
        cells = [(2, "2016-03", "total", "", "contacts", 77, "value")]
        signs_again(session, ("front-door", "330", "2016-03"), cells, by=("analyst.rxt", "manager.rxt"))
    with db.open_session(engine) as session:
        known, anew = read(session, day)
        assert known == anew != before
    engine.dispose()
