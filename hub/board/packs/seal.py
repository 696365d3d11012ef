"""The seal of a pack: an Ed25519 signature behind the last line of its PDF, over every byte before it and what the seal says.

Whoever has the published key tells a genuine pack from an altered one without the hub. A pack without a seal, or sealed
with another key, is unknown: nothing can be said of it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

from hub.audit.canonical import canonical
from hub.errors import NotReady
from hub.partners.secrets import derived

_MARK = b"\n%partnership-hub-seal "
_SAID = ("pack", "digest", "chain_sequence", "chain_hash", "key")
Standing = Literal["genuine", "altered", "unknown"]


@dataclass(frozen=True)
class Sealed:
    pdf: bytes
    signature: str
    key: str
    public_key: str  # PEM


@dataclass(frozen=True)
class Verified:
    standing: Standing
    sentence: str
    said: Mapping[str, Any]


def signing_key(secret_key: str) -> Ed25519PrivateKey:
    """Of the secret key that seals now; older packs keep their public key with them in the hub."""
    return Ed25519PrivateKey.from_private_bytes(derived(secret_key.split()[0], "pack signature"))


def public_pem(key: Ed25519PublicKey) -> str:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def name_of(public_key: str) -> str:
    """The short name of a public key: the first 16 digits of its SHA-256."""
    return hashlib.sha256(public_key.strip().encode()).hexdigest()[:16]


def sealed(
    secret_key: str, pdf: bytes, *, pack: str, digest: str, chain_sequence: int, chain_hash: str
) -> Sealed:
    """The PDF with its seal. `pack` is its permanent address; the chain is where the audit chain stood when it was frozen."""
    key = signing_key(secret_key)
    public = public_pem(key.public_key())
    said: dict[str, Any] = {
        "pack": pack,
        "digest": digest,
        "chain_sequence": chain_sequence,
        "chain_hash": chain_hash,
        "key": name_of(public),
    }
    signature = base64.b64encode(key.sign(_signed(pdf, said))).decode()
    line = canonical({**said, "signature": signature}).encode()
    return Sealed(pdf + _MARK + line + b"\n", signature, said["key"], public)


def verify(pdf: bytes, keys: Mapping[str, str]) -> Verified:
    """What a PDF is, by public keys (name → PEM)."""
    body, mark, rest = pdf.rpartition(_MARK)
    line, _, added = rest.partition(b"\n")
    said = _read(line) if mark else None
    if said is None:
        return Verified("unknown", "This file has no seal of a hub, or not a whole one.", {})
    public = keys.get(str(said["key"]))
    if public is None:
        return Verified(
            "unknown",
            f"This file is sealed with the key {said['key']}, which is not among those given.",
            said,
        )
    key = load_pem_public_key(public.encode())
    assert isinstance(key, Ed25519PublicKey)
    try:
        key.verify(base64.b64decode(said["signature"]), _signed(body, {name: said[name] for name in _SAID}))
    except (InvalidSignature, ValueError):
        return Verified("altered", "This file was changed after it was sealed.", said)
    if added.strip():  # as programs do that keep notes in a PDF
        return Verified("altered", "Something was added to this file after it was sealed.", said)
    return Verified("genuine", f"This file is the pack {said['pack']} as it was sealed.", said)


def keys_in(text: str) -> dict[str, str]:
    """Public keys of a PEM file by their names. Raises NotReady."""
    end = "-----END PUBLIC KEY-----"
    found = [f"{part.strip()}\n{end}\n" for part in text.split(end)[:-1]]
    for pem in found:
        try:
            wrong = not isinstance(load_pem_public_key(pem.encode()), Ed25519PublicKey)
        except ValueError:
            wrong = True
        if wrong:
            raise NotReady("The key file holds something else than public keys of packs.")
    if not found:
        raise NotReady("There is no public key in the key file.")
    return {name_of(pem): pem for pem in found}


def _signed(pdf: bytes, said: Mapping[str, Any]) -> bytes:
    return hashlib.sha256(pdf).digest() + canonical(said).encode()


def _read(line: bytes) -> dict[str, Any] | None:
    try:
        said = json.loads(line)
    except ValueError:
        return None
    whole = isinstance(said, dict) and all(name in said for name in (*_SAID, "signature"))
    return said if whole and isinstance(said["signature"], str) else None
