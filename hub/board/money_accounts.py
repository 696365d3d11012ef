"""Each service's money as its host signed it, beside what it did; and what payers paid beside what hosts received."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from hub.agreements import money
from hub.agreements.model import Agreement, Service
from hub.agreements.money_signed import CONTRIBUTIONS, JOINT_SERVICES, PAYER, Amount, Reason, Signed, added
from hub.board.money_agreed import Variance, merged, variance
from hub.periods import Period


@dataclass(frozen=True)
class Account:
    """One service's money as its host signed it, beside what it did as its providers did."""

    service: Service
    host: str
    budget: int  # by the agreement, of the year
    planned: Amount
    spent: Amount
    forecast: Amount
    off_plan: Variance
    off_budget: Variance
    paid: Amount  # as the payers say
    received: Amount  # as the host says
    activity_planned: Amount
    activity: Amount
    seen: Amount
    seen_in_time: Amount
    posts_agreed: Amount
    posts_filled: Amount
    reasons: tuple[Reason, ...]

    @property
    def gap(self) -> int | None:
        """Paid less received; None while either side is not wholly signed."""
        return self.paid.value - self.received.value if self.paid.whole and self.received.whole else None

    @property
    def pence_a_unit(self) -> int | None:
        known = self.spent.whole and self.activity.whole and self.activity.value
        return round(self.spent.value / self.activity.value) if known else None


@dataclass(frozen=True)
class Side:
    """One payer and one host: what the one paid to the services that the other hosts, and what that one received."""

    payer: str
    host: str
    paid: Amount
    received: Amount

    @property
    def gap(self) -> int | None:
        return self.paid.value - self.received.value if self.paid.whole and self.received.whole else None


def account(
    agreement: Agreement,
    service: Service,
    signed: Signed,
    names: Mapping[str, str],
    reasons: Sequence[Reason],
    year: Period,
) -> Account | None:
    own = [each for each in money.in_money(agreement.contributions, year) if each.service == service.id]
    if not own:
        return None
    budget = sum(money.pence_of(each) for each in own)
    running = _running(service, signed.quarters)

    def hosts(figure: str) -> Amount:
        return signed.amount(JOINT_SERVICES, figure, service.host, service.id, quarters=running)

    def delivers(figure: str) -> Amount:
        return added(
            signed.amount(JOINT_SERVICES, figure, code, service.id, quarters=running)
            for code in service.providers
        )

    def at_the_end(figure: str) -> Amount:
        return added(signed.latest(JOINT_SERVICES, figure, code, service.id) for code in service.providers)

    planned, spent = hosts("planned_spend"), hosts("spent")
    forecast = signed.latest(JOINT_SERVICES, "expected_spend", service.host, service.id)
    payers = dict.fromkeys(each.payer for each in own)
    return Account(
        service=service,
        host=names.get(service.host, service.host),
        budget=budget,
        planned=planned,
        spent=spent,
        forecast=forecast,
        off_plan=variance(spent, planned.value) if planned.whole else Variance(None, asks=False),
        off_budget=variance(forecast, budget),
        paid=added(signed.amount(CONTRIBUTIONS, "paid", payer, service.id) for payer in payers),
        received=hosts("received"),
        activity_planned=delivers("activity_planned"),
        activity=delivers("activity"),
        seen=delivers("seen"),
        seen_in_time=delivers("seen_in_time"),
        posts_agreed=at_the_end("posts_agreed"),
        posts_filled=at_the_end("posts_filled"),
        reasons=merged(r for r in reasons if r.line == service.id and r.of(JOINT_SERVICES)),
    )


def _running(service: Service, quarters: Sequence[Period]) -> list[Period]:
    """The quarters in which the service runs for a part at least: nothing is asked of the others."""
    return [
        quarter
        for quarter in quarters
        if service.begins_on <= quarter.ends_on
        and (service.ends_on is None or quarter.starts_on <= service.ends_on)
    ]


def sides(agreement: Agreement, signed: Signed, names: Mapping[str, str], year: Period) -> list[Side]:
    services = {service.id: service for service in agreement.services}
    pairs: dict[tuple[str, str], dict[str, None]] = {}
    for each in money.in_money(agreement.contributions, year):
        pairs.setdefault((services[each.service].host, each.payer), {})[each.service] = None
    return [
        Side(
            payer=names.get(payer, payer),
            host=names.get(host, host),
            paid=added(signed.amount(CONTRIBUTIONS, "paid", payer, service) for service in of),
            received=signed.amount(JOINT_SERVICES, "received", host, payer, table=PAYER),
        )
        for (host, payer), of in pairs.items()
    ]
