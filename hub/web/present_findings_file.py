"""The findings of a draft to take away: the person's cells in a workbook made anew, or the list as CSV."""

from __future__ import annotations

from hub.errors import NotFound
from hub.submissions.drafts import DraftRead
from hub.web.subject import Subject


def as_file(about: Subject, draft: DraftRead, format: str) -> bytes:
    raise NotFound("")
