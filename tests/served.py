"""The real server with its checker over a copy of the example, for journeys, soak runs and whoever needs it over HTTP."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from hub.seed.example.seed import PASSWORD


@dataclass
class Server:
    """`hub serve` of a demo's database on a free port."""

    database: str
    folder: Path  # for its log, and the audit's checkpoints
    settings: dict[str, str] = field(default_factory=dict)
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        """Returns when its checker is warm."""
        sockets = Path(os.environ.get("TMPDIR", "/tmp")) / f"hub-{os.getpid()}-{self.port}.sock"
        settings = {
            "HUB_DATABASE_URL": self.database,
            "HUB_SECRET_KEY": "j" * 40,
            "HUB_DEMO": "1",
            "HUB_PORT": str(self.port),
            "HUB_CHECKER_SOCKET": str(sockets),
            "HUB_CHECKPOINTS": str(self.folder / "checkpoints"),
            "HUB_WORKERS": "1",
            "HUB_DRAWN_AHEAD": "0",  # a journey is one reader's, who waits anyway
            **self.settings,
        }
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "hub", "serve"],
                env=os.environ | settings,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        assert self.process is not None
        _wait_until_ready(self.process, self.port)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)


@contextmanager
def running(database: str, folder: Path) -> Iterator[Server]:
    server = Server(database, folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(example_of_2015: str, tmp_path: Path) -> Iterator[Server]:
    with running(example_of_2015, tmp_path) as started:
        yield started


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 180  # on a busy machine
    while time.monotonic() < deadline:
        assert process.poll() is None, "the server stopped while starting"
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass  # not listening yet
        finally:
            connection.close()
        time.sleep(0.2)
    pytest.fail("the server and its checker were not ready within three minutes")


def signed_in(server: Server, name: str) -> requests.Session:
    """A person of the example signed in over HTTP, without a browser."""
    visitor = requests.Session()
    page = visitor.get(f"{server.url}/sign-in", timeout=30).text
    answer = visitor.post(
        f"{server.url}/sign-in",
        data={**hidden(page), "email": f"{name}@example.org", "password": PASSWORD},
        timeout=30,
    )
    assert answer.ok and "/sign-in" not in answer.url, answer.url
    return visitor


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of a page's first form."""
    form = re.search(r'<form method="post".*?</form>', page, re.S)
    assert form, "no form on the page"
    return dict(re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)"', form[0]))
