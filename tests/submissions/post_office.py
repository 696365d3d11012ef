"""A partnership whose post really goes out, on a clock that a test sets, to a mail server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from aiosmtpd.controller import Controller
from sqlalchemy import Engine, select, update

from hub import db
from hub.calendar.models import DueItem
from hub.clock import real_now
from hub.config import Config, from_environment
from hub.partners.models import Partnership
from hub.post.mail import Postbox
from hub.post.models import Letter, Notice
from hub.post.smtp import Smtp
from hub.submissions import post_round
from hub.submissions.reminders import remind
from tests.factories import World
from tests.post.mail_server import Received, mail_server
from tests.submissions.submission_world import Desk, read_desk

MONDAY = datetime(2015, 5, 18, 9, 0, tzinfo=UTC)  # the trusts' April is due on Friday 22 May


@dataclass
class Office:
    """A partnership whose post really goes out, on a clock that a test sets, and the mail server that takes it."""

    engine: Engine
    desk: Desk
    config: Config
    received: Received
    box: Postbox
    port: int  # of the mail server

    @property
    def world(self) -> World:
        return self.desk.world

    def at(self, moment: datetime) -> None:
        self.write(
            update(Partnership)
            .where(Partnership.id == self.world.partnership.id)
            .values(illustrative=False, clock_at=moment, clock_set_at=real_now())
        )

    def write(self, *statements: object) -> None:
        with db.transaction(self.engine) as session:
            for statement in statements:
                session.execute(statement)  # type: ignore[call-overload]

    def round(self) -> post_round.Sent:
        with db.transaction(self.engine) as session:
            remind(session, session.get_one(Partnership, self.world.partnership.id))
            post_round.gather(session, self.config)
        return post_round.send_waiting(self.engine, self.config, self.box)

    def day(self, moment: datetime) -> list[tuple[str, str]]:
        """What goes on a day: recipient and subject."""
        self.at(moment)
        self.received.mails.clear()
        self.round()
        return sorted((str(mail["To"]), str(mail["Subject"])) for mail in self.received.mails)

    def retry_now(self) -> None:
        """Let the wait after a failed attempt be over."""
        self.write(update(Letter).values(next_at=real_now() - timedelta(seconds=1)))

    def states(self) -> list[str]:
        with db.open_session(self.engine) as session:
            return list(session.scalars(select(Letter.state).order_by(Letter.id)))

    def whys(self) -> set[str]:
        with db.open_session(self.engine) as session:
            return set(session.scalars(select(Notice.why).where(Notice.dropped_at.is_not(None))))


@contextmanager
def open_office(engine: Engine) -> Iterator[Office]:
    """Only one return is due: the trust's April. The others of the world are taken as not asked."""
    received = Received()
    server: Controller = mail_server(received)
    server.start()
    with db.transaction(engine) as session:
        desk = read_desk(session)
        others = select(DueItem.id).where(DueItem.id != desk.due_item_id)
        session.execute(update(DueItem).where(DueItem.id.in_(others)).values(due_on=None))
    config = from_environment(
        {
            "HUB_SECRET_KEY": "k" * 40,
            "HUB_PUBLIC_URL": "https://hub.example.org",
            "HUB_MAIL_FROM": "hub@hub.example.org",
        }
    )
    box = Smtp("127.0.0.1", server.port, "none", "", "", config.mail_from)
    made = Office(engine, desk, config, received, box, server.port)
    made.at(MONDAY)
    try:
        yield made
    finally:
        server.stop()
