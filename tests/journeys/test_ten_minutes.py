"""The README's first return, step by step as a stranger does it, every action counted.

An action is a click, a box or cell that is filled in, a file that is saved or chosen, an address that is opened. Ten
minutes leave a stranger 25 seconds for each of 24.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page

from hub.seed.example.seed import PASSWORD
from tests.journeys.conftest import Server

pytestmark = pytest.mark.browser

README = Path(__file__).parents[2] / "README.md"
TEN_MINUTES_SECONDS = 600
TITLE = "Referrals made to the front door, April 2015"
CELLS = {("total", None), ("setting", "emergency-department"), ("category", "neglect"), ("residence", "here"), ("area", "south")}  # fmt: skip


@dataclass
class Stranger:
    """Somebody at a page without scripts; `did` holds every action by its label."""

    page: Page
    did: list[str] = field(default_factory=list)

    def sign_in(self, address: str, name: str) -> None:
        self.did.append(address)
        self.page.goto(address)
        for box, text in (("email", f"{name}@example.org"), ("password", PASSWORD)):
            self.did.append(box)
            self.page.fill(f"input[name={box}]", text)
        self.click("Sign in")

    def click(self, label: str) -> None:
        self.did.append(label)
        self.page.click(f"main a:has-text('{label}'), main button:has-text('{label}')")
        self.page.wait_for_load_state()

    def download(self, label: str, to: Path) -> None:
        with self.page.expect_download() as download:
            self.did.append(label)
            self.page.click(f"main a:has-text('{label}')")
        download.value.save_as(to)

    def fill_in(self, file: Path, number: int) -> None:
        book = openpyxl.load_workbook(file)
        sheet = book["Data"]
        assert sheet["G3"].value == "Signed for March 2015: Referrals made" and sheet["G4"].value > 0
        for row in sheet.iter_rows(min_row=4):
            if (row[3].value, row[4].value) in CELLS:
                row[5].value = number
                self.did.append(f"cell {row[5].coordinate}")
        book.save(file)
        self.did.append("save the workbook")

    def choose(self, file: Path) -> None:
        self.did.append("choose the file")
        self.page.set_input_files("input[type=file]", file)


def labels_of_readme() -> list[str]:
    """What the README's numbered steps tell the reader to press, in their order."""
    section = README.read_text().split("## A first return")[1].split("\n## ")[0]
    steps = "".join(re.findall(r"^[0-9]\. .*?(?=^[0-9]\. |^\S|\Z)", section, re.M | re.S))
    return re.findall(r"\*\*(.+?)\*\*", " ".join(steps.split()))


def test_a_stranger_signs_a_first_return_in_ten_minutes(
    chromium: Browser, server: Server, tmp_path: Path
) -> None:
    began, file = time.monotonic(), tmp_path / "return.xlsx"
    analyst, manager = (
        Stranger(chromium.new_context(accept_downloads=True, java_script_enabled=False).new_page())
        for _ in range(2)
    )
    analyst.sign_in(server.url, "analyst.ryw")
    analyst.click(TITLE)
    analyst.download("Download the template", file)
    analyst.fill_in(file, 104)
    analyst.click("Upload a file")
    analyst.choose(file)
    analyst.click("Upload and check")
    assert "nothing found" in analyst.page.inner_text("main")
    analyst.click("Birmingham Community Healthcare")
    analyst.click("Send for sign-off")
    assert "waiting for signature" in analyst.page.inner_text("main")
    manager.sign_in(server.url, "manager.ryw")
    manager.click(TITLE)
    manager.click("Look at it and sign")
    manager.click("Sign for")
    assert manager.page.inner_text("h1") == "Receipt"

    did = [*analyst.did, *manager.did]
    assert len(did) == 24, did
    assert time.monotonic() - began < TEN_MINUTES_SECONDS
    pressed = labels_of_readme()
    assert pressed == [label for label in dict.fromkeys(did) if label in pressed], did
    assert len(pressed) == 7
