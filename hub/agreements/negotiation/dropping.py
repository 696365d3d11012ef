"""Dropping a draft that was opened by mistake or is wanted no longer. Its texts and all that was said of it stay on record.

A draft of an agreement that holds (a variation) is dropped alike: the signed version stands as before.
"""

from __future__ import annotations

from hub.agreements import versions
from hub.agreements.negotiation import post
from hub.agreements.negotiation.acting import (
    Doer,
    checked_words,
    coordinating,
    found_for,
    happen,
    moment,
    unsigned,
)
from hub.agreements.negotiation.acts import stale
from hub.errors import Conflict, NotReady
from hub.partners import queries


def drop(doer: Doer, shown: str, *, words: str) -> None:
    """The coordinator drops the draft that was shown, and says why. Refused once a signature of it stands."""
    found = found_for(doer)
    coordinating(doer, found)
    if shown != found.text.digest:
        raise Conflict(stale(found, shown))
    unsigned(found)
    if signed := found.signed_first:
        name = queries.agency(doer.session, signed.party).name
        how = "recorded a paper signed" if signed.on_paper else "signed it"
        raise NotReady(f"{signed.signed.person} {how} for {name}, so it cannot be dropped.")
    checked_words(words, "Say why it is dropped: the reason is kept for good.")
    at = moment(doer, found)
    versions.drop(doer.session, doer.partnership, found.agreement, now=at)
    sequence = happen(doer, found, "dropped", at=at, words=words)
    people = post.everybody(doer.session, doer.partnership, found.agreement) - {doer.actor.id}
    post.tell(doer.session, doer.partnership, found, post.DROPPED, occasion=f"{sequence}", people=people)
