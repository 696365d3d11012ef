"""The money of an agreement to take away: one line for each party, service and quarter, and one for each host, service and quarter."""

from __future__ import annotations

import csv
import io

from sqlalchemy.orm import Session

from hub.agreements import money
from hub.agreements.model import Agreement
from hub.agreements.money_signed import CONTRIBUTIONS, JOINT_SERVICES, Amount, Signed
from hub.board.downloads.model import ILLUSTRATIVE
from hub.exports import safe_row
from hub.facts.moments import AsAt
from hub.partners.models import Partnership
from hub.periods import Period
from hub.units import to_text

HEADINGS = (
    "agreement", "version", "as_at", "service", "agency", "role", "quarter", "due_by_agreement", "due", "invoiced", "paid",
    "planned_spend", "spent", "invoices_sent", "received", "state", "note",
)  # fmt: skip
_PAYER = ("due", "invoiced", "paid")
_HOST = ("planned_spend", "spent", "invoices_sent", "received")


def as_csv(
    session: Session, partnership: Partnership, agreement: Agreement, at: AsAt, year: Period | None
) -> str:
    """Pounds with two decimals; a figure that was not signed is blank, and `state` says so, also before any quarter is over."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    if year is None:
        return text.getvalue()
    signed = Signed(session, at, year)
    mark = ILLUSTRATIVE if partnership.illustrative else ""

    def write(
        service: str, agency: str, role: str, quarter: Period, agreed: str, figures: dict[str, Amount]
    ) -> None:
        cells = [_pounds(figures.get(name)) for name in (*_PAYER, *_HOST)]
        state = "signed" if all(each.whole for each in figures.values()) else "not signed"
        front = [
            agreement.code,
            agreement.version,
            at.moment.isoformat(),
            service,
            agency,
            role,
            quarter.code,
        ]
        writer.writerow(safe_row([*front, agreed, *cells, state, mark]))

    due: dict[tuple[str, str, Period], int] = {}
    for part in money.instalments(agreement.contributions, year):
        key = (part.service, part.payer, part.quarter)
        due[key] = due.get(key, 0) + part.pence
    for service in agreement.services:
        payers = sorted({payer for of, payer, _ in due if of == service.id})
        for quarter in signed.quarters:
            for payer in payers:
                figures = {
                    name: signed.amount(CONTRIBUTIONS, name, payer, service.id, quarters=(quarter,))
                    for name in _PAYER
                }
                agreed = to_text(due.get((service.id, payer, quarter), 0), "pounds").replace(",", "")
                write(service.id, payer, "payer", quarter, agreed, figures)
            figures = {
                name: signed.amount(JOINT_SERVICES, name, service.host, service.id, quarters=(quarter,))
                for name in _HOST
            }
            write(service.id, service.host, "host", quarter, "", figures)
    if not signed.quarters:
        blank = [""] * (len(HEADINGS) - 5)
        front = [agreement.code, agreement.version, at.moment.isoformat()]
        writer.writerow(safe_row([*front, *blank, f"no quarter of {year.name} is over", mark]))
    return text.getvalue()


def _pounds(amount: Amount | None) -> str:
    return to_text(amount.value, "pounds").replace(",", "") if amount is not None and amount.whole else ""
