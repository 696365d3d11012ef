"""Versions of agreements in the database: kept whole as canonical text, a signed one frozen by its digest.

A draft may be kept again and again: each text is a row with its moment, so the draft's history can be read. Which
version holds on a day follows from what was known by then. A draft that was dropped stands no longer from that moment
on; its texts stay.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import document
from hub.agreements import consistency
from hub.agreements.load import checked, from_document, shipped_measures
from hub.agreements.look import words_of
from hub.agreements.model import Agreement
from hub.agreements.models import AgreementVersion
from hub.agreements.written import as_document, as_yaml, digest
from hub.audit.canonical import canonical
from hub.clock import london_date, now_for, real_now
from hub.document import Document
from hub.errors import DefinitionErrors, Dropped, UnknownDefinition
from hub.measures.load import measures_as_at
from hub.partners import queries
from hub.partners.models import Agency, Partnership

DROPPED = "dropped"


class NotKnownYet(UnknownDefinition):
    """An agreement asked for as at a day on which the hub held no text of it."""

    def __init__(self, title: str, *, asked_on: date, first_on: date) -> None:
        self.title, self.asked_on, self.first_on = title, asked_on, first_on
        super().__init__(
            f"“{title}” was not known here on {words_of(asked_on)}. It was first recorded on {words_of(first_on)}."
        )


class Kept(NamedTuple):
    version: AgreementVersion
    is_new: bool


def store_agreement(session: Session, path: Path, *, now: datetime | None = None) -> Kept:
    """Keep the agreement of a file."""
    return keep(session, document.read(path), now=now)


def keep(session: Session, read: Document, *, now: datetime | None = None) -> Kept:
    """Keep an agreement as known from now on its partnership's clock; the same text again is the version that stands.

    Errors: DefinitionErrors with every fault, and nothing kept; a signed version does not change.
    """
    agreement = checked(read, shipped_measures() | measures_as_at(session, now or real_now()))
    partnership = queries.partnership(session, agreement.partnership)
    _refuse_strangers(session, agreement, read)
    others = [one for one in agreements_as_at(session, partnership.id, None) if one.code != agreement.code]
    circles = consistency.circles([(agreement, read), *((one, Document(one.code, {})) for one in others)])
    if circles:
        raise DefinitionErrors([fault for fault in circles if fault.file == read.file] or circles)
    rows = [row for row in _rows(session, partnership.id, agreement.code) if row.version == agreement.version]
    if any(row.status == DROPPED for row in rows):
        cause = f"version {agreement.version} was dropped. Give the text a version of its own, or another agreement’s name."
        raise DefinitionErrors([read.fault(("version",), cause)])
    found = digest(agreement)
    same = bool(rows) and (rows[-1].digest, rows[-1].status) == (found, agreement.status)
    if same and not _adds_signatures(agreement_from(rows[-1]), agreement):
        return Kept(rows[-1], is_new=False)
    if not same and any(row.status == "signed" for row in rows):
        cause = (
            f"version {agreement.version} is signed and cannot change. Give the changed text a new version."
        )
        raise DefinitionErrors([read.fault(("version",), cause)])
    at = now or now_for(partnership)
    return Kept(_add(session, partnership, agreement, agreement.status, at), is_new=True)


def drop(session: Session, partnership: Partnership, agreement: Agreement, *, now: datetime) -> None:
    """From now on the version of this draft stands no longer, and with it no text of it."""
    _add(session, partnership, agreement, DROPPED, now)


def _add(
    session: Session, partnership: Partnership, agreement: Agreement, status: str, at: datetime
) -> AgreementVersion:
    made = AgreementVersion(
        partnership_id=partnership.id,
        code=agreement.code,
        version=agreement.version,
        status=status,
        digest=digest(agreement),
        document=canonical(as_document(agreement)),
        known_from=at,
    )
    session.add(made)
    session.flush()
    return made


def _adds_signatures(before: Agreement, after: Agreement) -> bool:
    """Where each party binds itself, further ones sign the same text: none that signed before is left out."""
    then, now = ({party for party in each.parties if party.signed_on} for each in (before, after))
    return then < now


def _refuse_strangers(session: Session, agreement: Agreement, read: Document) -> None:
    query = select(Agency.code, Agency.kind).where(Agency.code.in_(agreement.party_codes))
    known: dict[str, str] = dict(session.execute(query).all())
    faults = [
        read.fault(
            ("parties", number), f"there is no agency “{code}” here. Load it with its partnership first."
        )
        for number, code in enumerate(agreement.party_codes)
        if code not in known
    ]
    faults += [
        read.fault(
            ("commitments", number, "promisor"),
            "figures of a single school are not shown to others, so it cannot promise them. Let it promise its returns.",
        )
        for number, each in enumerate(agreement.commitments)
        if each.terms.get("of") == "party" and any(known.get(code) == "school" for code in each.promisor)
    ]
    if faults:
        raise DefinitionErrors(faults)


def agreement_as_at(
    session: Session, partnership_id: int, code: str, moment: datetime, *, even_dropped: bool = False
) -> Agreement:
    """The version that held at a moment: the newest that was signed and in effect; where none was, the newest text.

    When a text was known here and from when it holds are two clocks: one signed for a day to come is read before that
    day, none is read before it was recorded. Raises UnknownDefinition; NotKnownYet where nothing was recorded by then;
    Dropped where it was a draft that had been dropped by then, unless that is asked for too.
    """
    rows = _rows(session, partnership_id, code)
    if not rows:
        raise UnknownDefinition(f"There is no agreement “{code}”.")
    known = [row for row in rows if row.known_from <= moment]
    if not known:
        first = min(rows, key=lambda row: row.known_from)
        raise NotKnownYet(
            agreement_from(first).title,
            asked_on=london_date(moment),
            first_on=london_date(first.known_from),
        )
    held = held_at(known, moment)
    if held is None and not even_dropped:
        raise Dropped(f"The draft “{code}” was dropped.")
    return agreement_from(held or known[-1])


def agreements_as_at(session: Session, partnership_id: int, moment: datetime | None) -> list[Agreement]:
    """Every agreement of a partnership that was known at a moment (None: any), as it held then, by its id."""
    held = (
        next(iter(standing(rows)[-1:]), None) if moment is None else held_at(rows, moment)
        for rows in _by_code(session, partnership_id).values()
    )
    return [agreement_from(row) for row in held if row is not None]


def texts_of(session: Session, partnership_id: int) -> dict[str, list[AgreementVersion]]:
    """Every text that stands of every agreement of a partnership, by its id, oldest first."""
    found = {code: standing(rows) for code, rows in _by_code(session, partnership_id).items()}
    return {code: rows for code, rows in found.items() if rows}


def standing(rows: Sequence[AgreementVersion]) -> list[AgreementVersion]:
    """Of one agreement's texts, those of versions that were not dropped."""
    dropped = {row.version for row in rows if row.status == DROPPED}
    return [row for row in rows if row.version not in dropped]


def _by_code(session: Session, partnership_id: int) -> dict[str, list[AgreementVersion]]:
    by_code: dict[str, list[AgreementVersion]] = defaultdict(list)
    for row in _rows(session, partnership_id):
        by_code[row.code].append(row)
    return by_code


def _rows(session: Session, partnership_id: int, code: str | None = None) -> Sequence[AgreementVersion]:
    query = (
        select(AgreementVersion)
        .where(AgreementVersion.partnership_id == partnership_id)
        .order_by(
            AgreementVersion.code, AgreementVersion.version, AgreementVersion.known_from, AgreementVersion.id
        )
    )
    return session.scalars(query if code is None else query.where(AgreementVersion.code == code)).all()


def held_at(rows: Sequence[AgreementVersion], moment: datetime) -> AgreementVersion | None:
    """Of one agreement's texts, oldest first, the one that held at a moment; None where none was known by then."""
    known = standing([row for row in rows if row.known_from <= moment])
    signed = [row for row in known if not agreement_from(row).is_shadow]
    in_effect = [row for row in signed if agreement_from(row).holds_from <= london_date(moment)]
    return next(iter((in_effect or signed or known)[-1:]), None)


def signed_texts(session: Session, partnership_id: int, code: str, moment: datetime) -> list[Agreement]:
    """Each signed version as known at a moment, in order: its first text, whoever signed it since."""
    known = [
        row
        for row in _rows(session, partnership_id, code)
        if row.status == "signed" and row.known_from <= moment
    ]
    return [agreement_from(row) for row in {row.version: row for row in reversed(known)}.values()][::-1]


def agreement_from(version: AgreementVersion) -> Agreement:
    """The agreement of a stored version."""
    return _from_text(version.document)


@lru_cache(maxsize=1024)
def _from_text(text: str) -> Agreement:
    """A version's document never changes, so its reading is kept."""
    return from_document(json.loads(text))


def agreements_of(session: Session, partnership_id: int, *, even_dropped: bool = False) -> list[str]:
    """The ids of a partnership's agreements."""
    query = select(AgreementVersion.code, AgreementVersion.version, AgreementVersion.status)
    rows = session.execute(query.where(AgreementVersion.partnership_id == partnership_id).distinct()).all()
    dropped = {(code, version) for code, version, status in rows if status == DROPPED and not even_dropped}
    return sorted({code for code, version, _ in rows if (code, version) not in dropped})


def find_agreement(session: Session, code: str, partnership: str | None) -> Partnership:
    """The partnership whose agreement that is. Raises UnknownDefinition where there is none, or more than one."""
    query = (
        select(Partnership)
        .join(AgreementVersion, AgreementVersion.partnership_id == Partnership.id)
        .where(AgreementVersion.code == code)
        .distinct()
    )
    if partnership is not None:
        query = query.where(Partnership.code == partnership)
    found = session.scalars(query).all()
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(sorted(each.code for each in found))
        raise UnknownDefinition(f"More than one partnership has an agreement “{code}”: say which of {names}.")
    raise UnknownDefinition(f"There is no agreement “{code}”.")


def exported(session: Session, partnership_id: int, code: str) -> str:
    """The newest version as YAML that reads back to the same agreement."""
    rows = standing(_rows(session, partnership_id, code))
    if not rows:
        raise UnknownDefinition(f"There is no agreement “{code}”.")
    return as_yaml(agreement_from(rows[-1]))
