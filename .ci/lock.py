"""Write requirements.lock and tests/requirements.lock from pyproject.toml (`make lock`).

Takes nothing but pyproject.toml, the build backend's requirements included; gives two files that hold
for Python 3.11 to 3.14, every pin with its hashes and no index address, the second a superset of the
first with the same pins. Deliberately does not install anything.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN_LOCK = ROOT / "requirements.lock"
TEST_LOCK = ROOT / "tests" / "requirements.lock"
HEADER = "# Made by `make lock` from pyproject.toml: change that file and run it again, never edit here.\n"


def compile_lock(target: Path, *, extra: list[str], requirements: str) -> None:
    """Resolve pyproject.toml and some further requirements into one file of pins and hashes."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "-", *extra]
    command += ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    command += ["--output-file", str(target)]  # an existing file keeps its pins unless --upgrade is given
    subprocess.run(command, cwd=ROOT, input=requirements, stdout=subprocess.DEVNULL, text=True, check=True)
    target.write_text(HEADER + target.read_text(encoding="utf-8"), encoding="utf-8")


def main() -> None:
    """Make both lock files anew."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    backend = "\n".join(project["build-system"]["requires"])
    upgrade = [option for option in sys.argv[1:] if re.fullmatch(r"--upgrade(-package=.+)?", option)]
    compile_lock(RUN_LOCK, extra=upgrade, requirements=backend)
    compile_lock(TEST_LOCK, extra=["--group", "test", "-c", str(RUN_LOCK), *upgrade], requirements=backend)


if __name__ == "__main__":
    main()
