"""Mail about packs and lists: the PDF to whom the meeting invites and who may read all of it, a day that passed without one, what is new."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from hub import db
from hub.agreements.models import AgreementVersion
from hub.board import group_post
from hub.board.packs import acts
from hub.board.packs import post as pack_post
from hub.board.packs.document import Block, Section
from hub.board.packs.read import document, pack
from hub.config import from_environment, shipped
from hub.measures.load import publish_measures
from hub.partners.models import Partnership
from hub.partners.policy import actor_for
from hub.post.mail import Mail
from hub.post.models import Notice
from hub.submissions import post_round
from tests.access.test_access_matrix import agreement
from tests.factories import KNOWN_FROM, NOW, World
from tests.web.conftest import SignIn, words
from tests.web.test_web_challenges import ask
from tests.web.test_web_meetings import HERE, keeps, plans
from tests.web.test_web_packs import asks

CONFIG = from_environment({"HUB_SECRET_KEY": "k" * 40, "HUB_CONTACT_EMAIL": "hub@example.org"})
INVITED = {"mgr.testshire", "sgn.330", "sgn.rxt", "led.rxt", "rdr.rxt"}


@dataclass
class Box:
    mails: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        self.mails.append(mail)


@pytest.fixture(autouse=True)
def measures(web_engine: Engine, world: World) -> None:
    with db.transaction(web_engine) as session:
        publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN_FROM)
        session.execute(update(Partnership).values(illustrative=False))


def told(engine: Engine, world: World, kind: str) -> set[str]:
    """Run today's reminders; to whom those of a kind went so far."""
    with db.transaction(engine) as session:
        place = session.get_one(Partnership, world.partnership.id)
        pack_post.remind(session, place)
        group_post.remind(session, place)
    names = {person.id: name for name, person in world.people.items()}
    with db.open_session(engine) as session:
        return {
            names[each or 0] for each in session.scalars(select(Notice.person_id).where(Notice.kind == kind))
        }


def test_the_pdf_goes_to_whom_the_meeting_invites_and_who_may_read_all_of_it(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    team, manager = signed_in("stw.testshire"), signed_in("mgr.testshire")
    keeps(team)
    meeting = plans(
        team, "2015-05-22", "2015-05-15"
    )  # on Monday 18 May: five working days before are Friday 15
    plans(team, "2015-05-29", "2015-05-26")
    assert told(web_engine, world, "pack-not-frozen") == {"stw.testshire", "mgr.testshire"}
    page = asks(team, meeting)
    assert told(web_engine, world, "pack-pdf") == set(), "a proof goes to nobody"
    manager.get(page)
    assert manager.post(f"{page}/agree", action=f"{page}/agree").status_code == 303
    assert told(web_engine, world, "pack-pdf") == INVITED
    assert told(web_engine, world, "pack-pdf") == INVITED, "each once"

    box = Box()
    with db.transaction(web_engine) as session:
        post_round.gather(session, CONFIG)
    post_round.send_waiting(web_engine, CONFIG, box)
    carrying = [mail for mail in box.mails if mail.attachment is not None]
    assert {mail.to.partition("@")[0] for mail in carrying} == INVITED
    pdf = manager.get(f"{page}/pack.pdf").data
    assert {mail.attachment.pdf for mail in carrying if mail.attachment} == {pdf}
    assert {mail.subject for mail in carrying} == {"Testshire (example): The pack of Executive, 22 May 2015"}
    assert not [mail for mail in box.mails if "frozen in time" in mail.body or "none is frozen" in mail.body]

    # The next pack tells of an agreement to which the council alone is a party: the trust's people get no PDF.
    number = int(asks(team, meeting).rpartition("/")[2])
    with db.transaction(web_engine) as session:
        place = session.get_one(Partnership, world.partnership.id)
        session.add(
            AgreementVersion(
                partnership_id=place.id,
                code="kept",
                version=1,
                status="signed",
                digest="kept",
                document=json.dumps(agreement("kept", place.code, "330")),
                known_from=KNOWN_FROM,
            )
        )
        session.flush()
        found, doer = pack(session, place.id, number), actor_for(session, world.people["mgr.testshire"].id)
        telling = Section("promises", "Promises", (Block("text", "One is missed.", of="kept"),))
        whole = replace(document(session, place, found), sections=(telling,))
        made = acts.prepare(
            session, doer, place, found, whole, shown_digest=whole.digest, secret_key=CONFIG.secret_key
        )
        acts.freeze(session, doer, place, number, made)
    with db.open_session(web_engine) as session:
        before = set(session.scalars(select(Notice.id)))
    told(web_engine, world, "pack-pdf")
    with db.open_session(web_engine) as session:
        new = session.scalars(select(Notice).where(Notice.kind == "pack-pdf", Notice.id.not_in(before))).all()
    names = {person.id: name for name, person in world.people.items()}
    assert {names[each.person_id or 0] for each in new} == {"mgr.testshire", "sgn.330"}

    # The Board's own members get theirs five working days before 29 May: on 21 May, since the 25th is a holiday.
    keeps(team, title="Board", code="board", cadence="quarter")
    page = asks(team, plans(team, "2015-05-29", "2015-05-18", group="board"))
    manager.get(page)
    assert manager.post(f"{page}/agree", action=f"{page}/agree").status_code == 303
    members = []
    for days in (0, 2, 3):
        with db.transaction(web_engine) as session:
            session.execute(update(Partnership).values(clock_at=NOW + timedelta(days=days)))
        members.append("brd.testshire" in told(web_engine, world, "pack-pdf"))
    assert members == [False, False, True]


def test_a_fortnightly_group_is_told_whether_anything_is_new_and_its_list_says_what(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    team, member = signed_in("stw.testshire"), signed_in("brd.testshire")
    keeps(team, cadence="fortnight")
    plans(team, "2015-05-12", "2015-05-05")
    plans(team, "2015-05-20", "2015-05-19")
    listed = f"{HERE}/meetings/groups/executive"
    assert "Nothing is new since the meeting of 12 May 2015. As before: no open questions" in words(
        member.get(listed).text
    )
    assert told(web_engine, world, "group-list") == INVITED
    question = ask(member, "Who counts forms?")
    page = words(member.get(listed).text)
    assert "New or newly late questions" in page and "Who counts forms?" in page
    assert question.rpartition("/")[2] in page
    with db.open_session(web_engine) as session:
        titles = {
            group_post._title(session, each)
            for each in session.scalars(select(Notice).where(Notice.kind == "group-list"))
        }
    assert titles == {"List of the Executive: nothing is new since it met last"}
    assert member.get(f"{HERE}/meetings/groups/nobody").status_code == 404
