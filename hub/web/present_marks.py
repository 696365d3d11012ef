"""Where a return stands, as a word and a shape; colour only repeats them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from hub.submissions.queries import Listed


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
NOT_YET = Mark("not due yet", "dash", "none")
DRAFT = Mark("draft", "half", "busy")
SENT = Mark("waiting for signature", "arrow", "busy")
SENT_BACK = Mark("sent back", "back", "late")
SIGNED = Mark("signed", "tick", "good")
NOT_STARTED = Mark("not started", "circle", "none")
OVERDUE = Mark("overdue", "cross", "bad")
DRAFT_OVERDUE = Mark("draft, overdue", "half", "bad")
CORRECTING = Mark("being corrected", "half", "busy")

CORRECTED = Mark("corrected", "redo", "good")
PARTIAL = Mark("partial", "half-tick", "late")

IN_GRID = {
    "on time": ON_TIME,
    "late": LATE,
    "nil": NIL,
    "partial": PARTIAL,
    "corrected": CORRECTED,
    "missing": MISSING,
    "sent back": SENT_BACK,
    "in hand": Mark("in hand", "half", "busy"),
    "not due yet": NOT_YET,
}
LEGEND = tuple(IN_GRID.values())


def in_grid(listed: Listed) -> Mark:
    """For the data team: did it come, and when?"""
    return IN_GRID[listed.answer]


def of_status(listed: Listed, today: date) -> Mark:
    """For the agency: what stage is it at, and is it overdue?"""
    if listed.revisions and listed.status in {"draft", "sent_back"}:
        return CORRECTING
    if listed.status in {"not-started", "draft"} and listed.answer == "missing":
        return OVERDUE if listed.status == "not-started" else DRAFT_OVERDUE
    named = {"not-started": NOT_STARTED, "draft": DRAFT, "sent": SENT, "sent_back": SENT_BACK}
    if listed.status not in named:
        return _signed(listed)
    overdue = listed.due_on is not None and listed.due_on < today
    return _with(named[listed.status], "overdue") if overdue else named[listed.status]


def _signed(listed: Listed) -> Mark:
    """How it came, in every word that holds of it: a late return may be partial, too."""
    if listed.late:
        mark = replace(LATE, word="signed late")
    else:
        mark = replace(PARTIAL, word=SIGNED.word) if listed.partial else SIGNED
    more = {"partial": listed.partial, "nothing to report": listed.nil, "corrected": listed.revisions > 1}
    return _with(mark, *(word for word, holds in more.items() if holds))


def _with(mark: Mark, *more: str) -> Mark:
    return replace(mark, word=", ".join((mark.word, *more)))
