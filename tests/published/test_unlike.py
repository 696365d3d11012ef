"""Whether the council is unlike its neighbours, by published figures: the example of the text, worked by hand."""

import pytest
from sqlalchemy.orm import Session

from hub.board.unlike import unlike_places
from hub.clock import real_now
from hub.definitions.neighbours import Neighbour, Neighbours, store_neighbours
from hub.facts.moments import as_at
from hub.partners import queries
from hub.periods import parse
from tests.england_world import import_content

HEAD = (
    "time_period,geographic_level,region_code,old_la_code,section47,section47_child,icpc,icpc_child,"
    "duration_0-10_days,duration_11-15_days,duration_16-20_days,duration_21+_days\n"
)


def lines(own: int) -> str:
    """Four places of 1,000 enquiries: three with 400 conferences, and the council with its own."""
    rows = [("330", own), ("892", 400), ("352", 400), ("354", 400)]
    return HEAD + "".join(
        f"2014,Local authority,E12000005,{code},1000,1,{held},1,{held // 2},0,0,{held - held // 2}\n"
        for code, held in rows
    )


@pytest.mark.parametrize(
    ("own", "word"),
    # Baseline (1200 + own) / 4000; one standard error √(p(1−p)/1000) is about 0.0153: 348 lies 2.5 of them below the
    # baseline of 0.387, 300 lies 4.9 below 0.375, 390 lies 0.5 below 0.3975.
    [(390, "not unlike"), (348, "lower"), (300, "much lower")],
)
def test_the_council_stands_in_a_funnel_with_its_neighbours(councils: Session, own: int, word: str) -> None:
    beside = {"330": (Neighbour("892", 1), Neighbour("352", 2), Neighbour("354", 3))}
    store_neighbours(councils, Neighbours("sn", "Neighbours", "x", "2013-04-01", beside), now=real_now())
    import_content(councils, "dfe-section47", lines(own).encode())
    place = queries.partnership(councils, "330")
    found = {one.measure.id: one for one in unlike_places(councils, place, as_at(councils, place))}
    assert found["CP02"].word == word
    assert found["CP02"].unlike is (word != "not unlike")
    assert f"4 places together {100 * (1200 + own) / 4000:.1f}" in found["CP02"].sentence
    assert found["CP03"].word == "not unlike"  # half of the conferences of each were in time
    assert set(found) == {"CP02", "CP03"}  # plain counts are of a place's size
    if own == 390:
        assert not unlike_places(councils, place, as_at(councils, place), until=parse("FY2012-13"))
