"""Corpus: what stands in cells (counts, periods, formula text, script text), the same through all four channels."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime

from corpus import CHANNELS, Case, Verdict, as_book, row_in, table, text, through
from workbooks import workbook

from hub.intake.table import Received

FIGURE = "referrals_made"

COUNTS: dict[str, str] = {
    "1,234": "number-with-separator", "1 234": "number-with-separator", "1'234": "number-with-separator", "1_000": "number-with-separator",
    "12.0": "number-with-decimals", "12.5": "number-with-decimals", "0.1": "number-with-decimals", "12,5": "number-with-decimals",
    "-1": "number-negative", "−1": "number-negative", "-0": "number-negative", "(5)": "number-negative", "-1,234": "number-negative",
    "1e3": "number-with-exponent", "1E+05": "number-with-exponent", "£12": "number-with-currency", "+5": "number-with-currency", "12%": "number-with-currency",
    "١٢٣": "number-with-other-digits", "१२": "number-with-other-digits", "１２": "number-with-other-digits", "²": "number-with-other-digits",
    "1000000000": "number-too-large", "99999999999999999999": "number-too-large",
    "<5": "number-hidden", "*": "number-hidden", "c": "number-hidden", "1-5": "number-hidden", ">10": "number-hidden", "~7": "number-hidden", "5+": "number-hidden",
    "n/a": "answer-not-offered", "nil": "answer-not-offered", "-": "answer-not-offered", "none": "answer-not-offered", "unknown": "answer-not-offered", "[x]": "answer-not-offered",
    "[z]": "answer-not-offered", "?": "answer-not-offered", "TBC": "answer-not-offered",
    "#REF!": "error-cell", "#N/A": "error-cell", "#DIV/0!": "error-cell",
    "twelve": "not-a-number", "3l": "not-a-number", "0x10": "not-a-number", "1/2": "not-a-number", "12 (est.)": "not-a-number", "12.": "not-a-number", ".5": "not-a-number",
    "1 2 3": "not-a-number", "NaN": "not-a-number", "inf": "not-a-number", "½": "not-a-number", "0b1": "not-a-number", "12\n": "",
    "0": "", "00": "", "007": "", "999999999": "", " 12 ": "", "\t12": "", "\u00a012": "",
}  # fmt: skip

PERIODS: dict[str, str] = {
    "2014-09": "", "2014-10": "", " 2014-09 ": "",
    "": "period-missing", "Sept 2014": "period-malformed", "September 2014": "period-malformed", "09/2014": "period-malformed", "2014/09": "period-malformed",
    "201409": "period-malformed", "2014-9": "period-malformed", "2014-13": "period-malformed", "2014-00": "period-malformed", "14-09": "period-malformed",
    "01/09/2014": "period-malformed", "2014-09-31": "period-malformed", "2014-02-30": "period-malformed", "2014": "period-malformed", "2014-15": "period-malformed",
    "Q2 2014": "period-malformed", "FY2014-16": "period-malformed", "FY2014": "period-malformed", "٢٠١٤-٠٩": "period-malformed", "0000-01": "period-malformed",
    "41883": "period-malformed", "last month": "period-malformed", "2014–09": "period-malformed",
    "2014-09-01": "period-of-another-kind", "FY2014-15": "period-of-another-kind", "FY2014-15Q2": "period-of-another-kind", "AY2014-15T1": "period-of-another-kind",
    "MY2014": "period-of-another-kind", "AY2014-15": "period-of-another-kind",
    "2015-06": "period-in-future", "2099-01": "period-in-future", "2010-01": "period-not-asked",
}  # fmt: skip


def _cell(value: str, code: str, column: str, category: str, name: str, row: int = 1) -> Iterator[Case]:
    verdict: Verdict = "errors" if code else "accepted"
    for channel in CHANNELS:
        received = through(channel, table(row, column, value))
        place = row_in(channel, row) if code else None
        yield Case(
            f"{category}/{name}-{channel}",
            category,
            received,
            verdict,
            code,
            place,
            column if code else None,
            "cells",
        )


def counts() -> Iterator[Case]:
    for number, (value, code) in enumerate(COUNTS.items()):
        yield from _cell(value, code, FIGURE, "counts", f"{number:02d}-{code or 'good'}")
    yield from _cell("", "figure-missing", FIGURE, "counts", "blank")
    yield from _cell("", "figure-blank", "logged_late", "counts", "blank-that-may-be")
    yield from _cell("[x]", "", "logged_late", "counts", "not-available-where-offered")
    yield from _cell("5", "figure-not-asked", "logged_late", "counts", "not-asked", row=2)
    typed = {
        "whole-decimal": (12.0, ""),
        "half": (12.5, "number-with-decimals"),
        "true": (True, "true-or-false"),
        "negative": (-3, "number-negative"),
        "huge": (1e20, "number-with-exponent"),
    }
    for name, (value, code) in typed.items():
        for channel, received in (
            ("xlsx", as_book(workbook(table(1, FIGURE, value)))),
            ("json", through("json", table(1, FIGURE, value))),
        ):
            if name == "huge" and channel == "xlsx":
                continue
            verdict: Verdict = "errors" if code else "accepted"
            place = (2 if channel == "xlsx" else 1) if code else None
            yield Case(
                f"counts/typed-{name}-{channel}",
                "counts",
                received,
                verdict,
                code,
                place,
                FIGURE if code else None,
                "cells",
            )
    day = as_book(workbook(table(1, FIGURE, date(2014, 1, 2))))
    yield Case("counts/typed-date-xlsx", "counts", day, "errors", "not-a-number", 2, FIGURE, "cells")
    for name, value in {"list": [1], "object": {"n": 1}}.items():
        yield Case(
            f"counts/typed-{name}-json",
            "counts",
            through("json", table(1, FIGURE, value)),
            "errors",
            "nested-value",
            1,
            FIGURE,
            "cells",
        )
    nan = json.dumps({"rows": [{"agency": "RQ3", FIGURE: float("nan")}]}).encode()
    yield Case("counts/typed-nan-json", "counts", Received("json", content=nan), "refused", "json-malformed")


def periods() -> Iterator[Case]:
    for number, (value, code) in enumerate(PERIODS.items()):
        yield from _cell(value, code, "period", "periods", f"{number:02d}-{code or 'good'}", row=4)
    for name, value, code in (
        ("first-of-month", date(2014, 9, 1), ""),
        ("midnight", datetime(2014, 9, 1), ""),
        ("another-day", date(2014, 9, 15), "period-of-another-kind"),
        ("a-time", datetime(2014, 9, 1, 12, 30), "period-malformed"),
    ):
        verdict: Verdict = "errors" if code else "accepted"
        yield Case(
            f"periods/typed-{name}-xlsx",
            "periods",
            as_book(workbook(table(4, "period", value))),
            verdict,
            code,
            5 if code else None,
            "period" if code else None,
            "cells",
        )


def formula_texts() -> Iterator[Case]:
    texts = [
        "=1+1",
        "+1+1",
        "-1+1",
        "@SUM(A1)",
        "=cmd|'/c calc'!A1",
        '=HYPERLINK("http://example.org")',
        "＝1+1",
        "\t=1",
        "=IMPORTXML(1)",
        "%0A-2+3",
        "'=1",
        "\u200b=2",
    ]
    for number, value in enumerate(texts):
        for channel in ("csv", "json", "form"):
            for column, row, codes in (
                (FIGURE, 1, ""),
                ("agency", 4, "agency-unknown"),
                ("code", 2, "code-unknown"),
            ):
                code = codes or "*"  # any finding at the cell: it is no number
                yield Case(
                    f"formula-text/{number:02d}-{column}-{channel}",
                    "formula text",
                    through(channel, table(row, column, value)),
                    "errors",
                    code,
                    row_in(channel, row),
                    column,
                    "cells",
                )  # type: ignore[arg-type]


def scripts() -> Iterator[Case]:
    texts = [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "javascript:alert(1)",
        "{{7*7}}",
        "${7*7}",
        "'; DROP TABLE facts;--",
        "../../etc/passwd",
        "%s%n",
        "<svg/onload=alert(1)>",
        "\u202egnp.exe",
        "A" * 5000,
    ]
    for number, value in enumerate(texts):
        for channel in CHANNELS:
            yield Case(
                f"script-text/{number:02d}-agency-{channel}",
                "script text",
                through(channel, table(4, "agency", value)),
                "errors",
                "agency-unknown",
                row_in(channel, 4),
                "agency",
                "cells",
            )
        heading = text(table(0, "logged_late", value))
        yield Case(
            f"script-text/{number:02d}-heading",
            "script text",
            Received("csv", "return.csv", heading),
            "errors",
            "unknown-column",
            1,
        )
        yield Case(
            f"script-text/{number:02d}-file-name",
            "script text",
            Received("csv", f"{value}.csv", text(table())),
            "accepted",
        )
