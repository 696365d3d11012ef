"""One table in every format: the same cells, no formula, and a CSV that says what it is by CSV on the Web."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import python_calamine
from csvw import CSVW

from hub.board.downloads.formats import FORMATS
from hub.board.downloads.model import Column, Download, stem

AS_AT = datetime(2015, 5, 18, 9, 30, tzinfo=UTC)
HOSTILE = ["=1+1", "+cmd|'/c calc'!A1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", '<b a="1">&', "two\nlines"]
COLUMNS = (
    Column("line", "Line", "string", "What it is."),
    Column("value", "Value", "number", "How many."),
    Column("returned", "Returned", "integer", "How many came."),
    Column("on", "On", "date", "Which day."),
    Column("state", "State", "string", "Why there is none.", (("missing", "never zero"),)),
)
ROWS = (
    *((text, -12.5, 0, date(2015, 4, 30), "value") for text in HOSTILE),
    ("nothing came", None, None, None, "missing"),
)
TABLE = Download(
    stem=stem("330", "RF02", "2015-04", as_at=AS_AT),
    title="Referrals & more",
    columns=COLUMNS,
    rows=ROWS,
    notes=(("=RF02", "Read with care."),),
    place="Testshire",
    as_at=AS_AT,
    address="https://hub.example/tables?measure=RF02&as_at=2015-05-18",
    terms="https://hub.example/terms",
    first=date(2015, 4, 1),
    last=date(2015, 4, 30),
    laid_out=lambda: (("Line", "April"), ("=1", -12.5)),
)


def test_both_workbooks_hold_the_same_sheets_numbers_stay_numbers_and_no_text_is_a_formula() -> None:
    books = {
        ending: python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(FORMATS[ending].make(TABLE)))
        for ending in ("xlsx", "ods")
    }
    for ending, book in books.items():
        assert book.sheet_names == ["Table", "Data", "Notes", "Data dictionary"], ending
        data = book.get_sheet_by_name("Data").to_python()
        assert data[0] == ["line", "value", "returned", "on", "state"]
        assert data[1] == ["'=1+1", -12.5, 0, date(2015, 4, 30), "value"]
        assert data[8][0] == '<b a="1">&'  # what only looks like markup is text
        assert data[-1] == ["nothing came", "", "", "", "missing"]
        assert book.get_sheet_by_name("Table").to_python()[1] == ["'=1", -12.5]
        assert book.get_sheet_by_name("Notes").to_python()[1] == ["'=RF02", "Read with care."]
        dictionary = book.get_sheet_by_name("Data dictionary").to_python()
        assert dictionary[5] == [
            "state", "State", "string", "Why there is none.", "missing", "never zero"
        ]  # fmt: skip
        texts = [row[0] for row in data[1:]]
        assert not any(text.startswith(("=", "+", "-", "@", "\t", "\r", "＝")) for text in texts), ending
    read = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"].make(TABLE)))
    types = {cell.data_type for sheet in read for row in sheet.iter_rows() for cell in row}
    assert "f" not in types
    with zipfile.ZipFile(io.BytesIO(FORMATS["ods"].make(TABLE))) as ods:
        assert ods.namelist()[0] == "mimetype" and ods.infolist()[0].compress_type == zipfile.ZIP_STORED
        assert b"table:formula" not in ods.read("content.xml")


def test_the_csv_is_what_its_metadata_says_to_a_reader_of_the_standard(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(FORMATS["zip"].make(TABLE))) as made:
        made.extractall(tmp_path)
    name = "330_RF02_2015-04_as-at-2015-05-18.csv"
    assert {each.name for each in tmp_path.iterdir()} == {
        name,
        f"{name}-metadata.json",
        name.replace(".csv", "_data-dictionary.csv"),
        name.replace(".csv", "_notes.csv"),
    }
    document = CSVW(str(tmp_path / f"{name}-metadata.json"), validate=True)
    assert document.is_valid, [str(warning.message) for warning in document.warnings]
    (table,) = document.tables
    rows = list(table.iterdicts())
    # Types come from the metadata alone: the text of the file says nothing of them.
    assert rows[0] == {
        "line": "'=1+1", "value": -12.5, "returned": 0, "on": datetime(2015, 4, 30), "state": "value"
    }  # fmt: skip
    assert rows[-1]["value"] is None and rows[-1]["state"] == "missing"
    told = json.loads((tmp_path / f"{name}-metadata.json").read_text(encoding="utf-8"))
    assert told["dc:valid"] == "2015-05-18T09:30:00+00:00" and told["dc:temporal"] == "2015-04-01/2015-04-30"
    assert told["dc:license"] == {"@id": "https://hub.example/terms"}
    assert "missing: never zero" in told["tableSchema"]["columns"][4]["dc:description"]
    file = tmp_path / name  # and a file that is not what it says is found out
    file.write_text(file.read_text(encoding="utf-8").replace("-12.5", "many", 1), encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("always")  # which the validator collects
        assert not CSVW(f"{file}-metadata.json", validate=True).is_valid


def test_plain_csv_is_safe_and_blank_where_there_is_nothing() -> None:
    rows = list(csv.reader(io.StringIO(FORMATS["csv"].make(TABLE).decode(), newline="")))
    assert rows[1][0] == "'=1+1" and rows[1][1] == "-12.5"
    assert rows[-1] == ["nothing came", "", "", "", "missing"]
