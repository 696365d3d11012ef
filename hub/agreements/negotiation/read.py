"""Where an agreement stands while it is drafted and signed: its texts, what people did, and what of it still counts.

Everything follows from digests: a position counts while the part reads as it did, a signature while the whole text
does. So no position and no signature can outlive a change, and what became void says by whose change.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Literal

from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.negotiation import record
from hub.agreements.negotiation.positions import Position, Proposal, Signature
from hub.agreements.negotiation.record import Happened, Text
from hub.errors import NotFound

Standing = Literal["drafting", "to-sign", "signed"]
CHANGING = ("opened", "worded", "accepted")  # each brings a text


@dataclass(frozen=True)
class Negotiation:
    """The newest version of an agreement, every text of every version that stands, and everything that happened.

    Of an agreement that was dropped before anything of it was signed, `texts` are those that stood until then.
    """

    texts: tuple[Text, ...]
    happened: tuple[Happened, ...]

    @property
    def text(self) -> Text:
        return self.texts[-1]

    @property
    def agreement(self) -> Agreement:
        return self.text.agreement

    @property
    def code(self) -> str:
        return self.agreement.code

    @property
    def version(self) -> int:
        return self.text.version

    @property
    def sequence(self) -> int:
        return self.happened[-1].sequence if self.happened else 0

    @property
    def newest_version(self) -> int:
        """The highest number that a version of it ever had: a dropped one keeps its own."""
        return max([self.version, *(each.version for each in self.happened)])

    @cached_property
    def drops(self) -> dict[int, Happened]:
        """Version → the act that dropped its draft."""
        return {each.version: each for each in self.happened if each.kind == "dropped"}

    @property
    def dropped(self) -> Happened | None:
        """The act that left nothing of the agreement standing."""
        return self.drops.get(self.version)

    @cached_property
    def of_version(self) -> tuple[Text, ...]:
        return tuple(each for each in self.texts if each.version == self.version)

    @cached_property
    def signed_before(self) -> Text | None:
        """The last signed text of the version before, which this one varies."""
        return next(
            (
                each
                for each in reversed(self.texts)
                if each.version < self.version and each.status == "signed"
            ),
            None,
        )

    @property
    def standing(self) -> Standing:
        if self.text.status == "signed":
            return "signed"
        put = self.last("put")
        return "to-sign" if put is not None and put.at >= self.reads_so_since else "drafting"

    def last(self, *kinds: str) -> Happened | None:
        """The last act of a kind in this version."""
        return next(
            (each for each in reversed(self.happened) if each.version == self.version and each.kind in kinds),
            None,
        )

    def event(self, sequence: int | None) -> Happened | None:
        return next((each for each in self.happened if each.sequence == sequence), None)

    def answer_to(self, sequence: int, *kinds: str) -> Happened | None:
        return next((each for each in self._answers.get(sequence, ()) if each.kind in kinds), None)

    @cached_property
    def _answers(self) -> dict[int, list[Happened]]:
        found: dict[int, list[Happened]] = {}
        for each in self.happened:
            if each.about is not None:
                found.setdefault(each.about, []).append(each)
        return found

    @cached_property
    def _last_said(self) -> dict[tuple[str | None, str], Happened]:
        """(party, part) → the last that the party said of it."""
        return {
            (each.agency, each.part): each
            for each in self.happened
            if each.kind in ("agreed", "proposed") and each.version not in self.drops
        }

    @cached_property
    def proposals(self) -> tuple[Proposal, ...]:
        return tuple(
            Proposal(each, self.answer_to(each.sequence, "accepted", "declined"))
            for each in self.happened
            if each.kind == "proposed" and each.version == self.version
        )

    @cached_property
    def disputes(self) -> tuple[tuple[Happened, Happened | None], ...]:
        """Each with its end, where it has one: it was settled, or the draft that it was about was dropped."""
        return tuple(
            (each, self.answer_to(each.sequence, "settled") or self.drops.get(each.version))
            for each in self.happened
            if each.kind == "disputed"
        )

    @cached_property
    def reads_so_since(self) -> datetime:
        """Since when the whole text has read as it does now, without a break: what was signed before is void."""
        since = self.text
        for text in reversed(self.of_version):
            if text.digest != self.text.digest:
                break
            since = text
        return since.known_from

    @cached_property
    def standing_since(self) -> dict[str, Text]:
        """Part → the first text from which it has read as it does now, without a break."""
        since: dict[str, Text] = {}
        for text in self.of_version:
            since = {
                part: since[part] if part in since and since[part].digests[part] == digest else text
                for part, digest in text.digests.items()
            }
        return since

    def changed_by(self, text: Text) -> Happened | None:
        """The act that brought a text."""
        return next(
            (
                each
                for each in self.happened
                if each.kind in CHANGING and (each.version, each.at) == (text.version, text.known_from)
            ),
            None,
        )

    @cached_property
    def positions(self) -> dict[tuple[str, str], Position]:
        """(party, part) → where the party stands."""
        return {
            (party, part): self._position(party, part, digest)
            for part, digest in self.text.digests.items()
            for party in self.agreement.party_codes
        }

    @cached_property
    def open_parts(self) -> dict[str, list[Position]]:
        """Each part that not every party has agreed to as it reads now, with where those parties stand."""
        found: dict[str, list[Position]] = {}
        for position in self.positions.values():
            if position.word != "agreed":
                found.setdefault(position.part, []).append(position)
        return found

    def _position(self, party: str, part: str, digest: str) -> Position:
        since = self.standing_since[part]
        last = self._last_said.get((party, part))
        if last is not None and last.kind == "agreed" and last.at >= since.known_from:
            return Position(party, part, "agreed", last.at, last)
        # Whoever signs agrees to every part, and to those that it would have had otherwise.
        if self.text.status == "signed" and party in bound_by(self.agreement):
            return Position(party, part, "agreed", self.text.known_from)
        if last is not None and last.kind == "proposed" and last.version == self.version:
            answer = self.answer_to(last.sequence, "accepted", "declined")
            if answer is None:
                return Position(party, part, "proposed", last.at, last)
            if answer.kind == "accepted" and answer.at == since.known_from:
                return Position(party, part, "agreed", answer.at, last)
            if answer.kind == "declined":
                return Position(party, part, "silent", max(answer.at, since.known_from), last)
        before = self.signed_before
        unchanged = before is not None and since is self.of_version[0] and before.digests.get(part) == digest
        if before is not None and unchanged and party in bound_by(before.agreement):
            return Position(party, part, "agreed", before.known_from)
        if last is not None and last.version == self.version:
            return Position(party, part, "void", since.known_from, last, self.changed_by(since))
        return Position(party, part, "silent", since.known_from)

    @cached_property
    def signatures(self) -> tuple[Signature, ...]:
        """Every signature that was given to this version, the void ones too, in order."""
        return tuple(
            self._signature(each)
            for each in self.happened
            if each.version == self.version
            and (
                each.kind == "signed"
                or (each.kind == "papered" and not self.answer_to(each.sequence, "rejected"))
            )
            and each.agency is not None
        )

    def _signature(self, signed: Happened) -> Signature:
        return Signature(
            party=str(signed.agency),
            signed=signed,
            confirmed=self.answer_to(signed.sequence, "confirmed"),
            is_void=signed.at < self.reads_so_since,
            changed=self._change_after(signed),
        )

    def _change_after(self, signed: Happened) -> Happened | None:
        changing = (
            each for each in self.happened if each.kind in CHANGING and each.sequence > signed.sequence
        )
        return next(changing, None)

    @cached_property
    def signed_by(self) -> dict[str, Signature]:
        """Party → the signature that counts for the text as it reads now."""
        return {each.party: each for each in self.signatures if each.counts}

    @property
    def signed_first(self) -> Signature | None:
        """The first signature of the text as it reads now, a paper that waits to be confirmed too: no draft with one is dropped."""
        return next((each for each in self.signatures if not each.is_void), None)

    @property
    def unsigned(self) -> list[str]:
        """Parties whose signature is wanting. Of a version that came signed from a file, none."""
        if self.standing == "signed" and not self.signatures:
            return []
        return [code for code in self.agreement.party_codes if code not in self.signed_by]


def bound_by(agreement: Agreement) -> list[str]:
    """The parties that a signed version binds: all, or those who have signed where each binds itself."""
    return [code for code in agreement.party_codes if agreement.unsigned_since(code) is None]


def negotiation(
    session: Session, partnership_id: int, code: str, *, moment: datetime | None = None
) -> Negotiation:
    """An agreement with everything that became of it, as known at a moment (else now). Raises NotFound."""
    texts = tuple(record.texts(session, partnership_id, code, moment))
    if not texts:
        raise NotFound("There is no such agreement.")
    happened = tuple(record.acts(session, partnership_id, code, moment))
    dropped = {each.version for each in happened if each.kind == "dropped"}
    return Negotiation(tuple(each for each in texts if each.version not in dropped) or texts, happened)


def dropped_draft(session: Session, partnership_id: int, code: str, version: int) -> Negotiation:
    """The draft of a version as it stood when it was dropped, beside the texts that stood before it. Raises NotFound."""
    happened = tuple(record.acts(session, partnership_id, code, None))
    dropped = {each.version for each in happened if each.kind == "dropped"}
    texts = tuple(
        each
        for each in record.texts(session, partnership_id, code, None)
        if each.version == version or (each.version < version and each.version not in dropped)
    )
    if version not in dropped or not texts:
        raise NotFound("No such draft was dropped.")
    return Negotiation(texts, happened)
