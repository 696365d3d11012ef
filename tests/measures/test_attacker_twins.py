"""Two examples that differ in hidden counts alone read alike through every kind of door; with a gate off, they do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from hub.agreements.evaluate import evaluate
from hub.agreements.versions import agreement_as_at
from hub.app import create_app
from hub.board.packs.build import Material, build
from hub.board.packs.document import Document
from hub.board.packs.parts import DEFAULT
from hub.board.packs.pdf import as_pdf
from hub.board.packs.read import document as frozen_document
from hub.board.packs.read import pack as frozen
from hub.clock import parse_moment
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.facts.recalled import forget
from hub.measures.compute import Reading
from hub.measures.model import Asked, Series
from hub.meetings.read import meetings_as_at
from hub.partners import queries
from hub.partners.models import Person
from tests.api.test_api_figures import system_of
from tests.clients import browser, browser_of
from tests.example_world import CODE
from tests.measures.twins import HIDDEN_FROM_ANYBODY, HIDDEN_FROM_MEMBERS, first_difference, read, twin
from tests.web.conftest import Browser

PLACE = f"/partnerships/{CODE}"
RF01 = f"{PLACE}/measures/RF01"
WAIT = "as_at=2014-09-20"  # one school's summer term is not in, and twelve others wait for it
MEMBER, SCHOOL, TRUST, TEAM, MANAGER, NOBODY = (
    "member", "school.990007", "manager.rq3", "steward", "board.manager", "",
)  # fmt: skip
# Door → where the gate of what it tells is asked.
DOORS = {
    f"{RF01}?{WAIT}": "hub.board.view.protect",
    f"{PLACE}/measures/CP01?month=2013-12&as_at=2014-01-31": "hub.board.tables.protect",
    f"{PLACE}/board?{WAIT}&month=2014-06": "hub.board.view.protect",
    f"{PLACE}/scorecard?measure=RF01&{WAIT}": "hub.board.view.protect",
    f"{RF01}/2014-06?{WAIT}": "hub.board.drill.withheld_from",
    f"{RF01}/explain?before=2014-05&period=2014-06&{WAIT}": "hub.board.explain.Reading",
    f"{RF01}/download.csv?by=agency&{WAIT}": "hub.web.routes.taking.protect",
    f"{PLACE}/tables?measure=RF01&by=agency&from=2014-04&to=2014-07&show=chart&{WAIT}": "hub.web.present_table_builder.protect",
    f"{PLACE}/tables.ods?measure=CP01&by=age_band&from=2013-10&to=2014-01": "hub.web.present_table_builder.protect",
    f"{PLACE}/revisions?since=2014-09-15&{WAIT}": "hub.board.view.protect",
    f"{PLACE}/lower?{WAIT}": "hub.board.lower.schools_ever",
    f"{RF01}/chronology.csv?since=2014-09-01&{WAIT}": "hub.board.view.protect",
}
PUBLIC_TABLE = f"{PLACE}/tables/public?measure=FD07&from=2014-12&to=2015-03&show=chart"
API = ("/measures/RF01?from=2014-08", "/table?measures=RF01&by=category&from=2014-01&to=2014-08")


@dataclass(frozen=True)
class Twins:
    """The example and its twin, each with its application."""

    apps: tuple[Flask, Flask]

    def told(self, ask: Callable[[Flask], str]) -> str:
        """Where the two answer differently, or nothing. What a process remembers is of one database."""
        answers = []
        for app in self.apps:
            forget()
            answers.append(ask(app))
        return first_difference(*answers)

    def differing(self, email: str, doors: Sequence[str], also: tuple[int, ...] = ()) -> dict[str, str]:
        """Door → where the two tell this reader something else; `also` are answers beside 200 that may come."""
        both: list[list[str]] = []
        for app in self.apps:
            forget()
            reader = browser_for(app, email)
            answers = [reader.get(door) for door in doors]
            assert {answer.status_code for answer in answers} <= {200, *also}, [
                each.status for each in answers
            ]
            both.append([read(answer) for answer in answers])
        told = {door: first_difference(*pair) for door, *pair in zip(doors, *both, strict=True)}
        return {door: words for door, words in told.items() if words}


def browser_for(app: Flask, email: str) -> Any:
    if not email:
        return browser(app)
    with open_session(app.extensions["hub_engine"]) as session:
        person = session.scalars(select(Person).where(Person.email == f"{email}@example.org")).one()
    return browser_of(app, person)


def _twins(example: Path, folder: Path, moved: Sequence[Any]) -> Iterator[Twins]:
    engines, apps = [], []
    for name, by in (("one", ()), ("other", moved)):
        engines.append(make_engine(twin(example, folder / f"{name}.sqlite", by)))
        apps.append(create_app(from_environment({"HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1"}), engines[-1]))
    yield Twins((apps[0], apps[1]))
    for engine in engines:
        engine.dispose()


@pytest.fixture(scope="module")
def twins(example_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    yield from _twins(example_file, tmp_path_factory.mktemp("twins"), HIDDEN_FROM_MEMBERS)


@pytest.fixture(scope="module")
def public_twins(example_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Twins]:
    yield from _twins(example_file, tmp_path_factory.mktemp("public-twins"), HIDDEN_FROM_ANYBODY)


def exactly(series: Series, *_: object, **__: object) -> Series:
    return replace(series, outside=None, first_told=False)


class Inside(Reading):
    """A reading that readers outside the agencies have as those inside do."""

    @cached_property
    def outside(self) -> Reading:
        return Reading(self.session, self.partnership, self.at)


OFF: dict[str, Callable[..., Any]] = {
    "hub.board.explain.Reading": Inside,
    "hub.board.drill.withheld_from": lambda *_, **__: None,
    "hub.board.lower.schools_ever": lambda *_: frozenset(),
}


def test_no_page_and_no_file_tells_a_hidden_count(twins: Twins) -> None:
    """Order of rows, titles, drawings and their alternatives, addresses of links: whatever stands in an answer."""
    assert not twins.differing(MEMBER, list(DOORS))
    by_agency = next(door for door in DOORS if "tables?" in door)
    for email in (SCHOOL, TRUST):
        assert not twins.differing(email, [by_agency]), email


def test_with_a_gate_off_its_doors_tell(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    for gate in sorted(set(DOORS.values())):
        doors = [door for door, asks in DOORS.items() if asks == gate]
        with monkeypatch.context() as off:
            off.setattr(gate, OFF.get(gate, exactly))
            quiet = set(doors) - twins.differing(MEMBER, doors).keys()
        assert not quiet, f"with {gate} off nothing is told by {quiet}"


def pack(app: Flask) -> str:
    """The Board's pack as at the day on which schools waited, as its web page has it and as its PDF."""
    with open_session(app.extensions["hub_engine"]) as session:
        place = queries.partnership(session, CODE)
        at = as_at(session, place, parse_moment("2014-09-20"))
        meeting = next(
            each for each in meetings_as_at(session, place.id, at.moment) if each.group_code == "board"
        )
        return _printed(build(Material(session, place, at, meeting), "Board", DEFAULT))


def _printed(whole: Document) -> str:
    """What it says, and its PDF byte by byte, but for the minute and the page that says who froze it when."""
    document = replace(whole, as_at="2016-05-18T12:00:00+01:00")
    pdf = as_pdf(document, ["As issued."], made_at=parse_moment("2016-05-18"))
    return f"{document.as_json()}\n{pdf.decode('latin-1')}"


def test_no_pack_tells_a_hidden_count(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not twins.told(pack)
    monkeypatch.setattr("hub.board.view.protect", exactly)
    assert twins.told(pack)


def test_no_key_reads_what_others_signed(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    def own(app: Flask) -> str:
        system = system_of(app, "RQ3")
        return "\n".join(read(system.get(f"{PLACE}{asked}")) for asked in API)

    assert not twins.told(own)
    monkeypatch.setattr(
        "hub.api.routes.measures.Asked", lambda agency_id, **asked: Asked(**asked)
    )  # of everybody
    assert twins.told(own)


def annual(app: Flask) -> str:
    """An annual report that two persons froze: its page as anybody reads it, and its PDF."""
    team, manager = Browser(browser_for(app, TEAM)), Browser(browser_for(app, MANAGER))
    team.get(f"{PLACE}/reports")
    begun = team.post(
        f"{PLACE}/reports/annual",
        {"headings": "The front door: FD07, RF01", "year": "FY2014-15"},
        action=f"{PLACE}/reports/annual",
    )
    page = begun.location.split("?")[0]
    manager.get(page)
    assert manager.post(f"{page}/agree", action=f"{page}/agree").status_code == 303
    number = page.rsplit("/", 1)[1]
    shown = browser_for(app, NOBODY).get(f"/annual-reports/{CODE}/{number}")
    assert shown.status_code == 200
    with open_session(app.extensions["hub_engine"]) as session:
        place = queries.partnership(session, CODE)
        sealed = frozen_document(session, place, frozen(session, place.id, int(number)))
    return f"{read(shown)}\n{_printed(sealed)}"


def test_nothing_for_anybody_tells_a_starred_count(
    public_twins: Twins, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors = [PUBLIC_TABLE]  # its files say what the page says (tests/web/test_web_table_builder.py)
    assert not public_twins.differing(MANAGER, doors)
    assert not public_twins.told(annual)
    with monkeypatch.context() as off:
        off.setattr("hub.board.table_builder.for_public.protect", exactly)
        off.setattr("hub.board.packs.reported.protect", exactly)
        assert public_twins.differing(MANAGER, doors).keys() == set(doors)
        assert public_twins.told(annual)


def promise(app: Flask) -> str:
    """A promise over a total that single schools are part of, with its reason and what it rests on, as schools wait and later."""
    with open_session(app.extensions["hub_engine"]) as session:
        place = queries.partnership(session, CODE)
        plan = agreement_as_at(
            session, place.id, "birmingham-improvement-plan-2014-17", parse_moment("2016-05-18")
        )
        share = next(each for each in plan.commitments if each.id == "P4")
        terms = {**share.terms, "measure": "RF01", "target": 12_000.0}
        over_schools = replace(plan, commitments=(replace(share, terms=terms),))
        found = [
            verdict.as_json({})
            for day in ("2014-09-20", "2015-06-30")
            for verdict in evaluate(session, place, over_schools, as_at(session, place, parse_moment(day)))
        ]
    return "\n".join(str(each) for each in found)


def test_no_verdict_tells_what_waits(twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    told = promise(twins.apps[0])
    assert "without this figure" not in told, "what waits was signed"
    assert not twins.told(promise)
    monkeypatch.setattr("hub.agreements.papers.as_told", lambda series: series.points)
    assert twins.told(promise)
