"""From draft to ledger: what blocks, who may sign, what a signature binds to, and what happens twice."""

from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.models import AuditEntry
from hub.definitions.models import FigureRow
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.models import Explanation, Revision, RevisionHand, Words
from hub.facts.moments import as_at
from hub.facts.queries import cells_as_at, facts_as_at
from hub.submissions import drafted, drafts, events, sign_off
from hub.submissions.models import SubmissionEvent
from hub.submissions.queries import grid, my_list, timeline
from tests.submissions.submission_world import (
    AGENCY,
    PERIOD,
    Desk,
    error,
    outcome,
    query,
    read_desk,
    rechecks,
    reopen,
)


@pytest.fixture
def desk(session: Session) -> Desk:
    return read_desk(session)


def save(session: Session, desk: Desk, total: str, *findings: Any, by: str = "sub.rxt", **named: Any) -> Any:
    actor = desk.actor(session, by)
    (saved,) = drafts.save(session, actor, outcome(desk, total, *findings), channel="csv", **named)
    return saved


def draft(session: Session, desk: Desk) -> drafted.DraftRead:
    found = drafted.read(session, desk.world.partnership.id, desk.due_item_id)
    assert found is not None
    return found


def sign(session: Session, desk: Desk, *findings: Any, by: str = "sgn.rxt", shown: str | None = None) -> Any:
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk, *findings))
    digest = shown or draft(session, desk).digest
    return sign_off.sign(session, desk.actor(session, by), checked, shown_digest=digest)


def send(session: Session, desk: Desk, *, by: str = "sub.rxt") -> events.Standing:
    return sign_off.send(session, desk.actor(session, by), desk.due_item_id)


def total(session: Session, desk: Desk) -> int:
    figure = session.scalars(
        select(FigureRow.id).where(FigureRow.return_code == "referrals", FigureRow.breakdown == "total")
    ).one()
    (cell,) = cells_as_at(session, as_at(session, desk.world.partnership), [figure])
    return cell.value


def test_a_return_goes_from_draft_to_the_ledger(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    send(session, desk)
    receipt = sign(session, desk)
    session.commit()
    assert total(session, desk) == 12
    assert (receipt.number, receipt.facts, receipt.agency) == (1, 3, AGENCY)
    assert receipt.signed_by == "SGN of rxt" and receipt.prepared_by == "SUB of rxt"
    kinds = [happened.kind for happened in timeline(session, desk.world.partnership.id, desk.due_item_id)]
    assert kinds == ["uploaded", "sent", "signed"]
    acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()
    assert acts == ["draft:write", "submission:send", "submission:sign"]


def test_signed_figures_keep_the_row_numbers_of_the_senders_file(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    send(session, desk)
    sign(session, desk)
    figures = list(session.scalars(select(FigureRow.id)))
    rows = facts_as_at(session, as_at(session, desk.world.partnership), figures)
    assert sorted((fact.row_no, fact.value) for fact in rows) == [(2, 12), (3, 10), (4, 2)]


def test_a_draft_with_errors_is_kept_as_typed_and_cannot_be_sent(session: Session, desk: Desk) -> None:
    save(session, desk, "twelve", error(desk))
    assert draft(session, desk).rows[0]["referrals_made"] == "twelve"
    with pytest.raises(NotReady, match="1 error must be put right"):
        send(session, desk)


def test_an_unexplained_query_blocks_sending_and_its_words_stay_with_the_figure(
    session: Session, desk: Desk
) -> None:
    save(session, desk, "30", query(desk))
    with pytest.raises(NotReady, match="1 query must be corrected or explained"):
        send(session, desk)
    (asked,) = draft(session, desk).unexplained
    words = {drafted.finding_key(asked): "A new team opened in April."}
    drafts.explain(session, desk.actor(session, "sub.rxt"), desk.due_item_id, words=words)
    send(session, desk)
    sign(session, desk, query(desk, row=1))
    kept = session.scalars(select(Words.body).join(Explanation, Explanation.words_id == Words.id)).one()
    assert kept == "A new team opened in April."


def test_an_explanation_outlives_a_second_upload_but_not_another_value(session: Session, desk: Desk) -> None:
    save(session, desk, "30", query(desk))
    words = {drafted.finding_key(query(desk)): "A new team."}
    drafts.explain(session, desk.actor(session, "sub.rxt"), desk.due_item_id, words=words)
    save(session, desk, "30", query(desk))
    assert draft(session, desk).unexplained == []
    save(session, desk, "31")
    save(session, desk, "30", query(desk))
    assert len(draft(session, desk).unexplained) == 1


def test_an_explanation_outlives_another_file_with_other_row_numbers(session: Session, desk: Desk) -> None:
    save(session, desk, "30", query(desk))
    words = {drafted.finding_key(query(desk)): "Two families of five."}
    actor = desk.actor(session, "sub.rxt")
    drafts.explain(session, actor, desk.due_item_id, words=words)
    drafts.save(session, actor, outcome(desk, "30", query(desk, row=1), first_row=1), channel="form")
    assert draft(session, desk).unexplained == []
    drafts.save(session, actor, outcome(desk, "30", query(desk, row=2), first_row=1), channel="form")
    assert len(draft(session, desk).unexplained) == 1  # now of another line


def test_nobody_signs_what_they_touched(session: Session, desk: Desk) -> None:
    save(session, desk, "12", by="sgn.rxt")
    save(session, desk, "13")
    send(session, desk)
    with pytest.raises(NotAllowed, match="Another person"):
        sign(session, desk)
    assert session.scalar(select(func.count()).select_from(Revision)) == 0


def test_what_was_touched_before_the_last_signature_does_not_count(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    send(session, desk)
    sign(session, desk)
    reopen(session, desk, "One was counted twice.")
    save(session, desk, "11", by="sgn.rxt")
    send(session, desk)
    receipt = sign(session, desk, by="sub.rxt")  # the roles are the guard's; the persons are the rule's
    assert receipt.number == 2
    assert total(session, desk) == 11
    hands = session.scalars(
        select(RevisionHand.person_id).where(RevisionHand.revision_id == receipt.revision_id)
    ).all()
    assert hands == [desk.world.people["sgn.rxt"].id]
    revision = session.scalars(select(Revision).where(Revision.number == 2)).one()
    assert session.scalars(select(Words.body).where(Words.id == revision.reason_id)).one() == (
        "One was counted twice."
    )


def test_two_signatures_need_sending_first(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    with pytest.raises(NotReady, match="send it for sign-off first"):
        sign(session, desk)


def test_signing_twice_is_signing_once_with_the_same_receipt(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    send(session, desk)
    shown = draft(session, desk).digest
    first, again = sign(session, desk, shown=shown), sign(session, desk, shown=shown)
    assert first == again
    assert session.scalar(select(func.count()).select_from(Revision)) == 1


def test_a_signature_binds_to_what_was_shown(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    shown = draft(session, desk).digest
    save(session, desk, "13")
    send(session, desk)
    with pytest.raises(Conflict, match=r"SUB of rxt sent this return for sign-off .* after it was shown"):
        sign(session, desk, shown=shown)


def test_what_moved_since_the_check_must_be_checked_again(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    checked = sign_off.prepare(session, desk.due_item_id, rechecks(desk))
    save(session, desk, "13")
    send(session, desk)
    with pytest.raises(sign_off.Moved):
        sign_off.sign(
            session,
            desk.actor(session, "sgn.rxt"),
            checked,
            shown_digest=draft(session, desk).digest,
        )


def test_a_check_that_finds_more_now_stops_the_signature(session: Session, desk: Desk) -> None:
    save(session, desk, "30")
    send(session, desk)
    with pytest.raises(NotReady, match="0 errors, 1 unexplained query"):
        sign(session, desk, query(desk, row=1))


def test_a_stale_edit_is_told_who_and_what(session: Session, desk: Desk) -> None:
    first = save(session, desk, "12")
    save(session, desk, "13", by="led.rxt", seen={desk.due_item_id: first.sequence})
    with pytest.raises(Conflict, match="LED of rxt uploaded this return on 18 May 2015"):
        save(session, desk, "14", seen={desk.due_item_id: first.sequence})
    assert draft(session, desk).rows[0]["referrals_made"] == "13"


def test_an_upload_over_anothers_draft_says_whose(session: Session, desk: Desk) -> None:
    save(session, desk, "12", by="led.rxt")
    assert "LED of rxt uploaded" in save(session, desk, "13").replaced


def test_what_was_sent_waits_and_can_be_withdrawn_or_sent_back(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    send(session, desk)
    with pytest.raises(NotReady, match="withdraw it"):
        save(session, desk, "13")
    sign_off.withdraw(session, desk.actor(session, "sub.rxt"), desk.due_item_id)
    send(session, desk)
    with pytest.raises(NotReady, match="Say why"):
        sign_off.send_back(session, desk.actor(session, "sgn.rxt"), desk.due_item_id, reason=" ")
    sign_off.send_back(session, desk.actor(session, "sgn.rxt"), desk.due_item_id, reason="May is in it.")
    (listed,) = my_list(session, None, due_item_ids=[desk.due_item_id])
    assert (listed.status, listed.answer) == ("sent_back", "sent back")
    assert save(session, desk, "13").status == "draft"


def test_a_signed_return_is_corrected_once_it_is_reopened(session: Session, desk: Desk) -> None:
    save(session, desk, "12")
    send(session, desk)
    sign(session, desk)
    assert save(session, desk, "12").unchanged
    with pytest.raises(NotReady, match="ask on its page for it to be reopened"):
        save(session, desk, "13")
    reopen(session, desk, "One came late.")
    save(session, desk, "13")
    assert total(session, desk) == 12  # what was signed stands until the correction is
    send(session, desk)
    sign(session, desk)
    assert total(session, desk) == 13
    listed = grid(session, desk.world.partnership.id, return_code="referrals")[AGENCY, PERIOD]
    assert (listed.revisions, listed.answer) == (2, "corrected")


def test_statuses_fold_to_what_the_last_event_says(session: Session, desk: Desk) -> None:
    test_a_signed_return_is_corrected_once_it_is_reopened(session, desk)
    history = session.scalars(select(SubmissionEvent).order_by(SubmissionEvent.sequence)).all()
    kinds = [event.kind for event in history]
    for length in range(1, len(kinds) + 1):
        assert events.fold(kinds[:length]) == history[length - 1].status
    with pytest.raises(ValueError, match="cannot happen"):
        events.fold(["saved", "signed", "saved"])
