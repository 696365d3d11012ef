"""Templates: what stands in them, and that spreadsheets and intake read them back."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from hub.definitions import catalogue
from hub.definitions.as_template import Sender, template
from hub.errors import WrongUsage
from hub.periods import parse

LISTS = {
    **{
        code: {item.code: item.title for item in codelist.items}
        for code, codelist in catalogue.shipped().codelists.items()
    },
    "areas": {"south": "South", "east": "East", "nwc": "=North, West and Central"},
    "members": {"RQ3": "Children’s Hospital", "RXK": "Sandwell"},
}


def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def made(code: str, *, kind: str, agency: str, period: str, format: str = "xlsx", **known: Any) -> bytes:
    return template(
        catalogue.shipped().latest(code),
        Sender("birmingham-example", agency, kind, LISTS, **known),
        parse(period),
        format=format,  # type: ignore[arg-type]
    )


def test_a_trusts_workbook_holds_its_rows_and_no_others() -> None:
    data = sheets(made("referrals", kind="nhs_trust", agency="RQ3", period="2014-09"))["Data"]
    assert data[0][0] == (
        "Referrals made to the front door · referrals version 1 · agency RQ3 · September 2014 (2014-09)"
    )
    assert data[2] == ["partnership", "agency", "period", "breakdown", "code", "Referrals made"]
    rows = data[3:]
    assert rows[0] == ["birmingham-example", "RQ3", "2014-09", "total", "", ""]
    assert {(row[3], row[4]) for row in rows if row[3] == "area"} == {
        ("area", "south"),
        ("area", "east"),
        ("area", "nwc"),
        ("area", "not-known"),
    }
    assert len(rows) == 1 + len(LISTS["settings"]) + len(LISTS["categories"]) + len(
        LISTS["residences"]
    ) + 4 + len(LISTS["emergency-departments"])
    assert {row[5] for row in rows} == {""}  # no example pollutes the data


def test_a_schools_workbook_has_a_row_for_each_month_of_the_term() -> None:
    rows = sheets(made("referrals", kind="school", agency="100001", period="AY2014-15T2"))["Data"][3:]
    assert [row[:5] for row in rows] == [
        ["birmingham-example", "100001", month, "total", ""] for month in ("2015-01", "2015-02", "2015-03")
    ]


def test_a_longer_period_gives_a_row_for_each_month_in_it() -> None:
    content = made("referrals", kind="school", agency="100001", period="AY2014-15", format="csv")
    assert content.decode("utf-8-sig").count("total") == 12


def test_a_period_too_short_for_a_row_is_refused_with_the_right_one() -> None:
    with pytest.raises(WrongUsage, match=r"Write FY2014-15\."):
        made("dfe-referrals", kind="council", agency="330", period="2014-09")


def test_the_councils_csv_asks_every_figure() -> None:
    content = made("front-door", kind="council", agency="330", period="2014-10", format="csv")
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    definition = catalogue.shipped().latest("front-door")
    assert rows[0] == [
        "partnership",
        "agency",
        "period",
        "breakdown",
        "code",
        *(f.name for f in definition.figures),
        "template",
    ]
    assert rows[1][-1] == "front-door version 1 · agency 330 · October 2014 (2014-10)"
    assert len(rows) - 1 == 1 + 4 + 11 + 4 + 2 + 2 * 4 + 4 + 8 + 7


def test_the_workbook_keeps_periods_as_text_and_locks_headings_only() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(made("referrals", kind="nhs_trust", agency="RQ3", period="2014-09"))
    )
    data = book["Data"]
    period, figure, heading = data["C4"], data["F4"], data["F3"]
    assert (period.data_type, period.number_format, period.value) == ("s", "@", "2014-09")
    assert data.protection.sheet
    assert heading.protection.locked
    assert not figure.protection.locked
    assert heading.alignment.wrap_text
    assert data.freeze_panes == "F4"


def test_drop_downs_come_from_the_visible_lists_sheet() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(made("referrals", kind="police", agency="E23000014", period="2014-09"))
    )
    assert [(sheet.title, sheet.sheet_state) for sheet in book.worksheets] == [
        ("Data", "visible"),
        ("Lists", "visible"),
        ("Notes", "visible"),
    ]
    choices = {
        str(choice.sqref).split(":")[0]: choice for choice in book["Data"].data_validations.dataValidation
    }
    assert sorted(choices) == ["D4", "E4", "F4"]
    assert choices["D4"].formula1 == "Lists!$D$2:$D$6"
    codes = [cell.value for (cell,) in book["Lists"][choices["E4"].formula1.split("!")[1].replace("$", "")]]
    assert {"emergency-department", "neglect", "south", "not-known"} <= set(codes)
    assert not choices["F4"].showErrorMessage  # numbers may stand beside the offered answers


def test_a_name_that_looks_like_a_formula_stays_text() -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(made("referrals", kind="nhs_trust", agency="RQ3", period="2014-09"))
    )
    formulas = [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f"
    ]
    assert formulas == []
    assert "=North, West and Central" in {row[2] for row in book["Lists"].iter_rows(values_only=True)}


def test_notes_say_what_to_count_and_who_sees_it() -> None:
    notes = sheets(made("front-door", kind="council", agency="330", period="2014-10"))["Notes"]
    text = "\n".join(str(cell) for row in notes for cell in row)
    assert "A contact that was passed to early help; somebody acts." in text
    assert "measure RF04" in text


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_intake_reads_the_template_back(format: str) -> None:
    from hub.intake.read import read
    from hub.intake.table import Received

    definition = catalogue.shipped().latest("front-door")
    content = made("front-door", kind="council", agency="330", period="2014-10", format=format)
    channel = "xlsx" if format == "xlsx" else "csv"
    table = read(Received(channel, f"front-door.{format}", content), definition)
    assert len(table.frame) == 1 + 4 + 11 + 4 + 2 + 2 * 4 + 4 + 8 + 7
    assert list(table.frame["period"].unique()) == ["2014-10"]
    assert [finding.code for finding in table.findings] == []
    if format == "xlsx":
        assert table.version == "1"


def as_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


MARCH = {
    ("2015-03", "total", "", "referrals_made"): "148",
    ("2015-03", "setting", "maternity", "referrals_made"): "[x]",
}
TYPED = {
    ("2015-04", "total", "", "referrals_made"): "1,50",
    ("2015-04", "setting", "old ward", "referrals_made"): "3",
}


def april(format: str) -> bytes:
    return made(
        "referrals", kind="nhs_trust", agency="RQ3", period="2015-04", format=format, typed=TYPED, signed=MARCH, before=parse("2015-03")
    )  # fmt: skip


def test_what_was_typed_stands_in_the_cells_and_what_was_signed_before_beside_them() -> None:
    rows = {(row["breakdown"], row["code"]): row for row in as_rows(april("csv"))}
    beside = "Signed for 2015-03: referrals_made"
    assert (rows["total", ""]["referrals_made"], rows["total", ""][beside]) == ("1,50", "148")
    assert (rows["setting", "maternity"]["referrals_made"], rows["setting", "maternity"][beside]) == (
        "",
        "[x]",
    )
    assert rows["setting", "old ward"]["referrals_made"] == "3"  # no line of the form, and yet not lost
    assert list(rows)[-1] == ("setting", "old ward")


def test_the_workbook_shows_the_period_before_as_locked_numbers() -> None:
    data = openpyxl.load_workbook(io.BytesIO(april("xlsx")))["Data"]
    assert (data["F3"].value, data["G3"].value) == ("Referrals made", "Signed for March 2015: Referrals made")
    assert (data["F4"].value, data["G4"].value) == ("1,50", 148)
    assert (data["F4"].protection.locked, data["G4"].protection.locked) == (False, True)
    assert "nothing is read from them" in data["A2"].value
    assert [str(each.sqref)[0] for each in data.data_validations.dataValidation] == ["D", "E", "F"]


def test_a_register_begins_with_the_rows_that_were_signed_last() -> None:
    cells = {
        ("AY2013-14", "contract", "boxing", "provider"): "=Open Door",
        ("AY2013-14", "contract", "2", "provider"): "Elm",
    }
    content = made(
        "school-safeguarding", kind="school", agency="990001", period="AY2014-15", format="csv", signed=cells, before=parse("AY2013-14")
    )  # fmt: skip
    rows = [row for row in as_rows(content) if row["breakdown"] == "contract"]
    assert [row["code"] for row in rows] == ["boxing", "2", "1", "3", "4"]
    assert rows[0]["Signed for AY2013-14: provider"] == "'=Open Door"  # no formula leaves in a CSV
    assert [row["provider"] for row in rows] == [""] * 5
