"""`hub people`, as an operator types it."""

import json
import re

import pytest
from sqlalchemy import Engine, select

from hub import cli, db
from hub.audit.models import AuditEntry
from hub.partners.models import Person
from hub.partners.policy import actor_for
from tests.factories import make_world


@pytest.fixture
def hub(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", database_url)
    monkeypatch.setenv("HUB_PUBLIC_URL", "https://hub.example.org/")


@pytest.mark.usefixtures("hub")
def test_the_first_administrator_is_invited_into_an_empty_database(
    engine: Engine, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["people", "list"]) == 0
    assert "Invite the first administrator" in capsys.readouterr().out
    assert cli.main(["people", "invite", "First@Example.org", "--role", "ADM", "--name", "First One"]) == 0
    printed = capsys.readouterr().out
    assert re.search(r"^https://hub\.example\.org/invitation/[\w-]{43}$", printed, re.MULTILINE)
    assert cli.main(["people", "list", "--format", "json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["email"], row["name"], row["signs_in"]) == ("first@example.org", "First One", False)
    assert [(role["role"], role["over"]) for role in row["roles"]] == [("ADM", "over the whole hub")]
    with db.open_session(engine) as session:
        entries = session.execute(select(AuditEntry.actor, AuditEntry.action)).all()
    assert entries == [("operator", "grant:approve")]


@pytest.mark.usefixtures("hub")
@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["--role", "SUB"], 2, "SUB is held over an agency: say which with --agency"),
        (["--role", "STW", "--agency", "RXT"], 2, "STW is held over a partnership"),
        (["--role", "ADM", "--agency", "RXT"], 2, "leave out --agency"),
        (["--role", "API", "--agency", "RXT"], 2, "There is no role “API”"),
        (["--role", "SUB", "--agency", "XXX"], 1, "no agency with the code “XXX”"),
        (["--role", "STW", "--partnership", "nowhere"], 1, "no partnership “nowhere”"),
        (["--role", "REG", "--region", "nowhere"], 1, "no region “nowhere”"),
    ],
)
def test_a_role_is_held_over_what_it_is_held_over(
    engine: Engine, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, says: str
) -> None:
    with db.transaction(engine) as session:
        make_world(session)
    assert cli.main(["people", "invite", "new@example.org", *arguments]) == code
    assert says in capsys.readouterr().err
    with db.open_session(engine) as session:
        assert session.scalar(select(Person).where(Person.email == "new@example.org")) is None


@pytest.mark.usefixtures("hub")
def test_a_new_link_and_the_end_of_roles(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    with db.transaction(engine) as session:
        person_id = make_world(session).people["sub.rxt"].id
    assert cli.main(["people", "link", "sub.rxt@example.org", "--lost", "second-factor"]) == 0
    assert "/invitation/" in capsys.readouterr().out
    assert cli.main(["people", "invite", "sub.rxt@example.org", "--role", "SUB", "--agency", "RR1"]) == 0
    assert "no link is needed" in capsys.readouterr().out
    assert cli.main(["people", "end-roles", "sub.rxt@example.org"]) == 0
    assert "(2 ended)" in capsys.readouterr().out
    with db.open_session(engine) as session:
        assert actor_for(session, person_id).held == ()
    assert cli.main(["people", "disable", "sub.rxt@example.org"]) == 0
    assert cli.main(["people", "disable", "nobody@example.org"]) == 1
