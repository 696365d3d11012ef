"""Kinds of commitment, one small module each, found by their name.

A kind module gives `Terms`, the marshmallow schema of what belongs to it in the agreement's file, and
`judge(look, commitment, party, terms) -> Verdict`. To add a kind, add a module; nothing else changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from marshmallow import ValidationError

from hub.agreements.model import Agreement, Commitment


def known() -> list[str]:
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def module(kind: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{kind}")


def faults(agreement: Agreement, commitment: Commitment) -> Iterator[tuple[str, str]]:
    """What is wrong with a commitment's terms: (key, cause)."""
    if commitment.kind not in known():
        yield "kind", f"“{commitment.kind}” is not a kind of commitment. Use one of {', '.join(known())}."
        return
    try:
        terms = read_terms(commitment)
    except ValidationError as error:
        yield from (
            (str(key), f"{key}: {'; '.join(map(str, texts))}") for key, texts in error.messages_dict.items()
        )
        return
    check = getattr(module(commitment.kind), "faults", None)
    if check is not None:
        yield from check(agreement, terms)


def read_terms(commitment: Commitment) -> dict[str, Any]:
    """The terms of a commitment as its kind reads them. Raises marshmallow's ValidationError."""
    loaded: dict[str, Any] = module(commitment.kind).Terms().load(commitment.terms)
    return loaded
