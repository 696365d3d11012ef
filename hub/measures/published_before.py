"""Which version of a period anybody is given, where some of it was given before as at another moment (methods.md section 4).

Two versions of one figure side by side tell by how much it moved: a late return of three children is that agency's three. So
what moved by a small count stays as it was given, and so does whatever moved in a period that hides a count, because the
sums then tie the hidden count of one version to the other. A financial year keeps together: with one month held and
another revised, the year's own total would tell what is held.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from hub.measures.profiles import DisclosureProfile
from hub.periods import Period, containing

HELD = (
    "A period that was published before stands as it was published then: what came since moved it by so few children, or so near "
    "a hidden count, that both versions together would tell of them."
)
Counts = Mapping[tuple[str, ...], tuple[int, ...]]  # line → every count that is told of it


def standing(versions: Sequence[Mapping[Period, Counts]], profile: DisclosureProfile) -> dict[Period, int]:
    """Period → which version stands, the first one given being 0 and the last the one that is asked for now."""
    stands: dict[Period, int] = {}
    for number, version in enumerate(versions):
        years: dict[Period, list[Period]] = defaultdict(list)
        for period in version:
            years[containing(period.starts_on, "financial_year")].append(period)
        for periods in years.values():
            given = [period for period in periods if period in stands]
            held = any(tells(versions[stands[period]][period], version[period], profile) for period in given)
            stands |= {period: number for period in periods if period not in stands or not held}
    return stands


def tells(before: Counts, now: Counts, profile: DisclosureProfile) -> bool:
    """Whether two versions of a period together tell more than each alone."""
    moved, small = False, False
    for line in before.keys() | now.keys():
        then, later = before.get(line, ()), now.get(line, ())
        length = max(len(then), len(later))
        for old, new in zip(_long(then, length), _long(later, length), strict=True):
            if profile.is_small(abs(new - old)):
                return True
            moved |= old != new
            small |= profile.is_small(old) or profile.is_small(new)
    return moved and small


def _long(counts: tuple[int, ...], length: int) -> tuple[int, ...]:
    return counts + (0,) * (length - len(counts))
