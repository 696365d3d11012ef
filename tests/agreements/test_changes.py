"""What changed between two evaluations, and what did it: each cause by itself, and together."""

from dataclasses import replace

import pytest

from hub.agreements.changes import Change, Evaluation, changes
from hub.agreements.load import from_document
from hub.agreements.verdict import Evidence, Verdict
from hub.document import read
from tests.agreements.promised_world import PROMISES

AGREEMENT = from_document(read(PROMISES).data)
APRIL = Evidence(11, "330", "front-door", "2015-04", number=1, definition_version=1)
MAY = Evidence(12, "330", "front-door", "2015-05", number=1, definition_version=1)
THEN = Verdict(
    "L1", "330", "on track", "So far.", value=80.0, target=80.0, evidence=(APRIL,), measures=(("FD03", "a"),)
)


def change(now: Verdict, *, then: Verdict = THEN, later=AGREEMENT) -> list[Change]:
    return changes(Evaluation(AGREEMENT, [then]), Evaluation(later, [now]))


@pytest.mark.parametrize(
    ("now", "causes"),
    [
        ({"evidence": (APRIL, MAY)}, ("new figures",)),
        ({"evidence": (replace(APRIL, revision=21, number=2),)}, ("corrections",)),
        ({"evidence": (replace(APRIL, revision=21, number=2), MAY)}, ("corrections", "new figures")),
        ({"measures": (("FD03", "b"),)}, ("a changed definition",)),
        ({"evidence": (replace(APRIL, revision=21, definition_version=2),)}, ("a changed definition", "corrections")),
        ({"evidence": (APRIL, Evidence(None, "330", "milestone", "2015-06-24: A letter", number=2))}, ("what was reported",)),
        ({}, ("time",)),
    ],
)  # fmt: skip
def test_what_did_it(now: dict[str, object], causes: tuple[str, ...]) -> None:
    found = change(replace(THEN, word="at risk", **now))  # type: ignore[arg-type]
    assert [one.causes for one in found] == [causes]


def test_the_same_word_and_value_is_no_change_whatever_came() -> None:
    assert change(replace(THEN, evidence=(APRIL, MAY))) == []


def test_another_target_is_a_variation_even_where_the_word_stays() -> None:
    varied = tuple(
        replace(one, terms=one.terms | {"target": 75}) if one.id == "L1" else one
        for one in AGREEMENT.commitments
    )
    found = change(replace(THEN, target=75.0), later=replace(AGREEMENT, version=2, commitments=varied))
    assert [one.causes for one in found] == [("a variation",)]


def test_a_promise_that_is_dropped_or_new_stands_in_the_list() -> None:
    dropped = changes(Evaluation(AGREEMENT, [THEN]), Evaluation(AGREEMENT, []))
    added = changes(Evaluation(AGREEMENT, []), Evaluation(AGREEMENT, [THEN]))
    assert [(one.before, one.after) for one in (*dropped, *added)] == [(THEN, None), (None, THEN)]
