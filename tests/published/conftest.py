"""England with every published table imported, once for all tests that only read it."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.db import make_engine, open_session, transaction
from tests.databases import ENGINES, NewDatabase, TemplateOf
from tests.england_world import TABLES, England, import_content, make_councils
from tests.once import made_once


@pytest.fixture(scope="session")
def england(
    published_data: Path, template_of: TemplateOf, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[England]:
    """All four returns in an SQLite database that tests read and never change."""

    def make(folder: Path) -> None:
        shutil.copyfile(template_of("sqlite", make_councils), folder / "hub.sqlite")
        engine = make_engine(f"sqlite:///{folder / 'hub.sqlite'}")
        said = {}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("HUB_CHECKPOINTS", str(folder))
            for return_code, file in TABLES.items():
                content = (published_data / file).read_bytes()
                with transaction(engine) as session:
                    said[return_code] = import_content(session, return_code, content, name=file).as_json()
        engine.dispose()
        (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")

    folder = made_once(tmp_path_factory, "england", make)
    url = f"sqlite:///{folder / 'hub.sqlite'}"
    engine = make_engine(url)
    yield England(url, engine, json.loads((folder / "said.json").read_text(encoding="utf-8")))
    engine.dispose()


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
