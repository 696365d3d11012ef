"""England with every published table imported, once for all tests that only read it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.db import make_engine, open_session, transaction
from hub.submissions.import_order import Imported
from tests.databases import ENGINES, NewDatabase
from tests.england_world import TABLES, England, import_content


@pytest.fixture(scope="session")
def england(
    published_data: Path, sqlite_councils: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[England]:
    """All four returns in an SQLite database that tests read and never change."""
    folder = tmp_path_factory.mktemp("england")
    shutil.copyfile(sqlite_councils, folder / "hub.sqlite")
    url = f"sqlite:///{folder / 'hub.sqlite'}"
    patch = pytest.MonkeyPatch()
    patch.setenv("HUB_CHECKPOINTS", str(folder))
    engine = make_engine(url)
    imported: dict[str, Imported] = {}
    for return_code, file in TABLES.items():
        with transaction(engine) as session:
            content = (published_data / file).read_bytes()
            imported[return_code] = import_content(session, return_code, content, name=file)
    yield England(url, engine, imported)
    engine.dispose()
    patch.undo()


@pytest.fixture
def reading(england: England) -> Iterator[Session]:
    with open_session(england.engine) as session:
        yield session


@pytest.fixture(params=ENGINES)
def councils(request: pytest.FixtureRequest, new_councils: NewDatabase) -> Iterator[Session]:
    """England's councils and two persons in a database of the test's own, on either engine."""
    engine = make_engine(new_councils(request.param))
    with open_session(engine, writing=True) as session:
        yield session
    engine.dispose()
