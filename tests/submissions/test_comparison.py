"""The signatory sees what changed since the last revision, the period before and the year before."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from hub.errors import NotFound
from hub.facts.evidence import evidence
from hub.facts.ledger import Explained, Signing, sign
from hub.submissions.comparison import compare
from tests.ledger_world import due_item, make_world, signing

AT = datetime(2015, 5, 12, 9, tzinfo=UTC)
TOTAL, GP = ("total", ""), ("setting", "gp")


def test_a_correction_stands_beside_what_it_corrects_and_what_came_before(session: Session) -> None:
    world = make_world(session)
    sign(
        session,
        [
            signing(session, world, "RYW", "2014-05", {TOTAL: 3}, at=AT),
            signing(session, world, "RYW", "2015-04", {TOTAL: 6, GP: 6}, at=AT),
            signing(session, world, "RYW", "2015-05", {TOTAL: 7, GP: 7}, at=AT),
        ],
    )
    draft = signing(session, world, "RYW", "2015-05", {TOTAL: 9}, at=AT).rows
    item = due_item(session, world, "RYW", "2015-05")
    compared = compare(session, world.partnership.id, item, draft)
    assert (compared.period_before, compared.year_before) == ("2015-04", "2014-05")
    total, setting = compared.lines
    assert (total.now, total.signed, total.before, total.year_before) == ("9", "7", "6", "3")
    assert total.changed
    # a line that the draft leaves out, and that the year before did not have
    assert (setting.code, setting.now, setting.signed, setting.year_before) == ("gp", "", "7", "")


def test_a_first_return_has_nothing_beside_it(session: Session) -> None:
    world = make_world(session)
    draft = signing(session, world, "RYW", "2015-05", {TOTAL: 9}, at=AT)
    compared = compare(session, world.partnership.id, draft.due_item_id, draft.rows)
    (line,) = compared.lines
    assert (line.signed, line.before, line.year_before, line.changed) == (None, None, None, False)


def test_a_figure_leads_to_its_row_signer_and_explanation(session: Session) -> None:
    world = make_world(session)
    plain = signing(session, world, "RYW", "2015-05", {TOTAL: 30}, at=AT)
    explained = Explained("jump", 2, "referrals_made", "Three times last month’s.", "A new team.")
    (revision,) = sign(session, [Signing(**{**vars(plain), "explanations": (explained,)})])
    (found,) = evidence(session, world.partnership.id, [revision.id])
    assert (found.signed_by, found.prepared_by, found.agency) == ("Bob", "Ann", "RYW1")
    row = found.row(2)
    assert row is not None and row["referrals_made"] == "30"
    (query,) = found.explanations
    assert (query.message, query.words, query.row_no) == ("Three times last month’s.", "A new team.", 2)
    assert found.superseded_by is None
    with pytest.raises(NotFound):
        evidence(session, world.partnership.id, [1])
