"""Packs as they stand: asked for, frozen, superseded by a later one of the same meeting or year, or withdrawn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, aliased

from hub.board.packs import headings
from hub.board.packs.build import Material, build
from hub.board.packs.document import Document, from_json
from hub.board.packs.headings import ANNUAL, PROGRESS, Heading
from hub.board.packs.models import PackRow, PackSeal, PackText, PackWithdrawal
from hub.board.packs.reported import Drafted, build_annual, build_progress
from hub.board.public_models import PublicTable
from hub.clock import LONDON
from hub.errors import NotFound
from hub.facts.models import Words
from hub.facts.moments import AsAt, as_at
from hub.meetings.models import MeetingRow
from hub.meetings.read import meeting_as_at
from hub.partners.models import Partnership, Person
from hub.periods import parse

Standing = Literal["asked", "current", "superseded", "withdrawn"]


@dataclass(frozen=True)
class Pack:
    """`until` is when it was superseded or withdrawn."""

    id: int
    number: int
    kind: str
    meeting: int | None  # its number
    meeting_id: int | None
    period: str
    title: str
    parts: tuple[str, ...]
    headings: tuple[Heading, ...]
    as_at: datetime
    position: int
    asked_by: int
    asked_name: str
    asked_at: datetime
    standing: Standing
    seal: PackSeal | None
    agreed_name: str
    until: datetime | None = None
    why_withdrawn: str | None = None

    def provenance(self) -> list[str]:
        """Where the figures come from and who froze them: the page behind “as issued, how worked out”."""
        lines = [
            f"The figures are as known on {_moment(self.as_at)}, at position {self.position} of the partnership’s ledger. "
            "Read again for that position, they are the same for ever.",
            f"{person(self.kind, self.asked_name)} began this report on {_moment(self.asked_at)}."
            if self.headings
            else f"{self.asked_name} asked for this pack to be frozen on {_moment(self.asked_at)}.",
        ]
        if self.seal is None:
            waits = (
                "it is not issued yet" if self.kind == PROGRESS else "no second person has agreed to it yet"
            )
            return [*lines, f"It is a proof: {waits}."]
        return lines + sealing(self.agreed_name, self.seal)


def person(kind: str, name: str) -> str:
    """Whoever froze it, by name; where anybody reads it, only that it was somebody."""
    return "A person of the partnership’s data team or its business manager" if kind == ANNUAL else name


def sealing(agreed_name: str, seal: PackSeal) -> list[str]:
    return [
        f"{person(seal.kind, agreed_name)} {'issued it' if seal.kind == PROGRESS else 'agreed'} on {_moment(seal.agreed_at)}.",
        f"What it says has the SHA-256 digest {seal.digest}.",
        f"When it was frozen the hub’s audit chain stood at entry {seal.chain_sequence}, whose hash is {seal.chain_hash}; an entry "
        "behind it holds the digest above.",
        f"The PDF is sealed with an Ed25519 signature of the key {seal.key}. hub verify says whether a copy is genuine, altered or "
        "unknown; the key is published at /packs/keys.pem.",
    ]


def packs(
    session: Session,
    partnership_id: int,
    *,
    of: Collection[ColumnElement[bool]] = (),
) -> list[Pack]:
    """Newest first, without their documents and PDFs."""
    asker, agreer = aliased(Person), aliased(Person)
    query = (
        select(PackRow, PackSeal, PackWithdrawal, Words.body, MeetingRow.number, asker.name, agreer.name)
        .outerjoin(
            MeetingRow,
            and_(MeetingRow.partnership_id == PackRow.partnership_id, MeetingRow.id == PackRow.meeting_id),
        )
        .join(asker, asker.id == PackRow.asked_by)
        .outerjoin(
            PackSeal, and_(PackSeal.partnership_id == PackRow.partnership_id, PackSeal.pack_id == PackRow.id)
        )
        .outerjoin(agreer, agreer.id == PackSeal.agreed_by)
        .outerjoin(
            PackWithdrawal,
            and_(
                PackWithdrawal.partnership_id == PackRow.partnership_id, PackWithdrawal.pack_id == PackRow.id
            ),
        )
        .outerjoin(
            Words,
            and_(Words.partnership_id == PackWithdrawal.partnership_id, Words.id == PackWithdrawal.words_id),
        )
        .where(PackRow.partnership_id == partnership_id, *of)
        .order_by(PackRow.number.desc())
    )
    return [
        Pack(
            id=row.id,
            number=row.number,
            kind=row.kind,
            meeting=meeting,
            meeting_id=row.meeting_id,
            period=row.period,
            title=row.title,
            parts=tuple(row.parts.split()),
            headings=headings.from_json(row.headings) if row.headings else (),
            as_at=row.as_at,
            position=row.position,
            asked_by=row.asked_by,
            asked_name=asked_name,
            asked_at=row.asked_at,
            standing="asked" if seal is None else "withdrawn" if withdrawal else "current",
            seal=seal,
            agreed_name=agreed_name or "",
            until=withdrawal.at if withdrawal else None,
            why_withdrawn=why,
        )
        for row, seal, withdrawal, why, meeting, asked_name, agreed_name in session.execute(query)
    ]


def packs_of_meeting(
    session: Session, partnership_id: int, meeting_id: int, moment: datetime | None = None
) -> list[Pack]:
    """Newest first: each frozen one is superseded by the next that was frozen. `moment` is when it is looked at."""
    return _superseded(_known(packs(session, partnership_id, of=[PackRow.meeting_id == meeting_id]), moment))


def current_packs(session: Session, partnership_id: int, moment: datetime) -> dict[int, Pack]:
    """Meeting (its number) → the pack of it that held at a moment."""
    found: dict[int, Pack] = {}
    for each in packs(session, partnership_id, of=[PackRow.meeting_id.is_not(None)]):
        frozen = each.seal is not None and each.seal.agreed_at <= moment
        withdrawn = each.until is not None and each.until <= moment
        if frozen and not withdrawn and each.meeting is not None:
            found.setdefault(each.meeting, each)
    return found


def reports(session: Session, partnership_id: int, kind: str, moment: datetime | None = None) -> list[Pack]:
    """Newest first. An annual report is superseded by a later one of its year; progress reports stand one beside another."""
    found = _known(packs(session, partnership_id, of=[PackRow.kind == kind]), moment)
    years = {each.period for each in found} if kind == ANNUAL else set()
    of_years = [_superseded([each for each in found if each.period == year]) for year in years]
    return (
        sorted((each for year in of_years for each in year), key=lambda each: -each.number)
        if years
        else found
    )


def waiting_for(session: Session, partnership_id: int, person_id: int) -> list[Pack]:
    """Proofs that another person asked for and nobody has agreed to, but where a later pack took their place."""
    newest: dict[tuple[str, int | None, str], Pack] = {}
    for each in packs(session, partnership_id, of=[PackRow.kind != PROGRESS]):
        newest.setdefault((each.kind, each.meeting_id, each.period), each)
    return [each for each in newest.values() if each.seal is None and each.asked_by != person_id]


def _known(found: Sequence[Pack], moment: datetime | None) -> list[Pack]:
    """Those that were issued by a moment, as they stood then; None is now, with what is not issued yet."""
    if moment is None:
        return list(found)
    issued = [each for each in found if each.seal is not None and each.seal.agreed_at <= moment]
    return [
        replace(each, standing="current", until=None, why_withdrawn=None)
        if each.until is not None and each.until > moment
        else each
        for each in issued
    ]


def _superseded(found: Sequence[Pack]) -> list[Pack]:
    told, later = [], None
    for pack in found:
        if pack.standing == "current" and later is not None:
            pack = replace(pack, standing="superseded", until=later)
        if pack.seal is not None:
            later = pack.seal.agreed_at
        told.append(pack)
    return told


def pack(session: Session, partnership_id: int, number: int) -> Pack:
    """One pack by its number, as it stands among those of its meeting or kind. Raises NotFound."""
    alone = packs(session, partnership_id, of=[PackRow.number == number]) if 0 < number < 2**31 else []
    if not alone:
        raise NotFound("There is no such pack.")
    return next(each for each in packs_like(session, partnership_id, alone[0]) if each.number == number)


def packs_like(session: Session, partnership_id: int, found: Pack) -> list[Pack]:
    """Those that a pack may be superseded by, and itself: of its meeting, or of its kind and year. Newest first."""
    if found.meeting_id is not None:
        return packs_of_meeting(session, partnership_id, found.meeting_id)
    return [each for each in reports(session, partnership_id, found.kind) if each.period == found.period]


def last_progress(session: Session, partnership_id: int, found: Pack) -> Pack | None:
    """The progress report before one, as it was known when that was begun."""
    for each in reports(session, partnership_id, PROGRESS):
        issued = each.number < found.number and each.seal is not None and each.seal.agreed_at <= found.as_at
        withdrawn = each.standing == "withdrawn" and each.until is not None and each.until <= found.as_at
        if issued and not withdrawn:
            return each
    return None


def annuals_before(session: Session, partnership_id: int, found: Pack) -> list[Pack]:
    """The annual reports that anybody has read when one was begun, withdrawn ones too: the oldest first."""
    return [
        each
        for each in reversed(reports(session, partnership_id, ANNUAL))
        if each.number < found.number and each.seal is not None and each.seal.agreed_at <= found.as_at
    ]


def texts(session: Session, partnership_id: int, pack_id: int) -> list[tuple[int, str | None]]:
    """What was written in a report, oldest first: the place of its heading, and the words."""
    query = (
        select(PackText.place, Words.body)
        .join(Words, and_(Words.partnership_id == PackText.partnership_id, Words.id == PackText.words_id))
        .where(PackText.partnership_id == partnership_id, PackText.pack_id == pack_id)
        .order_by(PackText.at, PackText.id)
    )
    return [(place, words) for place, words in session.execute(query)]


def rebuilt(session: Session, partnership: Partnership, found: Pack) -> Document:
    """The pack worked out again from its moment and position."""
    at = _pinned(session, partnership, found)
    if found.meeting is not None:
        meeting = meeting_as_at(session, partnership.id, found.meeting, found.as_at)
        return build(Material(session, partnership, at, meeting), found.title, found.parts)
    written = {place: words or "" for place, words in texts(session, partnership.id, found.id)}
    if found.kind == ANNUAL:
        given = [
            _pinned(session, partnership, each) for each in annuals_before(session, partnership.id, found)
        ]
        return build_annual(
            session,
            partnership,
            at,
            parse(found.period),
            Drafted(found.title, found.headings, written),
            given,
            _tables_before(session, partnership, found),
        )
    before = last_progress(session, partnership.id, found)
    since = _pinned(session, partnership, before) if before else None
    return build_progress(session, partnership, at, since, Drafted(found.title, found.headings, written))


def _tables_before(session: Session, partnership: Partnership, found: Pack) -> dict[str, list[AsAt]]:
    """Measure → the moments of the tables of it that anybody was given when a report was begun, in order."""
    rows = session.scalars(
        select(PublicTable)
        .where(PublicTable.partnership_id == partnership.id, PublicTable.at <= found.as_at)
        .order_by(PublicTable.at)
    )
    moments: dict[str, list[AsAt]] = defaultdict(list)
    for row in rows:
        moments[row.measure].append(replace(as_at(session, partnership, row.as_at), position=row.position))
    return moments


def _pinned(session: Session, partnership: Partnership, found: Pack) -> AsAt:
    return replace(as_at(session, partnership, found.as_at), position=found.position)


def document(session: Session, partnership: Partnership, found: Pack) -> Document:
    """As it was frozen; a proof is worked out."""
    return from_json(found.seal.document) if found.seal else rebuilt(session, partnership, found)


def public_keys(session: Session) -> dict[str, str]:
    """Every key that ever sealed a pack here: name → PEM."""
    return dict(session.execute(select(PackSeal.key, PackSeal.public_key).distinct()).all())


def _moment(moment: datetime) -> str:
    local = moment.astimezone(LONDON)
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"
