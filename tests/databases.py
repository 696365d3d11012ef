"""Fixtures that give a test a migrated, empty database of its own on either engine.

`database_url` and what stands on it (`engine`, `session`) run each test twice, on SQLite and on
PostgreSQL. `new_database` makes further ones, as moving figures between engines needs. Migrations run
once per engine and process; every test then gets a copy. PostgreSQL databases belong to the migrator
role, and tests connect as the application's, made as the operator's example says: neither owner nor superuser.
"""

import itertools
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from hub import db
from tests.england_world import make_councils
from tests.factories import make_world
from tests.postgres_cluster import Cluster, programs, running_cluster

MIGRATOR = "hub_migrator"
APP = "hub_app"
ENGINES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]

ROLES = Path(__file__).resolve().parent.parent / "docs" / "examples" / "postgresql-roles.sql"
# More than a deployment grants, so that triggers and policies are what refuses; the grants have tests of their own.
BY_DEFAULT = f"ALTER DEFAULT PRIVILEGES FOR ROLE {MIGRATOR} GRANT"
ALL_RIGHTS = (
    f"{BY_DEFAULT} SELECT, INSERT, UPDATE, DELETE ON TABLES TO {APP}",
    f"{BY_DEFAULT} USAGE ON SEQUENCES TO {APP}",
)

NewDatabase = Callable[[str], str]
Fill = Callable[[Session], object]
Filled = Callable[[Fill], NewDatabase]
TemplateOf = Callable[[str, Fill], Path | str]


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A private PostgreSQL server, started by the first test that needs one."""
    folder = programs()
    if folder is None:
        pytest.fail(
            "PostgreSQL's server programs are missing: apt-get install postgresql, or leave out -m postgres"
        )
    with running_cluster(folder) as cluster:
        cluster.run(f"CREATE ROLE {MIGRATOR} LOGIN", f"CREATE ROLE {APP} LOGIN")
        yield cluster


@pytest.fixture(scope="session")
def postgres_template(postgres_cluster: Cluster) -> str:
    """The name of a migrated database that others are copied from."""
    name = "hub_template"
    postgres_cluster.run(f"CREATE DATABASE {name} OWNER {MIGRATOR}")
    roles = ROLES.read_text(encoding="utf-8").split(";\n")[:-1]
    postgres_cluster.run(*roles, *ALL_RIGHTS, database=name)
    db.upgrade(postgres_cluster.url(name, role=MIGRATOR))
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file that others are copied from."""
    file = tmp_path_factory.mktemp("sqlite") / "template.sqlite"
    db.upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def template_of(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> TemplateOf:
    """`template_of("sqlite", make_world)` is a database with the small world in it, that others are copied from.

    A file, or the name of a PostgreSQL database; made when it is first asked for.
    """
    folder, numbers = tmp_path_factory.mktemp("filled"), itertools.count(1)

    @cache
    def made(kind: str, fill: Fill) -> Path | str:
        name = f"hub_filled_{next(numbers)}"
        if kind == "sqlite":
            file = folder / f"{name}.sqlite"
            shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
            _fill(f"sqlite:///{file}", fill)
            return file
        cluster: Cluster = request.getfixturevalue("postgres_cluster")
        cluster.copy(request.getfixturevalue("postgres_template"), name, owner=MIGRATOR)
        _fill(cluster.url(name, role=APP), fill)
        return name

    return made


def _fill(url: str, fill: Fill) -> None:
    engine = db.make_engine(url)
    with db.transaction(engine) as session:
        fill(session)
    engine.dispose()


Copies = Callable[[Callable[[str], Path | str]], NewDatabase]


@pytest.fixture
def copies_of(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Copies]:
    """Makes copies of templates, dropped when the test ends."""
    numbers = itertools.count(1)
    made: list[str] = []

    def of(template: Callable[[str], Path | str]) -> NewDatabase:
        def make(kind: str) -> str:
            name = f"hub_copy_{next(numbers)}"
            if kind == "sqlite":
                file = tmp_path / f"{name}.sqlite"
                shutil.copyfile(template(kind), file)
                return f"sqlite:///{file}"
            cluster: Cluster = request.getfixturevalue("postgres_cluster")
            cluster.copy(str(template(kind)), name, owner=MIGRATOR)
            made.append(name)
            return cluster.url(name, role=APP)

        return make

    yield of
    for name in made:
        request.getfixturevalue("postgres_cluster").run(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def filled(copies_of: Copies, template_of: TemplateOf) -> Filled:
    """`filled(make_sides)` makes databases with that in them: it is made once for each engine, and copied.

    For a file whose tests begin with the same: it says so by a fixture `new_database` or `new_world` of its own.
    """
    return lambda fill: copies_of(lambda kind: template_of(kind, fill))


@pytest.fixture
def new_database(request: pytest.FixtureRequest, copies_of: Copies) -> NewDatabase:
    """Makes migrated, empty databases: `new_database("sqlite")` gives an address."""
    names = {"sqlite": "sqlite_template", "postgresql": "postgres_template"}
    return copies_of(lambda kind: request.getfixturevalue(names[kind]))


@pytest.fixture
def new_world(filled: Filled) -> NewDatabase:
    """The same with the small world in it: `factories.read_world(session)` gives its parts."""
    return filled(make_world)


@pytest.fixture
def new_councils(filled: Filled) -> NewDatabase:
    """The same with England's councils in it, and two persons who may import."""
    return filled(make_councils)


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest, new_database: NewDatabase) -> str:
    """The address of a migrated, empty database, once on each engine."""
    return new_database(request.param)


@pytest.fixture
def sqlite_url(new_database: NewDatabase) -> str:
    """The address of a migrated, empty SQLite database, for tests that have no use for two engines."""
    return new_database("sqlite")


@pytest.fixture
def postgres_url(new_database: NewDatabase) -> str:
    """The address of a migrated, empty PostgreSQL database; mark such tests `postgres`."""
    return new_database("postgresql")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine made as the application makes it, on each kind of database."""
    made = db.make_engine(database_url)
    yield made
    made.dispose()


def as_owner(url: str) -> str:
    """The address of the same database for the role that owns its tables, as migrations and restores use it."""
    return url.replace(f"{APP}@", f"{MIGRATOR}@")


@pytest.fixture
def owner_engine(database_url: str) -> Iterator[Engine]:
    """An engine with the rights of migrations, on each kind of database."""
    made = db.make_engine(as_owner(database_url))
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """One writing session over the whole deployment; a test commits where a request or command would."""
    with db.open_session(engine, writing=True) as opened:
        yield opened
