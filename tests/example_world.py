"""The seeded example, told until March 2016, made once for a whole run and read by many tests.

Tests that write take a copy (`example_copy`).
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from hub.calendar.due import due_items
from hub.clock import now_for, parse_moment
from hub.db import make_engine, open_session, transaction, upgrade
from hub.definitions import catalogue
from hub.facts.document import Cell, Explained
from hub.facts.ledger import Signing, sign
from hub.facts.moments import AsAt, as_at
from hub.measures.compute import measure
from hub.measures.model import Asked, Point, Series
from hub.partners import queries
from hub.partners.models import Partnership, Person
from hub.periods import parse
from hub.seed.example.seed import seed_example
from tests.once import made_once

CODE = "birmingham-example"
FIRST, WHOLE = "example-2015.sqlite", "example.sqlite"
SECRET_KEY = "k" * 40


def _make(folder: Path) -> None:
    """Tell the example until May 2015, keep that, and tell on."""
    file = folder / WHOLE
    url = f"sqlite:///{file}"
    upgrade(url)
    engine = make_engine(url)
    with transaction(engine) as session:
        seed_example(session, until="2015-03", demo=True, secret_key=SECRET_KEY)
    _settle(engine)
    shutil.copyfile(file, folder / FIRST)
    with transaction(engine) as session:
        seed_example(session, until="2016-03", demo=True, secret_key=SECRET_KEY)
    _settle(engine)
    engine.dispose()


def _settle(engine: Engine) -> None:
    """Bring everything into the one file, so that it can be copied."""
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


@pytest.fixture(scope="session")
def example_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_once(tmp_path_factory, "example", _make) / WHOLE


@pytest.fixture
def example_copy(example_file: Path, tmp_path: Path) -> str:
    """The address of a copy of the example that a test may write to."""
    copy = tmp_path / "example.sqlite"
    shutil.copyfile(example_file, copy)
    return f"sqlite:///{copy}"


@pytest.fixture
def example_of_2015(example_file: Path, tmp_path: Path) -> str:
    """The address of a copy of the example as it stands on 18 May 2015, as `make demo` shows it."""
    copy = tmp_path / "example-2015.sqlite"
    shutil.copyfile(example_file.with_name(FIRST), copy)
    return f"sqlite:///{copy}"


@pytest.fixture(scope="session")
def example_engine(example_file: Path) -> Iterator[Engine]:
    engine = make_engine(f"sqlite:///{example_file}")
    yield engine
    engine.dispose()


@dataclass
class Example:
    """The example as at a moment, with short ways to ask it."""

    session: Session
    partnership: Partnership

    def at(self, day: str | None = None) -> AsAt:
        return as_at(self.session, self.partnership, parse_moment(day) if day else None)

    def series(self, code: str, day: str | None = None, **asked: object) -> Series:
        return measure(self.session, self.partnership, self.at(day), code, Asked(**asked))  # type: ignore[arg-type]

    def point(self, code: str, period: str, day: str | None = None, **asked: object) -> Point:
        """The one point of a period (and line, given as `line=("area", "south")`)."""
        by, line = asked.pop("line", (None, None))  # type: ignore[misc]
        found = [
            point
            for point in self.series(code, day, by=by, **asked).points
            if point.period == parse(period) and (by is None or point.lines[by] == line)
        ]
        assert len(found) == 1, f"{len(found)} points of {code} in {period}"
        return found[0]


@pytest.fixture
def example(example_engine: Engine) -> Iterator[Example]:
    with open_session(example_engine) as session:
        yield Example(session, queries.partnership(session, CODE))


def signs_again(
    session: Session,
    paper: tuple[str, str, str],
    cells: Sequence[Cell],
    *,
    by: tuple[str, str],
    explanations: tuple[Explained, ...] = (),
    waivers: tuple[tuple[int, str], ...] = (),
) -> None:
    """Sign a correction of a (return, agency, period) now, in those figures alone, prepared and signed by those two people."""
    place = queries.partnership(session, CODE)
    (item,) = (
        each
        for each in due_items(session, place.id, return_code=paper[0])
        if (each.agency.code, each.period.code) == paper[1:]
    )
    prepares, signs = (
        session.scalars(select(Person.id).where(Person.email == f"{name}@example.org")).one() for name in by
    )
    signing = Signing(
        partnership_id=place.id,
        due_item_id=item.id,
        definition_version_id=catalogue.definition_version_id(
            session, catalogue.definition(session, paper[0])
        ),
        rows=[{"row_no": "2"}],
        cells=cells,
        signed_by=signs,
        prepared_by=prepares,
        at=now_for(place),
        channel="csv",
        reason="Counted again.",
        explanations=explanations,
        waivers=waivers,
    )
    sign(session, [signing])
