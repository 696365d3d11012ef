"""`hub keys`: an agency's API keys for the host's operator. A key is printed once; signatories make theirs in the browser."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.partners.models import ApiKey


def register(subparsers: Any) -> None:
    group = subparsers.add_parser("keys", help="make, list, replace and end agencies' API keys")
    commands = group.add_subparsers(dest="keys_command", metavar="ACTION", required=True)
    make = commands.add_parser("make", help="print a new key, this once")
    make.add_argument("email", help="the person of the agency who answers for the key")
    make.add_argument("--agency", required=True, help="the agency’s national code")
    make.add_argument("--days", type=int, default=365, help="how long it lasts, 365 at most")
    make.add_argument("--name", default="", help="which system uses it")
    make.set_defaults(run=run, act=_make)
    listing = commands.add_parser("list", help="an agency’s keys that have not been ended")
    listing.add_argument("--agency", required=True, help="the agency’s national code")
    listing.add_argument("--format", choices=("text", "json"), default="text")
    listing.set_defaults(run=run, act=_list)
    for name, words, act in (
        ("rotate", "print a key in place of one that ends at once", _rotate),
        ("revoke", "refuse a key from the next request on", _revoke),
    ):
        command = commands.add_parser(name, help=words)
        command.add_argument("key", type=int, metavar="NUMBER", help="the key’s number in the list")
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


def _make(session: Session, arguments: argparse.Namespace) -> str:
    from hub.clock import real_now
    from hub.errors import NotReady
    from hub.partners import keys, people, queries
    from hub.partners.policy import grants_of

    owner, agency = people.require(session, arguments.email), queries.agency(session, arguments.agency)
    if not any(held.agency_id == agency.id for held in grants_of(session, owner.id, real_now())):
        raise NotReady(
            f"{owner.email} holds no role at {agency.name}, and a key answers to somebody of its agency."
        )
    key, text = keys.make(
        session,
        agency_id=agency.id,
        owner_id=owner.id,
        name=arguments.name,
        now=real_now(),
        days=arguments.days,
    )
    _record(session, "key:make", key)
    return _shown(key, text)


def _list(session: Session, arguments: argparse.Namespace) -> str:
    from hub.partners import keys, queries
    from hub.partners.models import Person

    agency = queries.agency(session, arguments.agency)
    rows = [
        {
            "number": key.id,
            "name": key.name,
            "owner": session.get_one(Person, key.owner_person_id).email,
            "until": key.expires_at.date().isoformat(),
        }
        for key in keys.of_agency(session, agency.id)
        if key.revoked_at is None
    ]
    if arguments.format == "json":
        return json.dumps(rows, ensure_ascii=False)
    lines = [f"{row['number']}  {row['name']}  {row['owner']}  until {row['until']}" for row in rows]
    return "\n".join(lines) or f"{agency.name} has no key."


def _rotate(session: Session, arguments: argparse.Namespace) -> str:
    from hub.clock import real_now
    from hub.partners import keys

    fresh, text = keys.rotate(session, _key(session, arguments.key), now=real_now())
    _record(session, "key:rotate", fresh)
    return _shown(fresh, text)


def _revoke(session: Session, arguments: argparse.Namespace) -> str:
    from hub.clock import real_now
    from hub.partners import keys

    key = _key(session, arguments.key)
    keys.revoke(session, key, now=real_now())
    _record(session, "key:revoke", key)
    return f"The key “{key.name}” is refused from now on."


def _key(session: Session, number: int) -> ApiKey:
    from hub.errors import NotFound
    from hub.partners.models import ApiKey

    found = session.get(ApiKey, number) if 0 <= number < 2**63 else None
    if found is None:
        raise NotFound(f"There is no key with the number {number}: see hub keys list.")
    return found


def _shown(key: ApiKey, text: str) -> str:
    return (
        f"{text}\nThis key is shown this once. Its number is {key.id}; it ends on {key.expires_at:%-d %B %Y}."
    )


def _record(session: Session, action: str, key: ApiKey) -> None:
    from hub.audit.chain import OPERATOR, record

    detail = {"agency": key.agency_id}
    record(session, actor=OPERATOR, action=action, subject=f"key:{key.id}", detail=detail)
