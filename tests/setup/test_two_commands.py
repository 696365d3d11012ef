"""What `make demo` says on machines that cannot carry it: one plain sentence each."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def find_python(folder: Path, **scripts: str) -> subprocess.CompletedProcess[str]:
    """Look for Python on a path that holds nothing but the given programs."""
    for name, body in scripts.items():
        script = folder / name
        script.write_text(f"#!/bin/sh\n{body}\n")
        script.chmod(0o755)
    return subprocess.run(
        ["/bin/sh", str(ROOT / ".ci" / "find-python")],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def demo(**settings: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if name not in {"PORT", "EXAMPLE"}} | settings
    return subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "demo.py")], env=env, capture_output=True, text=True, check=False
    )


def test_no_python_is_one_sentence(tmp_path: Path) -> None:
    found = find_python(tmp_path)
    assert found.returncode == 1
    assert found.stderr.startswith("There is no Python here")
    assert found.stderr.count("\n") == 1


def test_an_old_python_is_one_sentence(tmp_path: Path) -> None:
    found = find_python(tmp_path, python3='case "$2" in *print*) echo 3.9;; *) exit 1;; esac')
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith("Python 3.9 is too old")
    assert found.stderr.count("\n") == 1


def test_a_python_without_venv_is_one_sentence(tmp_path: Path) -> None:
    body = 'case "$2" in *print*) echo 3.12;; *ensurepip*) exit 1;; esac'
    found = find_python(tmp_path, **{"python3.12": body})
    assert found.returncode == 1
    assert "install python3.12-venv" in found.stderr
    assert found.stderr.count("\n") == 1


def test_a_good_python_is_taken_though_an_old_one_comes_first(tmp_path: Path) -> None:
    old = 'case "$2" in *print*) echo 3.9;; *) exit 1;; esac'
    found = find_python(tmp_path, **{"python3.14": old, "python3": f'exec {sys.executable} "$@"'})
    assert found.returncode == 0
    assert Path(found.stdout.strip()).exists()


def test_a_busy_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = demo(PORT=port)
    assert said.returncode == 1
    assert said.stderr.strip().startswith(f"Port {port} is in use")
    assert said.stderr.strip().count("\n") == 0


@pytest.mark.parametrize("setting", [{"PORT": "eighty"}, {"PORT": "70000"}, {"EXAMPLE": "spring"}])
def test_a_setting_that_means_nothing_is_one_sentence(setting: dict[str, str]) -> None:
    if "EXAMPLE" in setting:
        with socket.create_server(("127.0.0.1", 0)) as spare:
            setting = setting | {"PORT": str(spare.getsockname()[1])}
    said = demo(**setting)
    assert said.returncode == 1
    assert said.stderr.strip().count("\n") == 0
    assert "make demo" in said.stderr


def test_a_full_disk_is_one_sentence() -> None:
    ask = (
        "import environment as e\ntry: e.require_space(10**12)\nexcept e.CannotStart as reason: print(reason)"
    )
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT / ".ci", capture_output=True, text=True, check=True
    )
    assert said.stdout.startswith("The disk is too full")
    assert said.stdout.count("\n") == 1


def test_the_scripts_need_nothing_but_the_system() -> None:
    assert shutil.which("sh")
    ask = "import environment, sys; print(sorted(n for n in sys.modules if n in {'flask', 'sqlalchemy', 'packaging'}))"
    said = subprocess.run(
        [sys.executable, "-c", ask], cwd=ROOT / ".ci", capture_output=True, text=True, check=True
    )
    assert said.stdout == "[]\n"
