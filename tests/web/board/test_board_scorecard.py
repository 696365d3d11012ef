"""The scorecard, and the targets that are promised. By real requests to the seeded example."""

import csv
import io
import re
from collections.abc import Callable

from flask.testing import FlaskClient
from openpyxl import load_workbook

from tests.example_world import CODE
from tests.web.conftest import words


def test_the_scorecard_has_the_same_rows_for_the_place_an_area_and_a_team_and_goes_away_as_a_file(
    as_: Callable[[str], FlaskClient],
) -> None:
    member, card = as_("member"), f"/partnerships/{CODE}/scorecard"
    whole = member.get(f"{card}?as_at=2015-05-15").text
    referrals = whole.partition("Referrals received</a>")[2].partition("</tr>")[0]
    assert "March 2015" in referrals or "April 2015" in referrals
    assert 'role="img"' in referrals and "from " in referrals and "highest" in referrals
    in_time = whole.partition("Conferences within 15 working days</a>")[2].partition("</tr>")[0]
    assert "none agreed" not in in_time  # the improvement plan and the memorandum set one
    assert whole.count("<tr ") == 14  # a heading and thirteen measures
    for chosen in ("area=south", "team=south/assessment-1"):
        narrow = member.get(f"{card}?as_at=2015-05-15&{chosen}").text
        assert narrow.count("<tr ") == 14
        assert narrow.partition("Contacts received</a>")[2].partition("</tr>")[0] != referrals
    assert "does not count" in narrow  # a team has assessments, and no contacts
    chosen = member.get(f"{card}?measure=AS01&measure=RF02&team=south/assessment-1").text
    assert chosen.count("<tr ") == 3
    teams = words(member.get(f"/partnerships/{CODE}/measures/AS01?as_at=2015-05-15").text)
    assert (
        "In April 2015 the lines hold of each area, counted above the line: East 223 of 223; North" in teams
    )
    promised = member.get(f"/partnerships/{CODE}/measures/FD05?as_at=2015-05-15").text
    assert "at least 90%, until 31 March 2016; by the agreed steps 55% by now" in words(promised)
    assert "The target of 90.0% will be missed in every month unless something changes." in words(promised)
    # C11: 70% by June, 80% by September, 85% by December; before that, the baseline of 55%.
    later = member.get(f"/partnerships/{CODE}/measures/FD05?as_at=2015-12-15").text
    path = "The agreed path expects 55.0% in April 2015 and 80.0% in November 2015; the latest figure is below it."
    assert later.count(path) == 2 and '<path class="path"' in later, "in the drawing's words and beside it"
    steps = re.findall(r"(\w+) 2015 [\d.]+% ([\d.]+%) [\d,]+ [\d,]+ 1 of 1", words(later))
    assert dict(steps) == {
        "April": "55.0%", "May": "55.0%", "June": "70.0%", "July": "70.0%", "August": "70.0%",
        "September": "80.0%", "October": "80.0%", "November": "80.0%",
    }  # fmt: skip
    # C15, a trend from 12 to 10 in twelve months: a sixth less each month.
    trend = words(member.get(f"/partnerships/{CODE}/measures/FD06?as_at=2015-12-15").text)
    assert "expects 11.8% in April 2015 and 10.7% in November 2015; the latest figure keeps to it" in trend
    assert "at most 10%, until 31 March 2016; by the agreed way 10.5% by now" in trend
    police = words(as_("manager.20").get(f"/partnerships/{CODE}/measures/FD05?as_at=2015-05-15").text)
    assert "The target of 75.0%" in police and "at least 90%" not in police, "of one's own agreements alone"
    longer = member.get(f"{card}?measure=WF03&measure=QA02&measure=DQ01&as_at=2015-05-15").text
    vacancies = words(longer.partition("Vacancies in children’s social care</a>")[2].partition("</tr>")[0])
    months = words(member.get(f"/partnerships/{CODE}/measures/WF03?as_at=2015-05-15").text)
    assert "January to March 2015 25.5%" in months and "January to March 2014 30.2%" in months
    assert "25.5% January to March 2015 30.2%" in vacancies, (
        "a quarter stands beside the quarter of a year before"
    )
    audits = words(longer.partition("School audits received</a>")[2].partition("</tr>")[0])
    assert "77.5% 2013-14" in audits and "37 of 40 returns" in audits
    assert "Like for like" not in longer and "By academic year" in longer
    rows = list(csv.DictReader(io.StringIO(member.get(f"{card}.csv?measure=RF02&as_at=2015-05-15").text)))
    assert [(row["measure"], row["of"], row["received"]) for row in rows] == [("RF02", CODE, "1")]
    assert "Illustrative" in rows[0]["note"]
    book = load_workbook(io.BytesIO(member.get(f"{card}.xlsx?measure=RF02&as_at=2015-05-15").data))
    assert [cell.value for cell in book.active[2]][:2] == ["RF02", "Referrals received"]
    assert member.get(f"{card}.pdf").status_code == 404
