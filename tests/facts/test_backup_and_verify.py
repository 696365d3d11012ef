"""A backup moves between engines and back with every row the same; damage is known before anything is touched."""

import random
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from hub.audit import triggers
from hub.audit.backup import marks, read_manifest
from hub.audit.chain import record
from hub.cli import main
from hub.cli.backup import back_up, restore
from hub.db import make_engine, open_session, transaction
from hub.definitions import agency_mappings
from hub.errors import NotReady
from hub.facts.ledger import Explained, Signing
from hub.facts.verify import all_faults
from hub.submissions.history import sign_history
from tests.databases import NewDatabase, as_owner
from tests.definitions.test_agency_mappings import CHOSEN, mapping_of
from tests.ledger_world import World, make_world, signing

MAY = datetime(2014, 5, 12, 9, tzinfo=UTC)
CHAIN = ("audit_entries", "audit_chains")


@pytest.fixture
def engine(owner_engine: Engine) -> Engine:
    """A restore puts history back, so it needs the owner's rights."""
    return owner_engine


def fill(engine: Engine) -> World:
    """Corrections, an explanation, every kind of state, two partnerships."""
    with transaction(engine) as session:
        world, other = make_world(session), make_world(session, number=2)
        lines = {("total", ""): 7, ("area", "south"): 4, ("setting", "gp"): None, ("setting", "é"): "nil"}
        explained = Explained(
            "jump", 2, "referrals_made", "Three times last month’s.", "A new team — “MASH”."
        )
        first = signing(session, world, "RYW", "2014-04", lines, at=MAY)
        sign_history(session, [Signing(**{**vars(first), "explanations": (explained,)})])
        later = MAY + timedelta(days=3, microseconds=7)
        corrected = signing(
            session, world, "RYW", "2014-04", {("total", ""): 8}, at=later, reason="Counted again."
        )
        sign_history(
            session, [corrected, signing(session, other, "RQ3", "2014-05", {("total", ""): 1}, at=MAY)]
        )
        own = mapping_of(CHOSEN["long"])
        agency, person = world.agencies["RYW"].id, world.people["ann"].id
        for seen, title in enumerate(("Report 12", "Report 13")):
            changed = replace(own, title=title)
            agency_mappings.save(session, agency, changed, person_id=person, seen=seen, now=MAY)
        record(session, actor="operator", action="test", subject="test")
    return world


def figures(engine: Engine) -> dict[str, tuple[int, str]]:
    with open_session(engine) as session:
        return {name: mark for name, mark in marks(session.connection()).items() if name not in CHAIN}


@pytest.mark.postgres
def test_sqlite_to_postgresql_and_back_changes_nothing(
    new_database: NewDatabase, tmp_path: Path, checkpoints: Path
) -> None:
    first, second, third = (
        make_engine(as_owner(new_database(kind))) for kind in ("sqlite", "postgresql", "sqlite")
    )
    fill(first)
    before = figures(first)
    back_up(first, tmp_path / "one.backup")
    restore(second, tmp_path / "one.backup", checkpoints)
    assert figures(second) == before
    back_up(second, tmp_path / "two.backup")
    restore(third, tmp_path / "two.backup", checkpoints)
    assert figures(third) == before
    for engine in (second, third):
        with open_session(engine) as session:
            assert all_faults(session, checkpoints) == []
            assert triggers.faults(session.connection()) == []
        with open_session(engine) as session:
            own = agency_mappings.in_use(session).values()
            assert [(each.title, each.version) for each in own] == [("Report 13", 2)]
        with transaction(engine) as session:  # numbers go on where they were
            world = make_world(session, number=3)
            sign_history(
                session, [signing(session, world, "RYW", "2019-04", {("setting", "new"): 1}, at=MAY)]
            )
        engine.dispose()
    first.dispose()


def test_a_restore_over_later_work_puts_the_old_state_back_and_says_so(
    engine: Engine, tmp_path: Path, checkpoints: Path
) -> None:
    fill(engine)
    before = figures(engine)
    back_up(engine, tmp_path / "hub.backup")
    with transaction(engine) as session:
        make_world(session, number=3)
        for number in range(120):
            record(session, actor="operator", action="test", subject=str(number))
    restore(engine, tmp_path / "hub.backup", checkpoints)
    assert figures(engine) == before
    with open_session(engine) as session:
        assert all_faults(session, checkpoints) == []
    assert list(checkpoints.glob("*.before-restore-*"))


def test_damaged_files_are_refused_before_anything_is_touched(
    sqlite_url: str, tmp_path: Path, checkpoints: Path
) -> None:
    engine = make_engine(sqlite_url)
    fill(engine)
    file = tmp_path / "hub.backup"
    back_up(engine, file)
    before, whole = figures(engine), file.read_bytes()
    seed = random.randrange(2**32)
    chance = random.Random(seed)
    for _ in range(100):
        damaged = bytearray(whole)
        if chance.random() < 0.3:
            damaged = damaged[: chance.randrange(len(whole))]
        else:
            damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        file.write_bytes(damaged)
        with pytest.raises(NotReady, match="not a whole backup"):
            restore(engine, file, checkpoints)
    assert figures(engine) == before, seed
    with pytest.raises(NotReady, match="There is no file"):
        read_manifest(tmp_path / "absent.backup")
    engine.dispose()


def test_a_backup_under_load_is_one_snapshot(engine: Engine, tmp_path: Path, checkpoints: Path) -> None:
    world = fill(engine)
    stop, signed = threading.Event(), []

    def work() -> None:
        for year in range(2020, 2060):
            for month in range(1, 13):
                if stop.is_set():
                    return
                with transaction(engine) as session:
                    one = signing(session, world, "RQ3", f"{year}-{month:02}", {("total", ""): month}, at=MAY)
                    signed.extend(sign_history(session, [one]))

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(3):
            back_up(engine, tmp_path / f"{number}.backup")
    finally:
        stop.set()
        worker.join()
    assert signed
    for number in range(3):  # a restore ends only if chain, positions, facts and cells of the file agree
        restore(engine, tmp_path / f"{number}.backup", checkpoints)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE facts SET value = 70 WHERE value = 7", "was signed as 7, the fact says 70"),
        ("UPDATE area_now SET value = value + 1", "current cell"),
        ("UPDATE signed_documents SET body = '{\"rows\":[]}'", "not the one that was signed"),
        ("UPDATE facts SET known_until = NULL", "does not stand as its revision does"),
        ("UPDATE words SET body = 'x'", "were changed"),
        ("UPDATE ledger_heads SET position = position + 1", "the head says position"),
        ("UPDATE audit_entries SET actor = 'nobody'", "audit entry 1 was changed"),
    ],
)
def test_verify_names_what_was_tampered_with_by_somebody_who_took_the_triggers_away(
    engine: Engine, checkpoints: Path, statement: str, says: str
) -> None:
    fill(engine)
    with transaction(engine) as session:
        assert all_faults(session, checkpoints) == []
        triggers.remove(session.connection())
        session.execute(text(statement))
        session.flush()
        faults = all_faults(session, checkpoints)
        assert any(says in fault for fault in faults), faults


def test_the_commands_say_what_they_did(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", sqlite_url)
    engine = make_engine(sqlite_url)
    fill(engine)
    file = str(tmp_path / "hub.backup")
    assert main(["backup", "-o", file]) == 0
    assert main(["restore", file]) == 0
    assert main(["verify"]) == 0
    assert main(["db", "check"]) == 0
    assert "The database matches the code." in capsys.readouterr().out
    with engine.begin() as connection:
        connection.execute(text("UPDATE area_now SET value = value + 1"))
        connection.execute(text("DROP TRIGGER hub_facts_update"))
    assert main(["verify"]) == 1
    assert main(["db", "check"]) == 1
    assert "trigger hub_facts_update is missing" in capsys.readouterr().err
    engine.dispose()


@pytest.mark.postgres
def test_a_restore_with_the_applications_rights_is_refused(
    postgres_url: str, tmp_path: Path, checkpoints: Path
) -> None:
    engine = make_engine(postgres_url)
    fill(engine)
    before = figures(engine)
    back_up(engine, tmp_path / "hub.backup")
    with pytest.raises(NotReady, match="rights of the role that owns the tables"):
        restore(engine, tmp_path / "hub.backup", checkpoints)
    assert figures(engine) == before
    engine.dispose()


@pytest.mark.postgres
def test_the_application_keeps_working_with_no_more_than_it_needs(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", as_owner(postgres_url))
    assert main(["db", "upgrade", "--app-role", "hub_app"]) == 0
    engine = make_engine(postgres_url)
    fill(engine)
    engine.dispose()
