"""Every case of the corpus gets the right answer, code and place; good controls are never refused."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from corpus import CATEGORIES, Case, cases

from hub.findings import Finding
from hub.intake.read import read
from hub.intake.table import Refused
from hub.validation.cells import read_cells
from hub.validation.outcome import Expected, Scope
from hub.validation.run import check_table

PERIODS = ("2014-09", "2014-10", "2014-11")
SCOPE = Scope(
    expected=tuple(
        Expected(number, "birmingham-example", agency, "nhs_trust", period)
        for number, (agency, period) in enumerate(
            (agency, period) for agency in ("RQ3", "RXT") for period in PERIODS
        )
    ),
    lists={"": {"settings": {"ae": "Emergency department", "maternity": "Maternity"}}},
    today="2015-05-18",
)


def findings_of(case: Case) -> tuple[Finding, ...]:
    table = read(case.received, case.definition)
    if case.level == "table":
        return table.findings
    if case.level == "whole":
        return check_table(table, case.definition, SCOPE).findings
    return (*table.findings, *read_cells(table, case.definition, SCOPE).findings)


@pytest.mark.parametrize("category", CATEGORIES)
def test_every_case_gets_the_answer_of_the_manifest(category: str) -> None:
    wrong = [
        f"{case.file}: {answer}"
        for case in cases()
        if case.category == category and (answer := complaint(case))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_page_about_uploads_names_every_code_of_reading() -> None:
    page = (Path(__file__).parents[2] / "docs" / "uploads.md").read_text(encoding="utf-8")
    unnamed = {
        case.code for case in cases() if case.level == "table" and case.code and f"`{case.code}`" not in page
    }
    assert not unnamed


def assert_plain_words(findings: Iterable[Finding]) -> None:
    for finding in findings:
        assert len(finding.message) > 20 and finding.message[-1] in ".?…", finding
        assert not any(
            word in finding.message for word in ("pandas", "calamine", "openpyxl", "Traceback", "expat")
        ), finding


def complaint(case: Case) -> str:
    """What is wrong with the hub's answer, or nothing."""
    try:
        findings = findings_of(case)
    except Refused as refused:
        assert_plain_words(refused.findings)
        first = refused.findings[0]
        right = case.verdict == "refused" and first.code == case.code and case.row in (None, first.where.row)
        return "" if right else f"refused with {first.code} in row {first.where.row}"
    assert_plain_words(findings)
    told = [(finding.code, finding.where.row, finding.where.field) for finding in findings]
    if case.verdict == "accepted":
        return f"{told}" if told else ""
    if case.verdict == "refused":
        return f"not refused: {told}"
    for code, row, field in told:
        if case.code in (code, "*") and case.row in (None, row) and case.field in (None, field):
            return ""
    return f"{told}"


def test_the_corpus_is_large_and_always_the_same() -> None:
    def digest(made: list[Case]) -> str:
        return hashlib.sha256(b"".join(case.received.content for case in made)).hexdigest()

    assert digest(cases()) == digest(cases.__wrapped__())
    counted = Counter(case.category for case in cases())
    assert len(cases()) >= 1500 and counted["good"] >= 150, counted
