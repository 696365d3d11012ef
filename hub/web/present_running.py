"""What the pages around running a partnership show: its duties with their pages, its agencies in words."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import url_for
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.clock import london_date, real_now, today_for
from hub.partners import reviews
from hub.partners.models import Agency, AgencyCode, AgencyName, Grant, Membership, Partnership, Succession
from hub.partners.policy import Permission, Place
from hub.partners.roles import SOME
from hub.partners.sharing_models import Practice
from hub.web import reach
from hub.web.present_lists import own_lists
from hub.web.present_rows import judged_returns

KINDS = {
    "council": "Council",
    "nhs_trust": "NHS trust",
    "nhs_commissioner": "NHS commissioner",
    "nhs_england": "NHS England",
    "police": "Police force",
    "school": "School",
    "other": "Other body",
}


SHOWN_PRACTICES = 20


@dataclass(frozen=True)
class Duty:
    """A page that the data team works on, for whoever may."""

    text: str
    about: str
    href: str


@dataclass(frozen=True)
class AgencyRow:
    agency: Agency
    kind: str
    from_on: date
    until_on: date | None
    takes_part: bool
    signatories: int
    review_due: bool  # its people have not been looked through when they should have been


def duties(partnership: Partnership) -> list[Duty]:
    """In the order in which a new partnership needs them."""
    code = partnership.code
    pages = [
        (Permission.PARTNERSHIP_RUN, "Particulars and areas", "name, contact, council, what members see of one another", "running.about"),
        (Permission.PARTNERSHIP_RUN, "Agencies", "who takes part from when until when, contacts", "running_agencies.listing"),
        (Permission.REQUEST_GRANT, "What two persons agree to", "more time, exceptions, waivers, reopenings and locks", "requests.listing"),
        (Permission.PARTNERSHIP_RUN, "Calendar", "teaching dates, bank holidays, when windows close", "running.calendar"),
        (Permission.PARTNERSHIP_RUN, "Definitions", "returns, code lists, mappings and measures in force; new versions", "running_definitions.listing"),
        (Permission.PARTNERSHIP_RUN, "Mappings", "how files with columns of their own are read: whose, which version, last used", "running_mappings.listing"),
        (Permission.DEFINITION_MANAGE, "The same reason again", "queries explained in the same words for four periods running", "reasons.listing"),
        (Permission.PARTNERSHIP_RUN, "Information sharing", "the agreement, and which agencies accepted it", "running_sharing.listing"),
        (Permission.PARTNERSHIP_RUN, "Retention", "how long typed text is kept, legal holds, the job that blanks", "running_retention.page"),
        (Permission.CONTRACT_QUESTION, "Contracts outside the arrangements", "the same provider twice, paid for twice, bought outside", "contracts.contracts"),
        (Permission.PEOPLE_SEE, "People and roles of the partnership", "data team, business manager, Board, inspectors", "people.of_partnership"),
        (Permission.MEETING_RUN, "Groups and meetings", "who meets how often, what is planned, who came", "meetings_running.groups"),
        (Permission.OUTBOX_MANAGE, "Outbox", "mail that was written, sent, failed; a test mail", "post.listing"),
        (Permission.OUTBOX_MANAGE, "Jobs", "work done beside the pages", "post.jobs"),
        (Permission.GRANT_PROPOSE, "Add many people", "proposals for roles from a list", "running_people.bulk"),
    ]  # fmt: skip
    found = [
        Duty(text, about, url_for(endpoint, partnership=code))
        for permission, text, about, endpoint in pages
        if reach.may_here(
            permission,
            Place(partnership_id=partnership.id),
            only=SOME if permission is Permission.GRANT_PROPOSE else None,
        )
    ]
    return found + _lists(partnership) + _judging(partnership)


def _lists(partnership: Partnership) -> list[Duty]:
    """A page for each list to which the partnership adds lines of its own."""
    if not reach.may_here(Permission.PARTNERSHIP_RUN, Place(partnership_id=partnership.id)):
        return []
    return [
        Duty(
            codelist.title,
            "the lines that this partnership adds, with their dates",
            url_for("running_lists.one", partnership=partnership.code, name=codelist.code),
        )
        for codelist in own_lists(transaction.reading())
    ]


def _judging(partnership: Partnership) -> list[Duty]:
    """A page for each return with rows that the partnership judges."""
    if not reach.may_here(Permission.ROW_JUDGE, Place(partnership_id=partnership.id)):
        return []
    return [
        Duty(
            definition.title,
            ", ".join(table.judged.title.lower() for table in definition.breakdowns if table.judged),
            url_for("rows.listing", partnership=partnership.code, code=definition.code),
        )
        for definition in judged_returns(transaction.reading())
    ]


def agencies(session: Session, partnership: Partnership) -> list[AgencyRow]:
    """Every membership, those that hold today first, each with how many can sign."""
    today, now = today_for(partnership), real_now()
    signing = (
        select(Grant.agency_id, func.count(Grant.person_id.distinct()))
        .where(
            Grant.role == "SGN",
            Grant.ended_at.is_(None),
            Grant.from_at <= now,
            Grant.until_at > now,
            Grant.approved_by.is_not(None) | Grant.proposed_by.is_(None),
        )
        .group_by(Grant.agency_id)
    )
    signatories: dict[int | None, int] = dict(session.execute(signing).all())
    rows = session.execute(
        select(Agency, Membership)
        .join(Membership, Membership.agency_id == Agency.id)
        .where(Membership.partnership_id == partnership.id)
        .order_by(Agency.kind, Agency.name, Membership.from_on)
    ).all()
    looked = reviews.last_reviews(session, [agency.id for agency, _held in rows])
    real_today = london_date(now)
    found = [
        AgencyRow(
            agency=agency,
            kind=KINDS.get(agency.kind, agency.kind),
            from_on=held.from_on,
            until_on=held.until_on,
            takes_part=held.from_on <= today and (held.until_on is None or today <= held.until_on),
            signatories=signatories.get(agency.id, 0),
            review_due=reviews.is_due(agency.kind, looked.get(agency.id), real_today),
        )
        for agency, held in rows
    ]
    return sorted(found, key=lambda row: not row.takes_part)


def known_as(session: Session, agency: Agency) -> list[str]:
    """Other codes and names of the agency, and the bodies before and after it, as sentences."""
    codes = session.scalars(select(AgencyCode).where(AgencyCode.agency_id == agency.id))
    names = session.scalars(select(AgencyName).where(AgencyName.agency_id == agency.id))
    said = [f"{code.scheme.upper()} code {code.code}{_dates(code.from_on, code.until_on)}" for code in codes]
    said += [
        f"called {each.name}{_dates(each.from_on, each.until_on)}"
        for each in names
        if each.name != agency.name
    ]
    for row in session.scalars(select(Succession).where(Succession.from_agency_id == agency.id)):
        said.append(
            f"became part of {session.get_one(Agency, row.to_agency_id).name} on {row.on_date:%-d %B %Y}"
        )
    for row in session.scalars(select(Succession).where(Succession.to_agency_id == agency.id)):
        said.append(
            f"took over {session.get_one(Agency, row.from_agency_id).name} on {row.on_date:%-d %B %Y}"
        )
    return said


def practices(session: Session, partnership_id: int, agency_id: int) -> list[Practice]:
    """The practice returns of an agency, the latest first."""
    query = select(Practice).where(Practice.partnership_id == partnership_id, Practice.agency_id == agency_id)
    return list(session.scalars(query.order_by(Practice.at.desc()).limit(SHOWN_PRACTICES)))


def as_csv(cells: Mapping[str, str]) -> str:
    """One line under its heading."""
    out = io.StringIO()
    csv.writer(out).writerows([list(cells), list(cells.values())])
    return out.getvalue()


def _dates(from_on: date | None, until_on: date | None) -> str:
    start = f" from {from_on:%-d %B %Y}" if from_on else ""
    return start + (f" until {until_on:%-d %B %Y}" if until_on else "")
