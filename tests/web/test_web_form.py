"""What the form does in one step: a nil return, and filling in what seldom changes as it was last signed."""

from __future__ import annotations

import html
import re

import pytest
from sqlalchemy import Engine

from hub.definitions import catalogue
from hub.definitions.as_questions import as_questions
from hub.definitions.model import Definition, Owes
from hub.findings import errors
from hub.intake.table import Received
from hub.periods import containing, parse
from hub.validation.outcome import Expected, Scope
from hub.validation.run import check
from hub.web import present_answer
from hub.web.present_before import Before, carried, nil_return, unchanged
from tests.definitions.test_templates import LISTS
from tests.factories import World
from tests.web.conftest import SignIn, words
from tests.web.test_web_journey import TOTAL, boxes, item

SHIPPED = catalogue.shipped()
OFFERING = [
    pytest.param(definition, owes, id=f"{definition.code}-{owes.kinds[0]}")
    for definition in SHIPPED.returns
    if not definition.published
    for owes in definition.owes
    if nil_return(
        as_questions(
            definition,
            kind=owes.kinds[0],
            period=containing(parse("2014-10-15").starts_on, owes.frequency),
            lists=LISTS,
        )
    )
]


def test_nothing_happened_is_said_in_one_step(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    browser, number = signed_in("sub.rxt"), item(web_engine, world)
    assert "Nil return" in words(browser.get(f"/submissions/{number}/answer").text)
    found = words(browser.follow(browser.post(f"/submissions/{number}/answer", {"then": "nil"})).text)
    assert "Nothing was found" in found and "Send for sign-off" in found
    form = browser.get(f"/submissions/{number}/answer").text
    assert 'value="[nil]"' in form and "Nil return" not in words(form)


def folded(page: str) -> dict[str, bool]:
    """The tables that may be left out: whether each stands open."""
    found = re.findall(
        r'<details class="govuk-details hub-optional"( open)?>.*?<h2[^>]*>([^<(]*)', page, re.S
    )
    return {html.unescape(title).strip(): bool(is_open) for is_open, title in found}


def test_tables_that_may_be_left_out_are_folded_until_they_hold_something(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    browser, number = signed_in("sub.rxt"), item(web_engine, world)
    form = f"/submissions/{number}/answer"
    area, residence = "Area where the child lives", "Where the child lives"
    tables = folded(browser.get(form).text)
    assert {area, residence} <= set(tables) and not any(tables.values())
    south = re.findall(r'name="([^"]*\.area\.south\.referrals_made)"', browser.get(form).text)[0]
    browser.follow(browser.post(form, boxes(12, 7) | {south: "12", "then": "later"}))
    tables = folded(browser.get(form).text)
    assert (tables[area], tables[residence]) == (True, False)


def test_nil_never_takes_the_place_of_figures(signed_in: SignIn, web_engine: Engine, world: World) -> None:
    """The form saves by itself and then carries the newest event: only what is stored can tell."""
    browser, number = signed_in("sub.rxt"), item(web_engine, world)
    browser.get(f"/submissions/{number}/answer")
    nil = browser.fields()
    browser.follow(browser.post(f"/submissions/{number}/answer", boxes(12, 7)))
    for seen in (nil["seen"], "1"):
        refused = browser.client.post(
            f"/submissions/{number}/answer", data={**nil, "form_key": "", "seen": seen, "then": "nil"}
        )
        assert refused.status_code == 409
        assert "There are figures in this return already" in words(refused.text)
        assert 'value="12"' in refused.text  # what is stored, and not blank boxes to save over it


@pytest.mark.parametrize(("definition", "owes"), OFFERING)
def test_a_nil_return_that_is_offered_has_no_errors(definition: Definition, owes: Owes) -> None:
    period = containing(parse("2014-10-15").starts_on, owes.frequency)
    questions = as_questions(definition, kind=owes.kinds[0], period=period, lists=LISTS)
    rows = present_answer.rows_of(questions, nil_return(questions) or {}, partnership="here", agency="RQ3")
    scope = Scope(
        (Expected(1, "here", "RQ3", owes.kinds[0], period.code),), {"": LISTS, "here": LISTS}, "2016-05-18"
    )
    outcome = check(Received("form", rows=rows), definition, scope)
    assert errors(outcome.findings) == []
    assert {cell[6] for cell in outcome.parts[0].cells if cell[2] == "total"} == {"nil"}


def sign_march(signed_in: SignIn, number: int, total: int = 12) -> None:
    """Referrals, all of them with a concern that the trust does not sort by."""
    submitter, signatory = signed_in("sub.rxt"), signed_in("sgn.rxt")
    form = f"/submissions/{number}/answer"
    submitter.get(form)
    march = {name.replace("2015-04", "2015-03"): text for name, text in boxes(total, total // 2 + 1).items()}
    march["2015-03.area.south.referrals_made"] = "[x]"
    assert "Nothing was found" in words(submitter.follow(submitter.post(form, march)).text)
    submitter.get(f"/submissions/{number}")
    submitter.follow(submitter.post(f"/submissions/{number}/send", action=f"/submissions/{number}/send"))
    signatory.get(f"/submissions/{number}/sign")
    signatory.follow(signatory.post(f"/submissions/{number}/sign", action=f"/submissions/{number}/sign"))


def test_what_is_not_held_is_carried_forward_and_counts_are_not(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    form = f"/submissions/{number}/answer"
    assert "as last signed" not in words(browser.get(form).text)  # nothing was signed yet
    sign_march(signed_in, item(web_engine, world, period="2015-03"))
    assert "Fill in what seldom changes, as last signed" in words(browser.get(form).text)
    page = browser.client.post(form, data={**browser.fields(), TOTAL: "9", "then": "carry"})
    assert "1 blank box now holds what was signed last" in words(page.text)
    assert f'name="{TOTAL}" value="9"' in page.text
    assert 'name="2015-04.area.south.referrals_made" value="[x]"' in page.text
    assert 'name="2015-04.setting.maternity.referrals_made" value=""' in page.text
    assert "No figures yet" in words(browser.get(f"/submissions/{number}").text)  # nothing was saved


def test_a_template_shows_last_months_signed_figures(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    sign_march(signed_in, item(web_engine, world, period="2015-03"))
    number = item(web_engine, world)
    template = signed_in("sub.rxt").get(f"/submissions/{number}/template.csv").text
    assert "referrals_made,Signed for 2015-03: referrals_made,template" in template
    assert "testshire,RXT,2015-04,total,,,12,referrals version 1" in template


def test_a_registers_row_is_carried_whole_or_not_at_all() -> None:
    definition = SHIPPED.latest("school-safeguarding")
    questions = as_questions(definition, kind="school", period=parse("AY2014-15"), lists=LISTS)
    signed = {
        ("AY2013-14", "contract", code, name): text
        for code in ("1", "2")
        for name, text in (("provider", f"Provider {code}"), ("yearly_cost", "900.00"))
    }
    before = Before(
        {
            **signed,
            ("AY2013-14", "total", "", "leads"): "2",
            ("AY2012-13", "contract", "3", "provider"): "Old",
        }
    )
    filled = carried(before, definition, questions, {"AY2014-15.contract.1.provider": "Another"})
    assert filled == {
        "AY2014-15.contract.1.provider": "Another",
        "AY2014-15.contract.2.provider": "Provider 2",
        "AY2014-15.contract.2.yearly_cost": "900.00",
    }


def test_words_are_carried_and_scores_are_given_anew() -> None:
    definition = SHIPPED.latest("section-11")
    questions = as_questions(definition, kind="nhs_trust", period=parse("FY2014-15"), lists=LISTS)
    line = next(
        section.lines[0].code for section in questions.sections if section.breakdown.name == "standard"
    )
    before = Before(
        {
            ("FY2013-14", "standard", line, "evidence"): "Audit of May",
            ("FY2013-14", "standard", line, "score"): "2",
            ("FY2013-14", "standard", "a-standard-of-old", "evidence"): "Gone",
        }
    )
    assert set(unchanged(before, definition, questions)) >= {("standard", line, "evidence")}
    assert carried(before, definition, questions, {}) == {
        f"FY2014-15.standard.{line}.evidence": "Audit of May"
    }


def test_posts_of_the_quarter_before_are_carried() -> None:
    definition = SHIPPED.latest("workforce")
    questions = as_questions(definition, kind="police", period=parse("FY2014-15Q4"), lists=LISTS)
    figure = next(
        figure.name
        for figure in definition.figures
        if figure.unit == "posts" and figure.name in definition.owes_for("police").figures
    )  # type: ignore[union-attr]
    before = Before({("FY2014-15Q3", "total", "", figure): "3.50", ("FY2013-14Q4", "total", "", figure): "9"})
    assert carried(before, definition, questions, {}) == {f"FY2014-15Q4.total..{figure}": "3.50"}


def test_the_period_before_stands_beside_a_box_and_is_asked_about_there_and_on_saving(
    signed_in: SignIn, web_engine: Engine, world: World
) -> None:
    sign_march(signed_in, item(web_engine, world, period="2015-03"), 148)
    number, browser = item(web_engine, world), signed_in("sub.rxt")
    form = f"/submissions/{number}/answer"
    assert "Mar 2015: 148" in words(browser.get(form).text)
    typed = {**browser.fields(), **boxes(401, 50)}
    at_the_box = browser.client.post(f"{form}/boxes", data=typed).get_json()["2015-04-total--referrals_made"]
    assert at_the_box["severity"] == "query" and "in March 2015 (signed by SGN of rxt)" in at_the_box["text"]
    saved = browser.client.post(form, data=typed)
    assert at_the_box["text"] in html.unescape(words(browser.follow(saved).text))
