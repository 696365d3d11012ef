"""What a letter says: notices of one recipient, their links, and to whom an answer goes. The words are in hub/post/wording/.

A letter's text never holds a personal link: where one stands, the text has a mark, and `with_links` puts the link in as
the letter leaves. So the outbox can be read by the data team, and copied, without opening anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import periods
from hub.calendar.models import DueItem
from hub.clock import LONDON, today_for
from hub.config import Config
from hub.definitions.catalogue import definition
from hub.definitions.models import PeriodRow
from hub.partners import invitations, invited, people
from hub.partners.models import Agency, Grant, Invitation, Partnership, Person
from hub.partners.roles import matrix
from hub.post import wording
from hub.post.kinds import BROUGHT
from hub.post.models import AgencyContact, AnswerLink, Letter, Notice
from hub.submissions import answer_links, invitations_by_mail, reminders, roles_ending

ANSWERED_BY_LINK = (
    *(kind for kind in reminders.STAGES if kind != reminders.ESCALATED),
    "sent_back",
    "answer-link",
)
NO_DAY = date.max
_MARK = re.compile(r"\{(answer|invitation) link (\d+)\}")


@dataclass(frozen=True)
class Line:
    """One notice in words."""

    kind: str
    partnership: str
    agency: str
    title: str
    period: str
    due: date
    link: str
    past: bool = False  # the due day is over
    answer_link: str = ""
    answer_until: str = ""
    invited: invited.For | None = None  # the link is then a first sign-in

    @property
    def due_on(self) -> str:
        return _day(self.due)


@dataclass(frozen=True)
class Text:
    to: str
    reply_to: str
    subject: str
    body: str


def compose(session: Session, notices: Sequence[Notice], config: Config, *, now: datetime) -> Text:
    """The letter of one recipient's notices, as things stand. `now` is real time: links end on it."""
    first = notices[0]
    person = session.get(Person, first.person_id) if first.person_id else None
    contact = (
        session.get(AgencyContact, (first.partnership_id, first.contact_id)) if first.contact_id else None
    )
    places = {each.partnership_id: session.get_one(Partnership, each.partnership_id) for each in notices}
    lines = [_line(session, each, places[each.partnership_id], config, now=now) for each in notices]
    lines.sort(key=lambda line: line.due)
    names = list(dict.fromkeys(place.name for place in places.values()))
    who = next((place for place in places.values() if place.contact_email), None)
    said = {"notices": lines, "partnerships": names, "first_due": _day(lines[0].due)}
    body = wording.body(
        **said,
        name=person.name if person else contact.name if contact else "",
        contact=contact is not None,
        reason=_reason(first, contact),
        chooses=contact is None and first.kind != invitations_by_mail.KIND,
        sees=invited.SEES,
        account=f"{address(config)}/account",
        replies_reach=who.contact_name if who else "whoever runs this hub",
    )
    to = person.email if person else contact.email if contact else ""
    return Text(to, who.contact_email if who else config.contact_email, wording.subject(**said), body)


def _reason(first: Notice, contact: AgencyContact | None) -> str:
    if first.kind == invitations_by_mail.KIND:
        return "two persons agreed that you should hold a role in the partnership"
    if contact is None:
        return "your role in the partnership has part in it"
    if contact.kind == "senior":
        return "you are named as the senior to whom missing returns of the agency go"
    if contact.kind in ("chief", "chair"):
        return "you are named as the one to whom what stays undone goes in the end"
    return "this mailbox is named for copies of the agency’s mail"


def _line(session: Session, notice: Notice, place: Partnership, config: Config, *, now: datetime) -> Line:
    base = address(config)
    if notice.kind == roles_ending.KIND:
        grant = session.get_one(Grant, int(notice.occasion.split(":")[1]))
        role, until = matrix().roles[grant.role].name, grant.until_at.astimezone(LONDON).date()
        holder = session.get_one(Person, grant.person_id).name
        title = f"The role of {holder}: {role} {people.over(session, grant)}"
        page = "account" if notice.person_id == grant.person_id else "people"
        return Line(notice.kind, place.name, "", title, _day(until), NO_DAY, f"{base}/{page}")
    if brought := BROUGHT.get(notice.kind):
        title, page = brought.title(session, notice), brought.page(session, notice)
        return Line(notice.kind, place.name, "", title, "", NO_DAY, f"{base}{page}")
    if notice.kind == invitations_by_mail.KIND:
        return _invitation(session, notice, place, config, now=now)
    if notice.due_item_id is None:
        return Line(notice.kind, place.name, "", "", "", NO_DAY, f"{base}{_page_of(notice)}")
    item = session.get_one(DueItem, (notice.partnership_id, notice.due_item_id))
    code = session.scalars(select(PeriodRow.code).where(PeriodRow.id == item.period_id)).one()
    agreed = reminders.agreed_days(session, place.id, due_item_ids=[item.id])
    due = agreed.get(item.id, item.due_on)
    line = Line(
        kind=notice.kind,
        partnership=place.name,
        agency=session.get_one(Agency, item.agency_id).name,
        title=definition(session, item.return_code).title,
        period=periods.parse(code).name,
        due=due or NO_DAY,
        link=f"{base}/submissions/{item.id}{'/sign' if notice.kind == 'sent' else ''}",
        past=due is not None and due < today_for(place),
    )
    personal = notice.person_id is not None and notice.kind in ANSWERED_BY_LINK
    if not personal or not answer_links.may_have(session, notice.person_id or 0, item):
        return line
    link = answer_links.link_for(session, notice.person_id or 0, item.id, now=now)
    return replace(
        line,
        answer_link=f"{base}/answer/{{answer link {link.id}}}",
        answer_until=_until(link.expires_at),
    )


def _invitation(
    session: Session, notice: Notice, place: Partnership, config: Config, *, now: datetime
) -> Line:
    grant = session.get_one(Grant, invitations_by_mail.grant_id_of(notice))
    person = session.get_one(Person, grant.person_id)
    link = invitations.by_mail(session, person, secret_key=config.secret_key, now=now)
    said = invited.for_role(session, grant)
    return Line(
        kind=notice.kind,
        partnership=place.name,
        agency="",
        title=said.role,
        period="",
        due=NO_DAY,
        link=f"{address(config)}/invitation/{{invitation link {link.id}}}",
        answer_until=_until(link.expires_at),
        invited=said,
    )


def _until(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{_day(local.date())} at {local:%H:%M}"


def _page_of(notice: Notice) -> str:
    """The page of a notice that is about no return: an upload stands in its occasion."""
    if notice.kind in {"upload-done", "upload-failed"}:
        return f"/upload/{notice.occasion.split(':')[1]}"
    return "/"


def with_links(session: Session, letter: Letter, config: Config) -> str:
    """A letter's text as it leaves: its person's own links in their places."""

    def link(mark: re.Match[str]) -> str:
        kind, number = mark[1], int(mark[2])
        found: AnswerLink | Invitation | None = (
            session.get(AnswerLink, number) if kind == "answer" else session.get(Invitation, number)
        )
        if found is None or found.person_id != letter.person_id:
            return "(no link)"
        token = answer_links.token if kind == "answer" else invitations.mailed_token
        return token(number, secret_key=config.secret_key)

    return _MARK.sub(link, letter.body)


def address(config: Config) -> str:
    """The address that people use; without the setting, where this machine listens."""
    return config.public_url.rstrip("/") or f"http://{config.host}:{config.port}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
