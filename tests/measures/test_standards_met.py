"""QA01 by standard, from agencies' own scores and from moderated ones, by hand from the signed rows; and who reads which."""

from collections import Counter
from datetime import date

from hub.facts.judgements import judgements_as_at
from hub.facts.registers import register_rows_as_at
from hub.measures.model import Series
from hub.measures.protect import Audience, protect
from tests.example_world import Example

YEAR = {"kind": "financial_year", "first": date(2014, 4, 1), "last": date(2015, 3, 31)}


def by_hand(
    example: Example, day: str | None = None
) -> tuple[Counter[str], Counter[str], Counter[str], Counter[str]]:
    """Scores of 3 and all scores by standard, the agencies' own; and the same as moderated."""
    at = example.at(day)
    rows = [
        row
        for row in register_rows_as_at(example.session, at, "section-11", "standard")
        if row.revision.period == "FY2014-15"
    ]
    items = sorted({row.revision.due_item_id for row in rows})
    said = judgements_as_at(example.session, at.partnership_id, at.moment, due_item_ids=items)
    own, scored, met, moderated = (Counter[str]() for _ in range(4))
    for row in rows:
        if row.cells["score"].isdecimal():
            scored[row.code] += 1
            own[row.code] += row.cells["score"] == "3"
            last = said.get((row.revision.due_item_id, "standard", row.code))
            if last:
                moderated[row.code] += 1
                met[row.code] += last[-1].judgement == "3"
    return own, scored, met, moderated


def lines(series: Series, by: str) -> dict[str, tuple[int | None, int | None]]:
    return {point.lines[by]: (point.numerator, point.denominator) for point in series.points}


def test_both_are_counted_standard_by_standard(example: Example) -> None:
    own, scored, met, moderated = by_hand(example)
    assert len(scored) > 5 and sum(met.values()) < sum(own.values())
    assert lines(example.series("QA01", by="standard", **YEAR), "standard") == {
        code: (own[code], scored[code]) for code in scored
    }
    assert lines(example.series("QA01A", by="standard", **YEAR), "standard") == {
        code: (met[code], moderated[code]) for code in moderated
    }
    (whole,) = example.series("QA01", **YEAR).points
    assert (whole.numerator, whole.denominator) == (sum(own.values()), sum(scored.values()))
    (whole,) = example.series("QA01A", **YEAR).points
    assert (whole.numerator, whole.denominator) == (sum(met.values()), sum(moderated.values()))
    assert whole.value == 100 * sum(met.values()) / sum(moderated.values())


def test_before_anything_was_moderated_nothing_is_met(example: Example) -> None:
    first = min(
        row.revision.signed_at
        for row in register_rows_as_at(example.session, example.at(), "section-11", "standard")
        if row.revision.period == "FY2014-15"
    )
    day = first.isoformat()
    assert all(point.numerator is None for point in example.series("QA01A", day, **YEAR).points)
    assert sum(by_hand(example, day)[3].values()) == 0


def test_one_agencys_moderated_scores_are_its_own_and_the_data_teams(example: Example) -> None:
    series = example.series("QA01A", by="agency", **YEAR)
    everybody = set(lines(series, "agency"))
    assert {"RQ3", "RYW"} <= everybody
    assert set(lines(protect(series, Audience(exact=True)), "agency")) == everybody
    hospital = protect(series, Audience(agencies=frozenset({"RQ3"})))
    assert set(lines(hospital, "agency")) == {"RQ3"} and hospital.withheld
    assert protect(series, Audience()).points == ()
    alone = example.series("QA01A", **YEAR)
    assert protect(alone, Audience(), owner="RQ3").points == ()
    assert protect(alone, Audience(agencies=frozenset({"RQ3"})), owner="RQ3").points == alone.points
    whole = protect(example.series("QA01A", by="standard", **YEAR), Audience())
    assert whole.points and all((point.denominator or 0) >= 3 for point in whole.points)
    own = protect(example.series("QA01", by="agency", **YEAR), Audience())
    assert set(lines(own, "agency")) == everybody
