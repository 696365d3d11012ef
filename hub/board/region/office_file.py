"""A statement or letter to take away: its verdicts as CSV or XLSX, every text safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from hub.board.downloads.model import ILLUSTRATIVE
from hub.board.region.office import Paper
from hub.clock import london_date
from hub.exports import safe_row
from hub.partners.models import Partnership

HEADINGS = (
    "agreement", "version", "as_at", "quarter", "clause", "commitment", "promise", "party", "name", "verdict", "since",
    "value", "target", "unit", "reason", "signed_papers", "told", "standing", "note",
)  # fmt: skip


def as_csv(partnership: Partnership, paper: Paper) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([HEADINGS, *_rows(partnership, paper)])
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(partnership: Partnership, paper: Paper) -> bytes:
    """The words first, then the verdicts that they tell of."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    words = book.create_sheet("Text")
    words.append(safe_row([paper.title]))
    words.append(safe_row([standing(paper)]))
    for paragraph in (paper.last.words or "").split("\n\n"):
        words.append(safe_row([paragraph]))
    verdicts = book.create_sheet("Verdicts")
    verdicts.append(HEADINGS)
    for row in _rows(partnership, paper):
        verdicts.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def standing(paper: Paper) -> str:
    """Who issued it and when, or that it is a draft."""
    last = paper.last
    if last.kind != "issued":
        return f"Draft, last saved by {last.person}. Not issued."
    return f"Issued by {last.person} on {_day(last.at)}; digest {last.digest}.{_of_its_quarter(paper)}"


def _of_its_quarter(paper: Paper) -> str:
    """Which statement of the same quarter it took the place of, and which took its own."""
    before, after = paper.supersedes, paper.superseded_by
    return (f" Supersedes statement {before.number}, issued on {_day(before.at)}." if before else "") + (
        f" Superseded by statement {after.number}, issued on {_day(after.at)}." if after else ""
    )


def _day(at: datetime) -> str:
    return london_date(at).isoformat()


def _rows(partnership: Partnership, paper: Paper) -> Iterator[list[Any]]:
    content, stands = paper.content, standing(paper)
    mark = ILLUSTRATIVE if partnership.illustrative else ""
    for line in content.lines:
        told = "; ".join(f"{who} {on}" for who, on in line.told)
        yield safe_row(
            [
                content.agreement,
                content.version,
                content.as_at,
                content.quarter,
                line.clause,
                line.commitment,
                line.text,
                line.party,
                line.name,
                line.verdict,
                line.since,
                line.value,
                line.target,
                line.unit,
                line.reason,
                line.papers,
                told,
                stands,
                mark,
            ]
        )
