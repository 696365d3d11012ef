"""A body that split is no successor's alone: its line ends, theirs begin, and the page says so. Worked out by hand.

OLD merged into RYW on 1 March 2014; RYW split into RQ3 and ENN on 1 May 2014.

    month   OLD  RYW  RQ3  ENN          as followed in June
    Feb      3    5                     RYW 8
    April         7                     RYW 7
    May                4    2           RQ3 4, ENN 2
"""

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session

from hub.board.tables import split_notes
from hub.config import shipped
from hub.facts.moments import as_at
from hub.measures.compute import measure
from hub.measures.load import publish_measures
from hub.measures.model import Asked
from hub.partners.models import Succession
from hub.partners.successions import followed, splits
from hub.submissions.history import sign_history
from tests.ledger_world import make_world, signing

KNOWN = datetime(2012, 4, 1, tzinfo=UTC)
SIGNED = datetime(2014, 6, 10, 9, tzinfo=UTC)
FIGURES = (
    ("OLD", "2014-02", 3),
    ("RYW", "2014-02", 5),
    ("RYW", "2014-04", 7),
    ("RQ3", "2014-05", 4),
    ("ENN", "2014-05", 2),
)


def test_a_split_body_keeps_its_line_and_what_merged_into_it(session: Session) -> None:
    world = make_world(session, agencies=("RYW", "RQ3", "ENN", "OLD"))
    publish_measures(session, shipped("schemas") / "measures.yaml", now=KNOWN)
    body = {code: agency.id for code, agency in world.agencies.items()}
    for old, new, on, kind in (
        ("OLD", "RYW", date(2014, 3, 1), "merged"),
        ("RYW", "RQ3", date(2014, 5, 1), "split"),
        ("RYW", "ENN", date(2014, 5, 1), "split"),
    ):
        session.add(Succession(from_agency_id=body[old], to_agency_id=body[new], on_date=on, kind=kind))
    for agency, period, count in FIGURES:
        sign_history(session, [signing(session, world, agency, period, {("total", ""): count}, at=SIGNED)])
    at = as_at(session, world.partnership, datetime(2014, 6, 30, tzinfo=UTC))
    span = {"first": date(2014, 2, 1), "last": date(2014, 5, 31)}

    def lines(*, follow: bool) -> dict[tuple[str, str], float | None]:
        series = measure(
            session, world.partnership, at, "RF01", Asked(kind="month", by="agency", follow=follow, **span)
        )
        return {
            (point.lines["agency"].rstrip("1"), point.period.code): point.numerator
            for point in series.points
            if point.numerator is not None
        }

    apart = {(agency, period): count for agency, period, count in FIGURES}
    assert lines(follow=False) == apart
    assert lines(follow=True) == {
        ("RYW", "2014-02"): 8,
        ("RYW", "2014-04"): 7,
        ("RQ3", "2014-05"): 4,
        ("ENN", "2014-05"): 2,
    }
    whole = measure(session, world.partnership, at, "RF01", Asked(kind="month", **span))
    assert {p.period.code: p.numerator for p in whole.points if p.numerator} == {
        "2014-02": 8,
        "2014-04": 7,
        "2014-05": 6,
    }
    assert (
        followed(session, date(2014, 4, 30), at.moment)
        == {"OLD1": "RYW1"}
        == followed(session, date(2014, 5, 1), at.moment)
    )
    assert splits(session, date(2014, 4, 30), at.moment) == []
    (words,) = split_notes(session, at, ["RQ31"])
    assert words.startswith("Trust RYW split into Trust ENN and Trust RQ3 on 1 May 2014. Nobody can say")
    assert split_notes(session, at, ["OLD1"]) == ()
