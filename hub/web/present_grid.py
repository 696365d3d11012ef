"""The grid of agencies and periods for a page: each glance as a word, a shape and a colour."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from hub.periods import Kind
from hub.submissions.grid import Glance
from hub.web.present_marks import IN_GRID, Mark

KIND_WORDS: dict[Kind, str] = {
    "month": "monthly",
    "quarter": "quarterly",
    "term": "termly",
    "financial_year": "yearly",
    "academic_year": "by school year",
    "instant": "on a day",
    "mid_year": "mid-year",
}


def mark_of(glance: Glance) -> Mark:
    return _mark(*glance[1:])


@lru_cache(maxsize=256)
def _mark(
    answer: str,
    late: bool,
    corrected: bool,
    correcting: bool,
    excepted: bool,
    nil: bool,
    partial: bool,
    overdue: bool,
) -> Mark:
    """The mark of the answer, with what else there is to say behind a comma."""
    mark = IN_GRID[answer]
    more = [
        "overdue" if overdue and answer != "missing" else "",
        "exception" if excepted else "",
        "partial" if partial and answer != "partial" else "",
        "nothing to report" if nil and answer != "nil" else "",
        "corrected" if corrected and answer != "corrected" else "",
        "being corrected" if correcting else "",
    ]
    return replace(mark, word=", ".join((mark.word, *(word for word in more if word))))
