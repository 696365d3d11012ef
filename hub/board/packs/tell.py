"""What a pack says in words and tables: plain enough to be read out, and every number with its unit, period and whom it is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from hub.board.challenges.read import STANDING_WORDS, Challenge
from hub.board.challenges.subjects import subject_of
from hub.board.changed import Changed, WhatChanged
from hub.board.packs.coverage import Newest
from hub.board.packs.document import Block
from hub.board.panel import Panel
from hub.clock import london_date
from hub.errors import NotFound
from hub.measures.coverage import named
from hub.measures.model import Measure
from hub.meetings.read import Decision, body_names
from hub.partners.models import Partnership

ROWS = 13  # months in a table behind a chart
MOST_SIGNALS = 3  # that the chair reads out
MOST_SPOKEN = 3  # agencies named where it is read aloud
DIRECTIONS = {"increase": "higher", "decrease": "lower", "neutral": "neither: watch both ways"}
METHODS = (
    "Every number rests on returns that a named person of each agency signed. Nothing is changed afterwards: a correction "
    "is a further signed return, and this pack shows what was known at its moment.",
    "A change is called beyond chance where a point lies outside the limits that the measure’s own past gives (XmR chart), "
    "or where a run or trend would be rare by chance. With fewer than 13 points the limits are on trial.",
    "What was not received is never counted as nothing. A total says over how many agencies it is.",
    "Small counts of children by a personal characteristic or at one school are shown as hidden.",
)


def day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"


def everybody_in(found: Sequence[Newest]) -> list[str]:
    late = [each for each in found if each.received < each.due]
    if not found:
        return ["No return has fallen due yet."]
    if not late:
        return [f"Everybody is in: all {len(found)} returns are complete for their newest period."]
    worst = "; ".join(f"{each.title}, {each.period.name}" for each in late[:MOST_SIGNALS])
    return [
        f"Not everybody is in: {len(late)} of {len(found)} returns are incomplete for their newest period, among them {worst}."
    ]


def signal(found: Changed, panels: Sequence[Panel]) -> str:
    """A change beyond chance, of the newest month that is wholly in; what is not stands behind it."""
    return (
        f"{found.measure.name}: {found.value} {found.measure.unit_words}, {found.period.name}, {found.over}. "
        f"{found.word.capitalize()}. {found.sentence}{_provisional(found, panels)}"
    )


def _provisional(found: Changed, panels: Sequence[Panel]) -> str:
    if not found.provisional:
        return ""
    lacking = next((panel.missing for panel in panels if panel.measure == found.measure), ())
    missing = f"; missing {named([spoken(each) for each in lacking], MOST_SPOKEN)}" if lacking else ""
    return f" {found.provisional}{missing}."


def spoken(agency: str) -> str:
    """An agency as it is read aloud: its name alone, without the code that stands behind it in brackets."""
    return agency.rpartition(" (")[0] or agency


def judged(found: Changed | None, shown: Panel) -> str:
    """What a measure's chart says, beside its newest figure: of which period, where that one is not tested."""
    if found is None:
        return shown.variation.capitalize()
    when = f", {found.period.name}" if found.period.name != shown.latest_period else ""
    return f"{found.word.capitalize()}{when}"


def changed(found: WhatChanged, panels: Sequence[Panel]) -> list[str]:
    if not found.signals:
        return unchanged(found)
    told = [
        f"{len(found.signals)} of {len(found.signals) + len(found.steady)} measures show a change beyond chance."
    ]
    return told + [signal(each, panels) for each in found.signals[:MOST_SIGNALS]]


def unchanged(found: WhatChanged) -> list[str]:
    """What shows no change, what has too few figures to tell, and what has none."""
    groups = {
        "No change beyond chance": [each.measure for each in found.steady if each.has_range],
        "Too few figures to tell a change from chance": [
            each.measure for each in found.steady if not each.has_range
        ],
        "No figure yet": list(found.without),
    }
    told = [f"{words}: {'; '.join(each.name for each in group)}." for words, group in groups.items() if group]
    return told or ["Every measure shows a change beyond chance."]


def questions(found: Sequence[Challenge], today: date) -> list[str]:
    if not found:
        return ["No question to the Board is open."]
    late = sum(each.is_overdue(today) for each in found)
    one = len(found) == 1
    return [
        f"{len(found)} question{'' if one else 's'} to the Board {'is' if one else 'are'} open, {late or 'none'} of them late."
    ]


def question_tables(
    session: Session, partnership: Partnership, found: Sequence[Challenge], today: date, caption: str
) -> list[Block]:
    """One table, and one more for each agreement whose verdicts are asked about: not everybody may read that."""
    of_agreement: dict[str, list[Challenge]] = {}
    for each in found:
        code = each.subject.partition("/")[0] if each.about == "verdict" else ""
        of_agreement.setdefault(code, []).append(each)
    return [
        Block(
            "table",
            f"{caption}: about promises of one agreement" if code else caption,
            columns=("Question", "About", "Asked", "Answer by", "Owner", "How it stands"),
            rows=tuple(_question(session, partnership, each, today) for each in group),
            of=code,
        )
        for code, group in sorted(of_agreement.items())
    ]


def _question(
    session: Session, partnership: Partnership, found: Challenge, today: date
) -> tuple[str, str, str, str, str, str]:
    return (
        f"{found.number}: {found.words or '(its words are no longer kept)'}",
        _about(session, partnership, found),
        f"{day(london_date(found.asked_at))} by {found.asked_by}",
        day(found.answer_by),
        found.owner or "the partnership’s data team",
        f"{'late: ' if found.is_overdue(today) else ''}{STANDING_WORDS[found.standing]}",
    )


def _about(session: Session, partnership: Partnership, found: Challenge) -> str:
    try:
        return subject_of(session, partnership, found.about, found.subject).title
    except NotFound:
        return f"{found.subject} (no longer here)"


def panel_blocks(shown: Panel) -> list[Block]:
    if shown.chart is None:
        return [Block("text", f"{shown.title}: {shown.absent}")]
    rows = shown.rows[:ROWS]
    parts = ("Of these", "Out of") if rows and rows[0].denominator else ()
    columns = ("Period", shown.measure.unit.capitalize(), *parts, "Received", "Note")
    table = Block(
        "table",
        f"{shown.title}, the newest {len(rows)} periods",
        columns=columns,
        numeric=tuple(range(1, 2 + len(parts))),
        rows=tuple(
            (
                row.period.name,
                row.value,
                *((row.numerator, row.denominator) if parts else ()),
                row.coverage,
                row.note,
            )
            for row in rows
        ),
    )
    return [Block("chart", shown.title, svg=str(shown.chart), alternative=shown.words), table]


def decision_table(session: Session, found: Sequence[Decision]) -> Block:
    names = body_names(session, {each.owner for each in found})
    return Block(
        "table",
        "Decisions of earlier meetings",
        columns=("Decision", "Owner", "Done by"),
        rows=tuple(
            (
                each.words or "(its words are no longer kept)",
                names[each.owner],
                day(each.due_on) if each.due_on else "",
            )
            for each in found
        ),
    )


def definitions(measures: Sequence[Measure]) -> list[Block]:
    table = Block(
        "table",
        "What each number is",
        columns=("Measure", "What it asks", "Unit", "Better is", "Read with care"),
        rows=tuple(
            (
                f"{each.id} {each.name}",
                each.question,
                each.unit,
                DIRECTIONS[each.direction],
                " ".join(each.caveats),
            )
            for each in measures
        ),
    )
    return [table, *(Block("text", words) for words in METHODS)]
