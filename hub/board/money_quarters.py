"""The money of a year quarter by quarter: the returns that every sum of the year's page adds up from, with who signed them.

A row is one sum of that page split over the quarters that are over, one signed return each. `together` is worked out anew
from the same figures as the year's page and equals the parts to the penny.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements import money
from hub.agreements.model import Agreement, Contribution, Service
from hub.agreements.money_signed import CONTRIBUTIONS, JOINT_SERVICES, PAYER, SERVICE, Amount, Signed
from hub.facts.moments import AsAt
from hub.partners.models import Agency, Person
from hub.periods import Period

PAID = {"due": "Due, as the payer counts it", "invoiced": "Invoiced", "paid": "Paid"}
KEPT = {"planned_spend": "Planned", "spent": "Spent"}
EXPECTED = {
    CONTRIBUTIONS: ("forecast", "Expects to pay in the year"),
    JOINT_SERVICES: ("expected_spend", "Expects to spend in the year"),
}


@dataclass(frozen=True)
class Part:
    """What one signed return says of one quarter; without a return nothing is known."""

    quarter: Period
    amount: Amount
    submission: int | None = None
    agency_id: int = 0
    signed_by: str = ""
    signed_at: datetime | None = None


@dataclass(frozen=True)
class Row:
    """One sum and what it adds up from; what is due by the agreement comes from no return."""

    name: str
    parts: tuple[Part, ...]
    together: Amount
    is_of_the_year: bool = False  # each return tells of the whole year anew: never added


@dataclass(frozen=True)
class Body:
    """One body's money of one service: what it pays, or what it keeps for all."""

    code: str
    name: str
    return_code: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class OfService:
    service: Service
    bodies: tuple[Body, ...]


@dataclass(frozen=True)
class Quarters:
    year: Period
    quarters: tuple[Period, ...]  # that are over
    services: tuple[OfService, ...]
    received: tuple[Body, ...]  # of each host, from each payer over all services


def quarters_of(session: Session, agreement: Agreement, at: AsAt, year: Period) -> Quarters:
    """Every sum of a year as the returns of its quarters, as at a moment."""
    signed = Signed(session, at, year)
    told = _Told(session, agreement, signed)
    return Quarters(year, signed.quarters, tuple(told.services()), tuple(told.received()))


class _Told:
    def __init__(self, session: Session, agreement: Agreement, signed: Signed) -> None:
        self.agreement, self.signed = agreement, signed
        self.names: Mapping[str, str] = dict(session.execute(select(Agency.code, Agency.name)).all())
        who = {revision.signed_by for revision in signed.came.values()}
        self.people: Mapping[int, str] = dict(
            session.execute(select(Person.id, Person.name).where(Person.id.in_(who))).all()
        )
        self.agreed = money.in_money(agreement.contributions, signed.year)

    def services(self) -> Iterator[OfService]:
        for service in self.agreement.services:
            own = [each for each in self.agreed if each.service == service.id]
            payers = [code for code in self.agreement.party_codes if any(each.payer == code for each in own)]
            if own:
                bodies = [self._payer(service, code, own) for code in payers]
                yield OfService(service, (*bodies, self._host(service)))

    def received(self) -> Iterator[Body]:
        hosts = {service.id: service.host for service in self.agreement.services}
        pairs = dict.fromkeys((hosts[each.service], each.payer) for each in self.agreed)
        for host in dict.fromkeys(host for host, _ in pairs):
            rows = tuple(
                self._row(
                    f"From {self.names.get(payer, payer)}",
                    JOINT_SERVICES,
                    "received",
                    host,
                    payer,
                    table=PAYER,
                )
                for of, payer in pairs
                if of == host
            )
            yield Body(host, self.names.get(host, host), JOINT_SERVICES, rows)

    def _payer(self, service: Service, payer: str, agreed: list[Contribution]) -> Body:
        own = [each for each in agreed if each.payer == payer]
        rows = [self._row(name, CONTRIBUTIONS, figure, payer, service.id) for figure, name in PAID.items()]
        expected = self._of_the_year(CONTRIBUTIONS, payer, service.id)
        return Body(payer, self.names.get(payer, payer), CONTRIBUTIONS, (self._due(own), *rows, expected))

    def _host(self, service: Service) -> Body:
        host = service.host
        rows = [self._row(name, JOINT_SERVICES, figure, host, service.id) for figure, name in KEPT.items()]
        rows.append(self._row("Received from the parties", JOINT_SERVICES, "received", host, service.id))
        expected = self._of_the_year(JOINT_SERVICES, host, service.id)
        return Body(
            host, f"{self.names.get(host, host)}, which keeps the money", JOINT_SERVICES, (*rows, expected)
        )

    def _due(self, agreed: list[Contribution]) -> Row:
        """By the agreement, over every quarter of the year that is over."""
        instalments = money.instalments(agreed, self.signed.year)
        parts = tuple(
            Part(quarter, Amount(sum(each.pence for each in instalments if each.quarter == quarter), of=1))
            for quarter in self.signed.quarters
        )
        return Row(
            "Due by the agreement", parts, Amount(sum(part.amount.value for part in parts), of=len(parts))
        )

    def _row(
        self, name: str, return_code: str, figure: str, agency: str, line: str, *, table: str = SERVICE
    ) -> Row:
        of = self.signed.amount
        parts = tuple(
            self._part(
                return_code,
                agency,
                quarter,
                of(return_code, figure, agency, line, table=table, quarters=(quarter,)),
            )
            for quarter in self.signed.quarters
        )
        return Row(name, parts, of(return_code, figure, agency, line, table=table))

    def _of_the_year(self, return_code: str, agency: str, line: str) -> Row:
        figure, name = EXPECTED[return_code]
        row = self._row(name, return_code, figure, agency, line)
        return Row(
            name, row.parts, self.signed.latest(return_code, figure, agency, line), is_of_the_year=True
        )

    def _part(self, return_code: str, agency: str, quarter: Period, amount: Amount) -> Part:
        came = self.signed.came.get((return_code, agency, quarter.code))
        if came is None:
            return Part(quarter, amount)
        who = self.people.get(came.signed_by, "a person no longer named")
        return Part(quarter, amount, came.due_item_id, came.agency_id, who, came.signed_at)
