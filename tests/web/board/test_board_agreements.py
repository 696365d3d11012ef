"""Agreements and what the regional office reads of them. By real requests to the seeded example."""

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.db import open_session
from hub.partners import holders
from hub.partners.models import Grant, Person
from hub.web.routes import agreements as agreement_page
from tests.example_world import CODE
from tests.web.conftest import words

MOU = f"/partnerships/{CODE}/agreements/birmingham-nhs-2015-16"


def test_the_regional_office_reads_the_memorandum_with_what_slips_first(
    as_: Callable[[str], FlaskClient],
) -> None:
    region = as_("region")
    assert "2015-16" in region.get("/agreements").text
    page = region.get(f"{MOU}?as_at=2016-02-29").text
    assert page.index("missed") < page.index("at risk") < page.index("on track")
    assert "Missed: not shown." in page
    # Letters of the office are about promises; where there is none, no link leads to them.
    sharing = f"/partnerships/{CODE}/agreements/birmingham-information-sharing"
    assert f"{MOU}/papers" in page and f"{sharing}/papers" not in region.get(sharing).text
    # Each promise is folded under its words; a verdict leads to what it rests on.
    assert "<details" in page and "commitments/C7?party=330&amp;as_at=2016-02-29#evidence" in page


def test_a_role_that_ends_by_its_own_date_is_seen_at_once(
    app: Flask, as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is amiss with an agreement is remembered; nothing is written when the community trust's signatory's year is over."""
    nobody = "Nobody holds the role of signatory for Birmingham Community Healthcare NHS Trust here"
    office = as_("region")
    assert nobody not in words(office.get(MOU).text)
    with open_session(app.extensions["hub_engine"]) as session:
        over = session.scalars(
            select(Grant.until_at)
            .join(Person, Person.id == Grant.person_id)
            .where(Person.email == "manager.ryw@example.org", Grant.role == "SGN")
        ).one()
    for module in (holders, agreement_page):
        monkeypatch.setattr(module, "real_now", lambda: over)
    assert nobody in words(office.get(MOU).text)


def test_a_phone_reads_one_party_and_a_verdict_leads_to_signed_figures(
    as_: Callable[[str], FlaskClient],
) -> None:
    """24 promises, 56 verdicts: 14 missed, 42 met; the community trust’s own stand alone."""
    page = as_("region").get(f"{MOU}?party=RYW").text
    assert re.search(r"14 missed.*42 met.* of 56 promises", words(page))
    own = page[page.index('id="slipping"') :]
    assert set(re.findall(r"\?party=(\w+)", own)) == {"RYW"}
    assert "771 children" in own and "target 780 children" in own  # what is counted has its unit
    # The commissioner paid 55% of £480,000, a quarter at a time: £66,000, as a payer reads, and the data team.
    paid = f"{MOU}/commitments/F1?party=13P"
    shown = as_("finance.05l").get(paid).text
    evidence = words(shown[shown.index('id="evidence"') :])
    assert (
        "NHS Birmingham CrossCity CCG, Contributions to jointly commissioned services: 4 signed" in evidence
    )
    assert evidence.count("£66,000.00") == 8 and "Together £264,000.00 £264,000.00" in evidence
    # Its own return leads to itself for the data team, another's to what stands behind the number.
    assert "/submissions/" in as_("steward").get(paid).text
    assert "/submissions/" not in shown and "/measures/JC03/FY2015-16Q1" in shown
    assert as_("school.990001").get(paid).status_code == 404


def test_the_office_reads_the_promises_about_one_service_and_an_ended_memorandum_cuts_nothing(
    as_: Callable[[str], FlaskClient],
) -> None:
    """On 18 May 2016 the memorandum of 2015-16 is over; figures are shared by the information-sharing agreement."""
    office = as_("region")
    page = office.get("/regions/midlands-and-east?service=birmingham-nhs-2015-16/health-visiting").text
    bodies = set(re.findall(r'href="/agencies/([^/"]+)/promises"', page))
    assert bodies == {"330", "X24"}, "the council from October 2015, NHS England until then"
    assert "Nothing: every promise in force is kept, on track or not due yet." in page
    team = office.get("/regions/midlands-and-east?service=birmingham-nhs-2015-16/therapeutic-service").text
    slipping = re.findall(rf'href="{MOU}/commitments/([^"]+)"', team)
    assert slipping == ["C19?party=04X", "C19?party=330"], (
        "the places of the therapeutic service, of both who promised"
    )
    assert "It ended on 31 March 2016" in office.get(MOU).text
    for reader in ("region", "manager.rq3", "member"):
        page = as_(reader).get(f"/partnerships/{CODE}/measures/RF01")
        assert page.status_code == 200 and "April 2016" in page.text, reader
