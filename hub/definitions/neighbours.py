"""Statistical neighbours: for each council those most like it, as a dated list that a publisher gives out.

A small YAML file says where the publisher's CSV lies, from when the list holds and which column is which; `hub load`
brings it. Lists are kept as published documents and never changed: a later list is one more. Reading asks for a day.
"""

from __future__ import annotations

import csv
import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.definitions import canonical, catalogue, file_parts
from hub.definitions.models import DefinitionVersion
from hub.definitions.shape_mappings import NeighboursFile
from hub.document import read
from hub.errors import DefinitionError, DefinitionErrors

KIND = "neighbours"


@dataclass(frozen=True)
class Neighbour:
    code: str
    rank: int
    closeness: str | None = None


@dataclass(frozen=True)
class Neighbours:
    """One list: council → its neighbours, nearest first."""

    code: str
    title: str
    source: str
    from_on: str
    of: Mapping[str, tuple[Neighbour, ...]]


def read_neighbours(path: Path, councils: Collection[str]) -> Neighbours:
    """The list of a YAML file and the CSV that it names. Errors: DefinitionErrors with file and line of every fault."""
    document = read(path)
    data, faults = file_parts.loaded(NeighboursFile(), document.data)
    if not faults and not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", data["from_on"]):
        faults = [(("from_on",), f"“{data['from_on']}” is not a date. Write it as 2025-04-01.")]
    if faults:
        raise DefinitionErrors([document.fault(place, cause) for place, cause in faults])
    file = path.parent / data["file"]
    of: dict[str, list[Neighbour]] = defaultdict(list)
    wrong: list[DefinitionError] = []
    for line, row in _lines(file, data):
        cause = _fault(row, of, councils)
        if cause:
            wrong.append(DefinitionError(str(file), line, cause))
        else:
            of[row["agency"]].append(Neighbour(row["neighbour"], int(row["rank"]), row.get("closeness")))
    if wrong:
        raise DefinitionErrors(wrong)
    ranked = {code: tuple(sorted(found, key=lambda each: each.rank)) for code, found in of.items()}
    return Neighbours(data["code"], data["title"], data["source"], data["from_on"], ranked)


def _lines(file: Path, data: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, str]]]:
    """Each line of the CSV with our names for its columns; capitals and spaces in headings do not matter."""
    try:
        rows = csv.reader(file.read_bytes().decode("utf-8-sig").splitlines())
    except (OSError, UnicodeDecodeError) as error:
        raise DefinitionErrors(
            [DefinitionError(str(file), None, "cannot be read as a UTF-8 file.")]
        ) from error
    headings = [_plain(heading) for heading in next(rows, [])]
    wanted = {part: data[part] for part in ("agency", "neighbour", "rank", "closeness") if data[part]}
    absent = [column for column in wanted.values() if _plain(column) not in headings]
    if absent:
        raise DefinitionErrors(
            [DefinitionError(str(file), 1, f"has no column “{column}”.") for column in absent]
        )
    places = {part: headings.index(_plain(column)) for part, column in wanted.items()}
    for row in rows:
        if any(cell.strip() for cell in row):
            yield (
                rows.line_num,
                {part: row[place].strip() if place < len(row) else "" for part, place in places.items()},
            )


def _plain(heading: str) -> str:
    return re.sub(r"[\W_]+", "_", heading.casefold()).strip("_")


def _fault(
    row: Mapping[str, str], of: Mapping[str, list[Neighbour]], councils: Collection[str]
) -> str | None:
    for part in ("agency", "neighbour"):
        if row[part] not in councils:
            return f"“{row[part]}” is not the code of a council. Correct it."
    if not row["rank"].isdigit():
        return f"“{row['rank']}” is not a rank. Write 1, 2, 3 and so on."
    if row["agency"] == row["neighbour"]:
        return f"“{row['agency']}” cannot be its own neighbour."
    if any(
        int(row["rank"]) == known.rank or row["neighbour"] == known.code
        for known in of.get(row["agency"], [])
    ):
        return f"“{row['agency']}” has this rank or this neighbour already."
    return None


def store_neighbours(session: Session, neighbours: Neighbours, *, now: datetime) -> bool:
    """Keep a list as known from now on; False where it is there already. Its version is the day from which it holds."""
    version = int(neighbours.from_on.replace("-", ""))
    document = canonical.canonical(asdict(neighbours))
    return catalogue.store(session, KIND, neighbours.code, version, "draft", document, now=now)


def neighbours_on(session: Session, day: date, *, as_at: datetime | None = None) -> Neighbours | None:
    """The list in force on a day; before the first one the first one, whose date then stands beside it. None without any."""
    query = select(DefinitionVersion).where(DefinitionVersion.kind == KIND)
    if as_at is not None:
        query = query.where(DefinitionVersion.known_from <= as_at)
    rows = session.scalars(query.order_by(DefinitionVersion.version, DefinitionVersion.known_from)).all()
    begun = [row for row in rows if row.version <= int(f"{day:%Y%m%d}")]
    row = begun[-1] if begun else next(iter(rows), None)
    return None if row is None else _from_json(row.document)


def neighbours_of(
    session: Session, agency_code: str, day: date, *, as_at: datetime | None = None
) -> tuple[Neighbour, ...]:
    """A council's neighbours on a day, nearest first; none where no list has them."""
    found = neighbours_on(session, day, as_at=as_at)
    return found.of.get(agency_code, ()) if found is not None else ()


def _from_json(document: str) -> Neighbours:
    data = json.loads(document)
    of = {code: tuple(Neighbour(**each) for each in found) for code, found in data["of"].items()}
    return Neighbours(**{**data, "of": of})
