"""schemas/README.md names everything that a file may hold: what is not written there cannot be found by a partner."""

import re

from hub import config
from hub.definitions.expectations import EXPECTATIONS
from hub.definitions.expressions import MELTED_COLUMNS, PARTS_COLUMNS, ROW_COLUMNS
from hub.definitions.model import ANSWERS
from hub.definitions.shape import CodeListFile, ReturnFile
from hub.units import UNITS

README = (config.shipped("schemas") / "README.md").read_text(encoding="utf-8")
WORDS = set(re.findall(r"[\w-]+", README))


def keys(schema: object) -> set[str]:
    """Every key of a file, those of its parts included."""
    found: set[str] = set()
    for name, field in schema.fields.items():  # type: ignore[attr-defined]
        found.add(field.data_key or name)
        inner = getattr(field, "inner", field)
        if hasattr(inner, "schema"):
            found |= keys(inner.schema)
    return found


def test_every_key_is_documented() -> None:
    assert keys(ReturnFile()) | keys(CodeListFile()) <= WORDS


def test_every_expectation_is_documented_with_its_arguments() -> None:
    for name, arguments in EXPECTATIONS.items():
        line = next(line for line in README.splitlines() if f"| `{name}` |" in line)
        for argument in arguments:
            assert f"`{argument.name}`{'*' if argument.required else ''}" in line


def test_every_column_unit_and_answer_is_documented() -> None:
    assert {*ROW_COLUMNS, *MELTED_COLUMNS, *PARTS_COLUMNS} <= WORDS
    assert set(UNITS) | set(ANSWERS.values()) <= WORDS
