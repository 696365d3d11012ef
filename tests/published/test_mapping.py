"""A mapping reads the publisher's own download like the trimmed table, and an agency's own columns like a return."""

import csv
import io
from pathlib import Path

import pytest

from hub.definitions.catalogue import shipped
from hub.definitions.frames import cells_frame, rows_frame
from hub.definitions.mapping_model import ColumnMapping
from hub.definitions.mappings import read_mapping
from hub.errors import DefinitionErrors
from hub.intake.mapping import read_mapped
from hub.intake.table import Received, Refused, Table
from hub.intake.years import period_code
from hub.periods import Kind
from tests.england_world import TABLES


def mapping_named(name: str) -> ColumnMapping:
    return read_mapping(shipped().mappings[name], shipped().returns, shipped().codelists)


def mapped(content: bytes, mapping: ColumnMapping) -> Table:
    received = Received(channel="import", filename="t.csv", content=content)
    return read_mapped(received, mapping, shipped().latest(mapping.return_code))


@pytest.mark.parametrize("name", sorted(shipped().mappings))
def test_every_shipped_mapping_is_in_order(name: str) -> None:
    assert mapping_named(name).code == name


def as_downloaded(content: bytes) -> bytes:
    """The same table as the publisher's own download has it: capitals, more columns in another order, 201718."""
    rows = list(csv.DictReader(io.StringIO(content.decode())))
    renamed = []
    for row in rows:
        year = int(row["time_period"])
        row["time_period"] = f"{year - 1}{year % 100:02d}"
        wide = {"TIME_IDENTIFIER": "Financial year", "COUNTRY_NAME": "England", "COUNTRY_CODE": "E92000001"}
        wide |= {name.upper(): cell for name, cell in reversed(row.items())}
        renamed.append({**wide, "CATEGORY": "All"})
    written = io.StringIO()
    writer = csv.DictWriter(written, renamed[0], lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(renamed)
    return b"\xef\xbb\xbf" + written.getvalue().encode()


@pytest.mark.published
@pytest.mark.parametrize("name", ["dfe-referrals", "dfe-section47"])
def test_the_publishers_own_download_reads_the_same(published_data: Path, name: str) -> None:
    content = (published_data / TABLES[name]).read_bytes()
    mapping = mapping_named(name)
    table = mapped(as_downloaded(content), mapping)
    assert table.findings == ()
    assert table.frame.equals(mapped(content, mapping).frame)
    assert len(table.frame) == 2080


@pytest.mark.published
def test_a_damaged_national_table_names_every_line(published_data: Path) -> None:
    lines = (published_data / TABLES["dfe-referrals"]).read_text(encoding="utf-8").split("\n")
    lines[99] = lines[99].replace("Local authority", "Borough")
    cells = lines[1499].split(",")
    lines[1499] = ",".join([*cells[:7], "q", *cells[8:]])
    table = mapped("\n".join(lines).encode(), mapping_named("dfe-referrals"))
    assert [(finding.code, finding.where.row) for finding in table.findings] == [
        ("agency-not-placed", 100),
        ("unknown-symbol", 1500),
    ]


@pytest.mark.published
def test_a_national_table_without_a_column_is_refused(published_data: Path) -> None:
    text = (published_data / TABLES["dfe-section47"]).read_text(encoding="utf-8")
    with pytest.raises(Refused) as refused:
        mapped(text.replace("icpc_child", "other", 1).encode(), mapping_named("dfe-section47"))
    assert [finding.where.column for finding in refused.value.findings] == ["icpc_child"]
    assert "“icpc_child”" in refused.value.findings[0].message


OWN = """
mapping: our-system
version: 1
title: What our records system exports
return: referrals
about: Report 12 of the records system.
agency:
  - {code: RXT}
period: {column: Month, kind: month}
values:
  Unit: {A&E: emergency-department, Ward 4: maternity}
symbols: {n/a: not_available, "": missing}
leave_out:
  - where: {Unit: [Test unit]}
    reason: rows of the test unit
  - where: {Status: [void, cancelled]}
    reason: referrals that were cancelled
rows:
  - {breakdown: setting, code_column: Unit, figures: {referrals_made: Sent}}
"""

EXPORT = """Unit,Month,Sent,Status
A&E,Sep-14,12,ok
Ward 4,Sep-14,n/a,ok
Test unit,Sep-14,99,ok
a&e,Oct-14,7,ok
Ward 4,Oct-14,5,Cancelled
custody,Oct-14,1,ok
"""


def own_mapping(folder: Path, text: str = OWN) -> ColumnMapping:
    file = folder / "our-system.yaml"
    file.write_text(text, encoding="utf-8")
    return read_mapping(file, shipped().returns, shipped().codelists)


def test_an_agency_maps_its_own_export(tmp_path: Path) -> None:
    table = mapped(EXPORT.encode(), own_mapping(tmp_path))
    rows = table.frame[["agency", "period", "breakdown", "code", "referrals_made", "row_no"]]
    assert rows.to_numpy().tolist() == [
        ["RXT", "2014-09", "setting", "emergency-department", "12", 2],
        ["RXT", "2014-09", "setting", "maternity", "[x]", 3],
        ["RXT", "2014-10", "setting", "emergency-department", "7", 5],
        ["RXT", "2014-10", "setting", "custody", "1", 7],
    ]
    assert [(ignored.what, ignored.count) for ignored in table.ignored] == [
        ("rows of the test unit", 1),
        ("referrals that were cancelled", 1),
    ]


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("return: referrals", "return: referals", 5, "is not a return"),
        ("kind: month", "kind: mid_year", 9, "has a row for each"),
        ("not_available,", "unknown,", 12, "“unknown” is not a state"),
        ("not_available,", "hidden,", 12, "may be answered “hidden”"),
        ("breakdown: setting", "breakdown: place", 19, "“place” is not a breakdown"),
        ("referrals_made: Sent", "referrals_sent: Sent", 19, "“referrals_sent” is not a figure"),
        ("code_column: Unit", "code: Ward", 19, "“Ward” is not in the list “settings”"),
        ("{code: RXT}", "{}", 8, "give either a column or a code"),
        ("version: 1", "version: 1\ncolour: red", 4, "is not known here"),
    ],
)  # fmt: skip
def test_a_wrong_mapping_is_refused_with_line_and_cause(
    tmp_path: Path, old: str, new: str, line: int, words: str
) -> None:
    with pytest.raises(DefinitionErrors) as refused:
        own_mapping(tmp_path, OWN.replace(old, new, 1))
    assert any(error.line == line and words in error.cause for error in refused.value.errors), str(
        refused.value
    )


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("2014", "financial_year", "FY2013-14"),
        ("201718", "financial_year", "FY2017-18"),
        ("2017/18", "financial_year", "FY2017-18"),
        ("2011-12", "financial_year", "FY2011-12"),
        ("2017-2018", "financial_year", "FY2017-18"),
        ("FY2017-18", "financial_year", "FY2017-18"),
        ("199900", "financial_year", "FY1999-00"),
        ("201719", "financial_year", None),
        ("2014-09", "financial_year", None),
        ("20", "financial_year", None),
        ("2014", "mid_year", "MY2014"),
        ("mid-2014", "mid_year", "MY2014"),
        ("201718", "mid_year", None),
        ("201409", "month", "2014-09"),
        ("09/2014", "month", "2014-09"),
        ("Sept-14", "month", None),
        ("Sep-14", "month", "2014-09"),
        ("September 2014", "month", "2014-09"),
        ("2014-13", "month", None),
        ("", "month", None),
    ],
)
def test_years_and_months_as_others_write_them(text: str, kind: Kind, code: str | None) -> None:
    assert period_code(text, kind) == code


def test_a_bare_year_may_be_the_one_that_starts() -> None:
    assert period_code("2014", "financial_year", year="starts") == "FY2014-15"


def test_a_file_with_persons_in_it_is_refused(tmp_path: Path) -> None:
    """Also in a column that the mapping does not read: nothing of the file is kept."""
    export = EXPORT.replace("Status", "Status,NHS number").replace(",ok\n", ",ok,943 476 5919\n")
    with pytest.raises(Refused) as refused:
        mapped(export.encode(), own_mapping(tmp_path))
    assert {finding.severity for finding in refused.value.findings} == {"error"}
    assert "943" not in str([finding.message for finding in refused.value.findings])


def test_columns_become_lines_of_a_return_with_several_figures() -> None:
    """Several lines of one row of the file are judged as the lines that they are."""
    police = (2, "2014-09", "source", "police")
    schools = (2, "2014-09", "source", "schools")
    cells = [
        (*police, "contacts", 5, "value"),
        (*police, "referrals", 3, "value"),
        (*schools, "contacts", 4, "value"),
        (*schools, "referrals", None, "not_available"),
    ]
    frame = rows_frame(cells_frame([("a/b/2014-09", cells)]), ["contacts", "referrals"])
    assert frame[["row_no", "code", "contacts"]].to_numpy().tolist() == [
        [2, "police", 5.0],
        [2, "schools", 4.0],
    ]
    assert frame["referrals"].isna().tolist() == [False, True]


def lines_of(export: str, folder: Path, text: str, *, period: str = "") -> list[list[object]]:
    table = read_mapped(
        Received("csv", "export.csv", export.encode(), period=period),
        own_mapping(folder, text),
        shipped().latest("referrals"),
    )
    assert [finding.message for finding in table.findings] == []
    return table.frame[["period", "breakdown", "code", "referrals_made", "row_no"]].to_numpy().tolist()  # type: ignore[no-any-return]


HEAD = """
mapping: our-system
version: 1
title: What our records system exports
return: referrals
about: Report 12 of the records system.
agency:
  - {code: RXT}
"""


def test_a_column_for_each_month_becomes_rows_of_each_month(tmp_path: Path) -> None:
    """Next month's file has one column more, and the mapping need not know it; a month without a figure is passed over."""
    text = HEAD + (
        "period: {across: Sent, kind: month}\nadd_up: true\n"
        "values: {Unit: {A&E: emergency-department, Ward 4: maternity, All: total}}\n"
        "rows:\n  - {breakdown: setting, code_column: Unit, figures: {referrals_made: Sent}}\n"
    )
    export = "Unit,Sep-14,Oct 2014,30/11/2014,2014-12\nA&E,12,7,1,\nWard 4,3,4,0,\nAll,15,11,1,\n"
    assert lines_of(export, tmp_path, text) == [
        ["2014-09", "setting", "emergency-department", "12", 2],
        ["2014-10", "setting", "emergency-department", "7", 2],
        ["2014-11", "setting", "emergency-department", "1", 2],
        ["2014-09", "setting", "maternity", "3", 3],
        ["2014-10", "setting", "maternity", "4", 3],
        ["2014-11", "setting", "maternity", "0", 3],
        ["2014-09", "total", "", "15", 4],
        ["2014-10", "total", "", "11", 4],
        ["2014-11", "total", "", "1", 4],
    ]


def test_a_wrong_figure_below_a_month_is_found_at_its_own_column(tmp_path: Path) -> None:
    text = HEAD + (
        "period: {across: Sent, kind: month}\n"
        "rows:\n  - {breakdown: setting, code_column: Unit, figures: {referrals_made: Sent}}\n"
    )
    received = Received("csv", "export.csv", b"Unit,Sep-14,Oct-14\nmaternity,12,few\n")
    table = read_mapped(received, own_mapping(tmp_path, text), shipped().latest("referrals"))
    assert [(each.code, each.where.row, each.where.column) for each in table.findings] == [
        ("unknown-symbol", 2, "Oct-14")
    ]
    received = Received("csv", "export.csv", b"Unit,Number\nmaternity,12\n")
    with pytest.raises(Refused, match="No column is headed by a month"):
        read_mapped(received, own_mapping(tmp_path, text), shipped().latest("referrals"))


def test_several_of_theirs_are_one_of_ours_and_the_total_is_their_sum(tmp_path: Path) -> None:
    text = HEAD + (
        "period: {column: Month, kind: month}\nadd_up: true\nsymbols: {'-': nil}\n"
        "values: {Unit: {A&E: emergency-department, Minor injuries: emergency-department, Ward 4: maternity}}\n"
        "rows:\n  - {figures: {referrals_made: Sent}}\n"
        "  - {breakdown: setting, code_column: Unit, figures: {referrals_made: Sent}}\n"
    )
    export = 'Unit,Month,Sent\nA&E,Sep-14,"1,012"\nMinor injuries,Sep-14,7\nWard 4,Sep-14,-\n'
    assert lines_of(export, tmp_path, text) == [
        ["2014-09", "total", "", "1019", 2],
        ["2014-09", "setting", "emergency-department", "1019", 2],
        ["2014-09", "setting", "maternity", "[nil]", 4],
    ]


def test_a_blank_among_parts_is_never_nothing(tmp_path: Path) -> None:
    text = HEAD + (
        "period: {column: Month, kind: month}\nadd_up: true\nrows:\n  - {figures: {referrals_made: Sent}}\n"
    )
    received = Received(
        "csv", "export.csv", b"Unit,Month,Sent\nA,Sep-14,5\nB,Sep-14,\nC,Oct-14,\nD,Oct-14,\n"
    )
    table = read_mapped(received, own_mapping(tmp_path, text), shipped().latest("referrals"))
    assert table.frame[["period", "referrals_made"]].to_numpy().tolist() == [["2014-09", ""], ["2014-10", ""]]
    assert [(each.code, each.severity, each.where.row) for each in table.findings] == [
        ("cannot-be-added", "error", 2)
    ]


def test_a_long_file_says_in_a_column_which_table_and_figure_a_row_is_of(tmp_path: Path) -> None:
    text = HEAD + (
        "period: {column: Month, kind: month}\n"
        "values: {Line: {A&E: emergency-department}}\n"
        "rows:\n  - {where: {What: [Sent]}, figures: {referrals_made: Number}}\n"
        "  - {breakdown: setting, code_column: Line, where: {What: [Sent by unit, by unit]}, figures: {referrals_made: Number}}\n"
    )
    export = "What,Line,Month,Number\nSent,,Sep-14,12\nsent by unit,A&E,Sep-14,12\n"
    assert lines_of(export, tmp_path, text) == [
        ["2014-09", "total", "", "12", 2],
        ["2014-09", "setting", "emergency-department", "12", 3],
    ]
    received = Received("csv", "export.csv", f"{export}Beds,A&E,Sep-14,99\n".encode())
    table = read_mapped(received, own_mapping(tmp_path, text), shipped().latest("referrals"))
    assert [(each.code, each.where.row, each.value) for each in table.findings] == [
        ("row-not-placed", 4, "Beds")
    ]


def test_a_file_that_does_not_say_its_month_is_read_as_its_sender_says(tmp_path: Path) -> None:
    text = HEAD + "period: {asked: true, kind: month}\nrows:\n  - {figures: {referrals_made: Sent}}\n"
    export = "Report 12,\nUnit,Sent\nall,12\n"
    assert lines_of(export, tmp_path, text, period="Sep-14") == [["2014-09", "total", "", "12", 3]]
    for said in ("", "lately"):
        with pytest.raises(Refused) as refused:
            lines_of(export, tmp_path, text, period=said)
        assert refused.value.findings[0].code == "period-not-said"
