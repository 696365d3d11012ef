"""Long reliability runs are made when they are asked for (`make soak`), never with the tests."""

from pathlib import Path

import pytest


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    asked = any("soak" in argument for argument in config.args)
    return None if asked else True
