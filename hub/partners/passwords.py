"""What a password must be, and how it is kept (security.md T11).

Length is what counts: no rules on digits or signs, no expiry. Refused are passwords that are common, made of a
short piece repeated, or little more than the person's own address or the hub's name.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 15, 256

# OWASP's second recommendation for argon2id: 19 MiB, so that a few sign-ins at once fit into a small worker.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def fault(password: str, *, email: str = "") -> str | None:
    """What is wrong with a password that somebody wants to have, and what to do; None if it will do."""
    password = _same_form(password)
    if len(password) < SHORTEST:
        return (
            f"Your password has {len(password)} characters. Use at least {SHORTEST}, for example four words."
        )
    if len(password) > LONGEST:
        return f"Your password has more than {LONGEST} characters. Use a shorter one."
    if _is_common(password, email):
        return "This password is easy to guess. Use four words that have nothing to do with each other."
    return None


def hashed(password: str) -> str:
    return _HASHER.hash(_same_form(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the one; takes the same time where there is no password to compare with."""
    try:
        _HASHER.verify(password_hash or _nobodys(), _same_form(password)[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


@cache
def _nobodys() -> str:
    return _HASHER.hash("the password of nobody at all")


@cache
def _common() -> frozenset[str]:
    lines = (Path(__file__).parent / "common_passwords.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(_letters(line) for line in lines if line and not line.startswith("#"))


def _is_common(password: str, email: str) -> bool:
    plain = _letters(password)
    if plain in _common() or plain.rstrip("0123456789") in _common():
        return True
    if len(set(plain)) < 5 or any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, 8)):
        return True
    for word in (*email.lower().replace("@", ".").split("."), *OWN_WORDS):
        if len(word) > 2:
            plain = plain.replace(word, "")
    return len(plain) < 8


OWN_WORDS = (
    "partnership",
    "safeguarding",
    "safeguard",
    "password",
    "passwort",
    "qwerty",
    "letmein",
    "welcome",
    "children",
)


def _letters(text: str) -> str:
    return "".join(sign for sign in _same_form(text).lower() if sign.isalnum())


def _same_form(password: str) -> str:
    return unicodedata.normalize("NFKC", password)
