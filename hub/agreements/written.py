"""An agreement as its file would say it: what is exported, stored and signed. The inverse of `load.from_document`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import yaml

from hub.agreements.model import Agreement, Commitment, Governance, Party, Thresholds
from hub.audit.canonical import canonical, digest_of

_NAMES = {"code": "agreement", "begins_on": "from", "ends_on": "until"}


def as_document(agreement: Agreement) -> dict[str, Any]:
    """Plain data in the order of the file; what is not said is left out."""
    written: dict[str, Any] = {}
    for name, value in _values(agreement).items():
        if name == "begins_on":
            written["term"] = {"from": value.isoformat()}
            if not agreement.stands:
                written["term"]["until"] = agreement.ends_on.isoformat()
        elif name in ("parties", "clauses", "commitments") or (name != "ends_on" and _is_said(value)):
            written[_NAMES.get(name, name)] = _plain(value)
    return written


def as_yaml(agreement: Agreement) -> str:
    """Text that reads back to the same agreement."""
    return yaml.safe_dump(as_document(agreement), allow_unicode=True, sort_keys=False, width=110)


def promised(agreement: Agreement) -> dict[str, Any]:
    """Everything that is promised, as plain data.

    Not who has signed when, nor what was reported since: these come after the text and do not change it.
    """
    after = ("status", "signed_on", "milestones", "meetings")
    parties = tuple(replace(party, signed_on=None) for party in agreement.parties)
    written = as_document(replace(agreement, parties=parties))
    return {key: value for key, value in written.items() if key not in after}


def digest(agreement: Agreement) -> str:
    """What a signature is bound to: everything that is promised, however the file was laid out."""
    return digest_of(canonical(promised(agreement)))


def commitment_digest(commitment: Commitment) -> str:
    return digest_of(canonical(_plain(commitment)))


def _values(part: Any) -> dict[str, Any]:
    return {each.name: getattr(part, each.name) for each in fields(part)}


def _is_said(value: Any) -> bool:
    return value not in (None, "", (), Governance(), Thresholds()) or value is False


def _plain(value: Any) -> Any:
    if isinstance(value, Party) and not value.signatories and value.signed_on is None:
        return value.agency
    if isinstance(value, Commitment):
        return _commitment(value)
    if is_dataclass(value):
        return {_NAMES.get(n, n): _plain(v) for n, v in _values(value).items() if _is_said(v)}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _commitment(commitment: Commitment) -> dict[str, Any]:
    said = _values(commitment)
    terms, trajectory = said.pop("terms"), said.pop("trajectory")
    written = {
        _NAMES.get(n, n): _plain(v) for n, v in said.items() if _is_said(v) and (n, v) != ("status", "firm")
    }
    if trajectory:
        written["trajectory"] = dict(trajectory)
    return {**written, **terms}
