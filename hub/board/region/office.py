"""Drafting, editing and issuing the regional office's papers: what is issued is frozen, and superseded rather than changed.

A draft's figures are of the moment when it was drafted. To tell of later ones, another is drafted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import and_, exists, func, select
from sqlalchemy.orm import Session

from hub.agreements.watch.watched import Line, Watched
from hub.audit.canonical import digest_of
from hub.audit.chain import record
from hub.board.region.content import Content, first_text, of_letter, of_statement, read
from hub.board.region.models import OfficePaper, OfficePaperText
from hub.board.region.post import without_anybody
from hub.clock import now_for, today_for
from hub.errors import Conflict, NotFound, NotReady, WrongUsage
from hub.facts.models import Words
from hub.facts.words import keep_words
from hub.partners.heads import lock_head
from hub.partners.models import Agency, Partnership, Person
from hub.partners.policy import Actor
from hub.periods import parse

MOST_WORDS = 20_000
NOT_THERE = "There is no such paper."
ISSUED = "It is issued, and stays as it is. Draft another one, which takes its place."


@dataclass(frozen=True)
class Saved:
    kind: str
    sequence: int
    words: str | None
    digest: str
    person: str
    at: datetime


@dataclass(frozen=True)
class Issued:
    """Another statement of the same quarter: its number, and when it was issued."""

    number: int
    at: datetime


@dataclass(frozen=True)
class Paper:
    id: int
    number: int
    kind: str
    content: Content
    as_at: datetime
    texts: tuple[Saved, ...]  # oldest first
    supersedes: Issued | None = None
    superseded_by: Issued | None = None

    @property
    def last(self) -> Saved:
        return self.texts[-1]

    @property
    def is_issued(self) -> bool:
        return self.last.kind == "issued"

    def is_about(self, commitment: str, party: str) -> bool:
        line = self.content.lines[0]
        return self.kind == "letter" and (line.commitment, line.party) == (commitment, party)

    @property
    def title(self) -> str:
        if self.kind == "letter":
            line = self.content.lines[0]
            return f"Letter {self.number}: {line.commitment}, {line.name}"
        return f"Statement {self.number}: {parse(self.content.quarter).name}"


def papers(session: Session, partnership_id: int, agreement: str) -> list[Paper]:
    """Every paper about an agreement, newest first, each with its texts; a statement names the one whose place it took, and the one that took its own."""
    query = (
        select(OfficePaper, OfficePaperText, Words.body, Person.name)
        .join(
            OfficePaperText,
            and_(
                OfficePaperText.partnership_id == OfficePaper.partnership_id,
                OfficePaperText.paper_id == OfficePaper.id,
            ),
        )
        .join(
            Words,
            and_(
                Words.partnership_id == OfficePaperText.partnership_id, Words.id == OfficePaperText.words_id
            ),
        )
        .join(Person, Person.id == OfficePaperText.person_id)
        .where(OfficePaper.partnership_id == partnership_id, OfficePaper.agreement_code == agreement)
        .order_by(OfficePaper.number.desc(), OfficePaperText.sequence)
    )
    rows: dict[int, tuple[OfficePaper, list[Saved]]] = {}
    for paper, saved, words, person in session.execute(query):
        rows.setdefault(paper.number, (paper, []))[1].append(
            Saved(saved.kind, saved.sequence, words, saved.digest, person, saved.at)
        )
    before, after = _superseded(rows)
    return [
        Paper(
            paper.id,
            number,
            paper.kind,
            read(paper.content),
            paper.as_at,
            tuple(texts),
            supersedes=before.get(number),
            superseded_by=after.get(number),
        )
        for number, (paper, texts) in rows.items()
    ]


def _superseded(
    rows: dict[int, tuple[OfficePaper, list[Saved]]],
) -> tuple[dict[int, Issued], dict[int, Issued]]:
    """Of the issued statements of one quarter each takes the place of the one before: number → the earlier, and the later."""
    issued = sorted(
        (texts[-1].at, number, paper.quarter)
        for number, (paper, texts) in rows.items()
        if paper.kind == "statement" and texts[-1].kind == "issued"
    )
    stands: dict[str, Issued] = {}
    before: dict[int, Issued] = {}
    after: dict[int, Issued] = {}
    for at, number, quarter in issued:
        one = Issued(number, at)
        if earlier := stands.get(quarter):
            before[number], after[earlier.number] = earlier, one
        stands[quarter] = one
    return before, after


def unissued(session: Session, partnership_ids: Collection[int]) -> list[tuple[int, str, int]]:
    """The drafts of those partnerships: partnership, agreement and number of each."""
    issued = exists().where(
        OfficePaperText.partnership_id == OfficePaper.partnership_id,
        OfficePaperText.paper_id == OfficePaper.id,
        OfficePaperText.kind == "issued",
    )
    query = select(OfficePaper.partnership_id, OfficePaper.agreement_code, OfficePaper.number)
    query = query.where(OfficePaper.partnership_id.in_(partnership_ids), ~issued)
    found = session.execute(query.order_by(OfficePaper.agreement_code, OfficePaper.number))
    return [(place, code, number) for place, code, number in found]


def paper(session: Session, partnership_id: int, agreement: str, number: int) -> Paper:
    """One paper. Raises NotFound."""
    found = next((each for each in papers(session, partnership_id, agreement) if each.number == number), None)
    if found is None:
        raise NotFound(NOT_THERE)
    return found


def draft_statement(
    session: Session, partnership: Partnership, watched: Watched, *, actor: Actor, quarter: str
) -> int:
    """Draft the statement of a quarter that has begun; returns its number."""
    try:
        period = parse(quarter)
    except WrongUsage as error:
        raise NotReady("Choose the quarter that the statement is of.") from error
    agreement = watched.agreement
    if period.kind != "quarter" or period.starts_on > watched.today or period.ends_on < agreement.begins_on:
        raise NotReady("Choose a quarter of the agreement’s time that has begun.")
    as_at = now_for(partnership)
    nobody = partial(without_anybody, session, partnership, agreement)
    content = of_statement(
        watched, _names(session, watched), nobody, quarter=period.code, as_at=as_at.isoformat()
    )
    return _draft(session, partnership, content, actor=actor, kind="statement", as_at=as_at)


def draft_letter(
    session: Session, partnership: Partnership, watched: Watched, line: Line, *, actor: Actor
) -> int:
    """Draft a letter to the chief officer of whoever made a promise; returns its number."""
    if line.verdict.is_shadow:
        raise NotReady("The agreement is a draft, so nobody is held to it yet.")
    as_at = now_for(partnership)
    nobody = partial(without_anybody, session, partnership, watched.agreement)
    content = of_letter(watched, line, _names(session, watched), nobody, as_at=as_at.isoformat())
    return _draft(session, partnership, content, actor=actor, kind="letter", as_at=as_at)


def _draft(
    session: Session,
    partnership: Partnership,
    content: Content,
    *,
    actor: Actor,
    kind: str,
    as_at: datetime,
) -> int:
    head = lock_head(session, partnership.id)
    last = session.scalar(
        select(func.max(OfficePaper.number)).where(
            OfficePaper.partnership_id == partnership.id, OfficePaper.agreement_code == content.agreement
        )
    )
    line = content.lines[0] if kind == "letter" else None
    row = OfficePaper(
        partnership_id=partnership.id,
        agreement_code=content.agreement,
        number=(last or 0) + 1,
        kind=kind,
        quarter=content.quarter,
        commitment=line.commitment if line else "",
        party=line.party if line else "",
        as_at=as_at,
        position=head.position,
        content=content.as_json(),
        made_by=actor.id,
    )
    session.add(row)
    session.flush()
    text = first_text(content, today_for(partnership))
    _write(session, partnership, row, actor=actor, kind="saved", sequence=1, words=text)
    return row.number


@dataclass(frozen=True)
class Writing:
    """Who writes which paper, and the text that they saw last."""

    actor: Actor
    agreement: str
    number: int
    seen: int


def save(session: Session, partnership: Partnership, writing: Writing, *, words: str) -> None:
    """Keep an edited text. Conflict where somebody saved another one since."""
    _add(session, partnership, writing, "saved", words)


def issue(session: Session, partnership: Partnership, writing: Writing, *, words: str) -> None:
    """Issue it with these words, for good."""
    _add(session, partnership, writing, "issued", words)


def _add(session: Session, partnership: Partnership, writing: Writing, kind: str, words: str) -> None:
    lock_head(session, partnership.id)
    found = paper(session, partnership.id, writing.agreement, writing.number)
    if found.is_issued:
        raise Conflict(ISSUED)
    if found.last.sequence != writing.seen:
        raise Conflict(
            f"{found.last.person} saved another text after you opened it. Read it, then send yours again."
        )
    row = session.get_one(OfficePaper, (partnership.id, found.id))
    _write(
        session,
        partnership,
        row,
        actor=writing.actor,
        kind=kind,
        sequence=found.last.sequence + 1,
        words=words,
    )


def _write(
    session: Session,
    partnership: Partnership,
    row: OfficePaper,
    *,
    actor: Actor,
    kind: str,
    sequence: int,
    words: str,
) -> None:
    said = words.replace("\r\n", "\n").strip()
    if not said or len(said) > MOST_WORDS:
        raise NotReady(f"Write its text, in at most {MOST_WORDS:,} characters.")
    digest = digest_of(f"{row.content}\n{said}")
    session.add(
        OfficePaperText(
            partnership_id=partnership.id,
            paper_id=row.id,
            sequence=sequence,
            kind=kind,
            words_id=keep_words(session, partnership.id, said),
            digest=digest,
            person_id=actor.id,
            at=now_for(partnership),
        )
    )
    session.flush()
    record(
        session,
        actor=actor.principal,
        action=f"{row.kind}:{kind}",
        subject=f"agreement:{row.agreement_code}/{row.number}",
        partnership_id=partnership.id,
        detail={"digest": digest},
    )


def _names(session: Session, watched: Watched) -> dict[str, str]:
    codes: Sequence[str] = watched.agreement.party_codes
    return dict(session.execute(select(Agency.code, Agency.name).where(Agency.code.in_(codes))).all())
