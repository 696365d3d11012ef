"""What limits cannot say of small counts, and charts that are not joined where something else is counted."""

import re
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from hub.board.chart_inputs import Period as ChartPeriod
from hub.board.chart_inputs import XmrChart
from hub.board.chart_words import xmr_words
from hub.board.charts import xmr_svg
from hub.board.notes import breaks_of, limits_of
from hub.board.panel import panel
from hub.board.small_counts import small_words
from hub.board.view import View
from hub.config import shipped
from hub.facts.moments import as_at
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at, publish_measures, read_measures
from hub.measures.model import Coverage, Point
from hub.measures.protect import OPERATOR
from hub.periods import between, month
from hub.submissions.history import sign_history
from tests.board.test_explain import new_version
from tests.ledger_world import make_world, signing

MEASURES = {each.id: each for each in read_measures(shipped("schemas") / "measures.yaml")}


def points(counts: list[int], first_new: int = -1) -> list[Point]:
    months = between(month(2012, 4), month(2016, 3))
    return [
        Point(months[i], count, count, None, Coverage(1, 1), "value", new_definition=i == first_new)
        for i, count in enumerate(counts)
    ]


def told(counts: list[int]) -> str:
    measure, shown = MEASURES["RF01"], points(counts)
    return small_words(measure, shown, limits_of(measure, shown, ()))


def test_small_counts_are_tested_by_what_can_see_them() -> None:
    """4 and 6 in turn: the same month brought 4 and 4, and none has a chance of e⁻⁴ = 1.8%; one of 5e⁻⁴ = 9.2%."""
    usual = [4, 6] * 12
    none = told([*usual, 0])
    assert "the limits cannot show a fall" in none
    assert "April 2014: 0 where 4.0 were expected (own baseline, from 24 months)" in none
    assert "is 1.8% (exact lower tail, Poisson): lower than expected." in none
    assert "no sustained fall" in none
    assert "is 9.2% (exact lower tail, Poisson): no lower than chance would give." in told([*usual, 1])
    # A lower year is seen by the sum, where no single month need be remarkable.
    assert "over its alarm at" in told([*usual, *[1, 3] * 6])
    assert "With so few expected, none is never called low." in told([1, 3] * 12 + [0])
    assert told([40, 60] * 12) == ""  # limits that a fall can cross
    assert "needs twelve months before it" in told([4, 6] * 4)


def test_a_break_is_drawn_and_nothing_spans_it() -> None:
    measure, shown = MEASURES["RF01"], points([10, 14] * 8 + [40, 44] * 8, first_new=16)
    limits = limits_of(measure, shown, ())
    assert [(each.start, each.stop, each.mean) for each in limits.segments] == [(0, 16, 12.0), (16, 32, 42.0)]
    assert {str(point.label) for point in limits.points} == {"Common Cause"}
    periods = tuple(ChartPeriod(point.period.name, point.period.code) for point in shown)
    chart = XmrChart("rf01", "Referrals", "referrals", periods, limits, breaks=breaks_of(shown))
    assert "A new definition counts something else from August 2013" in xmr_words(chart)
    assert "worked out anew" not in xmr_words(chart)
    drawing = str(xmr_svg(chart))
    (line,) = re.findall(r'class="figures" d="([^"]+)"', drawing)
    assert line.count("M") == 2 and line.count("L") == 30
    assert drawing.count('class="break"') == 1 and 'class="rebase"' not in drawing


def test_a_new_version_breaks_only_what_it_asks_otherwise(session: Session) -> None:
    world = make_world(session)
    publish_measures(session, shipped("schemas") / "measures.yaml", now=datetime(2012, 4, 1, tzinfo=UTC))

    def sign(period: str) -> None:
        at = datetime(2014, 9, 1, 9, tzinfo=UTC)
        sign_history(session, [signing(session, world, "RYW", period, {("total", ""): 30}, at=at)])

    sign("2014-01")
    sign("2014-02")
    world.definition_version_id = new_version(session, 2, "")
    sign("2014-03")
    world.definition_version_id = new_version(session, 3, "Counts advice as well.")
    sign("2014-04")
    sign("2014-05")
    at = as_at(session, world.partnership, datetime(2014, 10, 1, tzinfo=UTC))
    reading, definition = Reading(session, world.partnership, at), measure_as_at(session, "RF01", at.moment)
    shown = panel(reading, definition, OPERATOR, View(), months=60)
    assert "A new definition counts something else from April 2014" in shown.words
    assert shown.words.count("2014: what") == 1
