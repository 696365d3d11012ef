"""Browsers of the example's people at the real server (tests/served.py)."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from hub.agreements.watch.months import keep_months
from hub.db import make_engine
from hub.seed.example.seed import PASSWORD
from tests.example_world import FIRST
from tests.once import made_once
from tests.served import Server, running


@pytest.fixture(scope="session")
def with_months(example_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example of 2015 with the ends of its months kept, which every server's worker would do first, for seconds."""

    def make(folder: Path) -> None:
        engine = make_engine(f"sqlite:///{shutil.copyfile(example_file.with_name(FIRST), folder / FIRST)}")
        keep_months(engine)
        engine.dispose()

    return made_once(tmp_path_factory, "with-months", make) / FIRST


@pytest.fixture(scope="module")
def server(with_months: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the journeys of a file, whose people never meet: its checker takes seconds to warm."""
    folder = tmp_path_factory.mktemp("journeys")
    copy = shutil.copyfile(with_months, folder / FIRST)
    with running(f"sqlite:///{copy}", folder) as started:
        yield started


def sign_in(browser: Browser, server: Server, name: str, *, scripts: bool = True) -> Page:
    page = browser.new_context(accept_downloads=True, java_script_enabled=scripts).new_page()
    page.goto(f"{server.url}/sign-in")
    page.fill("input[name=email]", f"{name}@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button")
    page.wait_for_load_state()
    return page
