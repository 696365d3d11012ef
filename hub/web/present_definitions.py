"""Which version of every definition is in force, and what else the hub holds of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.definitions import catalogue
from hub.definitions.models import DefinitionVersion
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
    titles = {each.code: each for each in catalogue.definitions(session)} if kind == "return" else {}
    found = []
    for code, versions in by_code.items():
        live = [each for each in versions if each[1] == "live"]
        now = (live or versions)[-1]
        others = sorted(
            {(version, status) for version, status, _ in versions if version != now[0]}, reverse=True
        )
        definition = titles.get(code)
        found.append(
            InForce(
                code=code,
                title=definition.title if definition else code,
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
    return [
        InForce(code, code, len(known), "in force", known[-1], (), published=False)
        for code, known in times.items()
    ]
