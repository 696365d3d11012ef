"""The out-turn of a promised total, as methods.md section 6 works it: T = 200, 75 to date, a share of 0.40 by now."""

import pytest
from sqlalchemy.orm import Session

from hub.agreements.versions import keep
from hub.clock import parse_moment
from hub.document import parse
from tests.agreements.promised_world import PROMISES, make_promised

HEAD, _, _ = PROMISES.read_text(encoding="utf-8").partition("commitments:\n")
PROMISE = """commitments:
  - {id: R1, clause: "1", text: So many are sent., promisor: [RYW], kind: level, measure: RF01, of: party,
     direction: at_least, target: 200, judged: whole, profile: seasonal, weights: [8, 8, 8, 8, 8, 8, 9, 9, 9, 8, 8, 9]}
"""


def test_the_worked_year_comes_out_as_fields_of_the_verdict(session: Session) -> None:
    world = make_promised(session)
    text = (
        HEAD.replace("agreement: kept", "agreement: year").replace("status: signed", "status: draft")
        + PROMISE
    )
    keep(session, parse(text, "year.yaml"), now=parse_moment("2015-03-20"))
    for month in range(4, 9):
        world.signs("RYW", "referrals", f"2015-{month:02d}", f"2015-{month + 1:02d}-18", referrals_made=15)
    early = world.verdicts_anew("2015-06-30", "year")["R1", "RYW"]
    assert early.value == 30 and early.outturn is None  # two months are too few to say
    verdict = world.verdicts_anew("2015-09-30", "year")["R1", "RYW"]
    assert (verdict.word, verdict.colour) == ("at risk", "amber")
    assert (verdict.value, verdict.expected_to_date, verdict.attainment) == (75, 80, 0.9375)
    assert verdict.outturn is not None
    assert (verdict.outturn.point, verdict.outturn.mean) == (pytest.approx(187.5), pytest.approx(188.25))
    assert (verdict.outturn.lower, verdict.outturn.upper) == (157, 223)
    assert verdict.outturn.chance == pytest.approx(0.2448, abs=5e-5)
    assert "between 157 and 223" in verdict.reason and "24%" in verdict.reason
    # A draft is judged as a shadow.
    assert verdict.is_shadow and verdict.as_json({})["shadow"] is True
