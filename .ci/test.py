"""`make test`: everything that the tests need, then all checks and tests; `--quick` leaves some out.

As root it installs the system packages that are missing; otherwise it names them and fails. Every step
runs even when an earlier one failed, and pytest comes last, so that its closing line is the last one.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from environment import KEEPS_BYTECODE, ROOT, TEST_LOCK, CannotStart, prepare

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
QUICK = "PostgreSQL and browser tests, which need system packages; `make test` runs them"


def has_postgresql() -> bool:
    """Whether the server's programs are here (Debian keeps them off the path)."""
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def has_chromium() -> bool:
    """Whether a Chromium starts; Ubuntu's package is a script that only tells to use snap."""
    for name in CHROMIUM_NAMES:
        if (
            shutil.which(name)
            and subprocess.run([name, "--version"], capture_output=True, check=False).returncode == 0
        ):
            return True
    return False


def require_system_packages() -> None:
    """Install what is missing when root may; else say what it is."""
    missing = [
        name for name, here in (("postgresql", has_postgresql()), ("chromium", has_chromium())) if not here
    ]
    if not missing:
        return
    wanted = " ".join(missing)
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise CannotStart(
            f"The tests need system packages that are missing: {wanted}. Install them (sudo apt-get install "
            f"{wanted}), run `make test` as root, or run `make test-quick`, which leaves out what needs them."
        )
    print(f"Installing system packages: {wanted} ...", flush=True)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *missing]):
        done = subprocess.run(
            ["apt-get", "-q", *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            print(done.stdout + done.stderr, file=sys.stderr)
            raise CannotStart(f"apt-get could not install {wanted}; the lines above say why.")


def steps(python: Path) -> dict[str, list[str]]:
    """The checks before the tests, by what they are called when they fail."""
    own = [str(python), "-m"]
    return {
        "format": [*own, "ruff", "format", "--check", "."],
        "lint": [*own, "ruff", "check", "."],
        "types": [*own, "mypy", "--num-workers", "2"],
        "import contracts": [str(python.parent / "lint-imports")],
    }


def run_steps(python: Path) -> list[str]:
    """Run the checks; show what a failing one said; give the names of those that failed."""
    failed = []
    for name, command in steps(python).items():
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        print(f"{name}: {'failed' if done.returncode else 'good'}", flush=True)
        if done.returncode:
            print(done.stdout + done.stderr, flush=True)
            failed.append(name)
    return failed


def main(*, quick: bool) -> int:
    """Prepare, check, test; 0 when all was good."""
    if quick:
        print(f"Left out: {QUICK}.", flush=True)
    else:
        require_system_packages()
    python = prepare(TEST_LOCK)
    failed = run_steps(python)
    chosen = ["-m", "not browser and not postgres"] if quick else []
    tests = [str(python), "-m", "pytest", "-n", "2", "--dist", "loadfile", *chosen]
    if failed:
        print(f"These checks failed, see above: {', '.join(failed)}. The tests follow.", flush=True)
    env = os.environ | KEEPS_BYTECODE
    result = subprocess.run(tests, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
    if quick:
        print(f"Left out: {QUICK}.", flush=True)
    return 1 if result or failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(quick="--quick" in sys.argv[1:]))
    except CannotStart as reason:
        sys.exit(f"\n{reason}")
