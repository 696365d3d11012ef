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
