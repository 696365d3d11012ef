"""Verdicts of the example's memorandum, worked out by hand from the story (hub/seed/example/story.py) and its calendar."""

import pytest
from sqlalchemy import select

from hub.agreements.changes import Evaluation, changes
from hub.agreements.evaluate import evaluate, slipping_first, verdicts_of
from hub.agreements.load import read_agreements
from hub.agreements.papers import Papers
from hub.agreements.verdict import WORDS, Verdict
from hub.agreements.versions import agreement_as_at, agreements_as_at
from hub.config import shipped
from hub.facts.models import Revision
from hub.partners import queries
from hub.periods import between, parse
from tests.example_world import Example

AGREEMENT = "birmingham-nhs-2015-16"
MONTH_ENDS = [
    "2015-04-30",
    "2015-05-31",
    "2015-06-30",
    "2015-07-31",
    "2015-08-31",
    "2015-09-30",
    "2015-10-31",
    "2015-11-30",
    "2015-12-31",
    "2016-01-31",
    "2016-02-29",
    "2016-03-31",
    "2016-04-30",
]


def verdicts(example: Example, day: str) -> dict[tuple[str, str], Verdict]:
    at = example.at(day)
    agreement = agreement_as_at(example.session, example.partnership.id, AGREEMENT, at.moment)
    found = evaluate(example.session, example.partnership, agreement, at)
    return {(verdict.commitment, verdict.party): verdict for verdict in found}


@pytest.mark.parametrize(
    ("commitment", "party", "day", "word"),
    [
        # Milestones: rota due 30 June, reported on 25 June, confirmed on 2 July.
        ("C3", "RYW", "2015-04-30", "not due"),
        ("C3", "RYW", "2015-06-01", "at risk"),
        ("C3", "RYW", "2015-06-30", "on track"),
        ("C3", "RYW", "2015-07-01", "at risk"),
        ("C3", "RYW", "2015-07-02", "met"),
        # The CCG countersigned the method on 20 August; it was due by 31 July.
        ("C8", "13P", "2015-08-01", "missed"),
        ("C8", "13P", "2015-08-31", "missed"),
        ("C8", "330", "2015-08-31", "met"),
        # The council never reported the principle of funding.
        ("C9", "330", "2015-09-30", "at risk"),
        ("C9", "330", "2015-10-01", "missed"),
        ("C9", "13P", "2015-10-31", "met"),
        # The council's December was due on 15 January and signed on 10 March.
        ("C6", "330", "2015-12-31", "on track"),
        ("C6", "330", "2016-01-31", "cannot tell"),
        ("C6", "330", "2016-02-29", "missed"),
        ("C6", "330", "2016-03-31", "on track"),
        ("C6", "330", "2016-04-30", "met"),
        # A gap is looked at from January; a return of January falls due in February.
        ("C4", "RQ3", "2015-12-31", "not due"),
        ("C4", "RXT", "2016-02-29", "at risk"),
        ("C4", "RXT", "2016-04-30", "missed"),
        # Unknown sources stay near 10% against 2% in March.
        ("C5", "330", "2015-11-30", "at risk"),
        ("C5", "330", "2016-04-30", "missed"),
        ("C7", "330", "2016-04-30", "missed"),
    ],
)
def test_a_verdict_as_worked_out_by_hand(
    example: Example, commitment: str, party: str, day: str, word: str
) -> None:
    verdict = verdicts(example, day)[commitment, party]
    assert verdict.word == word, verdict.reason


def test_every_word_occurs_at_the_end_of_some_month(example: Example) -> None:
    said = {verdict.word for day in MONTH_ENDS for verdict in verdicts(example, day).values()}
    assert said == set(WORDS)


def test_each_promisor_has_its_own_line(example: Example) -> None:
    parties = [party for commitment, party in verdicts(example, "2015-12-31") if commitment == "C1"]
    assert parties == ["RQ3", "RLU", "RR1", "RRK", "RYW", "RXT", "RXK", "RYA"]


def test_silence_past_a_second_due_day_counts_against_the_silent(example: Example) -> None:
    reason = verdicts(example, "2016-02-29")["C6", "330"].reason
    assert reason.startswith("Missed: not shown.") and "December 2015" in reason


def test_cannot_tell_names_who_and_which_month(example: Example) -> None:
    assert (
        verdicts(example, "2016-01-31")["C6", "330"].reason
        == "Cannot tell, because Birmingham City Council has not signed December 2015."
    )


def test_a_promise_to_submit_is_broken_by_absence(example: Example) -> None:
    # RYW was late or silent more than once, so 11 of 12 cannot be reached any more.
    verdict = verdicts(example, "2016-01-31")["C1", "RYW"]
    assert verdict.word == "missed"
    assert "November 2015" in verdict.reason and "no longer be kept" in verdict.reason


def test_a_value_over_the_term_adds_before_dividing(example: Example) -> None:
    verdict = verdicts(example, "2016-04-30")["C7", "330"]
    # Published for the year: 725 of 1,435 conferences within 15 working days.
    assert verdict.value == pytest.approx(100 * 725 / 1435, abs=1e-4)
    assert verdict.target == 70


def test_every_verdict_on_figures_rests_on_revisions_known_then(example: Example) -> None:
    at = example.at("2015-12-31")
    known = set(
        example.session.scalars(
            select(Revision.id).where(
                Revision.partnership_id == example.partnership.id, Revision.position <= at.position
            )
        )
    )
    rested = 0
    for verdict in verdicts(example, "2015-12-31").values():
        for paper in verdict.evidence:
            if paper.revision is not None:
                assert paper.revision in known
                rested += 1
        assert verdict.evidence or verdict.word in ("not due", "missed", "at risk")
    assert rested > 50


def test_later_signatures_and_corrections_do_not_change_an_earlier_answer(example: Example) -> None:
    # The police's October was corrected on 21 January 2016: what was worked out before stays.
    first, again = verdicts(example, "2015-12-31"), verdicts(example, "2015-12-31")
    assert first == again
    assert verdicts(example, "2016-01-20")["C2", "330"].word == "at risk"


def test_what_slips_stands_first(example: Example) -> None:
    words = [verdict.word for verdict in slipping_first(list(verdicts(example, "2016-02-29").values()))]
    assert words == sorted(words, key=WORDS.index)


@pytest.mark.parametrize(
    ("commitment", "party", "day", "word", "value"),
    [
        # hub/seed/example/money.py: one commissioner owes £12,000 a quarter, pays 12,000, nothing, nothing, 36,000.
        ("F1", "05L", "2015-07-31", "on track", 100.0),
        ("F1", "05L", "2015-10-31", "at risk", 50.0),
        ("F1", "05L", "2016-01-31", "at risk", 33.3333),
        ("F1", "05L", "2016-05-15", "met", 100.0),
        # Health visiting changes its payer on 1 October: each pays its own half year.
        ("F3", "X24", "2015-09-30", "on track", 100.0),
        ("F3", "X24", "2015-10-31", "met", 100.0),
        ("F4", "330", "2015-10-31", "not due", None),
        ("F4", "330", "2016-05-15", "met", 100.0),
        # The process of C17: 04X came to 7 of 11 meetings.
        ("C17", "04X", "2016-04-30", "missed", 10.0),
        ("C17", "13P", "2016-04-30", "met", 10.0),
        # C16 asked for 150 until the variation, and asks for 120 from October.
        ("C16", "330", "2016-05-15", "met", 84.0),
    ],
)
def test_money_meetings_and_a_variation_as_the_story_tells_them(
    example: Example, commitment: str, party: str, day: str, word: str, value: float | None
) -> None:
    verdict = verdicts(example, day)[commitment, party]
    assert (verdict.word, verdict.value) == (word, value), verdict.reason


def test_the_school_that_becomes_an_academy_keeps_its_promise_through_it(example: Example) -> None:
    at = example.at("2016-02-29")
    agreement = agreement_as_at(
        example.session, example.partnership.id, "birmingham-police-schools-2015-16", at.moment
    )
    found = evaluate(example.session, example.partnership, agreement, at)
    verdict = next(v for v in found if (v.commitment, v.party) == ("S4", "990010"))
    assert [(paper.agency, paper.period) for paper in verdict.evidence] == [
        ("990010", "AY2014-15T3"),
        ("990041", "AY2015-16T1"),
    ]
    names = [queries.agency(example.session, code).name for code in ("990041", "990010")]
    assert f"From 1 September 2015 {names[0]} has the place of {names[1]}." in verdict.reason


def test_every_shipped_agreement_is_answered_at_the_end_of_each_month(example: Example) -> None:
    months = between(parse("2014-04"), parse("2016-04"))
    answered = set()
    for month in months:
        at = example.at(month.ends_on.isoformat())
        papers = Papers(example.session, example.partnership, at)
        for agreement in agreements_as_at(example.session, example.partnership.id, at.moment):
            found = verdicts_of(papers, agreement)
            asked = [(one.id, party) for one in agreement.commitments for party in one.promisor]
            assert [(verdict.commitment, verdict.party) for verdict in found] == asked
            assert all(verdict.evidence for verdict in found if verdict.word in ("met", "on track"))
            answered |= {agreement.code} if found else set()
    texts = read_agreements(sorted(shipped("agreements").glob("*/v*.yaml")))
    assert {each.code for each in texts if each.commitments} <= answered


def test_what_changed_since_the_quarter_before_says_what_did_it(example: Example) -> None:
    at, then = example.at("2015-11-30"), example.at("2015-09-30")
    after, before = (
        agreement_as_at(example.session, example.partnership.id, AGREEMENT, each.moment)
        for each in (at, then)
    )
    found = {
        (change.commitment, change.party): change
        for change in changes(
            Evaluation(before, evaluate(example.session, example.partnership, before, then)),
            Evaluation(after, evaluate(example.session, example.partnership, after, at)),
        )
    }
    assert found["C6", "330"].causes == ("new figures",)
    assert found["C16", "330"].causes == ("a variation", "new figures")
    assert found["C9", "330"].causes == ("time",)  # 30 September passed
    assert found["C9", "13P"].causes == ("what was reported",)  # confirmed on 6 October
    assert found["F4", "330"].before is None and found["F4", "330"].causes == ("a variation",)
    assert ("C3", "RYW") not in found  # done, confirmed, and nothing more to say
