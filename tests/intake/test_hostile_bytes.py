"""Whatever bytes come, the answer is a table or a refusal in words, never another exception."""

from __future__ import annotations

import json
from typing import Any

from corpus import as_book, as_csv, table, text
from hypothesis import example, given, settings
from hypothesis import strategies as st
from small_return import RETURN
from workbooks import edited, ods, workbook

from hub.intake.read import read
from hub.intake.table import Received, Refused, Table

BOOK, SHEET = workbook(table()), "xl/worksheets/sheet1.xml"
ODS, CSV = ods(table()), text(table())
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["rows", "agency", "period", "referrals_made", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


def answered(received: Received) -> Table | Refused:
    try:
        return read(received, RETURN)
    except Refused as refused:
        assert refused.findings and all(finding.message and finding.code for finding in refused.findings)
        return refused


def spoilt(content: bytes, spots: list[tuple[int, int]]) -> bytes:
    changed = bytearray(content)
    for at, byte in spots:
        changed[at % len(changed)] = byte
    return bytes(changed)


SPOTS = st.lists(st.tuples(st.integers(0, 100_000), st.integers(0, 255)), min_size=1, max_size=4)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=400))
@example(b"PK\x05\x06" + b"\x00" * 18)
@example(b'"')
@example(b"sep=;\n")
@example(b"agency,period\n\xff")
def test_any_bytes(content: bytes) -> None:
    answered(as_csv(content))


@settings(deadline=None, max_examples=150)
@given(SPOTS)
def test_spoilt_text(spots: list[tuple[int, int]]) -> None:
    answered(as_csv(spoilt(CSV, spots)))


@settings(deadline=None, max_examples=100)
@given(SPOTS, st.sampled_from([BOOK, ODS]))
def test_spoilt_packing(spots: list[tuple[int, int]], content: bytes) -> None:
    answered(as_book(spoilt(content, spots)))


@settings(deadline=None, max_examples=100)
@given(
    SPOTS,
    st.sampled_from(
        [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml", "xl/styles.xml"]
    ),
)
def test_spoilt_xml_of_a_workbook(spots: list[tuple[int, int]], part: str) -> None:
    answered(as_book(edited(BOOK, change={part: lambda xml: spoilt(xml, spots)})))


@settings(deadline=None, max_examples=60)
@given(SPOTS)
def test_spoilt_xml_of_an_ods(spots: list[tuple[int, int]]) -> None:
    answered(as_book(edited(ODS, change={"content.xml": lambda xml: spoilt(xml, spots)})))


@settings(deadline=None, max_examples=150)
@given(ANY_JSON)
def test_any_json(body: Any) -> None:
    answered(Received("json", content=json.dumps(body).encode()))
