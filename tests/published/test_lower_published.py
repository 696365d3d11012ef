"""Published figures that lie below the rest of England's: Birmingham's conferences for each section 47 enquiry."""

import pytest
from sqlalchemy.orm import Session

from hub.board.lower_published import lower_than_england
from hub.facts.moments import as_at
from hub.partners import queries
from hub.periods import parse


def test_birminghams_conferences_of_2013_14_are_lower_than_expected(reading: Session) -> None:
    place = queries.partnership(reading, "330")
    found = lower_than_england(reading, place, as_at(reading, place), parse("FY2013-14"))
    assert found is not None
    (conferences,) = [each for each in found.low if each.measure.id == "CP02"]
    assert conferences.listed.test.observed == 942
    # England 142,710 enquiries and 65,190 conferences, less 3,393 and 942: 46.1%, of 3,393
    assert conferences.listed.test.expected == pytest.approx(
        3393 * (65_200 - 942) / (142_500 - 3_393), rel=0.01
    )
    assert conferences.listed.is_low and conferences.listed.is_alarm
    assert conferences.listed.ratio.upper < 0.7
    assert found.lines[0].listed.q <= found.lines[-1].listed.q
    # referrals by themselves are no rate
    assert "RF02" in found.not_tested


def test_the_year_before_they_are_not(reading: Session) -> None:
    place = queries.partnership(reading, "330")
    found = lower_than_england(reading, place, as_at(reading, place), parse("FY2012-13"))
    assert found is not None
    (conferences,) = [each for each in found.lines if each.measure.id == "CP02"]
    assert not conferences.listed.is_low  # 1,615 of 2,976: 54%, above England


def test_a_year_without_figures_is_not_tested_and_says_so(reading: Session) -> None:
    place = queries.partnership(reading, "330")
    found = lower_than_england(reading, place, as_at(reading, place), parse("FY2010-11"))
    assert found is not None and found.lines == ()
    assert found.not_tested["CP02"].reason == "no figures for this year"
    newest = lower_than_england(reading, place, as_at(reading, place))
    assert newest is not None and newest.year == newest.years[-1] == parse("FY2024-25")
