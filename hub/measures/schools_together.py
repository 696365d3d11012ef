"""Figures of single schools enter the totals that outsiders read several schools at a time, so that no two readings tell one.

A total read before and after one school signed would tell that school's number. So what schools send waits until enough of
them can be told together: five, of which no one's number leaves less than five for the others, or all with nothing. The last
few are waited for until all are in, or a month has passed since the return was due. Whoever waits is not counted in the
coverage either, so that a number always says over whom it is.

A correction of what was told already is told at once, as long as it leaves enough of its schools' sum unknown: the
difference tells by how much one school was wrong, and thereby the least that it can have sent (methods.md section 4).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hub.measures.profiles import DisclosureProfile

LAST_FEW = 10  # who are waited for, so that enough of them are told together
WAITED = timedelta(days=30)  # after the due day


@dataclass(frozen=True)
class Sent:
    """A school's figure of one cell as one revision gave it; `value` is None where it gave no number."""

    school: int
    value: int | None
    on: date
    number: int = 0  # the fact


@dataclass
class _Told:
    """Schools that were told together, with what they had sent then, and the least that corrections have told of each since."""

    values: dict[int, int]
    least: dict[int, int] = field(default_factory=dict)

    def unknown(self, fewest: int, least: Mapping[int, int]) -> bool:
        """Whether enough of the sum stays unknown to every reader, each of the schools among them."""
        left = {school: value - least.get(school, 0) for school, value in self.values.items()}
        return _is_enough(left.values(), fewest)


def _is_enough(values: Iterable[int], fewest: int) -> bool:
    values = list(values)
    return sum(values) - max(values) >= fewest


def told(
    sent: Sequence[Sent], owing: int, due_on: date, today: date, *, profile: DisclosureProfile
) -> dict[int, Sent | None]:
    """School → which of its figures stands in what outsiders read, None for none yet; `sent` in the order of signing.

    owing:   how many schools owe the figure.
    profile: how many are told together, and the least count that is no small one.
    """
    fewest = profile.threshold
    counted: dict[int, Sent | None] = {}
    groups: dict[int, _Told] = {}
    waiting: dict[int, Sent] = {}
    came: set[int] = set()
    until = due_on + WAITED

    def tell(day: date) -> None:
        left = owing - len(came)
        if (0 < left < LAST_FEW and day <= until) or len(waiting) < profile.fewest_schools:
            return
        values = {school: each.value or 0 for school, each in waiting.items()}
        is_nothing = not any(values.values())
        if not is_nothing and not _is_enough(values.values(), fewest):
            return
        group = _Told(values)
        groups.update({school: group for school in values if not is_nothing})
        counted.update(waiting)
        waiting.clear()

    for each in sent:
        if each.on > until:
            tell(each.on)
        came.add(each.school)
        group = groups.get(each.school)
        if group is not None:
            _correct(each, group, counted, fewest)
        elif each.value is None:
            waiting.pop(each.school, None)  # a blank is no number, and its absence tells none
            if counted.get(each.school) is None:
                counted[each.school] = each
        else:
            counted.setdefault(each.school, None)
            waiting[each.school] = each
        tell(each.on)
    tell(today)
    return counted


def _correct(each: Sent, group: _Told, counted: dict[int, Sent | None], fewest: int) -> None:
    if each.value is None:
        return
    less = max(0, group.values[each.school] - each.value)
    least = {**group.least, each.school: max(less, group.least.get(each.school, 0))}
    if group.unknown(fewest, least):
        group.least = least
        counted[each.school] = each
