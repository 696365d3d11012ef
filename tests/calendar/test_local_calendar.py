"""A partnership's own calendar from a file: teaching days, closing windows, faults with their line, known from a moment."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.calendar.local import local_calendar, read_calendar, store_calendar
from hub.errors import DefinitionErrors
from tests.factories import make_world

MAY = datetime(2015, 5, 1, tzinfo=UTC)
SPRING = (
    "{name: Spring, from: 2015-01-05, until: 2015-03-27, breaks: [{from: 2015-02-16, until: 2015-02-20}]}"
)


def written(folder: Path, *lines: str) -> Path:
    path = folder / "calendar.yaml"
    path.write_text("calendar: testshire\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_schools_teach_in_terms_but_not_in_their_breaks(session: Session, tmp_path: Path) -> None:
    make_world(session)
    store_calendar(session, written(tmp_path, f"terms: [{SPRING}]"), now=MAY)
    calendar = local_calendar(session, "testshire")
    days = {
        day: calendar.is_teaching_day(date(2015, *day)) for day in ((1, 2), (1, 5), (2, 18), (2, 21), (3, 30))
    }
    assert days == {(1, 2): False, (1, 5): True, (2, 18): False, (2, 21): False, (3, 30): False}


def test_a_changed_calendar_holds_from_now_on_and_may_go_back(session: Session, tmp_path: Path) -> None:
    make_world(session)
    first = written(tmp_path, "closes: [{return: referrals, working_days: 10}]")
    assert store_calendar(session, first, now=MAY)
    assert not store_calendar(session, first, now=MAY)
    assert store_calendar(session, written(tmp_path), now=MAY + timedelta(days=1))
    again = written(tmp_path, "closes: [{return: referrals, working_days: 10}]")
    assert store_calendar(session, again, now=MAY + timedelta(days=2))
    closing = [
        local_calendar(session, "testshire", as_at=MAY + timedelta(days=day)).closes_on(
            "referrals", date(2015, 5, 22)
        )
        for day in (0, 1, 2)
    ]
    assert closing == [date(2015, 6, 8), None, date(2015, 6, 8)]  # ten working days without Whit Monday


@pytest.mark.parametrize(
    ("lines", "line", "cause"),
    [
        (["terms:", "  - {name: Spring, from: 2015-03-01, until: 2015-02-01}"], 3, "ends before it begins"),
        (["terms:", f"  - {SPRING}", f"  - {SPRING}"], 4, "Write terms in their order"),
        (["closes:", "  - {return: referrals, working_days: 0}"], 3, "must be between 1 and 250"),
    ],
)
def test_faults_are_named_with_their_line(tmp_path: Path, lines: list[str], line: int, cause: str) -> None:
    with pytest.raises(DefinitionErrors) as raised:
        read_calendar(written(tmp_path, *lines))
    assert raised.value.errors[0].line == line and cause in str(raised.value)


def test_a_calendar_of_nobody_is_refused(session: Session, tmp_path: Path) -> None:
    with pytest.raises(DefinitionErrors, match="no partnership of this hub"):
        store_calendar(session, written(tmp_path), now=MAY)
