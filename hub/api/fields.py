"""The fields that requests are read with: closed, with our own words for what is wrong, and described for OpenAPI.

Each carries its JSON Schema in `metadata["schema"]`, so that what is published is what is enforced.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from hub import periods
from hub.clock import parse_moment
from hub.errors import WrongUsage
from hub.periods import Period

NEEDED: dict[str, Any] = {
    "required": "This is needed.",
    "null": "This cannot be null. Leave it out or give a value.",
}
UNKNOWN = "This name is not known here, so nothing was done. Leave it out."
PERIOD_PATTERN = (
    "^([0-9]{4}-(0[1-9]|1[0-2])|FY[0-9]{4}-[0-9]{2}(Q[1-4])?|AY[0-9]{4}-[0-9]{2}(T[1-3])?|MY[0-9]{4})$"
)
EARLIEST_YEAR, LATEST_YEAR = 1900, 2200
MOST_ROWS = 100_000


class Closed(Schema):
    """What a request may say; anything else is refused by its name (security.md T1)."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": UNKNOWN, "type": "Send one JSON object."}  # noqa: RUF012


class Nothing(Closed):
    """A request that says nothing beside its address."""


class Text(fields.String):
    """One text without control characters."""

    def __init__(self, *, longest: int, says: str, shortest: int = 0, **more: Any) -> None:
        self.shortest, self.longest = shortest, longest
        schema = {"type": "string", "minLength": shortest, "maxLength": longest, "description": says}
        super().__init__(
            error_messages={**NEEDED, "invalid": "Write text."}, metadata={"schema": schema}, **more
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not self.shortest <= len(text) <= self.longest:
            raise ValidationError(f"Write {self.shortest} to {self.longest} characters.")
        if any(not mark.isprintable() and mark not in "\n\r\t" for mark in text):
            raise ValidationError("Leave out control characters.")
        return text


class Whole(fields.Integer):
    """A whole number: digits in an address, a JSON integer in a body."""

    def __init__(self, *, least: int, most: int, says: str, in_query: bool = False, **more: Any) -> None:
        self.in_query = in_query
        wrong = f"Write a whole number from {least} to {most}."
        schema = {"type": "integer", "minimum": least, "maximum": most, "description": says}
        if "load_default" in more and more["load_default"] is not None:
            schema["default"] = more["load_default"]
        super().__init__(
            strict=True,
            validate=validate.Range(least, most, error=wrong),
            error_messages={**NEEDED, "invalid": wrong, "too_large": wrong},
            metadata={"schema": schema},
            **more,
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        if self.in_query and isinstance(value, str) and re.fullmatch("[0-9]{1,19}", value):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **kwargs)


class Sure(fields.Field[bool]):
    """true, where the sender says that words which may name somebody name nobody."""

    def __init__(self, *, says: str) -> None:
        schema = {"type": "boolean", "default": False, "description": says}
        super().__init__(load_default=False, error_messages=NEEDED, metadata={"schema": schema})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Write true or false.")
        return value


class PeriodCode(fields.Field[Period]):
    """A period as it is written: 2014-09, FY2014-15, AY2014-15T1."""

    def __init__(self, *, named: str, says: str) -> None:
        schema = {"type": "string", "pattern": PERIOD_PATTERN, "description": says}
        super().__init__(
            load_default=None, data_key=named, error_messages=NEEDED, metadata={"schema": schema}
        )

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Period:
        try:
            period = periods.parse(str(value))
        except WrongUsage as error:
            raise ValidationError(error.sentence) from error
        if not EARLIEST_YEAR <= period.starts_on.year <= LATEST_YEAR:
            raise ValidationError(f"Name a period between {EARLIEST_YEAR} and {LATEST_YEAR}.")
        return period


class Moment(fields.Field[datetime]):
    """A moment with its offset, or a date, which means its end."""

    def __init__(self) -> None:
        says = "As at which moment: a date (its end) or a date, time and offset; without it, now."
        schema = {"type": "string", "maxLength": 40, "description": says, "examples": ["2014-10-01"]}
        super().__init__(load_default=None, error_messages=NEEDED, metadata={"schema": schema})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> datetime:
        try:
            moment = parse_moment(str(value)[:40])
        except WrongUsage as error:
            raise ValidationError(error.sentence) from error
        except OverflowError as error:
            raise ValidationError("Name a moment that a calendar knows.") from error
        if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
            raise ValidationError(f"Name a moment between {EARLIEST_YEAR} and {LATEST_YEAR}.")
        return moment


class Rows(fields.Field[list[dict[str, Any]]]):
    """Rows as objects; what stands in their cells is the check's to judge, as in a file."""

    def __init__(self) -> None:
        schema = {
            "type": "array",
            "minItems": 1,
            "maxItems": MOST_ROWS,
            "items": {"$ref": "#/components/schemas/Row"},
        }
        super().__init__(required=True, error_messages=NEEDED, metadata={"schema": schema})

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not value or not all(isinstance(row, dict) for row in value):
            raise ValidationError("Send at least one row, each an object of column names and values.")
        if len(value) > MOST_ROWS:
            raise ValidationError(f"Send at most {MOST_ROWS:,} rows at once.")
        return value
