"""From a table of text to typed cells: which submission, which line, which number, and what cannot be read.

Works column by column and judges each different text once, with the field rules of hub.definitions.as_schema, so that
100,000 rows cost hardly more than their different texts. What is wrong with a cell is a finding; nothing is mended.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from hub.definitions.as_schema import BLANK, Reading, read_figure
from hub.definitions.frames import CELL_COLUMNS
from hub.definitions.model import TOTAL, Definition, Figure
from hub.findings import Finding, Severity
from hub.intake.table import ROW_NO, Table
from hub.validation.lines import Lack, lacks
from hub.validation.outcome import Expected, Scope
from hub.validation.pen import Pen
from hub.validation.rows import Array, Rows, findings_of_rows, judge_rows
from hub.validation.wording import answers_of, fault_in_number, say
from hub.validation.words import stray, words_wrong

UNREADABLE = (
    "unreadable"  # the state of a figure that cannot be used: neither its value nor its absence is known
)


BLANK_CODE = "figure-blank"  # the query about a blank that may be one


@dataclass(frozen=True)
class Cells:
    """A table's rows with their submission, and its figures with their values.

    Shape: `rows` has a row per row of the table: KEY_COLUMNS and figures as text (partnership, agency and breakdown
    filled in where they were left out), row_no, due_item_id (-1 for none), left_out (a line of a listed breakdown
    without any figure).
    Shape: `figures` has a row per asked figure of a row that has a submission: CELL_COLUMNS, due_item_id, position (of
    its row) and kept. A figure that cannot be used is NaN with the state `unreadable`; gaps have row_no below 0.
    """

    rows: pd.DataFrame
    figures: pd.DataFrame
    findings: tuple[Finding, ...]
    submissions: dict[int, Expected]


def read_cells(table: Table, definition: Definition, scope: Scope) -> Cells:
    """Judge every cell of a table. The table may hold many submissions; each is judged alone."""
    rows = judge_rows(table, definition, scope)
    keys = {due_item_id: expected.key for due_item_id, expected in rows.submissions.items()}
    pen = Pen(table, keys, rows.frame[ROW_NO].to_numpy(), rows.due_item)
    if table.frame.empty:
        return Cells(rows.as_read(), _nothing(), (pen.whole("no-rows", say("no-rows")),), {})
    findings = list(findings_of_rows(rows, pen))
    columns = []
    absent = {finding.where.field for finding in table.findings if finding.code == "missing-column"}
    for figure in definition.figures:
        if figure.in_words:
            findings += words_wrong(figure, definition, rows, pen, scope, absent=figure.name in absent)
            continue
        column, faults = _column(figure, rows, pen, absent=figure.name in absent)
        columns.append(column)
        findings += faults
    figures = _side_by_side(columns, rows)
    gaps = []
    for expected, lack in _lacking(rows, definition, scope, figures):
        findings.append(pen.whole(lack.code, lack.message, submission=expected.key))
        if lack.breakdown:
            gaps.append((expected, lack.period, lack.breakdown))
    return Cells(rows.as_read(), _with_gaps(figures, definition, gaps), tuple(findings), rows.submissions)


def _nothing() -> pd.DataFrame:
    return pd.DataFrame(columns=[*CELL_COLUMNS, "due_item_id", "position", "kept"])


def _column(figure: Figure, rows: Rows, pen: Pen, *, absent: bool) -> tuple[pd.DataFrame, list[Finding]]:
    """One figure read. Shape: position (of the row), value, state, figure and kept, a row per row that is asked for it.

    A column that is `absent` from the file was complained about once; its blanks are not.
    """
    texts = rows.frame[figure.name].to_numpy(dtype=object)
    asked = rows.by_line([figure.name in line.asked for line in rows.lines], bool)
    blank = texts == ""
    readings, which = _read(figure, texts, ~blank & (asked | ~rows.kept))
    contradicting = _said_with_number(rows, readings, which)
    blanks = np.flatnonzero(rows.kept & asked & blank & (not absent))
    findings = [
        *stray(figure, texts, np.flatnonzero(rows.kept & ~asked & ~blank), pen),
        *_unreadable(figure, texts, readings, which, pen),
        *_blanks(figure, blanks, pen),
        *stray(figure, texts, contradicting, pen, code="not-held-with-number"),
    ]
    which[contradicting] = -1
    values = np.array([*(reading.value if reading else None for reading in readings), None], dtype=np.float64)
    states = np.array(
        [*(reading.state if reading else UNREADABLE for reading in readings), BLANK.state], dtype=object
    )
    in_a_table = (
        rows.placed & ~rows.left_out & rows.by_line([bool(line.breakdown) for line in rows.lines], bool)
    )
    position = np.flatnonzero(in_a_table & asked)
    kept = rows.kept[position]
    column = {
        "position": position,
        "value": np.where(kept, values[which[position]], np.nan),
        "state": np.where(kept, states[which[position]], UNREADABLE),
        "figure": figure.name,
        "kept": kept,
    }
    return pd.DataFrame(column), findings


def _read(figure: Figure, texts: Array, wanted: Array) -> tuple[list[Reading | None], Array]:
    """The different texts of a column read once each, and for each row which (-1 for the unread)."""
    which = np.full(len(texts), -1)
    which[wanted], different = pd.factorize(texts[wanted])
    return [read_figure(text, figure) for text in different], which


def _said_with_number(rows: Rows, readings: list[Reading | None], which: Array) -> Array:
    """Rows that say that their table is not held, and yet give something else than that."""
    line = rows.kept & rows.by_line([line.not_held for line in rows.lines], bool)
    other = [reading is not None and reading.state != "not_available" for reading in readings]
    return np.flatnonzero(line & np.array([*other, False], dtype=bool)[which])


def _unreadable(
    figure: Figure, texts: Array, readings: list[Reading | None], which: Array, pen: Pen
) -> Iterator[Finding]:
    bad = np.array([*(reading is None for reading in readings), False], dtype=bool)[which]
    positions: dict[str, list[int]] = defaultdict(list)
    worded: dict[str, tuple[str, str]] = {}
    for row in np.flatnonzero(bad).tolist():
        text = texts[row]
        if text not in worded:
            worded[text] = fault_in_number(text, figure)
        positions[worded[text][0]].append(row)
    for code, rows in positions.items():
        messages = [worded[texts[row]][1] for row in rows]
        yield from pen.each(code, "error", figure.name, np.array(rows), messages, list(texts[rows]))


def _blanks(figure: Figure, rows: Array, pen: Pen) -> Iterator[Finding]:
    code: str = "figure-missing" if figure.required else BLANK_CODE
    severity: Severity = "error" if figure.required else "query"
    message = say(code, figure=figure.title, answers=answers_of(figure))
    return pen.each(code, severity, figure.name, rows, [message] * len(rows))


def _side_by_side(columns: list[pd.DataFrame], rows: Rows) -> pd.DataFrame:
    """The figures in reading order, with what says where each belongs."""
    figures = pd.concat(columns, ignore_index=True).sort_values("position", kind="stable", ignore_index=True)
    position = figures["position"].to_numpy()
    places, lines = rows.places, rows.lines
    return figures.assign(
        row_no=rows.frame[ROW_NO].to_numpy()[position].astype(np.int64),
        due_item_id=rows.due_item[position],
        submission=rows.by_place([p.expected.key if p.expected else "" for p in places])[position],
        period=rows.by_place([p.period.code if p.period else "" for p in places])[position],
        breakdown=rows.by_line([line.breakdown for line in lines])[position],
        code=rows.by_line([line.code for line in lines])[position],
    )


def _lacking(
    rows: Rows, definition: Definition, scope: Scope, figures: pd.DataFrame
) -> Iterator[tuple[Expected, Lack]]:
    """What each submission of the table lacks."""
    given: dict[int, dict[str, dict[str, set[str]]]] = {key: {} for key in rows.submissions}
    for place, line, left_out in _different(rows):
        expected, period = rows.places[place].expected, rows.places[place].period
        assert expected and period
        codes = (
            given[expected.due_item_id]
            .setdefault(period.code, {})
            .setdefault(rows.lines[line].breakdown, set())
        )
        if not left_out:
            codes.add(rows.lines[line].code)
    some = figures.loc[
        (figures["breakdown"] == TOTAL) & (figures["value"] > 0), ["due_item_id", "period", "figure"]
    ]
    counted: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for key, period, figure in some.itertuples(index=False, name=None):
        counted[key][period].add(figure)
    for key, expected in rows.submissions.items():
        for lack in lacks(definition, scope, expected, given=given[key], counted=counted[key]):
            yield expected, lack


def _different(rows: Rows) -> Iterator[tuple[int, int, bool]]:
    """The (place, line, left out) of rows that count, but of totals and listed breakdowns, where any line will do, only one."""
    names = list(dict.fromkeys(line.breakdown for line in rows.lines))
    told_apart = [
        -1 - names.index(line.breakdown) if line.optional or line.breakdown == TOTAL else number
        for number, line in enumerate(rows.lines)
    ]
    there = np.flatnonzero(rows.kept | rows.left_out)
    keys = {
        "place": rows.place[there],
        "line": rows.by_line(told_apart, np.int64)[there],
        "out": rows.left_out[there],
    }
    first = there[~pd.DataFrame(keys).duplicated().to_numpy()]
    yield from zip(
        rows.place[first].tolist(), rows.line[first].tolist(), rows.left_out[first].tolist(), strict=True
    )


def _with_gaps(
    figures: pd.DataFrame, definition: Definition, gaps: list[tuple[Expected, str, str]]
) -> pd.DataFrame:
    """A missing line is unknown, not nothing: without this, rules would also say that the table does not add up."""
    if not gaps:
        return figures
    records = [
        {
            "submission": expected.key, "row_no": -number, "period": period, "breakdown": breakdown, "code": "", "figure": figure,
            "value": np.nan, "state": UNREADABLE, "due_item_id": expected.due_item_id, "position": -1, "kept": False,
        }
        for number, (expected, period, breakdown) in enumerate(gaps, 1)
        for figure in definition.breakdown(breakdown).figures
        if not definition.figure(figure).in_words
    ]  # fmt: skip
    return pd.concat([figures, pd.DataFrame.from_records(records)], ignore_index=True)
