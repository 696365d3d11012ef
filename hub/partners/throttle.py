"""Guesses at a sign-in are few; the true person is not locked out by somebody else's (security.md T11).

Three budgets in any 15 minutes: an address may guess 4 times at one account, an account may be guessed at 6 times
in all, an address 100 times over all accounts. A browser in which the person signed in before has a budget of its
own, 4, so a flood from elsewhere does not reach it. A guess is paid for before it is compared, so that many at once
are no way round; a right one is paid back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from hub.partners.models import SignInAttempt
from hub.partners.secrets import keyed_digest

WINDOW = timedelta(minutes=15)
AT_ONE_ACCOUNT, IN_ALL, FROM_ADDRESS, KNOWN_BROWSER = 4, 6, 100, 4


@dataclass(frozen=True)
class Guess:
    """Who is guessed at, from where; `known_browser` where this person signed in there before."""

    email: str
    address: str
    known_browser: str = ""

    def budgets(self) -> dict[str, int]:
        if self.known_browser:
            return {f"browser {self.known_browser} {self.email}": KNOWN_BROWSER}
        return {
            f"pair {self.address} {self.email}": AT_ONE_ACCOUNT,
            f"account {self.email}": IN_ALL,
            f"address {self.address}": FROM_ADDRESS,
        }


def pay(session: Session, guess: Guess, *, secret_key: str, now: datetime) -> list[int] | None:
    """Charge a guess before it is compared: the charges, or None where a budget is spent. Commit at once."""
    budgets = {
        keyed_digest(secret_key, "throttle", subject): most for subject, most in guess.budgets().items()
    }
    if session.get_bind().dialect.name == "postgresql":  # SQLite's writers wait for one another anyway
        for digest in sorted(budgets):
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(digest[:15], 16)})
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - 2 * WINDOW))
    if any(_count(session, digest, now) >= most for digest, most in budgets.items()):
        return None
    charges = [SignInAttempt(subject_digest=digest, at=now) for digest in budgets]
    session.add_all(charges)
    session.flush()
    return [charge.id for charge in charges]


def pay_back(session: Session, charges: list[int]) -> None:
    session.execute(delete(SignInAttempt).where(SignInAttempt.id.in_(charges)))


def _count(session: Session, digest: str, now: datetime) -> int:
    query = select(func.count()).where(
        SignInAttempt.subject_digest == digest, SignInAttempt.at > now - WINDOW
    )
    return session.scalar(query) or 0
