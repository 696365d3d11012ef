"""An agreement under negotiation as its pages show it: who stands where on each part, who signed, and what a person may do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from flask import g
from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.access import transaction
from hub.agreements.model import Agreement
from hub.agreements.negotiation import post
from hub.agreements.negotiation.acting import dropped_in_words
from hub.agreements.negotiation.named import Names
from hub.agreements.negotiation.named import names_in as names_in_documents
from hub.agreements.negotiation.parts import name_of
from hub.agreements.negotiation.positions import Position, Signature
from hub.agreements.negotiation.read import Negotiation, negotiation
from hub.agreements.negotiation.record import Happened, Text
from hub.agreements.negotiation.redline import Run, as_words, runs
from hub.agreements.versions import agreements_as_at
from hub.clock import london_date, now_for
from hub.errors import Dropped
from hub.partners import queries
from hub.partners.models import Agency, Partnership
from hub.partners.policy import Permission
from hub.web import layout, reach

STANDING = {
    "drafting": ("being drafted", "half", "busy"),
    "to-sign": ("put to the parties for signature", "arrow", "late"),
    "signed": ("signed", "tick", "good"),
}
POSITIONS = {
    "agreed": ("agreed", "tick", "good"),
    "proposed": ("proposes a change", "half", "late"),
    "void": ("void: it was changed", "cross", "bad"),
    "silent": ("silent", "circle", "none"),
}
DID = {
    "opened": "opened this version",
    "worded": "changed the wording of",
    "agreed": "agreed to",
    "proposed": "proposed a change of",
    "accepted": "accepted the proposed change of",
    "declined": "declined the proposed change of",
    "commented": "commented on",
    "chased": "reminded",
    "disputed": "recorded a dispute about",
    "settled": "recorded the end of a dispute about",
    "put": "put the text to the parties for signature",
    "signed": "signed for",
    "papered": "recorded a paper signed for",
    "confirmed": "confirmed the paper of",
    "rejected": "did not confirm the paper of",
    "dropped": "dropped the draft",
}


@dataclass(frozen=True)
class Cell:
    position: Position
    word: str
    shape: str
    tone: str


@dataclass(frozen=True)
class Stand:
    """The parties that stand alike on a part; the ones that hold it up stand first."""

    cell: Cell
    parties: tuple[tuple[str, date], ...]  # name, since when


@dataclass(frozen=True)
class Row:
    part: str
    name: str
    title: str
    stands: tuple[Stand, ...]
    asks: bool  # whether one of their parties has still to say where it stands


@dataclass(frozen=True)
class Signed:
    """A party in the list of signatures."""

    code: str
    name: str
    who: str
    word: str
    shape: str
    tone: str
    signature: Signature | None
    void: tuple[Signature, ...]


@dataclass(frozen=True)
class Page:
    """What every page of a negotiation needs."""

    partnership: Partnership
    found: Negotiation
    names: Mapping[str, str]
    own: tuple[str, ...]  # codes of the parties that the person speaks for
    coordinates: bool
    is_team: bool  # of the partnership's data, who may propose and comment for no party

    @property
    def speaks(self) -> bool:
        return bool(self.own) or self.coordinates or self.is_team

    @property
    def standing(self) -> dict[str, str]:
        word, shape, tone = STANDING[self.found.standing]
        if self.found.standing == "signed" and self.found.unsigned:
            word, shape, tone = "signed by some, binds those", "half-tick", "late"
        return {"word": word, "shape": shape, "tone": tone}


def page(partnership: str, agreement: str) -> Page:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    layout.about(place)
    found = negotiation(session, place.id, agreement)
    if found.dropped is not None:
        raise Dropped(dropped_in_words(found.dropped))
    rows = session.execute(
        select(Agency.code, Agency.name, Agency.id).where(Agency.code.in_(found.agreement.party_codes))
    )
    known = {code: (name, number) for code, name, number in rows}
    mine = reach.agency_ids(Permission.AGREEMENT_DRAFT)
    return Page(
        place,
        found,
        {code: known[code][0] if code in known else code for code in found.agreement.party_codes},
        tuple(code for code in found.agreement.party_codes if code in known and known[code][1] in mine),
        g.person is not None and g.person.id in post.coordinators(session, place, found.agreement),
        place.id in reach.partnership_ids(Permission.AGREEMENT_DRAFT),
    )


def rows(it: Page) -> list[Row]:
    return [
        Row(
            part,
            name_of(part),
            title_of(it.found, part),
            _stands(it, part),
            any(it.found.positions[party, part].waits for party in it.own),
        )
        for part in it.found.text.digests
    ]


def _stands(it: Page, part: str) -> tuple[Stand, ...]:
    """However many parties there are, a part takes a line for each position."""
    cells = {party: cell(it.found.positions[party, part]) for party in it.names}
    found = []
    for word in ("void", "proposed", "silent", "agreed"):
        alike = [party for party, each in cells.items() if each.position.word == word]
        if alike:
            who = tuple((it.names[party], london_date(cells[party].position.since)) for party in alike)
            found.append(Stand(cells[alike[0]], who))
    return tuple(found)


def asks(it: Page, part: str) -> bool:
    """Whether a party that the person speaks for has not agreed to a part yet."""
    return any(it.found.positions[party, part].word != "agreed" for party in it.own)


def cell(position: Position) -> Cell:
    return Cell(position, *POSITIONS[position.word])


def title_of(found: Negotiation, part: str) -> str:
    said = found.text.parts.get(part, {})
    return str(said.get("title") or said.get("text") or "")


def signatures(it: Page) -> list[Signed]:
    found = it.found
    return [
        Signed(
            party.agency,
            it.names[party.agency],
            "; ".join(f"{one.name}, {one.post}" if one.name else one.post for one in party.signatories),
            *_signed_word(it, party.agency),
            found.signed_by.get(party.agency) or _waiting(found, party.agency),
            tuple(each for each in found.signatures if each.party == party.agency and each.is_void),
        )
        for party in found.agreement.parties
    ]


def _waiting(found: Negotiation, party: str) -> Signature | None:
    """A paper that another person has still to confirm."""
    return next(
        (each for each in found.signatures if each.party == party and not each.is_void and not each.counts),
        None,
    )


def _signed_word(it: Page, party: str) -> tuple[str, str, str]:
    found = it.found
    if party not in found.unsigned:
        return "signed", "tick", "good"
    if _waiting(found, party):
        return "paper waits to be confirmed", "half", "busy"
    if found.standing == "drafting":
        return "not asked yet", "circle", "none"
    since = found.agreement.holds_from if found.standing == "signed" else None
    return f"unsigned since {layout.day(since)}" if since else "not signed yet", "circle", "late"


def of_part(found: Negotiation, part: str) -> list[Happened]:
    """What was said and done about a part in this version, newest first."""
    kinds = ("worded", "accepted", "declined", "proposed", "commented", "agreed", "disputed", "settled")
    return [
        each
        for each in reversed(found.happened)
        if each.part == part and each.version == found.version and each.kind in kinds
    ]


def said(it: Page, each: Happened) -> str:
    """What happened, as a sentence without its end."""
    about = name_of(each.part).lower() if each.part else ""
    whom = it.names.get(each.agency or "", each.agency or "")
    if each.kind in ("chased", "signed", "papered", "confirmed", "rejected"):
        about = whom
    elif each.kind == "worded" and not each.part:
        about = "the whole text"
    elif each.kind == "dropped":
        about = f"of version {each.version}"
    by = f", for {whom}" if whom and about != whom else ""
    return f"{each.person} {DID.get(each.kind, each.kind)} {about}{by}".strip()


def carried(session: Session, place: Partnership, agreement: Agreement) -> dict[str, str]:
    """Code → title of the agreements whose promises one carries on, of those that the reader may read."""
    codes = {each.replaces.agreement for each in agreement.commitments if each.replaces}
    if not codes:
        return {}
    readable = reach.is_party(place)
    known = agreements_as_at(session, place.id, now_for(place))
    return {each.code: each.title for each in known if each.code in codes and readable(each)}


def names_in(it: Page, *others: Text) -> Names:
    """The names for the codes of the newest text, and of others that it is read beside."""
    texts = (it.found.text, *others)
    return names_in_documents(transaction.reading(), *(text.document for text in texts))


def parts_as_shown(found: Negotiation, names: Names) -> list[tuple[str, Sequence[str]]]:
    """Each part of the newest text by its name, line by line."""
    return [(name_of(part), as_shown(said, names)) for part, said in found.text.parts.items()]


def as_shown(part: object, names: Names) -> Sequence[str]:
    return as_words(part, names).split("\n")


def runs_between(before: object, after: object, names: Names) -> list[Run]:
    """What a proposal would take out and put in."""
    return list(runs(as_words(before or {}, names), as_words(after or {}, names)))
