"""A letter from a verdict, on the seeded example: each number and date in it is on its promise's page, and stays when that page moves on."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.app import create_app
from hub.board.region import evidence
from hub.config import from_environment
from hub.db import make_engine, open_session, transaction
from hub.partners.models import Person
from hub.partners.secrets import new_token
from hub.web.routes import agreements as agreement_page
from hub.web.routes import commitment as commitment_page
from tests.clients import Browser, browser_of
from tests.example_world import CODE, signs_again

AGREEMENT = f"/partnerships/{CODE}/agreements/birmingham-nhs-2015-16"
# One of each kind that is missed on 18 May 2016.
MISSED = {
    "C1": "RYW",  # submission
    "C8": "13P",  # milestone
    "C9": "330",  # milestone of which nothing was reported
    "C11": "330",  # level, of a whole place
    "C13": "13P",  # staffing
    "C14": "RYW",  # a count over the year
    "C17": "04X",  # process
    "C19": "04X",  # service: two measures of one return
}
DAY = (
    r"\d{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December) \d{4}"
)


def person(session: Session, name: str) -> Person:
    return session.scalars(select(Person).where(Person.email == f"{name}@example.org")).one()


def read(page: str) -> str:
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def counted(text: str) -> set[str]:
    """Every date and every number of a text."""
    return {*re.findall(DAY, text), *re.findall(r"-?£?\d[\d,]*(?:\.\d+)?%?", re.sub(DAY, " ", text))}


def drafted(office: Browser, commitment: str, party: str) -> tuple[str, str, dict[str, str]]:
    """A letter's address, its text, and the fields that its page sends."""
    asked = {"commitment": commitment, "party": party, "form_key": new_token()}
    answer = office.post(f"{AGREEMENT}/papers/letter", data=asked)
    assert answer.status_code == 303, read(answer.text)
    address = str(answer.location).split("?")[0]
    page = office.get(address).text
    text = re.search(r'<textarea[^>]*name="words"[^>]*>(.*?)</textarea>', page, re.S)
    assert text is not None
    fields = dict(re.findall(r'name="(form_key|seen)" value="([^"]*)"', page[page.index("/save") :]))
    return address, html.unescape(text[1]), fields


def test_a_letters_numbers_are_its_promises_and_stay_when_that_page_moves_on(
    example_copy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {"HUB_SECRET_KEY": "s" * 40, "HUB_DEMO": "1", "HUB_HOST": "127.0.0.1"}
    engine = make_engine(example_copy)
    app = create_app(from_environment({**settings, "HUB_DATABASE_URL": example_copy}), engine)
    with open_session(engine) as session:
        office = browser_of(app, person(session, "region"))

    def promise(commitment: str) -> str:
        party = MISSED[commitment]
        return read(office.get(f"{AGREEMENT}/commitments/{commitment}?party={party}").text)

    for commitment, party in MISSED.items():
        address, text, fields = drafted(office, commitment, party)
        # All but the day until which it asks for an answer: ten working days from 18 May, the 30th being a holiday.
        assert counted(text) - counted(promise(commitment)) == {"2 June 2016"}, commitment
    assert "This rests on 3 signed returns." in text, "two measures read them, and they are counted once"

    # Where many sent what it rests on, it is one table that is read page by page: here one agency and two rows are many.
    monkeypatch.setattr(evidence, "MOST_FOLDS", 0)
    monkeypatch.setattr(commitment_page, "ROWS", 2)
    first = office.get(f"{AGREEMENT}/commitments/C19?party=04X").text
    onward = re.search(r'rel="next" href="([^"]+)"', first)
    assert onward is not None and "Rows 1 to 2 of 3." in read(first)
    second = office.get(html.unescape(onward[1])).text
    assert "Rows 3 to 3 of 3." in read(second) and 'rel="next"' not in second and 'rel="prev"' in second
    assert [part in read(first) for part in ("184 300", "263 300", "289 300")] == [True, True, False]
    assert [part in read(second) for part in ("184 300", "263 300", "289 300")] == [False, False, True]
    assert "Rows 1 to 2" in read(office.get(f"{AGREEMENT}/commitments/C19?party=04X&evidence=x").text)

    # The agreement’s own page says what changed since the quarter before, and what did it.
    agreed = read(office.get(f"{AGREEMENT}?as_at=2015-11-30&every=1").text)
    changed = agreed[agreed.index("What changed since 30 September 2015") :]
    for row in (
        "C16 Birmingham City Council missed, 166 children on track, 116 children The promise itself was varied; figures came that were not known then.",
        "C9 Birmingham City Council at risk missed Nothing came, but a day has passed.",
    ):
        assert row in changed
    monkeypatch.setattr(agreement_page, "MOST", 1)
    cut = office.get(AGREEMENT).text
    assert "The first 1 of 8. Show all 8" in read(cut) and "every=1#promise-C1" in cut

    address, text, fields = drafted(office, "C14", "RYW")
    assert "771 children" in text and "771 children" in promise("C14")
    assert office.post(f"{address}/issue", data={**fields, "words": text}).status_code == 303
    issued, paper = read(office.get(address).text), office.get(f"{address}/download.pdf").data
    assert counted(text) <= counted(issued)
    months = enumerate(("2016-01", "2016-02", "2016-03"), start=2)
    cells = [(row_no, month, "total", "", "started", 100, "value") for row_no, month in months]
    with transaction(engine) as session:
        signs_again(session, ("early-help", "RYW", "FY2015-16Q4"), cells, by=("analyst.ryw", "manager.ryw"))
    # 771 less the 217 of its last quarter, and the 300 that it signs now.
    assert "met since 18 May 2016" in promise("C14") and "854 children" in promise("C14")
    assert (read(office.get(address).text), office.get(f"{address}/download.pdf").data) == (issued, paper)
    assert f"Letter {address.rsplit('/', 1)[1]}: C14" in promise("C14")
