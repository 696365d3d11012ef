"""`hub remind`: what would go without changing anything, and what goes; on the example, whose mail is only shown."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from hub import db
from hub.cli import main
from hub.partners.models import Partnership

SUBJECT = "Birmingham Safeguarding Children Board (example): "


@pytest.fixture
def settings(example_of_2015: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HUB_DATABASE_URL", example_of_2015)
    monkeypatch.setenv("HUB_SECRET_KEY", "k" * 40)
    return example_of_2015


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert main(["remind", "--format", "json", *arguments]) == 0
    answer: dict[str, object] = json.loads(capsys.readouterr().out)
    return answer


def test_a_dry_run_says_what_would_go_and_changes_nothing(
    settings: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = dump(settings)
    would = told(capsys, "--dry-run")
    assert would["dry_run"] is True
    letters = would["letters"]
    assert isinstance(letters, list)
    assert letters
    for letter in letters:
        assert letter["to"].endswith("@example.org")
        assert letter["subject"].startswith(SUBJECT)
        assert letter["state"] == "shown"
        assert letter["notices"][0]["partnership"] == "birmingham-example"
    assert dump(settings) == before
    done = told(capsys)
    assert (done["sent"], done["mail_service"]) == (0, False)
    assert sorted(each["to"] for each in done["letters"]) == sorted(each["to"] for each in letters)  # type: ignore[attr-defined]
    assert told(capsys)["letters"] == []  # nobody is told twice


def dump(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Every table's rows."""
    with sqlite3.connect(url.removeprefix("sqlite:///")) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def test_its_text_is_for_people(settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["remind", "--dry-run"]) == 0
    text = capsys.readouterr().out
    assert "(shown in the outbox only)" in text
    assert text.endswith("letters would go. Nothing was changed.\n")


def test_a_setting_that_would_not_do_is_wrong_usage(
    settings: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_SMTP_HOST", "mail.example.org")
    monkeypatch.setenv("HUB_SMTP_SECURITY", "none")
    assert main(["remind"]) == 2
    assert "HUB_SMTP_SECURITY" in capsys.readouterr().err


def test_mail_of_a_real_partnership_is_refused_visibly(
    settings: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No mail server answers there: letters wait, and the command says so."""
    engine = db.make_engine(settings)
    with db.transaction(engine) as session:
        session.query(Partnership).filter_by(code="birmingham-example").update({"illustrative": False})
    engine.dispose()
    monkeypatch.setenv("HUB_SMTP_HOST", "127.0.0.1")
    monkeypatch.setenv("HUB_SMTP_PORT", "1")
    monkeypatch.setenv("HUB_SMTP_SECURITY", "none")
    monkeypatch.setenv("HUB_MAIL_FROM", "hub@example.org")
    done = told(capsys)
    assert done["sent"] == 0
    assert done["later"] == len(done["letters"])  # type: ignore[arg-type]
