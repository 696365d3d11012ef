"""From what the story tells of a return to signatures: checked in one run, signed when the story signs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.calendar.due import Owed, due_items, make_due_items
from hub.clock import today_for
from hub.definitions import catalogue
from hub.definitions.lists import own_lines
from hub.definitions.model import AREAS_LIST, MEMBERS_LIST, NOT_KNOWN, Definition
from hub.errors import NotReady
from hub.facts.document import Explained
from hub.facts.ledger import Signing
from hub.facts.models import Revision
from hub.findings import Finding, errors
from hub.intake.table import Received
from hub.partners.models import Agency, Area, Membership, Partnership
from hub.seed.example import story
from hub.seed.example.invention import SCHOOL_BODIES
from hub.seed.example.told import Row, Told, as_first_signed
from hub.validation import run
from hub.validation.outcome import Expected, Part, Scope


def unsigned(
    session: Session, partnership: Partnership, definition: Definition
) -> dict[tuple[str, str], Owed]:
    """(agency, period of collection) → due item, of those that the ledger has nothing for."""
    signed = set(
        session.scalars(
            select(Revision.due_item_id).where(
                Revision.partnership_id == partnership.id, Revision.return_code == definition.code
            )
        )
    )
    items = due_items(session, partnership.id, return_code=definition.code)
    return {_key(item): item for item in items if item.id not in signed}


def signings(
    session: Session,
    partnership: Partnership,
    code: str,
    told: Told,
    *,
    cast: dict[str, int],
    clock_at: datetime,
) -> Iterator[Signing]:
    """Every signature of one return that the story has made by the clock's moment."""
    definition = catalogue.definition(session, code)
    make_due_items(session, partnership, definition, told.begins.starts_on, _horizon(clock_at))
    due = unsigned(session, partnership, definition)
    moments = {
        key: story.signed_at(told, code, key[0], item.period, item.due_on)
        for key, item in due.items()
        if item.due_on is not None
    }
    signed = {key: due[key] for key, at in moments.items() if at is not None and at <= clock_at}
    final = {key: list(told.rows(key[0], item.period)) for key, item in signed.items()}
    put_right = {key: correction for key in signed if (correction := told.correction_of(*key))}
    first = final | {key: as_first_signed(final[key], correction) for key, correction in put_right.items()}
    make = _Maker(
        partnership.id, catalogue.definition_version_id(session, definition), definition, told, cast
    )
    for passed in all_checked(session, partnership, definition, _all(first.values()), signed.values()):
        at = moments[_key(passed.item)]
        if at is not None:
            yield make.signing(passed, at)
    later = {key: signed[key] for key, correction in put_right.items() if correction.at <= clock_at}
    for passed in all_checked(
        session, partnership, definition, _all(final[key] for key in later), later.values()
    ):
        correction = put_right[_key(passed.item)]
        yield replace(make.signing(passed, correction.at), reason=correction.reason)


def _key(item: Owed) -> tuple[str, str]:
    return item.agency.code, item.period.code


def _all(groups: Iterable[list[Row]]) -> list[Row]:
    return [row for rows in groups for row in rows]


def _horizon(clock_at: datetime) -> date:
    """The due list reaches to the end of the term and quarter that the clock stands in."""
    return (clock_at + timedelta(days=120)).date()


@dataclass(frozen=True)
class _Maker:
    """Turns checked parts into signings by the agency's own people."""

    partnership_id: int
    version_id: int
    definition: Definition
    told: Told
    cast: dict[str, int]

    def signing(self, checked: _Checked, at: datetime) -> Signing:
        part, item = checked.part, checked.item
        agency = item.agency.code
        owes = self.definition.owes_for(item.agency.kind)
        single = owes is not None and owes.signatures == 1
        prepared_by = self.cast[self._preparer(agency)]
        return Signing(
            partnership_id=self.partnership_id,
            due_item_id=item.id,
            definition_version_id=self.version_id,
            rows=part.rows,
            cells=part.cells,
            signed_by=self.cast[story.signatory(agency) if single else story.second_signatory(agency)],
            prepared_by=prepared_by,
            hands=frozenset({prepared_by}),
            single_signature=single,
            at=at,
            channel="form" if agency in SCHOOL_BODIES else "xlsx",
            explanations=tuple(self._explained(finding) for finding in checked.queries),
        )

    def _preparer(self, agency: str) -> str:
        """Money is prepared by the finance lead, where the agency has one."""
        lead = story.reporter(agency)
        return lead if self.definition.finance and lead in self.cast else story.preparer(agency)

    def _explained(self, finding: Finding) -> Explained:
        """A query answered in the agency's words."""
        words = self.told.explanations.get(finding.code, story.EXPLANATION)
        return Explained(finding.code, finding.where.row, finding.where.field, finding.message, words)


@dataclass(frozen=True)
class _Checked:
    """A submission that passed its check, with what it is asked."""

    part: Part
    item: Owed
    queries: tuple[Finding, ...]


def all_checked(
    session: Session, partnership: Partnership, definition: Definition, rows: list[Row], items: Iterable[Owed]
) -> list[_Checked]:
    """Check all rows in one run. The invention makes no errors."""
    expected = {item.id: item for item in items}
    if not expected:
        return []
    lists, said = _lists(session, partnership)
    scope = Scope(
        expected=tuple(
            Expected(item.id, partnership.code, item.agency.code, item.agency.kind, item.period.code)
            for item in expected.values()
        ),
        lists=lists,
        said=said,
        today=today_for(partnership).isoformat(),
        default_partnership=partnership.code,
    )
    outcome = run.check(Received(channel="json", rows=tuple(rows)), definition, scope)
    wrong = errors(outcome.findings)
    if wrong:
        raise NotReady(
            f"The example’s {definition.code} does not pass its own check: {wrong[0].message} ({wrong[0].where})"
        )
    asked: dict[str | None, list[Finding]] = defaultdict(list)
    for finding in outcome.findings:
        asked[finding.where.submission].append(finding)
    return [_Checked(part, expected[part.due_item_id], tuple(asked[part.key])) for part in outcome.parts]


def _lists(
    session: Session, partnership: Partnership
) -> tuple[dict[str, dict[str, dict[str, str]]], dict[str, dict[str, dict[str, dict[str, str]]]]]:
    """The codes that every return of the example may write, and what the partnership's own of them say."""
    shared = catalogue.shipped().codelists
    own = {code: own_lines(session, codelist, partnership.id) for code, codelist in shared.items()}
    titles = {code: {line.code: line.title for line in lines} for code, lines in own.items() if lines}
    said = {code: {line.code: dict(line.says) for line in lines} for code, lines in own.items() if lines}
    areas = session.scalars(select(Area).where(Area.partnership_id == partnership.id))
    # Whoever takes part or did: years are checked in one run, and one school has become an academy since.
    query = select(Agency).join(Membership, Membership.agency_id == Agency.id)
    members = session.scalars(query.where(Membership.partnership_id == partnership.id))
    everywhere = {
        code: {item.code: item.title for item in codelist.items} for code, codelist in shared.items()
    }
    return {
        "": everywhere,
        partnership.code: {code: lines | everywhere[code] for code, lines in titles.items()}
        | {
            AREAS_LIST: {area.code: area.name for area in areas} | {NOT_KNOWN: "Area not known"},
            MEMBERS_LIST: {agency.code: agency.name for agency in members},
        },
    }, {partnership.code: said}
