"""Bodies that merged: what they signed stays theirs, comparisons may follow (RLU into RQ3 on 1 February 2017)."""

from datetime import date

from sqlalchemy import select

from hub.partners.models import Agency, Succession
from hub.partners.successions import followed
from tests.example_world import Example

# The example ends in March 2016; it is read here as it would be on days after the mergers.
BEFORE, AFTER = "2017-01-31", "2018-05-01"
ACADEMY = {"990010": "990041"}  # a school that becomes an academy on 1 September 2015


def lines(example: Example, code: str, day: str, *, follow: bool) -> dict[str, float | None]:
    """February 2016 by agency."""
    series = example.series(
        code, day, by="agency", follow=follow, first=date(2016, 2, 1), last=date(2016, 2, 29)
    )
    return {point.lines["agency"]: point.numerator for point in series.points}


def test_both_mergers_are_followed_from_their_day_on(example: Example) -> None:
    assert followed(example.session, date(2015, 8, 31), example.at().moment) == {}
    assert followed(example.session, date(2017, 1, 31), example.at().moment) == ACADEMY
    assert followed(example.session, date(2017, 2, 1), example.at().moment) == {**ACADEMY, "RLU": "RQ3"}
    assert followed(example.session, date(2018, 4, 1), example.at().moment) == {
        **ACADEMY,
        "RLU": "RQ3",
        "RR1": "RRK",
    }


def test_referrals_of_a_merged_body_stand_under_the_one_that_took_its_place(example: Example) -> None:
    apart, together = lines(example, "RF01", AFTER, follow=False), lines(example, "RF01", AFTER, follow=True)
    assert {"RLU", "RR1"} <= set(apart) and not {"RLU", "RR1"} & set(together)
    assert together["RQ3"] == (apart["RQ3"] or 0) + (apart["RLU"] or 0)
    assert together["RRK"] == (apart["RRK"] or 0) + (apart["RR1"] or 0)
    assert sum(value or 0 for value in together.values()) == sum(value or 0 for value in apart.values())
    assert lines(example, "RF01", BEFORE, follow=True) == apart


def test_coverage_and_punctuality_follow_too(example: Example) -> None:
    def covers(follow: bool) -> dict[str, tuple[int, int]]:
        series = example.series(
            "RF01", AFTER, by="agency", follow=follow, first=date(2016, 2, 1), last=date(2016, 2, 29)
        )
        return {each.lines["agency"]: (each.coverage.received, each.coverage.due) for each in series.points}

    apart, together = covers(False), covers(True)
    assert together["RQ3"] == (apart["RQ3"][0] + apart["RLU"][0], 2)
    punctual = lines(example, "DQ01", AFTER, follow=True)
    assert "RLU" not in punctual and "RQ3" in punctual


def test_a_body_that_split_is_not_followed(example: Example) -> None:
    codes = dict(example.session.execute(select(Agency.code, Agency.id)).all())
    example.session.add(
        Succession(
            from_agency_id=codes["RLU"], to_agency_id=codes["RXT"], on_date=date(2017, 2, 1), kind="split"
        )
    )
    example.session.flush()
    assert followed(example.session, date(2018, 4, 1), example.at().moment) == {**ACADEMY, "RR1": "RRK"}
    example.session.rollback()
