"""The signatory's one screen: what would be signed beside what was signed before, who prepared it, what was explained.

Everything shown comes from the draft whose digest the signature binds to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from hub import periods
from hub.definitions.model import TOTAL, Definition
from hub.facts.models import Revision
from hub.partners.models import Person
from hub.submissions import events
from hub.submissions.drafted import DraftRead
from hub.submissions.signed_before import signed_rows
from hub.web import present_findings, present_submission
from hub.web.present_findings import Findings
from hub.web.present_submission import DataTable, Place, place_in_words
from hub.web.subject import Subject

Row = Mapping[str, str]

LEAP, HANDFUL = 3, 20


@dataclass(frozen=True)
class Compared:
    """One figure's total in one period, beside what was signed before. Text as typed; blank where nothing was signed."""

    title: str
    period: str
    now: str
    last_revision: str
    last_period: str
    last_year: str

    @property
    def leaps(self) -> bool:
        """Whether it is so far from the period before that a signatory should ask: threefold, and not by a handful."""
        if not (self.now.isdecimal() and self.last_period.isdecimal()):
            return False
        low, high = sorted((int(self.now), int(self.last_period)))
        return high >= LEAP * low and high - low >= HANDFUL


@dataclass(frozen=True)
class Change:
    """A cell that differs from the last signed revision."""

    place: str
    before: str
    after: str


@dataclass(frozen=True)
class Shown:
    draft: DraftRead | None
    digest: str
    findings: Findings | None
    prepared_by: str
    touched: bool  # the person at the door has worked on it
    single_signature: bool
    can_sign: bool
    why_not: str
    statement: str
    compared: tuple[Compared, ...]
    last_period_name: str
    last_year_name: str
    revision: Revision | None  # the last one signed
    changes: tuple[Change, ...]
    tables: tuple[DataTable, ...]


def shown(session: Session, about: Subject, person_id: int) -> Shown:
    draft, at = about.draft(), events.standing(session, about.id)
    hands = events.hands_since_sign_off(session, at.item)
    before = _last_revision(session, about)
    single = about.signatures == 1
    lists = about.lists
    words = present_submission.words_for(about.definition, lists)
    findings = present_findings.of_draft(draft, words) if draft else None
    why_not = why_not_to_sign(about, findings, single=single, touched=person_id in hands)
    return Shown(
        draft=draft,
        digest=draft.digest if draft else "",
        findings=findings,
        prepared_by=session.get_one(Person, hands[-1]).name if hands else "",
        touched=person_id in hands,
        single_signature=single,
        can_sign=not why_not,
        why_not=why_not,
        statement=about.definition.statement,
        compared=_compared(session, about, draft, before),
        last_period_name=periods.preceding(about.listed.period).name,
        last_year_name=periods.a_year_before(about.listed.period).name,
        revision=before[0] if before else None,
        changes=_changes(about.definition, draft, before, lists),
        tables=tuple(present_submission.tables(about.definition, draft.rows if draft else (), lists)),
    )


def why_not_to_sign(about: Subject, findings: Findings | None, *, single: bool, touched: bool) -> str:
    """Why there is no button; the same reasons stand in sign_off, which decides."""
    status = about.listed.status
    if findings is None:
        return "Nothing has been entered yet."
    if status == "signed":
        return "It is signed."
    if status != "sent" and not single:
        return "It has not been sent for sign-off."
    if touched and not single:
        return (
            "You have worked on these figures since they were last signed. Another person of your agency must sign them. "
            "Where you are its only person, the partnership’s data team countersigns what you have sent."
        )
    if findings.errors or findings.unexplained:
        return "There are errors, or queries that nobody explained."
    return ""


def rows_signed(session: Session, about: Subject) -> tuple[Row, ...]:
    """What stands signed, for those who may read it without seeing drafts."""
    found = signed_rows(session, about.owner, about.listed.period)
    return found[1] if found else ()


def _last_revision(session: Session, about: Subject) -> tuple[Revision, tuple[Row, ...]] | None:
    return signed_rows(session, about.owner, about.listed.period)


def _compared(
    session: Session,
    about: Subject,
    draft: DraftRead | None,
    before: tuple[Revision, tuple[Row, ...]] | None,
) -> tuple[Compared, ...]:
    """Totals by period of the draft, with the three comparisons."""
    if draft is None:
        return ()
    whole = about.listed.period
    now, last = _totals(draft.rows), _totals(before[1] if before else ())
    earlier, a_year_ago = (
        _totals(found[1] if (found := signed_rows(session, about.owner, period)) else ())
        for period in (periods.preceding(whole), periods.a_year_before(whole))
    )
    lines = []
    order = {figure.name: at for at, figure in enumerate(about.definition.figures)}
    for period_code, name in sorted(now, key=lambda place: (place[0], order[place[1]])):
        period = periods.parse(period_code)
        previous = {**earlier, **now}.get((periods.preceding(period).code, name), "")
        lines.append(
            Compared(
                about.definition.figure(name).title,
                period.name,
                now[period_code, name],
                last.get((period_code, name), ""),
                previous,
                a_year_ago.get((periods.a_year_before(period).code, name), ""),
            )
        )
    return tuple(lines)


def _totals(rows: Iterable[Row]) -> dict[tuple[str, str], str]:
    """(period, figure) → what stands in the total's row."""
    keys = {"row_no", "partnership", "agency", "period", "breakdown", "code"}
    return {
        (row["period"], name): text
        for row in rows
        if row.get("breakdown") == TOTAL
        for name, text in row.items()
        if name not in keys and text
    }


def _changes(
    definition: Definition,
    draft: DraftRead | None,
    before: tuple[Revision, tuple[Row, ...]] | None,
    lists: Mapping[str, Mapping[str, str]],
) -> tuple[Change, ...]:
    if draft is None or before is None:
        return ()
    old, new = _cells(before[1]), _cells(draft.rows)
    return tuple(
        Change(place_in_words(definition, place, lists), old.get(place, ""), new.get(place, ""))
        for place in sorted(set(old) | set(new))
        if old.get(place, "") != new.get(place, "")
    )


def _cells(rows: Iterable[Row]) -> dict[Place, str]:
    keys = {"row_no", "partnership", "agency", "period", "breakdown", "code"}
    return {
        (row["period"], row["breakdown"], row["code"], name): text
        for row in rows
        for name, text in row.items()
        if name not in keys and text
    }
