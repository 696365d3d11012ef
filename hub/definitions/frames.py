"""The shapes that rules read, built from typed cells. Pure: neither files, nor databases, nor Great Expectations.

Cells are the tuples of hub.validation.outcome.Part: (row_no, period, breakdown, code, figure, value, state), the value
in the unit's smallest part or None. Every frame carries `submission`, since one table may hold many and each is judged alone.
Missing and unavailable figures are NaN, which no expectation counts as wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import pandas as pd

from hub.definitions.expressions import (
    MELTED_COLUMNS,
    PARTS_COLUMNS,
    ROW_COLUMNS,
    WITHIN_COLUMNS,
    fault_in,
)
from hub.definitions.model import TOTAL, WITHIN, Definition
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
    added = _added(
        cells.loc[cells["breakdown"].isin(list(adding_up))], ["submission", "period", "breakdown", "figure"]
    )
    totals = cells.loc[cells["breakdown"] == TOTAL].drop_duplicates(["submission", "period", "figure"])
    totals = totals[["submission", "period", "figure", "row_no", "value"]].rename(columns={"value": "total"})
    return _beside(added.merge(totals, on=["submission", "period", "figure"], how="inner"))[
        list(PARTS_COLUMNS)
    ]


def within_frame(cells: pd.DataFrame, lying_in: Mapping[str, str]) -> pd.DataFrame:
    """The lines that lie in one line of another table added up, beside that line.

    Shape: one row per submission, period, breakdown (the keys of `lying_in`; its values are the tables that they lie in),
    line of the other table that has lines here and is given itself, and figure; columns WITHIN_COLUMNS; `code` and
    `row_no` are of the other table's line. `difference` as in the frame `parts`.
    """
    lines = cells.loc[cells["breakdown"].isin(list(lying_in))]
    lines = lines.assign(
        code=lines["code"].str.split(WITHIN, n=1).str[0], other=lines["breakdown"].map(dict(lying_in))
    )
    added = _added(lines, ["submission", "period", "breakdown", "other", "code", "figure"])
    keys = ["submission", "period", "other", "code", "figure"]
    wholes = cells.loc[cells["breakdown"].isin(list(lying_in.values()))]
    wholes = wholes.rename(columns={"breakdown": "other", "value": "total"}).drop_duplicates(keys)
    return _beside(added.merge(wholes[[*keys, "row_no", "total"]], on=keys, how="inner"))[
        list(WITHIN_COLUMNS)
    ]


def _added(lines: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Lines added up. Shape: a row per combination of keys; the keys, parts, and unknown where a line's number is."""
    lines = lines.assign(unknown=lines["value"].isna() & (lines["state"] != "not_applicable"))
    return (
        lines.groupby(keys, sort=False, observed=True)
        .agg(parts=("value", "sum"), unknown=("unknown", "any"))
        .reset_index()
    )


def _beside(added: pd.DataFrame) -> pd.DataFrame:
    """With `difference`: total less parts, NaN where a part is unknown unless the others exceed the total already."""
    difference = added["total"] - added["parts"]
    return added.assign(difference=difference.where(~added["unknown"] | (difference < 0)))


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
    if "within" in asked:
        made["within"] = within_frame(
            cells, {each.name: each.within for each in definition.breakdowns if each.within}
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
