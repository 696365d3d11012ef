"""A definition as marshmallow schemas: how each cell of a row is read.

A count is ASCII digits and nothing else (security.md section 4): `1,234`, `12.0`, `١٢٣` and `<5` are not read, and
hub.validation.wording says what to write instead. Big tables are read column by column with the same field rules.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing, validates_schema

from hub import periods
from hub.definitions.model import ANSWERS, NOT_HELD, REGISTER_KEY, TOTAL, Definition, Figure
from hub.errors import WrongUsage
from hub.units import UNITS


@dataclass(frozen=True)
class Reading:
    """A number in the figure's smallest unit, or the state that stands in its place."""

    value: int | None
    state: str


BLANK = Reading(None, "missing")


def read_figure(text: str, figure: Figure) -> Reading | None:
    """What a cell means; None where it is neither a number of the figure nor an answer that it allows."""
    if not text:
        return BLANK
    if text in ANSWERS:
        state = ANSWERS[text]
        return Reading(0 if state == "nil" else None, state) if state in figure.answers else None
    if figure.in_words:
        return None if reads_as(text, figure) is None else Reading(None, "words")
    unit = UNITS[figure.unit]
    if not _number(unit.places).fullmatch(text):
        return None
    whole, _, rest = text.partition(".")
    value = int(whole) * unit.per_unit + int(rest.ljust(unit.places, "0") or 0)
    return Reading(value, "value") if figure.minimum <= value <= figure.maximum else None


def reads_as(text: str, figure: Figure, codes: Collection[str] | None = None) -> str | None:
    """The words of a cell as they are kept; None where they cannot be. `codes` are those of the figure's list, if known."""
    if figure.unit == "date":
        try:
            return text if date.fromisoformat(text).isoformat() == text else None
        except ValueError:
            return None
    if figure.unit == "code":
        return text if codes is None or text in codes else None
    return text if len(text) <= figure.maximum else None


@lru_cache
def _number(places: int) -> re.Pattern[str]:
    return re.compile("[0-9]{1,9}" + (rf"(\.[0-9]{{1,{places}}})?" if places else ""))


class FigureField(fields.Field[Reading]):
    """One figure's cell as text; gives a Reading."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure
        super().__init__(
            required=figure.required,
            load_default=missing if figure.required else BLANK,
            metadata={"title": figure.title},
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Reading:
        reading = read_figure(value, self.figure) if isinstance(value, str) else None
        if reading is None:
            raise ValidationError(
                f"{self.figure.title}: {_quoted(value)} cannot be read. Write {expected(self.figure)}."
            )
        if reading == BLANK and self.figure.required:
            raise ValidationError(f"{self.figure.title} is blank. Write {expected(self.figure)}.")
        return reading


class PeriodField(fields.Field[periods.Period]):
    """The period of a row."""

    def __init__(self, kinds: Collection[str]) -> None:
        self.kinds = tuple(kinds)
        super().__init__(required=True)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> periods.Period:
        try:
            period = periods.parse(str(value))
        except WrongUsage as error:
            raise ValidationError(error.sentence) from error
        if period.kind not in self.kinds:
            wanted = " or a ".join(kind.replace("_", " ") for kind in self.kinds)
            raise ValidationError(
                f"“{period.code}” is a {period.kind.replace('_', ' ')}; this return takes a {wanted}."
            )
        return period


_WORDS = {
    "text": "words, at most {longest} characters, that name no child and no relative",
    "date": "a date as 2015-09-01",
    "code": "one of the choices",
}


def expected(figure: Figure) -> str:
    """What may stand in a cell, in words: "a whole number from 0 to 99999, or [x] (not available)"."""
    if figure.in_words:
        return _WORDS[figure.unit].format(longest=figure.maximum)
    unit = UNITS[figure.unit]
    number = f"{'a whole number' if not unit.places else 'a number'} from {figure.minimum // unit.per_unit} to {figure.maximum // unit.per_unit}"
    answers = [
        f"{mark} ({state.replace('_', ' ')})" for mark, state in ANSWERS.items() if state in figure.answers
    ]
    return " or ".join([", ".join([number, *answers[:-1]]), *answers[-1:]])


def _quoted(value: Any) -> str:
    text = "".join(mark if mark.isprintable() else " " for mark in str(value))
    return f"“{text[:60]}…”" if len(text) > 60 else f"“{text}”"


def as_schema(
    definition: Definition, *, kind: str | None = None, lists: Mapping[str, Collection[str]] | None = None
) -> type[Schema]:
    """A schema that reads one row of the return. Cells are text; unknown columns are refused.

    `kind` restricts it to what that kind of agency owes; `lists` gives the codes of each list by its name.
    """
    owing = [owes for owes in definition.owes if kind is None or kind in owes.kinds]
    asked = {name for owes in owing for name in owes.figures}
    members: dict[str, Any] = {
        "partnership": fields.String(load_default=""),
        "agency": fields.String(required=True),
        "period": PeriodField(dict.fromkeys(owes.grain for owes in owing)),
        "breakdown": fields.String(load_default=TOTAL),
        "code": fields.String(load_default=""),
        **{figure.name: FigureField(figure) for figure in definition.figures if figure.name in asked},
        "Meta": type("Meta", (), {"unknown": RAISE}),
        "check_line": _line_check(
            definition, {name for owes in owing for name in owes.breakdowns}, lists or {}
        ),
    }
    return type(f"{definition.code.title().replace('-', '')}Row", (Schema,), members)


def _line_check(definition: Definition, owed: set[str], lists: Mapping[str, Collection[str]]) -> Any:
    """The breakdown is owed, its code is in its list, and the line carries only its own figures."""

    @validates_schema
    def check_line(self: Schema, data: dict[str, Any], **_kwargs: Any) -> None:
        name, code = data["breakdown"], data["code"]
        if name not in owed:
            raise ValidationError(
                f"“{name}” is not a breakdown of this return. Write one of: {', '.join(sorted(owed))}.",
                "breakdown",
            )
        breakdown = definition.breakdown(name)
        if name == TOTAL and code:
            raise ValidationError("The total has no code. Leave it blank.", "code")
        codes = lists.get(breakdown.list)
        if breakdown.key and not re.fullmatch(REGISTER_KEY, code):
            raise ValidationError(f"“{code}” is no reference. Write a short one, for example 1.", "code")
        held = not (breakdown.may_be_not_held and code == NOT_HELD)
        if held and name != TOTAL and (not code or (codes is not None and code not in codes)):
            raise ValidationError(
                f"“{code}” is not a code of the list for “{breakdown.title}”. Look it up in the lists.",
                "code",
            )
        for figure, reading in data.items():
            if isinstance(reading, Reading) and reading != BLANK and figure not in breakdown.figures:
                raise ValidationError(
                    f"“{breakdown.title}” does not ask for this figure. Leave it blank.", figure
                )

    return check_line
