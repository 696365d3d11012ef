"""Builds a pack from what was known at its moment: the same moment gives the same pack, whatever came later.

Figures pass the disclosure gate for a reader who is of no agency and of no data team: everybody at the meeting reads the
same pack.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.agreements.versions import agreements_as_at
from hub.board import overview
from hub.board.challenges.read import Challenge, challenges
from hub.board.changed import WhatChanged, changed_of_each
from hub.board.packs import coverage, promised, tell
from hub.board.packs.document import Block, Document, Section
from hub.board.packs.parts import PARTS
from hub.board.panel import Panel
from hub.board.view import View
from hub.clock import LONDON
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.protect import Audience
from hub.meetings.read import Decision, Meeting, meetings_as_at
from hub.partners.models import Partnership

MEETING_READS = Audience()
MOST_AGREEMENTS = 5  # that the chair reads out: with them the summary stays below two minutes
MORE_AGREEMENTS = "Further agreements stand under “Who promised what?”."


@dataclass(frozen=True)
class Material:
    """What the parts of one pack are made from, each read once and only where a part asks."""

    session: Session
    partnership: Partnership
    at: AsAt
    meeting: Meeting

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.session, self.partnership, self.at)

    @cached_property
    def panels(self) -> list[Panel]:
        return overview.board(self.reading, MEETING_READS, View())

    @cached_property
    def changed(self) -> WhatChanged:
        return changed_of_each(self.reading, MEETING_READS, View(), [panel.measure for panel in self.panels])

    @cached_property
    def newest(self) -> list[coverage.Newest]:
        return coverage.newest(self.session, self.partnership, self.at)

    @cached_property
    def verdicts(self) -> list[tuple[Agreement, list[Verdict]]]:
        papers = Papers(self.session, self.partnership, self.at, self.reading)
        held = agreements_as_at(self.session, self.partnership.id, self.at.moment)
        told = ((agreement, promised.verdicts(papers, agreement)) for agreement in held)
        return [(agreement, verdicts) for agreement, verdicts in told if verdicts]

    @cached_property
    def open_questions(self) -> list[Challenge]:
        """Late ones first."""
        found = [each for each in challenges(self.session, self.partnership, self.at) if each.is_open]
        return sorted(
            found, key=lambda each: (not each.is_overdue(self.at.today), each.answer_by, each.number)
        )

    @cached_property
    def decisions(self) -> list[Decision]:
        """Of the group's meetings before this one, newest first."""
        return [
            decision
            for meeting in reversed(meetings_as_at(self.session, self.partnership.id, self.at.moment))
            if meeting.group_code == self.meeting.group_code and meeting.held_on < self.meeting.held_on
            for decision in meeting.decisions
        ]


def build(material: Material, title: str, parts: Sequence[str]) -> Document:
    """The pack of some parts, in the order in which packs have them; late answers head it, whatever was chosen."""
    place, at = material.partnership, material.at
    return Document(
        title=title,
        partnership=place.name,
        held_on=material.meeting.held_on.isoformat(),
        as_at=at.moment.astimezone(LONDON).isoformat(timespec="seconds"),
        position=at.position,
        illustrative=place.illustrative,
        sections=(
            *_late(material),
            *(
                Section(code, heading, tuple(_BLOCKS[code](material)))
                for code, heading in PARTS.items()
                if code in parts
            ),
        ),
    )


def _late(material: Material) -> list[Section]:
    today = material.at.today
    late = [each for each in material.open_questions if each.is_overdue(today)]
    if not late:
        return []
    tables = tell.question_tables(
        material.session, material.partnership, late, today, "Late, the longest first"
    )
    return [Section("late", "Questions that should have been answered by now", tuple(tables))]


def _summary(material: Material) -> list[Block]:
    sentences = [
        *tell.questions(material.open_questions, material.at.today),
        *tell.everybody_in(material.newest),
        *tell.changed(material.changed, material.panels),
    ]
    told = sorted(material.verdicts, key=lambda each: not any(v.word in promised.SLIPPING for v in each[1]))
    more = [Block("text", MORE_AGREEMENTS)] if len(told) > MOST_AGREEMENTS else []
    return [
        *(Block("text", sentence) for sentence in sentences),
        *(
            Block("text", promised.sentence(agreement, verdicts), of=agreement.code)
            for agreement, verdicts in told[:MOST_AGREEMENTS]
        ),
        *more,
    ]


def _everybody_in(material: Material) -> list[Block]:
    return [coverage.table(material.newest)]


def _changed(material: Material) -> list[Block]:
    """Signals first; a measure without one is named, so that nobody wonders."""
    found = material.changed
    signals = tuple(tell.signal(each, material.panels) for each in found.signals)
    blocks = [Block("list", items=signals)] if signals else []
    return [*blocks, *(Block("text", sentence) for sentence in tell.unchanged(found))]


def _promises(material: Material) -> list[Block]:
    blocks = [
        block
        for agreement, verdicts in material.verdicts
        for block in promised.blocks(material.session, agreement, verdicts)
    ]
    return blocks or [Block("text", "No agreement is in force.")]


def _questions(material: Material) -> list[Block]:
    if not material.open_questions:
        return [Block("text", "No question is open.")]
    return tell.question_tables(
        material.session,
        material.partnership,
        material.open_questions,
        material.at.today,
        "Open questions, late ones first",
    )


def _charts(material: Material) -> list[Block]:
    return [block for panel in material.panels for block in tell.panel_blocks(panel)]


def _decisions(material: Material) -> list[Block]:
    if not material.decisions:
        return [Block("text", "No decision of an earlier meeting is noted.")]
    return [tell.decision_table(material.session, material.decisions)]


def _definitions(material: Material) -> list[Block]:
    return tell.definitions([panel.measure for panel in material.panels])


_BLOCKS: dict[str, Callable[[Material], list[Block]]] = {
    "summary": _summary,
    "everybody-in": _everybody_in,
    "changed": _changed,
    "promises": _promises,
    "questions": _questions,
    "charts": _charts,
    "decisions": _decisions,
    "definitions": _definitions,
}
