"""Files in and files out: template, upload, summary, findings as workbook and CSV."""

import io
import re

from openpyxl import load_workbook
from sqlalchemy import Engine, select
from werkzeug.datastructures import FileStorage

from hub import db
from hub.submissions.models import Draft
from tests.factories import World
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_journey import item

HEADINGS = "agency,period,breakdown,code,referrals_made\n"


def csv_of(*periods: str, total: str = "12") -> bytes:
    lines = [
        f"RXT,{period},total,,{total}\nRXT,{period},setting,maternity,12\nRXT,{period},category,neglect,12\n"
        for period in periods
    ]
    return (HEADINGS + "".join(lines)).encode()


def send(browser: Browser, content: bytes, name: str = "figures.csv", **changed: object):  # type: ignore[no-untyped-def]
    browser.get("/upload")
    file = FileStorage(io.BytesIO(content), filename=name)
    return browser.post("/upload", {"return_code": "referrals", "file": file, **changed})


def test_one_file_of_two_months_is_summed_up_first(signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    page = words(browser.follow(send(browser, csv_of("2015-03", "2015-04"))).text)
    assert "Rows read 6 Rows kept 6 Rows not kept 0" in page
    assert "2 returns in the file" in page
    assert "testshire/RXT/2015-03" in page
    assert "nothing found" in page


def test_rows_of_another_agency_are_counted_and_not_kept(signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    content = csv_of("2015-04", "2015-03") + b"RR1,2015-04,total,,3\n"
    page = words(browser.follow(send(browser, content)).text)
    assert "Rows read 7 Rows kept 6 Rows not kept 1" in page


def test_a_file_that_cannot_be_read_is_refused_and_changes_nothing(signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    answer = send(browser, b"PK\x03\x04 not a workbook at all", "figures.xlsx")
    assert answer.status_code == 422
    assert "Nothing was kept" in words(answer.text)
    assert "draft" not in words(browser.get("/").text)


def test_nothing_chosen_is_said_in_words(signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    browser.get("/upload")
    answer = browser.post("/upload", {"return_code": "referrals"})
    assert answer.status_code == 409
    assert "Choose a file" in words(answer.text)


def test_the_template_comes_back_filled_in(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    answer = browser.get(f"/submissions/{number}/template.xlsx")
    assert 'filename="illustrative-referrals-RXT-2015-04.xlsx"' in answer.headers["Content-Disposition"]
    book = load_workbook(io.BytesIO(answer.data))
    sheet = book.worksheets[0]
    heading = next(row for row in sheet.iter_rows() if any(cell.value == "breakdown" for cell in row))
    columns = {cell.value: cell.column for cell in heading}
    for row in range(heading[0].row + 1, sheet.max_row + 1):
        kind, code = sheet.cell(row, columns["breakdown"]).value, sheet.cell(row, columns["code"]).value
        if kind == "total" or code in {"maternity", "neglect"}:
            sheet.cell(row, columns["Referrals made"]).value = 12
    filled = io.BytesIO()
    book.save(filled)
    page = words(browser.follow(send(browser, filled.getvalue(), "filled.xlsx")).text)
    assert "nothing found" in page


def test_findings_go_out_as_a_workbook_that_is_taken_back_and_as_csv(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    browser.follow(send(browser, csv_of("2015-04", total='"1,200"')))
    page = browser.get(f"/submissions/{number}/findings")
    assert "has a separator in it" in page.text
    assert "Row 2, " in words(page.text)
    listed = browser.get(f"/submissions/{number}/findings.csv")
    assert listed.content_type == "text/csv; charset=utf-8"
    assert "number-with-separator" in listed.text
    book = load_workbook(io.BytesIO(browser.get(f"/submissions/{number}/findings.xlsx").data))
    assert "Findings" in book.sheetnames
    data = book["Data"]
    for row in data.iter_rows():
        for cell in row:
            if cell.value == "1,200":
                cell.value = "12"
    mended = io.BytesIO()
    book.save(mended)
    summary = words(browser.follow(send(browser, mended.getvalue(), "mended.xlsx")).text)
    assert "nothing found" in summary


def test_too_big_a_file_gets_a_page_that_says_so(signed_in: SignIn) -> None:
    body = b"x" * (11 * 1024 * 1024)
    answer = signed_in("sub.rxt").client.post(
        "/upload", data=body, content_type="multipart/form-data; boundary=xyz"
    )
    assert answer.status_code == 413
    assert "The file is too big" in words(answer.text)


def test_a_summary_address_that_was_tampered_with_is_not_there(signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    location = send(browser, csv_of("2015-04")).location
    broken = re.sub(r"what=...", "what=xyz", location)
    assert browser.get(broken).status_code == 404


NAMED = HEADINGS.replace("\n", ",remarks\n").encode() + b"RXT,2015-04,total,,12,Jayden Smith\n"


def drafts_of(engine: Engine) -> list[str]:
    with db.open_session(engine) as session:
        return list(session.scalars(select(Draft.document)))


def test_a_likely_name_is_asked_about_before_anything_is_stored(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    answer = send(browser, NAMED)
    assert answer.status_code == 409
    said = words(answer.text)
    assert (
        "In row 2, column F stands" in said and "Choose the file once more" in said and "Jayden" not in said
    )
    assert drafts_of(web_engine) == []
    browser.follow(send(browser, NAMED, sure="yes"))
    assert len(drafts_of(web_engine)) == 1


def test_other_figures_of_a_colleague_are_replaced_only_when_the_sender_says_so(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    theirs, mine = signed_in("sgn.rxt"), signed_in("sub.rxt")
    theirs.follow(send(theirs, csv_of("2015-04", total="12")))
    kept = drafts_of(web_engine)
    answer = send(mine, csv_of("2015-03", "2015-04", total="14"))
    assert answer.status_code == 409
    said = words(answer.text)
    assert "SGN of rxt" in said and "testshire/RXT/2015-04" in said and "Nothing was kept" in said
    assert drafts_of(web_engine) == kept  # not March either: all of it or nothing
    mine.follow(send(mine, csv_of("2015-04", total="12")))  # the same figures take nothing from anybody
    theirs.follow(send(theirs, csv_of("2015-04", total="14"), over_others="yes"))
    assert '"14"' in drafts_of(web_engine)[0]


def test_both_questions_can_be_answered_at_once(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    theirs, mine = signed_in("sgn.rxt"), signed_in("sub.rxt")
    theirs.follow(send(theirs, csv_of("2015-04")))
    page = words(send(mine, NAMED, sure="yes").text)
    assert "My words name no child" in page and "takes the place of what my colleague entered" in page
    mine.follow(send(mine, NAMED, sure="yes", over_others="yes"))


def test_the_form_asks_about_a_likely_name_before_anything_is_stored_too(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    path = f"/submissions/{number}/answer"
    browser.get(path)
    box = {"2015-04.total..referrals_made": "Jayden Smith"}
    answer = browser.post(path, box)
    assert answer.status_code == 409 and "My words name no child" in words(answer.text)
    assert "In one of your answers stands what may point to a person" in words(answer.text)
    assert drafts_of(web_engine) == []
    browser.get(path)
    assert browser.post(path, {**box, "sure": "yes"}).status_code == 303
    assert len(drafts_of(web_engine)) == 1
