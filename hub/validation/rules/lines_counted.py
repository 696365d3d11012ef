"""A total that says how many lines of a table are of some kind: the lines must be as many.

Reads two derived columns of the frame `rows`: `counted`, 1 for each line that counts, and `claimed`, the total's number.
"""

from __future__ import annotations

import pandas as pd

from hub.definitions.model import TOTAL


def broken(frame: pd.DataFrame) -> pd.Series[bool]:
    """The total rows whose number is not the number of their lines. A total that is missing claims nothing."""
    counted = frame.groupby(["submission", "period"])["counted"].transform("sum")
    return (frame["breakdown"] == TOTAL) & frame["claimed"].notna() & (frame["claimed"] != counted)
