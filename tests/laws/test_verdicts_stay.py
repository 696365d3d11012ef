"""What a verdict said as at a moment stays, whatever is signed, corrected, reported, redefined or varied later."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from hub.agreements.verdict import Verdict
from tests.agreements.promised_world import Promised, make_promised
from tests.agreements.test_verdict_table import MONTHS, front_door, replace_a_definition, tell, vary

DAYS = ("2015-06-30", "2015-09-30", "2015-11-30", "2016-02-29")
CORRECTIONS = st.lists(
    st.tuples(
        st.integers(0, 11),
        st.dictionaries(st.sampled_from(["decided_in_1_day", "contacts", "unallocated", "outcome_told"]), st.integers(0, 40), min_size=1),
    ),
    min_size=1,
    max_size=6,
)  # fmt: skip


def said(world: Promised) -> list[dict[tuple[str, str], Verdict]]:
    return [world.verdicts_anew(day) for day in DAYS]


def test_verdicts_of_the_past_stay(session: Session, tmp_path: Path) -> None:
    world = make_promised(session)
    tell(world)
    before = said(world)
    assert any(verdict.evidence for verdict in before[0].values())
    clock = iter(datetime(2016, 6, 1, tzinfo=UTC) + timedelta(days=day) for day in range(10_000))

    @settings(max_examples=6, suppress_health_check=list(HealthCheck))
    @given(CORRECTIONS)
    def whatever_is_corrected_later(corrections: list[tuple[int, dict[str, int]]]) -> None:
        for n, figures in corrections:
            at = f"{next(clock):%Y-%m-%d}"
            world.signs("330", "front-door", MONTHS[n], at, again="Found later.", **front_door(n) | figures)
        assert said(world) == before

    whatever_is_corrected_later()
    world.reports("M1", "RYW", "2015-06-20", written="2016-07-01", confirmed="2016-07-02")
    world.meets("2016-03-30", "330", "RYW")
    replace_a_definition(world, tmp_path, since="2016-07-01")
    vary(world, signed="2016-07-01")
    session.flush()
    after = said(world)
    # The meeting of March is recorded in time for nobody: it was written after the last of the days.
    assert after == before
    assert world.verdicts_anew("2016-07-02")["M1", "RYW"].word == "met"
