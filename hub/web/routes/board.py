"""What the Safeguarding Board reads: the overview, a measure's page, what stands behind a number, its download."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import date, datetime, timedelta

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub import clock
from hub.access import transaction
from hub.access.guard import requires
from hub.agreements.papers import Papers
from hub.board import drill, scorecard, tables
from hub.board.agreements import overview as promised
from hub.board.beside import beside
from hub.board.coming_in import newest_month
from hub.board.journey import journey, largest_words
from hub.board.lower import lower_page
from hub.board.lower_published import lower_than_england
from hub.board.notes import causes_of, notes_as_at
from hub.board.revisions import between_moments
from hub.board.targets import drawn_at, targets_as_at
from hub.board.view import View
from hub.clock import end_of_day
from hub.errors import NotFound, UnknownDefinition
from hub.facts.loaded import loaded_later
from hub.facts.moments import AsAt, as_at
from hub.facts.recalled import recalled
from hub.measures.compute import Reading
from hub.measures.load import measure_as_at
from hub.measures.model import Measure
from hub.partners import queries
from hub.partners.areas import areas_as_at
from hub.partners.models import Partnership
from hub.partners.policy import Permission, Place
from hub.periods import Period, between, containing, parse
from hub.web import (
    downloads,
    layout,
    present_behind,
    present_board,
    present_challenges,
    present_matters,
    reach,
)
from hub.web.present_running import KINDS

blueprint = Blueprint("board", __name__)


@blueprint.get("/board")
@requires(Permission.BOARD_READ)
def boards() -> ResponseReturnValue:
    found = reach.readable(Permission.BOARD_READ)
    chosen_moment()
    if len(found) == 1:
        return redirect(
            url_for("board.board", partnership=found[0].code, as_at=request.args.get("as_at") or None)
        )
    return render_template("board/boards.html", heading="Boards", partnerships=found)


def chosen_moment() -> datetime | None:
    """The moment that the reader chose, which the page then shows in a banner; None is now."""
    chosen = request.args.get("as_at", "").strip()
    moment = clock.parse_moment(chosen) if chosen else None
    g.as_at_shown = moment
    return moment


def moment_of(partnership: Partnership) -> AsAt:
    """The moment that the page of one partnership is read as at."""
    layout.about(partnership)
    moment = chosen_moment()
    at = as_at(transaction.reading(), partnership, moment)
    # The first position is taken by the first signature: before it, a page says what is to come.
    g.is_before_all = not at.position
    if moment is not None:
        g.loaded_later = loaded_later(transaction.reading(), partnership.id, at.position)
    return at


def reads_as(partnership: Partnership) -> tuple[Hashable, ...]:
    """What decides which agreements the reader may open: their roles, and who takes part today, whatever day is read."""
    return g.actor.roles, clock.today_for(partnership)


def measure_of(code: str, at: AsAt) -> Measure:
    try:
        return measure_as_at(transaction.reading(), code, at.moment)
    except UnknownDefinition as error:
        raise NotFound(
            "There is nothing here that you can see. Check the address, or go back to your home page."
        ) from error


def _view(until: Period | None = None) -> View:
    return View(area=request.args.get("area") or None, agency=request.args.get("agency") or None, until=until)


@blueprint.get("/partnerships/<partnership>/board")
@requires(Permission.BOARD_READ, of="partnership")
def board(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    months = months_over(at)
    chosen = next((each for each in months if each.code == request.args.get("month")), None)
    choices = present_board.choices(session, at)
    kind = next((each for each in choices.kinds if each == request.args.get("kind")), None)
    view, audience, reading = _view(chosen), reach.audience(place), Reading(session, place, at)
    moment = request.args.get("as_at") or None
    shown = recalled(
        at,
        ("board", view, audience, kind, moment),
        lambda: present_board.overview_shown(
            reading,
            audience,
            view,
            kind=kind,
            month=chosen or newest_month(session, at),
            measures=choices.measures,
            as_at=moment,
        ),
    )
    return render_template(
        "board/board.html",
        heading="Board",
        **shown,
        kept=promised(Papers(session, place, at, reading), reach.is_party(place), kind=kind),
        at=at,
        view=view,
        month=chosen,
        months=months,
        kind=kind,
        kinds={each: KINDS.get(each, each) for each in choices.kinds},
        areas=choices.areas,
        agencies=choices.agencies,
    )


@blueprint.get("/partnerships/<partnership>/measures/<measure>")
@requires(Permission.BOARD_READ, of="partnership")
def measure(partnership: str, measure: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = measure_of(measure, at)
    choices = present_board.choices(session, at)
    view, follow = _view(), follows()
    audience = reach.audience(place, money=definition.id in choices.about_money)
    levels = recalled(
        at, ("targets", *reads_as(place)), lambda: targets_as_at(session, at, reach.is_party(place))
    )
    promised_here = levels.get(definition.id, ())
    aimed, moment = drawn_at(definition, promised_here), request.args.get("as_at") or None
    shown = recalled(
        at,
        ("measure", definition.id, view, follow, audience, aimed, moment),
        lambda: present_board.measure_shown(
            Reading(session, place, at),
            definition,
            audience,
            view,
            follow=follow,
            followable=choices.followable,
            aimed=aimed,
            as_at=moment,
        ),
    )
    return render_template(
        "board/measure.html",
        heading=definition.name,
        may_note=reach.may_here(Permission.MEASURE_NOTE, Place(place.id)),
        questions=present_challenges.asked_about(session, place, at, "number", definition.id),
        measure=definition,
        promised=[(each, each.told(definition, at)) for each in promised_here],
        **shown,
        offered=downloads.OFFERED,
        at=at,
        view=view,
        areas=choices.areas,
    )


@blueprint.get("/partnerships/<partnership>/measures/<measure>/<period>")
@requires(Permission.BOARD_READ, of="partnership")
def behind(partnership: str, measure: str, period: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    definition = measure_of(measure, at)
    month, audience = parse(period), reach.audience(place, money=True)
    found = drill.behind(session, place, at, definition, month, audience)
    missing = drill.missing(session, place, at, definition, month)
    returns = {each.due_item_id for each in found} | {each.due_item_id for each in missing}
    return render_template(
        "board/behind.html",
        heading=f"{definition.name}, {month.name}",
        measure=definition,
        period=month,
        figures=list(zip(found, present_behind.leads(session, place, at, found), strict=True)),
        beside=beside(session, at, definition, month, audience),
        may_open=lambda sender_id: present_matters.may_open(place, sender_id),
        missing=missing,
        offered=downloads.OFFERED,
        questions=[
            *present_challenges.asked_about(session, place, at, "number", f"{definition.id}/{month.code}"),
            *present_challenges.asked_about(session, place, at, "return", *map(str, returns)),
        ],
        may_ask=reach.may_here(Permission.CHALLENGE_ASK, Place(place.id)),
        at=at,
    )


def card_of(place: Partnership, at: AsAt) -> tuple[list[scorecard.Row], View, list[str]]:
    """The rows that the address asks for, of what, and which measures."""
    session = transaction.reading()
    view = View(area=request.args.get("area") or None, team=request.args.get("team") or None)
    ids = request.args.getlist("measure") or list(scorecard.USUAL)
    audience, may_read = reach.audience(place), reach.is_party(place)
    rows = recalled(
        at,
        ("scorecard", view, tuple(ids), audience, *reads_as(place)),
        lambda: scorecard.scorecard(session, place, at, audience, view, ids, may_read=may_read),
    )
    return rows, view, ids


@blueprint.get("/partnerships/<partnership>/scorecard")
@requires(Permission.BOARD_READ, of="partnership")
def scorecard_page(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    rows, view, ids = card_of(place, at)
    return render_template(
        "board/scorecard.html",
        heading="Scorecard",
        rows=rows,
        view=view,
        ids=ids,
        choices=scorecard.can_be_chosen(session, at),
        areas=areas_as_at(session, place.id, at.today, at.moment),
        teams=tables.teams(Reading(session, place, at)),
        offered=downloads.OFFERED,
        at=at,
    )


@blueprint.get("/partnerships/<partnership>/revisions")
@requires(Permission.BOARD_READ, of="partnership")
def revisions(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    later = moment_of(place)
    since = request.args.get("since", "").strip()
    month_ago = end_of_day(later.today - timedelta(days=30))
    earlier = as_at(session, place, clock.parse_moment(since) if since else month_ago)
    return render_template(
        "board/revisions.html",
        heading="What changed between two moments",
        found=between_moments(session, place, earlier, later, reach.audience(place, money=True)),
        earlier=earlier,
        later=later,
    )


@blueprint.get("/partnerships/<partnership>/journey")
@requires(Permission.BOARD_READ, of="partnership")
def journey_page(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    found = journey(
        session,
        place,
        at,
        reach.audience(place),
        basis="published" if request.args.get("basis") == "published" else "own",
        year=request.args.get("year"),
    )
    return render_template(
        "board/journey.html", heading="The journey", found=found, words=largest_words, at=at
    )


@blueprint.get("/partnerships/<partnership>/lower")
@requires(Permission.BOARD_READ, of="partnership")
def lower(partnership: str) -> str:
    session = transaction.reading()
    place = queries.partnership(session, partnership)
    at = moment_of(place)
    months = months_over(at)
    asked = request.args.get("month", "")
    month = next((each for each in months if each.code == asked), newest_month(session, at))
    year = parse(request.args["year"]) if request.args.get("year") else None
    return render_template(
        "board/lower.html",
        heading="Lower than expected",
        page=lower_page(session, place, at, month, reach.audience(place)),
        published=recalled(
            at, ("lower published", year), lambda: lower_than_england(session, place, at, year)
        ),
        month=month,
        months=months,
        may_ask=reach.may_here(Permission.CHALLENGE_ASK, Place(place.id)),
        may_note=reach.may_here(Permission.MEASURE_NOTE, Place(place.id)),
        causes=causes_of(notes_as_at(session, at), month),
        at=at,
    )


def months_over(at: AsAt) -> list[Period]:
    """The months that are over, newest first, as far back as a year of history stands behind them."""
    last = containing(at.today.replace(day=1) - timedelta(days=1), "month")
    first = containing(date(last.starts_on.year - 3, last.starts_on.month, 1), "month")
    return list(reversed(between(first, last)))


def follows() -> bool:
    """Whether the reader asked for agencies under the bodies that have taken their place since."""
    return request.args.get("successors") == "follow"
