"""What a kind of commitment may look at: one agreement, and the papers of its partnership as at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from hub.agreements.model import Agreement, Commitment
from hub.agreements.models import MilestoneReport
from hub.agreements.papers import Item, Papers, Span
from hub.agreements.verdict import Evidence, Verdict, Word
from hub.meetings.read import Meeting
from hub.periods import Period


@dataclass(frozen=True)
class Look:
    papers: Papers
    agreement: Agreement

    @property
    def today(self) -> date:
        return self.papers.today

    def span(self, commitment: Commitment) -> Span:
        return self.agreement.span(commitment)

    def bodies(self, party: str, span: Span) -> list[tuple[str, Span]]:
        """Who answers for a party, for which days: itself, and whoever has taken its place since."""
        taken = self.papers.successor(party)
        if taken is None:
            return [(party, span)]
        later, since = taken
        before, after = (span[0], min(span[1], since - timedelta(days=1))), (max(span[0], since), span[1])
        return [(code, days) for code, days in ((party, before), (later, after)) if days[0] <= days[1]]

    def owed(self, return_code: str, party: str, span: Span) -> list[Item]:
        """What a party owes of a return for periods that lie within a span, each with the revision that stands."""
        return [
            item
            for code, days in self.bodies(party, span)
            for item in self.papers.items_of(return_code, code, days)
        ]

    def expected(self, return_code: str, party: str, span: Span) -> list[tuple[Period, date | None]]:
        """Every period that a party owes a return for in a span, with its due day."""
        return [
            found
            for code, days in self.bodies(party, span)
            for found in self.papers.expected(return_code, code, days)
        ]

    def succeeded(self, party: str, span: Span) -> str:
        """A sentence about who has taken the party's place, or nothing."""
        taken = self.papers.successor(party)
        if taken is None or taken[1] > span[1]:
            return ""
        later, earlier = (self.papers.agency(code).name for code in (taken[0], party))
        return f" From {words_of(taken[1])} {later} has the place of {earlier}."

    def reports(self, commitment: Commitment, party: str) -> Sequence[MilestoneReport]:
        """Milestone reports as they were known at the moment, newest last."""
        return self.papers.reports(self.agreement.code, commitment.id, party)

    def meetings(self, group: str) -> Sequence[Meeting]:
        """Meetings of a group as they were known at the moment, in order."""
        return self.papers.meetings(group)

    def verdict(
        self,
        commitment: Commitment,
        party: str,
        word: Word,
        reason: str,
        *,
        evidence: Sequence[Evidence] = (),
        **more: Any,
    ) -> Verdict:
        """A verdict of this agreement; `more` are further fields of it."""
        return Verdict(
            commitment=commitment.id,
            party=party,
            word=word,
            reason=reason[0].upper() + reason[1:] + self._conditions(commitment),
            is_shadow=self.agreement.is_shadow,
            version=self.agreement.version,
            evidence=tuple(evidence),
            **more,
        )

    @staticmethod
    def _conditions(commitment: Commitment) -> str:
        return f" Subject to {'; '.join(commitment.subject_to)}." if commitment.subject_to else ""


def words_of(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
