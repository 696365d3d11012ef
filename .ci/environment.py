"""The virtual environment that `make demo` and `make test` run in: made from a lock file, once.

Takes a lock file; gives the path of a Python that has exactly those packages, and the project itself in
development mode. Skips everything when the stamp says that it is all there. Standard library only: it
runs before anything is installed.
"""

import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "hub-stamp"
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "tests" / "requirements.lock"
# Measured: 370 MB of packages (500 with the tests'), bytecode made on use, pip's cache, the database.
NEEDED_MB = {RUN_LOCK: 900, TEST_LOCK: 1300}
# For what runs in it: compiled once for every server, worker and checker, also on a machine that keeps no bytecode.
KEEPS_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(VENV / "bytecode")}
FULL_DISK = ("No space left on device", "disk is full", "Errno 28")
NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "Temporary failure in name resolution",
    "ProxyError",
)


class CannotStart(Exception):
    """Something about this machine that its owner must mend; the text is the whole message."""


def free_mb(folder: Path) -> int:
    """Megabytes that may still be written in a folder."""
    return shutil.disk_usage(folder).free // 1_000_000


def require_space(megabytes: int) -> None:
    """Refuse early when the disk cannot take what is coming."""
    free = free_mb(ROOT)
    if free < megabytes:
        raise CannotStart(
            f"The disk is too full: about {megabytes} MB are needed in {ROOT} and {free} MB are free; "
            "make room and run the same command again."
        )


def run(command: list[str], *, what: str, env: dict[str, str] | None = None) -> str:
    """Run a command quietly and give back what it printed; say in one sentence what failed."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode == 0:
        return done.stdout
    said = (done.stderr + done.stdout).strip()
    if any(mark in said for mark in FULL_DISK):
        raise CannotStart(
            f"The disk became full while {what}: make room (in {ROOT} {free_mb(ROOT)} MB are free; "
            f"{tempfile.gettempdir()} needs room too) and run the same command again."
        )
    if any(mark in said for mark in NO_NETWORK):
        raise CannotStart(
            f"The package index could not be reached while {what}: check this machine's network and proxy "
            "settings and run the same command again."
        )
    print(said, file=sys.stderr)
    raise CannotStart(f"Something failed while {what}; the lines above say what.")


def name_of(lock: Path) -> str:
    """A lock file's name from the top of the repository."""
    return lock.relative_to(ROOT).as_posix()


def wanted_stamp(lock: Path) -> str:
    """What the environment depends on: the pins, the packaging, this Python and this folder."""
    digest = hashlib.sha256(lock.read_bytes() + (ROOT / "pyproject.toml").read_bytes()).hexdigest()
    return f"{name_of(lock)} {digest} {sys.version_info[:2]} {ROOT}"


def is_ready(lock: Path) -> bool:
    """Whether the environment already holds this lock file's packages (the tests' lock holds the demo's)."""
    if not (STAMP.exists() and PYTHON.exists()):
        return False
    return STAMP.read_text(encoding="utf-8") in {wanted_stamp(lock), wanted_stamp(TEST_LOCK)}


def is_reusable() -> bool:
    """Whether what stands in .venv was finished, for this Python, in this folder."""
    return STAMP.exists() and STAMP.read_text(encoding="utf-8").endswith(f"{sys.version_info[:2]} {ROOT}")


def prepare(lock: Path) -> Path:
    """Make the environment hold a lock file's packages; give its Python."""
    if is_ready(lock):
        return PYTHON
    require_space(NEEDED_MB[lock])
    if not is_reusable():
        shutil.rmtree(VENV, ignore_errors=True)
        run([sys.executable, "-m", "venv", str(VENV)], what="making the virtual environment in .venv")
    STAMP.unlink(missing_ok=True)
    print(f"Installing the packages of {name_of(lock)} into .venv (about a minute) ...", flush=True)
    # Wheels only, since building one from source would fetch tools that no hash pins; bytecode is made
    # on first use, which is seconds less than compiling everything here. A lock is complete: nothing else is looked for.
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--no-compile"]
    run(
        [*pip, "--only-binary=:all:", "--no-deps", "--require-hashes", "-r", str(lock)],
        what="installing the packages",
    )
    run([*pip, "--no-deps", "--no-build-isolation", "-e", "."], what="installing Partnership Hub itself")
    STAMP.write_text(wanted_stamp(lock), encoding="utf-8")
    return PYTHON


if __name__ == "__main__":
    try:
        prepare(TEST_LOCK)
    except CannotStart as reason:
        sys.exit(f"\n{reason}")
