"""History rules inside the check: floors, what is compared with what, the worst first, five at most, the rest noted."""

from dataclasses import replace

import pytest

from hub.definitions.catalogue import shipped
from hub.definitions.load import standard_history
from hub.definitions.model import Breakdown, Definition, Figure, Owes
from hub.findings import Finding, errors, notes, queries
from hub.intake.table import Received
from hub.validation.history_trial import misbehaving_history, misbehaving_standard
from hub.validation.outcome import Expected, OtherSide, Scope, Signed
from hub.validation.run import check
from tests.validation.small_returns import small_return, small_scope

ANN = "Ann Smith"


def definition(**changes: object) -> Definition:
    return small_return(rules=(), history=standard_history(), **changes)


def signed(period: str, by: str = ANN, **totals: int | None) -> Signed:
    return Signed("birmingham/330", period, by, {"total": {"": dict(totals)}})


def found(
    rows: list[dict[str, str]], *before: Signed, scope: Scope | None = None, **changes: object
) -> list[Finding]:
    scope = replace(scope or small_scope(), signed=before)
    lines = [{"partnership": "birmingham", "agency": "330", "period": "2014-05", **row} for row in rows]
    findings = check(Received("form", rows=tuple(lines)), definition(**changes), scope).findings
    return [one for one in findings if one.code.startswith("history")]


def total(referrals: str = "50", nfa: str = "5") -> list[dict[str, str]]:
    return [
        {"breakdown": "total", "referrals": referrals, "nfa": nfa},
        {"breakdown": "area", "code": "south", "referrals": referrals},
    ]


def test_the_standard_rules_behave_on_their_own_examples() -> None:
    assert misbehaving_standard(standard_history()) == []
    sides = {(rule.code, bool(rule.passes), bool(rule.fails)) for rule in standard_history()}
    assert sides == {(rule.code, True, True) for rule in standard_history()}


@pytest.mark.parametrize("each", shipped().returns, ids=lambda each: each.code)
def test_every_owed_return_asks_them_and_its_own_behave(each: Definition) -> None:
    assert misbehaving_history(each) == []
    standard = {rule.code for rule in standard_history()}
    assert (standard <= {rule.code for rule in each.history}) == (not each.published)


def test_a_change_says_what_it_compared_with() -> None:
    (one,) = found(
        total("150"), signed("2013-05", referrals=100), signed("2014-04", "Bo Chen", referrals=104)
    )
    assert (one.code, one.severity, one.value, one.where.field) == (
        "history-change",
        "query",
        "150",
        "referrals",
    )
    assert (
        "it was 100 in May 2013 (signed by Ann Smith) and 104 in April 2014 (signed by Bo Chen)"
        in one.message
    )


def test_thirty_per_cent_means_nothing_below_a_hundred() -> None:
    assert found(total("30"), signed("2013-05", referrals=20)) == []
    (one,) = found(total("131"), signed("2013-05", referrals=100))
    assert one.code == "history-change"
    assert found(total("130"), signed("2013-05", referrals=100)) == []


def test_a_blank_where_a_number_was_is_asked_once_and_in_its_own_words() -> None:
    scope = small_scope()
    rows = [
        {
            "partnership": "birmingham",
            "agency": "330",
            "period": "2014-05",
            "breakdown": "total",
            "referrals": "5",
        }
    ]
    plain = check(Received("form", rows=tuple(rows)), definition(), scope)
    assert [one.code for one in queries(plain.findings)] == ["figure-blank"]
    asked = check(
        Received("form", rows=tuple(rows)), definition(), replace(scope, signed=(signed("2014-04", nfa=7),))
    )
    (one,) = queries(asked.findings)
    assert one.code == "history-blank"
    assert "zero or unknown" in one.message and "it was 7 in April 2014" in one.message


def test_a_figure_with_an_error_is_not_asked_about() -> None:
    assert found(total("many"), signed("2014-04", referrals=700), signed("2013-05", referrals=700)) == []


def test_last_months_file_is_recognised_by_every_cell() -> None:
    before = Signed(
        "birmingham/330", "2014-04", ANN,
        {"total": {"": {"referrals": 50, "nfa": 5}}, "area": {"south": {"referrals": 20}, "east": {"referrals": 30}}},
    )  # fmt: skip
    rows = [
        {"breakdown": "total", "referrals": "50", "nfa": "5"},
        {"breakdown": "area", "code": "south", "referrals": "20"},
        {"breakdown": "area", "code": "east", "referrals": "30"},
    ]
    (one,) = found(rows, before)
    assert (one.code, one.where.field) == ("history-again", None)
    assert "the same as before: April 2014, signed by Ann Smith" in one.message
    rows[2]["referrals"] = "31"
    assert found(rows, before) == []


def test_months_of_one_return_are_beside_one_another() -> None:
    """A term's school return: the months before stand in the same return, not in the ledger."""
    rows = [
        {"agency": "100001", "period": f"2014-0{month}", "breakdown": "total", "referrals": "40"}
        for month in (4, 5, 6)
    ]
    found_here = found(rows, scope=small_scope(today="2014-09-10"))
    assert [one.code for one in found_here] == ["history-alike"]
    assert "40 in May 2014 (in this return) and 40 in April 2014 (in this return)" in found_here[0].message


def test_five_are_asked_the_worst_first_and_the_rest_is_noted() -> None:
    names = tuple(f"figure_{letter}" for letter in "abcdefgh")
    wide = definition(
        figures=tuple(Figure(name, name, "", "count") for name in names),
        breakdowns=(Breakdown("total", "Total", "", names),),
        owes=(Owes(("council",), "month", "month", None, 2, ("total",), names),),
    )
    before = Signed("birmingham/330", "2013-05", ANN, {"total": {"": dict.fromkeys(names, 100)}})
    sent = {name: str(200 + 100 * place) for place, name in enumerate(names)}
    sent["figure_a"] = "207"  # not round hundreds everywhere
    row = {"partnership": "birmingham", "agency": "330", "period": "2014-05", "breakdown": "total", **sent}
    outcome = check(Received("form", rows=(row,)), wide, replace(small_scope(), signed=(before,)))
    assert [one.where.field for one in queries(outcome.findings)] == list(reversed(names))[:5]
    assert [one.where.field for one in notes(outcome.findings)] == list(reversed(names))[5:]
    assert not errors(outcome.findings)


def test_the_other_side_is_named_and_neither_presumed_wrong() -> None:
    referrals = shipped().latest("referrals")
    expected = Expected(1, "birmingham", "RQ3", "nhs_trust", "2014-05")
    side = OtherSide("referrals-made-and-logged-differ", "birmingham/RQ3", "2014-05", "", 60, "The Council")
    scope = Scope(
        (expected,),
        {
            "": {"settings": {}, "categories": {}, "residences": {}},
            "birmingham": {"areas": {}, "emergency-departments": {}},
        },
        "2014-06-20",
        other_sides=(side,),
    )
    row = {
        "partnership": "birmingham",
        "agency": "RQ3",
        "period": "2014-05",
        "breakdown": "total",
        "referrals_made": "70",
    }
    findings = check(Received("form", rows=(row,)), referrals, scope).findings
    (one,) = [each for each in findings if each.code == "referrals-made-and-logged-differ"]
    assert "The Council signed 60 for May 2014 as contacts logged from you" in one.message
    assert "neither side is presumed wrong" in one.message


def test_the_scope_travels_as_json() -> None:
    scope = replace(
        small_scope(),
        signed=(signed("2014-04", referrals=3),),
        other_sides=(OtherSide("r", "o", "p", "c", 1, "a"),),
    )
    assert Scope.from_json(scope.as_json()) == scope
