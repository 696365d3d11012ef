"""Agencies merge, split and are renamed with a date, by file; a fault names its line."""

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.errors import DefinitionErrors
from hub.partners.load import load_partnership, read_partnership
from hub.partners.models import Agency, AgencyName, Succession

HEAD = "code,kind,name,opened_on,closed_on,member_from,member_until,invented,aliases,successor,succeeded_on,renamed_on"
TAIL = ("RQ3,nhs_trust,Children's,,,2012-04-01,,no,,,,", "RRK,nhs_trust,Hospitals,,,2012-04-01,,no,,,,")
RLU = "RLU,nhs_trust,Women's,,2017-01-31,2012-04-01,2017-01-31,no,,"


def folder(path: Path, *lines: str) -> Path:
    (path / "agencies.csv").write_text("\n".join((HEAD, *lines, *TAIL)) + "\n", encoding="utf-8")
    file = path / "partnership.yaml"
    file.write_text(
        "partnership: here\nname: Here\ncontact: {name: Team, email: team@example.org}\nagencies: agencies.csv\n",
        encoding="utf-8",
    )
    return file


def test_a_body_merges_splits_and_is_renamed(session: Session, tmp_path: Path) -> None:
    load_partnership(session, read_partnership(folder(tmp_path, f"{RLU},,")))
    merged = f"{RLU}RQ3,2017-02-01,"
    load_partnership(session, read_partnership(folder(tmp_path, merged)))
    load_partnership(session, read_partnership(folder(tmp_path, merged)))  # again changes nothing
    codes = dict(session.execute(select(Agency.id, Agency.code)).all())
    found = session.scalars(select(Succession)).all()
    assert [
        (codes[each.from_agency_id], codes[each.to_agency_id], each.on_date, each.kind) for each in found
    ] == [("RLU", "RQ3", date(2017, 2, 1), "merged")]
    split = "RXX,nhs_trust,Old,,,2012-04-01,,no,,RQ3 RRK,2016-04-01,"
    renamed = (
        "RLU,nhs_trust,Women's and Newborn,,2017-01-31,2012-04-01,2017-01-31,no,,RQ3,2017-02-01,2016-07-01"
    )
    load_partnership(session, read_partnership(folder(tmp_path, split, renamed)))
    kinds = session.scalars(select(Succession.kind).order_by(Succession.kind)).all()
    assert kinds == ["merged", "split", "split"]
    names = session.scalars(
        select(AgencyName)
        .join(Agency, Agency.id == AgencyName.agency_id)
        .where(Agency.code == "RLU")
        .order_by(AgencyName.id)
    )
    assert [(name.name, name.from_on, name.until_on) for name in names] == [
        ("Women's", None, date(2016, 6, 30)),
        ("Women's and Newborn", date(2016, 7, 1), None),
    ]


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        (f"{RLU}RQ9,2017-02-01,", "“RQ9” is not among the agencies"),
        (f"{RLU}RQ3,,", "together with succeeded_on"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path: Path, line: str, cause: str) -> None:
    with pytest.raises(DefinitionErrors, match=cause) as raised:
        read_partnership(folder(tmp_path, line))
    assert (raised.value.errors[0].file[-12:], raised.value.errors[0].line) == ("agencies.csv", 2)
