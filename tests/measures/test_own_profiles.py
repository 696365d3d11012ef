"""A partnership with disclosure profiles of its own: from its file, for its figures alone, and for good once one is signed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub.cli import main
from hub.config import shipped
from hub.db import make_engine, open_session
from hub.errors import NotReady, WrongUsage
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.judged import JUDGED
from hub.measures.load import measure_as_at, publish_measures
from hub.measures.model import Asked, Coverage, Measure, Point, Series, Source
from hub.measures.profiles import choose
from hub.measures.protect import ANYBODY, Audience, protect
from hub.partners import queries
from hub.periods import parse
from hub.submissions.history import sign_history
from tests.ledger_world import World, make_world, signing

DAY = datetime(2014, 6, 10, 9, tzinfo=UTC)
PLACE = """partnership: here
name: Here
contact: {name: Team, email: team@example.org}
agencies: agencies.csv
disclosure: {public: dfe-cin}
"""
STRICT = """profile: strict
version: 1
title: Strict
about: A row of fewer than seven agencies is not shown.
source: Our partnership.
audience: partnership
method: read-together
threshold: 5
zeros: may be blanked
fewest_agencies: 7
"""


@pytest.fixture
def session(sqlite_url: str) -> Iterator[Session]:
    engine = make_engine(sqlite_url)
    with open_session(engine, writing=True) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=datetime(2012, 4, 1, tzinfo=UTC))
        yield session
    engine.dispose()


def for_anybody(session: Session, world: World) -> list[str | float | None]:
    at = as_at(session, world.partnership, DAY)
    series = Reading(session, world.partnership, at).series(measure_as_at(session, "RF01", DAY), Asked())
    return [each.reason if each.state == "hidden" else each.value for each in protect(series, ANYBODY).points]


def test_each_partnership_keeps_its_own_from_its_first_figure_on(session: Session) -> None:
    own, usual = (make_world(session, number=number, agencies=("RYW",)) for number in (1, 2))
    with pytest.raises(WrongUsage, match="The partnership’s profile is “partnership”, which is no profile"):
        choose(session, own.partnership, {"public": "partnership"})
    choose(session, own.partnership, {"public": "dfe-cin"})
    for world in (own, usual):
        for month, count in (("2014-04", 42), ("2014-05", 6)):
            sign_history(session, [signing(session, world, "RYW", month, {("total", ""): count}, at=DAY)])
    assert for_anybody(session, own)[:2] == [42, 6], "1 to 5 are hidden, all else is exact"
    assert for_anybody(session, usual)[:2] == [40, "*"], "1 to 7 are hidden, all else is rounded"
    # 6 beside a star, or 42 beside 40, is what no reader may put together.
    for world, another in ((own, "nhs-hes"), (usual, "dfe-cin")):
        with pytest.raises(NotReady, match="has signed figures"):
            choose(session, world.partnership, {"public": another})
    choose(session, own.partnership, {})
    choose(session, usual.partnership, {"public": "nhs-hes"})
    assert for_anybody(session, own)[:2] == [42, 6]


def test_a_file_names_them_and_a_wrong_name_is_told_with_its_line(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", sqlite_url)
    (tmp_path / "agencies.csv").write_text(
        "code,kind,name,opened_on,closed_on,member_from,member_until,invented,aliases,successor,succeeded_on\n"
        "RQ3,nhs_trust,Children's,,,2012-04-01,,no,,,\n"
    )
    file = tmp_path / "partnership.yaml"
    file.write_text(PLACE.replace("dfe-cin", "guess"))
    assert main(["load", str(file)]) == 1
    assert "partnership.yaml:5" in (said := capsys.readouterr().err) and "There are: dfe-cin, nhs-hes" in said
    file.write_text(PLACE)
    assert main(["load", str(file)]) == 0
    engine = make_engine(sqlite_url)
    with open_session(engine) as session:
        assert queries.partnership(session, "here").disclosure_public == "dfe-cin"
    engine.dispose()


def test_the_gate_asks_the_partnerships_own_for_its_members_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "schemas" / "disclosure"
    folder.mkdir(parents=True)
    (folder / "strict.yaml").write_text(STRICT, encoding="utf-8")
    monkeypatch.setenv("HUB_DEFINITIONS", str(tmp_path))
    costs = Measure("XX01", "X", "?", "pounds", "amount", "neutral", {"month": Source("front-door", ("x",))})
    point = Point(parse("2014-05"), 9, 9, None, Coverage(6, 6), "value", {JUDGED: "inside"}, behind=6)
    series = Series(costs, "here", DAY, (point,), by=JUDGED)
    assert protect(series, Audience()).points == (point,)
    strictly = protect(replace(series, disclosure_partnership="strict"), Audience())
    assert not strictly.points and "fewer than 7 agencies" in str(strictly.withheld)
