"""`hub people`: invite, send a new link, list, end roles, disable. How a deployment gets its first administrator."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.partners.models import Grant, Person


def register(subparsers: Any) -> None:
    group = subparsers.add_parser("people", help="invite people, send new links, list and disable them")
    commands = group.add_subparsers(dest="people_command", metavar="ACTION", required=True)
    invite = commands.add_parser("invite", help="let a person hold a role, and print their one-time link")
    invite.add_argument("email")
    invite.add_argument("--role", required=True, help="SUB, SGN, LED, RDR, STW, MGR, BRD, REG, INS or ADM")
    invite.add_argument("--agency", help="the agency’s national code")
    invite.add_argument("--partnership", help="the partnership’s code")
    invite.add_argument("--region", help="the region’s code")
    invite.add_argument("--name", default="", help="how colleagues read the person’s name")
    invite.set_defaults(run=run, act=_invite)
    link = commands.add_parser(
        "link", help="print a new one-time link: forgotten password or lost second factor"
    )
    link.add_argument("email")
    link.add_argument("--lost", choices=("password", "second-factor"), default="password")
    link.set_defaults(run=run, act=_link)
    listing = commands.add_parser("list", help="who is here, with which roles, until when")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    listing.set_defaults(run=run, act=_list)
    for name, words, act in (
        ("disable", "refuse a person from the next request on", _disable),
        ("end-roles", "end every role that a person holds", _end_roles),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("email")
        command.set_defaults(run=run, act=act)


def run(arguments: argparse.Namespace) -> int:
    from hub.config import from_environment
    from hub.db import make_engine, transaction

    engine = make_engine(from_environment().database_url)
    try:
        with transaction(engine) as session:
            print(arguments.act(session, arguments))
    finally:
        engine.dispose()
    return 0


def _invite(session: Session, arguments: argparse.Namespace) -> str:
    from hub.clock import real_now
    from hub.partners import people, queries

    agency = queries.agency(session, arguments.agency) if arguments.agency else None
    partnership = queries.partnership(session, arguments.partnership) if arguments.partnership else None
    region = people.region(session, arguments.region) if arguments.region else None
    person = people.make(session, arguments.email, name=arguments.name)
    grant = people.grant(
        session,
        person,
        arguments.role,
        now=real_now(),
        agency_id=agency.id if agency else None,
        partnership_id=partnership.id if partnership else None,
        region_id=region.id if region else None,
    )
    _record(session, "grant:approve", person, role=grant.role)
    held = f"{person.email} is {grant.role} until {grant.until_at:%-d %B %Y}."
    if people.has_account(session, person.id):
        return f"{held} They sign in as before; no link is needed."
    return f"{held}\nThis link works once, for 7 days:\n{_address(session, person, 'first')}"


def _link(session: Session, arguments: argparse.Namespace) -> str:
    from hub.partners import people

    person = people.require(session, arguments.email)
    purpose = "second_factor" if arguments.lost == "second-factor" else "password"
    if not people.has_account(session, person.id):
        purpose = "first"
    _record(session, "person:link", person, purpose=purpose)
    return f"This link for {person.email} works once, for a day:\n{_address(session, person, purpose)}"


def _list(session: Session, arguments: argparse.Namespace) -> str:
    from hub.clock import real_now
    from hub.partners import people
    from hub.partners.policy import grants_of

    rows: list[dict[str, Any]] = [
        {
            "email": person.email,
            "name": person.name,
            "disabled": person.disabled_at is not None,
            "signs_in": people.has_account(session, person.id),
            "roles": [_role(session, grant) for grant in grants_of(session, person.id, real_now())],
        }
        for person in people.everybody(session)
    ]
    if arguments.format == "json":
        return json.dumps(rows, ensure_ascii=False)
    lines = [f"{row['email']}  {row['name']}{_marks(row)}\n{_roles(row['roles'])}" for row in rows]
    return (
        "\n".join(lines) or "Nobody yet. Invite the first administrator: hub people invite EMAIL --role ADM"
    )


def _disable(session: Session, arguments: argparse.Namespace) -> str:
    from hub.clock import real_now
    from hub.partners import people

    person = people.require(session, arguments.email)
    people.disable(session, person, now=real_now())
    _record(session, "person:disable", person)
    return f"{person.email} is disabled: sign-ins and keys are refused from now on."


def _end_roles(session: Session, arguments: argparse.Namespace) -> str:
    from hub.clock import real_now
    from hub.partners import people

    person = people.require(session, arguments.email)
    ended = people.end_grants(session, person, now=real_now())
    _record(session, "grant:end", person, ended=ended)
    return f"{person.email} holds no role any more ({ended} ended)."


def _address(session: Session, person: Person, purpose: str) -> str:
    from hub.clock import real_now
    from hub.config import from_environment
    from hub.partners import invitations

    settings = from_environment()
    start = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return f"{start}/invitation/{invitations.make(session, person, purpose, now=real_now())}"


def _record(session: Session, action: str, person: Person, **detail: object) -> None:
    from hub.audit.chain import OPERATOR, record

    record(session, actor=OPERATOR, action=action, subject=f"person:{person.id}", detail=detail)


def _role(session: Session, grant: Grant) -> dict[str, str]:
    from hub.partners import people

    return {
        "role": grant.role,
        "over": people.over(session, grant),
        "until": grant.until_at.date().isoformat(),
    }


def _marks(row: dict[str, Any]) -> str:
    return (" (disabled)" if row["disabled"] else "") + ("" if row["signs_in"] else " (has not accepted yet)")


def _roles(roles: list[dict[str, str]]) -> str:
    lines = [f"    {each['role']} {each['over']} until {each['until']}" for each in roles]
    return "\n".join(lines) or "    no role"
