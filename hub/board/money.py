"""The page of an agreement's money: who pays for what, plan against actual and forecast, paid beside received.

What an agreement says comes from its version, what happened from signed returns; the two stand side by side and are
never added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements import money
from hub.agreements.model import Agreement, Contribution, Service
from hub.agreements.money_signed import CONTRIBUTIONS, Amount, Reason, Signed
from hub.board.money_accounts import Account, Side, account, sides
from hub.board.money_agreed import Matrix, Pledge, Variance, matrix, merged, part_of_year, pledged, variance
from hub.facts.moments import AsAt
from hub.partners.models import Agency
from hub.periods import Period, between, containing


@dataclass(frozen=True)
class PayerLine:
    """One party and service over the year: what was agreed, and what was signed of it to date."""

    service: Service
    payer: str
    name: str
    part_of_year: str  # the months in which the party pays; "" for the whole year
    agreed: int
    due: int  # by the agreement, to date
    said_due: Amount
    invoiced: Amount
    paid: Amount
    forecast: Amount
    off: Variance
    in_text: str  # a dispute that the agreement itself records
    reasons: tuple[Reason, ...]

    @property
    def differs(self) -> bool:
        """The payer counts another instalment as due than the agreement."""
        return self.said_due.whole and self.said_due.value != self.due


@dataclass(frozen=True)
class Beyond:
    """Money that a payer signed for a service for which the agreement has nothing from it."""

    payer: str
    service: str
    paid: Amount


@dataclass(frozen=True)
class InKind:
    """What one party gives to one service beside the money: as agreed in words, and as signed to date."""

    service: Service
    payer: str
    agreed: str
    posts: Amount  # on the last day of the newest quarter
    value: Amount


@dataclass(frozen=True)
class YearOfMoney:
    year: Period
    quarters: tuple[Period, ...]  # that are over
    matrix: Matrix
    pledges: tuple[Pledge, ...]
    in_kind: tuple[InKind, ...]
    lines: tuple[PayerLine, ...]
    accounts: tuple[Account, ...]
    sides: tuple[Side, ...]
    beyond: tuple[Beyond, ...]


def year_of_money(session: Session, agreement: Agreement, at: AsAt, year: Period) -> YearOfMoney:
    """Everything that the page of one year shows, as at a moment."""
    signed = Signed(session, at, year)
    names = dict(session.execute(select(Agency.code, Agency.name)).all())
    reasons = signed.reasons()
    found = [account(agreement, service, signed, names, reasons, year) for service in agreement.services]
    return YearOfMoney(
        year=year,
        quarters=signed.quarters,
        matrix=matrix(agreement, year, names),
        pledges=pledged(agreement, year, names),
        in_kind=tuple(_in_kind(agreement, signed, names, year)),
        lines=tuple(_lines(agreement, signed, names, reasons, year)),
        accounts=tuple(one for one in found if one is not None),
        sides=tuple(sides(agreement, signed, names, year)),
        beyond=tuple(_beyond(agreement, signed, names, year)),
    )


def _lines(
    agreement: Agreement, signed: Signed, names: dict[str, str], reasons: Sequence[Reason], year: Period
) -> list[PayerLine]:
    """A line for each party and service; a party whose terms change within the year has one line all the same."""
    own: dict[tuple[str, str], list[Contribution]] = {}
    for each in money.in_money(agreement.contributions, year):
        own.setdefault((each.service, each.payer), []).append(each)
    return [
        _payer_line(service, payer, own[service.id, payer], signed, names, reasons)
        for service in agreement.services
        for payer in agreement.party_codes
        if (service.id, payer) in own
    ]


def _payer_line(
    service: Service,
    payer: str,
    agreed: Sequence[Contribution],
    signed: Signed,
    names: dict[str, str],
    reasons: Sequence[Reason],
) -> PayerLine:
    # Arrears that come after a party's last month are still its payment, so every quarter up to today is read.
    def of(figure: str) -> Amount:
        return signed.amount(CONTRIBUTIONS, figure, payer, service.id)

    over = {quarter.code for quarter in signed.quarters}
    due = sum(part.pence for part in money.instalments(agreed, signed.year) if part.quarter.code in over)
    paid = of("paid")
    return PayerLine(
        service=service,
        payer=payer,
        name=names.get(payer, payer),
        part_of_year="; ".join(words for each in agreed if (words := part_of_year(each, signed.year))),
        agreed=sum(money.pence_of(each) for each in agreed),
        due=due,
        said_due=of("due"),
        invoiced=of("invoiced"),
        paid=paid,
        forecast=signed.latest(CONTRIBUTIONS, "forecast", payer, service.id),
        off=variance(paid, due),
        in_text="; ".join(each.disputed for each in agreed if each.disputed),
        reasons=merged(
            r for r in reasons if (r.agency, r.line) == (payer, service.id) and r.of(CONTRIBUTIONS)
        ),
    )


def _beyond(agreement: Agreement, signed: Signed, names: dict[str, str], year: Period) -> list[Beyond]:
    agreed = {(each.payer, each.service) for each in money.in_money(agreement.contributions, year)}
    ours = {service.id for service in agreement.services}
    return [
        Beyond(names.get(payer, payer), service, signed.amount(CONTRIBUTIONS, "paid", payer, service))
        for payer, service in sorted(signed.reported(CONTRIBUTIONS) - agreed)
        if service in ours
    ]


def _in_kind(agreement: Agreement, signed: Signed, names: dict[str, str], year: Period) -> list[InKind]:
    agreed: dict[tuple[str, str], list[str]] = {}
    for each in agreement.contributions:
        if each.year == year.code:
            agreed.setdefault((each.service, each.payer), []).extend(filter(None, [each.quantity]))
    found = [
        InKind(
            service=service,
            payer=names.get(payer, payer),
            agreed="; ".join(agreed[service.id, payer]),
            posts=signed.latest(CONTRIBUTIONS, "in_kind_posts", payer, service.id),
            value=signed.amount(CONTRIBUTIONS, "in_kind_value", payer, service.id),
        )
        for service in agreement.services
        for payer in agreement.party_codes
        if (service.id, payer) in agreed
    ]
    return [each for each in found if each.agreed or each.posts.value or each.value.value]


def quarters_in_words(quarters: Sequence[Period]) -> str:
    """ "April 2015 to December 2015"; "" before the first quarter is over."""
    if not quarters:
        return ""
    months = between(containing(quarters[0].starts_on, "month"), containing(quarters[-1].ends_on, "month"))
    return f"{months[0].name} to {months[-1].name}"
