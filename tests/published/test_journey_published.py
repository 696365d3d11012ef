"""The journey by published figures: what changed most in Birmingham in 2013-14, before anybody said it."""

from sqlalchemy.orm import Session

from hub.board.journey import journey, largest_words
from hub.facts.moments import as_at
from hub.measures.protect import Audience
from hub.partners import queries


def test_published_figures_name_the_fall_of_conferences_in_2013_14(reading: Session) -> None:
    place = queries.partnership(reading, "330")
    at = as_at(reading, place)
    found = journey(reading, place, at, Audience(), basis="published", year="FY2013-14")
    assert found.whole is not None and found.whole.largest is not None
    assert "section 47 enquiry → conference: from 54 to 28" in largest_words(found, found.whole)
    # DfE: 1,615 conferences of 2,976 enquiries, then 942 of 3,393; referrals 14,177 and 13,815.
    referred, enquired = found.whole.steps
    assert (enquired.before.then, enquired.before.of) == (1615, 2976)
    assert (enquired.now.then, enquired.now.of) == (942, 3393)
    assert (referred.before.of, referred.now.of) == (14177, 13815)
    assert journey(reading, place, at, Audience(), basis="published").year.code == "FY2024-25"
