"""What a promise's page says that its verdict rests on, to those who may read it and to those who may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from hub.agreements.evaluate import evaluate, signers
from hub.agreements.look import Look
from hub.agreements.papers import Papers
from hub.agreements.versions import agreement_as_at
from hub.agreements.watch.watched import Line
from hub.board.region.evidence import NOT_SHARED, Reader, Rests, rests_on
from hub.clock import parse_moment
from hub.db import make_engine, open_session
from hub.facts.moments import as_at
from hub.measures.protect import MONEY_WITHHELD, OPERATOR, Audience
from tests.agreements.promised_world import make_promised
from tests.databases import NewDatabase

Told = Callable[..., Rests]
BOARD = Reader(Audience(), others=True)
NAMES = {"330": "The council", "13P": "The commissioner"}


@pytest.fixture
def told(new_database: NewDatabase) -> Iterator[Told]:
    """What a reader is told of one promise of one party as at a day."""
    engine = make_engine(new_database("sqlite"))
    with open_session(engine, writing=True) as session:
        world = make_promised(session)
        decided = {"contacts_decided": 100, "decided_in_1_day": 80}
        world.signs("330", "front-door", "2015-04", "2015-05-12", **decided)
        world.signs("330", "front-door", "2015-05", "2015-06-12", contacts_decided=120, decided_in_1_day=60)
        # The correction of May is signed in July: 90 of 120.
        world.signs(
            "330",
            "front-door",
            "2015-05",
            "2015-07-01",
            again="Counted again",
            contacts_decided=120,
            decided_in_1_day=90,
        )
        paid = {("service", "mash-health-team"): {"due": 1_200_050, "paid": 1_100_000}}
        world.signs_lines("13P", "contributions", "FY2015-16Q1", "2015-07-20", paid)
        world.reports("M1", "RYW", "2015-06-20", written="2015-06-21", confirmed="2015-06-25")
        world.meets("2015-05-06", "330", "RYW")

        def asked(code: str, party: str, day: str, reader: Reader = BOARD) -> Rests:
            at = as_at(session, world.partnership, parse_moment(day))
            agreement = agreement_as_at(session, world.partnership.id, "kept", at.moment)
            verdict = next(
                each
                for each in evaluate(session, world.partnership, agreement, at)
                if (each.commitment, each.party) == (code, party)
            )
            line = Line(
                agreement.commitment(code),
                agreement.clauses[0],
                party,
                verdict,
                "month",
                (),
                date(2015, 5, 31),
                (),
            )
            look = Look(Papers(session, world.partnership, at), agreement)
            return rests_on(look, line, NAMES, signers(session, [verdict]), reader)

        yield asked
    engine.dispose()


def test_each_signed_return_is_named_with_its_figures_and_its_signer(told: Told) -> None:
    june, july = told("L1", "330", "2015-06-20"), told("L1", "330", "2015-07-02")
    (sender,) = june.senders
    assert (sender.agency, sender.title, len(sender.rows)) == ("The council", "The front door", 2)
    assert [row.period.name for row in sender.rows] == ["April 2015", "May 2015"]
    assert [row.values for row in sender.rows] == [("80", "100"), ("60", "120")]
    assert sender.together == ("140", "220")
    # As at June it rests on what was signed by then; later on the correction stands in its place.
    corrected = july.senders[0].rows[1]
    assert (corrected.values, corrected.paper.number, corrected.signed_by) == (("90", "120"), 2, "Bob")
    assert july.senders[0].together == ("170", "220")
    assert corrected.paper.signed_at is not None and corrected.paper.signed_at.date() == date(2015, 7, 1)


def test_money_and_figures_of_others_are_not_shown_to_those_who_may_not_read_them(told: Told) -> None:
    def rows(reader: Reader) -> tuple[tuple[str, ...], str]:
        (sender,) = told("F1", "13P", "2015-08-20", reader).senders
        return sender.rows[0].values, sender.withheld

    shown = ("£11,000.00", "£12,000.50")
    assert rows(Reader(Audience(money=True), others=True)) == (shown, "")
    assert rows(Reader(Audience(agencies=frozenset({"13P"})), others=False)) == (shown, "")
    assert rows(BOARD) == ((), MONEY_WITHHELD)
    assert rows(Reader(OPERATOR, others=False)) == ((), NOT_SHARED)


def test_reports_and_meetings_stand_by_their_days(told: Told) -> None:
    (report,) = told("M1", "RYW", "2015-07-02").records
    assert (report.on, report.words, report.is_confirmed) == (date(2015, 6, 20), "A letter", True)
    met = told("P1", "330", "2015-07-02").records
    assert [(each.on, each.words) for each in met] == [(date(2015, 5, 6), "2 of 3 bodies came, a quorum")]
    assert met[0].meeting is not None
