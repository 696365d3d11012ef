"""The checker as others use it: `CheckerClient` asks it, `Checker` keeps it running. Light: imports no tools of checking.

Great Expectations takes seconds to import and hostile files must not touch a web process. So one warm process for each
host (hub.validation.serving) forks a limited child for every file or form; web processes talk to it over a Unix socket.
Whatever goes wrong there, the answer here is Busy, and nothing was saved.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, cast

from hub.definitions import canonical, mapping_model
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.model import Definition
from hub.errors import Busy
from hub.findings import Finding
from hub.intake.table import Received
from hub.validation import wire
from hub.validation.outcome import Outcome, Scope

PATIENCE_SECONDS = 40.0
BUSY = "The checks are busy, so nothing was saved. Wait a minute and send it again."
TOO_HEAVY = "This needs more memory or time to check than any file is given. Split it into smaller files, or save it anew from your spreadsheet, and send those."

# What the checker may know of its surroundings: neither the database nor any secret.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TZ",
    "PYTHONPATH",
    "PYTHONHASHSEED",
    "VIRTUAL_ENV",
    "HUB_DEFINITIONS",
)
_QUIET = {"GX_ANALYTICS_ENABLED": "false", "TQDM_DISABLE": "1"}
_SINGLE_THREADED = dict.fromkeys(
    ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS"), "1"
)


class Checks(Protocol):
    """Whoever checks: the client below, or a test in its own process."""

    def check(
        self,
        received: Received,
        definition: Definition,
        scope: Scope,
        *,
        mapping: ColumnMapping | None = None,
        offered: Sequence[ColumnMapping] = (),
    ) -> Outcome: ...

    def sample(
        self, received: Received, definition: Definition, *, headings_row: int = 0
    ) -> dict[str, Any]: ...


class CheckerClient:
    """Asks the checker at a socket. Safe to share between threads."""

    def __init__(self, socket_path: str | Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._path = str(socket_path)
        self._patience = patience_seconds
        self._documents: dict[str, str] = {}

    def check(
        self,
        received: Received,
        definition: Definition,
        scope: Scope,
        *,
        mapping: ColumnMapping | None = None,
        offered: Sequence[ColumnMapping] = (),
    ) -> Outcome:
        """As hub.validation.run.check. Raises Busy when there is no answer."""
        message: dict[str, Any] = {
            "definition": self._document(definition),
            "scope": scope.as_json(),
            "received": _described(received),
            "mapping": mapping_model.as_json(mapping) if mapping else None,
            "offered": [mapping_model.as_json(each) for each in offered],
        }
        answer = self._ask(message, received.content)
        if answer and "outcome" in answer:
            return Outcome.from_json(answer["outcome"])
        if answer and answer.get("too_heavy"):
            finding = Finding("too-heavy", "error", TOO_HEAVY)
            return Outcome(definition.code, definition.version, 0, (), (finding,), refused=True)
        raise Busy(BUSY)

    def sample(self, received: Received, definition: Definition, *, headings_row: int = 0) -> dict[str, Any]:
        """As hub.intake.sample gives it, or the findings for which the file is `refused`. Raises Busy."""
        message = {
            "sample": headings_row,
            "definition": self._document(definition),
            "received": _described(received),
        }
        answer = self._ask(message, received.content)
        if answer and "sample" in answer:
            return cast(dict[str, Any], answer["sample"])
        if answer and answer.get("too_heavy"):
            return {"refused": [Finding("too-heavy", "error", TOO_HEAVY).as_json()]}
        raise Busy(BUSY)

    def is_warm(self) -> bool:
        """Whether the checker answers."""
        try:
            return bool(self._ask({"ping": True}, b""))
        except Busy:
            return False

    def _document(self, definition: Definition) -> str:
        if not definition.digest:
            return canonical.as_json(definition)
        if definition.digest not in self._documents:
            self._documents[definition.digest] = canonical.as_json(definition)
        return self._documents[definition.digest]

    def _ask(self, message: dict[str, Any], content: bytes) -> dict[str, Any] | None:
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(self._patience)
                connection.connect(self._path)
                wire.send(connection, message, content)
                answer = wire.receive(connection)
        except (OSError, ValueError) as error:
            raise Busy(BUSY) from error
        return answer[0] if answer else None


def _described(received: Received) -> dict[str, Any]:
    """What goes with the bytes."""
    return {
        "channel": received.channel,
        "filename": received.filename,
        "rows": [dict(row) for row in received.rows],
        "take_hidden": received.take_hidden,
        "period": received.period,
    }


class Checker:
    """Starts the checker and starts it again when it dies. `hub serve` holds one."""

    def __init__(self, socket_path: str | Path, *, cpu_seconds: int = 15) -> None:
        self._cpu_seconds = cpu_seconds
        self.socket_path = Path(socket_path).absolute()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._keeper = threading.Thread(target=self._keep, name="checker-keeper", daemon=True)

    def start(self) -> None:
        """Returns at once; the checker is warm some seconds later."""
        self.socket_path.parent.mkdir(parents=True, exist_ok=True)
        self._keeper.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._process:
            self._process.terminate()
        self._keeper.join(timeout=10)

    def wait_until_warm(self, seconds: float) -> bool:
        client = CheckerClient(self.socket_path, patience_seconds=5)
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._stopping.is_set():
            if self.socket_path.exists() and client.is_warm():
                return True
            time.sleep(0.1)
        return False

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    def _keep(self) -> None:
        pause = 0.2
        while not self._stopping.is_set():
            started = time.monotonic()
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
                [
                    sys.executable,
                    "-m",
                    "hub.validation.checker",
                    str(self.socket_path),
                    str(self._cpu_seconds),
                ],
                env=_surroundings(),
            )
            self._process.wait()
            pause = 0.2 if time.monotonic() - started > 30 else min(pause * 2, 10.0)
            self._stopping.wait(pause)


def _surroundings() -> dict[str, str]:
    root = str(Path(__file__).parents[2])
    passed = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    path = os.pathsep.join(filter(None, [root, passed.get("PYTHONPATH", "")]))
    return {**passed, **_QUIET, **_SINGLE_THREADED, "PYTHONPATH": path}


if __name__ == "__main__":
    from hub.validation.serving import serve

    serve(sys.argv[1], cpu_seconds=int(sys.argv[2]))
