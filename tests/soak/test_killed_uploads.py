"""Large files whose worker, web process or whole server is killed while they are read or kept: each counts once, and its mail goes once.

The server's own processes over HTTP, and a real mail server. HUB_SOAK_KILLS chooses how many; HUB_SOAK_SEED repeats one run.
"""

from __future__ import annotations

import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import psutil
import pytest
import requests
from sqlalchemy import Engine, func, select, update

from hub import db
from hub.calendar import due
from hub.calendar.models import DueItem
from hub.cli.serve import DURABLE
from hub.clock import real_now
from hub.definitions import catalogue
from hub.partners.deployment import mark_as_demo
from hub.partners.models import Account, Agency, Grant, Membership, Partnership, Person
from hub.partners.sign_ins import begin
from hub.post.models import Job, JobFile
from hub.submissions.models import Draft, SubmissionEvent, Upload
from hub.submissions.upload_jobs import KEEPING, READING
from tests.databases import ENGINES, NewDatabase
from tests.factories import MEMBER_SINCE, make_world
from tests.post.mail_server import Received, mail_server
from tests.postgres_cluster import OPTIONS, programs, running_cluster
from tests.served import Server, hidden

KILLS = int(os.environ.get("HUB_SOAK_KILLS", "12"))
VICTIMS = ("worker", "web process", "server")
AGENCIES, MONTHS = 560, 12  # three rows of each: as many as the worker takes
HEADINGS = "agency,period,breakdown,code,referrals_made\n"
ANSWERS_WITHIN = 10.0  # seconds, once the server is back


@dataclass
class Story:
    """A clerk of many bodies, and what the database holds of what they sent."""

    server: Server
    engine: Engine
    browser: requests.Session

    def send(self, total: int) -> str:
        """Returns the address of the file's page."""
        form = hidden(self.browser.get(f"{self.server.url}/upload", timeout=60).text)
        answer = self.browser.post(
            f"{self.server.url}/upload",
            data={**form, "return_code": "referrals"},
            files={"file": ("figures.csv", content(total))},
            timeout=60,
            allow_redirects=False,
        )
        assert answer.status_code == 303, answer.text
        return self.server.url + answer.headers["Location"]

    def job(self) -> Job:
        with db.open_session(self.engine) as session:
            return session.scalars(select(Job).order_by(Job.id.desc()).limit(1)).one()

    def wait_for(self, stage: str) -> None:
        ends = time.monotonic() + 120
        while (job := self.job()).stage != stage and job.state in ("waiting", "running"):
            assert time.monotonic() < ends, f"it is still {job.state}: {job.stage}"
            time.sleep(0.002)

    def see_through(self, page: str) -> str:
        """Look at the file's page until it is kept; it answers each time."""
        ends = time.monotonic() + 180
        while time.monotonic() < ends:
            answer = self.browser.get(page, timeout=ANSWERS_WITHIN)
            assert answer.status_code == 200, answer.text
            if "data-hub-progress" not in answer.text:
                return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text))
            self._lease_runs_out()
            time.sleep(0.5)
        raise AssertionError("it was never read")

    def _lease_runs_out(self) -> None:
        """Of a dead worker, sooner than in a minute; that of a living one stays."""
        if pids(self.server.pid, "worker"):
            return
        with db.transaction(self.engine) as session:
            dead = update(Job).where(Job.state == "running")
            session.execute(dead.values(leased_until=real_now() - timedelta(seconds=1)))

    def holds_once(self, total: int, sent: int) -> None:
        """Every return holds the last file's figures, and one event for each file."""
        with db.open_session(self.engine) as session:
            documents = session.scalars(select(Draft.document)).all()
            assert len(documents) == AGENCIES * MONTHS
            assert all(text.count(f'"referrals_made":"{total}"') == 3 for text in documents), documents[0]
            events = select(func.count(SubmissionEvent.id)).group_by(SubmissionEvent.due_item_id)
            assert set(session.scalars(events)) == {sent}
            assert session.scalar(select(func.count()).select_from(JobFile)) == 0
            assert set(session.scalars(select(Upload.state))) == {"kept"}


def content(total: int) -> bytes:
    lines = (
        f"B{number:04d},{2014 + (month > 8)}-{(month + 3) % 12 + 1:02d},{line},{total}\n"
        for number in range(AGENCIES)
        for month in range(MONTHS)
        for line in ("total,", "setting,maternity", "category,neglect")
    )
    return (HEADINGS + "".join(lines)).encode()


def pids(server: int, kind: str) -> list[int]:
    """The server itself, or those of its processes that are such."""
    if kind == "server":
        return [server]
    sign = " -m hub work " if kind == "worker" else "spawn_main"
    return [each.pid for each in psutil.Process(server).children() if sign in " ".join(each.cmdline())]


def kill(pids: list[int]) -> None:
    """Returns when they are dead: one that dies can still answer for a moment."""
    dying = [psutil.Process(pid) for pid in pids]
    assert dying
    for process in dying:
        process.send_signal(signal.SIGKILL)
    ends = time.monotonic() + 10
    while any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in dying):
        assert time.monotonic() < ends
        time.sleep(0.01)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, new_database: NewDatabase) -> Iterator[str]:
    """On PostgreSQL a cluster of its own: the tests' one may lose what it acknowledged, so `hub serve` refuses it."""
    if request.param == "sqlite":
        yield new_database("sqlite")
        return
    folder = programs()
    assert folder is not None, "PostgreSQL's server programs are missing"
    with running_cluster(folder, OPTIONS | dict.fromkeys(DURABLE, "on")) as cluster:
        db.upgrade(cluster.url("postgres"))
        yield cluster.url("postgres")


@pytest.fixture
def received() -> Iterator[Received]:
    taken = Received()
    controller = mail_server(taken)
    controller.start()
    taken.port = controller.port
    yield taken
    controller.stop()


@pytest.fixture
def story(url: str, received: Received, tmp_path: Path) -> Iterator[Story]:
    engine = db.make_engine(url)
    server = Server(
        url,
        tmp_path,
        {
            "HUB_PUBLIC_URL": "http://127.0.0.1",
            "HUB_MAIL_FROM": "hub@example.org",
            "HUB_SMTP_HOST": "127.0.0.1",
            "HUB_SMTP_PORT": str(received.port),
            "HUB_SMTP_SECURITY": "none",
        },
    )
    with db.transaction(engine) as session:
        world = make_world(session)
        mark_as_demo(session)
        token = _clerk(session, world.partnership, world.people["sub.rxt"])
        session.execute(update(Partnership).values(illustrative=False))  # its post really goes out,
        session.execute(update(DueItem).values(due_on=None))  # and of uploads alone
    browser = requests.Session()
    browser.headers["Connection"] = "close"  # a killed process cuts those that it held open
    browser.cookies.set("hub_demo", token)
    try:
        server.start()
        yield Story(server, engine, browser)
    finally:
        server.stop()
        engine.dispose()


def _clerk(session: db.HubSession, place: Partnership, person: Person) -> str:
    """Somebody who fills in for many bodies, signed in; gives their cookie."""
    bodies = [
        Agency(code=f"B{n:04d}", kind="nhs_trust", name=f"Body {n}", invented=True) for n in range(AGENCIES)
    ]
    session.add_all(bodies)
    session.flush()
    now = real_now()
    for body in bodies:
        session.add(Membership(partnership_id=place.id, agency_id=body.id, from_on=MEMBER_SINCE))
        session.add(
            Grant(
                person_id=person.id,
                role="SUB",
                agency_id=body.id,
                from_at=now,
                until_at=now + timedelta(days=90),
            )
        )
    session.flush()
    definition = catalogue.definition(session, "referrals")
    due.make_due_items(session, place, definition, date(2014, 4, 1), date(2015, 3, 31))
    account = session.scalars(select(Account).where(Account.person_id == person.id)).one()
    return begin(session, account, now=now, device="a soak run")[1]


def test_killed_in_the_middle(story: Story, received: Received) -> None:
    seed = int(os.environ.get("HUB_SOAK_SEED", random.randrange(2**32)))
    chance, struck, slowest = random.Random(seed), Counter[str](), 0.0
    for number in range(KILLS):
        total, victim = number % 8 + 1, VICTIMS[number % len(VICTIMS)]
        page = story.send(total)
        story.wait_for(READING if number % 2 else KEEPING)
        time.sleep(chance.uniform(0, 0.8))
        at = story.job()
        struck[f"{victim} while {at.stage or at.state}"] += 1
        kill(pids(story.server.pid, victim))
        began = time.monotonic()
        if victim == "server":
            assert story.server.process is not None
            story.server.process.wait(10)
            story.server.start()
        elif victim == "web process":
            story.server.wait_until_ready()
        slowest = max(slowest, time.monotonic() - began)
        became = story.see_through(page)
        assert f"Rows kept {AGENCIES * MONTHS * 3}" in became, became
        story.holds_once(total, sent=number + 1)
    ends = time.monotonic() + 90
    while len(received.mails) < KILLS and time.monotonic() < ends:
        time.sleep(0.5)
    time.sleep(35)  # a round of the post more
    subjects = Counter(str(mail["Subject"]) for mail in received.mails)
    print(f"\nseed {seed}: killed {dict(struck)}; back after {slowest:.1f} s at most; mails {dict(subjects)}")
    assert subjects == {"Testshire (example): your file was read": KILLS}
    assert len({str(mail["Message-ID"]) for mail in received.mails}) == KILLS
