"""The published document: valid, complete, and the same as the snapshot that people read."""

import json
import os
from pathlib import Path

from flask import Flask

SNAPSHOT = Path(__file__).parents[1] / "contracts" / "openapi.json"


def document(app: Flask) -> dict:
    answer = app.test_client().get("/api/v1/openapi.json")
    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers
    return answer.json


def test_the_document_is_valid_openapi(app: Flask) -> None:
    import jsonschema

    told = document(app)
    assert told["openapi"] == "3.1.0"
    for schema in told["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    text = json.dumps(told)
    for name in ("schemas", "responses"):
        used = {part.split('"')[0] for part in text.split(f'"#/components/{name}/')[1:]}
        assert used <= set(told["components"][name])


def test_every_door_of_the_interface_is_described(app: Flask) -> None:
    told = document(app)["paths"]
    doors = {
        (rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/")
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    described = {(path, method) for path, item in told.items() for method in item}
    assert described == doors | {("/healthz", "get"), ("/readyz", "get")}
    operations = [each for item in told.values() for each in item.values()]
    assert len({each["operationId"] for each in operations}) == len(operations)
    assert all(each["summary"] for each in operations)


def test_the_snapshot_is_current(app: Flask) -> None:
    """tests/contracts/openapi.json, for people and for systems that were built on it; HUB_WRITE_CONTRACTS=1 writes it anew."""
    text = json.dumps(document(app), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    if os.environ.get("HUB_WRITE_CONTRACTS"):
        SNAPSHOT.write_text(text, encoding="utf-8")
    assert SNAPSHOT.read_text(encoding="utf-8") == text, (
        "the interface changed: read the difference, say in CHANGES.md what callers must know, "
        "then run with HUB_WRITE_CONTRACTS=1"
    )
