"""Which parts the files of mappings and of neighbours have and of what type."""

from __future__ import annotations

from marshmallow import fields, validate

from hub.definitions.shape import (
    _KEBAB,
    FREQUENCIES,
    _Group,
    _List,
    _Mapping,
    _one_of,
    _Part,
    _Sentence,
    _Text,
    _Whole,
)


class _PlacedFile(_Part):
    """Where a row's agency or partnership comes from: a column, or one code for all rows to which `where` applies."""

    column = _Text(load_default=None)
    code = _Text(load_default=None)
    where = _Mapping(keys=fields.String(), values=_List(_Text()), load_default=dict)


class _PeriodFromFile(_Part):
    column = _Text(load_default=None)
    code = _Text(load_default=None)
    kind = _Text(load_default="month", validate=_one_of(*FREQUENCIES))
    year = _Text(load_default="ends", validate=_one_of("ends", "starts"))


class _LeaveOutFile(_Part):
    where = _Mapping(keys=fields.String(), values=_List(_Text()), required=True)
    reason = _Sentence(required=True)


class _LineFromFile(_Part):
    breakdown = _Text(load_default="total")
    code = _Text(load_default="")
    code_column = _Text(load_default=None)
    figures = _Mapping(
        keys=fields.String(),
        values=_Text(),
        required=True,
        validate=validate.Length(min=1, error="must name at least one figure and its column."),
    )


class MappingFile(_Part):
    """`schemas/mappings/<mapping>.yaml`"""

    code = _Text(required=True, data_key="mapping", validate=_KEBAB)
    version = _Whole(required=True, validate=validate.Range(1, 999, error="must be between 1 and 999."))
    title = _Sentence(required=True)
    return_code = _Text(required=True, data_key="return")
    about = _Sentence(required=True)
    explanation = _Sentence(load_default="")
    partnership = _List(_Group(_PlacedFile), load_default=list)
    agency = _List(
        _Group(_PlacedFile),
        required=True,
        validate=validate.Length(min=1, error="must say where a row's agency stands."),
    )
    period = _Group(_PeriodFromFile, required=True)
    values = _Mapping(
        keys=fields.String(), values=_Mapping(keys=fields.String(), values=_Text()), load_default=dict
    )
    symbols = _Mapping(keys=fields.String(), values=_Text(), load_default=dict)
    leave_out = _List(_Group(_LeaveOutFile), load_default=list)
    rows = _List(
        _Group(_LineFromFile),
        required=True,
        validate=validate.Length(min=1, error="must say which columns hold the figures."),
    )


class NeighboursFile(_Part):
    """`<anywhere>/<name>.yaml` beside the publisher's CSV: a dated list of each council's statistical neighbours."""

    code = _Text(required=True, data_key="neighbours", validate=_KEBAB)
    title = _Sentence(required=True)
    source = _Sentence(required=True)
    from_on = _Text(required=True)
    file = _Text(required=True)
    agency = _Text(required=True)
    neighbour = _Text(required=True)
    rank = _Text(required=True)
    closeness = _Text(load_default=None)
