"""Two agreements, or two versions of one, compared promise by promise: kept, raised, lowered, dropped, new. Pure functions.

A promise is compared with the one that it carries on (`replaces`), within one agreement with the one of the same id.
Fewer promisors, an outline in place of numbers, or any number that asks for less make it *lowered*, whatever else rose.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from hub.agreements import kinds
from hub.agreements.model import Agreement, Commitment
from hub.agreements.terms import amount
from hub.agreements.verdict import Verdict

Word = Literal["lowered", "dropped", "raised", "new", "kept"]
WORDS: tuple[Word, ...] = ("lowered", "dropped", "raised", "new", "kept")  # what wants a reason first


@dataclass(frozen=True)
class Compared:
    """`says` are the differences in words, with the numbers."""

    word: Word
    before: Commitment | None
    after: Commitment | None
    says: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return (self.after or self.before or _NOBODY).id


_NOBODY = Commitment("", "", "", (), "")


def compared(before: Agreement, after: Agreement) -> list[Compared]:
    """Every promise of either, in the order of the later; what was dropped at the end."""
    old = {each.id: each for each in before.commitments}
    found, carried = [], set()
    for each in after.commitments:
        earlier = _earlier(before, after, each, old)
        if earlier is None:
            found.append(Compared("new", None, each))
        else:
            carried.add(earlier.id)
            found.append(_compared(before, after, earlier, each))
    return [
        *found,
        *(Compared("dropped", each, None) for each in before.commitments if each.id not in carried),
    ]


def _earlier(
    before: Agreement, after: Agreement, each: Commitment, old: Mapping[str, Commitment]
) -> Commitment | None:
    if before.code == after.code:
        return old.get(each.id)
    if each.replaces is None or each.replaces.agreement != before.code:
        return None
    return old.get(each.replaces.commitment)


def _compared(before: Agreement, after: Agreement, old: Commitment, new: Commitment) -> Compared:
    differences = [
        *_numbers(old, new),
        *_who(old, new),
        *_firmness(old, new),
        *_dates(before, after, old, new),
    ]
    differences += _money(before, after, old, new)
    says = tuple(said for _, said in differences)
    ways = {way for way, _ in differences}
    word: Word = "lowered" if "less" in ways else "raised" if "more" in ways else "kept"
    if word == "kept" and old.text != new.text:
        says = (*says, "worded anew")
    return Compared(word, old, new, says)


Difference = tuple[Literal["more", "less", "other"], str]


def _numbers(old: Commitment, new: Commitment) -> Iterator[Difference]:
    if old.kind != new.kind or old.terms.get("measure") != new.terms.get("measure"):
        was, now = (f"{each.kind} {each.terms.get('measure', '')}".strip() for each in (old, new))
        yield "other", f"judged otherwise: {was}, now {now}"
        return
    then, now_aims = kinds.aims(old), kinds.aims(new)
    for name in dict.fromkeys((*then, *now_aims)):
        if name not in now_aims:
            yield "less", f"no {name} any more (was {then[name][0]:g})"
        elif name not in then:
            yield "more", f"{name} {now_aims[name][0]:g}, where there was none"
        elif then[name][0] != now_aims[name][0]:
            rose, higher = now_aims[name][0] > then[name][0], now_aims[name][1] == "higher"
            yield "more" if rose is higher else "less", f"{name} {then[name][0]:g}, now {now_aims[name][0]:g}"


def _who(old: Commitment, new: Commitment) -> Iterator[Difference]:
    if gone := [code for code in old.promisor if code not in new.promisor]:
        yield "less", f"no longer promised by {', '.join(gone)}"
    if more := [code for code in new.promisor if code not in old.promisor]:
        yield "more", f"promised by {', '.join(more)} too"


def _firmness(old: Commitment, new: Commitment) -> Iterator[Difference]:
    if old.status != new.status:
        yield ("less", "in outline now") if new.status == "outline" else ("more", "firm now")
    for condition in new.subject_to:
        if condition not in old.subject_to:
            yield "less", f"subject to {condition}"


def _dates(before: Agreement, after: Agreement, old: Commitment, new: Commitment) -> Iterator[Difference]:
    """Within one agreement a day that is put off asks for less; from year to year it is another day by itself."""
    if before.code != after.code:
        return
    for name in ("by", "outline_until"):
        was, now = (str(getattr(each, name, None) or each.terms.get(name) or "") for each in (old, new))
        if was and now and was != now:
            yield "less" if now > was else "more", f"{name.replace('_', ' ')} {_day(was)}, now {_day(now)}"
    (begun, ended), (begins, ends) = before.span(old), after.span(new)
    if (begun, ended) != (begins, ends):
        shorter = (ends - begins) < (ended - begun)
        yield "less" if shorter else "other", f"held {_term(begun, ended)}, now {_term(begins, ends)}"


def _day(text: str) -> str:
    return _words(date.fromisoformat(text[:10]))


def _words(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _term(begins: date, ends: date) -> str:
    return f"{_words(begins)} to {_words(ends)}"


def _money(before: Agreement, after: Agreement, old: Commitment, new: Commitment) -> Iterator[Difference]:
    """A promise to pay is as large as the promisors' contributions to its service."""
    if (old.kind, new.kind) != ("funding", "funding"):
        return
    was, now = _paid(before, old), _paid(after, new)
    if was != now:
        yield "more" if now > was else "less", f"£{was:,.0f}, now £{now:,.0f}"


def _paid(agreement: Agreement, commitment: Commitment) -> Decimal:
    return sum(
        (
            each.amount or Decimal(0)
            for each in agreement.contributions
            if each.service == commitment.terms.get("service") and each.payer in commitment.promisor
        ),
        Decimal(0),
    )


def lessened(texts: Sequence[Agreement]) -> list[tuple[Agreement, Compared]]:
    """What later signed versions of an agreement lowered or dropped, each with the version that did: it stays shown for good."""
    return [
        (after, each)
        for before, after in pairwise(texts)
        for each in compared(before, after)
        if each.word in ("lowered", "dropped")
    ]


def actual_says(each: Compared, verdicts: Sequence[Verdict]) -> list[str]:
    """What became of the earlier promise, party by party, and whether the new number asks for more than that."""
    if each.before is None:
        return []
    return [_actual(each, verdict) for verdict in verdicts if verdict.commitment == each.before.id]


def _actual(each: Compared, verdict: Verdict) -> str:
    said = f"{verdict.party}: {verdict.word}"
    if verdict.value is None:
        return said
    said += f", reached {amount(verdict.value, verdict.unit)}"
    aims = kinds.aims(each.after) if each.after else {}
    same = each.after is not None and each.before is not None and each.after.kind == each.before.kind
    if not same or set(aims) != {"target"} or verdict.target is None:
        return said
    target, way = aims["target"]
    reached = verdict.value >= target if way == "higher" else verdict.value <= target
    asks = "asks for no more than that" if reached else "asks for more"
    return f"{said}; the new target, {amount(target, verdict.unit)}, {asks}"
