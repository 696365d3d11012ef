"""The findings of a draft to take away: the person's cells in a workbook made anew, or the list as CSV."""

from __future__ import annotations

from hub.submissions.drafted import DraftRead
from hub.validation.outcome import Outcome, Part
from hub.validation.report import as_csv
from hub.validation.workbook import as_workbook
from hub.web.subject import Subject


def as_file(about: Subject, draft: DraftRead, format: str) -> bytes:
    outcome = _outcome(about, draft)
    return as_workbook(outcome, about.definition) if format == "xlsx" else as_csv(outcome).encode("utf-8-sig")


def _outcome(about: Subject, draft: DraftRead) -> Outcome:
    """The draft as the check left it, of one submission alone."""
    listed = about.listed
    key = f"{listed.partnership}/{listed.agency}/{listed.period.code}"
    part = Part(about.id, key, draft.rows, (), draft.digest)
    return Outcome(about.definition.code, about.definition.version, len(draft.rows), (part,), draft.findings)
