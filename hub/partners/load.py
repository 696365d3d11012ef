"""Partnerships, areas, agencies and memberships from files: one YAML file a partnership and one CSV of its agencies.

Reading gives a frozen value or every fault with its file and line; nothing is written until all of it is right.
Loading again brings what changed: names, dates and new rows; nothing is removed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import clock, document
from hub.document import Document
from hub.errors import DefinitionError, DefinitionErrors
from hub.partners import local_codes
from hub.partners.agency_lines import AgencyLine, agencies_from
from hub.partners.areas import write_area
from hub.partners.membership_history import End, write
from hub.partners.models import (
    Agency,
    AgencyCode,
    AgencyName,
    Membership,
    Partnership,
    PartnershipRegion,
    Region,
    Succession,
)

_CODE = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9-]{0,39}\Z", error="may hold letters, digits and hyphens only, at most 40."
)
_WORDS = validate.Length(min=1, max=200)


class _AreaSchema(Schema):
    code = fields.String(required=True, validate=_CODE)
    name = fields.String(required=True, validate=_WORDS)
    from_on = fields.Date(required=True, data_key="from")
    until_on = fields.Date(load_default=None, data_key="until")
    recast_from_on = fields.Date(load_default=None, data_key="recast_from")


class _RegionSchema(Schema):
    code = fields.String(required=True, validate=_CODE)
    name = fields.String(required=True, validate=_WORDS)
    oversight_body = fields.String(required=True, validate=_WORDS)
    from_on = fields.Date(required=True, data_key="from")


class _ContactSchema(Schema):
    name = fields.String(required=True, validate=_WORDS)
    email = fields.Email(required=True)


class _LineSchema(Schema):
    code = fields.String(required=True)
    title = fields.String(required=True, validate=_WORDS)
    from_on = fields.Date(required=True, data_key="from")
    until_on = fields.Date(load_default=None, data_key="until")
    says = fields.Dict(keys=fields.String(), values=fields.String(validate=_WORDS), load_default=dict)


class _PartnershipSchema(Schema):
    code = fields.String(required=True, data_key="partnership", validate=_CODE)
    name = fields.String(required=True, validate=_WORDS)
    illustrative = fields.Boolean(load_default=False)
    clock_at = fields.AwareDateTime(load_default=None, data_key="clock")
    council = fields.String(load_default=None)
    contact = fields.Nested(_ContactSchema, required=True)
    region = fields.Nested(_RegionSchema, load_default=None)
    disclosure = fields.Dict(
        keys=fields.String(validate=validate.OneOf(("partnership", "public"))),
        values=fields.String(validate=_WORDS),
        load_default=dict,
    )
    shares = fields.List(fields.String(validate=_CODE), load_default=list)
    areas = fields.List(fields.Nested(_AreaSchema), load_default=list)
    lists = fields.Dict(
        keys=fields.String(), values=fields.List(fields.Nested(_LineSchema)), load_default=dict
    )
    agencies = fields.String(required=True)


@dataclass(frozen=True)
class PartnershipFile:
    """A partnership as its files describe it; `settings` has the keys of `_PartnershipSchema`."""

    settings: dict[str, Any]
    agencies: tuple[AgencyLine, ...]


def read_partnership(path: Path) -> PartnershipFile:
    """Read `partnership.yaml` and the CSV it names. Raises DefinitionErrors with every fault."""
    read = document.read(path)
    settings = _settings(read)
    agencies, faults = _read_agencies(path.parent / settings["agencies"])
    codes = {agency.code for agency in agencies}
    faults += [
        DefinitionError(
            str(path.parent / settings["agencies"]),
            agency.line,
            f"“{code}” is not among the agencies: give the successor a line of its own.",
        )
        for agency in agencies
        for code in agency.successors
        if code not in codes
    ]
    if settings["council"] and settings["council"] not in codes:
        faults.append(read.fault(("council",), f"“{settings['council']}” is not among the agencies."))
    if settings["illustrative"] != (settings["clock_at"] is not None):
        faults.append(
            read.fault(("clock",), "a clock is for an illustrative partnership, and each of those has one.")
        )
    faults += [
        read.fault(("areas", number), "ends before it begins.")
        for number, area in enumerate(settings["areas"])
        if area["until_on"] and area["until_on"] < area["from_on"]
    ]
    if faults:
        raise DefinitionErrors(faults)
    return PartnershipFile(settings, tuple(agencies))


def _settings(read: Document) -> dict[str, Any]:
    if not isinstance(read.data, dict):
        raise DefinitionErrors([read.fault((), "is not a partnership: it has no “partnership:” line.")])
    try:
        settings: dict[str, Any] = _PartnershipSchema().load(read.data)
    except ValidationError as error:
        raise DefinitionErrors(document.faults(read, error.messages_dict)) from error
    return settings


def _read_agencies(path: Path) -> tuple[list[AgencyLine], list[DefinitionError]]:
    file = str(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionErrors([DefinitionError(file, None, "cannot be read as a UTF-8 file.")]) from error
    return agencies_from(text, file, optional=frozenset({"renamed_on"}))


def load_partnership(session: Session, read: PartnershipFile) -> Partnership:
    """Write a partnership, its areas, agencies and memberships; rows that exist are brought up to date."""
    settings = read.settings
    found = session.scalar(select(Partnership).where(Partnership.code == settings["code"]))
    known_at = clock.now_for(found) if found else None  # what the first file says was always known
    agencies = {line.code: load_agency(session, line, known_at=known_at) for line in read.agencies}
    session.flush()
    partnership = found or Partnership(code=settings["code"], illustrative=settings["illustrative"])
    partnership.name = settings["name"]
    partnership.contact_name = settings["contact"]["name"]
    partnership.contact_email = settings["contact"]["email"]
    partnership.shares = " ".join(settings["shares"])
    if settings["council"]:
        partnership.council_agency_id = agencies[settings["council"]].id
    if found is None and settings["clock_at"] is not None:
        set_clock(partnership, settings["clock_at"])
    session.add(partnership)
    session.flush()
    _load_region(session, partnership, settings["region"])
    for area in settings["areas"]:
        write_area(session, partnership, **area)
    for codelist, lines in settings["lists"].items():
        local_codes.bring(session, partnership, codelist, [local_codes.LocalLine(**line) for line in lines])
    _load_memberships(session, partnership, read.agencies, agencies)
    _load_successions(session, read.agencies, agencies, known_at)
    session.flush()
    return partnership


def set_clock(partnership: Partnership, at: datetime) -> None:
    """An illustrative partnership's own today, running on from there."""
    partnership.clock_at = at
    partnership.clock_set_at = clock.real_now()


def load_agency(session: Session, line: AgencyLine, *, known_at: datetime | None = None) -> Agency:
    """An agency as a line says; another name than before is known from that moment on."""
    agency = session.scalar(select(Agency).where(Agency.code == line.code))
    if agency is None:
        agency = Agency(code=line.code, kind=line.kind, name=line.name, invented=line.invented)
        session.add(agency)
        session.flush()
        session.add(AgencyName(agency_id=agency.id, name=line.name, from_on=line.opened_on))
    elif agency.name != line.name:
        _end_name(session, agency, line.renamed_on)
        agency.name = line.name
        session.add(
            AgencyName(agency_id=agency.id, name=line.name, from_on=line.renamed_on, known_at=known_at)
        )
    agency.opened_on, agency.closed_on = line.opened_on, line.closed_on
    known = set(
        session.execute(select(AgencyCode.scheme, AgencyCode.code).where(AgencyCode.agency_id == agency.id))
    )
    session.add_all(
        AgencyCode(agency_id=agency.id, scheme=scheme, code=code)
        for scheme, code in line.aliases
        if (scheme, code) not in known
    )
    return agency


def _end_name(session: Session, agency: Agency, renamed_on: date | None) -> None:
    """The name until now was the agency's until the day before."""
    names = session.scalars(select(AgencyName).where(AgencyName.agency_id == agency.id)).all()
    if not names:
        names = [AgencyName(agency_id=agency.id, name=agency.name, from_on=agency.opened_on)]
        session.add_all(names)
    for name in names:
        if name.until_on is None and renamed_on:
            name.until_on = renamed_on - timedelta(days=1)


def _load_region(session: Session, partnership: Partnership, settings: dict[str, Any] | None) -> None:
    if settings is None:
        return
    region = session.scalar(select(Region).where(Region.code == settings["code"])) or Region(
        code=settings["code"]
    )
    region.name, region.oversight_body = settings["name"], settings["oversight_body"]
    session.add(region)
    session.flush()
    lies_in = select(PartnershipRegion).where(
        PartnershipRegion.partnership_id == partnership.id, PartnershipRegion.region_id == region.id
    )
    if session.scalar(lies_in) is None:
        session.add(
            PartnershipRegion(partnership_id=partnership.id, region_id=region.id, from_on=settings["from_on"])
        )


def _load_memberships(
    session: Session, partnership: Partnership, lines: tuple[AgencyLine, ...], agencies: dict[str, Agency]
) -> None:
    known = {
        (row.agency_id, row.from_on): row
        for row in session.scalars(select(Membership).where(Membership.partnership_id == partnership.id))
    }
    new, ends = [], []
    for line in lines:
        if line.member_from is None:
            continue
        agency_id = agencies[line.code].id
        row = known.get((agency_id, line.member_from))
        if row is None:
            dates = {"from_on": line.member_from, "until_on": line.member_until}
            new.append(Membership(partnership_id=partnership.id, agency_id=agency_id, **dates))
        elif row.until_on != line.member_until:
            ends.append(End(row, line.member_until))
    write(session, partnership, new=new, ends=ends)


def _load_successions(
    session: Session,
    lines: tuple[AgencyLine, ...],
    agencies: dict[str, Agency],
    known_at: datetime | None,
) -> None:
    known = set(session.execute(select(Succession.from_agency_id, Succession.to_agency_id)))
    for line in lines:
        if line.succeeded_on is None:
            continue
        kind = "split" if len(line.successors) > 1 else "merged"
        pairs = [(agencies[line.code].id, agencies[code].id) for code in line.successors]
        session.add_all(
            Succession(
                from_agency_id=old, to_agency_id=new, on_date=line.succeeded_on, kind=kind, known_at=known_at
            )
            for old, new in pairs
            if (old, new) not in known
        )
