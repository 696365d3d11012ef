"""A promise that a measure reaches a level: over the whole span, in its last month, or in each month.

`of: party` reads the party's own line of the measure, `of: place` the whole partnership. Before the end green is on
track, amber and red are at risk; at the end it is met or missed (methods.md section 6, design.md section 4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from hub.agreements.look import Look, evidence_of
from hub.agreements.model import Agreement, Commitment, Evidence, Verdict, Word
from hub.calendar.due import Owed
from hub.facts.revisions import RevisionAsAt
from hub.measures.model import Measure, Point
from hub.periods import between, containing, parse

AMBER_BELOW, AMBER_ABOVE = 0.90, 1.10  # methods.md section 6: of expected to date


class Terms(Schema):
    measure = fields.String(required=True)
    of = fields.String(required=True, validate=validate.OneOf(("party", "place")))
    direction = fields.String(required=True, validate=validate.OneOf(("at_least", "at_most", "within")))
    target = fields.Float(required=True)
    judged = fields.String(required=True, validate=validate.OneOf(("whole_term", "last_month", "each_month")))
    from_period = fields.String(load_default=None, data_key="from")


def faults(agreement: Agreement, terms: dict[str, Any]) -> list[tuple[str, str]]:
    if terms["from_period"] is None:
        return []
    starts_on = parse(terms["from_period"]).starts_on
    inside = agreement.begins_on <= starts_on <= agreement.ends_on
    return [] if inside else [("from", "lies outside the agreement’s term.")]


def judge(look: Look, commitment: Commitment, party: str, terms: dict[str, Any]) -> Verdict:
    return _Judgement(look, commitment, party, terms).verdict()


class _Judgement:
    """One commitment of one party: the months it is about, what came of them, and what follows."""

    def __init__(self, look: Look, commitment: Commitment, party: str, terms: dict[str, Any]) -> None:
        self.look, self.commitment, self.party, self.terms = look, commitment, party, terms
        self.measure: Measure = look.measure(terms["measure"])
        self.first = (
            parse(terms["from_period"]).starts_on if terms["from_period"] else look.agreement.begins_on
        )
        self.last = look.agreement.ends_on
        self.months = between(containing(self.first, "month"), containing(self.last, "month"))
        agency = party if terms["of"] == "party" else None
        self.points = {
            point.period: point
            for point in look.points(self.measure, first=self.first, last=self.last, agency=agency)
        }
        self.owed = self._owed()
        self.given = [
            self.points[m]
            for m in self.months
            if m in self.points and self.points[m].value is not None and self.points[m].state != "partial"
        ]

    def _owed(self) -> list[tuple[Owed, RevisionAsAt | None]]:
        """The returns that the measure rests on: the party's own, or everybody's who owes them."""
        source = self.measure.sources["month"]
        codes = [source.return_code, *([source.logged[0]] if source.logged else [])]
        found = []
        for item, revision in self.look.all_owed(codes, first=self.first, last=self.last):
            if (
                self.terms["of"] == "place"
                or item.agency.code == self.party
                or item.return_code != source.return_code
            ):
                found.append((item, revision))
        return found

    @property
    def _fallen(self) -> list[tuple[Owed, RevisionAsAt | None]]:
        return [
            (item, revision)
            for item, revision in self.owed
            if item.due_on is not None and item.due_on <= self.look.today
        ]

    def verdict(self) -> Verdict:
        fallen = self._fallen
        silent = [item for item, revision in fallen if revision is None]
        if not fallen and not self.given:
            return self._say("not due", "No figure for it has fallen due.", None)
        complete = len(self.given) == len(self.months)
        if self.terms["judged"] == "each_month":
            return self._each_month(silent, complete=complete)
        if self.terms["judged"] == "last_month":
            return self._last_month(silent)
        return self._whole_term(silent, complete=complete)

    def _whole_term(self, silent: Sequence[Owed], *, complete: bool) -> Verdict:
        if silent:
            return self._silence(silent)
        if not self.given:
            return self._say("not due", "No figure for it has come yet, and none is late.", None)
        value = self._over(self.given)
        if value is None:
            return self._say("cannot tell", "There were no cases in the months so far.", None)
        return self._graded(value, f"{self._words(value)} {self._span(self.given)}", final=complete)

    def _last_month(self, silent: Sequence[Owed]) -> Verdict:
        end = self.months[-1]
        final = [point for point in self.given if point.period == end]
        if final and final[0].value is not None:
            return self._graded(final[0].value, f"{self._words(final[0].value)} in {end.name}", final=True)
        about_end = [item for item in silent if item.period.contains(end)]
        if about_end or not self.given:
            return self._silence(about_end or silent)
        latest = self.given[-1]
        if latest.value is None:
            return self._say("cannot tell", f"There were no cases in {latest.period.name}.", None)
        return self._graded(
            latest.value,
            f"{self._words(latest.value)} in {latest.period.name}, the latest month",
            final=False,
        )

    def _each_month(self, silent: Sequence[Owed], *, complete: bool) -> Verdict:
        short = [point for point in self.given if point.value is not None and not self._reaches(point.value)]
        if short:
            # Whatever a missing month would say, the answer is the same (design.md section 4, rule b).
            names = ", ".join(point.period.name for point in short)
            return self._say(
                "missed", f"{self._aim()} each month was not reached in {names}.", short[-1].value
            )
        if silent:
            return self._silence(silent)
        latest = self.given[-1].value if self.given else None
        word: Word = "met" if complete else "on track"
        return self._say(word, f"{self._aim()} was reached in each of {len(self.given)} months.", latest)

    def _silence(self, silent: Sequence[Owed]) -> Verdict:
        """Rule c: the party's own figures missing past a second due day count against it; else cannot tell, naming who and when."""
        if not silent:
            return self._say("cannot tell", "No complete figure has come.", None)
        own = [item for item in silent if item.agency.code == self.party]
        overdue = [
            item
            for item in own
            if (second := self.look.second_due_day(item)) is not None and second <= self.look.today
        ]
        if overdue:
            periods = ", ".join(item.period.name for item in overdue)
            return self._say(
                "missed",
                f"Missed: not shown. {self.party} has not signed {periods}, and a second due day has passed.",
                None,
            )
        who = "; ".join(f"{item.agency.code} has not signed {item.period.name}" for item in silent[:5])
        more = f" and {len(silent) - 5} more" if len(silent) > 5 else ""
        return self._say("cannot tell", f"Cannot tell, because {who}{more}.", None)

    def _graded(self, value: float, said: str, *, final: bool) -> Verdict:
        said = f"{said[0].upper()}{said[1:]}; {self._aim()} is promised."
        if final:
            return self._say("met" if self._reaches(value) else "missed", said, value)
        if self._reaches(value):
            return self._say("on track", said, value)
        colour = "amber" if self._nearly(value) else "red"
        return self._say("at risk", f"{said} That is {colour}.", value)

    def _over(self, points: Sequence[Point]) -> float | None:
        """The measure over several months: numerators and denominators added before dividing."""
        top = sum(point.numerator or 0 for point in points)
        bottom = sum(point.denominator or 0 for point in points)
        if self.measure.kind == "count":
            return float(top)
        if self.measure.kind == "gap":
            return 200 * (top - bottom) / (top + bottom) if top + bottom else None
        return self.measure.per * top / bottom if bottom else None

    def _reaches(self, value: float) -> bool:
        target = float(self.terms["target"])
        if self.terms["direction"] == "at_least":
            return value >= target
        return (abs(value) if self.terms["direction"] == "within" else value) <= target

    def _nearly(self, value: float) -> bool:
        target = float(self.terms["target"])
        if self.terms["direction"] == "at_least":
            return value >= AMBER_BELOW * target
        return abs(value) <= AMBER_ABOVE * target

    def _aim(self) -> str:
        words = {"at_least": "at least", "at_most": "at most", "within": "within ±"}[self.terms["direction"]]
        return f"{words} {self.terms['target']:g} ({self.measure.unit})".replace("± ", "±")

    def _words(self, value: float) -> str:
        return f"{self.measure.name[0].lower()}{self.measure.name[1:]}: {value:.1f}"

    def _span(self, points: Sequence[Point]) -> str:
        first, last = points[0].period.name, points[-1].period.name
        return f"in {first}" if first == last else f"over {first} to {last}"

    def _say(self, word: Word, reason: str, value: float | None) -> Verdict:
        fallen = self._fallen
        evidence: tuple[Evidence, ...] = evidence_of(fallen)
        return Verdict(
            commitment=self.commitment.id,
            party=self.party,
            word=word,
            reason=reason[0].upper() + reason[1:],
            value=None if value is None else round(value, 4),
            target=self.terms["target"],
            expected_to_date=self.terms["target"] if fallen or self.given else None,
            evidence=evidence,
        )
