"""Definitions as canonical JSON: what the database keeps, what is signed against, and the digest of both."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from hub.audit.canonical import canonical, digest_of
from hub.definitions.model import (
    Breakdown,
    CodeAlias,
    CodeList,
    CodeListItem,
    Definition,
    Due,
    Figure,
    HistoryRule,
    Judged,
    Owes,
    Rule,
)

__all__ = [
    "as_json",
    "canonical",
    "codelist_from_json",
    "codelist_of",
    "definition_from_json",
    "definition_of",
    "digest_of",
]


def as_json(value: Definition | CodeList) -> str:
    """Canonical JSON: sorted keys, no spaces, without the digest, which is taken of it."""
    return canonical({name: part for name, part in asdict(value).items() if name != "digest"})


@lru_cache(maxsize=256)
def definition_from_json(document: str) -> Definition:
    return definition_of(json.loads(document), digest_of(document))


def definition_of(data: dict[str, Any], digest: str = "") -> Definition:
    """A definition of plain data, in the names of the model."""
    return Definition(
        **{
            **data,
            "owes": tuple(
                Owes(**{**_tuples(owes), "due": Due(**owes["due"]) if owes["due"] else None})
                for owes in data["owes"]
            ),
            "breakdowns": tuple(
                Breakdown(
                    **{**_tuples(part), "judged": Judged(**part["judged"]) if part.get("judged") else None}
                )
                for part in data["breakdowns"]
            ),
            "figures": tuple(Figure(**_tuples(figure)) for figure in data["figures"]),
            "rules": tuple(Rule(**_tuples(rule)) for rule in data["rules"]),
            "used_by": tuple(data["used_by"]),
            "history": tuple(HistoryRule(**_tuples(rule)) for rule in data.get("history", ())),
            "digest": digest,
        }
    )


@lru_cache(maxsize=64)
def codelist_from_json(document: str) -> CodeList:
    return codelist_of(json.loads(document), digest_of(document))


def codelist_of(data: dict[str, Any], digest: str = "") -> CodeList:
    """A code list of plain data, in the names of the model."""
    return CodeList(
        **{**_tuples(data), "items": tuple(_item(item) for item in data["items"]), "digest": digest}
    )


def _item(item: dict[str, Any]) -> CodeListItem:
    aliases = tuple(CodeAlias(**alias) for alias in item.get("aliases", ()))
    listed = {name: tuple(item.get(name, ())) for name in ("successors", "kinds")}
    return CodeListItem(**{**item, "aliases": aliases, **listed})


def _tuples(part: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in part.items()}
