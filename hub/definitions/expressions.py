"""What a rule may name: the columns of the frames, and the small arithmetic of derived columns.

An expression is checked here, without pandas, when a definition is loaded; hub.definitions.frames evaluates it.
Calls, attributes, subscripts and names of anything but a column are refused, so a definition can compute but not act.
"""

from __future__ import annotations

import ast
from collections.abc import Collection

ROW_COLUMNS = ("submission", "row_no", "period", "breakdown", "code")
MELTED_COLUMNS = (*ROW_COLUMNS, "figure", "value", "state", "total", "percent")
PARTS_COLUMNS = ("submission", "row_no", "period", "breakdown", "figure", "total", "parts", "difference")
WITHIN_COLUMNS = (*ROW_COLUMNS, "figure", "total", "parts", "difference")
FRAMES = ("rows", "melted", "parts", "within")

_ALLOWED = (
    ast.Expression, ast.BinOp, ast.UnaryOp, ast.Compare, ast.Name, ast.Load, ast.Constant,
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.BitAnd, ast.BitOr, ast.Invert,
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE,
)  # fmt: skip


def columns_of(frame: str, figures: Collection[str]) -> tuple[str, ...]:
    """The columns of a frame before a rule derives its own."""
    if frame == "rows":
        return (*ROW_COLUMNS, *figures)
    return {"melted": MELTED_COLUMNS, "parts": PARTS_COLUMNS, "within": WITHIN_COLUMNS}[frame]


def fault_in(expression: str, columns: Collection[str]) -> str | None:
    """Why an expression may not be used, or None."""
    if len(expression) > 200:
        return "is longer than 200 characters"
    try:
        tree = ast.parse(expression, mode="eval")
    except (SyntaxError, ValueError, RecursionError):
        return "is not an expression such as “contacts_nfa + contacts_to_referral”"
    for node in ast.walk(tree):
        if not isinstance(node, _ALLOWED):
            return "may hold column names, numbers, texts, + - * /, comparisons, & and | only"
        if isinstance(node, ast.Name) and node.id not in columns:
            return f"names “{node.id}”, which is no column of this frame"
        if isinstance(node, ast.Constant) and not isinstance(node.value, int | float | str):
            return "may hold numbers and texts only"
    return None
