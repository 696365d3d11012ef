"""A pack from asking to withdrawing: two persons, its permanent address, its sealed PDF, and what verifying it says."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from hub import db
from hub.board.packs.document import from_json
from hub.board.packs.models import PackSeal
from hub.board.packs.seal import keys_in, verify
from hub.cli import main
from hub.config import from_environment
from hub.partners.models import Partnership
from hub.post.models import Notice
from hub.submissions import post_round
from tests.board.pdf_structure import faults
from tests.databases import Filled, NewDatabase
from tests.factories import NOW, World, make_measured
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_challenges import ask
from tests.web.test_web_meetings import HERE, keeps, plans

PACK = f"{HERE}/packs/1"
CONFIG = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_CONTACT_EMAIL": "hub@example.org"})


@pytest.fixture
def new_world(filled: Filled) -> NewDatabase:
    """Measures are in force in each test's world."""
    return filled(make_measured)


def asks(browser: Browser, meeting: str, parts: object = "summary") -> str:
    browser.get(meeting)
    answer = browser.post(f"{meeting}/pack", {"parts": parts}, action=f"{meeting}/pack")
    return answer.location.split("?")[0] if answer.status_code == 303 else words(answer.text)


def test_who_may_agree_to_a_proof_finds_it_on_their_first_page(signed_in: SignIn) -> None:
    team, manager, member = signed_in("stw.testshire"), signed_in("mgr.testshire"), signed_in("brd.testshire")
    keeps(team)
    meeting = plans(team, "2015-06-09", "2015-05-18")

    def waits(browser: Browser) -> list[str]:
        return re.findall(r'href="([^"]*/packs/[^"]*)">[^<]*proof', browser.get("/").text)

    assert asks(team, meeting) == PACK
    assert waits(manager) == [PACK] and "asked for it to be frozen" in words(manager.get("/").text)
    assert not waits(team) and not waits(member), (
        "who asked cannot agree, and a proof is for those who freeze it"
    )
    second = asks(team, meeting)
    assert waits(manager) == [second], "the later proof took its place"
    manager.get(second)
    assert manager.post(f"{second}/agree", action=f"{second}/agree").status_code == 303
    assert not waits(manager)


def test_a_member_finds_the_next_meeting_and_its_pack_on_the_first_page(signed_in: SignIn) -> None:
    team, manager, member = signed_in("stw.testshire"), signed_in("mgr.testshire"), signed_in("brd.testshire")
    assert "Meetings to come" not in words(member.get("/").text)
    keeps(team)
    meeting = plans(team, "2015-06-09", "2015-05-18")
    home = member.get("/").text
    assert f'href="{meeting}"' in home and "Its pack is to be frozen on 18 May 2015" in words(home)
    asks(team, meeting)
    assert PACK not in member.get("/").text, "a proof is for those who freeze it"
    manager.get(PACK)
    assert manager.post(f"{PACK}/agree", action=f"{PACK}/agree").status_code == 303
    home = member.get("/").text
    assert f'href="{PACK}"' in home and "Read its pack" in home and "as known on 18 May 2015" in words(home)
    assert "Meetings to come" not in words(signed_in("sub.rxt").get("/").text), "who does not read the Board"


def test_two_persons_freeze_a_pack_and_its_seal_says_what_became_of_a_copy(
    signed_in: SignIn,
    web_engine: Engine,
    world: World,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    team, manager, member = signed_in("stw.testshire"), signed_in("mgr.testshire"), signed_in("brd.testshire")
    keeps(team)
    meeting = plans(team, "2015-06-09", "2015-05-18")
    assert asks(team, meeting, ["summary", "everybody-in", "charts", "definitions"]) == PACK
    assert "not issued" in words(team.get(PACK).text)
    assert member.get(PACK).status_code == 404, "a proof is for those who freeze it"
    assert "Agree and freeze" not in words(team.get(PACK).text)
    team.get(meeting)
    assert team.post(f"{PACK}/agree", action=f"{meeting}/pack").status_code == 403, "another person agrees"
    proof = words(manager.get(PACK).text)
    assert manager.post(f"{PACK}/agree", action=f"{PACK}/agree").status_code == 303

    page = words(re.sub(r'<p class="govuk-body-s hub-noprint">.*?</p>', "", member.get(PACK).text))
    assert "current" in page and "Summary for the chair" in page
    body = proof.partition("Summary for the chair")[2].partition("Withdraw this pack")[0]
    assert body.partition("Questions?")[0] in page, "what was agreed to is what is read"
    with db.open_session(web_engine) as session:
        told = session.scalars(select(Notice).where(Notice.kind == "pack-issued")).all()
    names = {person.id: name for name, person in world.people.items()}
    assert {names[notice.person_id or 0] for notice in told} == {
        "mgr.testshire", "sgn.330", "sgn.rxt", "led.rxt", "rdr.rxt",
    }  # fmt: skip

    answer = member.get(f"{PACK}/pack.pdf")
    assert answer.mimetype == "application/pdf" and b"<pdfuaid:part>1</pdfuaid:part>" in answer.data
    with db.open_session(web_engine) as session:
        frozen = from_json(session.scalars(select(PackSeal)).one().document)
    assert [block.kind for block in frozen.sections[2].blocks][:2] == ["chart", "table"]
    assert faults(answer.data, frozen) == []
    published = signed_in(None).get("/packs/keys.pem").text
    keys = keys_in(published)
    assert verify(answer.data, keys).standing == "genuine"
    middle = len(answer.data) // 2
    changed = answer.data[:middle] + bytes([answer.data[middle] ^ 1]) + answer.data[middle + 1 :]
    assert verify(changed, keys).standing == "altered"
    noted = answer.data + b"12 0 obj\n<</Type /Annot>>\nendobj\n%%EOF\n"
    assert verify(noted, keys).standing == "altered", "what a program adds at the end"
    moved = answer.data.replace(b'"testshire/packs/1"', b'"testshire/packs/2"')
    assert moved != answer.data and verify(moved, keys).standing == "altered"
    assert verify(answer.data, {}).standing == "unknown"
    assert verify(answer.data.partition(b"\n%partnership-hub-seal")[0], keys).standing == "unknown"

    file, key = tmp_path / "p.pdf", tmp_path / "keys.pem"
    key.write_text(published)
    monkeypatch.setenv("HUB_DATABASE_URL", str(web_engine.url))
    assert main(["pack", "executive/2015-06-09", "--partnership", "testshire", "-o", str(file)]) == 0
    assert file.read_bytes() == answer.data
    assert main(["verify", str(file)]) == 0, "the hub knows its own keys"
    monkeypatch.setenv("HUB_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite")
    assert main(["verify", str(file), "--key", str(key)]) == 0, "offline"
    assert "genuine" in capsys.readouterr().out
    file.write_bytes(changed)
    assert main(["verify", str(file), "--key", str(key)]) == 1
    assert "altered" in capsys.readouterr().out


def test_a_later_pack_supersedes_and_a_withdrawn_one_says_why(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    team, manager, member = signed_in("stw.testshire"), signed_in("mgr.testshire"), signed_in("brd.testshire")
    keeps(team)
    meeting = plans(team, "2015-06-09", "2015-05-18")
    for number in (1, 2):
        page = asks(team, meeting, ["definitions"])
        assert page == f"{HERE}/packs/{number}"
        manager.get(page)
        agreed = manager.post(f"{page}/agree", action=f"{page}/agree")
        assert agreed.status_code == 303, html.unescape(words(agreed.text))
    assert "superseded on" in words(member.get(PACK).text)
    table = re.findall(rf"{HERE}/packs/1/parts/[0-9a-f]+", member.get(PACK).text)[-1]
    part = words(member.get(table).text)
    assert "superseded on" in part and "What each number is" in part, "each table has an address that says so"
    assert member.get(f"{table[:-1]}{'0' if table[-1] != '0' else '1'}").status_code == 404
    assert "current" in words(member.get(f"{HERE}/packs/2").text)
    manager.get(f"{HERE}/packs/2")
    withdraw = f"{HERE}/packs/2/withdraw"
    assert manager.post(withdraw, {"words": " "}, action=withdraw).status_code == 409
    manager.get(f"{HERE}/packs/2")
    assert (
        manager.post(withdraw, {"words": "One agency had sent the wrong year."}, action=withdraw).status_code
        == 303
    )
    page = words(member.get(f"{HERE}/packs/2").text)
    assert "withdrawn on" in page
    assert "One agency had sent the wrong year." in page
    assert "Withdraw this pack" not in page
    with db.transaction(web_engine) as session:
        letters = post_round.gather(session, CONFIG)
        notices = session.scalars(select(Notice)).all()
    told = {
        kind: {each.person_id for each in notices if (each.kind, each.sequence) == (kind, 2)}
        for kind in ("pack-issued", "pack-withdrawn")
    }
    assert told["pack-withdrawn"] == told["pack-issued"] and len(told["pack-issued"]) == 5
    (letter,) = [each.body for each in letters if each.to_address == "rdr.rxt@example.org"]
    assert "was withdrawn. Do not rely on a copy that you have" in letter and "/packs/2" in letter


def test_late_answers_head_the_pack_and_quality_notices_are_asked_about_as_numbers_are(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    team, member = signed_in("stw.testshire"), signed_in("brd.testshire")
    keeps(team)
    meeting = plans(team, "2015-06-09", "2015-05-18")
    page = ask(member, "Why are notices answered late?", "?about=number&subject=QA04/FY2014-15Q4")
    assert "January to March 2015" in words(member.get(page).text)
    assert words(team.get(asks(team, meeting, ["definitions"])).text).count("Why are notices") == 0
    with db.transaction(web_engine) as session:
        session.execute(update(Partnership).values(clock_at=NOW + timedelta(days=40)))
    shown = words(team.get(asks(team, meeting, ["definitions"])).text)
    late = shown.index("Questions that should have been answered by now")
    assert late < shown.index("Why are notices answered late?") < shown.index("Definitions and methods")
