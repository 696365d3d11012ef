"""The example's story, told in steps: what the members of the Safeguarding Board of 2014 did not notice, one member now does.

One test, because each step stands on the one before; every page is found by its links, as a member finds it.
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from hub import db
from hub.app import create_app
from hub.clock import LONDON, real_now
from hub.config import from_environment
from hub.partners import queries, sign_ins
from hub.partners.load import set_clock
from hub.partners.models import Account, Person
from tests.browsers import WithAxe
from tests.example_world import CODE
from tests.web.conftest import CheckerInProcess

pytestmark = pytest.mark.browser

TRUST = "Birmingham and Solihull Mental Health NHS Foundation Trust"
QUESTION = "Eighty-six were sent and sixty-six logged. Where do the other twenty go?"
ANSWER = "They went to a mailbox that nobody read after July. It is closed; both counts agree from June on."
JUNE = re.compile("^Safeguarding Board.*9 June 2015$")

Story = Callable[[str], Any]


@pytest.fixture
def story(chromium: Any, example_of_2015: str) -> Iterator[Story]:
    """`story("member")` is a page of that person's browser; `story("a year later")` is when it is a year later."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    engine = db.make_engine(example_of_2015)
    config = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_DEMO": "1"})
    app = WithAxe(create_app(config, engine=engine, checker=CheckerInProcess()))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    address, contexts = f"http://127.0.0.1:{server.server_port}", []

    def of(who: str) -> Any:
        with db.transaction(engine) as session:
            if who == "a year later":
                set_clock(queries.partnership(session, CODE), datetime(2016, 5, 18, 9, tzinfo=LONDON))
                return None
            account = session.scalars(
                select(Account)
                .join(Person, Person.id == Account.person_id)
                .where(Person.email == f"{who}@example.org")
            ).one()
            _begun, token = sign_ins.begin(session, account, now=real_now(), device="Chromium")
        contexts.append(chromium.new_context(base_url=address, viewport={"width": 1100, "height": 800}))
        contexts[-1].add_cookies([{"name": "hub_demo", "value": token, "url": address}])
        contexts[-1].set_default_timeout(10_000)
        page = contexts[-1].new_page()
        page.goto("/")
        return page

    yield of
    for context in contexts:
        context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


def go(page: Any, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).first.click()


def read(page: Any) -> str:
    return re.sub(r"\s+", " ", page.inner_text("main"))


def open_the_meeting(page: Any) -> None:
    go(page, "Meetings and packs")
    page.get_by_role("link", name=JUNE).click()


def table(page: Any, caption: str) -> str:
    """The words of the table that is called so; "" where there is none."""
    found = page.locator("table", has=page.locator("caption", has_text=re.compile(f"^{caption}$")))
    return re.sub(r"\s+", " ", found.inner_text()) if found.count() else ""


def test_the_story_of_the_example(story: Story) -> None:
    member = story("member")
    the_member_finds_that_half_as_many_enquiries_led_to_a_conference(member)
    that_health_bodies_had_gone_quiet_and_spoke_again_when_the_front_door_opened(member)
    that_it_opened_on_28_july_2014_and_what_changed_from_then_on(member)
    that_what_one_trust_sent_never_reached_the_front_door_and_asks_why(member)
    the_business_manager_gives_the_question_an_owner(story("board.manager"))
    who_answers_with_a_page_to_read(story("manager.rxt"))
    two_persons_freeze_the_pack_of_the_next_meeting(story("board.manager"), story("steward"))
    the_member_reads_it_and_accepts_the_answer(member)
    story("a year later")
    the_member_asks_what_was_known_on_1_october_2014(member)
    and_reads_the_pack_as_it_was_issued(member)


def the_member_finds_that_half_as_many_enquiries_led_to_a_conference(member: Any) -> None:
    go(member, "Board")
    go(member, "The journey from contact to plan")
    member.select_option("#year", label="2013-14")
    member.get_by_role("button", name="Show").click()
    assert "section 47 enquiry → conference: from 54 to 28 for every 100" in read(member)


def that_health_bodies_had_gone_quiet_and_spoke_again_when_the_front_door_opened(member: Any) -> None:
    go(member, "Board")
    go(member, "Lower than expected")
    member.select_option("#month", label="May 2014")
    member.fill("#as_at", "2014-06-30")
    member.get_by_role("button", name="Show").click()
    low = table(member, "Lower than expected")
    # 573 for every 10,000 children, 14% of them from health, 281,019 children: 187.9 a month.
    assert "Health services Referrals received 119 187.9" in low and "a fall that lasts" in low
    go(member, "See what is known now")
    member.select_option("#month", label="September 2014")
    member.get_by_role("button", name="Show").click()
    assert "Health services" not in table(member, "Lower than expected")
    assert "Health services Referrals received" in table(member, "Tested, and not low")


def that_it_opened_on_28_july_2014_and_what_changed_from_then_on(member: Any) -> None:
    go(member, "Board")
    go(member, "Referrals received")
    seen = read(member)
    assert "A July 2014: The multi-agency safeguarding hub (MASH) opened (28 July 2014; " in seen
    assert "August 2014 to March 2015, seven or more in a row above the average" in seen


def that_what_one_trust_sent_never_reached_the_front_door_and_asks_why(member: Any) -> None:
    go(member, "Sent and logged")
    go(member, TRUST)
    november = member.get_by_role("row", name=re.compile("^November 2014 86 66")).first
    assert "+20" in november.inner_text()
    november.get_by_role("link", name=re.compile("^Ask why")).click()
    assert TRUST in read(member)
    member.fill("#words", QUESTION)
    member.get_by_role("button", name="Ask").click()
    assert "Asked. The Board’s business manager is told" in read(member) and QUESTION in read(member)


def the_business_manager_gives_the_question_an_owner(manager: Any) -> None:
    go(manager, "Question 4")
    manager.select_option("#owner", label=TRUST)
    manager.get_by_role("button", name="Give it to them").click()
    assert f"Owner {TRUST}" in read(manager)


def who_answers_with_a_page_to_read(owner: Any) -> None:
    go(owner, "Question 4")
    owner.fill("#answer", ANSWER)
    owner.fill("#evidence", f"/partnerships/{CODE}/compared/RF04/RXT")
    owner.get_by_role("button", name="Answer", exact=True).click()
    assert ANSWER in read(owner)


def two_persons_freeze_the_pack_of_the_next_meeting(manager: Any, steward: Any) -> None:
    for person in (manager, steward):
        go(person, "Board")
        open_the_meeting(person)
    manager.get_by_role("button", name="Ask, and see the proof").click()
    assert "Asked. This is the proof" in read(manager)
    steward.reload()
    steward.get_by_role("link", name=re.compile("^Proof of pack")).click()
    steward.get_by_role("button", name="Agree and freeze").click()
    assert "Frozen and sealed" in read(steward)


def the_member_reads_it_and_accepts_the_answer(member: Any) -> None:
    go(member, "Board")
    open_the_meeting(member)
    member.get_by_role("link", name=re.compile("^Pack ")).click()
    pack = read(member)
    assert "Summary for the chair" in pack and QUESTION in pack
    with member.expect_download() as sealed:
        go(member, "Download the sealed pack (PDF)")
    assert sealed.value.path().read_bytes().startswith(b"%PDF")
    member.goto("/")
    go(member, "Question 4")
    assert ANSWER in read(member)
    member.get_by_role("button", name="Accept the answer").click()
    assert "closed" in read(member)


def the_member_asks_what_was_known_on_1_october_2014(member: Any) -> None:
    member.goto("/")
    go(member, "Board")
    go(member, "Referrals made")
    member.get_by_text("Table: Referrals made").first.click()
    now = table(member, "Referrals made, referrals")
    assert "July 2014 942 50 of 50 returns" in now
    member.fill("#as_at", "2014-10-01")
    member.get_by_role("button", name="Show").click()
    assert "As at 1 October 2014" in member.inner_text("body")
    member.get_by_text("Table: Referrals made").first.click()
    then = table(member, "Referrals made, referrals")
    assert " Note August 2014 at least 1,631 36 of 50 returns" in then, "September was not due yet"
    assert "July 2014 at least 930 37 of 50 returns, 12 more came and wait" in then


def and_reads_the_pack_as_it_was_issued(member: Any) -> None:
    member.locator("a.govuk-back-link").click()
    assert "As at 1 October 2014" in member.inner_text("body"), "the whole Board is of that day"
    go(member, "Meetings and packs")
    assert "9 June 2015" not in read(member), "nobody had planned it then"
    go(member, "See what is known now")
    member.get_by_role("link", name=JUNE).click()
    member.get_by_role("link", name=re.compile("^Pack ")).click()
    assert QUESTION in read(member) and "As known on 18 May 2015" in read(member)
