"""`hub evaluate` and `hub agreement`, as scripts use them."""

import csv
import io
import json
from pathlib import Path

import pytest

from hub.cli import main
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.partners import queries
from tests.example_world import CODE


@pytest.fixture(autouse=True)
def on_the_example(example_copy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", example_copy)


def test_evaluate_prints_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "birmingham-nhs-2015-16", "--as-at", "2016-01-31", "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert set(document) == {"agreement", "version", "as_at", "verdicts"}
    one = next(v for v in document["verdicts"] if v["commitment"] == "C6")
    assert set(one) >= {
        "commitment",
        "party",
        "verdict",
        "value",
        "target",
        "expected_to_date",
        "reason",
        "evidence",
    }
    assert one["verdict"] == "cannot tell"
    paper = one["evidence"][0]
    assert set(paper) >= {"revision", "agency", "return", "period", "signed_by", "cells"}
    assert paper["signed_by"] and paper["cells"] == ["total/decided_in_1_day", "total/contacts_decided"]
    assert (one["agreement_version"], one["shadow"]) == (2, False)

    assert one["party_name"] == "Birmingham City Council"

    assert main(["evaluate", "birmingham-nhs-2015-16", "--as-at", "2016-05-18", "--format", "csv"]) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    (line,) = (row for row in rows if row["commitment"] == "C14")
    assert (line["party"], line["party_name"]) == ("RYW", "Birmingham Community Healthcare NHS Trust")
    assert [line[name] for name in ("verdict", "value", "target", "unit", "shadow")] == [
        "missed", "771.0", "780.0", "children", "no",
    ]  # fmt: skip
    assert line["rests_on"] == "4 signed returns", "a quarter is signed at once"
    assert all(row["unit"] for row in rows if row["value"])


def test_an_unknown_agreement_is_a_no_and_a_wrong_moment_is_wrong_usage(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["evaluate", "nowhere"]) == 1
    assert main(["evaluate", "birmingham-nhs-2015-16", "--as-at", "soon"]) == 2
    assert "Write a date" in capsys.readouterr().err


def test_status_names_the_slipping_first_and_export_reads_back(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["agreement", "status", "birmingham-nhs-2015-16", "--partnership", CODE]) == 0
    words = [line[15:28].strip() for line in capsys.readouterr().out.splitlines()[2:]]
    assert words[0] == "MISSED" and words[-1] in ("MET", "NOT DUE")
    assert main(["agreement", "export", "birmingham-nhs-2015-16"]) == 0
    assert "agreement: birmingham-nhs-2015-16" in capsys.readouterr().out


def test_what_is_imported_is_in_the_chain_so_that_its_readers_are_told(
    example_copy: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["agreement", "export", "birmingham-police-schools-2015-16"]) == 0
    text = capsys.readouterr().out
    file = tmp_path / "v1.yaml"
    file.write_text(text.replace("birmingham-police-schools-2015-16", "birmingham-police-schools-again"))

    def told() -> str:
        engine = make_engine(example_copy)
        with open_session(engine) as session:
            found = as_at(session, queries.partnership(session, CODE)).told
        engine.dispose()
        return found

    before = told()
    assert main(["agreement", "import", str(file)]) == 0
    after = told()
    assert after != before
    assert main(["agreement", "import", str(file)]) == 0
    assert told() == after, "the same text again changes nothing"
