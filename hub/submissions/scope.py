"""What a sender may speak about: the due items they may answer and the codes that their partnerships know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.agreed import waivers_on
from hub.calendar.models import DueItem
from hub.clock import today_for
from hub.definitions.catalogue import codelist
from hub.definitions.lists import own_lines, own_titles, serving
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, NOT_KNOWN, Definition
from hub.definitions.models import PeriodRow
from hub.partners.models import Agency, Area, Membership, Partnership
from hub.periods import parse
from hub.submissions.windows import Window, windows
from hub.validation.outcome import Expected, Scope

Lists = dict[str, dict[str, dict[str, str]]]
Said = dict[str, dict[str, dict[str, dict[str, str]]]]


def scope_for(
    session: Session,
    definition: Definition,
    *,
    agency_ids: Sequence[int] | None = None,
    partnership_id: int | None = None,
    due_item_ids: Sequence[int] | None = None,
) -> Scope:
    """The scope of a return for agencies (all of them where none are named), in one partnership or in all of theirs."""
    query = (
        select(DueItem, Agency.code, Agency.kind, PeriodRow.code)
        .join(Agency, Agency.id == DueItem.agency_id)
        .join(PeriodRow, PeriodRow.id == DueItem.period_id)
        .where(DueItem.return_code == definition.code)
        .order_by(DueItem.partnership_id, PeriodRow.starts_on, Agency.code)
    )
    if agency_ids is not None:
        query = query.where(DueItem.agency_id.in_(agency_ids))
    if partnership_id is not None:
        query = query.where(DueItem.partnership_id == partnership_id)
    if due_item_ids is not None:
        query = query.where(DueItem.id.in_(due_item_ids))
    rows = session.execute(query).all()
    places = _partnerships(
        session,
        {row[0].partnership_id for row in rows} | ({partnership_id} if partnership_id is not None else set()),
    )
    todays = {place.id: today_for(place) for place in places.values()}
    shut: dict[int, Window] = {}
    waived: dict[tuple[int, int | None], list[str]] = defaultdict(list)
    for place in places.values():
        own = [row[0] for row in rows if row[0].partnership_id == place.id]
        shut.update(windows(session, place, own))
        for each in waivers_on(session, place.id, todays[place.id]):
            if each.return_code == definition.code and each.rule is not None:
                waived[place.id, each.agency_id].append(each.rule)
    expected = tuple(
        Expected(
            due_item_id=item.id,
            partnership=places[item.partnership_id].code,
            agency=agency,
            agency_kind=kind,
            period=period,
            window=shut[item.id].state,
            why=shut[item.id].why,
            waived=tuple(waived[item.partnership_id, item.agency_id]),
        )
        for item, agency, kind, period in rows
    )
    codes = {e.partnership for e in expected}
    agencies = {e.agency for e in expected}
    lists, said = _lists(session, definition, places, expected)
    return Scope(
        expected=expected,
        lists=lists,
        said=said,
        today=max(todays.values(), default=date.today()).isoformat(),  # noqa: DTZ011  (no partnership, nothing to compare)
        default_partnership=codes.pop() if len(codes) == 1 else None,
        default_agency=agencies.pop() if len(agencies) == 1 else None,
    )


def _partnerships(session: Session, ids: set[int]) -> dict[int, Partnership]:
    return {place.id: place for place in session.scalars(select(Partnership).where(Partnership.id.in_(ids)))}


def _span(expected: Sequence[Expected]) -> tuple[date, date]:
    """The days of the periods that the sender may speak about."""
    whole = [parse(each.period) for each in expected]
    if not whole:
        return date.min, date.max
    return min(period.starts_on for period in whole), max(period.ends_on for period in whole)


def _lists(
    session: Session,
    definition: Definition,
    places: dict[int, Partnership],
    expected: Sequence[Expected],
) -> tuple[Lists, Said]:
    """The codes that may be written, by partnership, and what those of its own say in place of the sender's words.

    Of the code lists those that these kinds of agency are asked for; of a partnership's own those that hold in the periods.
    """
    wanted = set(definition.lists)
    kinds, span = {each.agency_kind for each in expected}, _span(expected)
    lists: Lists = {"": {}}
    said: Said = {}
    for name in sorted(wanted - {AREAS_LIST, MEMBERS_LIST}):
        found = codelist(session, name)
        lists[""][name] = serving(found, kinds)
        for place in places.values() if found.local else ():
            own = own_titles(session, found, place.id, span=span)
            lists.setdefault(place.code, {})[name] = {**own, **lists[""][name]}
            lines = own_lines(session, found, place.id, span=span)
            said.setdefault(place.code, {})[name] = {
                line.code: dict(line.says) for line in lines if line.says
            }
    if AREAS_LIST in wanted:
        for place in places.values():
            lists.setdefault(place.code, {})[AREAS_LIST] = {}
        query = select(Area).where(Area.partnership_id.in_(places)).order_by(Area.code)
        for area in session.scalars(query):
            lists[places[area.partnership_id].code][AREAS_LIST][area.code] = area.name
        for place in places.values():
            lists[place.code][AREAS_LIST][NOT_KNOWN] = "Not known"
    if MEMBERS_LIST in wanted:
        for place in places.values():
            lists.setdefault(place.code, {})[MEMBERS_LIST] = {}
        members = (
            select(Membership.partnership_id, Agency.code, Agency.name)
            .join(Agency, Agency.id == Membership.agency_id)
            .where(Membership.partnership_id.in_(places))
            .order_by(Agency.kind, Agency.code)
        )
        for place_id, code, name in session.execute(members):
            lists[places[place_id].code][MEMBERS_LIST][code] = name
    return lists, said
