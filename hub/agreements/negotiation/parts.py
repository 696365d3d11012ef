"""The parts of an agreement that people agree to one by one: each clause, each promise, each service with who pays for it, the rest.

A part is plain data out of the agreement's document, so that a proposal, a change and a redline all speak of the same
thing. Pure functions: nothing here reads a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub.audit.canonical import canonical, digest_of

Plain = dict[str, Any]

CLAUSE, COMMITMENT, SERVICE, REST = "clause", "commitment", "service", "rest"
LISTS = {CLAUSE: ("clauses", "number"), COMMITMENT: ("commitments", "id")}
_APART = ("clauses", "commitments", "services", "contributions", "agreement", "version")


def parts_of(document: Mapping[str, Any]) -> dict[str, Plain]:
    """Name of each part → what it says, in the order in which it is read."""
    found: dict[str, Plain] = {}
    for clause in document["clauses"]:
        found[f"{CLAUSE}:{clause['number']}"] = clause
        for each in document["commitments"]:
            if each["clause"] == clause["number"]:
                found[f"{COMMITMENT}:{each['id']}"] = each
    for service in document.get("services", ()):
        paid = [each for each in document.get("contributions", ()) if each["service"] == service["id"]]
        found[f"{SERVICE}:{service['id']}"] = {**service, "contributions": paid}
    found[REST] = {key: value for key, value in document.items() if key not in _APART}
    return found


def part_digest(part: Mapping[str, Any]) -> str:
    return digest_of(canonical(part))


def digests_of(document: Mapping[str, Any]) -> dict[str, str]:
    return {name: part_digest(part) for name, part in parts_of(document).items()}


def name_of(part: str) -> str:
    """A part as people speak of it: "Clause 4.1", "Promise C2"."""
    kind, _, name = part.partition(":")
    return {CLAUSE: f"Clause {name}", COMMITMENT: f"Promise {name}", SERVICE: f"Service {name}"}.get(
        kind, "Parties, term and rules"
    )


def reworded(document: Mapping[str, Any], part: str, wording: Plain | None) -> Plain:
    """The document with one part as it should read; None takes the part out. A part that is not there is added.

    Clauses and promises keep their name; the rest replaces what it names and leaves everything else.
    """
    kind, _, name = part.partition(":")
    if kind not in LISTS:
        return {**document, **(wording or {})}
    many, key = LISTS[kind]
    rows: list[Plain] = list(document[many])
    places = [place for place, row in enumerate(rows) if str(row[key]) == name]
    if not places:
        rows = [*rows, wording] if wording is not None else rows
    elif wording is None:
        del rows[places[0]]
    else:
        rows[places[0]] = wording
    return {**document, many: rows}
