"""The first page for each kind of person."""

from hub import db
from hub.app import create_app
from hub.config import from_environment
from tests.databases import NewDatabase
from tests.web.conftest import SignIn, words


def test_an_agency_sees_what_it_owes_in_order_of_due_dates(signed_in: SignIn) -> None:
    page = words(signed_in("sub.rxt").get("/").text)
    assert "Illustrative." in page
    assert "Its today is 18 May 2015" in page
    assert page.index("April 2014") < page.index("March 2015") < page.index("April 2015")
    assert "Was due 23 April 2015, 25 days ago." in page
    assert "Due 22 May 2015, in 4 days." in page
    assert "overdue" in page


def test_a_data_team_sees_who_sent_what_in_words(signed_in: SignIn) -> None:
    steward = signed_in("stw.testshire")
    home = words(steward.get("/").text)
    assert "Referrals made to the front door, monthly 0 of 3" in home and "Elsewhere" not in home
    page = words(steward.get("/partnerships/testshire/grid/referrals/month").text)
    for agency in (
        "Testshire Mental Health Trust",
        "Testshire Police",
    ):
        assert agency in page
    assert "missing" in page
    assert "0 of 3" in page
    assert "Elsewhere" not in page


def test_an_administrator_sees_the_set_up_list_and_no_agency(signed_in: SignIn) -> None:
    page = signed_in("adm.hub").get("/").text
    assert 'href="/set-up"' in page
    assert "Testshire Police" not in page


def test_set_up_says_which_steps_are_done(signed_in: SignIn) -> None:
    page = words(signed_in(None).get("/set-up").text)
    assert "Load your partnership, its areas and its agencies : done" in page
    assert "Receive the first return : not done yet. hub template" in page
    assert "Testshire" not in page


def test_an_empty_deployment_leads_to_the_set_up_list(new_database: NewDatabase) -> None:
    engine = db.make_engine(new_database("sqlite"))
    app = create_app(from_environment({"HUB_SECRET_KEY": "k" * 40}), engine=engine)
    answer = app.test_client().get("/")
    engine.dispose()
    assert (answer.status_code, answer.location) == (302, "/set-up")
