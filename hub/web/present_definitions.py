"""Which version of every definition is in force, and what else the hub holds of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.clock import real_now
from hub.definitions import catalogue
from hub.definitions.models import DefinitionVersion
from hub.measures.load import measures_as_at
from hub.measures.models import MeasureVersion

KINDS = {"return": "Returns", "codelist": "Code lists", "mapping": "Mappings"}


@dataclass(frozen=True)
class InForce:
    """A definition; `title` is what people read, `others` its other versions, newest first."""

    code: str
    title: str
    version: int
    status: str
    since: datetime
    others: tuple[str, ...]
    published: bool


@dataclass(frozen=True)
class Group:
    kind: str
    title: str
    entries: tuple[InForce, ...]


def in_force(session: Session) -> list[Group]:
    """Returns, code lists and mappings by code, then measures."""
    groups = [Group(kind, title, tuple(_entries(session, kind))) for kind, title in KINDS.items()]
    return [
        group for group in [*groups, Group("measure", "Measures", tuple(_measures(session)))] if group.entries
    ]


def _entries(session: Session, kind: str) -> list[InForce]:
    rows = session.execute(
        select(
            DefinitionVersion.code,
            DefinitionVersion.version,
            DefinitionVersion.status,
            DefinitionVersion.known_from,
        )
        .where(DefinitionVersion.kind == kind)
        .order_by(DefinitionVersion.code, DefinitionVersion.version, DefinitionVersion.known_from)
    )
    by_code: dict[str, list[tuple[int, str, datetime]]] = {}
    for code, version, status, since in rows:
        by_code.setdefault(code, []).append((version, status, since))
    definitions = {each.code: each for each in catalogue.definitions(session)} if kind == "return" else {}
    titles = {code: each.title for code, each in definitions.items()}
    if kind == "codelist":
        titles = {code: each.title for code, each in catalogue.codelists(session).items()}
    found = []
    for code, versions in by_code.items():
        live = [each for each in versions if each[1] == "live"]
        now = (live or versions)[-1]
        others = sorted(
            {(version, status) for version, status, _ in versions if version != now[0]}, reverse=True
        )
        definition = definitions.get(code)
        found.append(
            InForce(
                code=code,
                title=titles.get(code, code),
                version=now[0],
                status=now[1],
                since=now[2],
                others=tuple(f"version {version}, {status}" for version, status in others),
                published=bool(definition and definition.published),
            )
        )
    return found


def _measures(session: Session) -> list[InForce]:
    rows = session.execute(
        select(MeasureVersion.code, MeasureVersion.known_from).order_by(
            MeasureVersion.code, MeasureVersion.known_from
        )
    )
    times: dict[str, list[datetime]] = {}
    for code, since in rows:
        times.setdefault(code, []).append(since)
    names = {code: each.name for code, each in measures_as_at(session, real_now()).items()}
    return [
        InForce(
            code,
            f"{code} {names[code]}" if code in names else code,
            len(known),
            "in force",
            known[-1],
            (),
            published=False,
        )
        for code, known in times.items()
    ]
