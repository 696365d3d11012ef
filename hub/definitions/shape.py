"""Which parts the files of definitions have and of what type: the marshmallow schemas of returns and code lists.

Only the shape of a file is judged here. Whether its parts agree with one another is hub.definitions.consistency.
"""

from __future__ import annotations

from marshmallow import fields, validate

from hub.definitions.expressions import FRAMES
from hub.definitions.file_parts import (
    KEBAB,
    NAME,
    Group,
    ListOf,
    MappingOf,
    Part,
    Sentence,
    Text,
    Whole,
    YesNo,
    one_of,
)
from hub.definitions.history_kinds import KINDS
from hub.units import UNITS

FREQUENCIES = ("month", "quarter", "financial_year", "term", "academic_year", "mid_year")


class _DueFile(Part):
    working_days = Whole(
        load_default=None, validate=validate.Range(1, 250, error="must be between 1 and 250.")
    )
    month = Whole(load_default=None, validate=validate.Range(1, 12, error="must be between 1 and 12."))
    day = Whole(load_default=None, validate=validate.Range(1, 31, error="must be between 1 and 31."))


class _OwesFile(Part):
    kinds = ListOf(
        Text(),
        required=True,
        validate=validate.Length(min=1, error="must name at least one kind of agency."),
    )
    frequency = Text(required=True, validate=one_of(*FREQUENCIES))
    grain = Text(required=True, validate=one_of(*FREQUENCIES))
    due = Group(_DueFile, load_default=None, allow_none=True)
    signatures = Whole(required=True, validate=validate.Range(1, 2, error="must be 1 or 2."))
    breakdowns = ListOf(Text(), required=True)
    figures = ListOf(
        Text(), required=True, validate=validate.Length(min=1, error="must name at least one figure.")
    )


class _JudgedFile(Part):
    title = Sentence(required=True)
    list = Text(required=True)


class _BreakdownFile(Part):
    name = Text(required=True, validate=NAME)
    in_lines = ListOf(Text(), load_default=list)  # above `list`, which is a field from its line on
    title = Sentence(required=True)
    list = Text(load_default="")
    figures = ListOf(
        Text(), required=True, validate=validate.Length(min=1, error="must name at least one figure.")
    )
    rows = Text(load_default="all", validate=one_of("all", "listed"))
    required = YesNo(load_default=True)
    personal = YesNo(load_default=False)
    adds_up = YesNo(load_default=True)
    key = Sentence(load_default="")
    within = Text(load_default="")
    judged = Group(_JudgedFile, load_default=None, allow_none=True)
    may_be_not_held = YesNo(load_default=False)


class _FigureFile(Part):
    name = Text(required=True, validate=NAME)
    title = Sentence(required=True)
    description = Sentence(required=True)
    unit = Text(required=True, validate=one_of(*UNITS))
    minimum = Whole(load_default=0)
    maximum = Whole(load_default=999_999_999)
    required = YesNo(load_default=False)
    answers = ListOf(Text(), load_default=list)
    counted = ListOf(Sentence(), load_default=list)
    not_counted = ListOf(Sentence(), load_default=list)
    list = Text(load_default="")
    stock = YesNo(load_default=False)
    equal_parts = YesNo(load_default=False)


class _RuleFile(Part):
    code = Text(required=True, validate=KEBAB)
    severity = Text(required=True, validate=one_of("error", "query"))
    why = Sentence(required=True)
    message = Sentence(required=True)
    frame = Text(load_default="rows", validate=one_of(*FRAMES))
    expectation = Text(load_default="")
    kwargs = MappingOf(keys=fields.String(), load_default=dict)
    field = Text(load_default=None)
    breakdowns = ListOf(Text(), load_default=list)
    derive = MappingOf(keys=Text(validate=NAME), values=Text(), load_default=dict)
    passes = ListOf(MappingOf(keys=fields.String()), load_default=list)
    fails = ListOf(MappingOf(keys=fields.String()), load_default=list)
    named = Text(load_default=None, validate=NAME)


class _HistoryRuleFile(Part):
    code = Text(required=True, validate=KEBAB)
    kind = Text(required=True, validate=one_of(*KINDS))
    severity = Text(load_default="query", validate=one_of("error", "query"))
    why = Sentence(required=True)
    message = Sentence(required=True)
    figures = ListOf(Text(), load_default=list)
    breakdowns = ListOf(Text(), load_default=list)
    parameters = MappingOf(keys=Text(validate=NAME), load_default=dict)
    beside = MappingOf(keys=Text(), values=Text(), load_default=dict)
    passes = ListOf(MappingOf(keys=fields.String()), load_default=list)
    fails = ListOf(MappingOf(keys=fields.String()), load_default=list)


class HistoryFile(Part):
    """`schemas/history.yaml`: what every return that agencies owe is asked beside what was signed before."""

    history = ListOf(
        Group(_HistoryRuleFile),
        required=True,
        validate=validate.Length(min=1, error="must hold at least one rule."),
    )


class ReturnFile(Part):
    """`schemas/<return>/v<version>.yaml`"""

    # `return` is a word of Python's own, so the fields of a file are given as a mapping.
    code = Text(required=True, data_key="return", validate=KEBAB)
    version = Whole(required=True, validate=validate.Range(1, 999, error="must be between 1 and 999."))
    status = Text(required=True, validate=one_of("draft", "live"))
    title = Sentence(required=True)
    about = Sentence(required=True)
    statement = Sentence(required=True)
    published = YesNo(load_default=False)
    publisher = Sentence(load_default=None)
    finance = YesNo(load_default=False)
    of_children = YesNo(load_default=True)
    owes = ListOf(
        Group(_OwesFile),
        required=True,
        validate=validate.Length(min=1, error="must say which kinds of agency owe the return."),
    )
    breakdowns = ListOf(
        Group(_BreakdownFile), required=True, validate=validate.Length(min=1, error="must hold the total.")
    )
    figures = ListOf(
        Group(_FigureFile),
        required=True,
        validate=validate.Length(min=1, error="must hold at least one figure."),
    )
    rules = ListOf(Group(_RuleFile), load_default=list)
    history = ListOf(Group(_HistoryRuleFile), load_default=list)
    used_by = ListOf(Sentence(), load_default=list)


_CODE = validate.Regexp(
    r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z", error="must be letters, digits, hyphens, full stops or _."
)


class _AliasFile(Part):
    code = Text(required=True, validate=_CODE)
    from_on = Text(load_default=None)
    until_on = Text(load_default=None)


class _ItemFile(Part):
    code = Text(required=True, validate=_CODE)
    title = Sentence(required=True)
    from_on = Text(load_default=None)
    until_on = Text(load_default=None)
    within = Text(load_default=None)
    aliases = ListOf(Group(_AliasFile), load_default=list)
    successors = ListOf(Text(), load_default=list)
    kinds = ListOf(Text(), load_default=list)


class CodeListFile(Part):
    """`schemas/codelists/<list>.yaml`"""

    code = Text(required=True, data_key="codelist", validate=KEBAB)
    version = Whole(required=True, validate=validate.Range(1, 999, error="must be between 1 and 999."))
    status = Text(load_default="draft", validate=one_of("draft", "live"))
    title = Sentence(required=True)
    source = Sentence(required=True)
    local = YesNo(load_default=False)
    within_areas = YesNo(load_default=False)
    says = ListOf(Text(), load_default=list)
    of = Text(load_default="")
    groups = MappingOf(keys=Text(validate=NAME), values=Text(), load_default=dict)
    items = ListOf(Group(_ItemFile), load_default=list)
