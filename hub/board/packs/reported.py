"""What stands in a report, heading by heading: its drafter's words, then what moved since the last report, or in the year.

A progress report is read by whoever reads the Board; an annual report by anybody, so every figure in it passes the gate
for anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType

from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.papers import Papers
from hub.agreements.verdict import Verdict
from hub.agreements.versions import agreements_as_at
from hub.board import overview
from hub.board.challenges.read import Challenge, challenges
from hub.board.changed import Changed, changed_of_each
from hub.board.packs import promised, tell
from hub.board.packs.document import Block, Document, Section
from hub.board.packs.headings import ATTENDANCE, Heading
from hub.board.panel import Panel
from hub.board.point_words import value_words
from hub.board.view import View
from hub.clock import LONDON
from hub.errors import UnknownDefinition
from hub.facts.moments import AsAt
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Measure
from hub.measures.profiles import chosen
from hub.measures.protect import ANYBODY, Audience, protect
from hub.measures.public_years import public_year
from hub.meetings.read import attendance_by_body, body_names, groups_as_at, meetings_as_at
from hub.partners.models import Partnership
from hub.periods import Period, a_year_before

FIRST = "This is the first progress report: there is none to set it beside."
NOTHING_MOVED = "No promise is judged otherwise than in the last report."
A_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Drafted:
    """A report as its drafter has it: `written` are their words by the place of the heading."""

    title: str
    headings: tuple[Heading, ...]
    written: Mapping[int, str]


@dataclass(frozen=True)
class Look:
    """One partnership as at one moment, as a progress report reads it; each thing is read once, where a heading asks."""

    session: Session
    partnership: Partnership
    at: AsAt

    @cached_property
    def reading(self) -> Reading:
        return Reading(self.session, self.partnership, self.at)

    def panels(self, ids: Sequence[str]) -> dict[str, Panel]:
        shown = overview.board(self.reading, Audience(), View(), ids)
        return {each.measure.id: each for each in shown}

    def changed(self, panels: Iterable[Panel]) -> dict[str, Changed]:
        """What the charts of some measures say, of the newest period that is wholly in."""
        chosen = [each.measure for each in panels]
        found = changed_of_each(self.reading, Audience(), View(), chosen)
        return {each.measure.id: each for each in (*found.signals, *found.steady)}

    @cached_property
    def verdicts(self) -> dict[str, tuple[Agreement, list[Verdict]]]:
        papers = Papers(self.session, self.partnership, self.at, self.reading)
        held = agreements_as_at(self.session, self.partnership.id, self.at.moment)
        return {each.code: (each, promised.verdicts(papers, each)) for each in held}

    @cached_property
    def questions(self) -> list[Challenge]:
        return challenges(self.session, self.partnership, self.at)


def build_progress(
    session: Session, partnership: Partnership, at: AsAt, since: AsAt | None, drafted: Drafted
) -> Document:
    """`since` is the moment of the report before it."""
    now = Look(session, partnership, at)
    then = Look(session, partnership, since) if since else None
    first = [Block("text", f"The last report was of {tell.day(since.today)}." if since else FIRST)]
    sections = [
        Section(f"heading-{place}", heading.title, (*_words(drafted, place), *_moved(heading, now, then)))
        for place, heading in enumerate(drafted.headings, start=1)
    ]
    measures = measures_as_at(session, at.moment)
    methods = Section("definitions", "Definitions and methods", tuple(_definitions(drafted, measures)))
    return _document(
        partnership, at, drafted.title, [Section("since", "Since when", tuple(first)), *sections, methods]
    )


def build_annual(
    session: Session,
    partnership: Partnership,
    at: AsAt,
    year: Period,
    drafted: Drafted,
    given: Sequence[AsAt] = (),
    tables: Mapping[str, Sequence[AsAt]] = MappingProxyType({}),
) -> Document:
    """`given` are the moments of the annual reports that anybody has read before, in order; `tables` those of the tables that
    were released of a measure."""
    reading, measures = Reading(session, partnership, at), measures_as_at(session, at.moment)
    before = _readings(reading, given)
    sections = []
    for place, heading in enumerate(drafted.headings, start=1):
        ids = [each for each in heading.shows if each in measures]
        blocks = list(_words(drafted, place))
        if ids:
            rows = tuple(
                _in_years(reading, measures[each], year, before, _readings(reading, tables.get(each, ())))
                for each in ids
            )
            columns = ("Measure", a_year_before(year).name, year.name, "Received in the year")
            blocks.append(
                Block("table", f"{heading.title}: the year and the one before", columns=columns, rows=rows)
            )
        if ATTENDANCE in heading.shows:
            blocks += _attendance(session, partnership, at, year.starts_on, year.ends_on)
        sections.append(Section(f"heading-{place}", heading.title, tuple(blocks)))
    methods = (
        Block("text", chosen("public", partnership.disclosure_public).note),
        *_definitions(drafted, measures),
    )
    return _document(
        partnership,
        at,
        drafted.title,
        [*sections, Section("definitions", "Definitions and methods", methods)],
    )


def _document(partnership: Partnership, at: AsAt, title: str, sections: Sequence[Section]) -> Document:
    return Document(
        title=title,
        partnership=partnership.name,
        held_on=at.today.isoformat(),
        as_at=at.moment.astimezone(LONDON).isoformat(timespec="seconds"),
        position=at.position,
        illustrative=partnership.illustrative,
        sections=tuple(sections),
    )


def _words(drafted: Drafted, place: int) -> Iterator[Block]:
    for paragraph in drafted.written.get(place, "").splitlines():
        if paragraph.strip():
            yield Block("text", paragraph.strip())


def _definitions(drafted: Drafted, measures: Mapping[str, Measure]) -> list[Block]:
    ids = dict.fromkeys(each for heading in drafted.headings for each in heading.shows if each in measures)
    return tell.definitions([measures[each] for each in ids])


def _moved(heading: Heading, now: Look, then: Look | None) -> list[Block]:
    blocks: list[Block] = []
    ids = [each for each in heading.shows if each not in _BESIDE]
    if ids:
        panels = now.panels(ids)
        said = now.changed(panels.values())
        blocks.append(_movement(heading, panels, said, then.panels(ids) if then else None))
    for each in heading.shows:
        if each in _BESIDE:
            blocks += _BESIDE[each](now, then)
    return blocks


def _movement(
    heading: Heading,
    now: Mapping[str, Panel],
    said: Mapping[str, Changed],
    then: Mapping[str, Panel] | None,
) -> Block:
    beside = () if then is None else ("In the last report",)
    return Block(
        "table",
        f"{heading.title}: figures",
        columns=("Measure", *beside, "Now", "What its chart says"),
        rows=tuple(
            (
                panel.title,
                *(() if then is None else (_latest(then.get(id)),)),
                _latest(panel),
                tell.judged(said.get(id), panel),
            )
            for id, panel in now.items()
        ),
    )


def _latest(panel: Panel | None) -> str:
    if panel is None:
        return "not defined then"
    if panel.chart is None:
        return panel.absent or ""
    return f"{panel.latest} {panel.measure.unit_words}, {panel.latest_period}; {panel.over}"


def _promises(now: Look, then: Look | None) -> list[Block]:
    blocks: list[Block] = []
    for code, (agreement, found) in now.verdicts.items():
        blocks.append(Block("text", promised.sentence(agreement, found), of=code))
        if then is not None and code in then.verdicts:
            blocks.append(_promises_moved(agreement, then.verdicts[code][1], found))
    return blocks or [Block("text", "No agreement is in force.")]


def _promises_moved(agreement: Agreement, then: Sequence[Verdict], now: Sequence[Verdict]) -> Block:
    before = {(each.commitment, each.party): each.word for each in then}
    rows = tuple(
        (
            each.commitment,
            each.party,
            before.get((each.commitment, each.party), "not promised yet"),
            each.word,
            each.reason,
        )
        for each in now
        if before.get((each.commitment, each.party)) != each.word
    )
    if not rows:
        return Block("text", f"{agreement.title}: {NOTHING_MOVED}", of=agreement.code)
    columns = ("Promise", "Who promised", "In the last report", "Now", "Why")
    return Block(
        "table", f"Judged otherwise now: {agreement.title}", columns=columns, rows=rows, of=agreement.code
    )


def _questions(now: Look, then: Look | None) -> list[Block]:
    is_open = [each for each in now.questions if each.is_open]
    told = tell.questions(is_open, now.at.today)
    if then is not None:
        before = {each.number for each in then.questions}
        closed = {each.number for each in then.questions if not each.is_open}
        asked = sum(each.number not in before for each in now.questions)
        ended = sum(not each.is_open and each.number not in closed for each in now.questions)
        told.append(f"Since the last report {asked} were asked and {ended} were closed.")
    return [Block("text", sentence) for sentence in told]


def _decisions(now: Look, then: Look | None) -> list[Block]:
    found = [
        decision
        for meeting in meetings_as_at(now.session, now.partnership.id, now.at.moment)
        for decision in meeting.decisions
        if then is None or decision.at > then.at.moment
    ]
    return (
        [tell.decision_table(now.session, found)]
        if found
        else [Block("text", "No decision of a meeting was noted.")]
    )


def _attended(now: Look, then: Look | None) -> list[Block]:
    first = then.at.today + timedelta(days=1) if then else now.at.today - A_YEAR
    return _attendance(now.session, now.partnership, now.at, first, now.at.today)


def _attendance(session: Session, partnership: Partnership, at: AsAt, first: date, last: date) -> list[Block]:
    """A table for each group that met, over meetings whose record another person confirmed."""
    met = meetings_as_at(session, partnership.id, at.moment)
    titles = {group.code: group.title for group in groups_as_at(session, partnership.id, at.moment)}
    blocks = []
    for code in sorted({each.group_code for each in met}):
        came = attendance_by_body([each for each in met if each.group_code == code], first, last)
        names = body_names(session, {each.body for each in came})
        if came:
            title = titles.get(code, code.replace("-", " ").capitalize())
            blocks.append(
                Block(
                    "table",
                    f"BD01 Attendance of {title}, {tell.day(first)} to {tell.day(last)}",
                    columns=("Body", "Invited", "Came", "By a deputy", "% came"),
                    numeric=(1, 2, 3, 4),
                    rows=tuple(
                        (
                            names[each.body],
                            str(each.invited),
                            str(each.came),
                            str(each.by_deputy),
                            f"{each.percent:.0f}%",
                        )
                        for each in came
                    ),
                )
            )
    return blocks or [
        Block("text", f"No record of a meeting from {tell.day(first)} to {tell.day(last)} is confirmed.")
    ]


_BESIDE = {"promises": _promises, "questions": _questions, "decisions": _decisions, ATTENDANCE: _attended}


def _readings(reading: Reading, moments: Sequence[AsAt]) -> list[Reading]:
    return [Reading(reading.session, reading.partnership, each) for each in moments]


def _in_years(
    reading: Reading,
    measure: Measure,
    year: Period,
    given: Sequence[Reading],
    tables: Sequence[Reading],
) -> tuple[str, str, str, str]:
    before, _ = _in_year(reading, measure, a_year_before(year), given, tables)
    now, over = _in_year(reading, measure, year, given, tables)
    return f"{measure.id} {measure.name}", before, now, over


def _in_year(
    reading: Reading,
    measure: Measure,
    year: Period,
    given: Sequence[Reading],
    tables: Sequence[Reading],
) -> tuple[str, str]:
    """The year's figure as anybody may read it, and over whom."""
    try:
        series = protect(public_year(reading, measure, year, given, tables), ANYBODY)
    except UnknownDefinition:
        return "not counted", ""
    if series.withheld or not series.points:
        return series.withheld or "nothing was received", ""
    (point,) = series.points
    unit = f" {measure.unit_words}" if point.value is not None else ""
    return f"{value_words(measure, point)}{unit}", point.coverage.words
