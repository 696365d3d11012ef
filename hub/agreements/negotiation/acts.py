"""What the coordinator and the parties do with a draft: word it, agree to parts of it, propose, comment, answer, dispute.

Whoever acts names the digest of the part that they had before them; where it reads otherwise by now, nothing is kept
and they are told who changed it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from hub import document
from hub.agreements.load import checked, shipped_measures
from hub.agreements.negotiation import post
from hub.agreements.negotiation.acting import (
    FILE,
    Doer,
    checked_words,
    coming_day,
    coordinating,
    draft_for,
    dropped_in_words,
    faults_in_words,
    found_for,
    happen,
    in_words,
    kept_text,
    moment,
    party_of,
    proposal,
    speaker,
    unchanged,
)
from hub.agreements.negotiation.parts import Plain, name_of, part_digest, reworded
from hub.agreements.negotiation.read import Negotiation
from hub.agreements.negotiation.record import Happened
from hub.clock import real_now, today_for
from hub.document import Document
from hub.errors import Conflict, DefinitionErrors, NotReady
from hub.measures.load import measures_as_at

NEW = "new"  # shown in place of a digest: the part is not there yet


def agree(doer: Doer, shown: Mapping[str, str]) -> None:
    """A party agrees to parts as they were shown to it: part → digest."""
    found = draft_for(doer)
    party = party_of(doer, found)
    open_parts = {part: digest for part, digest in shown.items() if _wants(found, party, part)}
    if not open_parts:
        raise NotReady("Tick at least one part that you have not agreed to.")
    for part, digest in open_parts.items():
        unchanged(found, part, digest)
    at = moment(doer, found)
    for later, (part, digest) in enumerate(open_parts.items()):
        happen(doer, found, "agreed", at=at, party=party, part=part, part_digest=digest, later=later)


def _wants(found: Negotiation, party: str, part: str) -> bool:
    position = found.positions.get((party, part))
    return position is None or position.word != "agreed"


def propose(doer: Doer, part: str, shown: str, wording: Plain | None, *, words: str) -> None:
    """A party says how a part should read (None: that it should go), and why. It is tried before it is kept."""
    found = draft_for(doer)
    party = speaker(doer, found)
    checked_words(words, "Say why.")
    _based_on(found, part, shown)
    if wording is not None and part_digest(wording) == found.text.digests.get(part):
        raise NotReady("It reads exactly so already.")
    _try(doer, found, reworded(found.text.document, part, wording))
    at = moment(doer, found)
    happen(
        doer,
        found,
        "proposed",
        at=at,
        party=party,
        part=part,
        part_digest=shown,
        words=words,
        wording=wording,
    )
    post.tell(doer.session, doer.partnership, found, "agreement-proposed", occasion=f"{found.sequence + 1}")


def _based_on(found: Negotiation, part: str, shown: str) -> None:
    if shown == NEW:
        if part in found.text.digests:
            raise Conflict(f"There is a {name_of(part).lower()} by now. Choose another number.")
        return
    unchanged(found, part, shown)


def _try(doer: Doer, found: Negotiation, text: Plain) -> None:
    measures = shipped_measures() | measures_as_at(doer.session, real_now())
    try:
        checked(Document(FILE, {**text, "status": "draft"}), measures)
    except DefinitionErrors as error:
        raise NotReady(faults_in_words(error, lines=False)) from error


def comment(doer: Doer, part: str, *, words: str) -> None:
    """A party, the coordinator or the data team says something of a part."""
    found = draft_for(doer)
    party = speaker(doer, found)
    if part not in found.text.digests:
        raise NotReady("This part was taken out.")
    checked_words(words, "Write your comment.")
    happen(doer, found, "commented", at=moment(doer, found), party=party, part=part, words=words)


def word(doer: Doer, part: str, shown: str, wording: Plain | None, *, words: str) -> None:
    """The coordinator changes a part. Positions on it, and every signature, are void from now on."""
    found = draft_for(doer)
    coordinating(doer, found)
    _based_on(found, part, shown)
    _reword(doer, found, "worded", part, reworded(found.text.document, part, wording), words=words)


def word_whole(doer: Doer, shown: str, text: str) -> None:
    """The coordinator puts another text of the draft in its place, as the exchange form says it."""
    found = draft_for(doer)
    coordinating(doer, found)
    if shown != found.text.digest:
        raise Conflict(stale(found, shown))
    try:
        read = document.parse(text, FILE)
    except DefinitionErrors as error:
        raise NotReady(faults_in_words(error, lines=True)) from error
    ours = {key: found.text.document[key] for key in ("agreement", "version", "partnership", "kind")}
    given = read.data if isinstance(read.data, dict) else {}
    for key, value in {**ours, "status": "draft"}.items():
        if given.get(key) != value:
            raise NotReady(f"Nothing was kept. line {read.lines.get((key,), 1)}: “{key}:” stays {value}.")
    _reword(doer, found, "worded", "", read.data, read=read)


def _reword(
    doer: Doer,
    found: Negotiation,
    kind: str,
    part: str,
    text: Plain,
    *,
    words: str = "",
    about: int | None = None,
    read: Document | None = None,
) -> None:
    at = moment(doer, found)
    digest = kept_text(doer, {**text, "status": "draft"}, at, read=read)
    if digest == found.text.digest:
        raise NotReady("It reads exactly so already: nothing was changed.")
    sequence = happen(doer, found, kind, at=at, digest=digest, part=part, words=words, about=about)
    post.tell_changed(doer.session, doer.partnership, found, occasion=f"{sequence}")


def accept(doer: Doer, sequence: int, *, words: str = "") -> None:
    """The coordinator takes a proposal over as it is."""
    found = draft_for(doer)
    coordinating(doer, found)
    proposed = proposal(found, sequence)
    if proposed.part_digest != NEW:
        unchanged(found, proposed.part, proposed.part_digest)
    text = reworded(found.text.document, proposed.part, proposed.wording)
    _reword(doer, found, "accepted", proposed.part, text, words=words, about=sequence)
    _answered(doer, found, proposed)


def decline(doer: Doer, sequence: int, *, words: str) -> None:
    """The coordinator does not take a proposal over, and says why."""
    found = draft_for(doer)
    coordinating(doer, found)
    proposed = proposal(found, sequence)
    checked_words(words, "Say why it is declined.")
    happen(doer, found, "declined", at=moment(doer, found), part=proposed.part, words=words, about=sequence)
    _answered(doer, found, proposed)


def _answered(doer: Doer, found: Negotiation, proposed: Happened) -> None:
    occasion, people = f"{found.sequence + 1}", {proposed.person_id}
    post.tell(doer.session, doer.partnership, found, "agreement-answered", occasion=occasion, people=people)


def dispute(doer: Doer, part: str, *, owner: str, on_date: date | None, words: str) -> None:
    """The coordinator records what the parties cannot agree on: who has to end it, and by when."""
    found = found_for(doer)
    coordinating(doer, found)
    if part not in found.text.digests:
        raise NotReady("Choose a part of the agreement.")
    if owner not in found.agreement.party_codes:
        raise NotReady("Choose the party that has to end it.")
    checked_words(words, "Say what is disputed.")
    day = coming_day(on_date, today_for(doer.partnership))
    happen(doer, found, "disputed", at=moment(doer, found), part=part, owner=owner, on_date=day, words=words)
    people = post.people_of(doer.session, owner)
    post.tell(
        doer.session,
        doer.partnership,
        found,
        "agreement-disputed",
        occasion=f"{found.sequence + 1}",
        people=people,
    )


def settle(doer: Doer, sequence: int, *, words: str) -> None:
    """The coordinator records how a dispute ended."""
    found = found_for(doer)
    coordinating(doer, found)
    open_ones = {each.sequence: each for each, end in found.disputes if end is None}
    if sequence not in open_ones:
        raise NotReady("This dispute is ended already.")
    checked_words(words, "Say how it ended.")
    happen(
        doer,
        found,
        "settled",
        at=moment(doer, found),
        part=open_ones[sequence].part,
        words=words,
        about=sequence,
    )


def stale(found: Negotiation, shown: str) -> str:
    """Who changed what since a text was shown, or dropped it."""
    if drop := next((each for each in found.drops.values() if each.digest == shown), None):
        return dropped_in_words(drop)
    changes = [
        each
        for each in found.happened
        if each.kind in ("worded", "accepted") and each.version == found.version
    ]
    places = [place for place, text in enumerate(found.of_version) if text.digest == shown]
    since = [each for each in changes if not places or each.at > found.of_version[places[-1]].known_from]
    said = " ".join(
        f"{each.person} changed {name_of(each.part).lower() if each.part else 'the text'} on {in_words(each.at)}."
        for each in since[-5:]
    )
    return f"The text changed after it was shown to you. {said} Nothing of yours was kept: read it again."
