"""One round of the post: what the calendar reminds of, which notices make letters now, and sending them.

Run by the worker of `hub serve` and by `hub remind`, alone or several at once. An illustrative partnership's letters are
made on its own clock, shown in the outbox and never sent.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hub import db
from hub.audit.chain import OPERATOR, record
from hub.calendar.local import local_calendar
from hub.calendar.models import DueItem
from hub.clock import london_date, now_for, real_now
from hub.config import Config
from hub.db import new_id
from hub.partners.models import Agency, Partnership
from hub.post import outbox
from hub.post.kinds import attachment_of, has_attachment
from hub.post.mail import Mail, Permanent, Postbox, Temporary
from hub.post.models import Letter, Notice, PostChoice
from hub.post.postbox import sender_domain
from hub.submissions import invitations_by_mail, letters, reminders, roles_ending, still_wanted
from hub.submissions.post_times import days_for, next_opening

GATHERING, REMINDING = "post", "reminders"
AT_ONCE = (
    "test",
    "answer-link",
    "upload-done",
    "upload-failed",
)  # somebody waits for it: no window
ALONE = (*AT_ONCE, invitations_by_mail.KIND)  # a letter of its own, in no digest
REMINDED_EVERY = timedelta(minutes=30)
NOBODY_TO_ANSWER = "There is no address for answers: enter the data team’s contact, then send it again."


@dataclass(frozen=True)
class Sent:
    sent: int = 0
    later: int = 0  # failed this time
    failed: int = 0  # for good


Reminder = Callable[[Session, Partnership], int]


def remind_all(session: Session, others: Sequence[Reminder] = ()) -> int:
    """The reminders of every partnership's today, of roles that end and of invitations; returns how many are new.

    `others` are the reminders of rooms that know nothing of returns, as questions to the Board.
    """
    places = session.scalars(select(Partnership).order_by(Partnership.id)).all()
    ending = roles_ending.warn(session, now=real_now())
    ending += invitations_by_mail.invite(session, now=real_now())
    return ending + sum(remind(session, place) for place in places for remind in (reminders.remind, *others))


def remind_if_time(engine: Engine, others: Sequence[Reminder] = ()) -> None:
    """`remind_all`, now and then: the calendar moves by days."""
    with db.open_session(engine) as session:
        last = outbox.last_round(session, REMINDING)
    if last is not None and last > real_now() - REMINDED_EVERY:
        return
    with db.transaction(engine) as session:
        outbox.begin_round(session, REMINDING, now=real_now())
        remind_all(session, others)


def gather(session: Session, config: Config) -> list[Letter]:
    """Make letters of the notices that may go now, and drop those that are no longer true. Returns the new letters."""
    now = real_now()
    outbox.begin_round(session, GATHERING, now=now)
    made: list[Letter] = []
    for group in _by_recipient(session, outbox.waiting_notices(session)):
        made += _letters_of(session, group, config, now=now)
    if made:
        record(
            session, actor=OPERATOR, action="post:letters", subject="outbox", detail={"letters": len(made)}
        )
    return made


def _by_recipient(session: Session, notices: Iterable[Notice]) -> Iterable[list[Notice]]:
    """Notices of one recipient on one clock: illustrative partnerships each have their own."""
    groups: dict[tuple[int | None, int | None, int], list[Notice]] = {}
    for notice in notices:
        place = session.get_one(Partnership, notice.partnership_id)
        clock = place.id if place.illustrative else 0
        groups.setdefault((notice.person_id, notice.contact_id, clock), []).append(notice)
    return groups.values()


def _letters_of(session: Session, notices: list[Notice], config: Config, *, now: datetime) -> list[Letter]:
    place = session.get_one(Partnership, notices[0].partnership_id)
    moment = now_for(place)
    for notice_id, why in still_wanted.why_not(session, notices).items():
        outbox.drop(next(each for each in notices if each.id == notice_id), why, now=now)
    wanted = [each for each in notices if each.dropped_at is None]
    going = [each for each in wanted if each.kind in AT_ONCE or not _waits(session, each)]
    alone = [each for each in going if each.kind in ALONE or has_attachment(each.kind)]
    ready = [each for each in going if each not in alone]
    made = [_letter(session, [each], config, now=now) for each in alone]
    if not ready:
        return made
    if not _wants_digest(session, ready[0]):
        return made + [_letter(session, [each], config, now=now) for each in ready]
    day_key = f"{_recipient(ready[0])}:{place.id if place.illustrative else 0}:{london_date(moment)}"
    if session.scalar(select(Letter.id).where(Letter.day_key == day_key)) is not None:
        return made  # today's digest is out: these wait for tomorrow's
    return [*made, _letter(session, ready, config, now=now, day_key=day_key)]


def _waits(session: Session, notice: Notice) -> timedelta:
    """How long until mail about this may go: nothing, within the hours of its partnership's own clock."""
    place = session.get_one(Partnership, notice.partnership_id)
    days = days_for(_agency_kind(session, notice), local_calendar(session, place.code))
    moment = now_for(place)
    return next_opening(moment, days) - moment


def _agency_kind(session: Session, notice: Notice) -> str:
    """Of the agency that is written to; the data team, to whom things go in the end, keeps no terms."""
    if notice.due_item_id is None or notice.kind == reminders.ESCALATED:
        return ""
    query = (
        select(Agency.kind)
        .join(DueItem, DueItem.agency_id == Agency.id)
        .where(DueItem.partnership_id == notice.partnership_id, DueItem.id == notice.due_item_id)
    )
    return session.scalars(query).one()


def _wants_digest(session: Session, notice: Notice) -> bool:
    """One mail a day, unless the person chose single ones. A contact, who cannot choose, gets one."""
    choice = session.get(PostChoice, notice.person_id) if notice.person_id else None
    return choice is None or choice.digest


def _recipient(notice: Notice) -> str:
    return f"contact:{notice.contact_id}" if notice.contact_id else f"person:{notice.person_id}"


def _letter(
    session: Session, notices: list[Notice], config: Config, *, now: datetime, day_key: str | None = None
) -> Letter:
    number, place = new_id(), session.get_one(Partnership, notices[0].partnership_id)
    text = letters.compose(session, notices, config, now=now)
    letter = Letter(
        id=number,
        message_id=f"<letter-{number}@{sender_domain(config)}>",
        recipient=_recipient(notices[0]),
        person_id=notices[0].person_id,
        day_key=day_key,
        partnerships=len({each.partnership_id for each in notices}),
        to_address=text.to,
        reply_to=text.reply_to,
        subject=text.subject,
        body=text.body,
        state="shown" if place.illustrative else "waiting" if text.reply_to else "failed",
        made_at=now,
        next_at=now,
        fault="" if text.reply_to or place.illustrative else NOBODY_TO_ANSWER,
    )
    session.add(letter)
    session.flush()
    for notice in notices:
        notice.letter_id = number
    return letter


def send_waiting(engine: Engine, config: Config, box: Postbox) -> Sent:
    """Send every letter whose time has come, one by one: claimed in one transaction, settled in another."""
    sent = later = failed = 0
    while mail := _next_mail(engine, config):
        try:
            box.send(mail[1])
        except Temporary as fault:
            later += 1
            _settle(engine, mail[0], fault=fault)
        except Permanent as fault:
            failed += 1
            _settle(engine, mail[0], fault=fault)
        else:
            sent += 1
            _settle(engine, mail[0])
    return Sent(sent, later, failed)


def _next_mail(engine: Engine, config: Config) -> tuple[int, Mail] | None:
    """The next letter, looked at once more: what is no longer true is taken out of it, and it may fall away whole."""
    while True:
        with db.transaction(engine) as session:
            letter = outbox.claim(session, now=real_now())
            if letter is None:
                return None
            if _as_things_stand(session, letter, config):
                first = outbox.notices_of(session, letter)[0]
                return letter.id, Mail(
                    letter.message_id,
                    letter.to_address,
                    letter.reply_to,
                    letter.subject,
                    letters.with_links(session, letter, config),
                    letter.made_at,
                    attachment_of(session, first),
                )


def _as_things_stand(session: Session, letter: Letter, config: Config) -> bool:
    """Bring a claimed letter up to date; False where it does not go now."""
    now, notices = real_now(), outbox.notices_of(session, letter)
    waits = min((_waits(session, each) for each in notices if each.kind not in AT_ONCE), default=timedelta())
    if waits:
        letter.next_at, letter.leased_until = now + waits, None
        letter.attempts -= 1
        return False
    for notice_id, why in still_wanted.why_not(session, notices).items():
        outbox.drop(next(each for each in notices if each.id == notice_id), why, now=now)
    left = [each for each in notices if each.dropped_at is None]
    if not left:
        letter.state, letter.leased_until, letter.fault = "dropped", None, still_wanted.DONE
        return False
    text = letters.compose(session, left, config, now=now)
    letter.to_address, letter.reply_to = text.to, text.reply_to
    letter.subject, letter.body = text.subject, text.body
    if not text.reply_to:
        letter.state, letter.leased_until, letter.fault = "failed", None, NOBODY_TO_ANSWER
    return bool(text.reply_to)


def _settle(engine: Engine, letter_id: int, *, fault: Temporary | Permanent | None = None) -> None:
    with db.transaction(engine) as session:
        if fault is None:
            outbox.sent(session, letter_id, now=real_now())
        elif isinstance(fault, Permanent):
            outbox.refused(session, letter_id, str(fault))
        else:
            outbox.failed(session, letter_id, str(fault), now=real_now())
    if fault is not None:
        logging.getLogger("hub").warning("letter %s was not sent: %s", letter_id, type(fault).__name__)
