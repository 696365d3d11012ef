"""Which parts the files of definitions have and of what type: the marshmallow schemas of returns and code lists.

Only the shape of a file is judged here. Whether its parts agree with one another is hub.definitions.consistency.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from hub.document import Place
from hub.units import UNITS

FREQUENCIES = ("month", "quarter", "financial_year", "term", "academic_year", "mid_year")

Messages = dict[str, str | list[Any] | dict[Any, Any]]


def _messages(**words: str) -> Messages:
    return {"required": "is missing.", "null": "may not be empty.", **words}


_NAME = validate.Regexp(
    r"[a-z][a-z0-9_]{0,39}\Z",
    error="must be a name of small letters, digits and _ that starts with a letter.",
)
_KEBAB = validate.Regexp(
    r"[a-z][a-z0-9]*(-[a-z0-9]+)*\Z", error="must be small letters and digits with hyphens between words."
)


class _Text(fields.String):
    default_error_messages = _messages(invalid="must be text (put it in quotes if it is a number).")


class _Sentence(_Text):
    """Text that is not blank, without the line breaks that YAML leaves at its end."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = str(super()._deserialize(value, attr, data, **kwargs)).strip()
        if not text:
            raise self.make_error("null")
        return text


class _Whole(fields.Integer):
    default_error_messages = _messages(invalid="must be a whole number.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid", input=value)
        return value


class _YesNo(fields.Boolean):
    default_error_messages = _messages(invalid="must be true or false.")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class _List(fields.List[Any]):
    default_error_messages = _messages(invalid="must be a list, each item after a hyphen.")


class _Group(fields.Nested):
    default_error_messages = _messages(type="must be names and values, each as “name: value”.")


class _Mapping(fields.Dict):
    default_error_messages = _messages(invalid="must be names and values, each as “name: value”.")


def _one_of(*choices: str) -> validate.OneOf:
    return validate.OneOf(choices, error=f"must be one of: {', '.join(choices)}.")


_PART_MESSAGES = {
    "unknown": "is not known here. Check the spelling, or remove it.",
    "type": "must be names and values, each as “name: value”.",
}


class _Part(Schema):
    error_messages = _PART_MESSAGES

    class Meta:
        unknown = RAISE


class _DueFile(_Part):
    working_days = _Whole(
        load_default=None, validate=validate.Range(1, 250, error="must be between 1 and 250.")
    )
    month = _Whole(load_default=None, validate=validate.Range(1, 12, error="must be between 1 and 12."))
    day = _Whole(load_default=None, validate=validate.Range(1, 28, error="must be between 1 and 28."))


class _OwesFile(_Part):
    kinds = _List(
        _Text(),
        required=True,
        validate=validate.Length(min=1, error="must name at least one kind of agency."),
    )
    frequency = _Text(required=True, validate=_one_of(*FREQUENCIES))
    grain = _Text(required=True, validate=_one_of(*FREQUENCIES))
    due = _Group(_DueFile, load_default=None, allow_none=True)
    signatures = _Whole(required=True, validate=validate.Range(1, 2, error="must be 1 or 2."))
    breakdowns = _List(_Text(), required=True)
    figures = _List(
        _Text(), required=True, validate=validate.Length(min=1, error="must name at least one figure.")
    )


class _BreakdownFile(_Part):
    name = _Text(required=True, validate=_NAME)
    title = _Sentence(required=True)
    list = _Text(load_default="")
    figures = _List(
        _Text(), required=True, validate=validate.Length(min=1, error="must name at least one figure.")
    )
    rows = _Text(load_default="all", validate=_one_of("all", "listed"))
    required = _YesNo(load_default=True)
    personal = _YesNo(load_default=False)
    adds_up = _YesNo(load_default=True)


class _FigureFile(_Part):
    name = _Text(required=True, validate=_NAME)
    title = _Sentence(required=True)
    description = _Sentence(required=True)
    unit = _Text(required=True, validate=_one_of(*UNITS))
    minimum = _Whole(load_default=0)
    maximum = _Whole(load_default=999_999_999)
    required = _YesNo(load_default=False)
    answers = _List(_Text(), load_default=list)
    counted = _List(_Sentence(), load_default=list)
    not_counted = _List(_Sentence(), load_default=list)


class _RuleFile(_Part):
    code = _Text(required=True, validate=_KEBAB)
    severity = _Text(required=True, validate=_one_of("error", "query"))
    why = _Sentence(required=True)
    message = _Sentence(required=True)
    frame = _Text(load_default="rows", validate=_one_of("rows", "melted", "parts"))
    expectation = _Text(load_default="")
    kwargs = _Mapping(keys=fields.String(), load_default=dict)
    field = _Text(load_default=None)
    breakdowns = _List(_Text(), load_default=list)
    derive = _Mapping(keys=_Text(validate=_NAME), values=_Text(), load_default=dict)
    passes = _List(_Mapping(keys=fields.String()), load_default=list)
    fails = _List(_Mapping(keys=fields.String()), load_default=list)
    named = _Text(load_default=None, validate=_NAME)


class ReturnFile(_Part):
    """`schemas/<return>/v<version>.yaml`"""

    # `return` is a word of Python's own, so the fields of a file are given as a mapping.
    code = _Text(required=True, data_key="return", validate=_KEBAB)
    version = _Whole(required=True, validate=validate.Range(1, 999, error="must be between 1 and 999."))
    status = _Text(required=True, validate=_one_of("draft", "live"))
    title = _Sentence(required=True)
    about = _Sentence(required=True)
    statement = _Sentence(required=True)
    published = _YesNo(load_default=False)
    publisher = _Sentence(load_default=None)
    owes = _List(
        _Group(_OwesFile),
        required=True,
        validate=validate.Length(min=1, error="must say which kinds of agency owe the return."),
    )
    breakdowns = _List(
        _Group(_BreakdownFile), required=True, validate=validate.Length(min=1, error="must hold the total.")
    )
    figures = _List(
        _Group(_FigureFile),
        required=True,
        validate=validate.Length(min=1, error="must hold at least one figure."),
    )
    rules = _List(_Group(_RuleFile), load_default=list)
    used_by = _List(_Sentence(), load_default=list)


_CODE = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z", error="must be letters, digits, hyphens, full stops or _."
)


class _AliasFile(_Part):
    code = _Text(required=True, validate=_CODE)
    from_on = _Text(load_default=None)
    until_on = _Text(load_default=None)


class _ItemFile(_Part):
    code = _Text(required=True, validate=_CODE)
    title = _Sentence(required=True)
    from_on = _Text(load_default=None)
    until_on = _Text(load_default=None)
    within = _Text(load_default=None)
    aliases = _List(_Group(_AliasFile), load_default=list)
    successors = _List(_Text(), load_default=list)


class CodeListFile(_Part):
    """`schemas/codelists/<list>.yaml`"""

    code = _Text(required=True, data_key="codelist", validate=_KEBAB)
    version = _Whole(required=True, validate=validate.Range(1, 999, error="must be between 1 and 999."))
    status = _Text(load_default="draft", validate=_one_of("draft", "live"))
    title = _Sentence(required=True)
    source = _Sentence(required=True)
    items = _List(
        _Group(_ItemFile),
        required=True,
        validate=validate.Length(min=1, error="must hold at least one item."),
    )


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
