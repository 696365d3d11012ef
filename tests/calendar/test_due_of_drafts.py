"""A draft is asked of illustrative partnerships alone."""

from datetime import date

import pytest
from sqlalchemy.orm import Session

from hub.calendar.due import make_due_items
from hub.definitions import catalogue
from hub.errors import NotReady
from hub.partners.models import Partnership

APRIL = (date(2015, 4, 1), date(2015, 4, 30))


def test_a_draft_is_not_asked_of_a_real_partnership(session: Session) -> None:
    real = Partnership(code="330", name="Birmingham", illustrative=False)
    session.add(real)
    session.flush()
    draft = catalogue.shipped().latest("referrals")
    with pytest.raises(NotReady, match="is a draft, and Birmingham is no illustrative partnership"):
        make_due_items(session, real, draft, *APRIL)
    assert make_due_items(session, real, catalogue.shipped().latest("dfe-referrals"), *APRIL) == 0


def test_a_draft_is_asked_of_an_illustrative_one(session: Session) -> None:
    example = Partnership(code="example", name="Example", illustrative=True)
    session.add(example)
    session.flush()
    assert (
        make_due_items(session, example, catalogue.shipped().latest("referrals"), *APRIL) == 0
    )  # no members yet
