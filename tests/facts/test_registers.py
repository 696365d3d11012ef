"""Signed rows that hold words: read whole as at a moment, corrected by a new revision, blanked without breaking a digest."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hub.audit.models import RetentionRun
from hub.definitions.canonical import as_json
from hub.definitions.catalogue import shipped
from hub.definitions.models import DefinitionVersion
from hub.facts.document import DIGEST_MARK
from hub.facts.ledger import Signing, sign
from hub.facts.models import RegisterCell, SignedDocument, Words
from hub.facts.moments import as_at
from hub.facts.registers import REMOVED, register_rows_as_at
from hub.facts.verify import ledger_faults
from tests.ledger_world import World, due_item, make_world, signing

MAY = datetime(2014, 5, 12, 9, tzinfo=UTC)


@pytest.fixture
def world(session: Session) -> World:
    return make_world(session)


def audit(
    session: Session, world: World, evidence: str, *, at: datetime = MAY, reason: str | None = None
) -> Signing:
    """A trust's row of evidence, signed under `section-11` though the due item is of the world's one return."""
    definition = shipped().latest("section-11")
    version = session.scalar(select(DefinitionVersion.id).where(DefinitionVersion.code == "section-11"))
    if version is None:
        added = DefinitionVersion(
            kind="return", code="section-11", version=1, status="draft", digest=definition.digest,
            document=as_json(definition), known_from=MAY,
        )  # fmt: skip
        session.add(added)
        session.flush()
        version = added.id
    row = {
        "partnership": "place-1", "agency": "RYW1", "period": "2014-04", "breakdown": "standard", "code": "training",
        "score": "2", "evidence": evidence, "deadline": "2015-03-31", "row_no": "3",
    }  # fmt: skip
    whole = signing(session, world, "RYW", "2014-04", {("total", ""): 7}, at=at, reason=reason)
    return replace(whole, definition_version_id=version, rows=(*whole.rows, row))


def evidence_at(session: Session, world: World, moment: datetime | None = None) -> list[tuple[str, str]]:
    at = as_at(session, world.partnership, moment)
    rows = register_rows_as_at(session, at, "referrals", "standard")
    return [(row.cells["evidence"], row.cells["deadline"]) for row in rows]


def test_words_are_read_with_their_row_and_stand_in_the_document_by_digest(
    session: Session, world: World
) -> None:
    sign(session, [audit(session, world, "Training report, June")])
    assert evidence_at(session, world) == [("Training report, June", "2015-03-31")]
    body = session.scalars(select(SignedDocument.body)).one()
    assert "Training report" not in body and DIGEST_MARK in body
    cells = session.execute(select(RegisterCell.name, RegisterCell.value, RegisterCell.code)).all()
    assert sorted(cells) == [("deadline", "2015-03-31", "training"), ("evidence", None, "training")]


def test_a_correction_is_a_new_revision_and_the_past_reads_as_it_was(session: Session, world: World) -> None:
    later = MAY + timedelta(days=30)
    sign(session, [audit(session, world, "Training report, June")])
    sign(
        session,
        [audit(session, world, "Training report, July", at=later, reason="The wrong month was named.")],
    )
    assert evidence_at(session, world) == [("Training report, July", "2015-03-31")]
    assert evidence_at(session, world, later - timedelta(seconds=1)) == [
        ("Training report, June", "2015-03-31")
    ]


def test_signing_the_same_words_again_is_no_new_revision(session: Session, world: World) -> None:
    (first,) = sign(session, [audit(session, world, "Training report, June")])
    (again,) = sign(session, [audit(session, world, "Training report, June", at=MAY + timedelta(days=1))])
    assert again.id == first.id


def test_blanked_words_read_as_removed_and_everything_still_verifies(session: Session, world: World) -> None:
    sign(session, [audit(session, world, "Training report, June")])
    asked, agreed = world.people["ann"].id, world.people["bob"].id
    session.add(RetentionRun(asked_by=asked, agreed_by=agreed, reason="Its years are over.", started_at=MAY))
    session.flush()
    session.execute(update(Words).values(body=None))
    assert evidence_at(session, world) == [(REMOVED, "2015-03-31")]
    assert [fault for fault in ledger_faults(session) if "words" in fault or "text" in fault] == []


def test_the_due_item_is_the_one_that_was_signed(session: Session, world: World) -> None:
    sign(session, [audit(session, world, "Training report, June")])
    (row,) = register_rows_as_at(session, as_at(session, world.partnership), "referrals", "standard")
    assert row.revision.due_item_id == due_item(session, world, "RYW", "2014-04")
