"""`hub remind`: what is due, overdue or waiting, told to whom it concerns; run by the host's scheduler, or by hand.

A running `hub serve` does the same by itself; both may run at once. `--dry-run` changes nothing and sends nothing.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

    from hub.config import Config
    from hub.post.models import Letter


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("remind", help="send what is due, overdue or waiting to whom it concerns")
    parser.add_argument("--dry-run", action="store_true", help="print what would go, and change nothing")
    parser.add_argument("--format", choices=("text", "json"), default="text")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub.config import from_environment
    from hub.db import make_engine, open_session
    from hub.partners.deployment import refuse_other_profiles

    config = from_environment()
    engine = make_engine(config.database_url)
    try:
        with open_session(engine) as session:
            refuse_other_profiles(session)
        told = _would_go(engine, config) if arguments.dry_run else _sent(engine, config)
    finally:
        engine.dispose()
    print(json.dumps(told, ensure_ascii=False) if arguments.format == "json" else _text(told))
    return 1 if told.get("failed") else 0


def _would_go(engine: Engine, config: Config) -> dict[str, Any]:
    """Everything is worked out in one transaction, which is then taken back."""
    from sqlalchemy import select

    from hub.board import reminders
    from hub.calendar.ahead import keep_ahead
    from hub.db import open_session
    from hub.post.models import Letter
    from hub.submissions import post_round

    with open_session(engine, writing=True) as session:
        keep_ahead(session)
        post_round.remind_all(session, reminders.EVERY)
        new = post_round.gather(session, config)
        waiting = session.scalars(
            select(Letter)
            .where(Letter.state == "waiting", Letter.id.not_in([each.id for each in new]))
            .order_by(Letter.next_at)
        ).all()
        told = {"dry_run": True, "letters": [_as_json(session, each) for each in (*waiting, *new)]}
        session.rollback()
    return told


def _sent(engine: Engine, config: Config) -> dict[str, Any]:
    from hub.agreements.watch.months import keep_months
    from hub.board import reminders
    from hub.cli import due
    from hub.db import transaction
    from hub.post.postbox import postbox
    from hub.submissions import post_round

    box = postbox(config)
    keep_months(engine)
    due.grow(config.database_url)
    with transaction(engine) as session:
        post_round.remind_all(session, reminders.EVERY)
        new = post_round.gather(session, config)
        letters = [_as_json(session, each) for each in new]
    sent = post_round.send_waiting(engine, config, box) if box else post_round.Sent()
    return {
        "dry_run": False,
        "letters": letters,
        "sent": sent.sent,
        "later": sent.later,
        "failed": sent.failed,
        "mail_service": box is not None,
    }


def _as_json(session: Session, letter: Letter) -> dict[str, Any]:
    from hub.partners.models import Partnership
    from hub.post.outbox import notices_of

    return {
        "to": letter.to_address,
        "subject": letter.subject,
        "state": letter.state,
        "notices": [
            {
                "kind": notice.kind,
                "partnership": session.get_one(Partnership, notice.partnership_id).code,
                "submission": notice.due_item_id,
            }
            for notice in notices_of(session, letter)
        ],
    }


def _text(told: dict[str, Any]) -> str:
    lines = [
        f"{each['to']}  {each['subject']}"
        + (" (shown in the outbox only)" if each["state"] == "shown" else "")
        for each in told["letters"]
    ]
    if told["dry_run"]:
        return "\n".join([*lines, f"{len(lines)} letters would go. Nothing was changed."])
    done = f"{len(lines)} new letters, {told['sent']} sent, {told['later']} to be tried again, {told['failed']} refused."
    if not told["mail_service"]:
        done += " No mail service is set (HUB_SMTP_HOST): letters wait in the outbox."
    return "\n".join([*lines, done])
