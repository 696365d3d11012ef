"""Reading `measures.yaml`, and the versions of measures as they were known at a moment."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import document
from hub.audit.canonical import canonical, digest_of
from hub.audit.settled import settled
from hub.errors import DefinitionError, DefinitionErrors, UnknownDefinition
from hub.measures.model import MEASURE_KINDS, ExpectedRate, Measure, Met, Rows, Source
from hub.measures.models import MeasureVersion

_NAMES = fields.List(fields.String(), load_default=list)


class _LineSchema(Schema):
    breakdown = fields.String(required=True)
    code = fields.String(required=True)


class _MetSchema(Schema):
    breakdown = fields.String(required=True)
    figure = fields.String(required=True)
    at_least = fields.Integer(required=True)
    judged = fields.Boolean(load_default=False)


class _RowsSchema(Schema):
    breakdown = fields.String(required=True)
    figure = fields.String(required=True)
    counted = fields.Boolean(load_default=False)


class _LoggedSchema(Schema):
    return_code = fields.String(required=True, data_key="return")
    breakdown = fields.String(required=True)
    figure = fields.String(required=True)
    then = _NAMES
    by_area = fields.String(load_default="")


class _SourceSchema(Schema):
    return_code = fields.String(required=True, data_key="return")
    numerator = _NAMES
    denominator = _NAMES
    denominator_return = fields.String(load_default=None)
    numerator_line = fields.Nested(_LineSchema, load_default=None)
    logged = fields.Nested(_LoggedSchema, load_default=None)
    met = fields.Nested(_MetSchema, load_default=None)
    rows = fields.Nested(_RowsSchema, load_default=None)
    group = fields.String(load_default="")


class _ExpectedSchema(Schema):
    breakdown = fields.String(required=True)
    code = fields.String(required=True)
    rate = fields.Float(required=True, validate=validate.Range(min=0, min_inclusive=False))
    per = fields.Integer(required=True, validate=validate.Range(min=1))
    share_percent = fields.Float(required=True, validate=validate.Range(0, 100, min_inclusive=False))
    year = fields.String(required=True, validate=validate.Regexp(r"FY[0-9]{4}-[0-9]{2}\Z"))
    words = fields.String(required=True, validate=validate.Length(min=1))


class _MeasureSchema(Schema):
    id = fields.String(required=True, validate=validate.Regexp(r"[A-Z]{2}[0-9]{2}[A-Z]?\Z"))
    name = fields.String(required=True)
    question = fields.String(required=True)
    unit = fields.String(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(MEASURE_KINDS))
    direction = fields.String(required=True, validate=validate.OneOf(("increase", "decrease", "neutral")))
    per = fields.Integer(load_default=100, validate=validate.Range(min=1))
    breakdown = fields.String(load_default=None)
    nfa = fields.String(load_default=None, validate=validate.OneOf(("contact", "referral", "assessed")))
    beside = fields.String(load_default=None)
    caveats = _NAMES
    numerators_by_breakdown = fields.Dict(fields.String(), fields.List(fields.String()), load_default=dict)
    denominators_by_breakdown = fields.Dict(fields.String(), fields.List(fields.String()), load_default=dict)
    whole_denominator_by = _NAMES
    groups = fields.String(load_default="")
    expected = fields.List(fields.Nested(_ExpectedSchema), load_default=list)
    sources = fields.Dict(
        fields.String(
            validate=validate.OneOf(("month", "quarter", "financial_year", "term", "academic_year"))
        ),
        fields.Nested(_SourceSchema),
        required=True,
    )

    @validates_schema
    def _names_its_group(self, data: dict[str, Any], **_: Any) -> None:
        about_meetings = data["kind"] == "attendance"
        if any(bool(source["group"]) != about_meetings for source in data["sources"].values()):
            raise ValidationError(
                "A `group` belongs to each source of an attendance, and to no other.", "sources"
            )


def read_measures(path: Path) -> list[Measure]:
    """Every measure of a file. Raises DefinitionErrors with file and line of each fault."""
    read = document.read(path)
    if not isinstance(read.data, list):
        raise DefinitionErrors([read.fault((), "is not a list of measures.")])
    measures: list[Measure] = []
    faults: list[DefinitionError] = []
    for number, entry in enumerate(read.data):
        try:
            measures.append(from_json(entry))
        except ValidationError as error:
            faults += document.faults(read, error.messages_dict, (number,))
    ids = [measure.id for measure in measures]
    faults += [
        read.fault((ids.index(id_),), f"“{id_}” is given twice.")
        for id_ in sorted(set(ids))
        if ids.count(id_) > 1
    ]
    faults += [
        read.fault((number,), f"{measure.id} is to be read beside {measure.beside}, which is not a measure.")
        for number, measure in enumerate(measures)
        if not faults and measure.beside and measure.beside not in ids
    ]
    if faults:
        raise DefinitionErrors(faults)
    return measures


def from_json(data: Any) -> Measure:
    """A measure from its document. Raises marshmallow's ValidationError."""
    loaded: dict[str, Any] = _MeasureSchema().load(data)
    sources = {kind: _source(source) for kind, source in loaded.pop("sources").items()}
    for name in ("numerators_by_breakdown", "denominators_by_breakdown"):
        loaded[name] = {breakdown: tuple(figures) for breakdown, figures in loaded[name].items()}
    for name in ("caveats", "whole_denominator_by"):
        loaded[name] = tuple(loaded[name])
    loaded["expected"] = tuple(ExpectedRate(**each) for each in loaded["expected"])
    return Measure(sources=sources, **loaded)


def _source(loaded: dict[str, Any]) -> Source:
    line, logged = loaded["numerator_line"], loaded["logged"]
    return Source(
        return_code=loaded["return_code"],
        numerator=tuple(loaded["numerator"]),
        denominator=tuple(loaded["denominator"]),
        denominator_return=loaded["denominator_return"],
        numerator_line=(line["breakdown"], line["code"]) if line else None,
        logged=(logged["return_code"], logged["breakdown"], logged["figure"]) if logged else None,
        then=tuple(logged["then"]) if logged else (),
        logged_by_area=logged["by_area"] if logged else "",
        met=Met(**loaded["met"]) if loaded["met"] else None,
        rows=Rows(**loaded["rows"]) if loaded["rows"] else None,
        group=loaded["group"],
    )


def publish_measures(session: Session, path: Path, *, now: datetime) -> int:
    """Bring the measures of a file into force from now; an unchanged one keeps its version. Returns how many are new."""
    read_measures(path)
    fresh = 0
    for entry in document.read(path).data:
        text = canonical(entry)
        digest = digest_of(text)
        latest = session.scalar(_versions(entry["id"]).limit(1))
        if latest is None or latest.digest != digest:
            # The example's measures are known from its beginning: one that was changed since follows at once.
            known_from = now if latest is None else max(now, latest.known_from + timedelta(microseconds=1))
            session.add(MeasureVersion(code=entry["id"], digest=digest, document=text, known_from=known_from))
            fresh += 1
    session.flush()
    return fresh


def _versions(code: str) -> Any:
    return (
        select(MeasureVersion).where(MeasureVersion.code == code).order_by(MeasureVersion.known_from.desc())
    )


def measures_as_at(session: Session, moment: datetime) -> dict[str, Measure]:
    """Every measure as it was defined at a moment, by id; before its first version, as it was first defined."""
    found: dict[str, str] = {}
    for code, text, known_from in settled(session, _every_version):
        if code not in found or known_from <= moment:
            found[code] = text
    return {code: _from_document(text) for code, text in found.items()}


def _every_version(session: Session) -> list[tuple[str, str, datetime]]:
    """The oldest of each measure first."""
    columns = (MeasureVersion.code, MeasureVersion.document, MeasureVersion.known_from)
    rows = session.execute(select(*columns).order_by(MeasureVersion.code, MeasureVersion.known_from))
    return [(code, text, known_from) for code, text, known_from in rows]


def measure_as_at(session: Session, code: str, moment: datetime) -> Measure:
    """The measure as it was defined at a moment; before its first version, as it was first defined."""
    found = measures_as_at(session, moment).get(code)
    if found is None:
        raise UnknownDefinition(f"There is no measure “{code}”.")
    return found


@lru_cache(maxsize=512)
def _from_document(text: str) -> Measure:
    """A version's document never changes, so its reading is kept."""
    return from_json(json.loads(text))
