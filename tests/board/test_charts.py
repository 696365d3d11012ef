"""The drawings: well formed, safe under a strict policy, honest about gaps, told apart without colour."""

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from hub.board.chart_inputs import AgreedPath, Bar, BarChart, LineChart, Note, Period, Series, XmrChart
from hub.board.chart_scale import axis_for, line_path, spread
from hub.board.charts import bar_svg, line_svg, xmr_svg
from hub.statistics.xmr import xmr

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
STYLES = (Path(__file__).parents[2] / "hub/web/static/charts.css").read_text()
SVG = "{http://www.w3.org/2000/svg}"


def chart(values, *, states=None, notes=(), unit="referrals", title="Referrals received", **options):
    states = states or {}
    periods = tuple(
        Period(
            f"{MONTHS[i % 12]} {2012 + i // 12}",
            f"{MONTHS[i % 12]} {12 + i // 12}",
            *states.get(i, ("value",)),
        )
        for i in range(len(values))
    )
    return XmrChart("c1", title, unit, periods, xmr(values, **options), notes)


def parsed(svg):
    return ElementTree.fromstring(svg)


def paths(svg, css):
    return [path.get("d") for path in parsed(svg).iter(f"{SVG}path") if path.get("class") == css]


def texts(svg):
    return ["".join(node.itertext()) for node in parsed(svg).iter(f"{SVG}text")]


SIGNALS = [30, 32, 29, 31, 33, 30, 28, 31, 30, 29, 31, 32, 30, 31, 45]
BARS = BarChart(
    "b1",
    "Referral rate",
    "per 10,000 children",
    (
        Bar("Birmingham", 557, "own"),
        Bar("Luton", None),
        Bar("Nottingham", 701),
        Bar("England", 519, "reference"),
    ),
)
LINES = LineChart(
    "l1",
    "Referral rate",
    "per 10,000 children",
    ("2013", "2014", "2015", "2016"),
    (Series("Birmingham", (511, 492, None, 688), is_own=True), Series("England", (520, 573, 548, 532))),
)
DRAWINGS = {
    "normal": lambda: xmr_svg(chart(SIGNALS, target=35, notes=(Note(3, "An event"),))),
    "gap": lambda: xmr_svg(chart([5, 6, None, 7, 5, 6, 7], states={2: ("missing",)})),
    "one figure": lambda: xmr_svg(chart([12])),
    "all equal": lambda: xmr_svg(chart([4] * 20)),
    "all nought": lambda: xmr_svg(chart([0] * 20)),
    "none received": lambda: xmr_svg(chart([None, None], states={0: ("missing",), 1: ("not_due",)})),
    "no period": lambda: xmr_svg(chart([])),
    "negative": lambda: xmr_svg(chart([-5, 5, -4, 6, -7, 8, -9], counts=False)),
    "rebased": lambda: xmr_svg(chart([10, 12, 10, 12, 10, 12, 40, 44, 40, 44, 40, 44], rebase=[6])),
    "bars": lambda: bar_svg(BARS),
    "no bars": lambda: bar_svg(BarChart("b2", "Nothing", "%", ())),
    "lines": lambda: line_svg(LINES),
    "no lines": lambda: line_svg(LineChart("l2", "Nothing", "%", (), ())),
}


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_every_drawing_is_named_described_and_has_nothing_inline(draw):
    svg = draw()
    root = parsed(svg)
    assert root.get("role") == "img"
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert root.get("aria-labelledby").split() == ids
    assert all(root.find(f"{SVG}{name}").text for name in ("title", "desc"))
    assert not any(
        attribute.startswith("on") or attribute == "style"
        for node in root.iter()
        for attribute in node.attrib
    )
    assert not {node.tag.removeprefix(SVG) for node in root.iter()} & {
        "script",
        "style",
        "image",
        "foreignObject",
        "a",
    }
    assert "nan" not in svg.lower().replace("nottingham", "")


@pytest.mark.parametrize("draw", DRAWINGS.values(), ids=DRAWINGS)
def test_nothing_is_drawn_outside_the_frame(draw):
    root = parsed(draw())
    _, _, width, height = map(float, root.get("viewBox").split())
    for path in root.iter(f"{SVG}path"):
        for x, y in re.findall(r"[ML](-?[\d.]+) (-?[\d.]+)", path.get("d")):
            assert 0 <= float(x) <= width
            assert 0 <= float(y) <= height


def test_words_from_people_are_escaped():
    svg = xmr_svg(chart([1, 2, 3], title="<script>alert(1)</script>", unit='"&<b>'))
    assert "<script" not in svg
    assert parsed(svg).find(f"{SVG}title").text == "<script>alert(1)</script>"
    assert "<img" not in bar_svg(BarChart("b", "t", "%", (Bar("<img src=x>", 1, "own"),)))


def test_a_line_never_bridges_a_gap():
    assert line_path([(0, 1), (1, 2), None, (3, 4), None, (5, 6)]) == "M0 1L1 2M3 4M5 6"
    (figures,) = paths(xmr_svg(chart([5, 6, None, 7, 5, 6, 7], states={2: ("missing",)})), "figures")
    assert (figures.count("M"), figures.count("L")) == (2, 4)
    own = next(g for g in parsed(line_svg(LINES)).iter(f"{SVG}g") if g.get("class") == "own")
    assert own.find(f"{SVG}path").get("d").count("M") == 2


def test_every_figure_is_marked_even_between_two_gaps():
    svg = xmr_svg(chart([5, None, 6, None, 7], states={1: ("missing",), 3: ("hidden",)}))
    assert paths(svg, "common")[0].count("M") == 3
    assert paths(svg, "absent")[0].count("M") == 2 + 1  # and the sample in the key


def test_special_causes_differ_by_shape_and_are_named_in_the_key():
    concern = xmr_svg(chart(SIGNALS, improvement="decrease"))
    improvement = xmr_svg(chart(SIGNALS, improvement="increase"))
    neutral = xmr_svg(chart(SIGNALS, improvement="neutral"))
    shapes = {
        re.sub(r"M[\d.]+ [\d.]+", "", paths(concern, "concern")[0]),
        re.sub(r"M[\d.]+ [\d.]+", "", paths(improvement, "improvement")[0]),
        re.sub(r"M[\d.]+ [\d.]+", "", paths(neutral, "neutral")[0]),
        re.sub(r"M[\d.]+ [\d.]+", "", paths(neutral, "common")[0]),
    }
    assert len(shapes) == 4
    assert "concern" in texts(concern)
    assert "improvement" in texts(improvement)
    assert "change" in texts(neutral)


def test_an_incomplete_month_is_a_ring_at_what_is_known():
    svg = xmr_svg(chart([5, 6, 7, None], states={3: ("partial", 4.0)}))
    assert len(paths(svg, "partial")) == 1
    assert "incomplete" in texts(svg)
    assert not paths(svg, "absent")


def test_lines_and_latest_figure_are_labelled_at_the_right():
    found = texts(xmr_svg(chart([30, 32, 29, 31, 33, 30, 28, 31, 30, 29, 31, 45], target=38)))
    assert found[-5:] == ["upper 37", "lower 26", "mean 32", "target 38", "latest 45"]


def test_the_agreed_path_is_drawn_where_it_runs_and_holds_to_the_axis():
    figures = [30, 32, 29, 31, 33, 30, 28, 31]
    shown = replace(
        chart(figures, target=50), path=AgreedPath((None, None, 35, 35, 40, 40, 45, 48), at_most=False)
    )
    (path,) = paths(xmr_svg(shown), "path")
    places = [tuple(map(float, place.split())) for place in path.removeprefix("M").split("L")]
    assert len(places) == 6 and [y for _, y in places] == sorted((y for _, y in places), reverse=True)
    assert places[0][1] == places[1][1] > places[2][1], "35 twice, then 40, which lies higher"
    assert "path 48" in texts(xmr_svg(shown)) and not paths(xmr_svg(chart(figures)), "path")
    ended = replace(shown, path=AgreedPath((35, 40, *[None] * 6), at_most=False))
    assert not [text for text in texts(xmr_svg(ended)) if text.startswith("path")], (
        "it no longer says anything"
    )


def test_limits_stop_at_a_rebase():
    svg = DRAWINGS["rebased"]()
    assert len(paths(svg, "mean")) == len(paths(svg, "limit")) == 2
    assert len(paths(svg, "rebase")) == 1
    first, second = paths(svg, "mean")
    end, start = float(first.split("H")[1]), float(second[1:].split(" ")[0])
    assert end == pytest.approx(start, abs=0.2)


def test_a_run_chart_has_a_mean_and_no_limits():
    svg = xmr_svg(chart([5, 8, 6, 9]))
    assert paths(svg, "mean")
    assert not paths(svg, "limit")
    assert not paths(xmr_svg(chart([5])), "mean")


def test_what_cannot_be_negative_has_no_limit_below_nought():
    assert "lower 0" in texts(xmr_svg(chart([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2])))
    assert any(text.startswith("lower −") for text in texts(DRAWINGS["negative"]()))


def test_a_share_has_no_limit_above_the_whole():
    months = chart([100, 50, 100, 40, 100, 60, 100, 55], unit="%", screen=False)
    share = texts(xmr_svg(replace(months, most=100.0)))
    assert "upper 100%" in share and max(float(t[:-1]) for t in share if re.fullmatch(r"[0-9.]+%", t)) == 100
    assert not any(text.startswith("upper 100%") for text in texts(xmr_svg(months)))


def test_notes_are_lettered_in_time_order():
    svg = xmr_svg(chart([5, 6, 7, 8], notes=(Note(3, "later"), Note(1, "earlier"))))
    letters = [node.text for node in parsed(svg).iter(f"{SVG}text") if node.get("class") == "letter"]
    assert letters == ["A", "B"]


def test_an_authority_without_figures_keeps_its_row():
    svg = bar_svg(BARS)
    assert texts(svg) == [
        "Birmingham",
        "557",
        "Luton",
        "no figures here",
        "Nottingham",
        "701",
        "England",
        "519",
    ]


def test_bars_are_proportional_from_nought():
    lengths = [
        float(re.search(r"h([\d.]+)v", p.get("d"))[1]) for p in parsed(bar_svg(BARS)).iter(f"{SVG}path")
    ]
    assert lengths[0] / lengths[1] == pytest.approx(557 / 701, abs=0.001)


def test_long_names_are_cut_in_the_drawing_and_whole_in_the_words():
    name = "Bournemouth, Christchurch and Poole with a very long addition"
    svg = bar_svg(BarChart("b", "t", "%", (Bar(name, 5, "own"),)))
    assert texts(svg)[0].endswith("…")
    assert name in parsed(svg).find(f"{SVG}desc").text


def test_charts_need_a_period_for_every_value():
    with pytest.raises(ValueError, match="periods"):
        XmrChart("c", "t", "u", (), xmr([1]))
    with pytest.raises(ValueError, match="every period"):
        LineChart("l", "t", "u", ("2013",), (Series("A", (1, 2)),))


def test_a_chart_is_small():
    assert len(DRAWINGS["normal"]().encode()) <= 6 * 1024
    assert len(xmr_svg(chart([300 + i % 7 * 11 for i in range(36)], target=310)).encode()) <= 6 * 1024


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([371, 290, 450], (250, 450)),
        ([4] * 3, (0, 4)),
        ([0, 0], (0, 1)),
        ([0, 12], (0, 15)),
        ([-3, 8], (-5, 10)),
    ],
)
def test_axes_have_round_ends_that_hold_the_figures(values, ends):
    axis = axis_for(values, top=0, bottom=100, decimals=0)
    assert (axis.low, axis.high) == ends
    assert all(0 <= axis.y(value) <= 100 for value in values)


def test_labels_keep_apart_and_inside():
    assert spread([50, 51, 10], gap=20, low=0, high=60) == [40, 60, 10]
    assert spread([0, 0, 0], gap=10, low=0, high=100) == [0, 10, 20]


def test_colours_stand_out_from_white():
    def luminance(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    screen, _ = STYLES.split("@media print")
    colours = set(re.findall(r"#[0-9a-f]{6}", screen)) - {"#ffffff", "#cecece"}  # grid lines carry no meaning
    assert colours
    assert {c for c in colours if 1.05 / (luminance(c) + 0.05) < 3} == set()
