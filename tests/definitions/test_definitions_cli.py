"""`hub returns`, `hub template` and `hub load`, as the operator types them."""

import json
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import func, select

from hub import clock, config, db
from hub.cli import main
from hub.definitions import catalogue
from hub.partners.load import load_partnership, read_partnership
from hub.partners.models import Agency

OWN = """\
return: visits
version: 1
status: draft
title: Visits
about: How many visits were made.
statement: I confirm these figures.
owes:
  - kinds: [nhs_trust]
    frequency: month
    grain: month
    due: {working_days: 15}
    signatures: 2
    breakdowns: [total, ward]
    figures: [visits]
breakdowns:
  - {name: total, title: All visits, figures: [visits]}
  - {name: ward, title: Ward, list: wards, figures: [visits]}
figures:
  - name: visits
    title: Visits
    description: Visits made.
    unit: count
    counted: [One., Two., Three.]
    not_counted: [One., Two., Three.]
rules:
  - code: visits-lines-and-total-differ
    severity: error
    why: Each visit was made on one ward.
    message: The wards add to {parts}, the total is {total}. Correct one of them.
    frame: parts
    expectation: expect_column_values_to_be_in_set
    kwargs: {column: difference, value_set: [0]}
    passes:
      - rows:
          - {breakdown: total, visits: 3}
          - {breakdown: ward, code: a, visits: 3}
    fails:
      - rows:
          - {breakdown: total, visits: 3}
          - {breakdown: ward, code: a, visits: 2}
"""
WARDS = "codelist: wards\nversion: 1\ntitle: Wards\nsource: The trust\nitems:\n  - {code: a, title: Ward A}\n"


@pytest.fixture
def own_folder(tmp_path: Path) -> Path:
    for name, text in (("visits/v1.yaml", OWN), ("codelists/wards.yaml", WARDS)):
        file = tmp_path / "schemas" / name
        file.parent.mkdir(parents=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "schemas"


@pytest.fixture
def deployment(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("HUB_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("HUB_CHECKPOINTS", str(tmp_path / "checkpoints"))
    monkeypatch.chdir(tmp_path)  # every command works from any directory
    return sqlite_url


@pytest.fixture(autouse=True)
def nowhere_yet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Unless a test says otherwise, the deployment has no database yet."""
    monkeypatch.setenv("HUB_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite")


@pytest.mark.parametrize(
    ("form", "held"),
    [
        ("table-schema", '"primaryKey"'),
        ("openapi", '"ReferralsRow"'),
        ("expectations", '"referrals-lines-and-total-differ"'),
    ],
)
def test_a_return_as_public_tools_read_it(capsys: pytest.CaptureFixture[str], form: str, held: str) -> None:
    assert main(["returns", "show", "referrals", "--as", form]) == 0
    out = capsys.readouterr().out
    assert json.loads(out)
    assert held in out


def test_the_dictionary_as_one_json_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["returns", "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)["returns"]
    assert {"referrals", "front-door", "dfe-referrals"} <= {row["return"] for row in listed}
    assert main(["returns", "show", "front-door", "--format", "json"]) == 0
    page = json.loads(capsys.readouterr().out)
    assert len(page["entries"]) == 20
    assert all(len(entry["not_counted"]) == 3 for entry in page["entries"])


def test_the_dictionary_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["returns", "show", "referrals"]) == 0
    words = capsys.readouterr().out
    assert "A family of three children in one form counts three." in words
    assert "by the 15th working day after it" in words


def test_wrong_usage_is_exit_2_and_an_unknown_return_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["returns", "show"]) == 2
    assert main(["returns", "show", "visits"]) == 1
    assert "There is no return “visits”" in capsys.readouterr().err


def test_loading_a_deployments_own_return_twice(
    deployment: str, own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["load", str(own_folder), "--check", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "files": {"codelist": 1, "return": 1},
        "new": None,
        "due": None,
    }
    assert main(["load", str(own_folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["new"] > 2  # and what came with the hub
    assert main(["load", str(own_folder), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out)["new"] == 0
    with db.open_session(db.make_engine(deployment)) as session:
        assert catalogue.definition(session, "visits").title == "Visits"
        assert catalogue.codelist(session, "wards").items[0].title == "Ward A"
        assert catalogue.definition(session, "referrals") == catalogue.shipped().latest("referrals")
    assert main(["returns", "--format", "json"]) == 0
    assert "visits" in {row["return"] for row in json.loads(capsys.readouterr().out)["returns"]}


def test_a_rule_that_misbehaves_on_its_examples_loads_nothing(
    deployment: str, own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = own_folder / "visits" / "v1.yaml"
    file.write_text(OWN.replace("code: a, visits: 2", "code: a, visits: 3"), encoding="utf-8")
    assert main(["load", str(own_folder)]) == 1
    said = capsys.readouterr().err
    line = next(n for n, words in enumerate(OWN.splitlines(), 1) if words == "    fails:") + 1
    assert f"{file}:{line}: visits-lines-and-total-differ: the rule finds nothing wrong" in said
    with db.open_session(db.make_engine(deployment)) as session:
        assert catalogue.codelists(session) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour: red\n", "v1.yaml:1: does not say what it is"),
        ("return: visits\nversion: x\n", "v1.yaml:2: version: must be a whole number."),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_its_line(
    own_folder: Path, capsys: pytest.CaptureFixture[str], text: str, said: str
) -> None:
    (own_folder / "visits" / "v1.yaml").write_text(text, encoding="utf-8")
    assert main(["load", str(own_folder), "--check"]) == 1
    assert said in capsys.readouterr().err


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["load", "/nowhere/at/all"]) == 1
    assert "There is no file or folder /nowhere/at/all." in capsys.readouterr().err


def test_a_new_return_is_due_from_those_who_owe_it(
    deployment: str, own_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    example = config.shipped("schemas").parent / "hub" / "seed" / "example"
    assert main(["load", str(example)]) == 0
    with db.transaction(db.make_engine(deployment)) as session:
        trusts = (
            session.scalar(select(func.count()).select_from(Agency).where(Agency.kind == "nhs_trust")) or 0
        )
    capsys.readouterr()
    assert main(["load", str(own_folder), "--format", "json"]) == 0
    # On 18 May 2015, April's figures (due on 22 May) and May's are asked of every trust.
    assert json.loads(capsys.readouterr().out)["due"] == 2 * trusts
    assert trusts > 0
    assert main(["due", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"made": 0}


def test_a_template_for_a_trust_and_a_month(
    deployment: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with db.transaction(db.make_engine(deployment)) as session:
        catalogue.publish(session, catalogue.shipped(), now=clock.real_now())
        example = config.shipped("schemas").parent / "hub" / "seed" / "example" / "partnership.yaml"
        load_partnership(session, read_partnership(example))
    file = tmp_path / "return.xlsx"
    assert main(["template", "referrals", "--agency", "RQ3", "--period", "2014-09", "-o", str(file)]) == 0
    data = openpyxl.load_workbook(file)["Data"]
    assert [cell.value for cell in data[4]][:4] == ["birmingham-example", "RQ3", "2014-09", "total"]
    # September 2014 was before the areas began on 1 October; figures were recast to them later
    areas = {row[4].value for row in data.iter_rows(min_row=4) if row[3].value == "area"}
    assert "not-known" in areas

    file = tmp_path / "front-door.csv"
    assert main(["template", "front-door", "--agency", "330", "--period", "2014-10", "-o", str(file)]) == 0
    assert file.read_text(encoding="utf-8-sig").count("\n2014-10".replace("\n", ",")) > 30


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["--agency", "RQ3", "--period", "Sept 14", "-o", "x.xlsx"], 2, "is not a period"),
        (["--agency", "RQ3", "--period", "2014-09", "-o", "x.pdf"], 2, "must be a .xlsx or .csv file"),
        (
            ["--agency", "XYZ", "--period", "2014-09", "-o", "x.xlsx"],
            1,
            "There is no agency with the code “XYZ”",
        ),
    ],
)
def test_a_template_that_cannot_be_made_says_why(
    deployment: str, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, said: str
) -> None:
    with db.transaction(db.make_engine(deployment)) as session:
        catalogue.publish(session, catalogue.shipped(), now=clock.real_now())
    assert main(["template", "referrals", *arguments]) == code
    assert said in capsys.readouterr().err
