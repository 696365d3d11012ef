"""The checker process: warm, single-threaded, without network, forking one limited child for each request.

The parent never reads a request: it accepts, forks and waits, so that nothing in a file can reach it. The child reads,
checks, answers and dies. At most `CHILDREN` work at once; a few callers more wait in the socket's queue, and the rest are
told that the checker is busy.
"""

from __future__ import annotations

import gc
import logging
import os
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from hub.validation import wire

LOG = logging.getLogger("hub.checker")

CHILDREN = 2
# Fifty people who save at once wait a few seconds; that is kinder than being told to send it again.
WAITING = 128
WALL_SECONDS = 30.0
# Deaths that another try would repeat: too much CPU, or a library that gave up on the file.
_HOPELESS = {signal.SIGXCPU, signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS}


@dataclass
class _Child:
    pid: int
    connection: socket.socket
    pipe: int  # a byte when the child begins to answer, end of file when it is gone
    deadline: float
    overdue: bool = False


def serve(socket_path: str | Path, *, cpu_seconds: int) -> None:
    """Warm up, then answer at the socket until the process that started this one is gone."""
    from hub.validation.confinement import leave_network

    parent = os.getppid()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(0))
    leave_network()
    _warm()
    if os.getppid() != parent:
        return  # killed while this one warmed up: its successor's checker has the socket, or will
    with _listen(Path(socket_path)) as listener:
        _accept_forever(listener, parent, cpu_seconds)


def _warm() -> None:
    """Import and plan everything that a check may need, then move it out of the garbage collector's way."""
    from hub.validation.rehearsal import rehearse

    rehearse()
    gc.collect()
    gc.freeze()


def _listen(path: Path) -> socket.socket:
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    mask = os.umask(0o177)  # from its first moment the socket is its owner's alone
    try:
        listener.bind(str(path))
    finally:
        os.umask(mask)
    listener.listen(WAITING)
    listener.setblocking(False)
    return listener


def _accept_forever(listener: socket.socket, parent: int, cpu_seconds: int) -> None:
    children: dict[int, _Child] = {}
    while os.getppid() == parent:
        with selectors.DefaultSelector() as selector:
            if len(children) < CHILDREN:
                selector.register(listener, selectors.EVENT_READ)
            for pipe in children:
                selector.register(pipe, selectors.EVENT_READ)
            ready = [key.fileobj for key, _ in selector.select(timeout=0.5)]
        for source in ready:
            if source is listener:
                _accept(listener, children, cpu_seconds)
            elif isinstance(source, int):
                _gone(children.pop(source))
        _kill_overdue(children)
    for child in children.values():
        os.kill(child.pid, signal.SIGKILL)


def _accept(listener: socket.socket, children: dict[int, _Child], cpu_seconds: int) -> None:
    try:
        connection, _ = listener.accept()
    except BlockingIOError:
        return
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        listener.close()
        for other in children.values():
            other.connection.close()
            os.close(other.pipe)
        _answer(connection, writing, cpu_seconds)
    os.close(writing)
    children[reading] = _Child(pid, connection, reading, time.monotonic() + WALL_SECONDS)


def _gone(child: _Child) -> None:
    """A child has begun to answer, or has died: see it out, and answer in its place where another try is hopeless."""
    began = os.read(child.pipe, 1)
    _, status = os.waitpid(child.pid, 0)
    os.close(child.pipe)
    hopeless = child.overdue or (os.WIFSIGNALED(status) and os.WTERMSIG(status) in _HOPELESS)
    if hopeless and not began:
        child.connection.settimeout(1)
        try:
            wire.send(child.connection, {"too_heavy": True})
        except OSError as error:
            LOG.warning(f"the asker of {child.pid} is gone: {error}")
    child.connection.close()


def _kill_overdue(children: dict[int, _Child]) -> None:
    now = time.monotonic()
    for child in children.values():
        if now > child.deadline and not child.overdue:
            child.overdue = True
            os.kill(child.pid, signal.SIGKILL)


def _answer(connection: socket.socket, pipe: int, cpu_seconds: int) -> NoReturn:
    """The child's whole life."""
    from hub.validation.confinement import confine

    code = 1
    try:
        confine(cpu_seconds)
        connection.setblocking(True)
        request = wire.receive(connection)
        if request is not None:
            if request[1]:
                os.nice(5)  # people wait for forms and pages; a file can wait for them
            answer = _outcome(*request)
            os.write(pipe, b".")
            wire.send(connection, answer)
        code = 0
    except BaseException as error:  # noqa: BLE001  a child must never return into the parent's loop
        _report(error)
    finally:
        os._exit(code)


def _outcome(message: dict[str, object], content: bytes) -> dict[str, object]:
    from hub.definitions import mapping_model
    from hub.definitions.canonical import definition_from_json
    from hub.intake.table import Received
    from hub.validation.outcome import Scope
    from hub.validation.run import check, sampled

    if message.get("ping"):
        return {"warm": True}
    described = message["received"]
    assert isinstance(described, dict)
    received = Received(**{**described, "rows": tuple(described["rows"]), "content": content})
    definition = definition_from_json(str(message["definition"]))
    try:
        if "sample" in message:
            return {"sample": sampled(received, definition, headings_row=int(str(message["sample"])))}
        scope, mapping, offered = message["scope"], message["mapping"], message["offered"]
        assert isinstance(scope, dict) and isinstance(offered, list)
        outcome = check(
            received,
            definition,
            Scope.from_json(scope),
            mapping=mapping_model.from_json(str(mapping)) if mapping else None,
            offered=[mapping_model.from_json(each) for each in offered],
        )
    except Exception as error:
        if _for_want_of_memory(error):
            return {"too_heavy": True}
        raise
    return {"outcome": outcome.as_json()}


def _for_want_of_memory(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _report(error: BaseException) -> None:
    """Where a check failed, without a word of what was checked."""
    place, at = "", error.__traceback__
    while at is not None:
        place, at = f"{at.tb_frame.f_code.co_filename}:{at.tb_lineno}", at.tb_next
    LOG.warning(f"{type(error).__name__} at {place}")
