"""Prepared history as its signatory reads it: the total of every figure, period by period."""

from __future__ import annotations

from dataclasses import dataclass

from hub.periods import parse
from hub.submissions.models import HistoryBatch
from hub.submissions.own_history import rows_of

KEYS = ("partnership", "agency", "period", "breakdown", "code")


@dataclass(frozen=True)
class Totals:
    figures: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]  # period in words, its totals as text
    lines: int  # how many rows there are in all


def table(batch: HistoryBatch) -> Totals:
    """Text as it was read; what is not a total is in the file and its count alone is shown."""
    rows = rows_of(batch)
    totals = [row for row in rows if row["breakdown"] == "total"]
    figures = tuple(name for name in (totals[0] if totals else {}) if name not in KEYS)
    shown = sorted(totals, key=lambda row: parse(row["period"]).starts_on)
    return Totals(
        figures=figures,
        rows=tuple((parse(row["period"]).name, tuple(row[name] for name in figures)) for row in shown),
        lines=len(rows),
    )
