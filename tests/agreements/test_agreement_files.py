"""Agreements from YAML: refused with file and line, exported without loss, frozen once signed."""

import json
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from hub import clock
from hub.agreements.load import agreement_as_at, exported, read_agreement, store_agreement
from hub.config import shipped
from hub.errors import DefinitionErrors
from hub.partners.models import Partnership

SHIPPED = shipped("agreements") / "birmingham-nhs-2015-16" / "v1.yaml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "v1.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_shipped_memorandum_has_submissions_levels_and_milestones() -> None:
    agreement = read_agreement(SHIPPED)
    assert {commitment.kind for commitment in agreement.commitments} >= {"submission", "level", "milestone"}


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("kind: submission", "kind: submision", "not a kind of commitment"),
        ("target: 91.6", "target: many", "target"),
        ("by: 2015-06-30", "by: soon", "by"),
        ("promisor: [RYW]", "promisor: [RZZ]", "not a party"),
        ('clause: "4.6"', 'clause: "9.9"', "no clause"),
        ("  - id: C2", "  - id: C1", "given twice"),
        (
            "{from: 2015-04-01, until: 2016-03-31}",
            "{from: 2015-04-01, until: 2014-03-31}",
            "ends before it begins",
        ),
        ("    from: 2016-01", "    from: 2018-01", "outside"),
        ("direction: at_most", "direction: sideways", "direction"),
        ("commitment: C3, agency", "commitment: C33, agency", "no commitment"),
        ("version: 1", "version: one", "version"),
        ("status: signed", "status: signed\nstatus: draft", "given twice"),
    ],
)
def test_a_wrong_agreement_is_refused_with_file_and_line(
    tmp_path: Path, old: str, new: str, cause: str
) -> None:
    with pytest.raises(DefinitionErrors, match=cause) as refusal:
        read_agreement(changed(tmp_path, old, new))
    assert all(fault.line and fault.file.endswith("v1.yaml") for fault in refusal.value.errors)


@pytest.fixture
def partnership(session: Session) -> Partnership:
    made = Partnership(code="birmingham-example", name="Example")
    session.add(made)
    session.flush()
    return made


def test_import_and_export_lose_nothing(session: Session, partnership: Partnership, tmp_path: Path) -> None:
    now = clock.real_now()
    store_agreement(session, SHIPPED, now=now)
    out = tmp_path / "v1.yaml"
    out.write_text(exported(session, partnership.id, "birmingham-nhs-2015-16"), encoding="utf-8")
    assert read_agreement(out) == read_agreement(SHIPPED)
    assert agreement_as_at(session, partnership.id, "birmingham-nhs-2015-16", now) == read_agreement(SHIPPED)


def test_a_signed_version_is_frozen(session: Session, partnership: Partnership, tmp_path: Path) -> None:
    now = clock.real_now()
    first = store_agreement(session, SHIPPED, now=now)
    assert store_agreement(session, SHIPPED, now=now).id == first.id
    with pytest.raises(DefinitionErrors, match="signed and cannot change"):
        store_agreement(session, changed(tmp_path, "target: 91.6", "target: 50"), now=now)


def test_the_document_in_the_database_is_plain_json(session: Session, partnership: Partnership) -> None:
    stored = store_agreement(session, SHIPPED, now=clock.real_now())
    assert json.loads(stored.document)["agreement"] == "birmingham-nhs-2015-16"
