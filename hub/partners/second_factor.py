"""Single-use codes of an authenticator app (TOTP, RFC 6238): enrolling, checking, spending."""

from __future__ import annotations

from datetime import datetime
from typing import cast

import pyotp
from sqlalchemy import CursorResult, or_, update
from sqlalchemy.orm import Session

from hub.partners.models import Account
from hub.partners.secrets import seal, unseal

PURPOSE = "second factor"
STEP_SECONDS = 30


def new_secret() -> str:
    return pyotp.random_base32()


def link(secret: str, *, email: str) -> str:
    """What an authenticator app reads: an otpauth address."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Partnership Hub")


def step_of(secret: str, code: str, *, now: datetime) -> int | None:
    """The half minute that a code belongs to, of the present one and its two neighbours; None if of none."""
    typed = "".join(code.split())
    if not (typed.isascii() and typed.isdecimal()):
        return None
    present = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(secret)
    steps = (present - 1, present, present + 1)
    return next(
        (step for step in steps if pyotp.utils.strings_equal(generator.generate_otp(step), typed)), None
    )


def enrol(account: Account, secret: str, *, secret_key: str, step: int) -> None:
    """Keep the secret, sealed; the code that proved it is spent."""
    account.totp_secret = seal(secret_key, PURPOSE, secret.encode())
    account.totp_last_step = step


def spend(session: Session, account: Account, code: str, *, secret_key: str, now: datetime) -> bool:
    """Whether the code is right and was not used before; it is used now, in one statement, so that two cannot share it."""
    plain = unseal(secret_key, PURPOSE, account.totp_secret) if account.totp_secret else None
    step = step_of(plain.decode(), code, now=now) if plain else None
    if step is None:
        return False
    spent = session.execute(
        update(Account)
        .where(Account.id == account.id, or_(Account.totp_last_step.is_(None), Account.totp_last_step < step))
        .values(totp_last_step=step)
    )
    return cast("CursorResult[object]", spent).rowcount == 1
