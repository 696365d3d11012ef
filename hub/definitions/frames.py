"""The three shapes that rules read, built from typed cells. Pure: neither files, nor databases, nor Great Expectations.

Cells are the tuples of hub.validation.outcome.Part: (row_no, period, breakdown, code, figure, value, state), the value
in the unit's smallest part or None. Every frame carries `submission`, since one table may hold many and each is judged alone.
Missing and unavailable figures are NaN, which no expectation counts as wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from hub.definitions.expressions import MELTED_COLUMNS, PARTS_COLUMNS, ROW_COLUMNS, fault_in
from hub.definitions.model import TOTAL, Definition
from hub.errors import WrongUsage

Cell = tuple[int, str, str, str, str, int | None, str]

CELL_COLUMNS = (*ROW_COLUMNS, "figure", "value", "state")


def cells_frame(parts: Iterable[tuple[str, Sequence[Cell]]]) -> pd.DataFrame:
    """The typed cells of submissions, given as (key, cells), one below the other.

    Shape: one row per cell; columns CELL_COLUMNS; `value` is a float, NaN where the state has no number.
    """
    records = [(key, *cell) for key, cells in parts for cell in cells]
    frame = pd.DataFrame.from_records(records, columns=list(CELL_COLUMNS))
    return frame.astype({"row_no": "int64", "value": "float64"})


def rows_frame(cells: pd.DataFrame, figures: Sequence[str]) -> pd.DataFrame:
    """The figures of a row side by side.

    Shape: one row per row of data; columns ROW_COLUMNS, then one float column for each figure of the definition.
    """
    if len(figures) == 1:
        wide = cells[[*ROW_COLUMNS, "value"]].rename(columns={"value": figures[0]})
        return wide.reset_index(drop=True)
    keys = ["submission", "row_no"]
    if cells.duplicated(["row_no", "figure"]).any():
        keys = list(ROW_COLUMNS)  # a mapping can make several lines of one row of the file
    rows = cells[list(ROW_COLUMNS)].drop_duplicates(keys)
    values = cells.set_index([*keys, "figure"])["value"].unstack("figure").reindex(columns=list(figures))
    return rows.merge(values.reset_index(), on=keys, how="left")[[*ROW_COLUMNS, *figures]]


def melted_frame(cells: pd.DataFrame) -> pd.DataFrame:
    """One figure of one row at a time, beside the same figure of the total.

    Shape: one row per cell; columns MELTED_COLUMNS; `total` is the figure's value in the total row of the same
    submission and period, `percent` is value × 100 / total, NaN where the total is absent or 0.
    """
    keys = ["submission", "period", "figure"]
    totals = (
        cells.loc[cells["breakdown"] == TOTAL]
        .drop_duplicates(keys)[[*keys, "value"]]
        .rename(columns={"value": "total"})
    )
    melted = cells.merge(totals, on=keys, how="left")
    melted["percent"] = (melted["value"] * 100 / melted["total"]).where(melted["total"] > 0)
    return melted[list(MELTED_COLUMNS)]


def parts_frame(cells: pd.DataFrame, adding_up: Collection[str]) -> pd.DataFrame:
    """The lines of a breakdown added up, beside the total.

    Shape: one row per submission, period, breakdown (those of `adding_up` that have lines) and figure; columns
    PARTS_COLUMNS; `row_no` is the total's row. A line that does not apply adds nothing. Where a line or the total is
    missing, `difference` (total less parts) is NaN, unless the lines that are there already exceed the total.
    """
    keys = ["submission", "period", "breakdown", "figure"]
    lines = cells.loc[cells["breakdown"].isin(list(adding_up))]
    lines = lines.assign(unknown=lines["value"].isna() & (lines["state"] != "not_applicable"))
    added = (
        lines.groupby(keys, sort=False, observed=True)
        .agg(parts=("value", "sum"), unknown=("unknown", "any"))
        .reset_index()
    )
    totals = cells.loc[cells["breakdown"] == TOTAL].drop_duplicates(["submission", "period", "figure"])
    totals = totals[["submission", "period", "figure", "row_no", "value"]].rename(columns={"value": "total"})
    parts = added.merge(totals, on=["submission", "period", "figure"], how="inner")
    difference = parts["total"] - parts["parts"]
    parts["difference"] = difference.where(~parts["unknown"] | (difference < 0))
    return parts[list(PARTS_COLUMNS)]


def frames_of(
    definition: Definition, cells: pd.DataFrame, *, derived: bool = True
) -> dict[str, pd.DataFrame]:
    """The frames that the definition's rules read, each made once, with every column that a rule of the frame derives.

    Rules that are restricted to some breakdowns say so to Great Expectations (hub.definitions.as_expectations).
    """
    asked = {rule.frame for rule in definition.rules}
    made: dict[str, pd.DataFrame] = {}
    if "rows" in asked:
        made["rows"] = rows_frame(cells, [figure.name for figure in definition.numbers])
    if "melted" in asked:
        made["melted"] = melted_frame(cells)
    if "parts" in asked:
        made["parts"] = parts_frame(
            cells,
            [
                breakdown.name
                for breakdown in definition.breakdowns
                if breakdown.name != TOTAL and breakdown.adds_up
            ],
        )
    for rule in definition.rules if derived else ():
        made[rule.frame] = with_derived(made[rule.frame], rule.derive)
    return made


def with_derived(frame: pd.DataFrame, derive: Mapping[str, str]) -> pd.DataFrame:
    """The frame with a rule's own columns. Only columns of the frame may be named (loading refuses the rest already)."""
    for name, expression in derive.items():
        fault = fault_in(expression, list(frame.columns))
        if fault:
            raise WrongUsage(f"The expression “{expression}” {fault}.")
        frame = frame.copy(deep=False)
        frame[name] = frame.eval(expression, engine="python", parser="pandas")
    return frame
