"""A measure's chronology: what was known of it, and what people said and did about it, in the order in which it happened.

Takes a measure and two moments of one ledger. For each day on which one of its returns was signed the measure is worked out
as at the end of that day, so that a figure stands as it was known then, with over whom, and a signal on the day on which it
could first be seen. Whoever does not read schools one by one reads them several at a time here too (measures/waiting).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub.board.challenges.acts import DID
from hub.board.challenges.read import about, challenges
from hub.board.changed import Changed, changed_of
from hub.board.downloads.model import ILLUSTRATIVE
from hub.board.drill import withheld_from
from hub.board.notes import Note, notes_as_at, of_measure
from hub.board.point_words import value_words
from hub.board.view import MONTHS_SHOWN, View, first_shown, narrowed
from hub.clock import end_of_day, london_date
from hub.definitions.catalogue import definition
from hub.definitions.models import PeriodRow
from hub.errors import NotReady, UnknownDefinition
from hub.exports import safe_row
from hub.facts.models import Revision, Words
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at
from hub.measures.model import Measure, Point
from hub.measures.models import MeasureVersion
from hub.measures.protect import Audience
from hub.meetings.read import meetings_as_at
from hub.partners.models import Agency, Partnership, Person
from hub.periods import Period, parse

MOST_DAYS = 3 * 366
TOO_LONG = "Choose at most three years at once."
OVER_ALL_RETURNS = (
    "It is about all returns together or about meetings, so its figures are not told day by day here."
)
NO_WORDS = "(its words are no longer kept)"
Kind = Literal["definition", "correction", "figure", "signal", "question", "answer", "decision", "note"]
KINDS: dict[Kind, str] = {  # in the order in which they stand within one moment
    "definition": "Definition",
    "correction": "Correction",
    "figure": "Figure as known",
    "signal": "Signal",
    "question": "Question",
    "answer": "Answer",
    "decision": "Decision",
    "note": "Note",
}


@dataclass(frozen=True)
class Entry:
    """One thing that happened. `number` is of the question or meeting that it can be read in."""

    at: datetime
    kind: Kind
    what: str
    words: str
    by: str = ""
    number: int | None = None


@dataclass(frozen=True)
class Chronology:
    """Oldest first. `left_out` says why no figures stand in it."""

    entries: tuple[Entry, ...]
    left_out: str = ""


@dataclass(frozen=True)
class _Signed:
    """A signed revision of one of the measure's returns."""

    row: Revision
    agency: Agency
    period: Period
    by: str
    reason: str | None

    @property
    def on(self) -> date:
        return london_date(self.row.signed_at)


@dataclass(frozen=True)
class _Day:
    """What was known of a period by the end of one day."""

    at: datetime
    period: Period
    words: str
    over: str


def chronology(
    session: Session, partnership: Partnership, measure: Measure, earlier: AsAt, at: AsAt, audience: Audience
) -> Chronology:
    """What happened after the earlier moment and by the later one. Raises NotReady for too long a time."""
    if at.moment - earlier.moment > timedelta(days=MOST_DAYS):
        raise NotReady(TOO_LONG)
    signed = _signed(session, measure, earlier, at)
    told = [
        _correction(session, each, audience)
        for each in signed
        if each.row.number > 1 and (audience.money or not definition(session, each.row.return_code).finance)
    ]
    left_out = ""
    try:
        told += _as_known(session, partnership, measure, (earlier, at), audience, signed)
    except UnknownDefinition as error:
        left_out = f"No figures stand here. {error.sentence}"
    told += [
        *_definitions(session, measure),
        *_questions(session, partnership, measure, at),
        *_decisions(session, partnership, measure, at),
        *_notes(of_measure(notes_as_at(session, at), measure.id)),
    ]
    places = list(KINDS)
    entries = [entry for entry in told if earlier.moment < entry.at <= at.moment]
    return Chronology(
        tuple(sorted(entries, key=lambda each: (each.at, places.index(each.kind), each.what))), left_out
    )


def _signed(session: Session, measure: Measure, earlier: AsAt, at: AsAt) -> list[_Signed]:
    versions = (measure, measure_as_at(session, measure.id, earlier.moment))
    sources = [each.sources[each.usual] for each in versions]
    query = (
        select(Revision, Agency, PeriodRow.code, Person.name, Words.body)
        .join(Agency, Agency.id == Revision.agency_id)
        .join(PeriodRow, PeriodRow.id == Revision.period_id)
        .join(Person, Person.id == Revision.signed_by)
        .outerjoin(
            Words, and_(Words.partnership_id == Revision.partnership_id, Words.id == Revision.reason_id)
        )
        .where(
            Revision.partnership_id == at.partnership_id,
            Revision.return_code.in_(
                {code for each in sources for code in (each.return_code, each.counted_below)}
            ),
            Revision.position > earlier.position,
            Revision.position <= at.position,
        )
        .order_by(Revision.position)
    )
    return [
        _Signed(row, agency, parse(period), person, reason)
        for row, agency, period, person, reason in session.execute(query)
    ]


def _correction(session: Session, signed: _Signed, audience: Audience) -> Entry:
    why = withheld_from(signed.agency, audience, "") or signed.reason or "no reason is kept"
    title = definition(session, signed.row.return_code).title
    return Entry(
        signed.row.signed_at,
        "correction",
        signed.period.name,
        f"{title} of {signed.agency.name}, corrected: {why}",
        signed.by,
    )


def _as_known(
    session: Session,
    partnership: Partnership,
    measure: Measure,
    between: tuple[AsAt, AsAt],
    audience: Audience,
    signed: Sequence[_Signed],
) -> list[Entry]:
    """Figures and signals, day by day. Raises UnknownDefinition for a measure that is not read as a whole."""
    if measure.reads_no_return:
        raise UnknownDefinition(OVER_ALL_RETURNS)
    earlier, at = between
    before, newest = _known_at(session, partnership, measure, earlier, audience)
    days = [_Day(earlier.moment, period, words, over) for period, (words, over) in before.items()]
    signals, icon = list[Entry](), newest.word if newest else ""
    for moment, position in _by_day(signed, at):
        then = replace(at, moment=moment, position=position, today=london_date(moment), is_now=False)
        now, seen = _known_at(session, partnership, measure, then, audience)
        days += [_Day(moment, period, words, over) for period, (words, over) in sorted(now.items())]
        if seen is not None and seen.word != icon:
            signals.append(Entry(moment, "signal", seen.period.name, f"{seen.word}. {seen.sentence}"))
        icon = seen.word if seen else ""
    return [*_figures(days), *signals]


def _by_day(signed: Sequence[_Signed], at: AsAt) -> Iterator[tuple[datetime, int]]:
    """Each day on which something was signed: its end, and where the ledger stood then."""
    for day in sorted({each.on for each in signed}):
        came = [each for each in signed if each.on == day]
        yield min(end_of_day(day), at.moment), came[-1].row.position


def _known_at(
    session: Session,
    partnership: Partnership,
    measure: Measure,
    at: AsAt,
    audience: Audience,
) -> tuple[dict[Period, tuple[str, str]], Changed | None]:
    """Each period's figure with over whom, and what the chart's icon said of the newest, as the Board's page had them."""
    reading, measure = Reading(session, partnership, at), measure_as_at(session, measure.id, at.moment)
    first = first_shown(at, MONTHS_SHOWN, View())
    series = narrowed(reading, measure, audience, View(), first=first)
    if series.withheld:
        raise UnknownDefinition(series.withheld)
    points = [point for point in series.points if point.state != "not_due"]
    shown = {point.period: _words(measure, point) for point in points if point.value is not None}
    return shown, changed_of(measure, points, notes_as_at(session, at))


def _words(measure: Measure, point: Point) -> tuple[str, str]:
    return f"{value_words(measure, point)} {measure.unit_words}".strip(), point.coverage.words


def _figures(days: Sequence[_Day]) -> Iterator[Entry]:
    """Of each period every figure that was ever known."""
    known: dict[Period, str] = {}
    for day in days:
        was = known.get(day.period, "")
        if day.words != was:
            until = f" (until then {was})" if was else ""
            yield Entry(day.at, "figure", day.period.name, f"{day.words}; {day.over}{until}")
        known[day.period] = day.words


def _definitions(session: Session, measure: Measure) -> Iterator[Entry]:
    """Each time that the measure was defined otherwise; the first time changed nothing."""
    moments = session.scalars(
        select(MeasureVersion.known_from)
        .where(MeasureVersion.code == measure.id)
        .order_by(MeasureVersion.known_from)
    ).all()
    for moment in moments[1:]:
        yield Entry(moment, "definition", measure.name, "is defined otherwise from here on")


def _questions(session: Session, partnership: Partnership, measure: Measure, at: AsAt) -> Iterator[Entry]:
    for each in about(challenges(session, partnership, at), "number", measure.id):
        what = f"Question {each.number}"
        yield Entry(each.asked_at, "question", what, each.words or NO_WORDS, each.asked_by, each.number)
        for event in each.happened:
            kind: Kind = "answer" if event.kind == "answered" else "question"
            words = f": {event.words}" if event.words else ""
            owner = f": {event.owner}" if event.kind == "owned" and event.owner else ""
            yield Entry(event.at, kind, what, f"{DID[event.kind]}{owner}{words}", event.person, each.number)


def _decisions(session: Session, partnership: Partnership, measure: Measure, at: AsAt) -> Iterator[Entry]:
    for meeting in meetings_as_at(session, partnership.id, at.moment):
        for decision in meeting.decisions:
            if decision.measure == measure.id:
                due = f"; by {decision.due_on.day} {decision.due_on:%B %Y}" if decision.due_on else ""
                words = f"{decision.words or NO_WORDS} Owner: {decision.owner}{due}."
                what = f"Meeting of {meeting.held_on.day} {meeting.held_on:%B %Y}"
                yield Entry(decision.at, "decision", what, words, decision.by, meeting.number)


def _notes(notes: Sequence[Note]) -> Iterator[Entry]:
    for note in notes:
        day = f"{note.on_date.day} {note.on_date:%B %Y}"
        asked = (
            ""
            if note.kind == "event"
            else f"new limits asked for{f' and {note.answer}' if note.answer else ''}: "
        )
        yield Entry(note.at, "note", day, f"{asked}{note.words}", note.person)


def as_csv(found: Chronology, partnership: Partnership, measure: Measure, at: AsAt) -> str:
    """The same rows to take away, first line headings, safe to open in a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        [
            "partnership",
            "measure",
            "as_at",
            "known_at",
            "kind",
            "about",
            "words",
            "by",
            "question_or_meeting",
            "note",
        ]
    )
    mark = ILLUSTRATIVE if partnership.illustrative else ""
    place = [partnership.code, measure.id, at.moment.isoformat()]
    for each in found.entries:
        said = [each.at.isoformat(), each.kind, each.what, each.words, each.by]
        writer.writerow(safe_row([*place, *said, each.number or "", mark]))
    if found.left_out:
        writer.writerow(safe_row([*place, "", "", "", found.left_out, "", "", mark]))
    return text.getvalue()
