"""Which doors there are, and who should come through which: the matrix read a second time, by other means.

Roles act on three objects: their own, a partner's (another member of the same partnership) and a stranger's (of another
partnership). What a scope reaches is written here by hand, not taken from policy.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from flask import Flask
from werkzeug.routing import Rule

from hub.access.guard import Declared, declared_of

PERSONS = ("SUB", "SGN", "LED", "RDR", "STW", "MGR", "BRD", "REG", "INS", "ADM")
ACTORS = ("anonymous", "expired", *PERSONS, "API")
OWN, PARTNER, STRANGER = "own", "partner", "stranger"
OBJECTS = (OWN, PARTNER, STRANGER)

# What each scope reaches, by kind of object. A partner's partnership and region are one's own.
REACH: dict[str, dict[str, set[str]]] = {
    "O": {"partnership": {OWN, PARTNER}},
    "P": {"region": set()},
    "M": {"region": set()},
    "A": {"partnership": {OWN, PARTNER}},
    "G": {},
}
USUAL = {"O": {OWN}, "P": {OWN, PARTNER}, "M": {OWN, PARTNER}, "A": {OWN}, "G": {OWN, PARTNER}}
OVER_PARTNERSHIP = {"STW", "MGR", "BRD", "INS"}

MATRIX: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[2] / "hub" / "partners" / "permissions.yaml").read_text(encoding="utf-8")
)["permissions"]


@dataclass(frozen=True)
class Door:
    """A path and method, with what its view declares."""

    rule: Rule
    method: str
    declared: Declared

    @property
    def of_interface(self) -> bool:
        return self.rule.rule.startswith("/api/")

    @property
    def of_sign_in(self) -> bool:
        """What may change the very sign-in."""
        return self.rule.endpoint.startswith(("sign_in.", "account.", "invitation."))

    @property
    def is_looked_through(self) -> bool:
        return self.method == "GET" and not self.of_sign_in

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def doors(app: Flask) -> Iterator[Door]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda each: each.rule):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            declared = declared_of(app, rule.endpoint)
            assert declared is not None
            yield Door(rule, method, declared)


def lets_in(door: Door, actor: str, thing: str) -> bool:
    """Whether the matrix lets an actor do to an object what the door is for."""
    if door.declared.permission is None:
        return True
    if actor == "anonymous" or (actor == "API") is not door.of_interface:
        return False
    row = MATRIX[str(door.declared.permission)]["roles"]
    if "ANY" in row:
        return True
    cell = row.get(actor)
    if isinstance(cell, dict):
        only = cell.get("only", [])
        cell = None if only and door.declared.only not in (*only, "some") else cell["scope"]
    return cell is not None and (door.declared.of is None or thing in reached(cell, actor, door.declared.of))


def reached(scope: str, actor: str, kind: str) -> set[str]:
    if scope == "all":
        return set(OBJECTS)
    if kind == "region" and scope != "G":
        return set()
    if scope == "A" and actor in OVER_PARTNERSHIP:
        return {OWN, PARTNER}
    return REACH[scope].get(kind, USUAL[scope])


def as_text(app: Flask) -> str:
    """The whole table for people: one line per door, with who comes through to what."""
    lines = [
        "Who may open what. Written by the tests from the views’ declarations and permissions.yaml.",
        "After a role: + own objects, ++ also its partners’, +++ every one’s.",
        "",
    ]
    for door in doors(app):
        declared = door.declared
        if declared.permission is None:
            lines.append(f"{door}\n    everybody: {declared.why}")
            continue
        what = f"{declared.permission}" + (f" of {declared.of}" if declared.of else "")
        what += (f", only {declared.only}" if declared.only else "") + (
            ", proved afresh" if declared.fresh else ""
        )
        lines.append(f"{door}\n    {what}: {_roles(door)}")
    return "\n".join(lines) + "\n"


def _roles(door: Door) -> str:
    if "ANY" in MATRIX[str(door.declared.permission)]["roles"]:
        return "everybody signed in" if not door.of_interface else "nobody"
    found = []
    for actor in ACTORS:
        count = sum(lets_in(door, actor, thing) for thing in OBJECTS)
        if count:
            found.append(actor if door.declared.of is None else f"{actor} {'+' * count}")
    return ", ".join(found) or "nobody"
