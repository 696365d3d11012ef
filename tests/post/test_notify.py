"""GOV.UK Notify through its own client, against a server on this machine that speaks its interface."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from hub import db
from hub.config import from_environment
from hub.errors import WrongUsage
from hub.post.mail import Permanent, Postbox, Temporary
from hub.post.models import Letter
from hub.post.notify import Notify
from hub.post.postbox import postbox
from hub.submissions import post_round
from tests.databases import NewDatabase
from tests.post.notify_server import KEY, SERVICE, NotifyServer, running_notify
from tests.post.test_smtp import MAIL
from tests.submissions.post_office import open_office

TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"


@pytest.fixture
def server() -> Iterator[NotifyServer]:
    with running_notify() as started:
        yield started


def box(server: NotifyServer, **settings: str) -> Postbox:
    named = {"HUB_NOTIFY_KEY": KEY, "HUB_NOTIFY_TEMPLATE": TEMPLATE, "HUB_NOTIFY_URL": server.url}
    made = postbox(from_environment(named | settings))
    assert isinstance(made, Notify)
    return made


def test_what_was_sent_is_what_arrives(server: NotifyServer) -> None:
    box(server, HUB_NOTIFY_REPLY_TO="8e222534-7f05-4972-86e3-17c5d9f894e2").send(MAIL)
    assert server.held == [
        {
            "email_address": MAIL.to,
            "template_id": TEMPLATE,
            "personalisation": {"subject": MAIL.subject, "body": MAIL.body},
            "reference": MAIL.message_id,
            "email_reply_to_id": "8e222534-7f05-4972-86e3-17c5d9f894e2",
        }
    ]
    assert server.refused_tokens == 0


@pytest.mark.parametrize(
    ("answer", "fault"),
    [(400, Permanent), (403, Temporary), (429, Temporary), (500, Temporary), (503, Temporary)],
)
def test_each_refusal_says_whether_to_try_again(
    server: NotifyServer, answer: int, fault: type[Exception]
) -> None:
    server.answers.append(answer)
    with pytest.raises(fault, match=f"GOV.UK Notify answered {answer}"):
        box(server).send(MAIL)
    assert server.held == []


def test_what_it_holds_already_is_not_sent_twice(server: NotifyServer) -> None:
    """Its answer is lost on the way: the next attempt asks for the reference first."""
    server.answers.append("cut")
    with pytest.raises(Temporary):
        box(server).send(MAIL)
    box(server).send(MAIL)
    assert len(server.held) == 1


def test_another_services_key_is_refused_and_tried_again(server: NotifyServer) -> None:
    """A key is the deployment's matter, no fault of the letter: it waits until the key is put right."""
    wrong = f"the_hub-{SERVICE}-{SERVICE}"
    with pytest.raises(Temporary, match="did not accept the hub’s key"):
        box(server, HUB_NOTIFY_KEY=wrong).send(MAIL)
    assert server.refused_tokens == 1


def test_a_server_that_is_not_there_is_tried_again(server: NotifyServer) -> None:
    with pytest.raises(Temporary, match="could not be reached"):
        box(server, HUB_NOTIFY_URL="http://127.0.0.1:1").send(MAIL)


def test_a_key_that_is_none_is_wrong_usage(server: NotifyServer) -> None:
    with pytest.raises(WrongUsage, match="HUB_NOTIFY_KEY"):
        box(server, HUB_NOTIFY_KEY="a-key")


def test_letters_go_wait_and_fail_as_it_answers(server: NotifyServer, new_world: NewDatabase) -> None:
    engine = db.make_engine(new_world("sqlite"))
    with open_office(engine) as office:
        office.box = box(server)
        server.answers += [429, 500, 400]
        assert office.round() == post_round.Sent(later=1)
        assert office.round() == post_round.Sent(), "not before its time"
        office.retry_now()
        assert office.round() == post_round.Sent(later=1)
        office.retry_now()
        assert office.round() == post_round.Sent(failed=1)
        with db.open_session(engine) as session:
            letter = session.scalars(select(Letter)).one()
        assert (letter.state, letter.attempts) == ("failed", 3)
        assert letter.fault.startswith("GOV.UK Notify answered 400")
    engine.dispose()
