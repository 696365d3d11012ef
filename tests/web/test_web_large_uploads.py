"""Large files are left to the worker: how far it is, what became of it, and what is left where it dies or may not go on.

Here "large" is three rows, and a worker that dies is one whose commit never comes.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, update

from hub import db
from hub.clock import real_now
from hub.config import from_environment
from hub.definitions.model import Definition
from hub.errors import Busy
from hub.intake.table import Received
from hub.partners.models import Grant
from hub.post import jobs
from hub.post.models import Job, JobFile, Letter, Notice
from hub.submissions import post_round, upload_jobs
from hub.submissions.models import SubmissionEvent, Upload
from hub.validation.outcome import Outcome, Scope
from tests.databases import ENGINES
from tests.factories import World
from tests.web.conftest import Browser, CheckerInProcess, SignIn, words
from tests.web.test_web_upload import NAMED, QUERIED, csv_of, drafts_of, held_of, press, send

SECRET = "k" * 40
CONFIG = from_environment({"HUB_SECRET_KEY": SECRET, "HUB_PUBLIC_URL": "https://hub.example.org"})
FILE = csv_of("2015-03", "2015-04")


@pytest.fixture(autouse=True)
def _three_rows_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_jobs, "LARGE_ROWS", 3)


def work(engine: Engine, checker: object = None) -> bool:
    return upload_jobs.do_next(engine, checker or CheckerInProcess(), secret_key=SECRET)  # type: ignore[arg-type]


def left(engine: Engine) -> tuple[int, str, str]:
    """Files that wait, the job's state, the upload's state."""
    with db.open_session(engine) as session:
        files = session.scalar(select(func.count()).select_from(JobFile)) or 0
        return files, session.scalars(select(Job.state)).one(), session.scalars(select(Upload.state)).one()


def lease_runs_out(engine: Engine) -> None:
    with db.transaction(engine) as session:
        session.execute(update(Job).values(leased_until=real_now() - timedelta(seconds=1)))


def queued(browser: Browser, content: bytes = FILE) -> str:
    return browser.follow(send(browser, content)).request.path


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_a_large_file_is_read_by_the_worker_and_told_by_mail(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    path = queued(browser)
    assert "It waits for the files before it" in words(browser.get(path).text)
    assert "being read" in words(browser.get("/upload").text)
    assert drafts_of(web_engine) == [] and left(web_engine) == (1, "waiting", "reading")
    with db.open_session(web_engine) as session:
        assert b"2015-04" not in session.scalars(select(JobFile.sealed)).one()
    assert work(web_engine) and not work(web_engine)
    assert left(web_engine) == (0, "done", "kept")
    assert "Rows read 6 Rows kept 6" in words(browser.get(path).text) and len(drafts_of(web_engine)) == 2
    with db.transaction(web_engine) as session:
        (letter,) = post_round.gather(session, CONFIG)
    assert letter.subject == "Testshire (example): your file was read"
    assert f"https://hub.example.org{path}" in letter.body and "12" not in letter.body.replace(path, "")
    again = words(browser.follow(send(browser, FILE)).text)
    assert "You sent this very file on" in again
    data_team = words(signed_in("stw.testshire").get("/partnerships/testshire/jobs").text)
    assert "Reading a file for Referrals made" in data_team and "Done" in data_team


@pytest.mark.parametrize("web_engine", ENGINES, indirect=True)
def test_a_worker_that_dies_leaves_nothing_half_done_and_the_next_begins_anew(
    signed_in: SignIn, web_engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = signed_in("sub.rxt")
    path = queued(browser)

    def dies(*_arguments: object, **_more: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(upload_jobs.jobs, "finish", dies)  # with everything written, and not committed
        with pytest.raises(SystemExit):
            work(web_engine)
    assert drafts_of(web_engine) == [] and left(web_engine) == (1, "running", "reading")
    assert "Keeping what was read" in words(browser.get(path).text)
    assert not work(web_engine)  # the dead one's lease still runs
    lease_runs_out(web_engine)
    assert work(web_engine)
    assert left(web_engine) == (0, "done", "kept") and len(drafts_of(web_engine)) == 2


def test_a_worker_that_is_killed_while_it_reads_leaves_the_file_to_the_next(
    signed_in: SignIn, web_engine: Engine, world: World, tmp_path: Path
) -> None:
    """A process of its own, killed once it has asked a checker that never answers (tests/soak kills more of them)."""
    browser = signed_in("sub.rxt")
    path = queued(browser)
    settings = {"HUB_DATABASE_URL": str(web_engine.url), "HUB_SECRET_KEY": SECRET}
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(tmp_path / "c"))
        silent.listen()
        silent.settimeout(60)
        worker = subprocess.Popen(
            [sys.executable, "-m", "hub", "work", "--beside", str(os.getpid())],
            env=os.environ | settings | {"HUB_CHECKER_SOCKET": str(tmp_path / "c")},
        )
        asked, _ = silent.accept()
        with asked:
            asked.recv(1)
            worker.kill()
            worker.wait(30)
    assert left(web_engine) == (1, "running", "reading") and drafts_of(web_engine) == []
    assert "Reading and checking" in words(browser.get(path).text)
    lease_runs_out(web_engine)
    assert work(web_engine) and left(web_engine) == (0, "done", "kept")
    with db.open_session(web_engine) as session:
        assert (
            set(session.scalars(select(SubmissionEvent.sequence))) == {1} and len(drafts_of(web_engine)) == 2
        )
        assert session.scalar(select(func.count()).select_from(Notice)) == 1


def test_queries_of_a_large_file_are_explained_on_its_page(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    path = queued(browser, QUERIED + b",,,,\n")
    assert work(web_engine) and left(web_engine) == (0, "done", "asking")
    browser.follow(press(browser, browser.get(path), "keep"))
    assert len(drafts_of(web_engine)) == 1


def test_a_likely_name_in_a_large_file_is_not_held(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    path = queued(browser, NAMED + b",,,,,\n,,,,,\n")
    assert work(web_engine) and left(web_engine) == (0, "done", "refused")
    page = words(browser.get(path).text)
    assert "stands what may point to a person" in page and "Jayden" not in page
    assert held_of(web_engine) == 0 and drafts_of(web_engine) == []


def test_three_files_of_one_person_may_wait(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    browser = signed_in("sub.rxt")
    for total in ("1", "2", "3"):
        queued(browser, csv_of("2015-03", "2015-04", total=total))
    refused = send(browser, FILE)
    assert refused.status_code == 409 and "3 large files of yours wait already" in words(refused.text)


class BusyChecker:
    def check(self, *_arguments: object, **_more: object) -> Outcome:
        raise Busy("Not now.")


def test_what_cannot_be_begun_is_given_up_and_told(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    path = queued(browser)
    for _ in range(jobs.MOST_ATTEMPTS):
        assert not work(web_engine, BusyChecker())
        lease_runs_out(web_engine)
    assert "begun 5 times" in words(browser.get(path).text)
    assert work(web_engine, BusyChecker()) and left(web_engine) == (0, "failed", "refused")
    assert "never came to an end" in words(browser.get(path).text)
    assert [letter.subject for letter in letters(web_engine)] == [
        "Testshire (example): your file was not kept"
    ]


def letters(engine: Engine) -> list[Letter]:
    with db.transaction(engine) as session:
        return post_round.gather(session, CONFIG)


def test_without_a_worker_the_bytes_are_gone_after_a_day(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    path = queued(browser)
    with db.transaction(web_engine) as session:
        upload_jobs.end_old(session)
        assert session.scalars(select(Job.state)).one() == "waiting"
        session.execute(update(Job).values(made_at=real_now() - timedelta(hours=25)))
        upload_jobs.end_old(session)
    assert left(web_engine) == (0, "failed", "refused")
    assert "Nobody came to it in a day" in words(browser.get(path).text)


class Meanwhile(CheckerInProcess):
    """The real check, after something happened while it ran."""

    def __init__(self, happens: Callable[[], object]) -> None:
        self.happens = happens

    def check(self, received: Received, definition: Definition, scope: Scope, **columns: object) -> Outcome:
        self.happens()
        return super().check(received, definition, scope, **columns)


def test_a_file_that_is_called_off_while_it_is_read_is_not_kept(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    page = browser.get(queued(browser))
    assert work(web_engine, Meanwhile(lambda: press(browser, page, "aside")))
    assert left(web_engine) == (0, "failed", "dropped") and drafts_of(web_engine) == []
    assert letters(web_engine) == []


@pytest.mark.parametrize("when", ["before", "while it is read"])
def test_whoever_lost_their_role_has_nothing_kept(
    signed_in: SignIn, web_engine: Engine, world: World, when: str
) -> None:
    queued(signed_in("sub.rxt"))

    def ends() -> None:
        with db.transaction(web_engine) as session:
            ended = update(Grant).where(Grant.person_id == world.people["sub.rxt"].id)
            session.execute(ended.values(ended_at=real_now()))

    if when == "before":
        ends()
    assert work(web_engine, CheckerInProcess() if when == "before" else Meanwhile(ends))
    assert left(web_engine) == (0, "done", "refused") and drafts_of(web_engine) == []
