"""Corpus: pounds and posts, with their two decimals, the same through all four channels."""

from __future__ import annotations

from collections.abc import Iterator

from corpus import CHANNELS, Case, row_in, through
from small_return import MONEY

HEADINGS = ["partnership", "agency", "period", "breakdown", "code", "paid", "posts"]

# The most is a million pounds, or a thousand posts.
PAID: dict[str, str] = {
    "0": "", "1200": "", "1200.5": "", "1200.50": "", "0.01": "", "1000000": "", "1000000.00": "", " 12.00 ": "", "0012.30": "",
    "12.345": "number-with-decimals", "0.001": "number-with-decimals", ".50": "not-a-number", "12.": "not-a-number", "12.5.0": "not-a-number",
    "1,200": "number-with-separator", "1,200.50": "number-with-separator", "1200,50": "number-with-separator", "1 200": "number-with-separator",
    "£1200": "number-with-currency", "£ 1200.50": "number-with-currency", "€1200": "number-in-other-currency", "$1200": "number-in-other-currency",
    "1200 GBP": "not-a-number", "12 pounds": "not-a-number", "1.2k": "not-a-number", "2m": "not-a-number",
    "-5": "number-negative", "-5.00": "number-negative", "(5.00)": "number-negative", "−5": "number-negative",
    "1000000.01": "number-too-large", "9999999999": "number-too-large",
    "1e3": "number-with-exponent", "١٢": "number-with-other-digits", "１２.５０": "number-with-other-digits",
    "": "figure-missing", "n/a": "answer-not-offered", "nil": "answer-not-offered", "[x]": "answer-not-offered",
    "#VALUE!": "error-cell", "tbc": "answer-not-offered", "<5": "number-hidden",
}  # fmt: skip
POSTS: dict[str, str] = {
    "8": "", "0.5": "", "7.60": "", "1000": "",
    "7.625": "number-with-decimals", "1000.01": "number-too-large", "-1": "number-negative", "8 FTE": "not-a-number",
    "7,6": "number-with-separator", "½": "not-a-number", "": "figure-missing", "£8": "number-with-currency",
}  # fmt: skip


def money() -> Iterator[Case]:
    for column, texts in (("paid", PAID), ("posts", POSTS)):
        for number, (value, code) in enumerate(texts.items()):
            row = {"paid": "1200.50", "posts": "8", column: value}
            rows = [
                HEADINGS,
                ["birmingham-example", "RQ3", "2014-09", "total", "", row["paid"], row["posts"]],
            ]
            for channel in CHANNELS:
                yield Case(
                    f"money/{column}-{number:02d}-{code or 'good'}-{channel}",
                    "money",
                    through(channel, rows),
                    "errors" if code else "accepted",
                    code,
                    row_in(channel, 1) if code else None,
                    column if code else None,
                    "cells",
                    MONEY,
                )
