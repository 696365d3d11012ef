"""Where a return stands, as a word and a shape; colour only repeats them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from hub.submissions.listing import NOT_STARTED, Line


@dataclass(frozen=True)
class Mark:
    """`shape` names a drawing of macros.html; `tone` a class of hub.css."""

    word: str
    shape: str
    tone: str


ON_TIME = Mark("on time", "tick", "good")
LATE = Mark("late", "late-tick", "late")
NIL = Mark("nothing to report", "zero", "good")
MISSING = Mark("missing", "cross", "bad")
DUE = Mark("due", "circle", "none")
NOT_YET = Mark("not due yet", "dash", "none")
DRAFT = Mark("draft", "half", "busy")
SENT = Mark("waiting for signature", "arrow", "busy")
SENT_BACK = Mark("sent back", "back", "late")
SIGNED = Mark("signed", "tick", "good")
NOT_STARTED_MARK = Mark("not started", "circle", "none")
OVERDUE = Mark("overdue", "cross", "bad")
DRAFT_OVERDUE = Mark("draft, overdue", "half", "bad")
CORRECTING = Mark("being corrected", "half", "busy")

LEGEND = (ON_TIME, LATE, NIL, MISSING, SENT, DRAFT, DUE, NOT_YET)


def in_grid(line: Line, today: date) -> Mark:
    """For the data team: did it come, and when? A draft counts as nothing received."""
    timeliness = line.timeliness(today)
    if line.first_signed_at is not None:
        return {"late": LATE, "nil": NIL}.get(timeliness, ON_TIME)
    if timeliness == "overdue":
        return MISSING
    if line.status in {"sent", "draft", "sent_back"}:
        return {"sent": SENT, "draft": DRAFT, "sent_back": SENT_BACK}[line.status]
    return NOT_YET if timeliness == "not-yet" else DUE


def of_status(line: Line, today: date) -> Mark:
    """For the agency: what stage is it at, and is it overdue?"""
    if line.revisions and line.status in {"draft", "sent_back"}:
        return CORRECTING
    if line.status in {NOT_STARTED, "draft"} and line.timeliness(today) == "overdue":
        return OVERDUE if line.status == NOT_STARTED else DRAFT_OVERDUE
    named = {NOT_STARTED: NOT_STARTED_MARK, "draft": DRAFT, "sent": SENT, "sent_back": SENT_BACK}
    return named.get(line.status, SIGNED)
