"""No text that leaves is ever calculated by the program that opens it."""

from __future__ import annotations

import csv
import io
import random

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st

from hub.exports import formula_safe, safe_row

STARTS = [
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "\x00",
    "＝",
    "＋",
    "－",
    "＠",
    " =",
    "\u200b=",
    "\ufeff@",
    "\x00\x01=",
    "−",
    "",
]
REST = [
    "1+1",
    "cmd|'/c calc'!A1",
    'HYPERLINK("http://example.org")',
    "SUM(A1:A9)",
    "-",
    "a,b",
    'say "so"',
    "x\ny",
    "12",
    "",
]


def ten_thousand() -> list[str]:
    chance = random.Random(20150518)
    alphabet = [*"=+-@\t\r\n\x00 ＝＋－＠'\"abc019.,;|é", "\u200b"]
    made = [start + rest for start in STARTS for rest in REST]
    return made + [
        "".join(chance.choices(alphabet, k=chance.randint(0, 12))) for _ in range(10_000 - len(made))
    ]


def is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True


def test_ten_thousand_texts_come_back_from_a_workbook_without_one_formula() -> None:
    texts = [formula_safe(text) for text in ten_thousand()]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for text in texts:
        sheet.append([text])
    content = io.BytesIO()
    book.save(content)
    read = openpyxl.load_workbook(io.BytesIO(content.getvalue())).active
    assert read is not None
    assert [cell.coordinate for (cell,) in read.iter_rows() if cell.data_type == "f"] == []
    values = python_calamine.CalamineWorkbook.from_filelike(
        io.BytesIO(content.getvalue())
    ).get_sheet_by_index(0)
    assert not any(str(row[0]).startswith("=") for row in values.to_python())


def test_ten_thousand_texts_come_back_from_csv_without_one_formula() -> None:
    written = io.StringIO(newline="")
    csv.writer(written).writerows(safe_row([text]) for text in ten_thousand())
    for (cell,) in csv.reader(io.StringIO(written.getvalue(), newline="")):
        assert not cell.startswith(("=", "@", "\t", "\r", "\n", "\x00", "＝", "＋", "－", "＠"))
        assert not cell.startswith(("+", "-")) or is_number(cell)


@pytest.mark.parametrize("number", ["-12.50", "-1,234.50", "+3", "0", "-0", "1234"])
def test_numbers_stay_numbers(number: str) -> None:
    assert formula_safe(number) == number


def test_cells_that_are_no_text_are_left_as_they_are() -> None:
    assert safe_row([-5, 2.5, None, True, "=1", "-5"]) == [-5, 2.5, None, True, "'=1", "-5"]


@given(
    st.text(
        alphabet=st.characters(
            exclude_characters="=+-@＝＋－＠﹢﹣﹦﹫−\t\r\n", categories=["L", "N", "P", "Zs"]
        )
    )
)
def test_ordinary_words_are_left_as_they_are(text: str) -> None:
    assert formula_safe(text) == text


@pytest.mark.parametrize("text", ["+44 121 496 0000", "-- none", "-5+cmd", "=-1", "\t5", "@home", "-1,23.4"])
def test_what_only_looks_like_a_number_is_made_safe(text: str) -> None:
    assert formula_safe(text) == f"'{text}"
