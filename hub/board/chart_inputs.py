"""What the charts are drawn from: frozen values, already passed by the disclosure gate.

`id` must be unique on the page; `unit` is in words ("referrals", "per 10,000 children") or "%". A period without a
figure is None with its state, and never 0.
"""

from dataclasses import dataclass
from typing import Literal

from hub.statistics.xmr import Xmr

# States as in the ledger; those that mean "nobody has told us", in words.
ABSENT = {
    "missing": "not received",
    "hidden": "hidden",
    "not_available": "not available",
    "not_applicable": "not applicable",
    "not_due": "not due yet",
    "partial": "incomplete",
}


NOW = "Now"  # the last period of a line that is drawn to this day


@dataclass(frozen=True, slots=True)
class Period:
    """One place on the time axis: its full name, its name under the axis, and why it has no tested figure."""

    name: str
    short: str
    state: str = "value"
    at_least: float | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """Words pinned to a period: an event, or the recorded reason of a rebase."""

    position: int
    text: str


@dataclass(frozen=True, slots=True)
class AgreedPath:
    """The way that was agreed to a promise: what it expects of each period, None where it says nothing."""

    values: tuple[float | None, ...]
    at_most: bool  # whether less is what was promised

    def keeps(self, value: float, position: int) -> bool | None:
        """Whether a figure is where the path wants it; None where it wants nothing."""
        expected = self.values[position]
        if expected is None:
            return None
        return value <= expected if self.at_most else value >= expected


@dataclass(frozen=True, slots=True)
class XmrChart:
    """An XmR or run chart: one period for each point of `xmr`."""

    id: str
    title: str
    unit: str
    periods: tuple[Period, ...]
    xmr: Xmr
    notes: tuple[Note, ...] = ()
    decimals: int = 0
    period_word: str = "month"
    breaks: tuple[int, ...] = ()  # where something else is counted from: never joined
    path: AgreedPath | None = None
    most: float | None = None  # of a share: the whole

    def __post_init__(self) -> None:
        if len(self.periods) != len(self.xmr.points):
            raise ValueError(f"{len(self.periods)} periods for {len(self.xmr.points)} points.")
        if self.path is not None and len(self.path.values) != len(self.periods):
            raise ValueError("A path says what it expects, or None, of every period.")


@dataclass(frozen=True, slots=True)
class Bar:
    """One authority. Without a value, `absent` says why; it is shown and never left out."""

    name: str
    value: float | None
    kind: Literal["own", "neighbour", "reference"] = "neighbour"
    absent: str = "no figures here"


@dataclass(frozen=True, slots=True)
class BarChart:
    """One authority beside others, in the order given."""

    id: str
    title: str
    unit: str
    bars: tuple[Bar, ...]
    decimals: int = 0


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value, or None, for each period of the chart."""

    name: str
    values: tuple[float | None, ...]
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class LineChart:
    """A few series over the same periods; up to five can be told apart."""

    id: str
    title: str
    unit: str
    periods: tuple[str, ...]
    series: tuple[Series, ...]
    decimals: int = 0

    def __post_init__(self) -> None:
        if any(len(series.values) != len(self.periods) for series in self.series):
            raise ValueError("Every series needs a value, or None, for every period.")


def figure(value: float, decimals: int, unit: str = "") -> str:
    """A number as it is read, with its unit if one is given."""
    text = f"{value:,.{decimals}f}".replace("-", "−")
    if not text.strip("−0."):
        text = "0"
    if unit == "%":
        return f"{text}%"
    return text if text == "1" else f"{text} {unit}".strip()  # never "1 referrals"
