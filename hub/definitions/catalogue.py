"""Every definition that a deployment has: shipped with the hub, in its own folder, and as published to its database.

Files say what could be asked; the database says what is asked, since when, and what was asked before. Code lists,
returns and other documents (mappings, neighbours) are kept there as canonical JSON, each version with its digest
and the moment from which it was known. Nothing there is ever changed: a changed draft is one more row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import config
from hub.audit.settled import settled
from hub.db import is_writing
from hub.definitions import canonical
from hub.definitions.folders import Catalogue, read_folders
from hub.definitions.model import CodeList, Definition
from hub.definitions.models import DefinitionVersion, FigureRow
from hub.errors import NotReady, UnknownDefinition

_NEWEST_LAST = (DefinitionVersion.version, DefinitionVersion.known_from, DefinitionVersion.id)


def shipped() -> Catalogue:
    """The definitions that came with the hub, and those in the deployment's own folder (HUB_DEFINITIONS)."""
    return _read_once(tuple(_folders()))


def _folders() -> Iterator[Path]:
    yield config.shipped("schemas")
    own = config.from_environment().definitions
    if own:
        yield Path(own).expanduser().resolve() / "schemas"


@lru_cache(maxsize=4)
def _read_once(folders: tuple[Path, ...]) -> Catalogue:
    return read_folders(folders)


def publish(session: Session, catalogue: Catalogue, *, now: datetime) -> int:
    """Store what is new of the catalogue, known from now on; doing it again changes nothing. Returns how many documents."""
    stored = 0
    for codelist in catalogue.codelists.values():
        stored += store(
            session,
            "codelist",
            codelist.code,
            codelist.version,
            codelist.status,
            canonical.as_json(codelist),
            now=now,
        )
    for definition in catalogue.returns:
        stored += store(
            session,
            "return",
            definition.code,
            definition.version,
            definition.status,
            canonical.as_json(definition),
            now=now,
        )
        _publish_figures(session, definition)
    session.flush()
    return stored


def publish_shipped(session: Session, *, now: datetime) -> int:
    """Store what the files hold and the database has never seen; what a deployment has changed since stays changed."""
    known = set(session.scalars(select(DefinitionVersion.digest)))
    files = shipped()
    fresh = Catalogue(
        returns=tuple(definition for definition in files.returns if definition.digest not in known),
        codelists={
            code: codelist for code, codelist in files.codelists.items() if codelist.digest not in known
        },
    )
    return publish(session, fresh, now=now)


def _publish_figures(session: Session, definition: Definition) -> None:
    """An id for each figure of each breakdown. Errors: NotReady where a figure known already would change its unit."""
    rows = session.execute(
        select(FigureRow.breakdown, FigureRow.name, FigureRow.unit).where(
            FigureRow.return_code == definition.code
        )
    )
    known = {(breakdown, name): unit for breakdown, name, unit in rows}
    for breakdown in definition.breakdowns:
        for name in breakdown.figures:
            if definition.figure(name).in_words:
                continue  # words are signed cells, never facts
            unit = definition.figure(name).unit
            before = known.get((breakdown.name, name))
            if before is None:
                row = FigureRow(return_code=definition.code, breakdown=breakdown.name, name=name, unit=unit)
                session.add(row)
            elif before != unit:
                raise NotReady(
                    f"“{name}” of the return “{definition.code}” was in {before} before and is in {unit} now. "
                    "Signed figures keep their unit: give the new figure another name."
                )


def store(
    session: Session, kind: str, code: str, version: int, status: str, document: str, *, now: datetime
) -> bool:
    """Keep one document as known from now on. False where it is the one in force already.

    Errors: NotReady where a live version would change, or a draft's earlier text would come back.
    """
    digest = canonical.digest_of(document)
    statement = select(DefinitionVersion).where(
        DefinitionVersion.kind == kind, DefinitionVersion.code == code, DefinitionVersion.version == version
    )
    earlier = session.scalars(statement.order_by(DefinitionVersion.known_from, DefinitionVersion.id)).all()
    if earlier and earlier[-1].digest == digest:
        return False
    if any(row.status == "live" for row in earlier):
        raise NotReady(
            f"Version {version} of the {kind} “{code}” is live and cannot change. Make a new version."
        )
    if any(row.digest == digest for row in earlier):
        raise NotReady(
            f"Version {version} of the {kind} “{code}” had this text before and was changed since. Make a new version."
        )
    session.add(
        DefinitionVersion(
            kind=kind,
            code=code,
            version=version,
            status=status,
            digest=digest,
            document=document,
            known_from=now,
        )
    )
    session.flush()
    return True


def definition(
    session: Session,
    code: str,
    *,
    version: int | None = None,
    as_at: datetime | None = None,
    drafts: bool = False,
) -> Definition:
    """The return's definition in force: its highest live version (or the one named) as known at a moment.

    A draft is in force while nothing is live, or where `drafts` asks for it, as an illustrative partnership may.
    """
    row = _in_force(session, "return", code, version=version, as_at=as_at, drafts=drafts)
    return canonical.definition_from_json(row.document)


def definitions(session: Session, *, as_at: datetime | None = None) -> list[Definition]:
    """Every return in force, by code."""
    rows = all_in_force(session, "return", as_at=as_at).values()
    return [canonical.definition_from_json(row.document) for row in rows]


class Version(NamedTuple):
    """One version of a return or code list."""

    id: int
    code: str
    version: int
    status: str
    document: str
    known_from: datetime


_VERSION = tuple(getattr(DefinitionVersion, name) for name in Version._fields)


def _versions(session: Session, kind: str, code: str | None = None) -> dict[str, list[Version]]:
    """Return or code list → its versions, the newest last."""
    query = select(*_VERSION).where(DefinitionVersion.kind == kind)
    if code is not None:
        query = query.where(DefinitionVersion.code == code)
    found: dict[str, list[Version]] = defaultdict(list)
    for row in session.execute(query.order_by(DefinitionVersion.code, *_NEWEST_LAST)):
        found[row.code].append(Version._make(row))
    return dict(found)


def all_in_force(session: Session, kind: str, *, as_at: datetime | None = None) -> dict[str, Version]:
    """Return or code list → its version in force, by code."""
    known = settled(session, _versions, kind)
    return {code: _holding(each, as_at) for code, each in known.items()}


def codelist(session: Session, code: str, *, as_at: datetime | None = None) -> CodeList:
    """A code list as known at a moment."""
    return canonical.codelist_from_json(_in_force(session, "codelist", code, as_at=as_at).document)


def codelists(session: Session, *, as_at: datetime | None = None) -> dict[str, CodeList]:
    """Every code list in force, by its name."""
    rows = all_in_force(session, "codelist", as_at=as_at)
    return {code: canonical.codelist_from_json(row.document) for code, row in rows.items()}


def definition_version_id(session: Session, definition: Definition) -> int:
    """The row of exactly this text of a return."""
    found = session.scalar(
        select(DefinitionVersion.id).where(
            DefinitionVersion.kind == "return",
            DefinitionVersion.code == definition.code,
            DefinitionVersion.version == definition.version,
            DefinitionVersion.digest == definition.digest,
        )
    )
    if found is None:
        raise UnknownDefinition(
            f"Version {definition.version} of the return “{definition.code}” is not published here. Run hub load."
        )
    return found


def definition_of_version(session: Session, version_id: int) -> Definition:
    """The text that a draft or revision was made with, whatever is in force now."""
    row = session.get(DefinitionVersion, version_id)
    if row is None or row.kind != "return":
        raise UnknownDefinition("The definition that this was made with is not here.")
    return canonical.definition_from_json(row.document)


def _in_force(
    session: Session,
    kind: str,
    code: str,
    *,
    version: int | None = None,
    as_at: datetime | None = None,
    drafts: bool = False,
) -> Version:
    # Who writes reads for itself, and no more than it needs.
    known = _versions(session, kind, code) if is_writing(session) else settled(session, _versions, kind)
    rows = [row for row in known.get(code, ()) if version in (None, row.version)]
    if not rows:
        which = code if version is None else f"{code} v{version}"
        raise UnknownDefinition(f"There is no {'code list' if kind == 'codelist' else kind} “{which}”.")
    return _holding(rows, as_at, drafts=drafts)


def _holding(rows: Sequence[Version], as_at: datetime | None, *, drafts: bool = False) -> Version:
    """The highest version as known at a moment, live before draft; before the first was known, the first."""
    known = [row for row in rows if as_at is None or row.known_from <= as_at]
    live = [row for row in known if row.status == "live"]
    if live and not drafts:
        return live[-1]
    return known[-1] if known else min(rows, key=lambda row: (row.known_from, row.id))


def figure_ids(session: Session, return_code: str) -> dict[tuple[str, str], int]:
    """(breakdown, figure) → the id that facts carry."""
    rows = session.execute(
        select(FigureRow.breakdown, FigureRow.name, FigureRow.id).where(FigureRow.return_code == return_code)
    )
    return {(breakdown, name): row_id for breakdown, name, row_id in rows}


def serves(definition: Definition, *, illustrative: bool) -> bool:
    """Whether a partnership may use this version: a draft serves illustrative ones alone.

    A published return is read by everybody whatever its status: it is asked of nobody, so nothing hangs on its text.
    """
    return illustrative or definition.published or definition.status == "live"
