"""Money on the seeded example, by real requests: who prepares it, who reads it, and what the pages say."""

import csv
import html
import io
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.agreements.versions import agreements_as_at
from hub.app import create_app
from hub.board.money import year_of_money
from hub.board.money_agreed import years_of
from hub.board.money_quarters import quarters_of
from hub.calendar.models import DueItem
from hub.config import from_environment
from hub.db import make_engine, open_session, transaction
from hub.definitions.models import PeriodRow
from hub.facts.document import Explained
from hub.partners.models import Agency, Person
from tests.clients import browser_of
from tests.example_world import CODE, Example, signs_again

As = Callable[[str], FlaskClient]
MEASURES = f"/partnerships/{CODE}/measures"


@pytest.fixture
def app(example_copy: str) -> Flask:
    config = from_environment(
        {
            "HUB_DATABASE_URL": example_copy,
            "HUB_SECRET_KEY": "s" * 40,
            "HUB_DEMO": "1",
            "HUB_HOST": "127.0.0.1",
        }
    )
    return create_app(config, make_engine(example_copy))


@pytest.fixture
def as_(app: Flask) -> As:
    def client(name: str) -> FlaskClient:
        with open_session(app.extensions["hub_engine"]) as session:
            person = session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()
        return browser_of(app, person)

    return client


def due_item(app: Flask, return_code: str, agency: str, period: str) -> int:
    with open_session(app.extensions["hub_engine"]) as session:
        query = (
            select(DueItem.id)
            .join(Agency, Agency.id == DueItem.agency_id)
            .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        )
        where = (DueItem.return_code == return_code, Agency.code == agency, PeriodRow.code == period)
        return session.scalars(query.where(*where)).one()


def test_the_finance_lead_opens_the_return_of_money_and_no_other(app: Flask, as_: As) -> None:
    lead = as_("finance.13p")
    money = due_item(app, "contributions", "13P", "FY2015-16Q4")
    posts = due_item(app, "workforce", "13P", "FY2015-16Q4")
    assert lead.get(f"/submissions/{money}/template.csv").status_code == 200
    assert lead.get(f"/submissions/{posts}/template.csv").status_code == 403
    # Another body's money is not there for them, whichever return.
    assert (
        lead.get(
            f"/submissions/{due_item(app, 'contributions', '04X', 'FY2015-16Q4')}/template.csv"
        ).status_code
        == 404
    )


def test_money_is_read_by_those_who_pay_or_host_the_board_and_the_region_and_by_nobody_else(as_: As) -> None:
    for name in ("finance.05l", "nurse.rq3", "member", "region", "inspector", "steward"):
        page = as_(name).get(f"{MEASURES}/JC03").text
        # FY2015-16Q3: £6,390,000.00 was due, and 05L kept back its £12,000.00.
        assert "Not shown" not in page and "6,378,000.00" in page, name
    # A number is shown as people write it, not in pence: the council's part of that quarter.
    assert "£6,198,000.00" in as_("member").get(f"{MEASURES}/JC03/FY2015-16Q3").text
    for name in ("analyst.20", "school.990001"):
        page = as_(name).get(f"{MEASURES}/JC03").text
        assert "Not shown: money is read by those who pay" in page and "6,378,000.00" not in page, name
        file = as_(name).get(f"{MEASURES}/JC03/download.csv?by=agency").text
        assert "FY2015-16Q3" not in file
        behind = as_(name).get(f"{MEASURES}/JC03/FY2015-16Q3").text
        assert "619800000" not in behind and "6,198,000.00" not in behind


MONEY = f"/partnerships/{CODE}/agreements/birmingham-nhs-2015-16/money"
TAG = re.compile(r"<[^>]+>")


def words(text: str) -> str:
    """What a person reads on the page, in one line."""
    main = text[text.index("<main") : text.index("</main>")]
    return " ".join(html.unescape(TAG.sub(" ", main)).split())


def test_the_page_says_who_pays_for_what_and_its_sums_are_those_of_the_agreement(as_: As) -> None:
    page = words(as_("finance.330").get(MONEY).text)
    # 264,000 + 120,000 + 48,000 + 48,000 for the health team, 55, 25, 10 and 10%
    assert "£264,000 55.0%" in page and "£120,000 25.0%" in page and "£480,000" in page
    # the council: 48,000 + 108,000 + half a year of health visiting + 4,200,000; all parties: 25,440,000
    assert "£14,556,000 57.2%" in page and "£25,440,000" in page
    # 05L had pledged £60,000 and bound itself to £48,000.
    assert "£60,000 £48,000 £12,000" in page
    assert "NHS England 1 April 2015 to 30 September 2015" in page
    assert "Birmingham City Council 1 October 2015 to 31 March 2016" in page
    # Twelve desks at £12,750 a quarter, as the council signed; half a post lent by 13P.
    assert "twelve desks at Lancaster Circus 0.00 £51,000" in page
    assert "0.5 of an administrator 0.50 £27,500" in page
    # The therapeutic service spent 84,000 + 111,600 + 118,800 of 360,000.
    assert "£314,400 −12.7%" in page
    # 13P's payment that was booked late came £540 short.
    assert "£480,000 £479,460 £540" in page and "£264,000 £263,460 £540" in page


def test_every_sum_of_the_year_comes_from_the_returns_of_its_quarters(example: Example, as_: As) -> None:
    """To the penny, in every agreement and year of the example; not signed is never nought."""
    told = 0
    for moment in (None, "2016-02-01"):
        at = example.at(moment)
        for agreement in agreements_as_at(example.session, example.partnership.id, at.moment):
            for year in years_of(agreement):
                of_year = year_of_money(example.session, agreement, at, year)
                by_quarter = quarters_of(example.session, agreement, at, year)
                rows = {
                    (of.service.id, body.name, row.name): row
                    for of in by_quarter.services
                    for body in of.bodies
                    for row in body.rows
                }
                for row in rows.values():
                    parts = [part.amount for part in row.parts]
                    if not row.is_of_the_year:
                        assert sum(part.value for part in parts) == row.together.value
                    assert all(
                        part.amount.whole == (part.submission is not None or "agreement" in row.name)
                        for part in row.parts
                    )
                for line in of_year.lines:
                    for name, amount in (
                        ("Invoiced", line.invoiced),
                        ("Paid", line.paid),
                        ("Expects to pay in the year", line.forecast),
                    ):
                        assert rows[line.service.id, line.name, name].together == amount
                    assert rows[line.service.id, line.name, "Due by the agreement"].together.value == line.due
                    told += 1
                received = {
                    (body.name, row.name): row.together for body in by_quarter.received for row in body.rows
                }
                assert received == {
                    (side.host, f"From {side.payer}"): side.received for side in of_year.sides
                }
    assert told > 20

    page = as_("finance.05l").get(f"{MONEY}/quarters").text
    own = words(page)
    # 05L owes £48,000 to the health team in four quarters, and paid what it had kept back in the last one.
    assert "Due by the agreement £12,000 £12,000 £12,000 £12,000 £48,000" in own
    # It opens its own four returns and nobody else's; of the others it reads who signed and when.
    links = set(re.findall(r"/submissions/(\d+)", page))
    assert links == {str(due_item_of) for due_item_of in own_items(example)}
    assert as_("school.990001").get(f"{MONEY}/quarters").status_code == 404


def own_items(example: Example) -> list[int]:
    """The due items of 05L's contributions in 2015-16."""
    query = (
        select(DueItem.id)
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(
            Agency.code == "05L",
            DueItem.return_code == "contributions",
            PeriodRow.code.startswith("FY2015-16Q"),
        )
    )
    return list(example.session.scalars(query))


def test_before_the_variation_nhs_england_was_to_pay_for_the_whole_year(as_: As) -> None:
    page = words(as_("region").get(f"{MONEY}?as_at=2015-08-05").text)
    assert "version 1" in page and "£20,400,000 100.0%" in page and "1 October 2015" not in page


def test_what_was_kept_back_asks_a_reason_and_the_dispute_stands_beside_it(as_: As) -> None:
    page = words(as_("member").get(f"{MONEY}?as_at=2016-02-01").text)
    # To December 2015: 36,000 due, 12,000 paid.
    assert "£36,000 £36,000 £12,000 −66.7%" in page
    assert "Funding disputed since 10 August 2015, owner NHS Birmingham CrossCity CCG" in page
    assert "on July to September 2015, October to December 2015: Disputed" in page
    later = words(as_("member").get(MONEY).text)
    assert "Funding disputed since" not in later and "Ended 12 February 2016" in later


def test_more_than_a_tenth_asks_a_reason_until_the_payer_signs_one(app: Flask, as_: As) -> None:
    """04X signs that of the £30,000 due in the last quarter nothing was paid: £90,000 of £120,000."""
    quarter = "FY2015-16Q4"
    paid = {"mash-health-team": (3_000_000, 0), "therapeutic-service": (4_800_000, 4_800_000)}
    cells = [
        (row_no, quarter, "service", code, figure, pence, "value")
        for row_no, (code, (due, paid_now)) in enumerate(paid.items(), start=3)
        for figure, pence in (("due", due), ("invoiced", due), ("paid", paid_now))
    ]
    reason = Explained("contributions-paid-off-due", 3, "paid", "Asked.", "The invoice came in April.")

    def page(explanations: tuple[Explained, ...]) -> str:
        with transaction(app.extensions["hub_engine"]) as session:
            signs_again(
                session,
                ("contributions", "04X", quarter),
                cells,
                by=("finance.04x", "manager.04x"),
                explanations=explanations,
            )
        return words(as_("member").get(MONEY).text)

    asked, given = page(()), page((reason,))
    assert "£120,000 £120,000 £120,000 £90,000 −25.0%" in asked
    assert "Asks a reason More than 10% away, and nobody has said why." in asked
    assert (
        "NHS Birmingham South and Central CCG on January to March 2016: The invoice came in April." in given
    )
    assert "Asks a reason" not in given
    assert "the body’s finance lead gives it in its return" in given


def test_money_stands_beside_what_the_services_did(as_: As) -> None:
    page = words(as_("nurse.rq3").get(f"{MONEY}/services").text)
    # 486,000 spent: 118,800 + 115,200 + 124,800 + 127,200
    assert "£480,000 £486,000 12.00 of 12.00 (100.0%)" in page
    assert "Section 75 agreement, pooled" in page and "85% seen within 28 days" in page
    assert "Overspend is shared pro rata up to 5%; above that by agreement." in page
    assert "Areas South, East, North, West and Central" in page


def test_the_file_adds_up_to_the_page(as_: As) -> None:
    rows = list(csv.DictReader(io.StringIO(as_("finance.330").get(f"{MONEY}/download.csv").text)))
    payers = [row for row in rows if row["role"] == "payer"]
    assert sum(Decimal(row["due_by_agreement"]) for row in payers) == Decimal("25440000.00")
    assert sum(Decimal(row["paid"]) for row in payers) == Decimal("25440000.00")
    assert {row["note"] for row in rows} == {"Illustrative: invented figures"}
    early = as_("finance.330").get(f"{MONEY}/download.csv?as_at=2015-05-18").text
    (row,) = csv.DictReader(io.StringIO(early))
    assert row["state"].startswith("no quarter of ") and row["note"] == "Illustrative: invented figures"


def test_a_budget_of_three_years_says_what_is_unfunded(as_: As) -> None:
    plan = f"/partnerships/{CODE}/agreements/birmingham-improvement-plan-2014-17/money"
    assert "Its itemised budget" in words(as_("region").get(plan).text)
    page = words(as_("region").get(f"{plan}/budget").text)
    # 37m within 15%, 10m asked for: 27m unfunded; with the 6m of the base 43m, 47.5m and 49.5m make 140m.
    assert "£31,450,000 £37,000,000 £42,550,000 £0 £10,000,000 £27,000,000" in page
    assert "More need, and the change that meets it provisional, within 15% either way" in page
    assert "Department for Education was asked for £10,000,000 on 1 December 2014." in page
    assert "Improvement and change confirmed" in page and "Birmingham City Council pays £14,000,000." in page
    assert page.index("One-off") < page.index("Improvement and change") < page.index("Staying in the base")
    assert all(f"£{total},000" in page for total in ("43,000", "47,500", "49,500"))


def test_a_dispute_is_recorded_and_ended_by_a_partys_people(as_: As) -> None:
    lead = as_("finance.04x")
    one = {
        "about": "therapeutic-service/04X",
        "owner": "330",
        "due_on": "2016-06-30",
        "words": "Rooms are missing.",
    }

    def say(verb: str, key: str, **changed: str) -> int:
        answer = lead.post(f"{MONEY}/disputes/{verb}", data={**one, "form_key": key, **changed})
        return answer.status_code

    assert say("raise", "a", due_on="2016-05-01") == 409  # that day is over
    assert say("raise", "b", words=" ") == 409
    assert say("raise", "c", about="therapeutic-service/X24") == 409  # pays nothing for it
    assert say("raise", "o", owner="04X") == 409  # nobody answers what one's own body raised
    form = re.search(r'<select[^>]*name="owner".*?</select>', lead.get(f"{MONEY}/disputes").text, re.S)
    assert form is not None and 'value="330"' in form[0] and 'value="04X"' not in form[0]
    assert "Funding disputed since" not in words(as_("member").get(MONEY).text)
    assert say("raise", "d") == 303
    assert "Funding disputed since 18 May 2016, owner Birmingham City Council" in words(
        as_("member").get(MONEY).text
    )
    # Somebody who has not read it cannot speak over it, and a member of the Board cannot speak at all.
    assert say("raise", "e") == 409
    assert as_("member").get(f"{MONEY}/disputes").status_code == 403
    assert "Rooms are missing." in words(lead.get(f"{MONEY}/disputes").text)
    # The body that is to answer reads it on its first page until it is ended.
    asked = "A contribution is disputed, and Birmingham City Council is to answer by 30 June 2016."
    assert asked in words(as_("finance.330").get("/").text) and asked not in words(lead.get("/").text)
    seen = {"seen-therapeutic-service/04X": "1"}
    assert say("end", "f", words="Rooms were found.", **seen) == 303
    page = words(as_("region").get(MONEY).text)
    assert "Rooms were found." in page and "Funding disputed since" not in page
    assert asked not in words(as_("finance.330").get("/").text)


def test_contracts_outside_are_questions_and_no_single_price_leaves_the_data_team(as_: As) -> None:
    address = f"/partnerships/{CODE}/contracts"
    steward, region = words(as_("steward").get(address).text), words(as_("region").get(address).text)
    asked = "Open Door Counselling (invented), for counselling of children: 12 agencies with 12 contracts of their own"
    assert asked in steward and asked in region
    assert "Network and supervision for designated leads is offered to all by the partnership" in region
    assert "£76,942.00 a year in all" in region  # over twelve schools
    assert "£6,388.00" in steward and "£6,388.00" not in region
    assert as_("member").get(address).status_code == 403
