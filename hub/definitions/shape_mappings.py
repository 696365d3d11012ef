"""Which parts the files of mappings and of neighbours have and of what type."""

from __future__ import annotations

from marshmallow import fields, validate

from hub.definitions.file_parts import (
    KEBAB,
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
from hub.definitions.shape import FREQUENCIES


class _PlacedFile(Part):
    """Where a row's agency or partnership comes from: a column, or one code for all rows to which `where` applies."""

    column = Text(load_default=None)
    code = Text(load_default=None)
    where = MappingOf(keys=fields.String(), values=ListOf(Text()), load_default=dict)


class _PeriodFromFile(Part):
    column = Text(load_default=None)
    code = Text(load_default=None)
    kind = Text(load_default="month", validate=one_of(*FREQUENCIES))
    year = Text(load_default="ends", validate=one_of("ends", "starts"))
    across = Text(load_default=None)
    asked = YesNo(load_default=False)


class _LeaveOutFile(Part):
    where = MappingOf(keys=fields.String(), values=ListOf(Text()), required=True)
    reason = Sentence(required=True)


class _LineFromFile(Part):
    breakdown = Text(load_default="total")
    code = Text(load_default="")
    code_column = Text(load_default=None)
    figures = MappingOf(
        keys=fields.String(),
        values=Text(),
        required=True,
        validate=validate.Length(min=1, error="must name at least one figure and its column."),
    )
    where = MappingOf(keys=fields.String(), values=ListOf(Text()), load_default=dict)


class MappingFile(Part):
    """`schemas/mappings/<mapping>.yaml`"""

    code = Text(required=True, data_key="mapping", validate=KEBAB)
    version = Whole(required=True, validate=validate.Range(1, 999, error="must be between 1 and 999."))
    title = Sentence(required=True)
    return_code = Text(required=True, data_key="return")
    about = Sentence(required=True)
    explanation = Sentence(load_default="")
    partnership = ListOf(Group(_PlacedFile), load_default=list)
    agency = ListOf(
        Group(_PlacedFile),
        required=True,
        validate=validate.Length(min=1, error="must say where a row's agency stands."),
    )
    period = Group(_PeriodFromFile, required=True)
    values = MappingOf(
        keys=fields.String(), values=MappingOf(keys=fields.String(), values=Text()), load_default=dict
    )
    symbols = MappingOf(keys=fields.String(), values=Text(), load_default=dict)
    leave_out = ListOf(Group(_LeaveOutFile), load_default=list)
    rows = ListOf(
        Group(_LineFromFile),
        required=True,
        validate=validate.Length(min=1, error="must say which columns hold the figures."),
    )
    add_up = YesNo(load_default=False)


class NeighboursFile(Part):
    """`<anywhere>/<name>.yaml` beside the publisher's CSV: a dated list of each council's statistical neighbours."""

    code = Text(required=True, data_key="neighbours", validate=KEBAB)
    title = Sentence(required=True)
    source = Sentence(required=True)
    from_on = Text(required=True)
    file = Text(required=True)
    agency = Text(required=True)
    neighbour = Text(required=True)
    rank = Text(required=True)
    closeness = Text(load_default=None)
