"""Corpus: identifiers and likely names of persons, in cells, headings, names of files and sheets, comments, properties."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from corpus import CHANNELS, Case, Verdict, as_book, as_csv, table, text, through
from openpyxl.comments import Comment
from workbooks import workbook

IDENTIFIERS = {
    "nhs-number": ["943 476 5919", "9434765919", "943-476-5919", "NHS no. 987 654 3210", "9990000018"],
    "pupil-number": ["H801200001001", "h801200001001"],
    "national-insurance-number": ["AB123456C", "AB 12 34 56 C"],
    "date-of-birth": ["DOB 12/03/2009", "born on 3 March 2009", "d.o.b. 2009-03-12"],
    "private-e-mail": ["anna.b@gmail.com", "the.family@hotmail.co.uk"],
    "home-address": ["lives at 14 Acacia Avenue", "family home B14 7QH"],
}
ASKED = {
    "likely-name": ["Jayden Smith", "Smith, Olivia", "child Amelia"],
    "postcode": ["B14 7QH"],
    "mobile-number": ["07700 900123"],
    "e-mail-address": ["anna@example.org"],
}


def personal_data() -> Iterator[Case]:
    for code, texts in IDENTIFIERS.items():
        for number, value in enumerate(texts):
            for channel in CHANNELS:
                yield Case(
                    f"personal-data/{code}-{number}-cell-{channel}",
                    "personal data",
                    through(channel, table(4, "code", value)),
                    "refused",
                    code,
                )
            yield from _around(value, f"{code}-{number}", "refused", code)
    for code, texts in ASKED.items():
        for number, value in enumerate(texts):
            rows = [[*row, extra] for row, extra in zip(table(), ["remarks", "", value, "", ""], strict=True)]
            yield Case(
                f"personal-data/{code}-{number}-remark.csv",
                "personal data",
                as_csv(text(rows)),
                "queries",
                code,
                3,
            )
    for number, heading in enumerate(
        ["NHS number", "UPN", "Date of Birth", "Child's name", "Surname", "LAchildID", "Postcode", "Case ID"]
    ):
        rows = [[*row, extra] for row, extra in zip(table(), [heading, "1", "2", "3", "4"], strict=True)]
        yield Case(
            f"personal-data/heading-{number}.csv",
            "personal data",
            as_csv(text(rows)),
            "refused",
            "personal-column",
        )
    order = [
        [*row, extra]
        for row, extra in zip(
            table(), ["order", "4500012346", "4500012347", "4500012348", "4500012349"], strict=True
        )
    ]
    yield Case(
        "personal-data/order-numbers.csv", "personal data", as_csv(text(order)), "errors", "unknown-column", 1
    )


def _around(value: str, name: str, verdict: Verdict, code: str) -> Iterator[Case]:
    """The same words in a heading, a file's name, and the other places of a workbook."""
    heading = text(table(0, "logged_late", value))
    yield Case(f"personal-data/{name}-heading.csv", "personal data", as_csv(heading), verdict, code)
    yield Case(
        f"personal-data/{name}-file-name.csv",
        "personal data",
        as_csv(text(table()), f"{value.replace('/', '-')}.csv"),
        verdict,
        code,
    )
    changes: dict[str, Any] = {
        "comment": lambda sheet: setattr(sheet["A2"], "comment", Comment(value, "analyst")),
        "hidden-sheet": lambda sheet: _hidden(sheet, value),
        "title": lambda sheet: setattr(sheet.parent.properties, "title", value),
        "page-footer": lambda sheet: setattr(sheet.oddFooter.left, "text", value),
    }
    for place, change in changes.items():
        yield Case(
            f"personal-data/{name}-{place}.xlsx",
            "personal data",
            as_book(workbook(table(), change=change)),
            verdict,
            code,
        )


def _hidden(sheet: Any, value: str) -> None:
    other = sheet.parent.create_sheet("Old")
    other.append([value])
    other.sheet_state = "hidden"
