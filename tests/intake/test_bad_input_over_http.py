"""The corpus through the running hub: upload page, answer page and interface give the manifest's verdicts.

Reading and cells are settled by test_bad_input.py for every case; here a case goes in by the door that its users have, and
the answer, what was kept and what the page says are held to the same manifest. No case may be a server error. With the
tests one case of each kind and every fifteenth of the rest takes its turn; `make soak` sends them all.
"""

from __future__ import annotations

import gc
import html
import os
import shutil
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest
from corpus import CATEGORIES, Case, cases
from corpus_world import PLACE, SETTINGS, TRUSTS, Doors, Said, open_doors

EVERY = int(os.environ.get("HUB_CORPUS_EVERY", "15"))
KEPT = {200, 303}
SETTING_LINES = {("setting", code) for code in SETTINGS}
PERIODS = ("2014-09", "2014-10", "2014-11")


def _one_of_each_kind() -> set[str]:
    kinds: dict[tuple[object, ...], str] = {}
    for case in cases():
        kinds.setdefault((case.category, case.verdict, case.code, case.received.channel), case.file)
    return set(kinds.values())


@cache
def sent() -> list[Case]:
    """One file of the same bytes alone: the upload page knows a second one again and does not check it anew."""
    of_each_kind = _one_of_each_kind()
    taken = [case for number, case in enumerate(cases()) if not number % EVERY or case.file in of_each_kind]
    by_bytes = {(case.received.channel, case.received.content or case.file): case for case in taken}
    return list(by_bytes.values())


@pytest.fixture(scope="module")
def doors(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Doors]:
    file = tmp_path_factory.mktemp("corpus") / "hub.sqlite"
    shutil.copyfile(sqlite_template, file)
    opened = open_doors(file)
    yield opened
    opened.engine.dispose()


def has_a_box(case: Case) -> bool:
    """Whether a form can say it: its page has boxes for the figures of known lines, and for nothing else."""
    return case.received.channel != "form" or all(map(_on_the_page, case.received.rows))


def _on_the_page(row: Mapping[str, str]) -> bool:
    place = (row.get("partnership", PLACE), row.get("agency"), row.get("period"))
    line = (row.get("breakdown", "total"), row.get("code", ""))
    known = place[0] == PLACE and place[1] in TRUSTS and place[2] in PERIODS
    if line == ("total", ""):
        return known
    return known and line in SETTING_LINES and not row.get("logged_late")


# What is cut off at the size limit leaves its temporary file to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("category", CATEGORIES)
def test_every_case_gets_its_answer_at_the_door(category: str, doors: Doors) -> None:
    wrong = []
    for case in (case for case in sent() if case.category == category):
        before = doors.drafts()
        told = doors.send(case)
        complaint = complaint_about(case, told, before) if has_a_box(case) else unharmed(told)
        if complaint:
            wrong.append(f"{case.file}: {complaint}")
    gc.collect()
    assert not wrong, "\n".join(wrong)


def unharmed(told: list[Said]) -> str:
    """What a page has no box for is not taken; nothing fails because of it."""
    return "" if all(said.status in {303, 422} for said in told) else f"{[said.status for said in told]}"


def complaint_about(case: Case, told: list[Said], before: int) -> str:
    statuses = [said.status for said in told]
    if any(status >= 500 for status in statuses):
        return f"a server error: {statuses}"
    found = [each for said in told for each in said.found]
    if case.verdict == "refused":
        return _not_refused(case, told, before)
    if case.verdict == "accepted":
        expected = case.level == "table" or not found
        return "" if expected and set(statuses) <= KEPT else f"{statuses} {found[:3]}"
    if case.category == "personal data" and case.verdict == "queries":
        kept = told[0].drafts != before  # asked about before anything is stored
        return "" if statuses == [409] and not kept else f"{statuses}, kept: {kept}"
    for code, row, field in found:
        if case.code in (code, "*") and case.row in (None, row) and case.field in (None, field):
            return "" if set(statuses) <= {*KEPT, 422} else f"{statuses}"
    return f"{statuses} {found[:3]}"


def _not_refused(case: Case, told: list[Said], before: int) -> str:
    refusals = [said for said in told if said.refused and 400 <= said.status < 500]
    codes = {code for said in refusals for code, _row, _field in said.found}
    if not refusals or (codes and case.code not in codes):
        return f"{[said.status for said in told]} {codes}"
    if len(told) == 1 and told[0].drafts != before:
        return "refused, and something was kept"
    unsaid = [
        m
        for said in refusals
        for m in said.messages[:1]
        if html.escape(m, quote=False) not in html.unescape(said.text)
    ]
    return f"the answer does not say: {unsaid}" if unsaid else ""


def test_nothing_that_was_refused_for_a_person_stands_in_the_database(doors: Doors) -> None:
    """Run after the corpus or alone: identifiers of the corpus are nowhere in the file."""
    for case in cases():
        if (
            case.category == "personal data"
            and case.verdict == "refused"
            and case.file.endswith("0-cell-csv")
        ):
            doors.send(case)
    stored = b"".join(file.read_bytes() for file in doors.folder.iterdir())
    for text in ("943 476 5919", "H801200001001", "AB123456C", "anna.b@gmail.com", "14 Acacia Avenue"):
        assert text.encode() not in stored, text


def test_the_corpus_has_the_size_that_was_promised() -> None:
    good = sum(case.category == "good" for case in cases())
    assert len(cases()) >= 1500 and good >= 150, (len(cases()), good)
