"""`hub work`: the worker, which sends the post and does the jobs that web processes left to it.

`hub serve` runs one beside its web processes, which asks the same checker; a deployment of several machines may run as many
as it likes, each with a checker of its own. Whatever it was doing when it ends is taken up by the next one.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from hub.config import Config
    from hub.validation.checker import Checker

JOBS_SECONDS, POST_SECONDS, MONTHS_SECONDS = 2.0, 30.0, 600.0
WARM_SECONDS = 60.0


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "work", help="send the post and do what web processes left to the worker (hub serve runs one)"
    )
    parser.add_argument("--once", action="store_true", help="do what waits now, then end")
    parser.add_argument("--beside", type=int, metavar="PID", help="end when this parent process is gone")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from hub.config import from_environment
    from hub.db import make_engine, transaction
    from hub.measures.profiles import settle
    from hub.validation.checker import Checker

    config = from_environment()
    engine = make_engine(config.database_url)
    checker = Checker(f"{config.checker_socket}.work") if arguments.beside is None else None
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    signal.signal(signal.SIGTERM, stop)
    try:
        if arguments.beside is None:  # else `hub serve` did
            with transaction(engine) as session:
                settle(session)
        _work(engine, config, checker, stopping, once=arguments.once, parent=arguments.beside)
    finally:
        if checker is not None and checker.pid is not None:
            checker.stop()
        engine.dispose()
    return 0


def _work(
    engine: Engine,
    config: Config,
    checker: Checker | None,
    stopping: threading.Event,
    *,
    once: bool,
    parent: int | None,
) -> None:
    post_at = months_at = 0.0
    while not stopping.is_set() and parent in (None, os.getppid()):
        _quietly("the jobs", _jobs, engine, config, checker, stopping)
        if time.monotonic() >= months_at:
            _quietly("the ends of months", _months, engine)
            months_at = time.monotonic() + MONTHS_SECONDS
        if time.monotonic() >= post_at:
            _quietly("the post", _post, engine, config)
            post_at = time.monotonic() + POST_SECONDS
        if once:
            return
        stopping.wait(JOBS_SECONDS)


def _jobs(engine: Engine, config: Config, checker: Checker | None, stopping: threading.Event) -> None:
    """Every job that waits; without `checker`, the one of the server beside is asked."""
    from hub.clock import real_now
    from hub.db import open_session
    from hub.post import jobs
    from hub.submissions import upload_jobs
    from hub.validation.checker import CheckerClient

    with open_session(engine) as session:
        if not jobs.waits(session, now=real_now()):
            return
    if checker is not None and checker.pid is None:
        checker.start()
        checker.wait_until_warm(WARM_SECONDS)
    client = CheckerClient(checker.socket_path if checker else config.checker_socket)
    while not stopping.is_set() and upload_jobs.do_next(engine, client, secret_key=config.secret_key):
        pass


def _months(engine: Engine) -> None:
    """What verdicts said at the end of each month, before anybody opens a page that looks back."""
    from hub.agreements.watch.months import keep_months

    keep_months(engine)


def _post(engine: Engine, config: Config) -> None:
    from hub.board import reminders
    from hub.clock import real_now
    from hub.db import open_session, transaction
    from hub.post import outbox
    from hub.post.postbox import postbox
    from hub.submissions import invitations_by_mail, post_round, upload_held, upload_jobs

    box = postbox(config)
    with transaction(engine) as session:
        upload_jobs.end_old(session)
        upload_held.forget(session, now=real_now())
    post_round.remind_if_time(engine, reminders.EVERY)
    with open_session(engine) as session:
        invited = bool(invitations_by_mail.owed(session, now=real_now()))
    if invited:
        with transaction(engine) as session:
            invitations_by_mail.invite(session, now=real_now())
    with open_session(engine) as session:
        waiting = bool(outbox.waiting_notices(session))
    if waiting:
        with transaction(engine) as session:
            post_round.gather(session, config)
    if box is not None:
        post_round.send_waiting(engine, config, box)


def _quietly(what: str, do: Any, *arguments: Any) -> None:
    """The database may be away for a while, a setting may be wrong: the next round tries again, and the log says so."""
    from sqlalchemy.exc import DBAPIError

    from hub.errors import HubError

    try:
        do(*arguments)
    except DBAPIError as error:
        logging.getLogger("hub").warning("%s could not be done: %s", what, type(error).__name__)
    except HubError as error:
        logging.getLogger("hub").warning("%s could not be done: %s", what, error.sentence)


class Worker:
    """Runs the worker in a process of its own and starts it again when it dies. `hub serve` holds one."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    def start(self) -> None:
        self._keeper.start()

    def stop(self, *, seconds: float = 10.0) -> None:
        self._stopping.set()
        process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()

    def _keep(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            started = time.monotonic()
            command = [sys.executable, "-m", "hub", "work", "--beside", str(os.getpid())]
            self._process = subprocess.Popen(command)  # noqa: S603  (our own interpreter and command)
            self._process.wait()
            pause = 0.5 if time.monotonic() - started > 30 else min(pause * 2, 30.0)
            self._stopping.wait(pause)
