"""Drafts: the text of a submission as it was read, with what the check said about it and what people explained.

A draft with errors may be saved, left and resumed; nothing of it reaches the ledger. All the submissions of one file
are saved in one transaction or not at all.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.audit.canonical import canonical, digest_of
from hub.audit.chain import record
from hub.clock import now_for
from hub.definitions.catalogue import definition, definition_of_version, definition_version_id
from hub.errors import AreYouSure, ColleaguesDraft, NotReady
from hub.facts.document import signed_rows
from hub.facts.interning import CHUNK
from hub.findings import Finding, queries
from hub.identifiers.signs import ASKED_ABOUT
from hub.partners.models import Partnership, Person
from hub.partners.policy import Actor
from hub.submissions import events, mapping_uses
from hub.submissions.drafted import explained_of, finding_key, last_signed, places_of, put, read, row_of
from hub.submissions.models import Draft
from hub.validation.outcome import Outcome, Part

UPLOADS = ("csv", "xlsx")
SURE = "Whoever sent this said that it names no child, patient or family."


@dataclass(frozen=True)
class Saved:
    """What became of one submission of a file. `replaced` says whose other figures this took the place of, if a colleague's."""

    due_item_id: int
    key: str
    sequence: int
    status: str
    unchanged: bool = False
    replaced: str | None = None
    explanations: Mapping[str, str] = field(default_factory=dict)  # what is said to its queries by now
    unexplained: int = 0  # queries that nothing is said to
    document_digest: str = ""  # of its rows


class _Before(NamedTuple):
    """What of a draft outlives its replacement, as it is stored."""

    document: str
    findings: str
    explanations: str


def save(
    session: Session,
    actor: Actor,
    outcome: Outcome,
    *,
    channel: str,
    seen: Mapping[int, int] | None = None,
    sure: bool = False,
    over_others: bool = True,
    words: Mapping[str, str] | None = None,
) -> list[Saved]:
    """Save every submission of a checked table as a draft, all or none, with `words` that explain its queries, by their key.

    `seen` gives, by due item, the event that the sender saw last; a stale one raises Conflict. A signed submission is
    left alone where its rows are the same, and raises NotReady where they are not: it must be reopened first.
    What may name a person raises AreYouSure before anything is stored, unless the sender is `sure` that it does not;
    other figures of a colleague raise ColleaguesDraft, unless they may be put `over_others`.
    """
    if outcome.refused:
        raise NotReady("The file could not be read, so nothing of it was kept. Mend it and send it again.")
    if not outcome.parts:
        raise NotReady("There is no return in this that you may send, so nothing was kept.")
    if not sure:
        check_names(outcome, channel)
    person_id = events.person_of(session, actor)
    text = definition(session, outcome.return_code, version=outcome.version)
    parts = {part.due_item_id: part for part in outcome.parts}
    standings = events.lock(session, parts)
    saving = _Saving(
        session=session,
        actor=actor,
        person_id=person_id,
        return_code=text.code,
        version=(definition_version_id(session, text), text.digest),
        channel=channel,
        sure=sure,
        over_others=over_others,
        words={key: text.strip() for key, text in (words or {}).items()},
        before=_drafts(session, [at.item.id for at in standings if at.last is not None]),
        moments=_moments(session, standings),
        people=_people(session, standings),
        texts={id(finding): canonical(finding.as_json()) for finding in outcome.findings},
        typed=text.in_unit("text"),
    )
    findings = _by_part(outcome)
    saved = [
        saving.one(at, parts[at.item.id], findings(parts[at.item.id]), (seen or {}).get(at.item.id))
        for at in standings
    ]
    saving.write()
    if outcome.mapping is not None:
        mapping_uses.keep(session, outcome, saving.happened)
    return saved


def check_names(outcome: Outcome, channel: str) -> None:
    """security.md T5: a likely name is asked about before anything is stored. What was found is not repeated."""
    asked = [finding for finding in outcome.findings if finding.code in ASKED_ABOUT]
    if asked:
        named = (("row", asked[0].where.row), ("column", asked[0].where.column))
        place = ", ".join(f"{name} {value}" for name, value in named if value) or "the file"
        if channel == "form":
            place = "one of your answers"  # a form has no rows to count
        more = f" and in {len(asked) - 1} more places" if len(asked) > 1 else ""
        raise AreYouSure(
            f"In {place}{more} stands what may point to a person. Nothing was kept. Take it out; or, if it names no child, "
            "patient or family, say so and send it again."
        )


def _moments(session: Session, standings: Sequence[events.Standing]) -> dict[int, datetime]:
    """What the clock of each partnership of the file says: asked once, a file happens at one moment."""
    return {
        partnership_id: now_for(session.get_one(Partnership, partnership_id))
        for partnership_id in {at.item.partnership_id for at in standings}
    }


def _people(session: Session, standings: Sequence[events.Standing]) -> Sequence[Person]:
    """Who touched the submissions last, to be named where their draft is replaced."""
    wanted = {at.last.person_id for at in standings if at.last is not None}
    return session.scalars(select(Person).where(Person.id.in_(wanted))).all() if wanted else ()


def _drafts(session: Session, ids: list[int]) -> dict[int, _Before]:
    found: dict[int, _Before] = {}
    for start in range(0, len(ids), CHUNK):
        query = select(Draft.id, Draft.document, Draft.findings, Draft.explanations).where(
            Draft.id.in_(ids[start : start + CHUNK])
        )
        found.update({row[0]: _Before(*row[1:]) for row in session.execute(query)})
    return found


def _by_part(outcome: Outcome) -> Callable[[Part], tuple[Finding, ...]]:
    """`findings_of` for every part of a big file, without reading all its findings for each."""
    keyed: dict[str, list[tuple[int, Finding]]] = {}
    for number, finding in enumerate(outcome.findings):
        keyed.setdefault(finding.where.submission or "", []).append((number, finding))

    def of_part(part: Part) -> tuple[Finding, ...]:
        both = [*keyed.get("", ()), *keyed.get(part.key, ())]
        return tuple(finding for _, finding in sorted(both, key=itemgetter(0)))

    return of_part


@dataclass(frozen=True)
class _Saving:
    """What is the same for every submission of a file, and what is written at the end: a file may hold thousands."""

    session: Session
    actor: Actor
    person_id: int
    return_code: str
    version: tuple[int, str]  # number and digest of the definition's version
    channel: str
    sure: bool
    over_others: bool
    words: Mapping[str, str]
    before: Mapping[int, _Before]
    moments: Mapping[int, datetime]  # by partnership
    people: Sequence[Person]  # held, so that the session asks for none of them again
    texts: Mapping[
        int, str
    ]  # findings of this file as JSON, by identity: those about the whole file stand in each
    typed: tuple[str, ...]  # columns of typed words
    happened: list[events.Standing] = field(default_factory=list)
    drafts: list[dict[str, Any]] = field(default_factory=list)
    rows: Counter[int] = field(default_factory=Counter)  # by partnership

    def one(self, at: events.Standing, part: Part, findings: tuple[Finding, ...], seen: int | None) -> Saved:
        events.check_seen(self.session, at, seen, person_id=self.person_id)
        document = canonical(list(part.rows))
        if at.status == "signed":
            if document == self._signed(at):
                digest = digest_of(document)
                return Saved(
                    at.item.id, part.key, at.sequence, at.status, unchanged=True, document_digest=digest
                )
            raise NotReady(
                f"The return {part.key} is signed, so nothing was kept. To correct it, ask on its page for it to be reopened, "
                "and say why. Once another person has agreed, send the correction."
            )
        before = self.before.get(at.item.id)
        replaced = self._replaced(at) if before and before.document != document else None
        if replaced and not self.over_others:
            raise ColleaguesDraft(
                f"{replaced}, and the file has other figures for {part.key}. Nothing was kept. Look at theirs first; or say "
                "that the file takes its place, and upload it again."
            )
        kind: events.Kind = "uploaded" if self.channel in UPLOADS else "saved"
        now = events.after(at, kind, person_id=self.person_id, moment=self.moments[at.item.partnership_id])
        self.happened.append(now)
        explanations = _kept(findings, part, before) if before else {}
        if self.sure:
            explanations = {finding_key(f): SURE for f in findings if f.code in ASKED_ABOUT} | explanations
        asked = {finding_key(finding) for finding in queries(findings)} if self.words else set()
        said = explanations | {key: text for key, text in self.words.items() if key in asked}
        explanations = {key: text for key, text in said.items() if text}
        self.drafts.append(
            row_of(
                now,
                document,
                version=self.version,
                findings=f"[{','.join(self.texts[id(finding)] for finding in findings)}]",
                explained=explained_of(findings, explanations),
                explanations=explanations,
                channel=self.channel,
                signed=signed_rows(part.rows, self.typed) if self.typed else None,
            )
        )
        self.rows[at.item.partnership_id] += len(part.rows)
        return Saved(
            at.item.id,
            part.key,
            now.sequence,
            now.status,
            replaced=replaced,
            explanations=explanations,
            unexplained=sum(not explanations.get(finding_key(finding)) for finding in queries(findings)),
            document_digest=digest_of(document),
        )

    def write(self) -> None:
        events.append_all(self.session, self.happened)
        put(self.session, self.drafts)
        for partnership_id in sorted(self.rows):
            self._record(partnership_id)

    def _signed(self, at: events.Standing) -> str | None:
        """The rows that were last signed; a draft that was signed stays as it was."""
        if at.item.id in self.before:
            return self.before[at.item.id].document
        signed = last_signed(self.session, at.item.partnership_id, at.item.id)
        return canonical(list(signed.rows)) if signed else None

    def _replaced(self, at: events.Standing) -> str | None:
        theirs = (
            at.last is not None and at.last.kind in events.TOUCHING and at.last.person_id != self.person_id
        )
        return events.said(self.session, at.last) if theirs and at.last else None

    def _record(self, partnership_id: int) -> None:
        """One act for a file, which says of how many submissions and seals which: each has an event of its own."""
        saved = [row for row in self.drafts if row["partnership_id"] == partnership_id]
        numbers = [[row["id"], row["sequence"]] for row in saved]
        alone = len(saved) == 1
        detail = (
            {"sequence": saved[0]["sequence"]}
            if alone
            else {"submissions": len(saved), "digest": digest_of(canonical(numbers))}
        )
        record(
            self.session,
            actor=self.actor.principal,
            action="draft:write",
            subject=f"submission:{saved[0]['id']}" if alone else f"return:{self.return_code}",
            partnership_id=partnership_id,
            detail={"rows": self.rows[partnership_id], **detail},
        )


def _kept(findings: tuple[Finding, ...], part: Part, before: _Before) -> dict[str, str]:
    """Explanations of queries that are still there stay: by their key, or at another row of another file."""
    said: dict[str, str] = json.loads(before.explanations)
    if not said:
        return {}
    kept = {key: said[key] for key in map(finding_key, queries(findings)) if key in said}
    earlier = [Finding.from_json(finding) for finding in json.loads(before.findings)]
    by_place = {
        place: said[key]
        for key, place in places_of(earlier, json.loads(before.document)).items()
        if key in said
    }
    now = places_of(findings, part.rows).items()
    return {key: by_place[place] for key, place in now if place in by_place} | kept


def explain(
    session: Session, actor: Actor, due_item_id: int, *, words: Mapping[str, str], seen: int | None = None
) -> Saved:
    """Say why queried figures are right, by finding key. The words stay with the figures for good."""
    person_id = events.person_of(session, actor)
    at = events.lock_one(session, due_item_id)
    events.check_seen(session, at, seen, person_id=person_id)
    draft = read(session, at.item.partnership_id, due_item_id)
    if draft is None:
        raise NotReady("Nothing has been entered yet, so there is nothing to explain.")
    known = {finding_key(f) for f in queries(draft.findings)}
    said = {key: text.strip() for key, text in words.items() if key in known}
    explanations = {key: text for key, text in {**draft.explanations, **said}.items() if text}
    if explanations == draft.explanations:
        return Saved(due_item_id, "", at.sequence, at.status, unchanged=True)
    now = events.append(session, at, "explained", person_id=person_id)
    text = definition_of_version(session, draft.definition_version_id)
    typed = text.in_unit("text")
    row = row_of(
        now,
        canonical(list(draft.rows)),
        version=(draft.definition_version_id, text.digest),
        findings=canonical([finding.as_json() for finding in draft.findings]),
        explained=explained_of(draft.findings, explanations),
        explanations=explanations,
        channel=draft.channel,
        signed=signed_rows(draft.rows, typed) if typed else None,
    )
    put(session, [row])
    record(
        session,
        actor=actor.principal,
        action="draft:explain",
        subject=f"submission:{due_item_id}",
        partnership_id=at.item.partnership_id,
        detail={"sequence": now.sequence, "queries": len(said)},
    )
    return Saved(due_item_id, "", now.sequence, now.status)
