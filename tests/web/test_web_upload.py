"""Files in and files out: template, upload, summary, findings as workbook and CSV."""

import io
import re
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, func, select, update
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse

from hub import db
from hub.calendar.due import make_due_items
from hub.clock import real_now
from hub.definitions.catalogue import definition
from hub.partners.models import Grant
from hub.submissions import upload_held
from hub.submissions.models import Draft, SubmissionEvent, UploadHeld
from tests.factories import World, person
from tests.web.conftest import Browser, SignIn, words
from tests.web.test_web_journey import TOTAL, boxes, item

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
    assert "Testshire Mental Health Trust, March 2015" in page
    assert "nothing found" in page


def test_rows_of_another_agency_are_counted_and_not_kept(signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    content = csv_of("2015-04", "2015-03") + b"RR1,2015-04,total,,3\n"
    page = browser.follow(send(browser, content))
    assert "Rows read 7 Rows kept none yet, 6 are ready Rows not kept 1" in words(page.text)
    kept = words(browser.follow(press(browser, page, "keep")).text)
    assert "Rows read 7 Rows kept 6 Rows not kept 1" in kept


def test_a_file_that_cannot_be_read_is_refused_and_changes_nothing(signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    page = words(browser.follow(send(browser, b"PK\x03\x04 not a workbook at all", "figures.xlsx")).text)
    assert "Nothing was kept" in page and "damaged" in page
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


def test_errors_stop_and_go_out_as_a_workbook_that_is_taken_back_and_as_csv(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    page = browser.follow(send(browser, csv_of("2015-04", total='"1,200"')))
    assert "has a separator in it" in page.text
    assert "Row 2, " in words(page.text) and "1 error stands in the file" in words(page.text)
    assert drafts_of(web_engine) == []
    listed = browser.client.get(f"{page.request.path}/findings.csv")
    assert listed.content_type == "text/csv; charset=utf-8"
    assert "number-with-separator" in listed.text
    book = load_workbook(io.BytesIO(browser.client.get(f"{page.request.path}/findings.xlsx").data))
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
    old = words(browser.get(page.request.path).text)  # a good file clears old errors
    assert "a later file took its place" in old and "separator" not in old
    assert held_of(web_engine) == 0
    assert "Files of yours that wait" not in browser.get("/upload").text


def test_a_file_can_be_kept_with_its_errors(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    page = browser.follow(send(browser, csv_of("2015-04", total='"1,200"')))
    browser.follow(press(browser, page, "keep"))
    assert len(drafts_of(web_engine)) == 1
    assert "has a separator in it" in browser.get(f"/submissions/{number}/findings").text


def test_too_big_a_file_gets_a_page_that_says_so(signed_in: SignIn) -> None:
    body = b"x" * (11 * 1024 * 1024)
    answer = signed_in("sub.rxt").client.post(
        "/upload", data=body, content_type="multipart/form-data; boundary=xyz"
    )
    assert answer.status_code == 413
    assert "The file is too big" in words(answer.text)


NAMED = HEADINGS.replace("\n", ",remarks\n").encode() + b"RXT,2015-04,total,,12,Jayden Smith\n"


def drafts_of(engine: Engine) -> list[str]:
    with db.open_session(engine) as session:
        return list(session.scalars(select(Draft.document)))


def held_of(engine: Engine) -> int:
    with db.open_session(engine) as session:
        return session.scalar(select(func.count()).select_from(UploadHeld)) or 0


def press(browser: Browser, page: TestResponse, button: str, **typed: object) -> TestResponse:
    """A button of an upload's page."""
    browser.page, path = page, f"{page.request.path}/{button}"
    return browser.post(path, dict(typed), action=path)


def test_a_likely_name_is_asked_about_before_anything_is_stored(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    page = browser.follow(send(browser, NAMED))
    said = words(page.text)
    assert (
        "In row 2, column F stands" in said and "Choose the file once more" in said and "Jayden" not in said
    )
    assert drafts_of(web_engine) == [] and held_of(web_engine) == 0
    answer = press(browser, browser.follow(send(browser, NAMED, sure="yes")), "keep")
    browser.follow(answer)
    assert len(drafts_of(web_engine)) == 1


def test_other_figures_of_a_colleague_are_replaced_only_when_the_sender_says_so(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    theirs, mine = signed_in("sgn.rxt"), signed_in("sub.rxt")
    theirs.follow(send(theirs, csv_of("2015-04", total="12")))
    kept = drafts_of(web_engine)
    page = mine.follow(send(mine, csv_of("2015-03", "2015-04", total="14")))
    said = words(page.text)
    assert "SGN of rxt uploaded this return" in said and "Testshire Mental Health Trust, April 2015" in said
    assert "takes the place of what my colleague entered" in said
    assert drafts_of(web_engine) == kept  # not March either: all of it or nothing
    refused = press(mine, page, "keep")
    assert refused.status_code == 409 and "say that the file takes its place" in words(refused.text)
    assert drafts_of(web_engine) == kept
    done = words(mine.follow(press(mine, mine.get(page.request.path), "keep", over_others="yes")).text)
    assert "This took the place of another’s work: SGN of rxt" in done
    assert all('"14"' in document for document in drafts_of(web_engine))


QUERIED = csv_of("2015-04").replace(b"maternity", b"not-known")


def key_of(page: TestResponse) -> str:
    (key,) = re.findall(r'name="explain-([0-9a-f]+)"', page.text)
    return key


def test_queries_are_explained_and_all_of_it_kept_in_one_step(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    page = browser.follow(send(browser, QUERIED))
    said = words(page.text)
    assert "Rows read 3 Rows kept none yet, 3 are ready" in said and "1 query" in said
    assert drafts_of(web_engine) == []
    assert words(browser.get(page.request.path).text) == said  # a reload shows the same
    assert "waits for your answer" in words(browser.get("/upload").text)
    box = f"explain-{key_of(page)}"
    refused = press(browser, page, "keep", **{box: "Jayden Smith"})
    assert refused.status_code == 409 and "My words name no child" in words(refused.text)
    assert "Jayden Smith" in refused.text and drafts_of(web_engine) == []
    form = {**browser.fields(f"{page.request.path}/keep"), box: "The ward was shut."}
    answers = [browser.client.post(f"{page.request.path}/keep", data=form) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]  # a double click
    assert "The ward was shut." in browser.get(f"/submissions/{number}/findings").text
    assert "uploaded a file" in words(browser.get(f"/submissions/{number}").text)
    kept = words(browser.get(page.request.path).text)
    assert "Rows kept 3" in kept and held_of(web_engine) == 0
    again = browser.follow(send(browser, QUERIED + b" \n\xc2\xa0,,,,\n"))  # explained queries ask nothing
    assert "Rows kept 3" in words(again.text) and "2 blank rows" in words(again.text)


def test_the_same_file_is_known_again_and_changes_nothing(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    theirs, mine = signed_in("sgn.rxt"), signed_in("sub.rxt")
    theirs.follow(send(theirs, csv_of("2015-04")))
    told = events_of(web_engine)
    page = words(mine.follow(send(mine, csv_of("2015-04"))).text)
    assert "SGN of rxt sent this very file on 18 May 2015" in page and "nothing was changed" in page
    assert events_of(web_engine) == told
    other = signed_in("sub.rr1")  # the same bytes say nothing to another agency
    assert "SGN of rxt" not in other.follow(send(other, csv_of("2015-04"))).text
    theirs.follow(press(theirs, theirs.follow(send(theirs, csv_of("2015-04", total="14"))), "keep"))
    page_again = mine.follow(send(mine, csv_of("2015-04")))
    assert "its figures were changed since" in words(page_again.text)
    assert '"14"' in drafts_of(web_engine)[0]
    mine.follow(press(mine, page_again, "keep", over_others="yes"))
    assert '"14"' not in drafts_of(web_engine)[0]


def test_anothers_upload_reads_like_none(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    mine, colleague, stranger = signed_in("sub.rxt"), signed_in("sgn.rxt"), signed_in("sub.rr1")
    path = mine.follow(send(mine, csv_of("2015-04", total="14"))).request.path
    for browser in (colleague, stranger):
        for address in (path, f"{path}/findings.csv"):
            other, absent = browser.get(address), browser.get(address.replace(path, "/upload/7"))
            assert other.status_code == 404 and bare(other) == bare(absent)
        browser.get("/upload")
        keys = browser.fields()
        for button in ("keep", "aside"):
            assert browser.client.post(f"{path}/{button}", data=keys).status_code == 404
    assert mine.get(path).status_code == 200
    assert mine.get("/upload/99999999999999999999").status_code == 404
    with db.transaction(web_engine) as session:
        session.execute(
            update(Grant).where(Grant.person_id == world.people["sub.rxt"].id).values(ended_at=real_now())
        )
        session.add(
            Grant(
                person_id=world.people["sub.rxt"].id,
                role="SUB",
                agency_id=world.agencies["RR1"].id,
                from_at=real_now(),
                until_at=real_now() + timedelta(days=9),
            )
        )
    assert mine.get(path).status_code == 404  # no longer theirs


def bare(answer: TestResponse) -> str:
    return re.sub(r"[a-z]{4}-[a-z]{4}-[a-z]{4}<", "", answer.text)


def events_of(engine: Engine) -> int:
    with db.open_session(engine) as session:
        return session.scalar(select(func.count()).select_from(SubmissionEvent)) or 0


def test_a_file_is_put_aside_and_what_nobody_answers_is_let_go(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser = signed_in("sub.rxt")
    page = browser.follow(send(browser, QUERIED))
    browser.follow(press(browser, page, "aside"))
    assert held_of(web_engine) == 0 and "not kept" in words(browser.get(page.request.path).text)
    page = browser.follow(send(browser, QUERIED))
    with db.transaction(web_engine) as session:
        upload_held.forget(session, now=real_now() + timedelta(days=8))
    assert held_of(web_engine) == 0 and "nobody answered" in words(browser.get(page.request.path).text)
    page = press(browser, browser.follow(send(browser, QUERIED)), "keep")
    with db.transaction(web_engine) as session:
        upload_held.forget(session, now=real_now() + timedelta(days=800))
    assert "Rows kept 3" in words(browser.follow(page).text)


def test_who_edited_meanwhile_is_told_and_asked_about(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    theirs, mine = signed_in("sgn.rxt"), signed_in("sub.rxt")
    page = mine.follow(send(mine, csv_of("2015-04", total="14")))  # the parts add up to 12: an error stops
    theirs.follow(send(theirs, csv_of("2015-04", total="12")))
    kept = drafts_of(web_engine)
    refused = press(mine, page, "keep", over_others="yes")  # said before it was asked about anybody
    said = words(refused.text)
    assert refused.status_code == 409 and "SGN of rxt uploaded this return" in said
    assert "after you opened it" in said and "A colleague entered other figures" in said
    assert drafts_of(web_engine) == kept
    mine.follow(press(mine, mine.get(page.request.path), "keep", over_others="yes"))
    assert '"14"' in drafts_of(web_engine)[0]


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


def from_page_of(browser: Browser, submission: int, content: bytes, name: str = "figures.csv"):  # type: ignore[no-untyped-def]
    browser.get(f"/upload?return_code=referrals&submission={submission}")
    file = FileStorage(io.BytesIO(content), filename=name)
    return browser.post("/upload", {"return_code": "referrals", "file": file})


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_the_template_of_another_agency_or_period_is_named_and_nothing_stored(
    web_engine: Engine, world: World, signed_in: SignIn, format: str
) -> None:
    mine, theirs = signed_in("sub.rxt"), signed_in("sub.rr1")
    april = item(web_engine, world, "RXT", "2015-04")
    march = mine.get(f"/submissions/{item(web_engine, world, 'RXT', '2015-03')}/template.{format}").data
    of_rr1 = theirs.get(f"/submissions/{item(web_engine, world, 'RR1', '2015-04')}/template.{format}").data
    for content, whose in ((march, "RXT for March 2015"), (of_rr1, "RR1 for April 2015")):
        refused = mine.follow(from_page_of(mine, april, content, f"return.{format}"))
        assert f"This is the template of {whose}; you are filling in RXT for April 2015" in words(
            refused.text
        )
        assert f'name="submission" value="{april}"' in refused.text  # the mended file is of the same return
    anywhere = mine.follow(send(mine, of_rr1, f"return.{format}"))
    assert "This is the template of RR1 for April 2015, and you send this return for RXT" in words(
        anywhere.text
    )
    with db.open_session(web_engine) as session:
        assert session.scalars(select(Draft.id)).all() == []
    anything = mine.follow(
        send(mine, march, f"return.{format}")
    )  # from no return's page it may be any of one's own
    assert "1 return in the file" in words(anything.text)


def test_rows_given_another_period_than_their_template_are_asked_about(
    web_engine: Engine, world: World, signed_in: SignIn
) -> None:
    browser = signed_in("sub.rxt")
    march = browser.get(f"/submissions/{item(web_engine, world, 'RXT', '2015-03')}/template.csv").text
    april = item(web_engine, world, "RXT", "2015-04")
    changed = march.replace("RXT,2015-03,", "RXT,2015-04,").encode()
    found = words(browser.follow(from_page_of(browser, april, changed)).text)
    assert "made for RXT for March 2015, but its rows are given as RXT for April 2015" in found


def test_a_template_begins_with_what_was_typed(web_engine: Engine, world: World, signed_in: SignIn) -> None:
    browser = signed_in("sub.rxt")
    april = f"/submissions/{item(web_engine, world, 'RXT', '2015-04')}"
    browser.get(f"{april}/answer")
    browser.post(f"{april}/answer", {**boxes(12, 12), TOTAL: "many"})
    again = browser.get(f"{april}/template.csv").text
    assert "testshire,RXT,2015-04,total,,many,referrals version 1" in again.replace("\r", "")
    assert "testshire,RXT,2015-04,setting,maternity,12," in again


def test_a_finance_lead_uploads_returns_of_money_and_no_others(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    with db.transaction(web_engine) as session:
        person(session, world, "LED", "330", agency_id=world.agencies["330"].id)
        money = definition(session, "contributions")
        make_due_items(session, world.partnership, money, date(2015, 1, 1), date(2015, 3, 31))
    browser = signed_in("led.330")
    page = browser.get("/").text
    assert 'href="/upload"' in page
    offered = re.findall(r'name="return_code" value="([^"]*)"', browser.get("/upload").text)
    assert offered == ["contributions", "joint-services"]
    paid = b"agency,period,breakdown,code,due,paid\n330,FY2014-15Q4,total,,100,100\n"
    page = browser.follow(send(browser, paid, return_code="contributions"))
    browser.follow(press(browser, page, "keep"))
    assert len(drafts_of(web_engine)) == 1
    again = browser.follow(send(browser, paid, return_code="contributions"))
    assert "You sent this very file on" in words(again.text)
    other = HEADINGS.encode() + b"330,2015-04,total,,1\n"
    refused = send(browser, other, return_code="front-door")
    assert refused.status_code == 409 and "Choose which return" in words(refused.text)
