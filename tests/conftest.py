"""What every test stands on: databases, a closed network, and the published tables where they are."""

import gc
import inspect
import ipaddress
import itertools
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import flask
import hypothesis
import jinja2
import pytest
from sqlalchemy import Engine, event
from werkzeug.routing import BaseConverter, Rule
from werkzeug.routing.rules import RulePart

from hub import db
from hub.facts import recalled

pytest_plugins = ["tests.browsers", "tests.databases", "tests.example_world", "tests.served"]

ROOT = Path(__file__).resolve().parent.parent
GARBAGE = 20_000  # objects made since it was last looked for
STATEMENTS = 2000  # kept compiled: about as many as there are

# Two slow cores must not fail a property; what a failure was found with is printed, so that it can be run again.
hypothesis.settings.register_profile("hub", deadline=None, print_blob=True)
hypothesis.settings.load_profile("hub")


# The files that take longest, in this order: whoever has the last of a run must not keep the others waiting. The first
# two are each worker's first, and one of them alone needs the example.
LONGEST = (
    "tests/access/test_access_matrix.py",
    "tests/browser/test_every_page.py",
    "tests/intake/test_bad_input_over_http.py",
    "tests/published/test_published_figures.py",
    "tests/intake/test_bad_input.py",
    "tests/journeys/",
    "tests/browser/test_the_story.py",
    "tests/agreements/test_verdicts_on_the_example.py",
    "tests/api/test_api_generated.py",
    "tests/published/test_comparators.py",
    "tests/measures/test_attacker.py",
    "tests/cli/",
    "tests/web/test_web_letters.py",
)


def published_folder() -> Path | None:
    """Where the published national tables are, if this machine has them."""
    named = os.environ.get("HUB_PUBLISHED_DATA")
    folder = Path(named) if named else ROOT.parent / "shared" / "data"
    return folder if folder.is_dir() else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first; left out, and counted, the tests whose published tables are not here."""
    items.sort(key=lambda item: _turn(item.nodeid))
    if published_folder():
        return
    absent = pytest.mark.skip(
        reason="the published tables are not here (HUB_PUBLISHED_DATA names their folder)"
    )
    for item in items:
        if item.get_closest_marker("published"):
            item.add_marker(absent)


def _turn(nodeid: str) -> int:
    return next((place for place, name in enumerate(LONGEST) if nodeid.startswith(name)), len(LONGEST))


def pytest_collection_finish() -> None:
    """What is there when the tests begin stays to their end: nothing to look through for garbage, and that more rarely."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE, 10, 10)


@pytest.fixture(scope="session")
def published_data() -> Path:
    """The folder of the published national tables; tests that use it are marked `published`."""
    folder = published_folder()
    if folder is None:
        pytest.fail("a test that uses published_data must be marked `published`")
    return folder


class CompiledTemplates(jinja2.BytecodeCache):
    """Templates compiled once for all the applications of a process: most tests make one of their own."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: jinja2.bccache.Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


@pytest.fixture(scope="session", autouse=True)
def compiled_templates() -> Iterator[None]:
    create = flask.Flask.create_jinja_environment

    def with_cache(self: flask.Flask) -> jinja2.Environment:
        environment = create(self)
        environment.bytecode_cache = CompiledTemplates()
        return environment

    patch = pytest.MonkeyPatch()
    patch.setattr(flask.Flask, "create_jinja_environment", with_cache)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def compiled_addresses() -> Iterator[None]:
    """An address is parsed, and what builds it compiled, once for each of a process: that is nine tenths of making an application."""
    parse_rule, compile_builder = Rule._parse_rule, Rule._compile_builder
    parsed: dict[str, tuple[list[RulePart], list[tuple[bool, str]], dict[str, BaseConverter]]] = {}
    builders: dict[tuple[object, ...], Callable[..., tuple[str, str]]] = {}

    def parsed_once(self: Rule, rule: str) -> list[RulePart]:
        if rule not in parsed:
            trace, converters, self._trace, self._converters = self._trace, self._converters, [], {}
            parsed[rule] = ([*parse_rule(self, rule)], self._trace, self._converters)
            self._trace, self._converters = trace, converters
        parts, trace, converters = parsed[rule]
        self._trace += trace
        self._converters |= converters
        self.arguments |= converters.keys()
        return parts

    def built_once(self: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (tuple(self._trace), str(self.defaults), append_unknown)
        if key not in builders:
            builders[key] = compile_builder(self, append_unknown)
        return builders[key]

    patch = pytest.MonkeyPatch()
    patch.setattr(Rule, "_parse_rule", parsed_once)
    patch.setattr(Rule, "_compile_builder", built_once)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def compiled_statements() -> Iterator[None]:
    """A statement is compiled once for a process and kind of database: every test has an engine of its own."""
    create = db.create_engine
    first: dict[str, Engine] = {}

    def sharing(url: str, **settings: Any) -> Engine:
        engine = create(url, query_cache_size=STATEMENTS, **settings)
        name = engine.dialect.name
        if name in first:
            engine.dialect, engine._compiled_cache = first[name].dialect, first[name]._compiled_cache
        else:  # its dialect knows the database once it has met it
            event.listen(engine, "connect", lambda *_: first.setdefault(name, engine), once=True)
        return engine

    patch = pytest.MonkeyPatch()
    patch.setattr(db, "create_engine", sharing)
    yield
    patch.undo()


def is_local(address: object) -> bool:
    """Whether a socket address stays on this machine."""
    host = address[0] if isinstance(address, tuple) else None
    if not isinstance(host, str) or host == "localhost":
        return True  # a Unix socket, or this machine by name
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    """Nothing in the tests may reach beyond this machine."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex

    def guarded(self: socket.socket, address: object) -> None:
        if not is_local(address):
            raise PermissionError(f"the tests' network is closed: {address!r}")
        connect(self, address)

    def guarded_ex(self: socket.socket, address: object) -> int:
        if not is_local(address):
            raise PermissionError(f"the tests' network is closed: {address!r}")
        return connect_ex(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", guarded)
    patch.setattr(socket.socket, "connect_ex", guarded_ex)
    yield
    patch.undo()


@pytest.fixture(scope="session")
def folders_of_checkpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder for each test, numbered here: pytest would look through thousands of folders for the next number."""
    above = tmp_path_factory.mktemp("checkpoints")
    return (above / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def checkpoints(folders_of_checkpoints: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's audit checkpoints go: never into the checkout."""
    folder = next(folders_of_checkpoints)
    folder.mkdir()
    monkeypatch.setenv("HUB_CHECKPOINTS", str(folder))
    return folder


# Tests that ask for one of the first, and for none of the others, read the one example, to which nobody writes.
READERS = {"example", "example_engine", "as_"}
OTHERS = {"app", "example_copy", "example_of_2015", "new_database", "new_world"}


@pytest.fixture(scope="session")
def read_before() -> list[bool]:
    """Whether the test before read the one example and did nothing else."""
    return [False]


@pytest.fixture(autouse=True)
def nothing_remembered(request: pytest.FixtureRequest, read_before: list[bool]) -> None:
    """Tests copy each other's databases and write past the audit chain, by which verdicts are remembered.

    What a reader of the one example has worked out holds for the next reader, unless either changes how it is worked out.
    """
    asked = set(request.fixturenames)
    patches = "monkeypatch" in inspect.signature(request.function).parameters
    reads = bool(asked & READERS) and not asked & OTHERS and not patches
    if not (reads and read_before[0]):
        recalled.forget()
    read_before[0] = reads
