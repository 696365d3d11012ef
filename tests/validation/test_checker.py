"""The checker process: answers like a check in process, outlives hostile work, comes back when killed, keeps web processes light."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from hub.definitions.model import TOTAL, Definition
from hub.errors import Busy
from hub.intake.table import Received
from hub.validation import wire
from hub.validation.checker import Checker, CheckerClient
from hub.validation.run import check, sampled
from tests.validation.small_returns import rule, small_return, small_scope

WARM_SECONDS = 120
ROOT = Path(__file__).parents[2]
FORM = Received(
    "form",
    rows=(
        {
            "agency": "330",
            "period": "2014-04",
            "breakdown": TOTAL,
            "code": "",
            "referrals": "100",
            "nfa": "140",
        },
        {
            "agency": "330",
            "period": "2014-04",
            "breakdown": "area",
            "code": "south",
            "referrals": "60",
            "nfa": "",
        },
        {
            "agency": "330",
            "period": "2014-04",
            "breakdown": "area",
            "code": "east",
            "referrals": "4,0",
            "nfa": "",
        },
    ),
)


# Named rules that do what a hostile file might make a library do. The checker finds them on its path; nobody else does.
MISBEHAVIOUR = {
    "eats_memory": "x = bytearray(900 * 1024 * 1024)",
    "never_ends": "while True: pass",
    "calls_home": "import socket; socket.create_connection(('192.0.2.1', 80), timeout=5)",
    "writes": "open('from-a-check', 'w').write('x')",
    "crashes": "import ctypes; ctypes.string_at(0)",
    "fails": "raise RuntimeError('rule')",
}


@pytest.fixture(scope="module")
def checker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checker]:
    folder = tmp_path_factory.mktemp("run")
    (folder / "sitecustomize.py").write_text(
        f"import hub.validation.rules\nhub.validation.rules.__path__.append({str(folder)!r})\n"
    )
    for name, body in MISBEHAVIOUR.items():
        (folder / f"{name}.py").write_text(f"def broken(frame):\n    {body}\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{folder}")
        patch.chdir(folder)
        running = Checker(folder / "checker.sock", cpu_seconds=2)
        running.start()
        try:
            assert running.wait_until_warm(WARM_SECONDS)
            yield running
        finally:
            running.stop()


@pytest.fixture
def client(checker: Checker) -> CheckerClient:
    assert checker.wait_until_warm(WARM_SECONDS)
    return CheckerClient(checker.socket_path)


def a_rule_that(act: str) -> Definition:
    """A definition whose rule misbehaves in the child: the checker reads it as it reads any other."""
    return small_return(rules=(rule("misbehaves", named=act),), digest="")


def test_the_answer_is_that_of_a_check_in_process(client: CheckerClient) -> None:
    definition, scope = small_return(), small_scope()
    assert client.check(FORM, definition, scope) == check(FORM, definition, scope)
    assert [finding.code for finding in client.check(FORM, definition, scope).findings] == [
        "breakdown-without-lines",
        "nfa-above-referrals",
        "number-with-decimals",
    ]


def test_a_sample_is_read_there_as_in_process(client: CheckerClient) -> None:
    definition = small_return()
    for content, row in ((b"Title,\nUnit,Sent\nA,1\nB,2\n", 0), (b"Unit,Sent\nA,1\n", 9), (b"", 0)):
        received = Received("csv", "export.csv", content)
        told = client.sample(received, definition, headings_row=row)
        here = sampled(received, definition, headings_row=row)
        assert told == json.loads(json.dumps(here))
    assert "refused" in told


def test_the_socket_is_its_owners_alone(checker: Checker) -> None:
    assert stat.S_IMODE(checker.socket_path.stat().st_mode) == 0o600


@pytest.mark.parametrize("act", ["eats_memory", "never_ends", "crashes"])
def test_work_that_is_too_heavy_is_refused_in_plain_words_and_the_checker_lives(
    checker: Checker, client: CheckerClient, act: str
) -> None:
    pid = checker.pid
    outcome = client.check(FORM, a_rule_that(f"{act}"), small_scope())
    assert outcome.refused
    assert [finding.code for finding in outcome.findings] == ["too-heavy"]
    assert checker.pid == pid
    assert client.check(FORM, small_return(), small_scope()).findings


@pytest.mark.parametrize("act", ["fails", "calls_home", "writes"])
def test_a_child_that_fails_saves_nothing_and_says_busy(
    checker: Checker, client: CheckerClient, act: str
) -> None:
    started = time.monotonic()
    with pytest.raises(Busy, match="nothing was saved"):
        client.check(FORM, a_rule_that(f"{act}"), small_scope())
    assert time.monotonic() - started < 10
    written = checker.socket_path.with_name("from-a-check")
    assert not written.exists() or written.stat().st_size == 0


def test_four_hostile_checks_at_once_do_not_take_the_checker_down(
    checker: Checker, client: CheckerClient
) -> None:
    pid = checker.pid
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda _: client.check(FORM, a_rule_that("eats_memory"), small_scope()), range(4))
        )
    assert all(answer.refused for answer in answers)
    assert client.check(FORM, small_return(), small_scope()).parts
    assert checker.pid == pid


def test_more_callers_than_the_queue_holds_are_told_to_wait(tmp_path: Path) -> None:
    """A socket that nobody accepts from is what an overloaded checker looks like."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(tmp_path / "s"))
        listener.listen(0)
        client = CheckerClient(tmp_path / "s", patience_seconds=0.2)
        with pytest.raises(Busy):
            client.check(FORM, small_return(), small_scope())


def test_without_a_checker_nothing_is_checked(tmp_path: Path) -> None:
    client = CheckerClient(tmp_path / "nobody")
    assert not client.is_warm()
    with pytest.raises(Busy):
        client.check(FORM, small_return(), small_scope())


def test_a_message_that_is_cut_short_or_too_long_is_no_message() -> None:
    for sent in (b"", b"\0" * 8, b"\0" * 15 + b"\5" + b"{}", b"\xff" * 16):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            ours.sendall(sent)
            ours.shutdown(socket.SHUT_WR)
            assert wire.receive(theirs) is None


def test_a_killed_checker_is_started_again(checker: Checker) -> None:
    killed = checker.pid
    assert killed
    os.kill(killed, signal.SIGKILL)
    with pytest.raises(Busy):
        CheckerClient(checker.socket_path, patience_seconds=1).check(FORM, small_return(), small_scope())
    assert checker.wait_until_warm(WARM_SECONDS)
    assert checker.pid != killed


def test_those_who_ask_import_none_of_the_tools_of_checking() -> None:
    program = (
        "import sys, hub.validation.checker, hub.intake.table, hub.validation.outcome\n"
        "print(sorted({'great_expectations', 'pandas', 'numpy', 'marshmallow'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_stopping_leaves_no_process_behind(tmp_path: Path) -> None:
    running = Checker(tmp_path / "s")
    running.start()
    deadline = time.monotonic() + 10
    while running.pid is None and time.monotonic() < deadline:
        time.sleep(0.01)
    pid = running.pid
    assert pid
    running.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not any(
        thread.name == "checker-keeper" for thread in threading.enumerate() if thread is running._keeper
    )
