"""A new agency's history: one file, many periods, prepared by one person and signed by another, late for nobody."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import Engine, func, select

from hub import db
from hub.audit.models import AuditEntry
from hub.calendar.models import DueItem
from hub.config import shipped
from hub.facts.models import Revision
from hub.facts.moments import as_at
from hub.measures.compute import measure
from hub.measures.load import publish_measures
from hub.measures.model import Asked
from hub.statistics.xmr import xmr
from tests.databases import ENGINES
from tests.factories import KNOWN_FROM, World
from tests.web.conftest import Browser, SignIn, words

PATH = "/partnerships/testshire/agencies/RXT/history"
HEADING = "partnership,agency,period,breakdown,code,referrals_made\n"
PAST = [f"{year}-{month:02}" for year in (2012, 2013) for month in range(1, 13)]


def sends(browser: Browser, rows: str, explanation: str = "As our records show.") -> tuple[int, str]:
    browser.get(PATH)
    data: dict[str, object] = {
        "return_code": "referrals",
        "explanation": explanation,
        "file": (io.BytesIO((HEADING + rows).encode()), "history.csv"),
    }
    answer = browser.client.post(PATH, data={**browser.fields(), **data})
    return answer.status_code, words(answer.text)


def signed(engine: Engine) -> int:
    with db.open_session(engine) as session:
        return session.scalar(select(func.count()).select_from(Revision)) or 0


def whole(browser: Browser, period: str, number: int) -> str:
    """Every row of a month, as the template has them: the number in the total and in the first line of each table."""
    template = browser.get(PATH.replace("/history", "/practice") + "/referrals.csv").text.splitlines()[1:]
    seen: set[str] = set()
    rows = ""
    for line in template:
        partnership, agency, _period, breakdown, code = line.split(",")[:5]
        rows += f"{partnership},{agency},{period},{breakdown},{code},{0 if breakdown in seen else number}\n"
        seen.add(breakdown)
    return rows


def row(period: str, number: int) -> str:
    return f"testshire,RXT,{period},total,,{number}\n"


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_one_file_is_prepared_and_signed_once_by_another(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    rows = "".join(whole(submitter, period, 20 + at % 7) for at, period in enumerate(PAST))
    status, page = sends(submitter, rows)
    assert status == 303, page
    assert signed(web_engine) == 0
    shown = submitter.get(PATH).text
    assert "It waits for a signatory" in words(shown) and "January 2012" in words(shown)
    page = signatory.get(PATH).text
    sign = page[page.index(f"{PATH}/") :].split('"')[0]
    assert sign.endswith("/sign") and "These figures are as our records show." in words(page)
    fields = signatory.fields(sign)
    assert signatory.client.post(sign, data=fields | {"shown": "other", "form_key": "x"}).status_code == 409
    assert submitter.client.post(sign, data={"csrf_token": fields["csrf_token"]}).status_code == 403
    assert signatory.client.post(sign, data=fields).status_code == 303
    assert signatory.client.post(sign, data=fields | {"form_key": "again"}).status_code == 303, (
        "signing twice is once"
    )
    assert signed(web_engine) == len(PAST)
    with db.open_session(web_engine) as session:
        revision = session.scalars(select(Revision)).first()
        assert revision is not None and revision.channel == "import" and revision.due_on is None
        assert revision.prepared_by == world.people["sub.rxt"].id
        items = select(DueItem).where(DueItem.id == revision.due_item_id)
        assert session.scalars(items).one().due_on is None, "nobody is late with what nobody had asked"
        acts = session.scalars(select(AuditEntry.action).order_by(AuditEntry.sequence)).all()
        assert [act for act in acts if act.startswith("history:")] == ["history:prepare", "history:import"]
    early = words(signatory.get("/partnerships/testshire/board?as_at=2014-01-01").text)
    assert f"Figures of {len(PAST)} earlier returns were loaded on 18 May 2015" in early
    assert "loaded on" not in words(signatory.get("/partnerships/testshire/board").text)
    with db.transaction(web_engine) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
        at = as_at(session, world.partnership)
        shown = measure(session, world.partnership, at, "RF01", Asked(agency_id=world.agencies["RXT"].id))
        values = [int(point.value) for point in shown.points if point.value is not None]
    assert values[:3] == [20, 21, 22] and len(values) == len(PAST)
    (segment,) = xmr(values).segments
    assert segment.limits is not None and not segment.is_trial, (
        "two years of months give limits on the first day"
    )


def test_what_is_no_history_is_refused_and_nothing_is_kept(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    submitter = signed_in("sub.rxt")
    for rows, expected in (
        (row("2012-01", 20) + row("2012-02", 20).replace("20\n", "many\n"), 422),
        (row("2015-03", 20), 422),  # on the due list: sent as a return
        (row("2016-01", 20), 422),  # has not ended
        ("testshire,RR1,2012-01,total,,20\n", 422),  # another agency's
        ("", 422),
    ):
        status, page = sends(submitter, rows)
        assert status in (expected, 409), (rows, status, page)
        assert "It waits for" not in words(submitter.get(PATH).text)
    assert sends(submitter, row("2012-01", 20), "His NHS number is 943 476 5919")[0] == 409
    for stranger in ("sub.rr1", "sgn.rel"):
        assert signed_in(stranger).get(PATH).status_code in (403, 404)


def test_prepared_history_is_seen_by_the_agency_alone_and_can_be_dropped(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    submitter = signed_in("sub.rxt")
    assert sends(submitter, whole(submitter, "2012-01", 4711))[0] == 303
    assert "4711" not in signed_in("stw.testshire").get(PATH).text
    signatory = signed_in("sgn.rxt")
    page = signatory.get(PATH).text
    assert "4711" in page
    drop = page[page.index(f"{PATH}/") :].split('"')[0].replace("/sign", "/drop")
    assert signatory.post(drop, action=drop).status_code == 303
    assert "4711" not in signatory.get(PATH).text and signed(web_engine) == 0
