"""The wheel carries definitions, agreements and migrations, and works from any directory."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that a wheel built from this checkout unpacks to."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def hub(installed: Path, cwd: Path, *arguments: str) -> str:
    """Run the command of an installed wheel somewhere else."""
    env = os.environ | {"PYTHONPATH": str(installed), "HUB_DATABASE_URL": f"sqlite:///{cwd}/hub.sqlite"}
    done = subprocess.run(
        [sys.executable, "-m", "hub", *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_that_is_data_is_in_the_wheel(installed: Path) -> None:
    for folder in ("schemas", "agreements", "migrations"):
        here = {
            file.relative_to(ROOT / folder)
            for file in (ROOT / folder).rglob("*")
            if file.is_file() and "__pycache__" not in file.parts
        }
        shipped = installed / "hub" / "_shipped" / folder
        assert here == {file.relative_to(shipped) for file in shipped.rglob("*") if file.is_file()}


def test_the_commands_work_from_any_directory(installed: Path, tmp_path: Path) -> None:
    assert "HUB_DATABASE_URL" in hub(installed, tmp_path, "config")
    hub(installed, tmp_path, "db", "upgrade")
    hub(installed, tmp_path, "db", "check")
    assert "front-door" in hub(installed, tmp_path, "returns")
