"""The deployment's disclosure profiles: kept with the first figure that is told under them, and no others beside them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from hub.audit.models import AuditEntry
from hub.cli import main
from hub.cli.serve import check_settings
from hub.config import from_environment, shipped
from hub.db import make_engine, transaction
from hub.errors import NotReady
from hub.facts.models import Revision
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at, publish_measures
from hub.measures.model import Asked
from hub.measures.protect import ANYBODY, protect
from hub.partners.models import Deployment, Partnership
from hub.submissions.history import sign_history
from tests.ledger_world import World, make_world, signing

DAY = datetime(2014, 6, 10, 9, tzinfo=UTC)
MEASURE = ["measure", "RF01", "--partnership", "place-1"]
DOORS = (
    MEASURE,
    ["evaluate", "any"],
    ["remind", "--dry-run"],
    ["work", "--once"],
    ["import", "any", __file__],
)
PERSONS = ["--prepared-by", "ann@example.org", "--signed-by", "bob@example.org"]
REFUSED = "HUB_DISCLOSURE_PUBLIC was “nhs-hes” when the first figures were signed and is “dfe-cin” now"
ROUNDED, EXACT = [40, "*"], [42, "c"]
PLACE = """partnership: place-1
name: Place
contact: {name: Team, email: team@example.org}
agencies: agencies.csv
"""


def sign(session: Session, world: World) -> None:
    """42 and 5: rounded and starred by the one profile, as it is and hidden by the other."""
    for month, count in (("2014-04", 42), ("2014-05", 5)):
        sign_history(session, [signing(session, world, "RYW", month, {("total", ""): count}, at=DAY)])


@pytest.fixture
def here(engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A partnership without profiles of its own that has signed, on either engine, and the commands' database."""
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    with transaction(engine) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=datetime(2012, 4, 1, tzinfo=UTC))
        world = make_world(session, agencies=("RYW",))
        sign(session, world)
    yield world


def as_before_they_were_kept(engine: Engine) -> None:
    with transaction(engine) as session:
        session.execute(delete(Deployment))
        session.execute(update(Partnership).values(disclosure_partnership="", disclosure_public=""))


def for_anybody(engine: Engine, code: str = "place-1") -> list[str | float | None]:
    with transaction(engine) as session:
        place = session.scalars(select(Partnership).where(Partnership.code == code)).one()
        reading = Reading(session, place, as_at(session, place, DAY))
        points = protect(reading.series(measure_as_at(session, "RF01", DAY), Asked()), ANYBODY).points
    return [each.reason if each.state == "hidden" else each.value for each in points[:2]]


def run(command: list[str]) -> int:
    return main([*command, *(PERSONS if command[0] == "import" else [])])


def test_no_door_opens_under_another_one(
    here: World, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(MEASURE) == 0
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "dfe-cin")
    for door in DOORS:
        capsys.readouterr()
        assert run(door) == 1, door
        said = capsys.readouterr()
        assert REFUSED in said.err and "Put it back to “nhs-hes”." in said.err and not said.out, door
    assert for_anybody(engine) == ROUNDED, "a process that began before there were figures tells them alike"
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "nhs-hes")
    assert run(MEASURE) == run(["work", "--once"]) == 0


def test_no_figure_is_signed_under_another_one(
    here: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "dfe-cin")
    with pytest.raises(NotReady, match=REFUSED), transaction(engine) as session:
        sign(session, make_world(session, number=2, agencies=("RYW",)))
    with transaction(engine) as session:  # whose file names one is not asked for the deployment's
        own = make_world(session, number=3, agencies=("RYW",))
        own.partnership.disclosure_public = "dfe-cin"
        sign(session, own)
        places = set(session.scalars(select(Revision.partnership_id)))
    assert places == {1, 3}
    assert for_anybody(engine, "place-3") == EXACT


def test_nor_does_a_file_name_another_one(
    here: World,
    engine: Engine,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "agencies.csv").write_text(
        "code,kind,name,opened_on,closed_on,member_from,member_until,invented,aliases,successor,succeeded_on\n"
        "RYW1,nhs_trust,Trust RYW,,,2012-04-01,,no,,,\n"
    )
    file = tmp_path / "partnership.yaml"
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "dfe-cin")
    file.write_text(PLACE + "disclosure: {public: dfe-cin}\n")
    assert main(["load", str(file)]) == 1
    assert "has signed figures" in capsys.readouterr().err
    file.write_text(PLACE + "disclosure: {public: nhs-hes}\n")
    assert main(["load", str(file)]) == 0, "what it has by now may stand in its file"
    assert for_anybody(engine) == ROUNDED


def test_figures_signed_before_this_was_kept_are_told_as_at_the_first_start_since(
    here: World, engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    as_before_they_were_kept(engine)
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "dfe-cin")
    assert run(MEASURE) == 0, "reading settles nothing"
    assert run(["work", "--once"]) == run(["work", "--once"]) == 0
    with transaction(engine) as session:
        place = session.scalars(select(Partnership)).one()
        kept = (place.disclosure_partnership, place.disclosure_public)
        entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "setting:disclosure")).all()
    assert kept == ("partnership", "dfe-cin")
    assert [entry.subject for entry in entries] == ["place-1"]
    monkeypatch.delenv("HUB_DISCLOSURE_PUBLIC")
    assert run(["work", "--once"]) == 1
    assert "was “dfe-cin” when the first figures were signed and is “nhs-hes” now" in capsys.readouterr().err
    assert for_anybody(engine) == EXACT


def test_a_setting_that_no_signed_figure_is_told_under_may_change(
    engine: Engine, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    with transaction(engine) as session:
        world = make_world(session, agencies=("RYW",))
        usual = make_world(session, number=2, agencies=("RYW",))
        world.partnership.disclosure_public = "nhs-hes"
        sign(session, world)
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "dfe-cin")
    assert run(["work", "--once"]) == 0
    with transaction(engine) as session:
        sign(session, usual)
        kept = {place.code: place.disclosure_public for place in session.scalars(select(Partnership))}
    assert kept == {"place-1": "nhs-hes", "place-2": "dfe-cin"}


def test_the_server_does_not_start_under_another_one_nor_under_what_is_no_profile(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = make_engine(sqlite_url)
    with transaction(engine) as session:
        sign(session, make_world(session, agencies=("RYW",)))
    as_before_they_were_kept(engine)
    engine.dispose()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"HUB_DATABASE_URL": sqlite_url, "HUB_SECRET_KEY": "s" * 40, "HUB_PORT": str(port)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "guess")
    assert main(["serve"]) == run(["import", "any", __file__]) == 2
    assert capsys.readouterr().err.count("There are: dfe-cin, nhs-hes") == 2
    monkeypatch.delenv("HUB_DISCLOSURE_PUBLIC")
    check_settings(from_environment())
    check_settings(from_environment())
    monkeypatch.setenv("HUB_DISCLOSURE_PUBLIC", "dfe-cin")
    assert main(["serve"]) == 1
    assert REFUSED in capsys.readouterr().err
