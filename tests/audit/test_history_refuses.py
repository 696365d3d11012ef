"""Direct SQL cannot change, remove or replace history on either engine, whatever the application would have done."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hub.agreements.models import AgreementVersion, MilestoneReport
from hub.agreements.money_models import FundingDisputeEvent
from hub.agreements.negotiation.models import AgreementEvent
from hub.agreements.watch.models import VerdictRemark
from hub.audit import triggers
from hub.audit.chain import record
from hub.audit.guarded import APPEND_ONLY, GUARDED
from hub.audit.models import RetentionRun
from hub.board.challenges.models import Challenge, ChallengeEvent
from hub.board.note_models import MeasureNote
from hub.board.packs.models import PackRow, PackSeal, PackText, PackWithdrawal
from hub.board.public_models import PublicTable
from hub.board.region.models import OfficePaper, OfficePaperText
from hub.calendar.models import Request, RequestAnswer
from hub.clock import real_now
from hub.comparison.models import ComparisonTerms, MatterEvent
from hub.db import make_engine, open_session, transaction
from hub.definitions.mapping_models import AgencyMapping, SharedMappingEvent
from hub.facts.ledger import sign
from hub.facts.models import (
    Countersignature,
    Explanation,
    Judgement,
    RegisterCell,
    Revision,
    RevisionWaiver,
    Words,
)
from hub.measures.models import MeasureVersion
from hub.meetings.models import GroupVersion, MeetingRow
from hub.meetings.told import Told, tell_meeting
from hub.partners.history_models import AreaVersion, MembershipVersion
from hub.partners.local_code_models import LocalCode
from hub.partners.models import Area, Membership
from hub.submissions.history import sign_history
from hub.submissions.models import (
    CorrectionEvent,
    CorrectionRequest,
    MappingUse,
    SentBackPart,
    SubmissionEvent,
)
from tests.databases import as_owner
from tests.ledger_world import World, make_world, signing

MAY = datetime(2014, 5, 12, 9, tzinfo=UTC)
LINES = {("total", ""): 7, ("setting", "gp"): 7}


@pytest.fixture
def engine(owner_engine: Engine) -> Engine:
    """The refusals hold for the owner of the tables too."""
    return owner_engine


@pytest.fixture
def world(engine: Engine) -> World:
    return make_history(engine)


def make_history(engine: Engine) -> World:
    """A ledger with a correction, and a row in every guarded table."""
    with transaction(engine) as session:
        world = make_world(session)
        sign_history(session, [signing(session, world, "RYW", "2014-04", LINES, at=MAY)])
        later = signing(
            session,
            world,
            "RYW",
            "2014-04",
            {("total", ""): 8},
            at=MAY + timedelta(days=1),
            reason="Counted again.",
        )
        sign_history(session, [later])
        session.add(MeasureVersion(code="RF01", digest="d", document="{}", known_from=MAY))
        add_agreed(session)
        add_said(session)
        record(session, actor="operator", action="test", subject="test")
    return world


def add_agreed(session: Session) -> None:
    """A row in each table of what two persons agreed and of what was marked at a revision or a sending back."""
    revision = session.scalars(select(Revision).order_by(Revision.position)).first()
    event = session.scalars(select(SubmissionEvent)).first()
    words = session.scalars(select(Words)).first()
    assert revision is not None and event is not None and words is not None
    home = revision.partnership_id
    request = Request(
        partnership_id=home,
        kind="waiver",
        agency_id=revision.agency_id,
        from_on=MAY.date(),
        until_on=MAY.date(),
        reason_id=words.id,
        asked_by=revision.prepared_by,
        asked_at=MAY,
    )
    session.add(request)
    session.add(
        LocalCode(
            partnership_id=home,
            codelist="teams",
            code="one",
            title="One",
            says="{}",
            from_on=MAY.date(),
            known_at=MAY,
        )
    )
    session.flush()
    session.add_all(
        (
            RequestAnswer(
                partnership_id=home,
                request_id=request.id,
                asked_by=request.asked_by,
                number=1,
                kind="granted",
                person_id=revision.signed_by,
                at=MAY,
                position=3,
            ),
            RevisionWaiver(
                partnership_id=home, revision_id=revision.id, request_id=request.id, rule="referrals-jump"
            ),
            Countersignature(partnership_id=home, revision_id=revision.id, person_id=revision.prepared_by),
            SentBackPart(partnership_id=home, event_id=event.id, breakdown="total", figure=""),
        )
    )


def add_said(session: Session) -> None:
    """A row in each table of what was said about figures, and of what they are compared and asked by."""
    revision = session.scalars(select(Revision).order_by(Revision.position)).first()
    words, member = session.scalars(select(Words)).first(), session.scalars(select(Membership)).first()
    event = session.scalars(select(SubmissionEvent)).first()
    assert revision is not None and words is not None and member is not None and event is not None
    home, person = {"partnership_id": revision.partnership_id}, revision.prepared_by
    area = session.scalars(select(Area).where(Area.partnership_id == revision.partnership_id)).first()
    assert area is not None
    said = {**home, "words_id": words.id}
    row = {"breakdown": "total", "code": ""}
    correction = CorrectionRequest(
        **said,
        **row,
        due_item_id=revision.due_item_id,
        revision_id=revision.id,
        period_id=revision.period_id,
        figure="referrals_made",
        old_value="7",
        reason="other",
        asked_by=person,
        at=MAY,
    )
    challenge = Challenge(
        **said, number=1, about="free", subject="", asked_by=person, asked_at=MAY, position=1
    )
    paper = OfficePaper(
        **home,
        agreement_code="memorandum",
        number=1,
        kind="letter",
        as_at=MAY,
        position=1,
        content="{}",
        made_by=person,
    )
    session.add_all((correction, challenge, paper))
    session.flush()
    tell_meeting(
        session, home["partnership_id"], Told("board", date(2015, 5, 5), 1, ["RYW"], ["RYW"], person, MAY)
    )
    session.add(
        GroupVersion(
            **home,
            code="board",
            title="Board",
            cadence="quarter",
            quorum=1,
            bodies="RYW",
            known_from=MAY,
            known_by=person,
        )
    )
    pack = PackRow(
        **home,
        number=1,
        meeting_id=session.scalars(select(MeetingRow.id)).one(),
        title="Board",
        parts="summary",
        as_at=MAY,
        position=1,
        asked_by=person,
        asked_at=MAY,
    )
    session.add(pack)
    session.flush()
    session.add_all(
        (
            PackSeal(
                **home,
                pack_id=pack.id,
                asked_by=person,
                agreed_by=revision.signed_by,
                agreed_at=MAY,
                document="{}",
                digest="d",
                pdf=b"%PDF",
                signature="s",
                key="k",
                public_key="k",
                chain_sequence=1,
                chain_hash="h",
            ),
            PublicTable(
                **home,
                measure="RF01",
                by="",
                first_on=date(2015, 4, 1),
                last_on=date(2015, 4, 30),
                address="measure=RF01",
                as_at=MAY,
                position=1,
                digest="d",
                person_id=person,
                at=MAY,
            ),
            PackText(**said, pack_id=pack.id, place=1, sequence=1, person_id=person, at=MAY),
            PackWithdrawal(**said, pack_id=pack.id, person_id=person, at=MAY),
            MeasureNote(
                **said,
                kind="event",
                measure="RF02",
                line="",
                on_date=date(2015, 5, 5),
                person_id=person,
                at=MAY,
            ),
        )
    )
    session.add_all(
        (
            ChallengeEvent(
                **home,
                challenge_id=challenge.id,
                sequence=1,
                kind="acknowledged",
                person_id=person,
                at=MAY,
            ),
            AgencyMapping(
                agency_id=revision.agency_id,
                code="report-ryw",
                sequence=1,
                kind="saved",
                return_code="referrals",
                version=1,
                document="{}",
                digest="d",
                person_id=person,
                at=MAY,
            ),
            FundingDisputeEvent(
                **said,
                agreement_code="memorandum",
                service="mash",
                payer_id=revision.agency_id,
                sequence=1,
                kind="ended",
                at=MAY,
                person_id=person,
            ),
            VerdictRemark(
                **said,
                agreement_code="memorandum",
                commitment="C1",
                party_id=revision.agency_id,
                sequence=1,
                kind="comment",
                word="missed",
                version=1,
                position=1,
                at=MAY,
                person_id=person,
            ),
            OfficePaperText(
                **said, paper_id=paper.id, sequence=1, kind="saved", digest="d", person_id=person, at=MAY
            ),
            AgreementEvent(
                **said,
                agreement_code="memorandum",
                sequence=1,
                version=1,
                kind="opened",
                person_id=person,
                at=MAY,
                digest="d",
            ),
            MilestoneReport(
                **home,
                agreement_code="memorandum",
                commitment="C4",
                agency_id=member.agency_id,
                done_on=MAY.date(),
                evidence="Minutes of May",
                written_by=person,
                written_at=MAY,
            ),
            AgreementVersion(
                **home,
                code="memorandum",
                version=1,
                status="signed",
                digest="d",
                document="{}",
                known_from=MAY,
            ),
            SharedMappingEvent(**home, code="report", kind="retired", person_id=person, at=MAY),
            MappingUse(
                **home,
                due_item_id=event.due_item_id,
                sequence=event.sequence,
                code="report-ryw",
                version=1,
                digest="d",
            ),
            ComparisonTerms(**home, measure="RF04", digest="d", document="[]", known_from=MAY),
            CorrectionEvent(
                **said,
                request_id=correction.id,
                sequence=1,
                kind="answered",
                new_value="8",
                person_id=person,
                at=MAY,
            ),
            Explanation(**said, revision_id=revision.id, code="jump", message_id=words.id),
            Judgement(
                **said,
                **row,
                due_item_id=revision.due_item_id,
                judgement="not-met",
                judged_by=person,
                judged_at=MAY,
            ),
            MatterEvent(
                **said,
                measure="RF04",
                sender_id=revision.agency_id,
                period_id=revision.period_id,
                sequence=1,
                kind="explained",
                side="sent",
                sent=7,
                at=MAY,
                person_id=person,
            ),
            AreaVersion(**home, area_id=area.id, name=area.name, from_on=member.from_on, known_at=MAY),
            MembershipVersion(
                **home,
                membership_id=member.id,
                agency_id=member.agency_id,
                from_on=member.from_on,
                until_on=MAY.date(),
                position=0,
            ),
            RegisterCell(
                **home, **row, revision_id=revision.id, row_no=2, name="provider_since", value="2014-04-01"
            ),
        )
    )


def refused(engine: Engine, statement: str, **values: object) -> str:
    """Run one statement as an administrator of the database would; it must fail. Returns what the database said."""
    with open_session(engine, writing=True) as session:
        with pytest.raises(DBAPIError) as raised:
            session.execute(text(statement), values)
            session.commit()
        return str(raised.value)


CHANGES = {
    "agency_mappings": "document = '[]'",
    "agreement_events": "said = 'other'",
    "agreement_versions": "status = 'draft'",
    "audit_chains": "sequence = 0",
    "audit_entries": "actor = 'nobody'",
    "countersignatures": "person_id = person_id",
    "challenge_events": "evidence = '/'",
    "challenges": "subject = 'other'",
    "comparison_terms": "document = '{}'",
    "correction_events": "new_value = '9'",
    "correction_requests": "old_value = '9'",
    "definition_versions": "document = '[]'",
    "dimension_members": "code = code",
    "dimension_sets": "canonical = canonical",
    "explanations": "row_no = 9",
    "facts": "value = 70",
    "group_versions": "quorum = 2",
    "judgements": "judgement = 'met'",
    "funding_dispute_events": "kind = 'raised'",
    "ledger_heads": "position = 0",
    "mapping_uses": "version = 2",
    "matter_events": "sent = 9",
    "milestone_reports": "evidence = 'other'",
    "measure_notes": "measure = 'RF01'",
    "measure_versions": "document = '[]'",
    "meeting_events": "present = 'RXT'",
    "meetings": "quorum = 2",
    "membership_versions": "until_on = NULL",
    "office_paper_texts": "digest = 'other'",
    "office_papers": "content = '[]'",
    "pack_seals": "document = '[]'",
    "pack_texts": "place = 2",
    "pack_withdrawals": "person_id = person_id",
    "packs": "position = 9",
    "public_tables": "position = 9",
    "register_cells": "value = '9'",
    "request_answers": "kind = 'refused'",
    "requests": "until_on = '2099-12-31'",
    "revision_hands": "person_id = person_id",
    "local_codes": "title = 'another'",
    "area_versions": "name = 'x'",
    "revision_waivers": "rule = 'another'",
    "revisions": "signed_by = signed_by",
    "sent_back_parts": "breakdown = 'area'",
    "shared_mapping_events": "kind = 'restored'",
    "signed_documents": "body = '{}'",
    "submission_events": "status = 'draft'",
    "verdict_remarks": "word = 'met'",
    "words": "body = 'other'",
}


def test_history_cannot_be_updated_or_deleted(engine: Engine, world: World) -> None:
    """Each with a row of its own: a guarded table without one would pass whatever its triggers do."""
    assert set(CHANGES) == set(GUARDED)
    with open_session(engine) as session:
        empty = [table for table in GUARDED if not session.scalar(text(f"SELECT count(*) FROM {table}"))]
    assert empty == []
    for table, change in CHANGES.items():
        assert "hub: history is never changed" in refused(engine, f"DELETE FROM {table}"), table
        assert "hub: history is never changed" in refused(engine, f"UPDATE {table} SET {change}"), table


@pytest.mark.postgres
def test_history_cannot_be_emptied(postgres_url: str) -> None:
    engine = make_engine(as_owner(postgres_url))
    for table in (*GUARDED, "facts_0"):
        assert "hub: history is never changed" in refused(engine, f"TRUNCATE {table} CASCADE"), table
    engine.dispose()


def test_history_cannot_be_replaced(sqlite_url: str) -> None:
    """`INSERT OR REPLACE` walks past UPDATE and DELETE triggers where `recursive_triggers` is off."""
    engine = make_engine(sqlite_url)
    make_history(engine)
    with open_session(engine, writing=True) as session:
        for pragma in ("ON", "OFF"):
            session.rollback()
            session.connection().exec_driver_sql("SELECT 1")
            session.connection().exec_driver_sql(f"PRAGMA recursive_triggers={pragma}")
            for table in CHANGES:
                for statement in (
                    f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} LIMIT 1",
                    f"INSERT OR REPLACE INTO {table} (rowid) SELECT rowid FROM {table} LIMIT 1",
                ):
                    with (
                        pytest.raises(DBAPIError, match="hub: history is never changed"),
                        session.begin_nested(),
                    ):
                        session.execute(text(statement))
    engine.dispose()


def test_a_fact_is_closed_once_and_by_its_superseding_revision_alone(engine: Engine, world: World) -> None:
    open_fact = "UPDATE facts SET known_until = 99 WHERE known_until IS NULL"
    assert "hub: history" in refused(engine, open_fact)
    assert "hub: history" in refused(
        engine, "UPDATE facts SET known_until = NULL WHERE known_until IS NOT NULL"
    )
    assert "hub: history" in refused(engine, "UPDATE facts SET known_until = 3 WHERE known_until IS NOT NULL")


def test_a_milestone_report_is_confirmed_once_and_changed_in_nothing_else(
    engine: Engine, world: World
) -> None:
    confirm = "UPDATE milestone_reports SET confirmed_by = :who, confirmed_at = :at"
    bob, cat = ({"who": world.people[name].id, "at": MAY} for name in ("bob", "ann"))
    assert "hub: history" in refused(engine, "UPDATE milestone_reports SET confirmed_at = :at", at=MAY)
    assert "hub: history" in refused(engine, f"{confirm}, done_on = '2014-04-01'", **bob)
    with transaction(engine) as session:
        session.execute(text(confirm), bob)
    for again in (cat, {"who": None, "at": None}):
        assert "hub: history" in refused(engine, confirm, **again)
    assert "hub: history" in refused(engine, "DELETE FROM milestone_reports")


def test_words_are_blanked_by_an_open_retention_run_alone(engine: Engine, world: World) -> None:
    assert "hub: history" in refused(engine, "UPDATE words SET body = NULL")
    with transaction(engine) as session:
        ann, bob = (world.people[name].id for name in ("ann", "bob"))
        run = RetentionRun(asked_by=ann, agreed_by=bob, reason="Seven years are over.", started_at=real_now())
        session.add(run)
    with transaction(engine) as session:
        session.execute(text("UPDATE words SET body = NULL"))
    assert "hub: history" in refused(engine, "UPDATE words SET digest = 'x', body = NULL")
    with transaction(engine) as session:
        assert session.query(Words).one().body is None
        session.get_one(RetentionRun, run.id).ended_at = real_now()
    assert "hub: history" in refused(engine, "UPDATE words SET body = NULL")


def test_a_retention_run_needs_two_persons(engine: Engine, world: World) -> None:
    statement = "INSERT INTO retention_runs (id, asked_by, agreed_by, reason, started_at) VALUES (1, :ann, :ann, 'r', :at)"
    said = refused(engine, statement, ann=world.people["ann"].id, at=MAY.isoformat())
    assert "two_persons" in said


def test_one_person_cannot_prepare_and_sign(engine: Engine, world: World) -> None:
    """security.md P5, with the application's own rule left out."""
    with open_session(engine, writing=True) as session:
        with pytest.raises(DBAPIError, match="four_eyes"):
            sign(session, [signing(session, world, "RQ3", "2014-04", LINES, at=MAY, by="ann")])
        session.rollback()
    world.due_items.clear()  # rolled back with the signing
    with open_session(engine, writing=True) as session:
        with pytest.raises(DBAPIError, match="the signer has touched the data"):
            cat = world.people["cat"].id
            touched = signing(session, world, "RQ3", "2014-04", LINES, at=MAY, by="cat")
            sign(session, [type(touched)(**{**vars(touched), "hands": frozenset({cat})})])
        session.rollback()


def test_who_edited_since_the_last_signature_cannot_sign_even_if_no_hand_says_so(
    engine: Engine, world: World
) -> None:
    with open_session(engine, writing=True) as session:
        correction = signing(
            session, world, "RYW", "2014-04", {("total", ""): 9}, at=MAY, by="cat", reason="Once more."
        )
        session.execute(
            text(
                "INSERT INTO submission_events (partnership_id, id, due_item_id, sequence, kind, status, at, person_id)"
                " VALUES (1, 5, :item, 99, 'saved', 'draft', :at, :cat)"
            ),
            {"item": correction.due_item_id, "at": MAY.isoformat(), "cat": world.people["cat"].id},
        )
        with pytest.raises(DBAPIError, match="the signer has touched the data"):
            sign(session, [correction])
        session.rollback()


def test_the_database_is_as_the_code_declares(engine: Engine) -> None:
    with engine.connect() as connection:
        assert triggers.faults(connection) == []


def test_a_dropped_or_changed_refusal_is_named(engine: Engine) -> None:
    postgres = engine.dialect.name == "postgresql"
    with engine.begin() as connection:
        if postgres:
            connection.execute(text("ALTER TABLE facts DISABLE TRIGGER hub_facts_delete"))
            connection.execute(text("DROP POLICY hub_own ON facts"))
            connection.execute(text("ALTER TABLE words NO FORCE ROW LEVEL SECURITY"))
        connection.execute(text("DROP TRIGGER hub_words_update" + (" ON words" if postgres else "")))
        faults = triggers.faults(connection)
    assert any("hub_words_update" in fault and "missing" in fault for fault in faults)
    if postgres:
        assert any("hub_facts_delete" in fault and "switched off" in fault for fault in faults)
        assert any("hub_own on facts is missing" in fault for fault in faults)
        assert "row-level security is not forced on words" in faults


def test_every_ledger_table_is_guarded() -> None:
    """A table of the ledger that nobody thought of would show here."""
    from hub.models import metadata

    ledger = {
        name for name in metadata.tables if name.startswith(("revision", "fact", "signed", "explanation"))
    }
    assert ledger <= set(GUARDED) and set(APPEND_ONLY) <= set(metadata.tables)


def test_guards_stand_on_a_fresh_engine_too(database_url: str) -> None:
    engine = make_engine(database_url)
    with Session(engine) as session:
        assert triggers.faults(session.connection()) == []
    engine.dispose()
