"""`hub serve`: what it refuses to serve, and one real start to a warm checker and a clean stop."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from hub import db
from hub.cli import main
from hub.cli.serve import check_settings
from hub.config import Config, from_environment
from hub.errors import NotReady, WrongUsage
from hub.partners.deployment import mark_as_demo

SECRET = "s" * 40


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def config(url: str, **more: str) -> Config:
    settings = {"HUB_DATABASE_URL": url, "HUB_SECRET_KEY": SECRET, "HUB_PORT": str(free_port()), **more}
    return from_environment(settings)


def made_by_demo(url: str) -> str:
    engine = db.make_engine(url)
    with db.transaction(engine) as session:
        mark_as_demo(session)
    engine.dispose()
    return url


def test_a_short_secret_is_refused(sqlite_url: str) -> None:
    with pytest.raises(WrongUsage, match="at least 32 characters"):
        check_settings(config(sqlite_url, HUB_SECRET_KEY="short"))


def test_a_demos_database_is_served_on_the_loopback_address_alone(sqlite_url: str) -> None:
    made_by_demo(sqlite_url)
    check_settings(config(sqlite_url, HUB_DEMO="1"))
    with pytest.raises(NotReady, match="loopback address"):
        check_settings(config(sqlite_url, HUB_HOST="0.0.0.0"))


@pytest.mark.postgres
def test_a_postgresql_that_could_lose_what_was_acknowledged_is_refused(postgres_url: str) -> None:
    """The tests' own cluster runs without fsync, which is what a deployment must not do."""
    with pytest.raises(NotReady, match=r"could be lost: .*fsync"):
        check_settings(config(postgres_url))


def test_a_command_on_a_database_without_tables_says_what_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HUB_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.sqlite'}")
    assert main(["people", "list"]) == 1
    assert "hub db upgrade" in capsys.readouterr().err


def test_a_real_database_is_not_served_as_a_demo(sqlite_url: str) -> None:
    with pytest.raises(NotReady, match="no demo made this database"):
        check_settings(config(sqlite_url, HUB_DEMO="1"))


def test_a_database_without_tables_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="hub db upgrade"):
        check_settings(config(f"sqlite:///{tmp_path}/empty.sqlite"))


def test_a_busy_port_is_said_in_words(sqlite_url: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(NotReady, match="cannot be used"):
            check_settings(config(sqlite_url, HUB_PORT=str(taken.getsockname()[1])))


def answer(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def wait_for(port: int, path: str, seconds: float) -> str:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        status, body = answer(port, path)
        if status == 200:
            return body
        time.sleep(0.1)
    raise AssertionError(f"{path} did not answer 200 within {seconds} seconds")


def test_it_serves_pages_then_warms_its_checker_and_stops_when_asked(sqlite_url: str, tmp_path: Path) -> None:
    port = free_port()
    own = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    settings = own | {
        "HUB_DATABASE_URL": sqlite_url,
        "HUB_SECRET_KEY": SECRET,
        "HUB_PORT": str(port),
        "HUB_WORKERS": "1",
        "HUB_CHECKER_SOCKET": str(tmp_path / "c.sock"),
    }
    with (tmp_path / "log").open("w+") as log:
        server = subprocess.Popen([sys.executable, "-m", "hub", "serve"], env=settings, stderr=log)
        try:
            wait_for(port, "/healthz", 60)
            ready = json.loads(wait_for(port, "/readyz", 90))
        finally:
            server.send_signal(signal.SIGTERM)
            code = server.wait(timeout=30)
        log.seek(0)
        lines = [json.loads(line) for line in log if line.startswith("{")]
    assert ready == {"database": True, "migrations": True, "checker": True}
    assert code in (0, -signal.SIGTERM)
    assert {"reference", "method", "endpoint", "status"} <= set(lines[0])


def test_the_calendar_of_bank_holidays_is_loaded_before_the_first_page_on_a_sunday_too() -> None:
    code = (
        "import sys, hub.clock; from datetime import UTC, datetime\n"
        "hub.clock.real_now = lambda: datetime(2026, 11, 29, 10, tzinfo=UTC)\n"
        "from hub.cli.serve import _load_what_is_slow; _load_what_is_slow(); print('holidays' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "True"
