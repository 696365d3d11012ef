"""One file with many submissions: each keeps its own draft, event and findings, whatever the number, and all or none."""

import json
from dataclasses import replace

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hub import periods
from hub.audit.models import AuditEntry
from hub.calendar import due
from hub.db import open_session
from hub.errors import Conflict, NotReady
from hub.findings import Finding, Where
from hub.submissions import drafted, drafts, sign_off
from hub.submissions.models import Draft, SubmissionEvent
from hub.validation.outcome import Outcome
from tests.submissions.submission_world import AGENCY, Desk, outcome, read_desk, rechecks, reopen

MONTHS = tuple(period.code for period in periods.between(periods.month(2014, 4), periods.month(2015, 4)))
WHOLE = Finding("columns-moved", "query", "The columns stand in another order. Correct it or explain it.")


@pytest.fixture
def desk(session: Session) -> Desk:
    made = read_desk(session)
    session.commit()
    return made


def file_of(
    desk: Desk, session: Session, total: str, *findings: Finding, months: int = len(MONTHS)
) -> Outcome:
    """A trust's returns for some months, all alike."""
    items = due.due_items(session, desk.world.partnership.id, agency_ids=[desk.world.agencies[AGENCY].id])
    numbers = {item.period.code: item.id for item in items}
    one = outcome(desk, total)
    (part,) = one.parts
    parts = tuple(
        replace(
            part,
            due_item_id=numbers[month],
            key=f"testshire/{AGENCY}/{month}",
            rows=tuple({**row, "period": month} for row in part.rows),
        )
        for month in MONTHS[:months]
    )
    return replace(one, rows=3 * len(parts), parts=parts, findings=findings)


def jump(month: str) -> Finding:
    where = Where(
        row=2, column="Referrals made", field="referrals_made", submission=f"testshire/{AGENCY}/{month}"
    )
    return Finding("jump", "query", "This is three times last month’s.", where, "12")


def test_each_submission_keeps_its_own_and_the_files_findings(session: Session, desk: Desk) -> None:
    sent = file_of(desk, session, "12", WHOLE, jump("2014-06"), jump("2014-05"))
    saved = drafts.save(session, desk.actor(session, "sub.rxt"), sent, channel="csv")
    session.commit()
    assert {(each.sequence, each.status) for each in saved} == {(1, "draft")}
    kept = {
        each.key[-7:]: drafted.read(session, desk.world.partnership.id, each.due_item_id) for each in saved
    }
    codes = {month: [f.code for f in read.findings] for month, read in kept.items() if read}
    assert codes["2014-04"] == ["columns-moved"]
    assert codes["2014-05"] == codes["2014-06"] == ["columns-moved", "jump"]
    assert all(read and read.rows[0]["period"] == month for month, read in kept.items())
    (act,) = session.scalars(select(AuditEntry))
    assert (act.action, act.subject) == ("draft:write", "return:referrals")
    assert {name: json.loads(act.detail)[name] for name in ("rows", "submissions")} == {
        "rows": 39,
        "submissions": 13,
    }
    happened = session.scalars(select(SubmissionEvent.due_item_id).order_by(SubmissionEvent.due_item_id))
    assert list(happened) == sorted(each.due_item_id for each in saved)


def test_more_submissions_need_no_more_statements(session: Session, desk: Desk) -> None:
    actor = desk.actor(session, "sub.rxt")
    counted: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: counted.append(told[2]))

    def statements(months: int, total: str) -> int:
        sent = file_of(desk, session, total, months=months)
        counted.clear()
        drafts.save(session, actor, sent, channel="csv")
        return len(counted)

    drafts.save(session, desk.actor(session, "led.rxt"), file_of(desk, session, "5"), channel="csv")
    assert statements(2, "6") == statements(len(MONTHS), "7") <= 12


def test_explanations_and_whose_draft_it_was_are_carried_over_in_each(session: Session, desk: Desk) -> None:
    queries = [jump(month) for month in MONTHS]
    first = file_of(desk, session, "12", *queries)
    theirs = desk.actor(session, "led.rxt")
    saved = drafts.save(session, theirs, first, channel="csv")
    may = next(each.due_item_id for each in saved if each.key.endswith("2014-05"))
    drafts.explain(session, theirs, may, words={drafted.finding_key(jump("2014-05")): "A new team."})
    again = drafts.save(session, desk.actor(session, "sub.rxt"), first, channel="xlsx")
    assert not any(each.replaced for each in again)  # the same figures take nothing from anybody
    unexplained = {
        each.key[-7:]: len(read.unexplained)
        for each in again
        if (read := drafted.read(session, desk.world.partnership.id, each.due_item_id))
    }
    assert unexplained == dict.fromkeys(MONTHS, 1) | {"2014-05": 0}
    other = drafts.save(session, theirs, file_of(desk, session, "13"), channel="csv")
    assert all("SUB of rxt" in (each.replaced or "") for each in other)


def test_one_stale_submission_keeps_the_whole_file_out(session: Session, desk: Desk) -> None:
    saved = drafts.save(session, desk.actor(session, "led.rxt"), file_of(desk, session, "12"), channel="csv")
    session.commit()
    seen = {each.due_item_id: each.sequence for each in saved} | {saved[-1].due_item_id: 0}
    with (
        open_session(session.get_bind(), writing=True) as mine,
        pytest.raises(Conflict, match="LED of rxt uploaded"),
    ):  # type: ignore[arg-type]
        drafts.save(mine, desk.actor(mine, "sub.rxt"), file_of(desk, mine, "13"), channel="csv", seen=seen)
    texts = session.scalars(select(Draft.document)).all()
    assert len(texts) == len(MONTHS) and not any('"13"' in text for text in texts)


def test_what_is_signed_is_left_alone_until_it_is_reopened(session: Session, desk: Desk) -> None:
    sent = file_of(desk, session, "12")
    saved = drafts.save(session, desk.actor(session, "sub.rxt"), sent, channel="csv")
    sign_off.send(session, desk.actor(session, "sub.rxt"), desk.due_item_id)
    shown = drafted.read(session, desk.world.partnership.id, desk.due_item_id)
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    assert shown is not None
    sign_off.sign(session, desk.actor(session, "sgn.rxt"), checked, shown_digest=shown.digest)
    again = drafts.save(session, desk.actor(session, "sub.rxt"), sent, channel="csv")
    assert [each.key[-7:] for each in again if each.unchanged] == ["2015-04"]
    assert len(again) == len(saved) == 13
    with pytest.raises(NotReady, match="2015-04 is signed"):
        drafts.save(session, desk.actor(session, "sub.rxt"), file_of(desk, session, "14"), channel="csv")
    reopen(session, desk, "Some came late.")
    corrected = drafts.save(
        session,
        desk.actor(session, "sub.rxt"),
        file_of(desk, session, "14"),
        channel="csv",
    )
    kinds = session.scalars(
        select(SubmissionEvent.kind)
        .where(SubmissionEvent.due_item_id == desk.due_item_id)
        .order_by(SubmissionEvent.sequence)
    )
    assert list(kinds) == ["uploaded", "sent", "signed", "reopened", "uploaded"]
    assert {each.sequence for each in corrected if each.due_item_id == desk.due_item_id} == {5}
