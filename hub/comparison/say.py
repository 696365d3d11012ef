"""Saying something about a difference: explain, write a note, sign the other side's note. Each is one more event.

Whoever says something saw totals and what was said before; where one of them moved meanwhile, nothing is kept and the
person is told. The two sides of a note are signed by two persons.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub.audit.chain import record
from hub.calendar.due import period_id
from hub.clock import LONDON, now_for
from hub.comparison.matters import REASONS, Kind, Matter, Side, matter
from hub.comparison.models import MatterEvent
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.models import WHOLE
from hub.facts.moments import as_at
from hub.facts.words import keep_words
from hub.measures.model import Measure
from hub.partners.areas import KnownArea
from hub.partners.heads import lock_head
from hub.partners.models import Partnership
from hub.partners.policy import Actor
from hub.periods import Period

MOST_WORDS = 1000

DID = {"explained": "explained it", "noted": "wrote a note", "agreed": "signed the note"}


@dataclass(frozen=True)
class Speaker:
    """Who speaks, for which side, about what, and what they saw of it."""

    actor: Actor
    side: Side
    measure: Measure
    sender_id: int
    month: Period
    seen: int  # the sequence that they saw last
    totals: str  # as `totals_of` wrote them
    area: KnownArea | None = None  # None: the whole place


def totals_of(found: Matter) -> str:
    """Both totals as a form carries them."""
    return f"{found.cell.sent}/{found.cell.logged}"


def explain(
    session: Session, partnership: Partnership, speaker: Speaker, *, reason: str, words: str
) -> Matter:
    """Say why the counts differ: a reason of the list, with words where the list does not say it."""
    if reason not in REASONS:
        raise NotReady("Choose why the two counts differ.")
    if reason == "other" and not words.strip():
        raise NotReady("Say in words what makes the two counts differ.")
    found = _locked(session, partnership, speaker)
    _is_open(found)
    return _happen(session, partnership, speaker, found, "explained", reason=reason, words=words.strip())


def write_note(session: Session, partnership: Partnership, speaker: Speaker, *, words: str) -> Matter:
    """Put into words what both sides can sign. A side that writes it signs it; an earlier note is set aside."""
    if not words.strip():
        raise NotReady("Write the note that both sides are to sign.")
    found = _locked(session, partnership, speaker)
    _is_open(found)
    return _happen(session, partnership, speaker, found, "noted", words=words.strip())


def agree(session: Session, partnership: Partnership, speaker: Speaker) -> Matter:
    """Sign the note that stands, for one's own side."""
    found = _locked(session, partnership, speaker)
    _is_open(found)
    if found.note is None:
        raise NotReady("There is no note yet. Write what both sides can sign.")
    if found.note_is_about_other_totals:
        raise NotReady(
            "A total was corrected after the note was written. Write it anew about the totals as they are."
        )
    if speaker.side == "partnership":
        raise NotAllowed("A note is signed by the two sides. The data team can write one for them to sign.")
    if speaker.side not in found.waits_for:
        raise NotReady("Your side has signed this note. It waits for the other side.")
    if speaker.actor.id in {each.person_id for each in found.signatures}:
        raise NotAllowed(
            "You have signed this note for the other side. Another person signs it for this one."
        )
    return _happen(session, partnership, speaker, found, "agreed")


def _locked(session: Session, partnership: Partnership, speaker: Speaker) -> Matter:
    """The matter as it stands now, with nobody speaking or signing meanwhile. Conflict where it is not what the person saw."""
    lock_head(session, partnership.id)
    found = _read(session, partnership, speaker)
    if found is None:
        raise NotReady("Nothing is compared for this agency in this month.")
    if found.sequence != speaker.seen:
        last = found.said[-1]
        local = last.at.astimezone(LONDON)
        raise Conflict(
            f"{last.person} {DID[last.kind]} on {local.day} {local:%B %Y} at {local:%H:%M}, after you opened it. Nothing "
            "of yours was kept: read it, then send yours again if it still holds."
        )
    if totals_of(found) != speaker.totals:
        raise Conflict(
            "A total was corrected after you opened this. Nothing of yours was kept: look at the totals as they are now."
        )
    return found


def _is_open(found: Matter) -> None:
    if found.standing == "agreed":
        raise NotReady("Both sides have signed a note about these totals. It is settled.")
    if found.standing != "open":
        raise NotReady("The two sides do not differ by more than they agreed, so there is nothing to settle.")


def _happen(
    session: Session,
    partnership: Partnership,
    speaker: Speaker,
    found: Matter,
    kind: Kind,
    *,
    reason: str | None = None,
    words: str = "",
) -> Matter:
    if len(words) > MOST_WORDS:
        raise NotReady(f"Write at most {MOST_WORDS:,} characters.")
    event = MatterEvent(
        partnership_id=partnership.id,
        measure=speaker.measure.id,
        sender_id=speaker.sender_id,
        period_id=period_id(session, speaker.month),
        area_id=speaker.area.id if speaker.area else WHOLE,
        sequence=found.sequence + 1,
        kind=kind,
        side=speaker.side,
        reason=reason,
        words_id=keep_words(session, partnership.id, words) if words else None,
        sent=found.cell.sent,
        logged=found.cell.logged,
        at=now_for(partnership),
        person_id=speaker.actor.id,
    )
    session.add(event)
    session.flush()
    record(
        session,
        actor=speaker.actor.principal,
        action=f"matter:{kind}",
        subject=f"matter:{speaker.measure.id}/{found.sender.code}/{speaker.month.code}",
        partnership_id=partnership.id,
        detail={"sequence": event.sequence, "side": speaker.side}
        | ({"area": found.place} if found.place else {}),
    )
    return _read(session, partnership, speaker) or found


def _read(session: Session, partnership: Partnership, speaker: Speaker) -> Matter | None:
    """The matter as it stands now."""
    at = as_at(session, partnership)
    return matter(session, at, speaker.measure, speaker.sender_id, speaker.month, area=speaker.area)
