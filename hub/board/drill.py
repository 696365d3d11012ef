"""From a number to what stands behind it: revisions, cells, signers, explanations, corrections."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.models import DueItem
from hub.definitions import catalogue
from hub.definitions.model import TOTAL, Definition, Figure
from hub.definitions.models import FigureRow, PeriodRow
from hub.facts.models import (
    STATES,
    WHOLE,
    Countersignature,
    Explanation,
    Fact,
    Revision,
    RevisionWaiver,
    Words,
)
from hub.facts.moments import AsAt
from hub.facts.queries import FactAsAt, facts_as_at
from hub.measures.compute import Reading
from hub.measures.coverage import asked
from hub.measures.model import Measure
from hub.measures.protect import MONEY_WITHHELD, Audience
from hub.measures.published import published_elsewhere
from hub.partners.models import Agency, Partnership, Person
from hub.periods import Period

HIDDEN = "Not shown: the numbers of one school are small enough to point to a child."


@dataclass(frozen=True)
class Earlier:
    """What stood in the same cell before it was corrected."""

    revision_number: int
    value: int | None
    state: str
    signed_at: datetime
    signed_by: str


@dataclass(frozen=True)
class Missing:
    """A return that has fallen due and has not come: whose it is, by name and code."""

    agency: str
    due_item_id: int


@dataclass(frozen=True)
class Behind:
    """One signed figure behind a number."""

    agency_id: int
    due_item_id: int
    period: str
    agency: str
    agency_name: str
    figure: str
    figure_title: str
    unit: str
    value: int | None
    state: str
    return_code: str
    revision: int
    revision_number: int
    signed_at: datetime
    signed_by: str
    prepared_by: str
    single_signature: bool
    row_no: int
    channel: str
    source: str | None
    correction_reason: str | None
    explanations: tuple[tuple[str, str], ...]  # (what was asked, what was said)
    waived: tuple[str, ...]  # rules that were switched off for the agency
    countersigned: bool
    earlier: tuple[Earlier, ...] = ()  # oldest first; what a correction left as it was is not told again
    withheld: str | None = None


def behind(
    session: Session, partnership: Partnership, at: AsAt, measure: Measure, period: Period, audience: Audience
) -> list[Behind]:
    """Every signed figure that a month's (or year's) number adds up from, agency by agency."""
    source = measure.sources.get(period.kind)
    if source is None:
        return []
    at = published_elsewhere(session, partnership, at).get(source.return_code, at)
    names = {*source.numerator, *source.denominator}
    figures: dict[int, str] = dict(
        session.execute(
            select(FigureRow.id, FigureRow.name).where(
                FigureRow.return_code == source.return_code,
                FigureRow.breakdown == TOTAL,
                FigureRow.name.in_(names),
            )
        ).all()
    )
    agency_ids = (
        [partnership.council_agency_id] if at.published_only and partnership.council_agency_id else None
    )
    facts = facts_as_at(
        session, at, list(figures), first=period.starts_on, last=period.ends_on, agency_ids=agency_ids
    )
    definition = catalogue.definition(session, source.return_code, as_at=at.moment)
    return _described(session, at, facts, figures, audience, definition)


def missing(
    session: Session, partnership: Partnership, at: AsAt, measure: Measure, period: Period
) -> list[Missing]:
    """The returns that should stand behind a number by now and do not, by their agencies' names."""
    source = measure.sources.get(period.kind)
    if source is None or measure.reads_no_return:
        return []
    reading = Reading(session, partnership, at)
    codes = reading.missing(source, period)
    owed = (
        asked(at, source.return_code, period, reading.cells.owing(at))
        .with_only_columns(Agency.code, DueItem.id)
        .where(Agency.code.in_(codes))
    )
    items = dict(session.execute(owed).all())
    names = zip(reading.cells.named(codes), codes, strict=True)
    return [Missing(name, items[code]) for name, code in sorted(names)]


def _described(
    session: Session,
    at: AsAt,
    facts: Iterable[FactAsAt],
    figures: dict[int, str],
    audience: Audience,
    definition: Definition,
) -> list[Behind]:
    shut = MONEY_WITHHELD if definition.finance and not audience.money else ""
    found = list(facts)
    revision_ids = {fact.revision_id for fact in found}
    revisions = {
        revision.id: revision
        for revision in session.scalars(
            select(Revision).where(
                Revision.partnership_id == at.partnership_id, Revision.id.in_(revision_ids)
            )
        )
    }
    agencies = {
        agency.id: agency
        for agency in session.scalars(select(Agency).where(Agency.id.in_({fact.agency_id for fact in found})))
    }
    signers = {revision.signed_by for revision in revisions.values()} | {
        r.prepared_by for r in revisions.values()
    }
    names: dict[int, str] = dict(
        session.execute(select(Person.id, Person.name).where(Person.id.in_(signers))).all()
    )
    words = _words(session, at, revisions.values())
    explained = _explanations(session, at, revision_ids)
    marks = _marks(session, at, revision_ids)
    before = _earlier(session, at, revisions.values(), figures)
    return [
        _behind(
            fact,
            revisions[fact.revision_id],
            agencies[fact.agency_id],
            definition.figure(figures[fact.figure_id]),
            names,
            words,
            explained,
            marks,
            before.get((fact.agency_id, fact.figure_id, fact.period), ()),
            withheld_from(agencies[fact.agency_id], audience, shut),
        )
        for fact in found
    ]


def _words(session: Session, at: AsAt, revisions: Iterable[Revision]) -> dict[int, str | None]:
    ids = {revision.reason_id for revision in revisions if revision.reason_id is not None}
    rows = session.execute(
        select(Words.id, Words.body).where(Words.partnership_id == at.partnership_id, Words.id.in_(ids))
    )
    return dict(rows.all())


@dataclass(frozen=True)
class _Marks:
    """What readers must know of signatures, by revision."""

    waived: dict[int, tuple[str, ...]]
    countersigned: frozenset[int]


def _marks(session: Session, at: AsAt, revision_ids: set[int]) -> _Marks:
    waived: dict[int, tuple[str, ...]] = {}
    rows = session.execute(
        select(RevisionWaiver.revision_id, RevisionWaiver.rule)
        .where(
            RevisionWaiver.partnership_id == at.partnership_id, RevisionWaiver.revision_id.in_(revision_ids)
        )
        .order_by(RevisionWaiver.rule)
    )
    for revision_id, rule in rows:
        waived[revision_id] = (*waived.get(revision_id, ()), rule)
    beside = session.scalars(
        select(Countersignature.revision_id).where(
            Countersignature.partnership_id == at.partnership_id,
            Countersignature.revision_id.in_(revision_ids),
        )
    )
    return _Marks(waived, frozenset(beside))


def _earlier(
    session: Session, at: AsAt, revisions: Iterable[Revision], figures: dict[int, str]
) -> dict[tuple[int, int, str], tuple[Earlier, ...]]:
    """(agency, figure, period) → what stood there before, of the submissions that were corrected."""
    corrected = {revision.due_item_id for revision in revisions if revision.number > 1}
    if not corrected:
        return {}
    rows = session.execute(
        select(Fact, PeriodRow.code, Revision, Person.name)
        .join(PeriodRow, PeriodRow.id == Fact.period_id)
        .join(
            Revision,
            (Revision.partnership_id == Fact.partnership_id) & (Revision.id == Fact.revision_id),
        )
        .outerjoin(Person, Person.id == Revision.signed_by)
        .where(
            Fact.partnership_id == at.partnership_id,
            Fact.figure_id.in_(list(figures)),
            Fact.area_id == WHOLE,
            Fact.dimension_set_id == WHOLE,
            Revision.due_item_id.in_(corrected),
            Revision.position <= at.position,
        )
        .order_by(Revision.number)
    )
    found: dict[tuple[int, int, str], list[Earlier]] = {}
    for fact, period, revision, name in rows:
        cell = found.setdefault((fact.agency_id, fact.figure_id, period), [])
        state = STATES[fact.state]
        if not cell or (cell[-1].value, cell[-1].state) != (fact.value, state):
            signer = name or "a person no longer named"
            cell.append(Earlier(revision.number, fact.value, state, revision.signed_at, signer))
    return {key: tuple(cell[:-1]) for key, cell in found.items()}


def _explanations(session: Session, at: AsAt, revision_ids: set[int]) -> dict[int, list[tuple[str, str]]]:
    asked, said = Words.__table__.alias("asked"), Words.__table__.alias("said")
    rows = session.execute(
        select(Explanation.revision_id, asked.c.body, said.c.body)
        .join(
            asked,
            (asked.c.partnership_id == Explanation.partnership_id) & (asked.c.id == Explanation.message_id),
        )
        .join(
            said, (said.c.partnership_id == Explanation.partnership_id) & (said.c.id == Explanation.words_id)
        )
        .where(Explanation.partnership_id == at.partnership_id, Explanation.revision_id.in_(revision_ids))
        .order_by(Explanation.id)
    )
    found: dict[int, list[tuple[str, str]]] = {}
    for revision_id, question, answer in rows:
        found.setdefault(revision_id, []).append((question or "(blanked)", answer or "(blanked)"))
    return found


def withheld_from(agency: Agency, audience: Audience, shut: str) -> str | None:
    """Why a reader is not shown one agency's signed figures, nor what was written of them; `shut` is why nobody but that
    agency is."""
    if agency.code in audience.agencies:
        return None
    return shut or (HIDDEN if agency.kind == "school" and not audience.exact else None)


def _behind(
    fact: FactAsAt,
    revision: Revision,
    agency: Agency,
    figure: Figure,
    names: dict[int, str],
    words: dict[int, str | None],
    explained: dict[int, list[tuple[str, str]]],
    marks: _Marks,
    earlier: tuple[Earlier, ...],
    withheld: str | None,
) -> Behind:
    return Behind(
        agency_id=agency.id,
        due_item_id=revision.due_item_id,
        period=fact.period,
        agency=agency.code,
        agency_name=agency.name,
        figure=figure.name,
        figure_title=figure.title,
        unit=figure.unit,
        value=None if withheld else fact.value,
        state=fact.state,
        return_code=revision.return_code,
        revision=revision.id,
        revision_number=revision.number,
        signed_at=revision.signed_at,
        signed_by=names.get(revision.signed_by, "a person no longer named"),
        prepared_by=names.get(revision.prepared_by, "a person no longer named"),
        single_signature=revision.single_signature,
        row_no=fact.row_no,
        channel=revision.channel,
        source=revision.source,
        correction_reason=words.get(revision.reason_id) if revision.reason_id and not withheld else None,
        explanations=() if withheld else tuple(explained.get(revision.id, ())),
        waived=marks.waived.get(revision.id, ()),
        countersigned=revision.id in marks.countersigned,
        earlier=() if withheld else earlier,
        withheld=withheld,
    )
