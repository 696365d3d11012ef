"""An agreement under random acts of several people: no illegal state, and nothing that anybody said outlives a change.

A plain second account of it is kept beside: who agreed to what, and who signed, since the last change. Refused acts must
leave everything as it was.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub import db
from hub.agreements.models import AgreementVersion
from hub.agreements.negotiation import acts, dropping, opening, signing
from hub.agreements.negotiation.acting import Doer
from hub.agreements.negotiation.models import AgreementEvent
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.versions import agreement_as_at
from hub.clock import now_for
from hub.errors import HubError
from hub.facts.moments import as_at
from hub.partners.policy import actor_for
from tests.databases import NewDatabase
from tests.factories import World, read_world

PARTIES = ("330", "RXT")
CLAUSES = ("clause:1", "clause:2")
WORDINGS = ("One.", "Two.")
SIGNER = {"330": "sgn.330", "RXT": "sgn.rxt"}
COORDINATOR, LEAD, TEAM = "reg.midlands", "led.rxt", "stw.testshire"
NUMBERS = itertools.count(1)


class Lifecycle(RuleBasedStateMachine):
    session: Session
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.outer = self.session.begin_nested()
        self.agreed: dict[tuple[str, str], bool] = {}
        self.signed: set[str] = set()
        self.papers: dict[int, str] = {}
        self.frozen: dict[int, str] = {}  # version → the digest that was signed
        self.was_bound: set[str] = set()  # by the version before
        self.is_put = False
        self.before: list[tuple[Any, ...]] = []  # how each version stood when it was varied

    def teardown(self) -> None:
        self.outer.rollback()
        self.session.expunge_all()

    def doer(self, who: str, party: str | None = None) -> Doer:
        person = self.world.people[who]
        return Doer(
            self.session, self.world.partnership, actor_for(self.session, person.id), self.code, party
        )

    def tries(self, act: Callable[[], object]) -> bool:
        """Whether an act was done; a refused one changes nothing."""
        before = self.counted()
        try:
            with self.session.begin_nested():
                act()
        except HubError:
            assert self.counted() == before
            return False
        return True

    def counted(self) -> tuple[int, ...]:
        """How many acts and how many texts there are."""
        counts = (select(func.count()).select_from(table) for table in (AgreementEvent, AgreementVersion))
        return tuple(self.session.scalar(count) or 0 for count in counts)

    def found(self) -> Negotiation:
        return negotiation(self.session, self.world.partnership.id, self.code)

    def changed(self, part: str | None) -> None:
        """What a change makes void."""
        self.agreed = {key: said for key, said in self.agreed.items() if part is not None and key[1] != part}
        self.signed, self.papers, self.is_put = set(), {}, False

    @initialize(binds=st.sampled_from(("all", "each")))
    def open(self, binds: str) -> None:
        self.binds, self.code = binds, f"law-{next(NUMBERS)}"
        said = opening.Opening(
            "A memorandum",
            "mou",
            date(2015, 4, 1),
            date(2016, 3, 31),
            binds,
            PARTIES,
            {"name": "Region", "region": "midlands"},
        )
        opening.open_new(self.doer(COORDINATOR), said)
        text: dict[str, Any] = self.found().text.document
        text["parties"] = [{"agency": code, "signatories": [{"post": "Chief"}]} for code in PARTIES]
        acts.word(
            self.doer(COORDINATOR),
            "rest",
            self.found().text.digests["rest"],
            {"parties": text["parties"]},
            words="",
        )
        promise = {
            "id": "C1", "clause": "4", "text": "Returns come.", "promisor": list(PARTIES), "kind": "submission",
            "return": "referrals", "target": 90,
        }  # fmt: skip
        acts.word(self.doer(COORDINATOR), "commitment:C1", acts.NEW, promise, words="")

    @rule(
        part=st.sampled_from(CLAUSES),
        text=st.sampled_from(WORDINGS),
        who=st.sampled_from((COORDINATOR, "sgn.rxt")),
    )
    def word(self, part: str, text: str, who: str) -> None:
        found = self.found()
        wording = {**found.text.parts[part], "text": text}
        done = self.tries(
            lambda: acts.word(self.doer(who), part, found.text.digests[part], wording, words="")
        )
        differs = found.text.parts[part]["text"] != text
        assert done is (who == COORDINATOR and differs and found.standing != "signed")
        if done:
            self.changed(part)

    @rule(part=st.sampled_from(CLAUSES), party=st.sampled_from(PARTIES))
    def agree(self, part: str, party: str) -> None:
        found = self.found()
        shown = {part: found.text.digests[part]}
        done = self.tries(lambda: acts.agree(self.doer(SIGNER[party], party), shown))
        assert done is (found.standing != "signed" and found.positions[party, part].word != "agreed")
        if done:
            self.agreed[party, part] = True

    @rule(part=st.sampled_from(CLAUSES), text=st.sampled_from(WORDINGS), party=st.sampled_from(PARTIES))
    def propose(self, part: str, text: str, party: str) -> None:
        found = self.found()
        wording = {**found.text.parts[part], "text": text}
        doer = self.doer(SIGNER[party], party)
        if self.tries(lambda: acts.propose(doer, part, found.text.digests[part], wording, words="Plainer.")):
            self.agreed[party, part] = False

    @rule(data=st.data(), accepts=st.booleans())
    @precondition(lambda self: any(each.is_open for each in self.found().proposals))
    def answer(self, data: st.DataObject, accepts: bool) -> None:
        waiting = [each.proposed for each in self.found().proposals if each.is_open]
        chosen = data.draw(st.sampled_from(waiting))
        act = acts.accept if accepts else acts.decline
        if self.tries(lambda: act(self.doer(COORDINATOR), chosen.sequence, words="So it is.")) and accepts:
            last = self.agreed_last(str(chosen.agency), chosen.part) == chosen.sequence
            self.changed(chosen.part)
            self.agreed[str(chosen.agency), chosen.part] = last

    def agreed_last(self, party: str, part: str) -> int:
        """The last word of a party about a part."""
        return max(
            each.sequence
            for each in self.found().happened
            if (each.agency, each.part) == (party, part) and each.kind in ("agreed", "proposed")
        )

    @rule(who=st.sampled_from((COORDINATOR, TEAM)))
    def put(self, who: str) -> None:
        found = self.found()
        if self.tries(lambda: signing.put(self.doer(who), found.text.digest)):
            assert who == COORDINATOR and found.standing == "drafting"
            self.is_put = True

    @rule(parties=st.lists(st.sampled_from(PARTIES), min_size=1, unique=True))
    def sign_as_they_should(self, parties: list[str]) -> None:
        """Put, where nothing is in the way, and signed by some: what random acts alone would seldom come to."""
        for each in [each for each in self.found().proposals if each.is_open]:
            acts.decline(self.doer(COORDINATOR), each.proposed.sequence, words="No.")
        if not self.is_put:
            self.put(COORDINATOR)
        for party in parties:
            self.signs(party, party, stale=False)

    @rule(party=st.sampled_from(PARTIES), signer=st.sampled_from(PARTIES), stale=st.booleans())
    def sign_anyhow(self, party: str, signer: str, stale: bool) -> None:
        self.signs(party, signer, stale=stale)

    def signs(self, party: str, signer: str, *, stale: bool) -> None:
        found = self.found()
        shown = found.texts[0].digest if stale else found.text.digest
        done = self.tries(lambda: signing.sign(self.doer(SIGNER[signer], party), shown))
        waits = party in self.papers.values()
        may = signer == party and self.is_put and party not in self.signed and not waits
        assert done is (may and shown == found.text.digest)
        if done:
            self.signed.add(party)
            self.bound()

    @rule()
    def record_paper(self) -> None:
        found = self.found()
        today = self.world_today()
        lead = self.doer(LEAD, "RXT")
        if self.tries(
            lambda: signing.record_paper(lead, found.text.digest, name="A. Chief, Chief", on_date=today)
        ):
            assert self.is_put and "RXT" not in self.signed
            self.papers[self.found().sequence] = "RXT"

    @rule(who=st.sampled_from((LEAD, TEAM, COORDINATOR)), holds=st.booleans())
    @precondition(lambda self: self.papers)
    def judge_paper(self, who: str, holds: bool) -> None:
        sequence = next(iter(self.papers))
        done = self.tries(lambda: signing.judge_paper(self.doer(who), sequence, holds=holds))
        assert done is (who == TEAM), "another person than who recorded it, of the party or the data team"
        if done:
            party = self.papers.pop(sequence)
            if holds:
                self.signed.add(party)
                self.bound()

    @rule()
    def vary(self) -> None:
        found = self.found()
        coordinator = self.doer(COORDINATOR)
        done = self.tries(
            lambda: opening.vary(coordinator, words="It turned out so.", effective_on=date(2015, 10, 1))
        )
        assert done is (found.standing == "signed")
        if done:
            self.before.append((self.was_bound, self.signed, self.papers, self.is_put, self.agreed))
            self.was_bound = set(self.signed)
            self.signed, self.papers, self.is_put = set(), {}, False
            self.agreed = {(party, part): True for party in self.was_bound for part in CLAUSES}

    @rule(who=st.sampled_from((COORDINATOR, TEAM)), stale=st.booleans())
    @precondition(lambda self: self.before)
    def drop(self, who: str, stale: bool) -> None:
        """A variation that nobody has signed goes, and the version that it varied stands as it stood."""
        found = self.found()
        shown = found.texts[0].digest if stale else found.text.digest
        done = self.tries(lambda: dropping.drop(self.doer(who), shown, words="By mistake."))
        is_free = found.standing != "signed" and not self.signed and not self.papers
        assert done is (who == COORDINATOR and shown == found.text.digest and is_free)
        if done:
            self.was_bound, self.signed, self.papers, self.is_put, self.agreed = self.before.pop()
            assert self.found().drops.keys() >= {found.version} and self.found().dropped is None

    @rule(part=st.sampled_from(CLAUSES), text=st.sampled_from(WORDINGS), party=st.sampled_from(PARTIES))
    @precondition(lambda self: self.frozen)
    def vary_by_mistake(self, part: str, text: str, party: str) -> None:
        """Opened, worded, agreed to and dropped: what random acts alone would seldom come to."""
        self.vary()
        self.word(part, text, COORDINATOR)
        self.agree(part, party)
        if self.before:
            self.drop(COORDINATOR, stale=False)

    def bound(self) -> None:
        """What is signed is frozen from then on."""
        found = self.found()
        if found.standing == "signed":
            self.frozen[found.version] = found.text.digest

    def world_today(self) -> date:
        return as_at(self.session, self.world.partnership).today

    @invariant()
    def nothing_outlives_a_change(self) -> None:
        found = self.found()
        assert set(found.signed_by) == self.signed
        for signature in found.signatures:
            assert not signature.counts or signature.signed.digest == found.text.digest
        for version, digest in self.frozen.items():
            assert {
                each.digest for each in found.texts if each.version == version and each.status == "signed"
            } == {digest}
        for part, party in itertools.product(CLAUSES, PARTIES):
            agreed = found.positions[party, part].word == "agreed"
            by_signature = found.standing == "signed" and party in self.signed
            said = self.agreed.get((party, part), False) or by_signature
            assert agreed is said, found.positions[party, part]
        self.it_binds_when_it_says(found)
        self.verdicts_read_what_is_signed(found)

    def it_binds_when_it_says(self, found: Negotiation) -> None:
        """All; or each, where a variation waits for everybody whom the version before binds."""
        all_signed = self.signed == set(PARTIES)
        binds = all_signed if self.binds == "all" else bool(self.signed) and self.was_bound <= self.signed
        assert (found.standing == "signed") is binds
        assert (found.standing == "to-sign") is (self.is_put and not binds)

    def verdicts_read_what_is_signed(self, found: Negotiation) -> None:
        """A draft never replaces a signed version; a party that has not signed is not judged."""
        place = self.world.partnership
        read = agreement_as_at(self.session, place.id, self.code, now_for(place))
        assert read.is_shadow is (not any(text.status == "signed" for text in found.texts))
        if found.standing == "signed" and found.version == 1 and self.binds == "each":
            assert {party for party in PARTIES if read.unsigned_since(party)} == set(PARTIES) - self.signed


@pytest.fixture
def machine(new_world: NewDatabase) -> Iterator[type[Lifecycle]]:
    engine = db.make_engine(new_world("sqlite"))
    with db.open_session(engine, writing=True) as session:
        yield type("Lived", (Lifecycle,), {"session": session, "world": read_world(session)})
        session.rollback()
    engine.dispose()


def test_nothing_outlives_a_change(machine: type[Lifecycle]) -> None:
    few = settings(
        max_examples=10,
        stateful_step_count=20,
        suppress_health_check=list(HealthCheck),
        phases=(
            Phase.reuse,
            Phase.generate,
        ),  # an act takes milliseconds: making a failure shorter takes minutes
    )
    run_state_machine_as_test(machine, settings=few)
