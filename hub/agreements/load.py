"""Agreements from YAML, with file and line in every complaint, and their versions in the database."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import document
from hub.agreements import kinds
from hub.agreements.model import Agreement, Clause, Commitment, MilestoneSaid
from hub.agreements.models import AgreementVersion
from hub.audit.canonical import canonical, digest_of
from hub.document import Document
from hub.errors import DefinitionError, DefinitionErrors, UnknownDefinition
from hub.partners import queries
from hub.partners.models import Partnership

STANDING = date.max  # the end of an agreement that stands until it is withdrawn
_COMMON = ("id", "clause", "text", "promisor", "promisee", "supporting", "kind")
_CODE = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,59}\Z", error="may hold letters, digits and hyphens only."
)


class _TermSchema(Schema):
    begins_on = fields.Date(required=True, data_key="from")
    ends_on = fields.Date(load_default=None, data_key="until")


class _ClauseSchema(Schema):
    number = fields.String(required=True)
    title = fields.String(required=True)
    text = fields.String(required=True)


class _CommitmentSchema(Schema):
    """What every commitment has; the terms of its kind are checked by the kind."""

    class Meta:
        unknown = EXCLUDE

    id = fields.String(required=True, validate=_CODE)
    clause = fields.String(required=True)
    text = fields.String(required=True)
    promisor = fields.List(fields.String(), required=True, validate=validate.Length(min=1))
    promisee = fields.List(fields.String(), load_default=list)
    supporting = fields.List(fields.String(), load_default=list)
    kind = fields.String(required=True)


class _MilestoneSchema(Schema):
    commitment = fields.String(required=True)
    agency = fields.String(required=True)
    done_on = fields.Date(required=True)
    evidence = fields.String(required=True)
    written_at = fields.AwareDateTime(required=True)
    confirmed_at = fields.AwareDateTime(load_default=None)


class _AgreementSchema(Schema):
    code = fields.String(required=True, data_key="agreement", validate=_CODE)
    version = fields.Integer(required=True, strict=True)
    status = fields.String(required=True, validate=validate.OneOf(("draft", "signed")))
    kind = fields.String(required=True, validate=validate.OneOf(("mou", "plan", "isa")))
    partnership = fields.String(required=True)
    title = fields.String(required=True)
    about = fields.String(load_default="")
    term = fields.Nested(_TermSchema, required=True)
    signed_on = fields.Date(load_default=None)
    parties = fields.List(fields.String(), required=True)
    clauses = fields.List(fields.Nested(_ClauseSchema), required=True)
    commitments = fields.List(fields.Nested(_CommitmentSchema), required=True)
    milestones = fields.List(fields.Nested(_MilestoneSchema), load_default=list)


def read_agreement(path: Path) -> Agreement:
    """One agreement from its file. Raises DefinitionErrors with every fault."""
    return _agreement(document.read(path))


def _agreement(read: Document) -> Agreement:
    if not isinstance(read.data, dict):
        raise DefinitionErrors([read.fault((), "is not an agreement: it has no “agreement:” line.")])
    try:
        loaded: dict[str, Any] = _AgreementSchema().load(read.data)
    except ValidationError as error:
        raise DefinitionErrors(document.faults(read, error.messages_dict)) from error
    made = Agreement(
        **{
            name: loaded[name]
            for name in ("code", "version", "status", "kind", "partnership", "title", "about", "signed_on")
        },
        begins_on=loaded["term"]["begins_on"],
        ends_on=loaded["term"]["ends_on"] or STANDING,
        parties=tuple(loaded["parties"]),
        clauses=tuple(Clause(**clause) for clause in loaded["clauses"]),
        commitments=tuple(
            _commitment(commitment, raw)
            for commitment, raw in zip(loaded["commitments"], read.data["commitments"], strict=True)
        ),
        milestones=tuple(MilestoneSaid(**said) for said in loaded["milestones"]),
    )
    faults = _inconsistencies(made, read)
    if faults:
        raise DefinitionErrors(faults)
    return made


def _commitment(loaded: dict[str, Any], raw: dict[str, Any]) -> Commitment:
    named: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in loaded.items()
    }
    return Commitment(terms={key: value for key, value in raw.items() if key not in _COMMON}, **named)


def _inconsistencies(agreement: Agreement, read: Document) -> list[DefinitionError]:
    faults = []
    if agreement.ends_on == STANDING and agreement.kind != "isa":
        faults.append(
            read.fault(
                ("term",),
                "say until when it holds; only an agreement of the kind isa stands until withdrawn.",
            )
        )
    if agreement.ends_on < agreement.begins_on:
        faults.append(read.fault(("term",), "the term ends before it begins."))
    clauses = {clause.number for clause in agreement.clauses}
    seen: set[str] = set()
    for number, commitment in enumerate(agreement.commitments):
        place = ("commitments", number)
        if commitment.id in seen:
            faults.append(read.fault((*place, "id"), f"“{commitment.id}” is given twice."))
        seen.add(commitment.id)
        if commitment.clause not in clauses:
            faults.append(read.fault((*place, "clause"), f"there is no clause “{commitment.clause}”."))
        strangers = sorted({*commitment.promisor, *commitment.supporting} - set(agreement.parties))
        if strangers:
            faults.append(
                read.fault((*place, "promisor"), f"not a party to the agreement: {', '.join(strangers)}.")
            )
        faults += [read.fault((*place, key), cause) for key, cause in kinds.faults(agreement, commitment)]
    for number, said in enumerate(agreement.milestones):
        if said.commitment not in seen:
            faults.append(read.fault(("milestones", number), f"there is no commitment “{said.commitment}”."))
    return faults


def store_agreement(session: Session, path: Path, *, now: datetime) -> AgreementVersion:
    """Keep an agreement as known from now; the same text again is the version that stands."""
    read = document.read(path)
    agreement = _agreement(read)
    partnership = queries.partnership(session, agreement.partnership)
    text = canonical(read.data)
    digest = digest_of(text)
    standing = session.scalar(
        select(AgreementVersion).where(
            AgreementVersion.partnership_id == partnership.id,
            AgreementVersion.code == agreement.code,
            AgreementVersion.version == agreement.version,
        )
    )
    if standing is not None and standing.digest == digest:
        return standing
    if standing is not None and standing.status == "signed":
        cause = (
            f"version {agreement.version} is signed and cannot change. Give the changed text a new version."
        )
        raise DefinitionErrors([read.fault(("version",), cause)])
    made = AgreementVersion(
        partnership_id=partnership.id,
        code=agreement.code,
        version=agreement.version,
        status=agreement.status,
        digest=digest,
        document=text,
        known_from=now,
    )
    session.add(made)
    session.flush()
    return made


def agreement_as_at(session: Session, partnership_id: int, code: str, moment: datetime) -> Agreement:
    """The version in force at a moment; before the first, the first."""
    versions = list(
        session.scalars(
            select(AgreementVersion)
            .where(AgreementVersion.partnership_id == partnership_id, AgreementVersion.code == code)
            .order_by(AgreementVersion.known_from.desc(), AgreementVersion.version.desc())
        )
    )
    if not versions:
        raise UnknownDefinition(f"There is no agreement “{code}”.")
    known = next((version for version in versions if version.known_from <= moment), versions[-1])
    return agreement_from(known)


def agreement_from(version: AgreementVersion) -> Agreement:
    """The agreement of a stored version."""
    return _agreement(Document(version.code, json.loads(version.document)))


def agreements_of(session: Session, partnership_id: int) -> list[str]:
    query = select(AgreementVersion.code).where(AgreementVersion.partnership_id == partnership_id).distinct()
    return sorted(session.scalars(query))


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
    newest = session.scalars(
        select(AgreementVersion)
        .where(AgreementVersion.partnership_id == partnership_id, AgreementVersion.code == code)
        .order_by(AgreementVersion.version.desc(), AgreementVersion.known_from.desc())
    ).first()
    if newest is None:
        raise UnknownDefinition(f"There is no agreement “{code}”.")
    return yaml.safe_dump(json.loads(newest.document), allow_unicode=True, sort_keys=False, width=110)
