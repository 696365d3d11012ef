"""Contracts that agencies declared for themselves, beside one another and beside what the agreements pay for: questions to ask.

Nobody declares itself outside the arrangements. What is found here is what a careful reader would ask about: the same
provider under several contracts, a service paid for twice, a service bought outside. Each question carries its rows.

A contract is a row of any register that asks for provider and purpose; whose return it is makes no difference.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.model import Agreement, Service
from hub.agreements.versions import agreements_as_at
from hub.definitions import catalogue
from hub.definitions.model import Breakdown, Definition
from hub.facts.judgements import judgements_as_at
from hub.facts.moments import AsAt
from hub.facts.registers import RegisterRow, register_rows_as_at
from hub.partners.models import Agency

Kind = Literal["same-provider", "funded-twice", "outside"]
ASKED_FOR = {"provider", "purpose"}
NOT_OFFERED = "none-of-these"
OUTSIDE = ("outside", "to-be-discussed")
_LEGAL_FORM = re.compile(r"\b(limited|ltd|llp|plc|cic|trust|foundation|nhs)\b|\([^)]*\)|[^a-z0-9 ]")


@dataclass(frozen=True)
class Contract:
    """One declared contract as it was last signed. `judged` is the data team's word, "" while it has none."""

    agency: str
    agency_name: str
    school: bool
    period: str
    row: str
    submission: int
    provider: str
    purpose: str
    offered: str  # a service that the partnership offers, or NOT_OFFERED
    pence: int | None
    begins_on: date
    ends_on: date
    judged: str

    def overlaps(self, begins_on: date, ends_on: date) -> bool:
        return self.begins_on <= ends_on and begins_on <= self.ends_on


@dataclass(frozen=True)
class Question:
    """Something to ask about: which contracts, and which service of an agreement they stand beside."""

    kind: Kind
    about: str  # a provider's name, a service's code, or a purpose
    purpose: str
    contracts: tuple[Contract, ...]
    service: Service | None = None

    @property
    def agencies(self) -> int:
        return len({contract.agency for contract in self.contracts})

    @property
    def pence(self) -> int:
        return sum(contract.pence or 0 for contract in self.contracts)


def questions(session: Session, at: AsAt) -> list[Question]:
    """Everything that is to be asked as at a moment: first what is paid for twice, then the same provider, then outside."""
    found = contracts_as_at(session, at)
    agreements = agreements_as_at(session, at.partnership_id, at.moment)
    names = dict(session.execute(select(Agency.code, Agency.name)).all())
    return [*funded_twice(found, agreements, names), *same_provider(found), *bought_outside(found)]


def contracts_as_at(session: Session, at: AsAt) -> list[Contract]:
    """The contracts of each agency's newest signed return."""
    return [
        contract
        for definition in catalogue.definitions(session, as_at=at.moment)
        for table in definition.breakdowns
        if table.key and set(table.figures) >= ASKED_FOR
        for contract in _contracts(session, at, definition, table)
    ]


def _contracts(session: Session, at: AsAt, definition: Definition, table: Breakdown) -> Iterable[Contract]:
    newest: dict[int, list[RegisterRow]] = {}
    for row in register_rows_as_at(session, at, definition.code, table.name):  # by period, oldest first
        rows = newest.setdefault(row.revision.agency_id, [])
        if rows and rows[0].revision.due_item_id != row.revision.due_item_id:
            rows.clear()
        rows.append(row)
    items = sorted({rows[0].revision.due_item_id for rows in newest.values()})
    said = judgements_as_at(session, at.partnership_id, at.moment, due_item_ids=items) if items else {}
    agencies = {each.id: each for each in session.scalars(select(Agency).where(Agency.id.in_(newest)))}
    for rows in newest.values():
        for row in rows:
            judged = said.get((row.revision.due_item_id, table.name, row.code), [])
            yield _contract(row, agencies[row.revision.agency_id], judged[-1].judgement if judged else "")


def _contract(row: RegisterRow, agency: Agency, judged: str) -> Contract:
    cells = row.cells
    return Contract(
        agency=agency.code,
        agency_name=agency.name,
        school=agency.kind == "school",
        period=row.revision.period,
        row=row.code,
        submission=row.revision.due_item_id,
        provider=cells.get("provider", ""),
        purpose=cells["purpose"],
        offered=cells.get("service") or NOT_OFFERED,
        pence=_pence(cells.get("yearly_cost", "")),
        begins_on=_day(cells.get("begins_on", "")) or date.min,
        ends_on=_day(cells.get("ends_on", "")) or date.max,
        judged=judged,
    )


def _pence(text: str) -> int | None:
    found = re.fullmatch(r"([0-9]+)(?:\.([0-9]{1,2}))?", text)
    return int(found[1]) * 100 + int((found[2] or "0").ljust(2, "0")) if found else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def same_name(name: str) -> str:
    """A provider's name without what people write differently: case, accents, legal form, signs, brackets."""
    plain = (
        unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower().replace("&", " and ")
    )
    return " ".join(_LEGAL_FORM.sub(" ", plain).split())


def same_provider(contracts: Sequence[Contract]) -> list[Question]:
    """Several agencies with contracts of their own for the same kind of service with one provider at the same time."""
    groups: dict[tuple[str, str], list[Contract]] = defaultdict(list)
    for contract in contracts:
        if same_name(contract.provider):
            groups[same_name(contract.provider), contract.purpose].append(contract)
    return [
        Question("same-provider", together[0].provider, purpose, tuple(together))
        for (_, purpose), group in sorted(groups.items())
        for together in overlapping(group)
        if len({contract.agency for contract in together}) > 1
    ]


def overlapping(contracts: Sequence[Contract]) -> list[list[Contract]]:
    """Contracts in groups whose times touch one another, each group in order of its beginnings."""
    groups: list[list[Contract]] = []
    until = date.min
    for contract in sorted(contracts, key=lambda each: (each.begins_on, each.agency, each.row)):
        if groups and contract.begins_on <= until:
            groups[-1].append(contract)
        else:
            groups.append([contract])
        until = max(until, contract.ends_on) if len(groups[-1]) > 1 else contract.ends_on
    return groups


def funded_twice(
    contracts: Sequence[Contract], agreements: Sequence[Agreement], names: dict[str, str]
) -> list[Question]:
    """A price for what an agreement pays for already: the same service, or the same provider under another contract."""
    services = {service.id: service for agreement in agreements for service in agreement.services}
    found = []
    for code, service in sorted(services.items()):
        given_by = {same_name(names.get(provider, provider)) for provider in service.providers}
        paid = [
            contract
            for contract in contracts
            if contract.pence
            and contract.overlaps(service.begins_on, service.ends_on or date.max)
            and (contract.offered == code or same_name(contract.provider) in given_by)
        ]
        if paid:
            found.append(Question("funded-twice", code, "", tuple(paid), service))
    offered = sorted(
        {contract.offered for contract in contracts if contract.pence} - {NOT_OFFERED, *services}
    )
    for code in offered:
        paid = [contract for contract in contracts if contract.pence and contract.offered == code]
        found.append(Question("funded-twice", code, "", tuple(paid)))
    return found


def bought_outside(contracts: Sequence[Contract]) -> list[Question]:
    """What was judged to lie outside, or is on no list and nobody has judged yet, by purpose."""
    groups: dict[str, list[Contract]] = defaultdict(list)
    for contract in contracts:
        unread = not contract.judged and contract.offered == NOT_OFFERED
        if contract.judged in OUTSIDE or unread:
            groups[contract.purpose].append(contract)
    return [Question("outside", purpose, purpose, tuple(group)) for purpose, group in sorted(groups.items())]
