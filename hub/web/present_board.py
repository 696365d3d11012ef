"""What the overview and a measure's page show of the figures: worked out and drawn once for all readers of an audience.

What differs from reader to reader (promises, questions, who may write a note) is not here, so that the drawn parts can be remembered.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from flask import current_app
from markupsafe import Markup
from sqlalchemy.orm import Session

from hub.board import overview, tables
from hub.board.changed import what_changed
from hub.board.coming_in import ComingIn, Lacking, NotIn, Silent, coming_in
from hub.board.comparators import places_beside
from hub.board.compared import compared
from hub.board.notes import notes_as_at
from hub.board.panel import NOT_LOADED, NOTHING_YET, panel
from hub.board.targets import Aimed
from hub.board.unlike import unlike_places
from hub.board.view import View
from hub.definitions.catalogue import definitions
from hub.facts.moments import AsAt
from hub.facts.recalled import recalled
from hub.measures.compute import Reading
from hub.measures.load import measures_as_at
from hub.measures.model import Measure, Source
from hub.measures.protect import Audience
from hub.meetings.read import groups_as_at
from hub.partners.areas import KnownArea, areas_as_at
from hub.partners.membership_history import members_as_at
from hub.partners.successions import followed
from hub.periods import Period, parse
from hub.web import downloads, present_rows

SCHOOL = "school"


class Named(NamedTuple):
    code: str
    name: str


class Choices(NamedTuple):
    """What the Board's pages can be narrowed to, and the measures that they lead to."""

    kinds: tuple[str, ...]
    areas: tuple[KnownArea, ...]
    agencies: tuple[Named, ...]
    measures: tuple[Named, ...]
    followable: bool  # whether any body has taken another's place
    about_money: frozenset[str]  # measures of returns about money, which not everybody reads


class CountedIn(NamedTuple):
    """Where a measure's figures of one kind of period come from, in the words of the return that asks for them."""

    often: str
    title: str
    code: str  # of the return; "" where none is read
    above: str
    below: str


def counted_in(reading: Reading, definition: Measure) -> list[CountedIn]:
    return [_counted_in(reading, definition, often, source) for often, source in definition.sources.items()]


def _counted_in(reading: Reading, definition: Measure, often: str, source: Source) -> CountedIn:
    if definition.reads_no_return:
        groups = groups_as_at(reading.session, reading.at.partnership_id, reading.at.moment)
        met = [f"Meetings: {group.title}" for group in groups if group.code == source.group]
        title = (
            "Meetings of a group that is not set up here"
            if source.group
            else "The due list, and what was signed"
        )
        return CountedIn(often, met[0] if met else title, "", "", "")
    asked, below = (reading.cells.definition(code) for code in (source.return_code, source.counted_below))
    line = ""
    if source.numerator_line:
        by, code = source.numerator_line
        title, names = tables.words(reading, definition, by)
        line = f" ({title}: {names.get(code, code)})"
    return CountedIn(
        often,
        asked.title,
        asked.code,
        " + ".join(asked.figure(name).title for name in source.numerator) + line,
        " + ".join(below.figure(name).title for name in source.denominator),
    )


class Page(NamedTuple):
    """The page behind one number, which names whose returns have not come."""

    measure: str
    period: str


def not_in_at(reading: Reading, coming: ComingIn) -> dict[str, Page]:
    """School → the page that names it among those whose returns have not come: it has no page of figures of its own."""
    found = {}
    absent: list[Silent | Lacking] = [*coming.silent, *coming.lacking]
    for one in absent:
        if one.kind == SCHOOL:
            pages = (_names_missing(reading, owed, coming.month) for owed in one.not_in)
            page = next((each for each in pages if each is not None), None)
            if page is not None:
                found[one.agency] = page
    return found


def _names_missing(reading: Reading, owed: NotIn, month: Period) -> Page | None:
    """Of the first measure that asks schools for that return, by its own period or by its last month."""
    own = parse(owed.period)
    for definition in reading.measures.values():
        for period in (own, month):
            source = definition.sources.get(period.kind)
            if source is None or definition.reads_no_return or source.return_code != owed.return_code:
                continue
            kinds = reading.asked_kinds(source)
            if kinds is None or SCHOOL in kinds:
                return Page(definition.id, period.code)
    return None


NO_SIGNATURE = ()  # of what a partnership's bodies sign among themselves


def choices(session: Session, at: AsAt) -> Choices:
    """Remembered: what is signed gives no other choice."""
    return recalled(at, "choices", lambda: _choices(session, at), rests_on=NO_SIGNATURE)


def _choices(session: Session, at: AsAt) -> Choices:
    """Schools and the council are not read one by one here."""
    members = members_as_at(session, at.partnership_id, at.today, position=at.position)
    measures = measures_as_at(session, at.moment).values()
    about_money = {each.code for each in definitions(session, as_at=at.moment) if each.finance}
    return Choices(
        kinds=tuple(sorted({each.kind for each in members})),
        areas=tuple(areas_as_at(session, at.partnership_id, at.today, at.moment)),
        agencies=tuple(
            Named(each.code, each.name) for each in members if each.kind not in ("council", "school")
        ),
        measures=tuple(Named(each.id, each.name) for each in measures),
        followable=bool(followed(session, at.today, at.moment)),
        about_money=frozenset(
            each.id
            for each in measures
            if any(source.return_code in about_money for source in each.sources.values())
        ),
    )


def drawn(template: str, values: dict[str, Any]) -> Markup:
    """A part of a page, without what the application puts around each page for its reader."""
    return Markup(current_app.jinja_env.get_template(template).render(values))  # noqa: S704  escaped by the template


def overview_shown(
    reading: Reading,
    audience: Audience,
    view: View,
    *,
    kind: str | None,
    month: Period,
    measures: tuple[Named, ...],
    as_at: str | None,
) -> dict[str, Markup]:
    """The overview but for its promises: its questions, and the charts beneath. `as_at` is as the address has it."""
    session, place, at = reading.session, reading.partnership, reading.at
    coming = coming_in(reading, month, kind=kind)
    values = {
        "partnership": place,
        "as_at": as_at,
        "kind": kind,
        "view": view,
        "measures": measures,
        "coming": coming,
        "not_in_at": not_in_at(reading, coming),
        "changed": what_changed(reading, audience, view, kind=kind),
        "beside": recalled(
            at,
            ("unlike", view.until),
            lambda: unlike_places(
                session,
                place,
                at,
                until=view.until,
                places=places_beside(session, place, at, own=reading) if place.council_agency_id else None,
            ),
            rests_on=NO_SIGNATURE,  # it reads published ones alone, whose signatures tell everybody
        ),
        "panels": overview.board(reading, audience, view),
    }
    return {
        "questions": drawn("board/overview_questions.html", values),
        "charts": drawn("board/overview_charts.html", values),
    }


def measure_shown(
    reading: Reading,
    definition: Measure,
    audience: Audience,
    view: View,
    *,
    follow: bool,
    followable: bool,
    aimed: Aimed,
    as_at: str | None,
) -> dict[str, Markup | bool]:
    """A measure's page but for what is asked and promised: its charts, and its lines. `as_at` is as the address has it.

    Most signatures are of other returns than it reads: those make no page of it anew.
    """
    session, place, at = reading.session, reading.partnership, reading.at
    read_with = reading.measures[definition.beside] if definition.beside else None

    def work() -> dict[str, Markup | bool]:
        notes = notes_as_at(session, at)
        beside = panel(reading, read_with, audience, view, notes=notes) if read_with else None
        judged_in, judged = present_rows.judged_of_measure(session, place, at, definition)
        shown = panel(
            reading,
            definition,
            audience,
            view,
            months=120,
            notes=notes,
            aimed=aimed,
        )
        lines = tables.by_line(reading, definition, audience, follow=follow)
        values = {
            "partnership": place,
            "measure": definition,
            "as_at": as_at,
            "view": view,
            "offered": downloads.OFFERED,
            "follows": follow,
            "followable": followable,
            "panel_shown": shown,
            "beside": beside,
            "judged_in": judged_in,
            "judged": judged,
            "counted_in": counted_in(reading, definition),
            "compared": compared(reading, definition, audience, view),
            # Before anything came, a table after table that is empty says nothing more.
            "lines": [each for each in lines if each.rows or shown.absent not in (NOTHING_YET, NOT_LOADED)],
        }
        return {
            "has_chart": shown.chart is not None,
            "panels": drawn("board/measure_panels.html", values),
            "lines": drawn("board/measure_lines.html", values),
            "about": drawn("board/measure_about.html", values),
        }

    return recalled(
        at,
        ("of a measure", definition.id, view, follow, audience, aimed, as_at),
        work,
        rests_on=tuple(reading.rests_on(each, each.usual) for each in (definition, read_with) if each),
    )
