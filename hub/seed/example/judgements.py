"""What the example's data team says of signed rows: contracts inside or outside, scores moderated down where evidence is thin."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.canonical import digest_of
from hub.audit.chain import record
from hub.db import new_id
from hub.facts.models import Judgement, Words
from hub.facts.moments import as_at
from hub.facts.registers import RegisterRow, register_rows_as_at
from hub.partners.models import Agency, Partnership

TABLES = (("school-safeguarding", "contract"), ("section-11", "standard"))
READING = timedelta(days=24)  # between a signature and what is said of it


def judge_rows(session: Session, partnership: Partnership, cast: dict[str, int], clock_at: datetime) -> None:
    """Every judgement that the story has made by the clock's moment and that is not there yet."""
    known = set(
        session.execute(
            select(Judgement.due_item_id, Judgement.breakdown, Judgement.code).where(
                Judgement.partnership_id == partnership.id
            )
        ).all()
    )
    at = as_at(session, partnership)
    codes = {agency_id: code for agency_id, code in session.execute(select(Agency.id, Agency.code))}
    words: list[Words] = []
    made: list[Judgement] = []
    for return_code, breakdown in TABLES:
        for row in register_rows_as_at(session, at, return_code, breakdown):
            moment = row.revision.signed_at + READING
            key = (row.revision.due_item_id, breakdown, row.code)
            if moment > clock_at or key in known:
                continue
            for judgement, why in _said(row, codes[row.revision.agency_id]):
                typed = Words(partnership_id=partnership.id, id=new_id(), digest=digest_of(why), body=why)
                words.append(typed)
                made.append(
                    Judgement(
                        partnership_id=partnership.id,
                        id=new_id(),
                        due_item_id=row.revision.due_item_id,
                        breakdown=breakdown,
                        code=row.code,
                        judgement=judgement,
                        words_id=typed.id,
                        judged_by=cast["steward@example.org"],
                        judged_at=moment,
                    )
                )
    if not made:
        return
    session.add_all(words)
    session.flush()
    session.add_all(made)
    session.flush()
    record(
        session,
        actor=f"person:{cast['steward@example.org']}",
        action="row:judge",
        subject=f"partnership:{partnership.code}",
        partnership_id=partnership.id,
        detail={"judgements": len(made)},
    )


def _said(row: RegisterRow, agency: str) -> Iterator[tuple[str, str]]:
    """One judgement, or none where the data team has not come to the row."""
    draw = random.Random(f"judged {row.breakdown} {row.code} {row.revision.period} {agency}")  # noqa: S311
    if draw.random() < 0.12:
        return
    if row.breakdown == "standard":
        own = int(row.cells["score"])
        moderated = max(0, own - (draw.random() < 0.3))
        lower = (
            "The evidence named is of one team only." if moderated < own else "The evidence bears the score."
        )
        yield str(moderated), lower
        return
    if row.cells["service"] != "none-of-these":
        yield "inside", "It is on the partnership’s list."
    elif row.cells["purpose"] == "software":
        yield "inside", "A recording system that can be read by the front door."
    elif draw.random() < 0.25:
        yield "to-be-discussed", "Asked the school how worries reach the front door from there."
    else:
        yield "outside", "No agreement with the partnership on how worries are passed on."
