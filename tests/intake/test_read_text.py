"""Text files, JSON and forms: what is read, what is left out, what is refused."""

from __future__ import annotations

import json

import pytest
from small_return import HEADINGS, RETURN, ROWS, records

from hub.definitions.model import KEY_COLUMNS
from hub.intake.read import read
from hub.intake.table import Received, Refused, Table


def lines(rows: list[list[str]], separator: str = ",") -> str:
    return "\n".join(separator.join(row) for row in rows) + "\n"


def from_text(text: str | bytes, name: str = "return.csv") -> Table:
    content = text.encode() if isinstance(text, str) else text
    return read(Received("csv", name, content), RETURN)


def cells(table: Table) -> list[list[str]]:
    return table.frame[HEADINGS].to_numpy().tolist()


def codes(table: Table) -> list[str]:
    return [finding.code for finding in table.findings]


def refusal(text: str | bytes) -> str:
    with pytest.raises(Refused) as refused:
        from_text(text)
    return refused.value.findings[0].code


PLAIN = lines([HEADINGS, *ROWS])


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_any_usual_separator_is_understood(separator: str) -> None:
    assert cells(from_text(lines([HEADINGS, *ROWS], separator))) == ROWS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_any_usual_encoding_is_understood(encoding: str) -> None:
    text = PLAIN.replace("maternity", "crèche")
    assert cells(from_text(text.encode(encoding)))[2][4] == "crèche"


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_understood(line_end: str) -> None:
    assert cells(from_text(PLAIN.replace("\n", line_end))) == ROWS


def test_rows_are_numbered_as_the_person_sees_them() -> None:
    text = "Referrals made\nreferrals version 3\n" + PLAIN.replace(
        lines([ROWS[1]]), lines([ROWS[1]]) + ",,,,,,\n"
    )
    table = from_text(text)
    assert table.frame["row_no"].tolist() == [4, 5, 7, 8]
    assert table.version == "3"
    assert [(each.what, each.count) for each in table.ignored] == [("1 blank row", 1)]


def test_headings_match_by_name_or_title_whatever_the_spelling() -> None:
    text = PLAIN.replace(
        ",".join(HEADINGS), "Partnership, AGENCY ,Period,break-down,Code,Referrals  Made,logged-late"
    )
    assert (
        refusal(text) == "missing-column"
    )  # break-down is not breakdown, and a code without a breakdown means nothing
    text = text.replace("break-down", "Breakdown")
    assert cells(from_text(text)) == ROWS
    assert from_text(text).headings["referrals_made"] == "Referrals  Made"


def test_what_nobody_can_see_is_dropped_and_counted() -> None:
    table = from_text(PLAIN.replace("31,2", "\u00a031\u200b,2\ufeff").replace(",20,", ",2\u00a00,"))
    assert cells(table)[0][5:] == ["31", "2"]
    assert cells(table)[1][5] == "2 0"
    assert table.ignored[0].what == "invisible characters in 3 cells"


def test_quoted_cells_may_hold_separators_and_line_ends() -> None:
    table = from_text(PLAIN.replace("maternity", '"mater,\nnity"').replace("ae", '"a""e"'))
    assert [row[4] for row in cells(table)] == ["", 'a"e', "mater,\nnity", ""]
    assert table.frame["row_no"].tolist() == [2, 3, 4, 5]


def test_ragged_rows_are_errors_at_their_row_and_blank_extras_are_not() -> None:
    table = from_text(PLAIN.replace("ae,20,", "ae,20").replace("0,[x]", "0,[x],9").replace("11,", "11,,"))
    assert [(finding.code, finding.where.row) for finding in table.findings] == [
        ("row-too-long", 5),
        ("row-too-short", 3),
    ]


def test_columns_that_are_unknown_or_missing_are_errors_and_nothing_of_them_is_taken() -> None:
    table = from_text(PLAIN.replace("logged_late", "id"))
    assert [(finding.code, finding.where.column) for finding in table.findings] == [
        ("missing-column", "logged_late"),
        ("unknown-column", "id"),
    ]
    assert list(table.frame.columns) == [*KEY_COLUMNS, "referrals_made", "logged_late", "row_no"]
    assert (table.frame["logged_late"] == "").all()


def test_the_hubs_own_findings_column_is_dropped() -> None:
    marked = "\n".join(
        line + (",Findings" if "agency" in line else ",not a number") for line in PLAIN.splitlines()
    )
    table = from_text(marked)
    assert (cells(table), codes(table)) == (ROWS, [])


def test_partnership_breakdown_and_code_may_be_left_out_and_agency_where_the_sender_is_known() -> None:
    table = from_text("agency,period,referrals_made,logged_late\nRQ3,2014-09,31,2\n")
    assert cells(table) == [["", "RQ3", "2014-09", "total", "", "31", "2"]]
    text = b"period,referrals_made,logged_late\n2014-09,31,2\n"
    assert refusal(text) == "missing-column"
    optional = frozenset({"partnership", "agency", "breakdown", "code"})
    assert cells(read(Received("csv", "a.csv", text), RETURN, optional=optional))[0][1] == ""


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty-file"),
        (b"\xef\xbb\xbf \r\n", "empty-file"),
        (PLAIN.encode("utf-16-le"), "unknown-encoding"),
        (PLAIN.replace("31", "3\x001").encode(), "nul-character"),
        (PLAIN.replace("31", "3\x071").encode(), "control-character"),
        (PLAIN.replace("maternity", "cr\x81che").encode("latin-1"), "unknown-encoding"),
        (PLAIN.replace("ae", '"ae').encode(), "broken-quotes"),
        (PLAIN.replace("logged_late", "Referrals made").encode(), "duplicate-heading"),
        (PLAIN.split("\n", 1)[1].encode(), "no-headings"),
        (PLAIN.split("\n", 1)[0].encode(), "no-rows"),
        (PLAIN.replace("period", "month").encode(), "missing-column"),
        (b"%PDF-1.4 agency,period", "not-a-table"),
        (b"<html><table><tr><td>agency", "not-a-table"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "old-excel"),
        (b"PK\x03\x04 not really", "damaged-file"),
        (b"x" * (10 * 1024 * 1024 + 1), "file-too-large"),
        (
            (
                ",".join(HEADINGS) + "\n" + ",".join(ROWS[0]) + "\n" + ("\n" + ",".join(ROWS[0])) * 100_001
            ).encode(),
            "too-many-rows",
        ),
        ((PLAIN + "," * 300 + "x").encode(), "too-many-columns"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_code(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_json_and_form_give_the_same_rows_as_csv() -> None:
    expected = from_text(PLAIN).frame.drop(columns="row_no")
    body = json.dumps({"rows": records()}).encode()
    for received in (
        Received("form", rows=tuple(records())),
        Received("json", rows=tuple(records())),
        Received("json", content=body),
    ):
        table = read(received, RETURN)
        assert table.frame.drop(columns="row_no").equals(expected)
        assert table.frame["row_no"].tolist() == [1, 2, 3, 4]


def test_json_numbers_count_where_they_are_whole() -> None:
    answers = [31, 31.0, None, 2.5, True, {"n": 1}]
    rows = tuple(
        {"agency": "RQ3", "period": "2014-09", "referrals_made": each, "logged_late": 0} for each in answers
    )
    table = read(Received("json", rows=rows), RETURN)
    assert table.frame["referrals_made"].tolist() == ["31", "31", "", "2.5", "true", ""]
    assert [(each.code, each.where.row, each.where.field) for each in table.findings] == [
        ("true-or-false", 5, "referrals_made"),
        ("nested-value", 6, "referrals_made"),
    ]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "json-malformed"),
        (b'{"rows": 3}', "json-malformed"),
        (b'[{"agency": NaN}]', "json-malformed"),
        (b'[{"agency": "RQ3", "agency": "RXT"}]', "duplicate-heading"),
        (b"[" * 100_000, "json-malformed"),
        (b"[]", "no-headings"),
    ],
)
def test_json_that_says_nothing_clear_is_refused(body: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read(Received("json", content=body), RETURN)
    assert refused.value.findings[0].code == code
