"""Tolerances and units as files: what is wrong is named, and what was agreed when can be read back."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.comparison.model import Pair
from hub.comparison.terms import read_terms, store_terms, terms_as_at
from hub.errors import DefinitionErrors
from hub.statistics.reconcile import Tolerance
from tests.factories import make_world

EARLY, LATE = datetime(2015, 4, 1, tzinfo=UTC), datetime(2015, 5, 1, tzinfo=UTC)

FILE = """
comparison: RF04
partnership: testshire
agreed: Method note 1.0
since: 2014-08
tolerance: {count: 3, percent: 2.5}
pairs:
  - {sender: RXT, unit: {sent: form}, why: One form for a family.}
"""


def file(tmp_path: Path, text: str = FILE) -> Path:
    path = tmp_path / "comparison.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_pair_takes_what_everybody_has_but_for_its_own(tmp_path: Path) -> None:
    terms = read_terms(file(tmp_path))
    assert terms.of("RR1") == Pair(tolerance=Tolerance(3, 2.5))
    own = terms.of("RXT")
    assert (own.tolerance, own.sent_unit, own.logged_unit) == (Tolerance(3, 2.5), "form", "child")
    assert own.units_differ == "one side counts forms, the other children"
    assert terms.since is not None and terms.since.code == "2014-08"


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("since: 2014-08", "since: FY2014-15", "is not a month"),
        ("count: 3", "count: -1", "tolerance"),
        ("why: One form for a family.", "why: ''", "why"),
        ("sender: RXT,", "sender: RXT, because: so,", "because"),
        ("pairs:", "pairs:\n  - {sender: RXT, why: Again.}", "given twice"),
    ],
)
def test_a_wrong_file_names_its_line(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(DefinitionErrors) as caught:
        read_terms(file(tmp_path, FILE.replace(old, new)))
    assert complaint in str(caught.value)
    assert "comparison.yaml:" in str(caught.value)


def test_what_was_agreed_is_read_as_at_a_moment(session: Session, tmp_path: Path) -> None:
    world = make_world(session)
    here = world.partnership.id
    assert terms_as_at(session, here, "RF04", LATE).of("RXT") == Pair()
    assert store_terms(session, file(tmp_path), now=EARLY) == 1
    assert store_terms(session, file(tmp_path), now=LATE) == 0
    changed = FILE.replace("percent: 2.5", "percent: 10")
    assert store_terms(session, file(tmp_path, changed), now=LATE) == 1
    assert terms_as_at(session, here, "RF04", EARLY).everybody.tolerance == Tolerance(3, 2.5)
    assert terms_as_at(session, here, "RF04", LATE).everybody.tolerance == Tolerance(3, 10)


def test_a_pair_is_of_a_member(session: Session, tmp_path: Path) -> None:
    make_world(session)
    with pytest.raises(DefinitionErrors, match="has never been a member"):
        store_terms(session, file(tmp_path, FILE.replace("sender: RXT", "sender: REL")), now=EARLY)
