"""What is derived from HUB_SECRET_KEY: one key per purpose, so that none can stand in for another.

HUB_SECRET_KEY may hold several keys parted by a space while one is being changed: the first seals, all open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def derived(secret_key: str, purpose: str) -> bytes:
    """32 bytes for one purpose."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"hub {purpose}".encode()).derive(
        secret_key.encode()
    )


def seal(secret_key: str, purpose: str, plain: bytes) -> bytes:
    return _box(secret_key, purpose).encrypt(plain)


def unseal(secret_key: str, purpose: str, sealed: bytes, *, ttl_seconds: int | None = None) -> bytes | None:
    """The plain bytes, or None where the seal is not ours, was broken, or is older than `ttl_seconds`."""
    try:
        return _box(secret_key, purpose).decrypt(sealed, ttl=ttl_seconds)
    except InvalidToken:
        return None


def keyed_digest(secret_key: str, purpose: str, text: str) -> str:
    """A digest that nobody can work out from the text alone."""
    return hmac.new(derived(secret_key.split()[0], purpose), text.encode(), hashlib.sha256).hexdigest()


def new_token() -> str:
    return secrets.token_urlsafe(32)


def digest_of(token: str) -> str:
    """What is stored of a token of 256 random bits: no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def _box(secret_key: str, purpose: str) -> MultiFernet:
    keys = [base64.urlsafe_b64encode(derived(each, purpose)) for each in secret_key.split()]
    return MultiFernet([Fernet(key) for key in keys])
