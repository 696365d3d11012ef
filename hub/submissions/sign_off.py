"""Sending, withdrawing, sending back and signing: the only door from drafts to the ledger.

Check first, then lock: `prepare` checks the draft again outside any write transaction; `sign` then opens it, and
compares digest, definition and the agency's history with what was checked. If one moved, it raises `Moved` and the
caller prepares again. The signature binds to the digest of what the signatory was shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.calendar.agreed import due_day, waivers_on
from hub.calendar.models import DueItem
from hub.clock import now_for, real_now, today_for
from hub.definitions.catalogue import definition, definition_of_version, definition_version_id
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.document import Cell
from hub.facts.ledger import Signing
from hub.facts.ledger import sign as sign_in_ledger
from hub.facts.models import Revision, Words
from hub.findings import Finding, errors, queries
from hub.partners.models import Agency, Partnership
from hub.partners.one_person import one_persons
from hub.partners.policy import Actor
from hub.partners.sharing import refuse_unless_accepted
from hub.submissions import correction_answers, drafted, events, told
from hub.submissions.drafted import DraftRead, finding_key
from hub.submissions.models import SubmissionEvent
from hub.submissions.receipts import Receipt, receipt
from hub.submissions.sent_back import Part, name_parts, parts_of_return
from hub.submissions.windows import check_open
from hub.validation.outcome import Outcome

Recheck = Callable[[Sequence[dict[str, str]]], Outcome]  # the same check that the draft got, of its rows


class Moved(Conflict):
    """Something changed between the check and the signature: check again."""


@dataclass(frozen=True)
class Checked:
    """A draft as it was checked just now, with what must not have moved when it is signed."""

    due_item_id: int
    digest: str
    definition_version_id: int
    history: int  # the agency's last position in this return
    waivers: tuple[tuple[int, str], ...]  # in force when it was checked: request and rule
    cells: tuple[Cell, ...]


def send(session: Session, actor: Actor, due_item_id: int, *, seen: int | None = None) -> events.Standing:
    """Send for sign-off. Errors and unexplained queries block it."""
    person_id = events.person_of(session, actor)
    at = events.lock_one(session, due_item_id)
    events.check_seen(session, at, seen, person_id=person_id)
    events.check_allowed(at, "sent")
    check_open(session, at.item)
    refuse_unless_accepted(session, at.item.partnership_id, at.item.agency_id)
    _ready(drafted.read(session, at.item.partnership_id, due_item_id))
    return _happen(session, actor, at, "sent", action="submission:send", person_id=person_id)


def withdraw(session: Session, actor: Actor, due_item_id: int, *, seen: int | None = None) -> events.Standing:
    """Take back what was sent; it is a draft again."""
    person_id = events.person_of(session, actor)
    at = events.lock_one(session, due_item_id)
    events.check_seen(session, at, seen, person_id=person_id)
    return _happen(session, actor, at, "withdrawn", action="submission:withdraw", person_id=person_id)


def send_back(
    session: Session,
    actor: Actor,
    due_item_id: int,
    *,
    reason: str,
    parts: Sequence[Part] = (),
    seen: int | None = None,
) -> events.Standing:
    """The signatory sends it back, says why, and may name the parts of the return that it is about."""
    person_id = events.person_of(session, actor)
    at = events.lock_one(session, due_item_id)
    events.check_seen(session, at, seen, person_id=person_id)
    words = _needed(reason, "Say why you send it back, so that it can be put right.")
    now = _happen(
        session, actor, at, "sent_back", action="submission:send-back", person_id=person_id, words=words
    )
    if parts and now.last is not None:
        kind = session.get_one(Agency, at.item.agency_id).kind
        asked = definition(session, at.item.return_code)
        name_parts(session, now.last, parts, known=[part for part, _ in parts_of_return(asked, kind)])
    return now


def _needed(reason: str, complaint: str) -> str:
    if not reason.strip():
        raise NotReady(complaint)
    return reason.strip()


def _happen(
    session: Session,
    actor: Actor,
    at: events.Standing,
    kind: events.Kind,
    *,
    action: str,
    person_id: int,
    words: str | None = None,
    revision: Revision | None = None,
) -> events.Standing:
    hands = events.hands_since_sign_off(session, at.item) if kind in told.TOLD_OF else []
    number = None if revision is None else revision.id
    now = events.append(session, at, kind, person_id=person_id, words=words, revision_id=number)
    told.tell_of_event(session, now, hands=hands)
    record(
        session,
        actor=actor.principal,
        action=action,
        subject=f"submission:{at.item.id}",
        partnership_id=at.item.partnership_id,
        detail={"sequence": now.sequence},
        # What is published is read from other partnerships too.
        told_by_position=revision is not None and not revision.published,
    )
    return now


def _ready(draft: DraftRead | None) -> DraftRead:
    """Raise NotReady where errors or unexplained queries stand in the way."""
    if draft is None:
        raise NotReady("Nothing has been entered yet: enter or upload figures first.")
    wrong = len(errors(draft.findings))
    if wrong:
        raise NotReady(f"{_count(wrong, 'error')} must be put right first.")
    unexplained = len(draft.unexplained)
    if unexplained:
        raise NotReady(f"{_count(unexplained, 'query', 'queries')} must be corrected or explained first.")
    return draft


def _count(number: int, one: str, many: str | None = None) -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def prepare(session: Session, due_item_id: int, recheck: Recheck) -> Checked:
    """Check a draft again for signing, outside the write transaction. NotReady where it does not pass now."""
    at = events.standing(session, due_item_id)
    draft = _ready(drafted.read(session, at.item.partnership_id, due_item_id))
    history, waivers = _history(session, at.item), waivers_of(session, at.item)
    if _definition_now(session, draft) != draft.definition_version_id:
        raise NotReady(
            "What this return asks was changed since it was entered. Save it again, so that it is checked anew."
        )
    outcome = recheck(draft.rows)
    part = next((part for part in outcome.parts if part.due_item_id == due_item_id), None)
    if part is None or len(part.rows) != len(draft.rows):
        raise NotReady(
            "The rows can no longer be read as this return. Open the draft and look at its findings."
        )
    # A check of rows numbers them anew; signed figures keep the numbers of the sender's own file.
    own = {int(new["row_no"]): int(old["row_no"]) for new, old in zip(part.rows, draft.rows, strict=True)}
    found = tuple(_renumbered(f, own) for f in drafted.findings_of(outcome, part))
    known = {finding_key(f) for f in queries(found) if not draft.explanations.get(finding_key(f))}
    if errors(found) or known:
        raise NotReady(
            "The check finds more now than when this was sent: "
            f"{_count(len(errors(found)), 'error')}, {_count(len(known), 'unexplained query', 'unexplained queries')}. "
            "Send it back, or have it saved and checked again."
        )
    cells = tuple((own[cell[0]], *cell[1:]) for cell in part.cells)
    return Checked(due_item_id, draft.digest, draft.definition_version_id, history, waivers, cells)


def _renumbered(finding: Finding, own: dict[int, int]) -> Finding:
    if finding.where.row is None:
        return finding
    return replace(finding, where=replace(finding.where, row=own.get(finding.where.row, finding.where.row)))


def _history(session: Session, item: DueItem) -> int:
    query = select(func.max(Revision.position)).where(
        Revision.partnership_id == item.partnership_id,
        Revision.agency_id == item.agency_id,
        Revision.return_code == item.return_code,
    )
    return session.scalar(query) or 0


def waivers_of(session: Session, item: DueItem) -> tuple[tuple[int, str], ...]:
    """The rules of this return that are switched off for its agency today, with the request of each."""
    today = today_for(session.get_one(Partnership, item.partnership_id))
    found = waivers_on(session, item.partnership_id, today, agency_ids=[item.agency_id])
    return tuple((each.id, each.rule) for each in found if each.return_code == item.return_code and each.rule)


def sign(
    session: Session, actor: Actor, checked: Checked, *, shown_digest: str, countersigning: bool = False
) -> Receipt:
    """Sign what was shown. Signing the same again gives the same receipt.

    `countersigning` is the partnership's signature beside the one person of an agency, kept and shown as such.

    Errors: Conflict where the return changed since it was shown, Moved where it changed since it was checked,
    NotAllowed where the person has touched the data and two signatures are asked.
    """
    if actor.kind != "person":
        raise NotAllowed("Only a person can sign: a key never does.")
    at = events.lock_one(session, checked.due_item_id)
    tenant = at.item.partnership_id
    if at.status == "signed" and at.last is not None and at.last.revision_id is not None:
        revision = session.get_one(Revision, (tenant, at.last.revision_id))
        if revision.digest == shown_digest:
            return receipt(session, tenant, revision.id)
    draft = drafted.read(session, tenant, checked.due_item_id)
    if draft is None or draft.digest != shown_digest or at.status == "signed":
        what = events.said(session, at.last, person_id=actor.id) if at.last else "This return changed"
        raise Conflict(f"{what}, after it was shown to you. Nothing was signed: look at it again.")
    _may_sign(session, actor, at, draft)
    beside = one_person_of(session, at.item) if countersigning else None
    if countersigning and beside is None:
        raise NotAllowed(MORE_THAN_ONE)
    check_open(session, at.item)
    refuse_unless_accepted(session, tenant, at.item.agency_id)
    _unmoved(session, at, draft, checked)
    revision = _enter(session, actor, at, draft, checked, beside=beside)
    _happen(session, actor, at, "signed", action="submission:sign", person_id=actor.id, revision=revision)
    correction_answers.signed_with(session, at.item, person_id=actor.id, revision_id=revision.id)
    return receipt(session, tenant, revision.id)


def signatures_needed(session: Session, item: DueItem, version_id: int) -> int:
    """How many persons sign a return of this kind of agency."""
    kind = session.get_one(Agency, item.agency_id).kind
    owes = definition_of_version(session, version_id).owes_for(kind)
    return owes.signatures if owes else 2


def _may_sign(session: Session, actor: Actor, at: events.Standing, draft: DraftRead) -> None:
    _ready(draft)
    if signatures_needed(session, at.item, draft.definition_version_id) == 1:
        events.check_allowed(at, "signed")
        return
    if at.status != "sent":
        _say_what_came_before(session, actor, at)
    if actor.id in events.hands_since_sign_off(session, at.item):
        raise NotAllowed(
            "You have worked on these figures since they were last signed. Another person of your agency must sign them."
        )


def _say_what_came_before(session: Session, actor: Actor, at: events.Standing) -> None:
    """Raise NotReady, saying who took it out of the signatory's hands and when, and what to do first."""
    try:
        events.check_allowed(at, "withdrawn")
    except NotReady as error:
        if at.last is None:
            raise
        raise NotReady(f"{events.said(session, at.last, person_id=actor.id)}. {error.sentence}") from error


MORE_THAN_ONE = (
    "Only the return of an agency with one person is countersigned. This agency has others: one of them signs what another "
    "prepared."
)


def one_person_of(session: Session, item: DueItem) -> int | None:
    """The one person of the agency, where they prepared the return, so that nobody of the agency is left to sign it."""
    person_id = one_persons(session, [item.agency_id], now=real_now()).get(item.agency_id)
    return person_id if person_id in events.hands_since_sign_off(session, item) else None


def _unmoved(session: Session, at: events.Standing, draft: DraftRead, checked: Checked) -> None:
    moved = (
        checked.digest != draft.digest
        or checked.definition_version_id != draft.definition_version_id
        or checked.history != _history(session, at.item)
        or checked.waivers != waivers_of(session, at.item)
        or _definition_now(session, draft) != draft.definition_version_id
    )
    if moved:
        raise Moved("The return or what it is checked against changed meanwhile. It must be checked again.")


def _definition_now(session: Session, draft: DraftRead) -> int:
    """The row of the draft's definition version as it reads now: a draft version's text may change."""
    made_with = definition_of_version(session, draft.definition_version_id)
    now = definition(session, made_with.code, version=made_with.version)
    return definition_version_id(session, now)


def _enter(
    session: Session,
    actor: Actor,
    at: events.Standing,
    draft: DraftRead,
    checked: Checked,
    *,
    beside: int | None,
) -> Revision:
    hands = events.hands_since_sign_off(session, at.item)
    partnership = session.get_one(Partnership, at.item.partnership_id)
    text = definition_of_version(session, draft.definition_version_id)
    signing = Signing(
        partnership_id=at.item.partnership_id,
        due_item_id=at.item.id,
        definition_version_id=draft.definition_version_id,
        rows=draft.rows,
        cells=checked.cells,
        signed_by=actor.id,
        prepared_by=hands[-1] if hands else actor.id,
        at=now_for(partnership),
        channel=draft.channel,
        hands=frozenset(hands),
        due_on=due_day(session, at.item),
        single_signature=signatures_needed(session, at.item, draft.definition_version_id) == 1,
        explanations=draft.explained,
        waivers=checked.waivers,
        countersigned_for=beside,
        reason=_reason(session, at.item),
        source=text.publisher,
        published=text.published,
    )
    return sign_in_ledger(session, [signing])[0]


def _reason(session: Session, item: DueItem) -> str | None:
    """Why the return was last reopened, where it was since its last signature."""
    query = (
        select(Words.body)
        .join(
            SubmissionEvent,
            (SubmissionEvent.words_id == Words.id) & (SubmissionEvent.partnership_id == Words.partnership_id),
        )
        .where(
            SubmissionEvent.partnership_id == item.partnership_id,
            SubmissionEvent.due_item_id == item.id,
            SubmissionEvent.kind == "reopened",
        )
        .order_by(SubmissionEvent.sequence.desc())
        .limit(1)
    )
    return session.scalar(query)
