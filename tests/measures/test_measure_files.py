"""The measures file: refused with file and line, versions kept, an unchanged measure keeps its version."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.config import shipped
from hub.errors import DefinitionErrors
from hub.measures.load import measure_as_at, publish_measures, read_measures

GOOD = """- id: AA01
  name: Contacts
  question: How many?
  unit: contacts
  kind: count
  direction: neutral
  sources:
    month: {return: front-door, numerator: [contacts]}
"""


def test_the_shipped_measures_are_read_and_those_of_the_issue_are_there() -> None:
    ids = {measure.id for measure in read_measures(shipped("schemas") / "measures.yaml")}
    assert {
        "FD01",
        "FD02",
        "FD03",
        "FD04",
        "RF01",
        "RF02",
        "RF03",
        "RF04",
        "RF05",
        "RF08",
        "RF09",
        "CP01",
        "CP02",
        "CP03",
        "DQ01",
    } <= ids


@pytest.mark.parametrize(
    ("wrong", "line", "cause"),
    [
        (GOOD.replace("kind: count", "kind: counts"), 5, "kind"),
        (GOOD.replace("  unit: contacts\n", ""), 1, "unit"),
        (GOOD.replace("month:", "fortnight:"), 8, "sources"),
        (GOOD.replace("kind: count", "kind: attendance"), 7, "belongs to each source"),
        (GOOD + GOOD, 1, "given twice"),
        (GOOD + "  beside: ZZ99\n", 1, "not a measure"),
        (GOOD + "  colour: red\n", 9, "colour"),
    ],
)
def test_a_wrong_measure_is_refused_with_file_and_line(
    tmp_path: Path, wrong: str, line: int, cause: str
) -> None:
    file = tmp_path / "measures.yaml"
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(DefinitionErrors, match=cause) as refusal:
        read_measures(file)
    assert refusal.value.errors[0].line == line
    assert refusal.value.errors[0].file.endswith("measures.yaml")


def test_a_changed_measure_is_a_new_version_and_the_past_keeps_the_old_one(
    session: Session, tmp_path: Path
) -> None:
    file = tmp_path / "measures.yaml"
    first, second = datetime(2014, 4, 1, tzinfo=UTC), datetime(2015, 4, 1, tzinfo=UTC)
    file.write_text(GOOD, encoding="utf-8")
    assert publish_measures(session, file, now=first) == 1
    assert publish_measures(session, file, now=second) == 0
    file.write_text(GOOD.replace("How many?", "How many contacts?"), encoding="utf-8")
    assert publish_measures(session, file, now=second) == 1
    questions = [
        measure_as_at(session, "AA01", datetime(year, 6, 1, tzinfo=UTC)).question
        for year in (2013, 2014, 2015)
    ]
    assert questions == ["How many?", "How many?", "How many contacts?"]
