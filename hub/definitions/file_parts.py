"""The kinds of fields that definition files are made of, and how their faults become (place, cause).

A marshmallow schema describes the shape of a file; the words of its messages are ours, for the person who wrote the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from hub.document import Place

Messages = dict[str, str | list[Any] | dict[Any, Any]]


def _messages(**words: str) -> Messages:
    return {"required": "is missing.", "null": "may not be empty.", **words}


NAME = validate.Regexp(
    r"[a-z][a-z0-9_]{0,39}\Z",
    error="must be a name of small letters, digits and _ that starts with a letter.",
)
KEBAB = validate.Regexp(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", error="must be small letters and digits with hyphens between words."
)


class Text(fields.String):
    default_error_messages = _messages(invalid="must be text (put it in quotes if it is a number).")


class Sentence(Text):
    """Text that is not blank, without the line breaks that YAML leaves at its end."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not text:
            raise self.make_error("null")
        return text


class Whole(fields.Integer):
    default_error_messages = _messages(invalid="must be a whole number.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class YesNo(fields.Boolean):
    default_error_messages = _messages(invalid="must be true or false.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class ListOf(fields.List[Any]):
    default_error_messages = _messages(invalid="must be a list, each item after a hyphen.")


class Group(fields.Nested):
    default_error_messages = _messages(type="must be names and values, each as “name: value”.")


class MappingOf(fields.Dict):
    default_error_messages = _messages(invalid="must be names and values, each as “name: value”.")


def one_of(*choices: str) -> validate.OneOf:
    return validate.OneOf(choices, error=f"must be one of: {', '.join(choices)}.")


_PART_MESSAGES = {
    "unknown": "is not known here. Check the spelling, or remove it.",
    "type": "must be names and values, each as “name: value”.",
}


class Part(Schema):
    error_messages = _PART_MESSAGES

    class Meta:
        unknown = RAISE


def faults(messages: Any, place: Place = ()) -> Iterator[tuple[Place, str]]:
    """A ValidationError's messages as (place, cause)."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            # marshmallow files what it says about a whole part, or about a mapping's key or value, under these names
            yield from faults(inner, place if key in ("_schema", "key", "value") else (*place, key))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        yield place, f"{in_words(place)}{message}"


def in_words(place: Place) -> str:
    """`rules 3, why: `: a place as a person counts it."""
    words: list[str] = []
    for step in place:
        if isinstance(step, int) and words:
            words[-1] = f"{words[-1]} {step + 1}"
        else:
            words.append(str(step))
    return f"{', '.join(words)}: " if words else ""


def loaded(schema: Schema, data: Any) -> tuple[dict[str, Any], list[tuple[Place, str]]]:
    """What a file holds, in the schema's names, and what is wrong with its shape."""
    if not isinstance(data, dict):
        return {}, [((), "must be names and values, each as “name: value”.")]
    try:
        return dict(schema.load(data)), []
    except ValidationError as error:
        return {}, list(faults(error.messages))
