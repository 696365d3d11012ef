"""The recipe of agreements/README.md: a new kind is one module, and no other file is touched."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.agreements import kinds
from hub.agreements.versions import keep
from hub.clock import parse_moment
from hub.document import parse
from tests.agreements.promised_world import PROMISES, make_promised

NEW = '''
"""A promise that a day comes."""

from marshmallow import Schema, fields


class Terms(Schema):
    on = fields.Date(required=True)


def judge(look, commitment, party, terms):
    if look.today < terms["on"]:
        return look.verdict(commitment, party, "not due", f"It is {look.today}.")
    return look.verdict(commitment, party, "met", f"The day came: {terms['on']}.", is_final=True)
'''


@pytest.fixture
def day_kind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    (tmp_path / "day.py").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(kinds, "__path__", [*kinds.__path__, str(tmp_path)])
    yield
    kinds._terms.cache_clear()


def test_a_module_is_all_that_a_new_kind_needs(day_kind: None, session: Session) -> None:
    assert "day" in kinds.known()
    world = make_promised(session)
    head, _, tail = PROMISES.read_text(encoding="utf-8").partition("commitments:\n")
    one = '  - {id: X1, clause: "1", text: A day comes., promisor: ["330"], kind: day, on: 2015-06-01}\n'
    text = (
        head.replace("agreement: kept", "agreement: other")
        + "commitments:\n"
        + one
        + tail.partition("services:")[1]
        + tail.partition("services:")[2]
    )
    keep(session, parse(text, "other.yaml"), now=parse_moment("2015-03-20"))
    assert world.verdicts_anew("2015-05-31", "other")["X1", "330"].word == "not due"
    assert world.verdicts_anew("2015-06-01", "other")["X1", "330"].reason == "The day came: 2015-06-01."
