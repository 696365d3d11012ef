"""Every tile of the overview leads to its page: to one that its reader may open and that is about what the tile names."""

import html
import re
from collections.abc import Callable
from typing import NamedTuple

from flask.testing import FlaskClient

from tests.example_world import CODE
from tests.web.conftest import words

BOARD = f"/partnerships/{CODE}/board"
# What stands at the foot of a question leads to a page whose heading says it in other words.
HEADED = {
    "Returns on time, month by month": "Returns on time",
    "What came in or was corrected lately, and what it moved": "What changed between two moments",
    "The journey from contact to plan": "The journey",
    "Beside its neighbours, year by year": ": Birmingham Safeguarding Children Board",
    "Meetings and packs": "Meetings",
    "Progress and annual reports": "Reports",
}


class Link(NamedTuple):
    """Where a tile leads, and what it is called there."""

    name: str
    address: str


def text(markup: str) -> str:
    return html.unescape(words(re.sub(r'<span class="govuk-visually-hidden">.*?</span>', "", markup))).strip()


def links(markup: str) -> list[Link]:
    found = re.findall(r'<a class="govuk-link[^"]*" href="([^"]+)">(.*?)</a>', markup, re.S)
    return [Link(text(name), html.unescape(address)) for address, name in found]


def tiles(page: str) -> list[str]:
    """Each question, each chart, and each line under a question that is not only the count of the rest."""
    panels = re.findall(r'<section class="hub-panel".*?</section>', page, re.S)
    lines = [line for panel in panels[:4] for line in re.findall(r"<li>(.*?)</li>", panel, re.S)]
    return [*panels, *(line for line in lines if not re.fullmatch(r"and \d+ more", text(line)))]


def headings(page: str) -> str:
    return text(" ".join(re.findall(r"<h[12]\b.*?</h[12]>", page, re.S)))


def is_about(name: str, headed: str) -> bool:
    """“Returns on time: RXT” is about “A trust (RXT)”, and “C1: A trust” about the promise “C1, A trust”."""
    agency = re.search(r"\((\w+)\)$", name)
    if agency and f": {agency[1]}" in headed:
        return True
    return any(each in headed for each in (HEADED.get(name, name), name.replace(", ", ": ", 1)))


def offered(found: list[str]) -> list[Link]:
    """Each tile's own pages; what explains its change is a second way on from it."""
    return sorted({link for tile in found for link in links(tile) if link.name != "Explain this change"})


def leading_astray(member: FlaskClient, found: list[Link]) -> list[tuple[int, Link, str]]:
    """Links that their reader may not open, or that open something else, each with what it is headed."""
    astray = []
    for link in found:
        answer = member.get(link.address, follow_redirects=True)
        headed = headings(answer.text)
        if answer.status_code != 200 or not is_about(link.name, headed):
            astray.append((answer.status_code, link, headed[:60]))
    return astray


def test_every_tile_leads_to_a_page_about_what_it_names(as_: Callable[[str], FlaskClient]) -> None:
    member = as_("member")
    found = tiles(member.get(BOARD).text)
    assert len(found) > 4 + 8 + 40, "questions, charts and a line for most measures"
    assert not [text(tile) for tile in found if not links(tile)]
    leads = offered(found)
    assert [link for link in leads if link.name == "C1, Birmingham Community Healthcare NHS Trust"]
    assert not leading_astray(member, leads)


def test_every_tile_of_an_earlier_moment_leads_to_what_was_known_then(
    as_: Callable[[str], FlaskClient],
) -> None:
    member = as_("member")
    found = tiles(member.get(f"{BOARD}?as_at=2015-05-22&month=2015-04").text)
    assert not [text(tile) for tile in found if not links(tile)]
    assert not [link for link in offered(found) if "as_at=2015-05-22" not in link.address]
    everybody_in = offered(found[:1])
    silent, lacking = "Birmingham Community Healthcare NHS Trust (RYW)", "Birmingham City Council (330)"
    assert {silent, lacking} <= {link.name for link in everybody_in}
    assert not leading_astray(member, everybody_in)


def test_a_silent_school_leads_to_the_number_that_its_return_is_missing_from(
    as_: Callable[[str], FlaskClient],
) -> None:
    """It has no page of its own: a school's numbers are small enough to point to a child."""
    member = as_("member")
    page = member.get(f"{BOARD}?as_at=2014-09-25&month=2014-08").text
    (school,) = [tile for tile in tiles(page) if text(tile).startswith("Riverside Oak Primary")]
    assert text(school).endswith("(990036) : none of 1; last signed for March 2014")
    (link,) = links(school)
    there = member.get(link.address).text
    assert headings(there).startswith("Referrals made, August 2014") and "As at 25 September 2014" in there
    missing = words(there).partition("Not received, and due by now:")[2].partition("Nothing of them")[0]
    assert link.name in html.unescape(missing)
    assert "A school’s name leads to the number that its return is missing from." in text(page)
    assert "A school’s name leads" not in member.get(BOARD).text, "no school is named there"
