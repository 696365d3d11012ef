"""What is on record of an agreement: every text of every version as it was kept, and every act, read from the database."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from hub.agreements.model import Agreement
from hub.agreements.models import AgreementVersion
from hub.agreements.negotiation.models import AgreementEvent
from hub.agreements.negotiation.parts import Plain, digests_of, parts_of
from hub.agreements.versions import DROPPED, agreement_from
from hub.agreements.written import promised
from hub.facts.models import Words
from hub.partners.models import Agency, Person


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


def texts(session: Session, partnership_id: int, code: str, moment: datetime | None) -> Iterator[Text]:
    """Every text as known at a moment (else now), oldest first; numbered within its version. Of a dropped one, too."""
    query = (
        select(AgreementVersion)
        .where(
            AgreementVersion.partnership_id == partnership_id,
            AgreementVersion.code == code,
            AgreementVersion.status != DROPPED,
        )
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


def acts(session: Session, partnership_id: int, code: str, moment: datetime | None) -> Sequence[Happened]:
    """Every act as known at a moment (else now), in order."""
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
