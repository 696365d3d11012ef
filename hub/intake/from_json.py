"""Rows as JSON objects: the API's body, or a form's answers, which are the same rows already made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from hub.findings import Finding, Where
from hub.intake import limits
from hub.intake.grid import Grid, grid_of
from hub.intake.table import Channel, Received, Refused


def from_json(received: Received) -> Grid:
    """The grid of JSON rows. Numbers count where they are whole; true, false and nested values are errors at their place."""
    return from_rows("json", received.rows or _parsed(received.content))


def from_rows(channel: Channel, rows: Sequence[Mapping[str, Any]]) -> Grid:
    """A grid whose first row holds the names; row 1 is the first that was sent."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    limits.refuse_table(len(rows), len(names))
    findings: list[Finding] = []
    lines = [
        [_cell(row.get(name), name, number, findings) for name in names]
        for number, row in enumerate(rows, start=1)
    ]
    grid = grid_of(channel, [list(map(str, names)), *lines], range(len(rows) + 1))
    return Grid(channel, grid.cells, grid.row_no, findings=tuple(findings))


def _cell(value: Any, name: str, row: int, findings: list[Finding]) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        message = (
            f"Row {row} says {str(value).lower()} where a number or text belongs. Write the number itself."
        )
        findings.append(
            Finding(
                "true-or-false", "error", message, Where(row=row, column=name, field=name), str(value).lower()
            )
        )
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    message = (
        f"Row {row} holds a list or an object where one number or text belongs. Send each cell as one value."
    )
    findings.append(Finding("nested-value", "error", message, Where(row=row, column=name, field=name)))
    return ""


def _parsed(content: bytes) -> Sequence[Mapping[str, Any]]:
    """The rows of a body: an array of objects, or an object whose `rows` is one."""
    limits.refuse_bytes(content)
    try:
        body = json.loads(content, object_pairs_hook=_once_each, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _malformed(
            "This is not JSON that can be read. Send UTF-8 JSON as the API's description shows."
        ) from error
    rows = body.get("rows") if isinstance(body, dict) else body
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _malformed('Send the rows as a list of objects: {"rows": [{…}, …]}.')
    return rows


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        message = (
            "An object names the same column twice, so we cannot tell which value you mean. Name each once."
        )
        raise Refused(Finding("duplicate-heading", "error", message))
    return dict(pairs)


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _malformed(message: str) -> Refused:
    return Refused(Finding("json-malformed", "error", message))
