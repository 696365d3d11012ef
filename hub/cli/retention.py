"""`hub retention`: how long each class of typed text is kept, what the job would blank next, and a run of it."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from hub.partners.models import Partnership


def register(subparsers: Any) -> None:
    group = subparsers.add_parser("retention", help="how long typed text is kept, and the job that blanks it")
    commands = group.add_subparsers(dest="retention_command", metavar="ACTION", required=True)
    show = commands.add_parser("show", help="the schedule, holds, and what is due to be blanked")
    show.add_argument("--format", choices=("text", "json"), default="text")
    run_job = commands.add_parser(
        "run", help="blank what is due; two persons who may ask and agree are named"
    )
    run_job.add_argument("--asked-by", required=True, metavar="EMAIL")
    run_job.add_argument("--agreed-by", required=True, metavar="EMAIL")
    run_job.add_argument("--reason", required=True)
    for command, act in ((show, _show), (run_job, _run)):
        command.add_argument("--partnership", required=True, metavar="ID")
        command.set_defaults(run=run, act=act)


def run(arguments: argparse.Namespace) -> int:
    import hub.models  # noqa: F401  (every table that keeps text)
    from hub.config import from_environment
    from hub.db import make_engine, transaction
    from hub.partners.queries import partnership

    engine = make_engine(from_environment().database_url)
    try:
        with transaction(engine) as session:
            print(arguments.act(session, partnership(session, arguments.partnership), arguments))
    finally:
        engine.dispose()
    return 0


def _show(session: Session, partnership: Partnership, arguments: argparse.Namespace) -> str:
    from hub.partners.retention import schedule

    kept = schedule(session, partnership)
    if arguments.format == "json":
        rows = [
            {
                "class": each.text_class.code,
                "years": each.years,
                "held": each.held,
                "due_before": each.due_before.isoformat() if each.due_before else None,
                "due": each.due,
            }
            for each in kept
        ]
        return json.dumps({"partnership": partnership.code, "classes": rows}, ensure_ascii=False)
    return "\n".join(
        f"{each.text_class.title}: {f'{each.years} years' if each.years else 'for good'}"
        f"{', held' if each.held else f'; {each.due} due to be blanked' if each.due_before else ''}"
        for each in kept
    )


def _run(session: Session, partnership: Partnership, arguments: argparse.Namespace) -> str:
    from hub.errors import NotAllowed
    from hub.partners import people, retention
    from hub.partners.policy import Permission, actor_for, may

    persons = []
    for email, permission in (
        (arguments.asked_by, Permission.RETENTION_ASK),
        (arguments.agreed_by, Permission.RETENTION_AGREE),
    ):
        person = people.require(session, email)
        if not may(session, actor_for(session, person.id), permission, partnership_id=partnership.id):
            raise NotAllowed(f"{email} may not do this in {partnership.name}.")
        persons.append(person.id)
    change = retention.ask(
        session,
        partnership,
        person_id=persons[0],
        kind="run",
        class_code=retention.ALL,
        years=None,
        reason=arguments.reason,
    )
    retention.decide(session, partnership, change.id, "agreed", person_id=persons[1])
    return f"{change.blanked} texts were blanked."
