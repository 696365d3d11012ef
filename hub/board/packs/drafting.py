"""Drafting reports: beginning one, which pins its moment and its headings, and writing under them. Freezing is as for every pack.

Only whoever began a report writes in it: what another person agrees to in an annual report is then theirs alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from hub.board.packs import headings
from hub.board.packs.acts import next_number, record_pack
from hub.board.packs.headings import Heading
from hub.board.packs.models import PackRow, PackText
from hub.board.packs.read import Pack, pack, reports, texts
from hub.clock import now_for
from hub.errors import Conflict, NotAllowed, NotReady
from hub.facts.moments import as_at
from hub.facts.words import keep_words
from hub.measures.load import measures_as_at
from hub.partners.heads import lock_head
from hub.partners.models import Partnership
from hub.partners.policy import Actor
from hub.periods import Period

MOST_WORDS = 5000
NOT_OVER = "Choose a financial year that is over."


def usual_headings(session: Session, partnership_id: int, kind: str) -> tuple[Heading, ...]:
    """Those of the last report of its kind; else where the first one begins."""
    last = next((each for each in reports(session, partnership_id, kind) if each.seal is not None), None)
    return last.headings if last else headings.usual(kind)


def begin(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    kind: str,
    *,
    lines: str,
    year: Period | None = None,
) -> int:
    """Begin a report as at now; returns its number. What the person wrote in one that is not issued yet goes over into it."""
    lock_head(session, partnership.id)
    at = as_at(session, partnership)
    if year is not None and (year.kind != "financial_year" or year.ends_on >= at.today):
        raise NotReady(NOT_OVER)
    named = headings.written(kind, lines, measures_as_at(session, at.moment))
    before = _unfinished(session, actor, partnership, kind, year)
    row = PackRow(
        partnership_id=partnership.id,
        number=next_number(session, partnership.id),
        kind=kind,
        period=year.code if year else "",
        headings=headings.as_json(named),
        title=f"Annual report, {year.name}" if year else f"Progress report, {at.today.day} {at.today:%B %Y}",
        parts="",
        as_at=at.moment,
        position=at.position,
        asked_by=actor.id,
        asked_at=at.moment,
    )
    session.add(row)
    session.flush()
    if before is not None:
        written = dict(texts(session, partnership.id, before.id))
        kept = {
            title: written.get(place)
            for place, title in enumerate((h.title for h in before.headings), start=1)
        }
        for place, heading in enumerate(named, start=1):
            if words := kept.get(heading.title):
                _add(session, actor, partnership, row.id, place, 1, words)
    record_pack(session, actor, partnership, f"pack:{kind}-begun", row.number, {"position": row.position})
    return row.number


def _unfinished(
    session: Session, actor: Actor, partnership: Partnership, kind: str, year: Period | None
) -> Pack | None:
    for each in reports(session, partnership.id, kind):
        if each.seal is None and each.asked_by == actor.id and each.period == (year.code if year else ""):
            return each
    return None


def write(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    number: int,
    words: Mapping[int, str],
    *,
    seen: int,
) -> None:
    """Write under headings, by their place from 1; `seen` is how many texts the writer had before them."""
    lock_head(session, partnership.id)
    found = pack(session, partnership.id, number)
    if not found.headings or found.asked_by != actor.id:
        raise NotAllowed("Only whoever began a report writes in it.")
    if found.seal is not None:
        raise NotReady("It is issued, and stays as it is.")
    before = texts(session, partnership.id, found.id)
    if len(before) != seen:
        raise Conflict(
            "You wrote in this report meanwhile, in another window. Nothing of this was kept: read it first."
        )
    stands = dict(before)
    for place, body in words.items():
        if len(body) > MOST_WORDS:
            raise NotReady(f"Write at most {MOST_WORDS:,} characters under a heading.")
        if 1 <= place <= len(found.headings) and body.strip() != (stands.get(place) or ""):
            sequence = 1 + sum(each == place for each, _ in before)
            _add(session, actor, partnership, found.id, place, sequence, body.strip())
    record_pack(session, actor, partnership, "pack:written", number, {})


def _add(
    session: Session,
    actor: Actor,
    partnership: Partnership,
    pack_id: int,
    place: int,
    sequence: int,
    words: str,
) -> None:
    session.add(
        PackText(
            partnership_id=partnership.id,
            pack_id=pack_id,
            place=place,
            sequence=sequence,
            words_id=keep_words(session, partnership.id, words),
            person_id=actor.id,
            at=now_for(partnership),
        )
    )
    session.flush()
