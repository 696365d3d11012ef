"""The kinds of history rules: what each may be told, the words its message may use, and what contradicts itself.

A history rule asks whether a figure is plausible beside what the same agency signed before; hub.validation.history
judges them. Here is only what a definition must know: parameters with the values that they have where none are given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from string import Formatter
from typing import Any

from hub.document import Place

# `cases`, `mean`, `cells` and `least` are floors: below them chance alone would make the rule fire.
KINDS: Mapping[str, Mapping[str, float]] = {
    "change": {"cases": 100, "percent": 30, "alone": 60, "one_in": 500},
    "zero": {"periods": 3, "mean": 5},
    "blank": {},
    "alike": {"periods": 3, "mean": 10},
    "again": {"cells": 4, "mean": 10},
    "gap": {"percent": 10, "cases": 10, "least": 3},
    "round": {"cells": 3, "to": 100},
    "outlier": {"limit": 3.5, "periods": 24, "least": 8, "one_in": 1000},
}
WORDS = ("figure", "place", "period", "value", "compared")
OF_A_KIND: Mapping[str, tuple[str, ...]] = {"gap": ("agency",), "outlier": ("median",)}
# What the examples of the standard rules are about.
INVENTED_FIGURES = ("count", "other")
INVENTED_TABLES = ("total", "line")
BESIDE = ("return", "breakdown", "figure")

Fault = tuple[Place, str]


def faults_of_rule(
    rule: Mapping[str, Any], place: Place, figures: Collection[str] | None, breakdowns: Collection[str] | None
) -> Iterator[Fault]:
    """What is wrong with one rule. `figures` and `breakdowns` are None for standard rules, which name neither."""
    code, kind = rule["code"], rule["kind"]
    for name, value in rule["parameters"].items():
        if name not in KINDS[kind]:
            known = ", ".join(KINDS[kind]) or "none"
            yield (
                (*place, "parameters", name),
                f"{code}: “{name}” is no parameter of “{kind}”. It takes: {known}.",
            )
        elif isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
            yield (*place, "parameters", name), f"{code}: {name} must be a number above 0."
    for part, names in (("figures", figures), ("breakdowns", breakdowns)):
        for name in rule[part]:
            if names is None:
                yield (*place, part), f"{code}: a standard rule is asked of every return and names no {part}."
            elif name not in names:
                yield (*place, part), f"{code}: “{name}” is not among the {part} of this return."
    if (kind == "gap") != (set(rule["beside"]) == set(BESIDE)):
        yield (
            (*place, "beside"),
            f"{code}: a gap, and nothing else, names what it lies beside: {', '.join(BESIDE)}.",
        )
    yield from _wording(rule, place)
    for part, words in (("passes", "passes"), ("fails", "fails")):
        if not rule[part]:
            yield (
                (*place, part),
                f"{code}: give at least one example that {words}, so that the rule can be tried.",
            )


def _wording(rule: Mapping[str, Any], place: Place) -> Iterator[Fault]:
    known = (*WORDS, *OF_A_KIND.get(rule["kind"], ()))
    try:
        parsed = list(Formatter().parse(rule["message"]))
    except ValueError:
        yield (*place, "message"), "has a brace { or } without its partner."
        return
    for _text, name, form, conversion in parsed:
        if name is not None and (name not in known or form or conversion):
            yield (*place, "message"), f"“{{{name}}}” is no word of this rule. It has: {', '.join(known)}."
