"""Generated requests from the published document against a running server: no fault of ours, no undocumented answer.

Requests go to the small world over HTTP. Most of the generated numbers and codes of objects are replaced by ones that the
key may see, so that more than "not found" is tried. The seed of a failure is printed by the tools themselves.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    allow_header_conformance,
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)
from werkzeug.serving import WSGIRequestHandler, make_server

from hub import db
from hub.config import shipped
from hub.measures.load import publish_measures
from tests.api.conftest import make_app, make_key
from tests.factories import KNOWN_FROM, make_world

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    allow_header_conformance,
    ignored_auth,
)
EXAMPLES = 15


@dataclass(frozen=True)
class Served:
    address: str
    key: str
    submission: int


class Quiet(WSGIRequestHandler):
    def log_request(self, *_arguments: object) -> None:
        pass


@pytest.fixture(scope="module")
def served(sqlite_template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application on a port of its own, over a copy of the migrated database."""
    file = tmp_path_factory.mktemp("served") / "hub.sqlite"
    file.write_bytes(sqlite_template.read_bytes())
    engine = db.make_engine(f"sqlite:///{file}", pool_size=24)
    with db.transaction(engine) as session:
        world = make_world(session)
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
        number = world.item(session, "RXT", "2015-03")
    server = make_server("127.0.0.1", 0, make_app(engine), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{server.port}", make_key(engine, world, "RXT"), number)
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


@pytest.fixture(scope="module")
def described(served: Served) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{served.address}/api/v1/openapi.json")


DOCUMENT = json.loads((Path(__file__).parents[1] / "contracts" / "openapi.json").read_text(encoding="utf-8"))
TRIED = [
    (path, method, mode)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    for mode in ("positive", "negative")
    if mode == "positive" or operation.get("security") != []  # what takes nothing cannot be asked wrongly
]


@pytest.mark.parametrize(("path", "method", "mode"), TRIED)
def test_no_fault_and_no_undocumented_answer(
    served: Served, described: schemathesis.BaseSchema, path: str, method: str, mode: str
) -> None:
    operation = described[path][method]
    strategy = operation.as_strategy(generation_mode=schemathesis.GenerationMode(mode))

    @given(case=strategy)
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def ask(case: schemathesis.Case) -> None:
        turn_to_what_is_there(case, served)
        case.call_and_validate(
            base_url=served.address,
            headers={"Authorization": f"Bearer {served.key}"},
            checks=list(CHECKS),
            timeout=30,
        )

    ask()


def turn_to_what_is_there(case: schemathesis.Case, served: Served) -> None:
    """Four of five numbers become the trust's own submission; longer codes become ones that exist."""
    there = {"partnership": "testshire", "measure": "RF01", "code": "referrals"}
    for name, value in (case.path_parameters or {}).items():
        if name == "submission" and isinstance(value, int) and value % 5:
            case.path_parameters[name] = served.submission
        elif name in there and len(str(value)) > 2:
            case.path_parameters[name] = there[name]
