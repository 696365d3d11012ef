"""Verdicts that this process has worked out before, given again as long as nothing was written to the database since.

Every change of anything is an entry of the audit chain, and the chain's last hash is of all that went before: where it
stands says whether an answer still holds. There is nothing to clear, and no process has to be told. What is kept is
packed and bounded.
"""

from __future__ import annotations

import pickle
import zlib
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import select

from hub.agreements.evaluate import verdicts_of
from hub.agreements.model import Agreement
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.audit.models import AuditChain

_KEPT = 300  # agreements at moments; packed, the largest of the example takes 12 KB

_Key = tuple[str, int, str, date | datetime]


def verdicts(papers: Papers, agreement: Agreement) -> list[Verdict]:
    """As `evaluate.verdicts_of`; only what was committed counts, so not for a session that has written."""
    key = _key(papers, agreement)
    if key is None:
        return verdicts_of(papers, agreement)
    kept = _kept(key)
    if not kept:
        kept.append(zlib.compress(pickle.dumps(verdicts_of(papers, agreement)), level=1))
    found: list[Verdict] = pickle.loads(zlib.decompress(kept[0]))  # noqa: S301  packed above, by this process
    return found


def _key(papers: Papers, agreement: Agreement) -> _Key | None:
    """None where no chain has begun. Of the present only its day matters: whatever else makes it another is an entry."""
    stands = papers.session.scalar(select(AuditChain.hash))
    if stands is None:
        return None
    at = papers.at
    return stands, papers.partnership.id, agreement.code, at.today if at.is_now else at.moment


@lru_cache(maxsize=_KEPT)
def _kept(_key: _Key) -> list[bytes]:
    """The place of a key: empty until its verdicts are worked out."""
    return []


def forget() -> None:
    """Begin anew: for whoever writes past the chain, as a test does with a copy of another's database."""
    _kept.cache_clear()
