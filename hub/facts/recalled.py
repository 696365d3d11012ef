"""Answers that this process has worked out before, given again as long as nothing was written to the database since.

Every change of anything is an entry of the audit chain, and an entry's hash is of all that went before: the last one that
readers can be told of says, with the position of the ledger that is read, whether an answer still holds. There is nothing to
clear, and no process has to be told. What is kept is packed and bounded.
"""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Callable, Hashable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from hub.audit import settled
from hub.facts.moments import AsAt

_KEPT = 1000  # answers; packed, the verdicts of the example's largest agreement take 12 KB

_KEPT_PARTS = 20_000  # a period of a return each: of the example's largest, 2 KB

Answer = TypeVar("Answer")
Part = TypeVar("Part", bound=Hashable)


def recalled(
    at: AsAt, what: Hashable, work: Callable[[], Answer], *, rests_on: Hashable | None = None
) -> Answer:
    """What `work` gives for a ledger as at a moment; `what` names everything else that it depends on, its reader too.

    Of the ledger it rests on all that was signed, unless `rests_on` says on what. Of the present only its day matters: whatever else
    makes it another is an entry of the chain. Only what was committed counts, so not for a session that has written; and nothing
    is remembered where no chain has begun.
    """
    if not at.told:
        return work()
    return remembered((_known(at), at.position if rests_on is None else rests_on, what), work)


def recalled_each(
    at: AsAt,
    what: Hashable,
    parts: Mapping[Part, Hashable],
    work: Callable[[list[Part]], Mapping[Part, Answer]],
) -> dict[Part, Answer]:
    """As `recalled`, part by part of a whole. Of the ledger each part rests on no more than what stands beside it in `parts`:
    what was signed of the returns that it reads. `work` is asked once for all the parts that are not remembered.
    """
    if not at.told:
        return dict(work(list(parts)))
    return remembered_each({part: (_known(at), what, part, rest) for part, rest in parts.items()}, work)


def _known(at: AsAt) -> Hashable:
    return at.told, at.partnership_id, at.today if at.is_now else at.moment


def remembered(key: Hashable, work: Callable[[], Answer]) -> Answer:
    """What `work` gives, where `key` names everything that it depends on: rows that never change, by their numbers."""
    kept = _kept(key)
    if not kept:
        kept.append(_packed(work()))
    found: Answer = _unpacked(kept[0])
    return found


def remembered_each(
    keys: Mapping[Part, Hashable], work: Callable[[list[Part]], Mapping[Part, Answer]]
) -> dict[Part, Answer]:
    """As `remembered`, part by part of a whole: `work` is asked once for all the parts that are not remembered."""
    places = {part: _kept_part(key) for part, key in keys.items()}
    if lacking := [part for part, place in places.items() if not place]:
        for part, answer in work(lacking).items():
            places[part].append(_packed(answer))
    return {part: _unpacked(place[0]) for part, place in places.items()}


def _packed(answer: object) -> bytes:
    return zlib.compress(pickle.dumps(answer), level=1)


def _unpacked(kept: bytes) -> Any:
    return pickle.loads(zlib.decompress(kept))  # noqa: S301  packed above, by this process


@lru_cache(maxsize=_KEPT)
def _kept(_key: Hashable) -> list[bytes]:
    """The place of a key: empty until its answer is worked out."""
    return []


@lru_cache(maxsize=_KEPT_PARTS)
def _kept_part(_key: Hashable) -> list[bytes]:
    return []


def forget() -> None:
    """Begin anew: for whoever writes past the chain, as a test does with a copy of another's database."""
    _kept.cache_clear()
    _kept_part.cache_clear()
    settled.forget()
