"""A story that has gone on is not told back."""

from hub.agreements.versions import agreements_of
from hub.db import make_engine, transaction
from hub.partners import queries
from hub.seed.example.drafting import draft_and_watch
from hub.seed.example.story import CLOCKS
from tests.example_world import CODE


def test_telling_an_earlier_end_again_moves_neither_clock_nor_drafts(example_copy: str) -> None:
    with transaction(make_engine(example_copy)) as session:
        place = queries.partnership(session, CODE)
        stands, drafts = place.clock_at, agreements_of(session, place.id)
        earlier = CLOCKS["2015-03"].replace(year=2014)
        draft_and_watch(session, place, {}, earlier)
        assert (place.clock_at, agreements_of(session, place.id)) == (stands, drafts)
