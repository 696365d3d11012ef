"""The table builder by real requests to the seeded example: what was chosen, laid out, taken away and cited."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Callable

import pytest
import python_calamine
from flask.testing import FlaskClient
from sqlalchemy import select

from hub.app import create_app
from hub.config import from_environment
from hub.db import make_engine, open_session
from hub.measures.small_numbers import TITLE
from hub.partners.models import Person
from tests.clients import browser_of
from tests.example_world import CODE, Example
from tests.web.conftest import Browser as Page
from tests.web.conftest import words

TABLES = f"/partnerships/{CODE}/tables"
CELL = re.compile(r"<t[hd][^>]*>(.*?)</t[hd]>", re.DOTALL)


@pytest.fixture
def as_(example_copy: str) -> Callable[[str], FlaskClient]:
    environment = {
        "HUB_DATABASE_URL": example_copy,
        "HUB_SECRET_KEY": "s" * 40,
        "HUB_DEMO": "1",
        "HUB_HOST": "127.0.0.1",
    }
    app = create_app(from_environment(environment), make_engine(example_copy))

    def client(name: str) -> FlaskClient:
        with open_session(app.extensions["hub_engine"]) as session:
            person = session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()
        return browser_of(app, person)

    return client


def table_of(page: str) -> list[list[str]]:
    """The rows of the page's one table, headings first; a heading over several rows stands in the first."""
    (table,) = re.findall(r"<table.*?</table>", page, re.DOTALL)
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in CELL.findall(row)]
        for row in re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)
    ]


def file_rows(client: FlaskClient, query: str) -> list[dict[str, str]]:
    answer = client.get(f"{TABLES}.csv?{query}")
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.text)))


def test_a_table_is_laid_out_as_chosen_and_its_numbers_are_the_measures_own(
    as_: Callable[[str], FlaskClient], example: Example
) -> None:
    member = as_("member")
    query = "measure=RF02&measure=FD04&by=area&total=yes&from=2015-10&to=2015-12&show=chart"
    page = member.get(f"{TABLES}?{query}").text
    rows = table_of(page)
    assert rows[0] == ["Measure", "Area", "October 2015", "November 2015", "December 2015"]
    south = example.point("RF02", "2015-11", line=("area", "south")).value
    whole = example.point("RF02", "2015-11").value
    found = {row[-4]: row[-2] for row in rows[1:6]}
    assert found["South"] == f"{south:,.0f}" and found["All"] == f"{whole:,.0f}"
    areas = [int(number.replace(",", "")) for name, number in found.items() if name != "All"]
    assert sum(areas) == whole  # every referral has an area, or is one of an area not known
    assert page.count("<svg") == 2 and 'style="' not in page and "<script>" not in page
    turned = table_of(member.get(f"{TABLES}?{query}&rows=period&columns=line").text)
    assert turned[0][:3] == ["Period", "Measure", "East"] and turned[0][-1] == "All"
    assert [row[0] for row in turned[1::2]] == ["October 2015", "November 2015", "December 2015"]
    one_area = table_of(member.get(f"{TABLES}?measure=RF02&area=south&from=2015-11&to=2015-11").text)
    assert one_area[1][-1] == found["South"]


def test_what_is_not_there_says_why_and_is_never_zero(as_: Callable[[str], FlaskClient]) -> None:
    member = as_("member")
    then = "measure=RF01&from=2014-02&to=2014-06&as_at=2014-06-20"
    page = member.get(f"{TABLES}?{then}")
    assert "As at 20 June 2014" in page.text
    (_, row) = table_of(page.text)
    assert re.fullmatch(r"at least [\d,]+ \(49 of 50 in\)", row[1])  # RXT never sent February 2014
    assert row[-1] == "not due yet"
    lines = table_of(member.get(f"{TABLES}?{then}&by=agency&kind=nhs_trust&rows=line").text)
    rxt = next(row for row in lines if "Mental Health" in row[0])
    assert rxt[1] == "not received"
    state = {
        row["agency"]: row for row in file_rows(member, f"{then}&by=agency") if row["period"] == "2014-02"
    }
    assert (state["RXT"]["value"], state["RXT"]["state"]) == ("", "missing")
    came = file_rows(member, "measure=BD01&by=agency&from=FY2014-15Q1&to=FY2015-16Q1")
    force = [row["value"] or row["state"] for row in came if row["agency"] == "20"]
    assert force == ["0.0", "100.0", "100.0", "100.0", "missing"]  # nobody wrote who came in June 2015
    nothing = member.get(f"{TABLES}?measure=RF02&by=area&from=1995-01&to=1995-02").text
    assert "There is no number for this choice" in nothing or "no figure" in nothing
    large = member.get(f"{TABLES}?measure=RF01&by=agency&from=2006-05&to=2016-04&measure=DQ01").text
    assert "a page shows at most 3,000" in large or len(table_of(large)) > 1


def test_a_table_tells_a_reader_nothing_that_the_gate_keeps(as_: Callable[[str], FlaskClient]) -> None:
    member, steward = as_("member"), as_("steward")
    schools = "measure=RF01&by=agency&kind=school&from=2015-10&to=2015-12"
    kept = member.get(f"{TABLES}?{schools}").text
    assert "<table" not in kept and "Schools are not shown one by one" in kept
    assert len(table_of(steward.get(f"{TABLES}?{schools}").text)) > 1
    # Several agencies count by category: of November what they come to would tell a small number of one of them.
    several = "measure=RF01&by=category&from=2015-11&to=2015-11"
    assert "every agency that owes it had first signed" in member.get(f"{TABLES}?{several}").text
    for ending in ("csv", "zip", "ods", "xlsx", "csv-metadata.json"):
        assert b"neglect" not in member.get(f"{TABLES}.{ending}?{several}").data
    beside = table_of(member.get(f"{TABLES}?measure=RF01&by=category&from=2015-10&to=2015-11").text)
    assert [row[1:] for row in beside if row[0] == "Neglect"] == [["236", "not shown"]]
    ages = "measure=CP05&by=age_band&from=2013-04&to=2014-03&total=yes"
    told = {
        (row["period"], row["age_band"]): row["value"]
        for row in file_rows(member, ages)
        if row["age_band"] != "all"
    }
    gate = csv.DictReader(
        io.StringIO(member.get(f"/partnerships/{CODE}/measures/CP05/download.csv?by=age_band").text)
    )
    assert told == {
        (row["period"], row["age_band"]): row["value"]
        for row in gate
        if "2013-04" <= row["period"] <= "2014-03" and row["value"]
    }
    assert any(line == "read-together" for _, line in told)
    assert TITLE in member.get(f"{TABLES}?{ages}").text
    money = "measure=JC03&by=agency"
    assert "money is read by those who pay" in as_("analyst.20").get(f"{TABLES}?{money}").text


def test_every_format_says_the_same_under_a_name_that_says_what_it_is(
    as_: Callable[[str], FlaskClient],
) -> None:
    member = as_("member")
    query = "measure=RF02&measure=FD04&by=area&from=2015-10&to=2015-12&as_at=2016-01-31"
    answer = member.get(f"{TABLES}.csv?{query}")
    name = f"{CODE}_RF02-FD04_by-area_2015-10_to_2015-12_as-at-2016-01-31"
    assert f'filename="{name}.csv"' in answer.headers["Content-Disposition"]
    describing = re.match(r"<([^>]+)>; rel=\"describedby\"", answer.headers["Link"])
    assert describing
    metadata = json.loads(member.get(html.unescape(describing[1])).data)
    assert metadata["url"] == f"{name}.csv" and metadata["dc:valid"].startswith("2016-01-31")
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert [column["name"] for column in metadata["tableSchema"]["columns"]] == rows[0]
    page = table_of(member.get(f"{TABLES}?{query}").text)
    for ending in ("xlsx", "ods"):
        content = member.get(f"{TABLES}.{ending}?{query}").data
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        data = book.get_sheet_by_name("Data").to_python()
        assert data[0] == rows[0] and len(data) == len(rows)
        assert [str(float(row[8])) for row in rows[1:] if row[8]] == [
            str(float(row[8])) for row in data[1:] if row[8] != ""
        ]
        laid = book.get_sheet_by_name("Table").to_python()
        assert laid[0] == page[0]
        assert f"{laid[1][2]:,.0f}" == page[1][2]
        notes = dict(book.get_sheet_by_name("Notes").to_python())
        assert "as_at=2016-01-31T" in notes["How to cite"] and "invented" in notes["Illustrative"]
        assert book.get_sheet_by_name("Data dictionary").height > 15
    for taken in ("measures/RF02/2015-11/download", "measures/RF02/download", "scorecard"):
        for ending in ("csv", "zip", "xlsx", "ods", "csv-metadata.json"):
            answer = member.get(f"/partnerships/{CODE}/{taken}.{ending}")
            assert answer.status_code == 200 and "as-at-2016-05-" in answer.headers["Content-Disposition"]
    assert member.get(f"/partnerships/{CODE}/scorecard.exe").status_code == 404


def test_the_address_of_a_table_shows_the_same_for_good(as_: Callable[[str], FlaskClient]) -> None:
    member = as_("member")
    now = member.get(f"{TABLES}?measure=RF01&from=2014-08&to=2014-09").text
    links = [html.unescape(link) for link in re.findall(r'href="(http://localhost[^"]+)"', now)]
    frozen = next(link for link in links if "as_at=" in link)
    newest = next(link for link in links if "as_at=" not in link)
    assert html.unescape(re.findall(r"hub-address\">(.*?)</p>", now)[0]).endswith(frozen)
    assert table_of(member.get(frozen).text) == table_of(now) == table_of(member.get(newest).text)
    # Its day stands in the form, and in that of the page it leads back to.
    day = re.search(r"as_at=(\d{4}-\d\d-\d\d)T", frozen)
    assert day and f'type="date" value="{day[1]}"' in member.get(frozen).text
    back = member.get(f"/partnerships/{CODE}/board?{frozen[frozen.index('as_at=') :]}")
    assert f'type="date" value="{day[1]}"' in back.text
    # September 2014 was counted again later: as known before that, the address says what was known.
    query = "measure=RF01&from=2014-08&to=2014-09"
    before = member.get(f"{TABLES}?{query}&as_at=2014-10-25").text
    assert table_of(before) != table_of(now)
    # Its permanent address says so: RYW's September, eight days late, was the first that came after it.
    assert "Superseded on 30 October 2014:" in words(before) and "reads otherwise" in words(before)
    assert "Current: it reads the same as known now." in words(member.get(frozen).text)
    assert "Current: it reads" in words(member.get(f"{TABLES}?{query}&as_at=2015-05-15").text)
    assert "Current:" not in words(now) and "Superseded" not in words(now), "that is no permanent address"
    gone = member.get(f"{TABLES}?measure=RF02&by=area&from=2015-10&to=2015-12&as_at=2014-11-01").text
    assert "Superseded" not in gone, "there was no number then"


def test_a_choice_that_cannot_be_shown_says_so_and_downloads_nothing(
    as_: Callable[[str], FlaskClient],
) -> None:
    member = as_("member")
    assert "Nothing is chosen yet" in member.get(TABLES).text
    wrong = member.get(f"{TABLES}?measure=RF02&by=shoe_size&from=<script>")
    assert wrong.status_code == 400
    assert "This table cannot be shown" in wrong.text and "<script>" not in wrong.text
    assert 'value="RF02" checked' in wrong.text  # what was chosen is still there
    assert member.get(f"{TABLES}.csv?measure=RF02&by=shoe_size").status_code == 400
    assert member.get(f"{TABLES}.csv").status_code == 400
    mixed = member.get(f"{TABLES}?measure=RF02&measure=DQ01&by=area&from=2015-10&to=2015-12").text
    assert "Returns on time:</strong> It is not broken down by area." in mixed


def test_the_same_table_goes_out_in_the_public_profile_to_whoever_may_publish(
    as_: Callable[[str], FlaskClient],
) -> None:
    manager, member = as_("board.manager"), as_("member")
    public, query = f"{TABLES}/public", "measure=CP01&by=area&total=yes&from=2015-10&to=2015-12"
    for path in (public, f"{public}.csv"):
        assert member.get(f"{path}?{query}").status_code == 403
    assert "/tables/public?" not in member.get(f"{TABLES}?{query}").text
    assert "/tables/public?" in manager.get(f"{TABLES}?{query}").text
    page = manager.get(f"{public}?{query}").text
    assert "A table for publication" in page and "rounded to the nearest 5" in page
    early = manager.get(f"{public}.csv?{query}")
    assert early.status_code == 409 and "not released" in early.text
    query = released(manager, query)
    told = list(csv.DictReader(io.StringIO(manager.get(f"{public}.csv?{query}").text)))
    exact = file_rows(manager, query)
    assert len(told) == len(exact) == 15
    for row, true in zip(told, exact, strict=True):
        count = int(true["value"])
        if row["note"].startswith("*"):
            assert 1 <= count <= 7 and row["value"] == "" and row["state"] == "hidden"
        else:
            assert int(row["value"]) == (count + 2) // 5 * 5
        assert row["numerator"] == row["value"]
    crossed = manager.get(f"{public}?measure=RF02&by=agency_area&from=2015-10&to=2015-12")
    assert "<table" not in crossed.text
    content = manager.get(f"{public}.ods?{query}").data
    notes = dict(
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        .get_sheet_by_name("Notes")
        .to_python()
    )
    assert "Counts of 1 to 7 are shown as *" in notes["Public profile nhs-hes"]
    assert "as_at=" not in notes["How to cite"]  # nobody outside could open it


def released(client: FlaskClient, query: str) -> str:
    """Release a public table as its page shows it; gives the query under which it can be taken away."""
    page = Page(client)
    shown = page.get(f"{TABLES}/public?{query}").text
    (action,) = re.findall(r'<form method="post" action="([^"]*/tables/public[^"]*)"', shown)
    answer = page.post(html.unescape(action), action=action)
    assert answer.status_code == 303, answer.text
    assert "Released on" in page.follow(answer).text
    return answer.location.partition("?")[2]


def test_what_was_released_before_is_not_told_otherwise_by_a_few_children(
    as_: Callable[[str], FlaskClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A trust's late return of November 2013 came between the two days; two trusts send one or two children a month."""
    manager, then, now = as_("board.manager"), "as_at=2014-01-20", "as_at=2014-06-30"
    whole = "measure=RF01&from=2013-10&to=2014-03"
    by_agency = f"{whole}&by=agency"

    def told(query: str, at: str) -> dict[tuple[str, str], str]:
        rows = csv.DictReader(
            io.StringIO(manager.get(f"{TABLES}/public.csv?{released(manager, f'{query}&{at}')}").text)
        )
        return {(row["period"], row.get("agency", "")): row["value"] for row in rows if row["value"]}

    first, later = told(whole, then), told(whole, now)
    assert (first["2013-11", ""], later["2013-11", ""]) == ("1070", "1120"), "1,071 moved by 49 children"
    lines = told(by_agency, then)
    again = released(manager, f"{by_agency}&{now}")
    assert "stands as it was published then" in manager.get(f"{TABLES}/public?{again}").text
    rows = list(csv.DictReader(io.StringIO(manager.get(f"{TABLES}/public.csv?{again}").text)))
    found = {(row["period"], row["agency"]): row["value"] for row in rows if row["value"]}
    assert len(lines) > 20 and {place: value for place, value in found.items() if place in lines} == lines
    assert "2014-02" in {period for period, _ in found} - {period for period, _ in lines}, (
        "new months are given"
    )
    monkeypatch.setattr("hub.board.table_builder.for_public.standing", lambda versions, _: {})
    assert (
        "stands as it was published then"
        not in manager.get(f"{TABLES}/public?{by_agency}&{now}&chart=x").text
    )
