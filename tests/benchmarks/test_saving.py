"""Fifty people saving a form through the production server and its checker, and what its processes hold afterwards."""

from __future__ import annotations

import http.client
import os
import random
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Barrier
from urllib.parse import urlencode

import psutil
from sqlalchemy import select

from hub import db
from hub.calendar import due
from hub.clock import real_now
from hub.partners.models import Account, Agency, Membership
from hub.partners.sign_ins import begin
from hub.validation.checker import CheckerClient
from tests.benchmarks.paper import table, write_section
from tests.databases import NewDatabase
from tests.factories import MEMBER_SINCE, make_world, person

PEOPLE = 50
ROUNDS = 3
FIGURE = "referrals_made"
PAUSE_SECONDS = 10.0  # on average, between a person's saves

_WORDS = """Wall time of a save: the form is sent, checked by the checker with all findings, kept, and answered, over
HTTP to `hub serve` on SQLite; the fifty people are threads on the same machine. “Together” is the same instant for
all of them, the other lines have each person save about every ten seconds."""


@dataclass(frozen=True)
class Clerk:
    """A signed-in person and the return that they fill in."""

    port: int
    cookie: str
    path: str

    def ask(self, method: str, body: str | None = None) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": f"__Host-hub={self.cookie}", "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def filled_in(self) -> str:
        """The form as the page gives it, with a figure in every box."""
        status, page = self.ask("GET")
        assert status == 200, page
        form = next(each for each in re.findall(r"<form.*?</form>", page, re.S) if FIGURE in each)
        fields: dict[str, str] = {}
        for tag in re.findall(r"<input[^>]*>", form):
            name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
            if name and 'type="radio"' not in tag and 'type="checkbox"' not in tag:
                hidden = 'type="hidden"' in tag
                fields[name[1]] = (value[1] if value else "") if hidden else str(random.randrange(5, 40))
        return urlencode(fields)

    def save(self, form: str) -> float | None:
        """The seconds it took, or None where the checks were busy and the person was told to send it again."""
        started = time.monotonic()
        status, page = self.ask("POST", form)
        taken = time.monotonic() - started
        assert status in (303, 503), page
        return taken if status == 303 else None


def test_saving(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database("sqlite")
    with _served(url, tmp_path) as (server, port), ThreadPoolExecutor(PEOPLE) as pool:
        clerks = _clerks(url, port)
        boxes = clerks[0].filled_in().count(FIGURE)
        together = Barrier(PEOPLE)

        def at_once(clerk: Clerk) -> float | None:
            form = clerk.filled_in()
            together.wait()
            return clerk.save(form)

        def in_turn(clerk: Clerk) -> list[float | None]:
            taken: list[float | None] = []
            for _ in range(ROUNDS):
                time.sleep(random.uniform(0, 2 * PAUSE_SECONDS))
                taken.append(clerk.save(clerk.filled_in()))
            return taken

        alone = [clerks[0].save(clerks[0].filled_in()) for _ in range(20)]
        spread = [taken for found in pool.map(in_turn, clerks) for taken in found]
        crowd = list(pool.map(at_once, clerks))
        memory = _memory(server)
    rows: list[list[object]] = [
        ["figures in the form", boxes, ""],
        ["one person, p50 / p95", _both(alone), ""],
        ["fifty people, p50 / p95", _both(spread), "p95 ≤ 100 ms"],
        ["fifty together, p50 / p95", _both(crowd), ""],
        ["web workers, memory of each", memory["web"], "≤ 150 MB"],
        ["checker, memory", memory["checker"], "≤ 450 MB"],
    ]
    write_section("Saving a form", f"{_WORDS}\n\n{table(['what', 'measured', 'goal'], rows)}")


def _both(saves: list[float | None]) -> str:
    taken = sorted(each for each in saves if each is not None)
    refused = f"; {len(saves) - len(taken)} of {len(saves)} told to send it again" if None in saves else ""
    return f"{taken[len(taken) // 2] * 1000:.0f} / {taken[int(0.95 * len(taken))] * 1000:.0f} ms{refused}"


def _clerks(url: str, port: int) -> list[Clerk]:
    engine = db.make_engine(url)
    found = []
    with db.transaction(engine) as session:
        world = make_world(session)
        agencies = [
            Agency(code=f"T{number:03d}", kind="nhs_trust", name=f"Trust {number}", invented=True)
            for number in range(PEOPLE)
        ]
        session.add_all(agencies)
        session.flush()
        for agency in agencies:
            session.add(
                Membership(partnership_id=world.partnership.id, agency_id=agency.id, from_on=MEMBER_SINCE)
            )
            person(session, world, "SUB", agency.code.lower(), agency_id=agency.id)
        session.flush()
        due.make_due_items(
            session, world.partnership, world.definitions["referrals"], date(2015, 4, 1), date(2015, 4, 30)
        )
        for agency in agencies:
            (item,) = due.due_items(session, world.partnership.id, agency_ids=[agency.id])
            who = world.people[f"sub.{agency.code.lower()}"]
            account = session.scalars(select(Account).where(Account.person_id == who.id)).one()
            account.totp_secret = b"enrolled"
            _, token = begin(session, account, now=real_now(), device="a benchmark")
            found.append(Clerk(port, token, f"/submissions/{item.id}/answer"))
    engine.dispose()
    return found


@contextmanager
def _served(url: str, folder: Path) -> Iterator[tuple[psutil.Process, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    settings = {
        "HUB_DATABASE_URL": url,
        "HUB_SECRET_KEY": "s" * 40,
        "HUB_HOST": "127.0.0.1",
        "HUB_PORT": str(port),
        "HUB_CHECKER_SOCKET": str(folder / "c.sock"),
        "HUB_CHECKPOINTS": str(folder / "checkpoints"),
    }
    server = subprocess.Popen([sys.executable, "-m", "hub", "serve"], env={**os.environ, **settings})
    try:
        _until(lambda: (folder / "c.sock").exists() and CheckerClient(folder / "c.sock").is_warm())
        yield psutil.Process(server.pid), port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end, "the server did not become warm"
        time.sleep(0.2)


def _memory(server: psutil.Process) -> dict[str, str]:
    """Resident MiB of the web workers and of the checker; what a fork shares counts in each."""
    held: dict[str, list[int]] = {"web": [], "checker": []}
    for process in server.children():
        kind = "checker" if "hub.validation.checker" in process.cmdline() else "web"
        held[kind].append(process.memory_info().rss // 2**20)
    return {kind: f"{', '.join(map(str, sorted(sizes)))} MiB" for kind, sizes in held.items()}
