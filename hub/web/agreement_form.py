"""Forms of the parts of an agreement, made from what the file may say, and read back into its plain form.

The terms of a kind of commitment come from the kind's own schema: a new kind has its form without a line here. What
was typed and cannot be read is passed on as it is, so that the same complaints come as for a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from marshmallow import fields, validate

from hub import document
from hub.agreements import kinds
from hub.agreements.negotiation.parts import CLAUSE, COMMITMENT, REST, Plain
from hub.definitions.catalogue import shipped
from hub.measures.model import Measure

LONGEST = 20_000
LABELS = {
    "measure": "Measure",
    "of": "Whose figures: the party’s own, or the whole place’s",
    "line": "One line of a breakdown (breakdown: code)",
    "coverage": "Coverage needed, in per cent",
    "direction": "Which way",
    "judged": "Judged over",
    "weights": "Weights, one for each period, with spaces between them",
    "amber": "Where amber ends, as a share of what was expected",
    "by": "Done by",
    "warn_days": "Warn so many days before",
    "return": "Return",
    "reported_by": "Reported by (code of an agency)",
    "posts": "Posts promised",
    "group": "Group that meets",
    "meetings": "Meetings in the whole time",
    "attendance": "Attendance of each, in per cent",
    "activity": "Activity, in per cent of the plan",
    "waiting": "Seen in time, in per cent",
}


@dataclass(frozen=True)
class Field:
    """One input. `shape` is text, day, lines or choice."""

    name: str
    label: str
    value: str = ""
    shape: str = "text"
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""


def term_fields(
    kind: str, terms: Mapping[str, Any], measures: Mapping[str, Measure], services: Sequence[str]
) -> list[Field]:
    """The inputs of what belongs to a kind, with what stands there now."""
    lists = {
        "measure": [(code, f"{code} {each.name}") for code, each in sorted(measures.items())],
        "return": [(each.code, each.title) for each in shipped().returns],
        "service": [(code, code) for code in services],
    }
    return [
        _term(name, field, terms.get(name), lists.get(name)) for name, field in kinds.terms_of(kind).items()
    ]


def _term(name: str, field: fields.Field[Any], value: Any, listed: list[tuple[str, str]] | None) -> Field:
    label = LABELS.get(name, name.replace("_", " ").capitalize())
    if not field.required:
        label += " (optional)"
    options = _options(field) or listed
    shape = "choice" if options else "day" if isinstance(field, fields.Date) else "text"
    return Field(f"term-{name}", label, _written(value), shape, tuple(options or ()))


def _options(field: fields.Field[Any]) -> list[tuple[str, str]]:
    for check in field.validators:
        if isinstance(check, validate.OneOf):
            return [(str(each), str(each).replace("_", " ")) for each in check.choices]
    return []


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {inner}" for key, inner in value.items())
    if isinstance(value, list):
        return " ".join(str(each) for each in value)
    return "" if value is None else str(value)


def posted(part: str, before: Plain) -> Plain:
    """A part as the form says it. `before` is how it reads now: what no form asks for stays."""
    kind, _, name = part.partition(":")
    if kind == CLAUSE:
        return {"number": name, "title": line("title"), "text": text("text")}
    if kind == COMMITMENT:
        return _commitment(name, before)
    if kind == REST:
        return _rest(before)
    return before


def _commitment(name: str, before: Plain) -> Plain:
    kind = line("kind") or str(before.get("kind", ""))
    said: Plain = {
        "id": name,
        "clause": line("clause"),
        "text": text("text"),
        "promisor": request.form.getlist("promisor"),
        "kind": kind,
        "promisee": request.form.getlist("promisee"),
        "supporting": request.form.getlist("supporting"),
        "status": "outline" if line("status") == "outline" else "",
        "outline_until": line("outline_until"),
        "from": line("from"),
        "until": line("until"),
        "baseline": _baseline(before),
        "trajectory": {
            each.partition(":")[0].strip(): number(each.partition(":")[2]) for each in lines("trajectory")
        },
        "subject_to": lines("subject_to"),
        "replaces": before.get("replaces"),
        "source": line("source"),
    }
    terms = {name: _read(field, line(f"term-{name}")) for name, field in _terms_of(kind).items()}
    return {key: value for key, value in {**said, **terms}.items() if value not in ("", [], {}, None)}


def _terms_of(kind: str) -> dict[str, fields.Field[Any]]:
    return kinds.terms_of(kind) if kind in kinds.known() else {}


def _baseline(before: Plain) -> Plain | None:
    if not line("baseline"):
        return None
    said = {
        "value": number(line("baseline")),
        "period": line("baseline_period"),
        "source": line("baseline_source"),
    }
    return {key: value for key, value in said.items() if value != ""}


def _read(field: fields.Field[Any], typed: str) -> Any:
    if isinstance(field, fields.Float | fields.Integer):
        return number(typed)
    if isinstance(field, fields.List):
        return [number(each) for each in typed.split()]
    if isinstance(field, fields.Dict):
        return {
            key.strip(): value.strip()
            for key, _, value in (each.partition(":") for each in typed.split(","))
            if key.strip()
        }
    return typed


def _rest(before: Plain) -> Plain:
    """Title, term, rules and who signs. Parties that are ticked stay; one may be added."""
    said = {**before, "title": line("title"), "about": text("about"), "binds": line("binds")}
    said["term"] = {"from": line("from"), "until": line("until")}
    for key in ("effective_on", "varies"):
        if key in before:
            said[key] = text(key)
    said["governance"] = {
        **before.get("governance", {}),
        "text": text("governance"),
        "review": line("review"),
    }
    codes = [*request.form.getlist("party"), *([line("add_party")] if line("add_party") else [])]
    said["parties"] = [_party(code) for code in codes]
    return {key: value for key, value in said.items() if value != ""}


def _party(code: str) -> Any:
    signatories = []
    for each in lines(f"signs-{code}"):
        post, _, name = (part.strip() for part in each.partition(":"))
        signatories.append({"post": post, "name": name} if name else {"post": post})
    return {"agency": code, "signatories": signatories} if signatories else code


def typed_words(names: Sequence[str]) -> list[str]:
    """Everything that was typed, for the gate; without codes and the fields named."""
    return [value for name, value in request.form.items(multi=True) if name not in names and len(value) > 1]


def line(name: str) -> str:
    return " ".join(request.form.get(name, "").split())[:LONGEST]


def text(name: str) -> str:
    return request.form.get(name, "").replace("\r\n", "\n").strip()[: LONGEST + 1]


def lines(name: str) -> list[str]:
    return [each.strip() for each in text(name).splitlines() if each.strip()]


def number(typed: str) -> Any:
    """A number as a file would hold it; anything else as it was typed, for the schema to complain of."""
    return document.number(typed.strip())
