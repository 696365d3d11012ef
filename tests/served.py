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
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from hub.seed.example.seed import PASSWORD


@dataclass(frozen=True)
class Server:
    url: str
    database: str
    pid: int


@pytest.fixture
def server(example_of_2015: str, tmp_path: Path) -> Iterator[Server]:
    """`hub serve` on a free port, until its checker is warm."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sockets = Path(os.environ.get("TMPDIR", "/tmp")) / f"hub-{os.getpid()}-{port}.sock"
    settings = {
        "HUB_DATABASE_URL": example_of_2015,
        "HUB_SECRET_KEY": "j" * 40,
        "HUB_DEMO": "1",
        "HUB_PORT": str(port),
        "HUB_CHECKER_SOCKET": str(sockets),
        "HUB_CHECKPOINTS": str(tmp_path / "checkpoints"),
        "HUB_WORKERS": "1",
    }
    log = (tmp_path / "server.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "hub", "serve"],
        env=os.environ | settings,
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        _wait_until_ready(process, port)
        yield Server(f"http://127.0.0.1:{port}", example_of_2015, process.pid)
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait_until_ready(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 60
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
    pytest.fail("the server and its checker were not ready within a minute")


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
