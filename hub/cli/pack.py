"""`hub pack`: the sealed PDF of a meeting's pack, as it was issued."""

from __future__ import annotations

import argparse
from typing import Any


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser("pack", help="write the frozen, sealed pack of a meeting as PDF")
    parser.add_argument("meeting", metavar="MEETING", help="group and day: board/2015-06-02")
    parser.add_argument("--partnership", metavar="ID", help="needed where there is more than one")
    parser.add_argument("-o", "--output", required=True, metavar="FILE.pdf")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from pathlib import Path

    from hub.config import from_environment
    from hub.db import make_engine, open_session
    from hub.errors import WrongUsage

    engine = make_engine(from_environment().database_url)
    try:
        with open_session(engine) as session:
            pdf = _pdf(session, arguments.partnership, arguments.meeting)
    finally:
        engine.dispose()
    try:
        Path(arguments.output).write_bytes(pdf)
    except OSError as error:
        raise WrongUsage(f"{arguments.output} cannot be written.") from error
    print(f"Written to {arguments.output}.")
    return 0


def _pdf(session: Any, code: str | None, named: str) -> bytes:
    from sqlalchemy import select

    from hub.board.packs.read import packs_of_meeting
    from hub.clock import now_for
    from hub.errors import NotFound, NotReady, WrongUsage
    from hub.meetings.read import meetings_as_at
    from hub.partners import queries
    from hub.partners.models import Partnership

    if code is None:
        codes = session.scalars(
            select(Partnership.code).where(Partnership.council_agency_id.is_not(None))
        ).all()
        if len(codes) != 1:
            raise WrongUsage("Say which partnership: --partnership ID.")
        code = codes[0]
    place = queries.partnership(session, code)
    group, _, day = named.partition("/")
    for meeting in meetings_as_at(session, place.id, now_for(place)):
        if (meeting.group_code, meeting.held_on.isoformat()) == (group, day):
            frozen = [each.seal for each in packs_of_meeting(session, place.id, meeting.id) if each.seal]
            if not frozen:
                raise NotReady("No pack of this meeting is frozen yet: one person asks, another agrees.")
            return bytes(frozen[0].pdf)
    raise NotFound(f"There is no meeting {named}. Write its group and day, as board/2015-06-02.")
