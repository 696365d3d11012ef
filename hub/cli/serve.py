"""`hub serve`: the production server, its checker and its worker, on this host, until it is asked to stop."""

from __future__ import annotations

import argparse
import gc
import http.client
import logging
import multiprocessing
import os
import signal
import threading
import time
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from hub.errors import NotReady, WrongUsage

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session

    from hub.cli.work import Worker
    from hub.config import Config
    from hub.validation.checker import Checker

# A thread holds at most two database connections; the pool of create_app has room for all of a worker's threads.
THREADS = 12

DURABLE = ("fsync", "full_page_writes", "synchronous_commit")

# Without these the C library keeps what big files took: web processes grew by 120 MB, with them by 30 to 40 (T2).
MEMORY_GIVEN_BACK = {
    "MALLOC_ARENA_MAX": "2",
    "MALLOC_MMAP_THRESHOLD_": "131072",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}

WAIT_SECONDS, MOST_WAITS = 0.1, 100
SETTLING_SECONDS, HOUR_SECONDS = 30, 3600


def register(subparsers: Any) -> None:
    parser = subparsers.add_parser(
        "serve", help="the web server, its checker and its worker (hub config lists the settings)"
    )
    parser.set_defaults(run=run)


def application() -> Flask:
    """What each worker process serves."""
    from hub.app import create_app
    from hub.web import drawn_ahead, logs

    logs.to_stream()
    _end_with_server()
    threading.Thread(target=_load_what_is_slow, name="slow-imports", daemon=True).start()
    app = settled(create_app())
    if app.config["HUB"].drawn_ahead:
        ends_with_process = threading.Event()
        threading.Thread(
            target=drawn_ahead.keep, args=(app, ends_with_process), name="drawn-ahead", daemon=True
        ).start()
    return app


def _load_what_is_slow() -> None:
    """The first page that works out a verdict or hides a small count waited longer for libraries than for its figures."""
    import scipy.optimize
    import scipy.special  # noqa: F401

    from hub.calendar.working_days import working_day_after
    from hub.clock import real_now

    working_day_after(real_now().date(), 1)  # a weekend is told without the calendar of bank holidays


def settled(app: Flask) -> Flask:
    """The application, whose own objects no collection looks through again: that held up one page in twenty."""
    gc.collect()
    gc.freeze()
    return app


def _end_with_server() -> None:
    """A web process that outlived a killed server would keep the port, and answer without checker and worker."""
    server = multiprocessing.parent_process()

    def watch() -> None:
        if server is not None:
            server.join()
            os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, name="server-watch", daemon=True).start()


def run(_arguments: argparse.Namespace) -> int:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.http import HTTP1Settings

    from hub.cli.work import Worker
    from hub.config import from_environment
    from hub.validation.checker import Checker

    config = from_environment()
    check_settings(config)
    # Threads run beside this one: a forked worker would inherit whatever lock one of them holds, and never answer.
    multiprocessing.set_start_method("spawn", force=True)
    for name, value in MEMORY_GIVEN_BACK.items():
        os.environ.setdefault(name, value)
    checker, worker = Checker(config.checker_socket), Worker()
    # Both take a core while they start; the first pages need it more.
    threading.Thread(target=_start_when_answering, args=(checker, worker, config), daemon=True).start()
    threading.Thread(target=_keep_due_list, args=(config,), daemon=True).start()
    try:
        Granian(
            "hub.cli.serve:application",
            factory=True,
            address=config.host,
            port=config.port,
            interface=Interfaces.WSGI,
            workers=config.workers,
            blocking_threads=THREADS,
            backlog=4096,
            http1_settings=HTTP1Settings(header_read_timeout=10_000),
            websockets=False,
            respawn_failed_workers=True,
            workers_kill_timeout=20,
            log_enabled=False,
        ).serve()
    finally:
        worker.stop()
        if checker.pid is not None:
            checker.stop()
    return 0


def _start_when_answering(checker: Checker, worker: Worker, config: Config) -> None:
    for _ in range(MOST_WAITS):
        connection = http.client.HTTPConnection(config.host, config.port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            connection.getresponse()
            break
        except OSError:
            time.sleep(WAIT_SECONDS)
        finally:
            connection.close()
    checker.start()
    worker.start()


def _keep_due_list(config: Config) -> None:
    """Returns fall due as days pass, also where no timer runs `hub due`."""
    from sqlalchemy.exc import DBAPIError

    from hub.cli import due

    while True:
        time.sleep(SETTLING_SECONDS)
        try:
            due.grow(config.database_url)
        except DBAPIError as error:
            logging.getLogger("hub").warning("the due list could not be kept: %s", type(error).__name__)
        time.sleep(HOUR_SECONDS)


def check_settings(config: Config) -> None:
    """Refuse what must not be served, with the reason, before anything listens."""
    from hub.post.postbox import postbox

    if len(config.secret_key) < 32:
        raise WrongUsage(
            "HUB_SECRET_KEY must have at least 32 characters. Make one with: openssl rand -hex 32"
        )
    _check_port(config)
    postbox(config)
    made_by_demo = _look_into(config)
    if made_by_demo and not _is_loopback(config.host):
        raise NotReady(
            "A demo made this database: its accounts have known passwords, so it is served on the loopback address "
            "alone. Set HUB_HOST to 127.0.0.1, or use a database of your own."
        )
    if config.demo and not made_by_demo:
        raise NotReady(
            "HUB_DEMO is set, but no demo made this database. Unset it: it takes away protections that real "
            "accounts need."
        )
    _settle_profiles(config)


def _look_into(config: Config) -> bool:
    """Whether a demo made the database. Refuses one that cannot be read, or that could lose what it acknowledged."""
    from sqlalchemy.exc import DBAPIError

    from hub.db import make_engine, open_session
    from hub.partners.deployment import is_demo

    engine = make_engine(config.database_url)
    try:
        with open_session(engine) as session:
            weak = _weak_settings(session)
            if weak:
                raise NotReady(
                    f"PostgreSQL is set so that an acknowledged return could be lost: {', '.join(weak)} off. Turn it "
                    "on, and start again."
                )
            return is_demo(session)
    except DBAPIError as error:
        raise NotReady(
            "The database cannot be read as it is: it cannot be reached, or its tables are not there. Check "
            "HUB_DATABASE_URL and run: hub db upgrade"
        ) from error
    finally:
        engine.dispose()


def _settle_profiles(config: Config) -> None:
    from hub.db import make_engine, transaction
    from hub.measures.profiles import settle

    engine = make_engine(config.database_url)
    try:
        with transaction(engine) as session:
            settle(session)
    finally:
        engine.dispose()


def _weak_settings(session: Session) -> list[str]:
    """security.md R1b. SQLite's own settings are made with every connection (hub/db.py)."""
    from sqlalchemy import text

    if session.get_bind().dialect.name != "postgresql":
        return []
    return [name for name in DURABLE if session.scalar(text(f"SHOW {name}")) == "off"]


def _check_port(config: Config) -> None:
    import socket

    family = socket.AF_INET6 if ":" in config.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise NotReady(
                f"{config.host} port {config.port} cannot be used: {error.strerror}. Stop what is there, or choose "
                "another with HUB_PORT."
            ) from error


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
