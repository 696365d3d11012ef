"""A measure as its file describes it, and the series that it becomes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, get_args

from hub.periods import Kind, Period

MeasureKind = Literal[
    "count",
    "percent",
    "rate",
    "share",
    "gap",
    "on_time",
    "amount",
    "mean",
    "net",
    "of_due",
    "corrected",
    "attendance",
]
MEASURE_KINDS: tuple[str, ...] = get_args(MeasureKind)
Direction = Literal["increase", "decrease", "neutral"]
AGENCY = "agency"
AGENCY_KIND = "agency_kind"  # agencies put together by kind: all NHS trusts, all police forces, all schools


@dataclass(frozen=True)
class Met:
    """Lines of a table that have at least so much; `judged`: as the partnership said of each, and not the sender."""

    breakdown: str
    figure: str
    at_least: int
    judged: bool = False


@dataclass(frozen=True)
class Rows:
    """Rows of a register that the partnership judges one by one: `counted`, or their figure added up."""

    breakdown: str
    figure: str
    counted: bool = False


@dataclass(frozen=True)
class Source:
    """Where the figures of one kind of period come from: one return, the figures that are added.

    `numerator_line` picks one line of a breakdown as the numerator; `logged` is the other side of a gap. Where the
    denominator is counted in another return than the numerator, `denominator_return` names it.
    """

    return_code: str
    numerator: tuple[str, ...] = ()
    denominator: tuple[str, ...] = ()
    numerator_line: tuple[str, str] | None = None  # (breakdown, code)
    logged: tuple[str, str, str] | None = None  # (return, breakdown, figure)
    denominator_return: str | None = None
    met: Met | None = None  # counts lines by its own breakdown, where the total only says how many
    rows: Rows | None = None  # of the register behind the total, where it can be read by judgement
    then: tuple[str, ...] = ()  # figures of the logged return that say what became of it
    logged_by_area: str = ""  # the logged return's table by sender and area, where it has one
    group: str = ""  # whose meetings are read, where it is about meetings and no return

    @property
    def counted_below(self) -> str:
        """The return that the denominator is counted in."""
        return self.denominator_return or self.return_code


@dataclass(frozen=True)
class ExpectedRate:
    """What a line of a breakdown should bring, by published figures of elsewhere: a yearly rate and the line's share of it.

    `year` is the year of the rate, whose population is taken; `words` say where it comes from.
    """

    breakdown: str
    code: str
    rate: float
    per: int
    share_percent: float
    year: str
    words: str

    def a_month(self, population: int) -> float:
        return self.rate / self.per * self.share_percent / 100 * population / 12


@dataclass(frozen=True)
class Measure:
    id: str
    name: str
    question: str
    unit: str
    kind: MeasureKind
    direction: Direction
    sources: dict[Kind, Source]
    per: int = 100
    breakdown: str | None = None  # of a share
    nfa: str | None = None  # which no further action is meant: contact, referral, assessed
    beside: str | None = None  # read together: volume beside timeliness
    caveats: tuple[str, ...] = ()
    numerators_by_breakdown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    denominators_by_breakdown: dict[str, tuple[str, ...]] = field(default_factory=dict)
    whole_denominator_by: tuple[
        str, ...
    ] = ()  # breakdowns whose lines are divided by the total's denominator
    groups: str = (
        ""  # the partnership's list that says where agencies belong, by which they can be put together
    )
    expected: tuple[ExpectedRate, ...] = ()  # lines whose months are held against published figures

    @property
    def reads_no_return(self) -> bool:
        """Whether it reads no figure of a return: it is about the returns themselves, or about meetings."""
        return self.kind in ("on_time", "corrected", "attendance")

    @property
    def judged(self) -> bool:
        """Whether it reads what the partnership says of signed rows."""
        return any(source.met is not None and source.met.judged for source in self.sources.values())

    def is_over_the_whole(self, breakdown: str | None) -> bool:
        """Each line of the breakdown is divided by the whole, not by its own denominator."""
        return self.kind == "share" or breakdown in self.whole_denominator_by

    def numerator_of(self, source: Source, breakdown: str | None) -> tuple[str, ...]:
        """The figures added above, where a breakdown of the return that it is usually read from has others than the whole."""
        if source != self.sources.get(self.usual):
            return source.numerator
        return self.numerators_by_breakdown.get(breakdown or "", source.numerator)

    @property
    def usual(self) -> Kind:
        """The kind of period by which it is read where nobody asks for another: the shortest that it has."""
        kinds: tuple[Kind, ...] = ("month", "quarter", "term", "academic_year", "financial_year")
        return next(kind for kind in kinds if kind in self.sources)

    @property
    def unit_words(self) -> str:
        """The unit as it stands behind a number that shows its own % sign: "12.4%", "of contacts decided"."""
        return self.unit.removeprefix("% ")

    @property
    def places(self) -> int:
        """Decimals on a page."""
        return 0 if self.kind == "count" else 1


@dataclass(frozen=True)
class Asked:
    """What a reader wants of a measure: which periods, broken down by what, of whom."""

    kind: Kind = "month"
    first: date | None = None
    last: date | None = None
    by: str | None = None
    agency_id: int | None = None
    area_id: int | None = None
    group: str = ""  # by agency, put together as this list of the partnership says
    follow: bool = False  # by agency: under the body that has taken an agency's place since

    @property
    def counted_by(self) -> str | None:
        """The table that is read: kinds of agency are lines of agencies put together."""
        return AGENCY if self.by == AGENCY_KIND else self.by

    @property
    def agency_ids(self) -> list[int] | None:
        return None if self.agency_id is None else [self.agency_id]

    def expects(self, period: Period, today: date) -> bool:
        """A period that is over and lies in the asked span: its absence is then something to show."""
        after = self.first is None or period.starts_on >= self.first
        before = self.last is None or period.ends_on <= self.last
        return after and before and period.ends_on < today

    def touches(self, period: Period) -> bool:
        after = self.first is None or period.ends_on >= self.first
        before = self.last is None or period.starts_on <= self.last
        return after and before


WAITS = "wait to be told with others"
LEFT_OUT = "stay left out: too few children to be told apart from others"


@dataclass(frozen=True)
class Coverage:
    """Over whom: how many returns (or records of meetings) were in of those that were due, and who was missing."""

    received: int
    due: int
    missing: tuple[str, ...] = ()  # agency codes
    of: str = "return"
    waiting: int = 0  # came, and are not counted before others can be told with them
    is_left_out: bool = False  # all have come that were waited for; only a correction can bring them in

    @property
    def words(self) -> str:
        more = (
            f", {self.waiting} more came and {LEFT_OUT if self.is_left_out else WAITS}"
            if self.waiting
            else ""
        )
        return f"{self.received} of {self.due} {self.of if self.due == 1 else f'{self.of}s'}{more}"

    @property
    def out(self) -> int:
        """How many are out yet: neither counted nor waiting to be told with others."""
        return max(0, self.due - self.received - self.waiting)


@dataclass(frozen=True)
class Point:
    """One number. `state` is one of facts.models.STATES; `value` is None unless there is one. `reason` says why not."""

    period: Period
    value: float | None
    numerator: int | None
    denominator: int | None
    coverage: Coverage
    state: str
    lines: dict[str, str] = field(default_factory=dict)  # dimension → code: {"agency": "RYW"}
    reason: str | None = None
    behind: int | None = None  # agencies whose rows it is made of, where these are judged one by one
    new_definition: bool = False  # counted otherwise than the one before: never joined or judged together

    def as_json(self) -> dict[str, Any]:
        return {
            "period": self.period.code,
            **self.lines,
            "value": self.value,
            "numerator": self.numerator,
            "denominator": self.denominator,
            "coverage": {"received": self.coverage.received, "due": self.coverage.due},
            "state": self.state,
            **({"reason": self.reason} if self.reason else {}),
        }


@dataclass(frozen=True)
class Series:
    """Points in order of line and period, with all that a page must say beside them."""

    measure: Measure
    partnership: str
    as_at: datetime
    points: tuple[Point, ...]
    by: str | None = None
    personal: bool = False  # the return's definition says that this breakdown is of a personal characteristic
    # Of a personal breakdown: which lines nobody outside reads alone, by period.
    together: Mapping[Period, frozenset[str]] | None = None
    # As readers outside the agencies have it, where that is otherwise: what waits to be told with others is left out.
    outside: tuple[Point, ...] | None = None
    first_told: bool = (
        False  # `outside` shows each period as it was when all had first signed, whatever came since
    )
    withheld: str | None = None  # why nothing is shown
    finance: bool = False  # of a return about money
    # The partnership's schools, whoever is a member now: none is shown one by one.
    schools: frozenset[str] = frozenset()
    # The partnership's own disclosure profiles by name; empty: the deployment's.
    disclosure_partnership: str = ""
    disclosure_public: str = ""

    def narrowed(self, change: Callable[[Sequence[Point]], Iterable[Point]]) -> Series:
        """The series of other points, made alike of what every reader has and of what outsiders have."""
        outside = None if self.outside is None else tuple(change(self.outside))
        return replace(self, points=tuple(change(self.points)), outside=outside)

    def as_json(self) -> dict[str, Any]:
        return {
            "measure": self.measure.id,
            "unit": self.measure.unit,
            "as_at": self.as_at.isoformat(),
            "rows": [point.as_json() for point in self.points],
            **({"withheld": self.withheld} if self.withheld else {}),
        }
