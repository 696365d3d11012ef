"""The lock files hold what pyproject.toml asks for, pinned, hashed, and free of index addresses."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
RUN, TEST = ROOT / "requirements.lock", ROOT / "tests" / "requirements.lock"
PIN = re.compile(
    r"^([a-z0-9.-]+)==(\S+?)(?: ; (.+?))? \\$((?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?$)+)", re.MULTILINE
)


def pins(lock: Path) -> set[tuple[str, str, str]]:
    return {
        (name, version, marker) for name, version, marker, _ in PIN.findall(lock.read_text(encoding="utf-8"))
    }


def asked(lock: Path) -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = project["build-system"]["requires"] + project["project"]["dependencies"]
    return [
        Requirement(line) for line in wanted + (project["dependency-groups"]["test"] if lock == TEST else [])
    ]


@pytest.mark.parametrize("lock", [RUN, TEST], ids=["run", "test"])
def test_every_requirement_is_pinned_within_its_bounds(lock: Path) -> None:
    versions: dict[str, set[str]] = {}
    for name, version, _ in pins(lock):
        versions.setdefault(name, set()).add(version)
    wrong = [
        str(requirement)
        for requirement in asked(lock)
        if not (found := versions.get(canonicalize_name(requirement.name), set()))
        or not all(requirement.specifier.contains(version, prereleases=True) for version in found)
    ]
    assert wrong == [], "run `make lock`"


def test_the_tests_run_on_the_packages_that_are_shipped() -> None:
    assert pins(RUN) <= pins(TEST)


@pytest.mark.parametrize("lock", [RUN, TEST], ids=["run", "test"])
def test_nothing_stands_in_a_lock_but_pins_with_hashes(lock: Path) -> None:
    rest = PIN.sub("", lock.read_text(encoding="utf-8"))
    assert [line for line in rest.splitlines() if line and not line.startswith("#")] == []
    assert "://" not in lock.read_text(encoding="utf-8")
