"""England with every published table imported, once for all tests that only read it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.db import make_engine, open_session, transaction
from hub.seed.england import seed_england
from hub.submissions.import_order import Imported
from tests.england_world import TABLES, England, import_content, two_persons


@pytest.fixture(scope="session")
def england(
    published_data: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[England]:
    """All four returns in an SQLite database that tests read and never change."""
    folder = tmp_path_factory.mktemp("england")
    shutil.copyfile(sqlite_template, folder / "hub.sqlite")
    url = f"sqlite:///{folder / 'hub.sqlite'}"
    patch = pytest.MonkeyPatch()
    patch.setenv("HUB_CHECKPOINTS", str(folder))
    engine = make_engine(url)
    with transaction(engine) as session:
        seed_england(session)
        two_persons(session)
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


@pytest.fixture
def councils(session: Session) -> Session:
    """England's councils and two persons in an empty database of the test's own."""
    seed_england(session)
    two_persons(session)
    return session
