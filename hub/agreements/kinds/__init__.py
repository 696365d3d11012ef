"""Kinds of commitment, one small module each, found by their name.

A kind module gives `Terms`, the marshmallow schema of what belongs to it in the agreement's file, and
`judge(look, commitment, party, terms) -> Verdict`; where more can be wrong than a schema sees, also
`faults(agreement, commitment, terms, measures)`; where more is aimed at than a `target` that is better the higher it is,
also `aims(terms)`, the numbers by which two years are compared. To add a kind, add a module; nothing else changes.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache
from types import ModuleType
from typing import Any, Literal

from marshmallow import Schema, ValidationError, fields

from hub.agreements.model import Agreement, Commitment
from hub.measures.model import Measure

Aim = tuple[float, Literal["higher", "lower"]]  # a number, and which way is more ambitious


def known() -> list[str]:
    return sorted(info.name for info in pkgutil.iter_modules(__path__))


def module(kind: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{kind}")


@cache
def _terms(kind: str) -> Schema:
    schema: Schema = module(kind).Terms()  # making one costs as much as reading with it
    return schema


def terms_of(kind: str) -> dict[str, fields.Field[Any]]:
    """What the file of an agreement may say of a kind: key → field. Forms are made from it."""
    return {field.data_key or name: field for name, field in _terms(kind).fields.items()}


def faults(
    agreement: Agreement, commitment: Commitment, measures: Mapping[str, Measure]
) -> Iterator[tuple[str, str]]:
    """What is wrong with a commitment's terms: (key, cause). A promise in outline need not have any yet."""
    if commitment.kind not in known():
        yield "kind", f"“{commitment.kind}” is not a kind of commitment. Use one of {', '.join(known())}."
        return
    if commitment.status == "outline" and not commitment.terms:
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
        yield from check(agreement, commitment, terms, measures)


def aims(commitment: Commitment) -> dict[str, Aim]:
    """What a promise aims at, in numbers: name → value and whether more of it is more ambitious. Nothing in outline."""
    try:
        terms = read_terms(commitment)
    except ValidationError:
        return {}
    of_kind = getattr(module(commitment.kind), "aims", None)
    if of_kind is not None:
        found: dict[str, Aim] = of_kind(terms)
        return found
    return {"target": (float(terms["target"]), "higher")} if terms.get("target") is not None else {}


def read_terms(commitment: Commitment) -> dict[str, Any]:
    """The terms of a commitment as its kind reads them. Raises marshmallow's ValidationError."""
    loaded: dict[str, Any] = _terms(commitment.kind).load(commitment.terms)
    return loaded
