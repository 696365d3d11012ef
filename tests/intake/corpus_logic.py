"""Corpus: rows that can be read and make no sense: lines that are not asked, given twice or left out, sums that differ."""

from __future__ import annotations

from collections.abc import Iterator

from corpus import CHANNELS, Case, Rows, Verdict, row_in, table, through
from small_return import HEADINGS, ROWS, RULED

from hub.intake.table import Channel

# A form has one box for each line: nothing can stand in it twice, and no line of it can be left out.
FILES: tuple[Channel, ...] = ("csv", "xlsx", "json")

# What stands in which column of which row, and what is said of it.
PLACES: dict[str, tuple[int, str, str, str]] = {
    "no-partnership": (4, "partnership", "elsewhere", "partnership-unknown"),
    "partnership-in-capitals": (4, "partnership", "BIRMINGHAM", "partnership-unknown"),
    "partnership-by-number": (4, "partnership", "1", "partnership-unknown"),
    "agency-of-others": (4, "agency", "RYW", "agency-unknown"),
    "agency-by-name": (4, "agency", "Trust RXT", "agency-unknown"),
    "agency-left-out": (4, "agency", "", "agency-missing"),
    "agency-and-site": (4, "agency", "RXT01", "agency-unknown"),
    "table-left-out": (2, "breakdown", "", "breakdown-missing"),
    "table-unknown": (2, "breakdown", "ward", "breakdown-unknown"),
    "table-plural": (2, "breakdown", "settings", "breakdown-unknown"),
    "table-and-line": (2, "breakdown", "setting/ae", "breakdown-unknown"),
    "line-left-out": (2, "code", "", "code-missing"),
    "line-unknown": (2, "code", "ward-7", "code-unknown"),
    "line-by-title": (2, "code", "Emergency dept.", "code-unknown"),
    "line-of-the-total": (1, "code", "ae", "code-not-asked"),
    "line-of-another-list": (2, "code", "neglect", "code-unknown"),
}  # fmt: skip
TWICE: dict[str, Rows] = {
    "total-twice": [*ROWS, ROWS[0]],
    "total-twice-other-number": [*ROWS, [*ROWS[0][:5], "99", "2"]],
    "line-twice": [*ROWS, ROWS[1]],
    "line-three-times": [*ROWS, ROWS[1], ROWS[1]],
}
WHOLE: dict[str, tuple[int, str, str, str]] = {
    "late-above-made": (1, "logged_late", "32", "late-above-made"),
    "late-above-none": (4, "logged_late", "1", "late-above-made"),
    "late-equal": (1, "logged_late", "31", ""),
    "lines-above-total": (2, "referrals_made", "21", "parts-differ"),
    "lines-below-total": (3, "referrals_made", "10", "parts-differ"),
    "total-above-lines": (1, "referrals_made", "32", "parts-differ"),
    "total-of-ten-times": (1, "referrals_made", "310", "parts-differ"),
    "a-lot": (4, "referrals_made", "100001", "large-for-a-month"),
    "not-quite-a-lot": (4, "referrals_made", "100000", ""),
}


def lines() -> Iterator[Case]:
    for name, (row, column, value, code) in PLACES.items():
        for channel in CHANNELS:
            if channel == "json" and code == "agency-missing":
                continue  # a key speaks for one agency, which need not be named
            received = through(channel, table(row, column, value))
            yield Case(
                f"logic/{name}-{channel}",
                "logic",
                received,
                "errors",
                code,
                row_in(channel, row),
                column,
                "cells",
            )
    for name, rows in TWICE.items():
        for channel in FILES:
            received = through(channel, [HEADINGS, *rows])
            yield Case(
                f"logic/{name}-{channel}",
                "logic",
                received,
                "errors",
                "duplicate-row",
                row_in(channel, len(ROWS) + 1),
                None,
                "cells",
            )
    for channel in FILES:
        received = through(channel, [HEADINGS, *ROWS[1:]])
        yield Case(f"logic/no-total-{channel}", "logic", received, "errors", "total-missing", level="cells")


def rules() -> Iterator[Case]:
    """What rules across cells say; at which row is theirs to choose where several make a sum."""
    verdicts: dict[str, Verdict] = {"": "accepted", "large-for-a-month": "queries"}
    for name, (row, column, value, code) in WHOLE.items():
        for channel in CHANNELS:
            yield Case(
                f"rules/{name}-{channel}",
                "rules",
                through(channel, table(row, column, value)),
                verdicts.get(code, "errors"),
                code,
                level="whole",
                definition=RULED,
            )
