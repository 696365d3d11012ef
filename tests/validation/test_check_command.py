"""`hub check`: all findings of a file from the command line, nothing stored."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hub import db
from hub.cli import main
from hub.clock import real_now
from hub.definitions import agency_mappings, catalogue
from hub.definitions.mappings import read_mapping
from tests.databases import NewDatabase
from tests.factories import read_world
from tests.web.mapped import MAPPING

Command = Callable[..., tuple[int, str, str]]

GOOD = """agency,period,breakdown,code,referrals_made
RXT,2014-09,total,,12
RXT,2014-09,setting,emergency-department,12
RXT,2014-09,category,neglect,12
"""


@pytest.fixture
def hub(
    new_world: NewDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.setenv("HUB_DATABASE_URL", new_world("sqlite"))

    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        out = capsys.readouterr()
        return code, out.out, out.err

    return run


def test_a_good_file_has_no_findings_and_a_bad_one_names_them_all(hub: Command, tmp_path: Path) -> None:
    file = tmp_path / "september.csv"
    file.write_text(GOOD)
    code, out, _ = hub(
        "check", "referrals", str(file), "--agency", "RXT", "--period", "2014-09", "--format", "json"
    )
    assert (code, json.loads(out)) == (
        0,
        {"return": "referrals", "version": 1, "rows": 3, "errors": 0, "queries": 0, "findings": []},
    )
    file.write_text(
        GOOD.replace("neglect,12", 'neglekt,"1,2"').replace("RXT,2014-09,total", "RR1,2014-09,total")
    )
    code, out, _ = hub("check", "referrals", str(file), "--agency", "RXT", "--format", "json")
    assert code == 1
    found = {
        (finding["code"], finding["where"]["row"], finding["where"]["field"])
        for finding in json.loads(out)["findings"]
    }
    assert {
        ("agency-unknown", 2, "agency"),
        ("code-unknown", 4, "code"),
        ("number-with-decimals", 4, "referrals_made"),
    } <= found
    code, out, _ = hub("check", "referrals", str(file))
    assert code == 1 and "Write one of neglect" in out


def test_an_agencys_own_mapping_reads_its_file_by_name_and_by_its_headings(
    hub: Command, tmp_path: Path
) -> None:
    wide = MAPPING.replace("{column: Month, kind: month}", "{asked: true, kind: month}")
    (tmp_path / "trust-system.yaml").write_text(wide)
    shipped, engine = catalogue.shipped(), db.make_engine(os.environ["HUB_DATABASE_URL"])
    mapping = read_mapping(tmp_path / "trust-system.yaml", shipped.returns, shipped.codelists)
    with db.transaction(engine) as session:
        world = read_world(session)
        agency, person = world.agencies["RXT"].id, world.people["sub.rxt"].id
        agency_mappings.save(session, agency, mapping, person_id=person, seen=0, now=real_now())
    engine.dispose()
    file = tmp_path / "export.csv"
    file.write_text("Status,All sent,Midwives,Neglect\nLive,12,12,12\n")
    command = ("check", "referrals", str(file), "--agency", "RXT")
    named = hub(*command, "--mapping", "trust-system", "--period", "2014-09", "--format", "json")
    assert (named[0], json.loads(named[1])["rows"]) == (0, 3)
    assert hub(*command, "--period", "2014-09")[0] == 0, "as the upload page finds it"
    code, out, _ = hub(*command, "--mapping", "trust-system")
    assert code == 1 and "period-not-said" in out
    assert hub("check", "referrals", str(file), "--agency", "RR1", "--period", "2014-09")[0] == 1, (
        "not its own"
    )


def test_a_template_that_nobody_filled_in_can_be_read(hub: Command, tmp_path: Path) -> None:
    file = tmp_path / "blank.xlsx"
    assert hub("template", "referrals", "--agency", "RXT", "--period", "2014-09", "-o", str(file))[0] == 0
    code, out, _ = hub("check", "referrals", str(file), "--agency", "RXT", "--format", "json")
    findings = json.loads(out)["findings"]
    assert code == 1
    assert {finding["code"] for finding in findings} <= {
        "figure-missing",
        "figure-blank",
        "breakdown-without-lines",
        "line-missing",
    }


def test_what_is_not_there_is_said_in_a_sentence(hub: Command, tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    code, _, err = hub("check", "referrals", str(file))
    assert code == 1 and "cannot be read" in err
    file.write_text(GOOD)
    code, _, err = hub("check", "referrals", str(file), "--agency", "RXT", "--period", "2019-09")
    assert code == 1 and err == "No “referrals” is due from RXT for 2019-09.\n"


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_template_of_another_agency_period_or_return_is_named(
    hub: Command, tmp_path: Path, suffix: str
) -> None:
    file = tmp_path / f"september.{suffix}"
    assert hub("template", "referrals", "--agency", "RXT", "--period", "2014-09", "-o", str(file))[0] == 0

    def only(*asked: str) -> tuple[str, str]:
        code, out, _ = hub("check", *asked, "--format", "json")
        (found,) = json.loads(out)["findings"]
        assert code == 1
        return found["code"], found["message"]

    code, message = only("referrals", str(file), "--agency", "RR1", "--period", "2014-09")
    assert code == "template-of-other-submission"
    assert (
        "This is the template of RXT for September 2014; you are filling in RR1 for September 2014" in message
    )
    code, message = only("referrals", str(file), "--agency", "RXT", "--period", "2014-10")
    assert code == "template-of-other-submission" and "filling in RXT for October 2014" in message
    code, message = only("referrals", str(file), "--agency", "RR1")
    assert code == "template-of-other-agency" and "you send this return for RR1" in message
    code, message = only("front-door", str(file), "--agency", "330")
    assert code == "template-of-other-return" and "the template of the return “referrals”" in message
