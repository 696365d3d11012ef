"""Two sides on the pages: who sees which totals, what each side can say, and what another agency never learns."""

import pytest
from sqlalchemy import Engine

from hub import db
from tests.comparison.sides_world import sign_april_by_area, sign_sides
from tests.factories import World, read_world
from tests.web.conftest import Browser, SignIn, words

MATRIX = "/partnerships/testshire/compared/RF04"
LIST = "/partnerships/testshire/matters/RF04"
MATTER = f"{LIST}/RXT/2015-04"


@pytest.fixture
def world(web_engine: Engine) -> World:
    with db.transaction(web_engine) as session:
        return sign_sides(session, read_world(session))


def say(browser: Browser, what: str, **typed: object) -> str:
    browser.get(MATTER)
    answer = browser.post(f"{MATTER}/{what}", typed, action=f"{MATTER}/{what}")
    return words(browser.follow(answer).text if answer.status_code == 303 else answer.text)


def test_two_sides_settle_a_difference(signed_in: SignIn, world: World) -> None:
    sender, council = signed_in("sub.rxt"), signed_in("sgn.330")
    assert "64 sent, 50 logged" in words(sender.get("/").text)
    assert "64 sent, 50 logged" in words(council.get("/").text)
    assert "lost on the way" in say(sender, "explain", reason="lost", words="The fax was off for a day.")
    page = say(sender, "note", note="Fourteen forms were lost; both sides count as before.")
    assert "Waits for Testshire Council" in page
    assert "note waits for Testshire Council" in words(council.get(LIST).text)
    assert "Closed: both sides signed a note" in say(council, "agree")
    assert "No matter is open" in words(sender.get(LIST).text)
    assert "Two sides to settle" not in sender.get("/").text
    assert "The fax was off for a day." in signed_in("stw.testshire").get(MATTER).text


def test_the_matrix_letters_and_the_senders_page(signed_in: SignIn, world: World) -> None:
    board = signed_in("brd.testshire")
    page = words(board.get(MATRIX).text)
    assert "Testshire Mental Health Trust +14" in page
    assert "Q uery +14" in page
    assert "What each side counts" in page and "A family of three children in one form counts three" in page
    own = words(board.get(f"{MATRIX}/RXT").text)
    assert "April 2015 64 50 +14 4 Q uery Ask why about April 2015 +24.6%" in own  # 14 of the mean of 57
    assert "214 200 +14" in own
    assert MATTER not in board.get(f"{MATRIX}/RXT").text
    assert MATTER in signed_in("sub.rxt").get(f"{MATRIX}/RXT").text


def test_an_area_of_its_own_on_the_matrix_and_as_a_matter(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    with db.transaction(web_engine) as session:
        sign_april_by_area(session, read_world(session))
    sender = signed_in("sub.rxt")
    assert "The whole place" in words(sender.get(MATRIX).text)
    south = words(sender.get(f"{MATRIX}?area=south").text)
    assert "Q uery +13" in south and "1 months of senders compared" in south
    east = words(sender.get(f"{MATRIX}?area=east").text)
    assert "Testshire Mental Health Trust +1" in east and "Q uery +" not in east
    assert sender.get(f"{MATRIX}?area=atlantis").status_code == 404
    own = sender.get(f"{MATRIX}/RXT").text
    assert f"{MATTER}?area=south" in own and f"{MATTER}?area=east" not in own
    page = sender.get(f"{MATTER}?area=south")
    assert "Open for South: the two sides are 13 apart, and 2 may be" in words(page.text)
    answer = sender.post(
        f"{MATTER}/explain?area=south",
        {"reason": "lost", "words": "One clinic’s forms."},
        action=f"{MATTER}/explain?area=south",
    )
    assert answer.location.endswith("area=south") or "area=south" in answer.location
    assert "One clinic’s forms." in words(sender.follow(answer).text)
    assert "One clinic’s forms." not in words(sender.get(MATTER).text)
    council = words(signed_in("sgn.330").get(LIST).text)
    assert "Testshire Mental Health Trust, April 2015, South" in council


def test_a_matter_is_between_its_two_sides_and_the_data_team(signed_in: SignIn, world: World) -> None:
    for name in ("sub.rr1", "sgn.20", "sub.rel"):
        browser = signed_in(name)
        assert browser.get(MATTER).status_code == 404
    for name in ("brd.testshire", "mgr.testshire", "rdr.rxt"):
        assert signed_in(name).get(MATTER).status_code in (403, 404)
    assert "No matter is open" in words(signed_in("sub.rr1").get(LIST).text)


def test_a_school_is_not_shown_to_others(signed_in: SignIn, world: World) -> None:
    assert "Elm Road School" not in signed_in("sub.rxt").get(MATRIX).text
    assert "small enough to point to a child" in signed_in("sub.330").get(f"{MATRIX}/990001").text
    assert "Elm Road School" in signed_in("stw.testshire").get(MATRIX).text
    assert "Elm Road School" in signed_in("sgn.990001").get(MATRIX).text


def test_what_cannot_be_kept_is_shown_again(signed_in: SignIn, world: World) -> None:
    sender = signed_in("sub.rxt")
    assert "Choose why the two counts differ" in say(sender, "explain", words="Typed already")
    assert "what looks like" in say(sender, "explain", reason="other", words="It was 943 476 5919")
    page = say(sender, "note", note="   ")
    assert "Write the note" in page
    council = signed_in("sub.330")
    council.get(MATTER)
    say(sender, "explain", reason="unit", words="")
    late = council.post(f"{MATTER}/explain", {"reason": "lost"}, action=f"{MATTER}/explain")
    assert late.status_code == 409
    assert "SUB of rxt explained it on 18 May 2015" in words(late.text)


@pytest.mark.parametrize("path", [f"{MATRIX}/XXX", MATRIX.replace("RF04", "FD01"), f"{LIST}/RXT/FY2014-15"])
def test_what_is_not_there_is_a_plain_no(signed_in: SignIn, world: World, path: str) -> None:
    answer = signed_in("stw.testshire").get(path)
    assert answer.status_code in (400, 404)
    assert "Traceback" not in answer.text


def test_one_side_asks_the_other_to_look_at_its_figure(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    council, sender, signatory = (signed_in(name) for name in ("sub.330", "sub.rxt", "sgn.rxt"))
    assert "Choose why the row" in say(council, "ask")
    page = say(council, "ask", ask_reason="differs", ask_words="Our log has fifty.")
    assert "SUB of 330, Testshire Council, asked Testshire Mental Health Trust about 64" in page
    assert "It waits for an answer" in page
    assert "has asked about this figure already" in say(council, "ask", ask_reason="differs")
    with db.open_session(web_engine) as session:
        at = f"/submissions/{world.item(session, 'RXT', '2015-04')}/corrections"
    assert "1 row to answer or sign" in words(sender.get("/").text)
    number = sender.get(at).text.partition('name="answer-')[2].partition('"')[0]
    typed = {f"answer-{number}": "as-it-is", f"why-{number}": "Counted twice over: sixty-four."}
    sender.follow(sender.post(f"{at}/answer", typed, action=f"{at}/answer"))
    signatory.get(at)
    signatory.follow(signatory.post(f"{at}/sign", action=f"{at}/sign"))
    told = words(council.get(MATTER).text)
    assert "as it is. “Counted twice over: sixty-four.” Signed by SGN of rxt" in told
    assert council.get(at).status_code == 404  # the rest of the other side's return stays its own
