"""Tolerances and units from a file (`comparison:`), loaded with the partnership by `hub load`, and as known at a moment.

Without a file the default holds for every pair: 2, or 5% of the larger side.
"""

from __future__ import annotations

import json
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import document, periods
from hub.audit.canonical import canonical, digest_of
from hub.comparison.model import UNITS, Pair, Terms
from hub.comparison.models import ComparisonTerms
from hub.document import Document
from hub.errors import DefinitionErrors, WrongUsage
from hub.partners import queries
from hub.statistics.reconcile import DEFAULT, Tolerance

_SENTENCE = validate.Length(min=1, max=500, error="must be a sentence of at most 500 characters.")


class _ToleranceSchema(Schema):
    count = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(min=0, max=10_000, error="must be a whole number from 0 to 10,000."),
    )
    percent = fields.Float(
        required=True, validate=validate.Range(min=0, max=100, error="must be a number from 0 to 100.")
    )


class _UnitSchema(Schema):
    sent = fields.String(load_default="child", validate=validate.OneOf(tuple(UNITS)))
    logged = fields.String(load_default="child", validate=validate.OneOf(tuple(UNITS)))


class _PairSchema(Schema):
    sender = fields.String(required=True, validate=validate.Length(min=1, max=40))
    tolerance = fields.Nested(_ToleranceSchema, load_default=None)
    unit = fields.Nested(_UnitSchema, load_default=None)
    why = fields.String(required=True, validate=_SENTENCE)


class _TermsSchema(Schema):
    measure = fields.String(
        required=True, data_key="comparison", validate=validate.Regexp(r"[A-Z]{2}[0-9]{2}\Z")
    )
    partnership = fields.String(required=True)
    agreed = fields.String(load_default="", validate=validate.Length(max=500))
    since = fields.String(load_default=None)
    tolerance = fields.Nested(_ToleranceSchema, load_default=None)
    unit = fields.Nested(_UnitSchema, load_default=None)
    pairs = fields.List(fields.Nested(_PairSchema), load_default=list)


def read_terms(path: Path) -> Terms:
    """One file of a comparison. Raises DefinitionErrors with every fault."""
    return _terms(_loaded(document.read(path)))


def _loaded(read: Document) -> dict[str, Any]:
    if not isinstance(read.data, dict):
        raise DefinitionErrors([read.fault((), "is no comparison: it has no “comparison:” line.")])
    try:
        loaded: dict[str, Any] = _TermsSchema().load(read.data)
    except ValidationError as error:
        raise DefinitionErrors(document.faults(read, error.messages_dict)) from error
    senders = [pair["sender"] for pair in loaded["pairs"]]
    faults = [
        read.fault(("pairs", number, "sender"), f"“{sender}” is given twice.")
        for number, sender in enumerate(senders)
        if sender in senders[:number]
    ]
    if loaded["since"] is not None and not _is_month(loaded["since"]):
        faults.append(read.fault(("since",), "is not a month. Write it as 2014-08."))
    if faults:
        raise DefinitionErrors(faults)
    return loaded


def _is_month(text: str) -> bool:
    try:
        return periods.parse(text).kind == "month"
    except WrongUsage:
        return False


def _terms(loaded: dict[str, Any]) -> Terms:
    everybody = _pair(loaded, Pair())
    return Terms(
        everybody=everybody,
        pairs={pair["sender"]: _pair(pair, everybody) for pair in loaded["pairs"]},
        since=periods.parse(loaded["since"]) if loaded["since"] else None,
        agreed=loaded["agreed"],
    )


def _pair(loaded: dict[str, Any], usual: Pair) -> Pair:
    tolerance, unit = loaded["tolerance"], loaded["unit"]
    return Pair(
        tolerance=Tolerance(**tolerance) if tolerance else usual.tolerance,
        sent_unit=unit["sent"] if unit else usual.sent_unit,
        logged_unit=unit["logged"] if unit else usual.logged_unit,
        why=loaded.get("why", ""),
    )


def store_terms(session: Session, path: Path, *, now: datetime) -> int:
    """Bring a file into force from now; the same text again changes nothing. Returns how many versions are new.

    Errors: DefinitionErrors where a pair names an agency that nobody knows; NotFound for an unknown partnership.
    """
    read = document.read(path)
    loaded = _loaded(read)
    partnership = queries.partnership(session, loaded["partnership"])
    members = {one.code for one in queries.ever_members(session, partnership.id)}
    faults = [
        read.fault(
            ("pairs", number, "sender"), f"“{pair['sender']}” has never been a member of {partnership.name}."
        )
        for number, pair in enumerate(loaded["pairs"])
        if pair["sender"] not in members
    ]
    if faults:
        raise DefinitionErrors(faults)
    text = canonical(read.data)
    digest = digest_of(text)
    query = select(ComparisonTerms.digest).where(
        ComparisonTerms.partnership_id == partnership.id, ComparisonTerms.measure == loaded["measure"]
    )
    if session.scalar(query.order_by(ComparisonTerms.known_from.desc()).limit(1)) == digest:
        return 0
    session.add(
        ComparisonTerms(
            partnership_id=partnership.id,
            measure=loaded["measure"],
            digest=digest,
            document=text,
            known_from=now,
        )
    )
    session.flush()
    return 1


def terms_as_at(session: Session, partnership_id: int, measure: str, moment: datetime) -> Terms:
    """What was agreed at a moment; before the first version, as it was first agreed; without any, the default."""
    rows = session.execute(
        select(ComparisonTerms.document, ComparisonTerms.known_from)
        .where(ComparisonTerms.partnership_id == partnership_id, ComparisonTerms.measure == measure)
        .order_by(ComparisonTerms.known_from)
    ).all()
    if not rows:
        return Terms(everybody=Pair(tolerance=DEFAULT))
    known = [text for text, known_from in rows if known_from <= moment]
    return _from_document(known[-1] if known else rows[0][0])


@lru_cache(maxsize=256)
def _from_document(text: str) -> Terms:
    """A version's document never changes, so its reading is kept."""
    return _terms(dict(_TermsSchema().load(json.loads(text))))
