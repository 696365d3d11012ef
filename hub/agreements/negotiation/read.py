"""Where an agreement stands while it is drafted and signed: its texts, what people did, and what of it still counts.

Everything follows from digests: a position counts while the part reads as it did, a signature while the whole text
does. So no position and no signature can outlive a change, and what became void says by whose change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from hub.agreements.model import Agreement
from hub.agreements.models import AgreementVersion
from hub.agreements.negotiation.models import AgreementEvent
from hub.agreements.negotiation.parts import Plain, digests_of, parts_of
from hub.agreements.versions import agreement_from
from hub.agreements.written import promised
from hub.errors import NotFound
from hub.facts.models import Words
from hub.partners.models import Agency, Person

Word = Literal["agreed", "proposed", "void", "silent"]
Standing = Literal["drafting", "to-sign", "signed"]
CHANGING = ("opened", "worded", "accepted")  # each brings a text


@dataclass(frozen=True)
class Text:
    """One text of one version, as it was kept. `number` counts the texts of its version from 1."""

    version: int
    number: int
    status: str
    digest: str
    known_from: datetime
    agreement: Agreement

    @property
    def key(self) -> str:
        return f"{self.version}.{self.number}"

    @cached_property
    def document(self) -> Plain:
        return promised(self.agreement)

    @property
    def parts(self) -> dict[str, Plain]:
        return parts_of(self.document)

    @cached_property
    def digests(self) -> Mapping[str, str]:
        return _digests(self.digest, self)


_DIGESTS: dict[
    str, Mapping[str, str]
] = {}  # of a text, by its digest: a draft has many, and they never change
_MOST_REMEMBERED = 2_000


def _digests(digest: str, text: Text) -> Mapping[str, str]:
    if digest not in _DIGESTS:
        if len(_DIGESTS) >= _MOST_REMEMBERED:
            _DIGESTS.clear()
        _DIGESTS[digest] = digests_of(text.document)
    return _DIGESTS[digest]


@dataclass(frozen=True)
class Happened:
    sequence: int
    version: int
    kind: str
    at: datetime
    person: str
    person_id: int
    digest: str
    part: str
    part_digest: str
    agency: str | None
    about: int | None
    wording: Any
    words: str
    owner: str | None
    on_date: date | None
    period: str
    said: str


@dataclass(frozen=True)
class Position:
    """What a party says of one part as it reads now. `since` is when it said so, or since when it has been silent."""

    party: str
    part: str
    word: Word
    since: datetime
    was: Happened | None = None  # what it said of this wording; where void, of an earlier one
    changed: Happened | None = None  # where void: the change that made it so


@dataclass(frozen=True)
class Signature:
    """Of one party, bound to a text. On paper it counts once another person confirmed it."""

    party: str
    signed: Happened
    confirmed: Happened | None = None
    is_void: bool = False  # the text was changed after it
    changed: Happened | None = None  # by this act; None where a file was loaded

    @property
    def on_paper(self) -> bool:
        return self.signed.kind == "papered"

    @property
    def counts(self) -> bool:
        return not self.is_void and (not self.on_paper or self.confirmed is not None)


@dataclass(frozen=True)
class Proposal:
    proposed: Happened
    answer: Happened | None

    @property
    def is_open(self) -> bool:
        return self.answer is None


@dataclass(frozen=True)
class Negotiation:
    """The newest version of an agreement, every text of every version, and everything that happened."""

    texts: tuple[Text, ...]
    happened: tuple[Happened, ...]

    @property
    def text(self) -> Text:
        return self.texts[-1]

    @property
    def agreement(self) -> Agreement:
        return self.text.agreement

    @property
    def code(self) -> str:
        return self.agreement.code

    @property
    def version(self) -> int:
        return self.text.version

    @property
    def sequence(self) -> int:
        return self.happened[-1].sequence if self.happened else 0

    @cached_property
    def of_version(self) -> tuple[Text, ...]:
        return tuple(each for each in self.texts if each.version == self.version)

    @cached_property
    def signed_before(self) -> Text | None:
        """The last signed text of the version before, which this one varies."""
        return next(
            (
                each
                for each in reversed(self.texts)
                if each.version < self.version and each.status == "signed"
            ),
            None,
        )

    @property
    def standing(self) -> Standing:
        if self.text.status == "signed":
            return "signed"
        put = self.last("put")
        return "to-sign" if put is not None and put.at >= self.reads_so_since else "drafting"

    def last(self, *kinds: str) -> Happened | None:
        """The last act of a kind in this version."""
        return next(
            (each for each in reversed(self.happened) if each.version == self.version and each.kind in kinds),
            None,
        )

    def event(self, sequence: int | None) -> Happened | None:
        return next((each for each in self.happened if each.sequence == sequence), None)

    def answer_to(self, sequence: int, *kinds: str) -> Happened | None:
        return next((each for each in self._answers.get(sequence, ()) if each.kind in kinds), None)

    @cached_property
    def _answers(self) -> dict[int, list[Happened]]:
        found: dict[int, list[Happened]] = {}
        for each in self.happened:
            if each.about is not None:
                found.setdefault(each.about, []).append(each)
        return found

    @cached_property
    def _last_said(self) -> dict[tuple[str | None, str], Happened]:
        """(party, part) → the last that the party said of it."""
        return {
            (each.agency, each.part): each for each in self.happened if each.kind in ("agreed", "proposed")
        }

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(
            Proposal(each, self.answer_to(each.sequence, "accepted", "declined"))
            for each in self.happened
            if each.kind == "proposed" and each.version == self.version
        )

    @cached_property
    def disputes(self) -> tuple[tuple[Happened, Happened | None], ...]:
        """Each with its end, where it has one."""
        return tuple(
            (each, self.answer_to(each.sequence, "settled"))
            for each in self.happened
            if each.kind == "disputed"
        )

    @cached_property
    def reads_so_since(self) -> datetime:
        """Since when the whole text has read as it does now, without a break: what was signed before is void."""
        since = self.text
        for text in reversed(self.of_version):
            if text.digest != self.text.digest:
                break
            since = text
        return since.known_from

    @cached_property
    def standing_since(self) -> dict[str, Text]:
        """Part → the first text from which it has read as it does now, without a break."""
        since: dict[str, Text] = {}
        for text in self.of_version:
            since = {
                part: since[part] if part in since and since[part].digests[part] == digest else text
                for part, digest in text.digests.items()
            }
        return since

    def changed_by(self, text: Text) -> Happened | None:
        """The act that brought a text."""
        return next(
            (
                each
                for each in self.happened
                if each.kind in CHANGING and (each.version, each.at) == (text.version, text.known_from)
            ),
            None,
        )

    @cached_property
    def positions(self) -> dict[tuple[str, str], Position]:
        """(party, part) → where the party stands."""
        return {
            (party, part): self._position(party, part, digest)
            for part, digest in self.text.digests.items()
            for party in self.agreement.party_codes
        }

    def _position(self, party: str, part: str, digest: str) -> Position:
        since = self.standing_since[part]
        last = self._last_said.get((party, part))
        if last is not None and last.kind == "agreed" and last.at >= since.known_from:
            return Position(party, part, "agreed", last.at, last)
        # Whoever signs agrees to every part, and to those that it would have had otherwise.
        if self.text.status == "signed" and party in bound_by(self.agreement):
            return Position(party, part, "agreed", self.text.known_from)
        if last is not None and last.kind == "proposed" and last.version == self.version:
            answer = self.answer_to(last.sequence, "accepted", "declined")
            if answer is None:
                return Position(party, part, "proposed", last.at, last)
            if answer.kind == "accepted" and answer.at == since.known_from:
                return Position(party, part, "agreed", answer.at, last)
            if answer.kind == "declined":
                return Position(party, part, "silent", max(answer.at, since.known_from), last)
        before = self.signed_before
        unchanged = before is not None and since is self.of_version[0] and before.digests.get(part) == digest
        if before is not None and unchanged and party in bound_by(before.agreement):
            return Position(party, part, "agreed", before.known_from)
        if last is not None and last.version == self.version:
            return Position(party, part, "void", since.known_from, last, self.changed_by(since))
        return Position(party, part, "silent", since.known_from)

    @cached_property
    def signatures(self) -> tuple[Signature, ...]:
        """Every signature that was given to this version, the void ones too, in order."""
        return tuple(
            self._signature(each)
            for each in self.happened
            if each.version == self.version
            and (
                each.kind == "signed"
                or (each.kind == "papered" and not self.answer_to(each.sequence, "rejected"))
            )
            and each.agency is not None
        )

    def _signature(self, signed: Happened) -> Signature:
        return Signature(
            party=str(signed.agency),
            signed=signed,
            confirmed=self.answer_to(signed.sequence, "confirmed"),
            is_void=signed.at < self.reads_so_since,
            changed=self._change_after(signed),
        )

    def _change_after(self, signed: Happened) -> Happened | None:
        changing = (
            each for each in self.happened if each.kind in CHANGING and each.sequence > signed.sequence
        )
        return next(changing, None)

    @cached_property
    def signed_by(self) -> dict[str, Signature]:
        """Party → the signature that counts for the text as it reads now."""
        return {each.party: each for each in self.signatures if each.counts}

    @property
    def unsigned(self) -> list[str]:
        """Parties whose signature is wanting. Of a version that came signed from a file, none."""
        if self.standing == "signed" and not self.signatures:
            return []
        return [code for code in self.agreement.party_codes if code not in self.signed_by]


def bound_by(agreement: Agreement) -> list[str]:
    """The parties that a signed version binds: all, or those who have signed where each binds itself."""
    return [code for code in agreement.party_codes if agreement.unsigned_since(code) is None]


def negotiation(
    session: Session, partnership_id: int, code: str, *, moment: datetime | None = None
) -> Negotiation:
    """An agreement with everything that became of it, as known at a moment (else now). Raises NotFound."""
    texts = tuple(_texts(session, partnership_id, code, moment))
    if not texts:
        raise NotFound("There is no such agreement.")
    return Negotiation(texts, tuple(_events(session, partnership_id, code, moment)))


def _texts(session: Session, partnership_id: int, code: str, moment: datetime | None) -> Iterator[Text]:
    query = (
        select(AgreementVersion)
        .where(AgreementVersion.partnership_id == partnership_id, AgreementVersion.code == code)
        .order_by(AgreementVersion.version, AgreementVersion.known_from, AgreementVersion.id)
    )
    if moment is not None:
        query = query.where(AgreementVersion.known_from <= moment)
    numbers: dict[int, int] = {}
    for row in session.scalars(query):
        numbers[row.version] = numbers.get(row.version, 0) + 1
        yield Text(
            row.version, numbers[row.version], row.status, row.digest, row.known_from, agreement_from(row)
        )


def _events(session: Session, partnership_id: int, code: str, moment: datetime | None) -> Sequence[Happened]:
    party, owner = aliased(Agency), aliased(Agency)
    query = (
        select(AgreementEvent, Person.name, party.code, owner.code, Words.body)
        .join(Person, Person.id == AgreementEvent.person_id)
        .outerjoin(party, party.id == AgreementEvent.agency_id)
        .outerjoin(owner, owner.id == AgreementEvent.owner_id)
        .outerjoin(
            Words,
            and_(Words.partnership_id == AgreementEvent.partnership_id, Words.id == AgreementEvent.words_id),
        )
        .where(AgreementEvent.partnership_id == partnership_id, AgreementEvent.agreement_code == code)
        .order_by(AgreementEvent.sequence)
    )
    if moment is not None:
        query = query.where(AgreementEvent.at <= moment)
    return [
        Happened(
            sequence=event.sequence,
            version=event.version,
            kind=event.kind,
            at=event.at,
            person=person,
            person_id=event.person_id,
            digest=event.digest,
            part=event.part,
            part_digest=event.part_digest,
            agency=agency,
            about=event.about,
            wording=json.loads(event.wording) if event.wording else None,
            words=words or "",
            owner=owned_by,
            on_date=event.on_date,
            period=event.period,
            said=event.said,
        )
        for event, person, agency, owned_by, words in session.execute(query)
    ]
