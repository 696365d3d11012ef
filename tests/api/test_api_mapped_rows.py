"""Rows in a system's own columns, read by the mapping that is named beside them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from tests.api.conftest import System
from tests.web.mapped import MAPPING, make_known

ROW = {
    "Status": "Live",
    "Month": "Mar-15",
    "All sent": 12,
    "Midwives": 12,
    "Neglect": "12",
    "Printed by": "x",
}


@pytest.fixture
def own(system: System, api_engine: Engine, tmp_path: Path) -> System:
    make_known(api_engine, tmp_path)
    return system


def body(**changed: Any) -> dict[str, Any]:
    return {"rows": [{**ROW, **changed}], "mapping": "trust-system"}


def test_rows_in_own_columns_become_the_returns_rows(own: System, path: str) -> None:
    told = own.post(f"{path}/check", body()).json
    assert (told["rows"], told["errors"]) == (3, 0)
    assert own.put(path, body()).json["findings"] == []
    read = own.get(path).json["rows"]
    lines = [(each["breakdown"], each["code"], each["referrals_made"]) for each in read]
    assert lines == [("total", "", "12"), ("setting", "maternity", "12"), ("category", "neglect", "12")]
    assert own.post(f"{path}/send", {}).json["status"] == "sent"


def test_a_mapping_without_a_month_reads_rows_for_the_submissions_own(
    system: System, api_engine: Engine, tmp_path: Path, path: str
) -> None:
    asked = MAPPING.replace("{column: Month, kind: month}", "{asked: true, kind: month}")
    make_known(api_engine, tmp_path, asked)
    rows = [{"Status": "Live", "All sent": 12, "Midwives": 12, "Neglect": 12}]
    assert system.put(path, {"rows": rows, "mapping": "trust-system"}).json["findings"] == []
    assert {each["period"] for each in system.get(path).json["rows"]} == {"2015-03"}


def test_findings_stand_at_the_own_column(own: System, path: str) -> None:
    found = own.post(f"{path}/check", body(Neglect="many")).json["findings"]
    assert (found[0]["where"]["row"], found[0]["where"]["column"]) == (1, "Neglect")


def test_another_month_and_an_unknown_mapping_are_refused(own: System, path: str) -> None:
    assert own.put(path, body(Month="Apr-15")).status_code == 422
    answer = own.put(path, {**body(), "mapping": "no-such"})
    assert answer.status_code == 422 and "There are: trust-system" in answer.json["detail"]
    without = own.put(path, {"rows": [ROW]})
    assert without.status_code == 422 and own.get(path).json["status"] == "not-started"
