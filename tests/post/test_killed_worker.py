"""The worker is killed while it sends: no mail is lost, and a second copy carries the first one's id (RFC 5322, 3.6.4)."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from hub import db
from hub.clock import real_now
from hub.post.models import Letter
from hub.submissions import post_round
from tests.databases import ENGINES, NewDatabase
from tests.submissions.post_office import Office, open_office


class Worker:
    """`hub work --once` as a process of its own, which the mail server can kill."""

    def __init__(self, office: Office, url: str) -> None:
        settings = {
            "HUB_DATABASE_URL": url,
            "HUB_SECRET_KEY": office.config.secret_key,
            "HUB_PUBLIC_URL": office.config.public_url,
            "HUB_MAIL_FROM": office.config.mail_from,
            "HUB_SMTP_HOST": "127.0.0.1",
            "HUB_SMTP_PORT": str(office.port),
            "HUB_SMTP_SECURITY": "none",
        }
        self.environment = os.environ | settings
        self.process: subprocess.Popen[bytes] | None = None

    def run(self) -> int:
        self.process = subprocess.Popen([sys.executable, "-m", "hub", "work", "--once"], env=self.environment)
        return self.process.wait(120)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(30)


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, new_world: NewDatabase) -> str:
    return new_world(request.param)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = db.make_engine(url)
    yield made
    made.dispose()


def letters(office: Office) -> list[tuple[str, int]]:
    with db.open_session(office.engine) as session:
        return [(letter.state, letter.attempts) for letter in session.scalars(select(Letter))]


@pytest.mark.parametrize(("moment", "copies"), [("before_mail", 1), ("before_answer", 2)])
def test_a_killed_workers_mail_is_sent_by_the_next(
    engine: Engine, url: str, moment: str, copies: int
) -> None:
    """Killed before the receiver had it, it arrives once. Killed after, nobody can know: twice under one id."""
    with open_office(engine) as office:
        worker = Worker(office, url)
        setattr(office.received, moment, worker.kill)
        assert worker.run() == -signal.SIGKILL
        assert letters(office) == [("waiting", 1)], "leased, and nobody says that it went"
        assert len(office.received.mails) == copies - 1
        setattr(office.received, moment, None)
        assert office.round() == post_round.Sent(), "the lease of the dead one still runs"
        office.write(update(Letter).values(leased_until=real_now() - timedelta(seconds=1)))
        assert office.round() == post_round.Sent(sent=1)
        assert letters(office) == [("sent", 2)]
        assert office.round() == post_round.Sent()
        mails = office.received.mails
        assert len(mails) == copies
        assert len({str(mail["Message-ID"]) for mail in mails}) == 1
        assert {str(mail["To"]) for mail in mails} == {"sub.rxt@example.org"}
