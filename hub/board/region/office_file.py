"""A statement or letter to take away: its verdicts as CSV or XLSX, every text safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

from hub.board.downloads.model import ILLUSTRATIVE
from hub.board.region.content import Content
from hub.board.region.office import Paper
from hub.exports import safe_row
from hub.partners.models import Partnership

HEADINGS = (
    "agreement", "version", "as_at", "quarter", "clause", "commitment", "promise", "party", "name", "verdict", "since",
    "value", "target", "reason", "signed_papers", "told", "note",
)  # fmt: skip


def as_csv(partnership: Partnership, paper: Paper) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerows([HEADINGS, *_rows(partnership, paper.content)])
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
    for row in _rows(partnership, paper.content):
        verdicts.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def standing(paper: Paper) -> str:
    """Who issued it and when, or that it is a draft."""
    last = paper.last
    if last.kind != "issued":
        return f"Draft, last saved by {last.person}. Not issued."
    tail = f" Superseded by number {paper.superseded_by}." if paper.superseded_by else ""
    return f"Issued by {last.person} on {last.at.date().isoformat()}; digest {last.digest}.{tail}"


def _rows(partnership: Partnership, content: Content) -> Iterator[list[Any]]:
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
                line.reason,
                line.papers,
                told,
                mark,
            ]
        )
