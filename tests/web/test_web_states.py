"""Late, on time, nil, missing and partial are told apart in the data team's grid, in an agency's own list and in the interface."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from hub.api import shapes
from hub.periods import parse
from hub.submissions.grid import Glance
from hub.submissions.queries import Listed
from hub.web.present_grid import mark_of
from hub.web.present_marks import of_status

DUE, AFTER = date(2015, 5, 22), date(2015, 6, 1)
IN_TIME, LATE = (
    datetime(2015, 5, 22, 22, 59, tzinfo=UTC),
    datetime(2015, 5, 22, 23, 1, tzinfo=UTC),
)  # London: 00:01

GRID = {
    "on time": Glance(1, "on time", False, False, False, False),
    "late": Glance(1, "late", True, False, False, False),
    "late, partial": Glance(1, "late", True, False, False, False, partial=True),
    "late, nothing to report": Glance(1, "late", True, False, False, False, nil=True),
    "late, exception, corrected": Glance(1, "late", True, True, False, True),
    "partial": Glance(1, "partial", False, False, False, False, partial=True),
    "partial, corrected": Glance(1, "partial", False, True, False, False, partial=True),
    "nothing to report": Glance(1, "nil", False, False, False, False, nil=True),
    "corrected, nothing to report": Glance(1, "corrected", False, True, False, False, nil=True),
    "missing": Glance(1, "missing", False, False, False, False, overdue=True),
    "missing, exception": Glance(1, "missing", False, False, False, True, overdue=True),
    "sent back, overdue": Glance(1, "sent back", False, False, False, False, overdue=True),
    "sent back": Glance(1, "sent back", False, False, False, False),
    "not due yet": Glance(1, "not due yet", False, False, False, False),
}


@pytest.mark.parametrize("word", GRID)
def test_the_grid_has_every_word_that_holds(word: str) -> None:
    assert mark_of(GRID[word]).word == word


def listed(status: str, answer: str, **more: object) -> Listed:
    one = Listed(
        due_item_id=1,
        partnership_id=1,
        partnership="testshire",
        agency_id=1,
        agency="RXT",
        agency_name="A trust",
        return_code="referrals",
        period=parse("2015-04"),
        due_on=DUE,
        calendar_day=DUE,
        exception_until=None,
        status=status,
        sequence=1,
        revisions=1 if status == "signed" else 0,
        nil=False,
        partial=False,
        first_signed_at=IN_TIME if status == "signed" else None,
        signed_at=None,
        answer=answer,
    )
    return replace(one, **more)  # type: ignore[arg-type]


LIST = {
    "signed": listed("signed", "on time"),
    "signed, nothing to report": listed("signed", "nil", nil=True),
    "signed, partial": listed("signed", "partial", partial=True),
    "signed late": listed("signed", "late", first_signed_at=LATE),
    "signed late, partial, corrected": listed(
        "signed", "late", first_signed_at=LATE, partial=True, revisions=2
    ),
    "overdue": listed("not-started", "missing"),
    "draft, overdue": listed("draft", "missing"),
    "waiting for signature, overdue": listed("sent", "missing"),
    "sent back, overdue": listed("sent_back", "sent back"),
}


@pytest.mark.parametrize("word", LIST)
def test_an_agencys_list_has_every_word_that_holds(word: str) -> None:
    assert of_status(LIST[word], AFTER).word == word


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (LIST["signed"], (False, False, False, "on time")),
        (listed("signed", "late", first_signed_at=LATE, nil=True), (True, True, False, "late")),
        (LIST["signed late, partial, corrected"], (True, False, True, "late")),
        (listed("sent_back", "sent back", first_signed_at=LATE), (True, False, False, "sent back")),
        (LIST["overdue"], (False, False, False, "missing")),
    ],
)
def test_the_interface_has_every_word_that_holds(one: Listed, said: tuple[bool, bool, bool, str]) -> None:
    told = shapes.due_item(one)
    assert (told["late"], told["nil"], told["in_part"], told["answer"]) == said


def test_before_its_day_nothing_is_overdue() -> None:
    assert of_status(listed("sent", "in hand"), DUE).word == "waiting for signature"
