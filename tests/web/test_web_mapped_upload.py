"""An agency whose system exports its own column names uploads that file: read, checked, kept and signed like a template."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from hub import db
from hub.submissions import drafted
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words
from tests.web.mapped import EXPORT, MAPPING, make_known
from tests.web.test_web_journey import item
from tests.web.test_web_upload import csv_of, send


@pytest.fixture
def submitter(signed_in: SignIn, web_engine: Engine, tmp_path: Path) -> Browser:
    make_known(web_engine, tmp_path)
    return signed_in("sub.rxt")


def rows_kept(engine: Engine, world: World, period: str) -> list[tuple[str, str, str, str]]:
    with db.open_session(engine) as session:
        draft = drafted.read(session, world.partnership.id, world.item(session, "RXT", period))
        assert draft is not None
        return [
            (row["breakdown"], row["code"], row["referrals_made"], row["row_no"])
            for row in draft.rows
            if row["referrals_made"]
        ]


def test_the_mapping_is_chosen_by_the_headings_and_said(
    submitter: Browser, web_engine: Engine, world: World
) -> None:
    page = words(submitter.follow(send(submitter, EXPORT.encode())).text)
    assert "Columns read by the mapping “The trust’s records system, report 12”" in page
    assert "2 returns in the file" in page and page.count("nothing found") == 2
    assert "rows of the practice system" in page and "1 blank row" in page
    assert rows_kept(web_engine, world, "2015-03") == [
        ("total", "", "12", "3"),
        ("setting", "maternity", "12", "3"),
        ("category", "neglect", "12", "3"),
    ]
    assert rows_kept(web_engine, world, "2015-04")[0] == ("total", "", "7", "5")


def test_findings_name_the_files_own_columns_and_lines(submitter: Browser) -> None:
    broken = EXPORT.replace("Live,Apr-15,7,7,7", "Live,Apr-15,7,n.a.,7.5")
    submitter.follow(send(submitter, broken.encode()))
    assert submitter.page is not None
    listed = submitter.get(f"{submitter.page.request.path}/findings.csv").text
    assert ",5,Midwives," in listed  # no symbol that the mapping knows
    assert ",5,Neglect," in listed  # not a whole number


def test_a_template_is_read_as_a_template_beside_a_mapping(submitter: Browser) -> None:
    page = words(submitter.follow(send(submitter, csv_of("2015-04"))).text)
    assert "nothing found" in page and "Columns read by" not in page


def test_a_mapping_can_be_picked_and_says_what_it_misses(submitter: Browser) -> None:
    page = words(submitter.follow(send(submitter, csv_of("2015-04"), mapping="trust-system")).text)
    assert "Nothing was kept" in page and "the mapping “trust-system” reads" in page
    page = words(submitter.follow(send(submitter, EXPORT.encode(), mapping="-")).text)
    assert "Nothing was kept" in page and "The first row should read" in page
    answer = send(submitter, EXPORT.encode(), mapping="somebody-elses")
    assert answer.status_code == 409 and "There are: trust-system" in words(answer.text)


def test_two_mappings_that_fit_are_asked_about(
    submitter: Browser, web_engine: Engine, tmp_path: Path
) -> None:
    other = MAPPING.replace("trust-system", "other-system").replace("report 12", "report 12, quarterly")
    make_known(web_engine, tmp_path, other)
    page = words(submitter.follow(send(submitter, EXPORT.encode())).text)
    assert "Nothing was kept" in page and "Several mappings read columns like these" in page
    page = words(submitter.follow(send(submitter, EXPORT.encode(), mapping="other-system")).text)
    assert "nothing found" in page


def test_a_mapped_file_is_searched_for_persons(submitter: Browser) -> None:
    page = submitter.follow(send(submitter, EXPORT.replace("Printed by", "NHS number").encode())).text
    assert "Nothing was kept" in words(page) and "personal-column" in page


def test_a_mapped_file_is_sent_and_signed(
    submitter: Browser, signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    submitter.follow(send(submitter, EXPORT.encode()))
    number = item(web_engine, world)
    submitter.get(f"/submissions/{number}")
    assert (
        submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send").status_code == 303
    )
    signatory = signed_in("sgn.rxt")
    signatory.get(f"/submissions/{number}/sign")
    answer = signatory.post(
        f"/submissions/{number}/sign", {"agreed": "yes"}, action=f"/submissions/{number}/sign"
    )
    assert answer.status_code == 303
    assert "signed" in words(signatory.get(f"/submissions/{number}").text)
