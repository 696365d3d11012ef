"""Definitions that came as files through the browser: laid out as in a folder, tried apart, stored.

They are tried by `hub load --check` in a process of its own, so that the page says the very same as the command line,
with file and line, and a web process never loads what rules are run with.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub import document
from hub.definitions import catalogue
from hub.definitions.folders import read_files
from hub.definitions.mapping_model import as_json
from hub.definitions.mappings import read_mapping
from hub.definitions.models import DefinitionVersion
from hub.errors import Busy, DefinitionError, DefinitionErrors

LONGEST_SECONDS = 60
MOST_FILES = 20
# Where `hub load` finds a file of each kind; the word is what the file begins with.
PLACES = (("mapping", "mappings"), ("codelist", "codelists"), ("calendar", "calendars"), ("return", ""))
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_FAULT = re.compile(r"(?P<file>.+?\.yaml)(?::(?P<line>[0-9]+))?: (?P<cause>.*)")


@dataclass(frozen=True)
class Sent:
    """A file as it came."""

    name: str
    text: str


@dataclass(frozen=True)
class Known:
    """What a file says it is. `live` asks for a second person before it is in force."""

    kind: str
    code: str
    version: int
    live: bool
    path: Path


def tried(sent: Sequence[Sent]) -> list[DefinitionError]:
    """Everything that is wrong with the files, rules run on their own examples included."""
    with tempfile.TemporaryDirectory(prefix="hub-definitions-") as folder:
        try:
            names = {str(known.path): each.name for each, known in _laid_out(Path(folder), sent)}
        except DefinitionErrors as error:
            return error.errors
        command = [sys.executable, "-m", "hub", "load", folder, "--check"]
        try:
            done = subprocess.run(  # noqa: S603  (our own program and a folder that we named)
                command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise Busy(
                "Trying the files took too long. Send fewer at once, or try again in a minute."
            ) from error
    return [] if done.returncode == 0 else _faults(done.stderr, names)


def store(session: Session, sent: Sequence[Sent], *, now: datetime) -> int:
    """Bring code lists, returns and mappings that were tried into force from now on. Returns how many are new."""
    with tempfile.TemporaryDirectory(prefix="hub-definitions-") as folder:
        found = [known for _, known in _laid_out(Path(folder), sent)]
        shipped = catalogue.shipped()
        read = read_files(_of(found, "codelist"), _of(found, "return"), beside=shipped)
        new = catalogue.publish(session, read, now=now)
        returns, lists = [*shipped.returns, *read.returns], {**shipped.codelists, **read.codelists}
        for path in _of(found, "mapping"):
            mapping = read_mapping(path, returns, lists)
            new += catalogue.store(
                session, "mapping", mapping.code, mapping.version, "draft", as_json(mapping), now=now
            )
    return new


def look(sent: Sequence[Sent]) -> list[Known]:
    """What the files say they are; their paths are gone. Errors: DefinitionErrors."""
    with tempfile.TemporaryDirectory(prefix="hub-definitions-") as folder:
        return [known for _, known in _laid_out(Path(folder), sent)]


def needs_second_person(session: Session, known: Sequence[Known]) -> bool:
    """Whether any of it is live, or changes how what is live is read."""
    if any(each.live for each in known):
        return True
    live = select(DefinitionVersion.id).where(
        DefinitionVersion.kind == "return", DefinitionVersion.status == "live"
    )
    return any(each.kind != "return" for each in known) and session.scalars(live.limit(1)).first() is not None


def _laid_out(folder: Path, sent: Sequence[Sent]) -> list[tuple[Sent, Known]]:
    """Each file written where `hub load` looks for its kind. Errors: DefinitionErrors, with the name it came under."""
    laid = []
    for number, each in enumerate(sent):
        first = folder / f"sent-{number}.yaml"
        first.write_text(each.text, encoding="utf-8")
        try:
            data = document.read(first).data
        except DefinitionErrors as error:
            raise DefinitionErrors(
                [DefinitionError(each.name, fault.line, fault.cause) for fault in error.errors]
            ) from error
        first.unlink()
        laid.append((each, _placed(folder, each, data)))
    return laid


def _placed(folder: Path, sent: Sent, data: Any) -> Known:
    known = _known(folder, data)
    if known is None:
        cause = "is no return, code list, mapping, calendar or list of measures. It should begin with return:, codelist:, mapping: or calendar:."
        raise DefinitionErrors([DefinitionError(sent.name, 1, cause)])
    if known.path.exists():
        raise DefinitionErrors(
            [DefinitionError(sent.name, 1, "says that it is the same as another of these files.")]
        )
    known.path.parent.mkdir(parents=True, exist_ok=True)
    known.path.write_text(sent.text, encoding="utf-8")
    return known


def _known(folder: Path, data: Any) -> Known | None:
    if isinstance(data, list):
        return Known("measures", "measures", 1, live=False, path=folder / "measures.yaml")
    for kind, place in PLACES:
        if not isinstance(data, dict) or kind not in data:
            continue
        code = str(data[kind]) if _NAME.fullmatch(str(data[kind])) else "unnamed"
        version = data.get("version") if isinstance(data.get("version"), int) else 1
        path = folder / place / f"{code}.yaml" if place else folder / code / f"v{version}.yaml"
        return Known(kind, code, int(version or 1), live=data.get("status") == "live", path=path)
    return None


def _of(found: Sequence[Known], kind: str) -> list[Path]:
    return [known.path for known in found if known.kind == kind]


def _faults(printed: str, names: dict[str, str]) -> list[DefinitionError]:
    """The command's lines, with the names under which the files came."""
    faults = []
    for line in printed.splitlines():
        said = _FAULT.fullmatch(line)
        path = said["file"] if said else ""
        name = names.get(path) or names.get(str(Path(path).resolve()))
        if said and name:
            faults.append(DefinitionError(name, int(said["line"]) if said["line"] else None, said["cause"]))
        elif line.strip():
            faults.append(DefinitionError("the files", None, line.strip()))
    return faults or [DefinitionError("the files", None, "could not be tried.")]
