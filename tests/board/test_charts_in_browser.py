"""The drawings in a real browser under the strict policy, on a wide screen and a narrow one."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from hub.board.chart_inputs import Bar, BarChart, LineChart, Note, Period, Series, XmrChart
from hub.board.charts import bar_svg, line_svg, xmr_svg
from hub.statistics.xmr import xmr

STYLES = (Path(__file__).parents[2] / "hub/web/static/charts.css").read_text()
POLICY = "default-src 'none'; style-src 'self'"


def page_text() -> str:
    periods = tuple(Period(f"Month {i}", f"M{i}") for i in range(36))
    values = [1300 + i % 7 * 40 for i in range(35)] + [2100]
    charts = [
        xmr_svg(
            XmrChart("x", "Referrals", "referrals", periods, xmr(values, target=1500), (Note(4, "An event"),))
        ),
        bar_svg(
            BarChart(
                "b", "Rates", "%", (Bar("Bournemouth, Christchurch and Poole", 50, "own"), Bar("Luton", None))
            )
        ),
        line_svg(LineChart("l", "Rates", "%", ("2014", "2015"), (Series("Statistical neighbours", (5, 6)),))),
    ]
    figures = "".join(f'<figure class="chart-frame">{chart}</figure>' for chart in charts)
    return f'<!doctype html><html lang="en"><title>t</title><link rel="stylesheet" href="/charts.css">{figures}</html>'


@pytest.mark.browser
def test_no_policy_violation_and_every_letter_inside_at_any_width(chromium):
    text = page_text()
    seen = SimpleNamespace(messages=[])

    def answer(route):
        if route.request.url.endswith(".css"):
            route.fulfill(content_type="text/css", body=STYLES)
        else:
            route.fulfill(content_type="text/html", body=text, headers={"Content-Security-Policy": POLICY})

    page = chromium.new_page()
    page.on("console", lambda message: seen.messages.append(message.text))
    page.route("**/*", answer)
    for width, least_letter in ((1024, 14), (320, 9)):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto("http://charts.test/")
        boxes = page.eval_on_selector_all(
            "svg text",
            """nodes => nodes.filter(n => n.getClientRects().length).map(n => ({
                right: n.getBoundingClientRect().right, left: n.getBoundingClientRect().left,
                size: parseFloat(getComputedStyle(n).fontSize) * n.getScreenCTM().a}))""",
        )
        assert len(boxes) > 15
        assert min(box["left"] for box in boxes) >= 0
        assert max(box["right"] for box in boxes) <= min(width, 700)
        assert min(box["size"] for box in boxes) >= least_letter
    page.close()
    assert seen.messages == []
