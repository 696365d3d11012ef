"""What takes many seconds to make is made once for a whole run: by the worker that needs it first, while others wait."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from pathlib import Path

import pytest


def made_once(temporary: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled, shared by all workers of this run; should it fail, the next one tries."""
    base = temporary.getbasetemp()
    shared = base.parent if base.name.startswith("popen-") else base
    folder, being_made = shared / name, shared / f"{name}.making"
    with (shared / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            being_made.mkdir(exist_ok=True)
            make(being_made)
            being_made.rename(folder)
    return folder
