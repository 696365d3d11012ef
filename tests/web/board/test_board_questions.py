"""Questions of the example whose answers are late say whom they went to upwards."""

import html
import re
from collections.abc import Callable

from flask.testing import FlaskClient

from hub.seed.example.story import name_of
from tests.example_world import CODE
from tests.web.conftest import words

QUESTIONS = f"/partnerships/{CODE}/questions"
SENIOR, CHAIR, CHIEF = "the owner’s named senior", "the chair of the Board", "the owner’s chief officer"


def went_to(member: FlaskClient, question: int) -> dict[str, str]:
    """Each step upwards of a question, and whom it names."""
    shown = html.unescape(words(member.get(f"{QUESTIONS}/{question}").text))
    return dict(re.findall(r"it is for ([^:,]+) too: ([^.]+)\.", shown))


def test_a_late_question_of_the_example_names_each_to_whom_it_went(
    as_: Callable[[str], FlaskClient],
) -> None:
    """The trust owns the second; the third has no owner, so that it goes to the council's own people."""
    member = as_("member")
    assert "late" in words(member.get(QUESTIONS).text)
    chair = name_of("chair@example.org")
    for question, owner in ((2, "rxt"), (3, "330")):
        senior, chief = (name_of(f"{kind}.{owner}@example.org") for kind in ("senior", "chief"))
        assert went_to(member, question) == {SENIOR: senior, CHAIR: chair, CHIEF: chief}
        assert "nobody was told" not in member.get(f"{QUESTIONS}/{question}").text


def test_a_question_that_waits_for_the_business_manager_has_no_owner_yet(
    as_: Callable[[str], FlaskClient],
) -> None:
    """It is no matter of the data team before somebody gives it to them."""
    member, day = as_("member"), "as_at=2015-05-18"
    told = "nobody yet: the Board’s business manager has it"
    assert told in words(member.get(f"{QUESTIONS}/3?{day}").text)
    listed = words(member.get(f"{QUESTIONS}?{day}").text)
    assert listed.count(told) == 1 and "data team not acknowledged" not in listed


def test_each_school_of_the_example_has_somebody_to_write_to(as_: Callable[[str], FlaskClient]) -> None:
    """Its head teacher, and the chair of its governors where nothing else helps."""
    page = as_("steward").get(f"/partnerships/{CODE}/run/agencies/990014").text
    for who in ("head", "governors"):
        email = f"{who}.990014@example.org"
        assert f'value="{email}"' in page and f'value="{name_of(email)}"' in page
