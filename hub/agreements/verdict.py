"""What the hub works out for one commitment and one party as at a moment, and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from hub.statistics.outturn import Colour, Outturn

Word = Literal["met", "on track", "at risk", "missed", "not due", "cannot tell"]
MEETING = "meeting"  # in place of a return: a meeting on record
PAPERS = {  # one, several
    "return": ("signed return", "signed returns"),
    "meeting": ("meeting on record", "meetings on record"),
    "report": ("report of the milestone", "reports of the milestone"),
}
WORDS: tuple[Word, ...] = ("missed", "at risk", "cannot tell", "on track", "met", "not due")  # worst first


@dataclass(frozen=True)
class Evidence:
    """A signed revision, or a dated record of the agreement, that a verdict rests on.

    `cells` are the lines and figures of the revision that were read: `total/contacts_decided`.
    """

    revision: int | None
    agency: str
    return_code: str
    period: str
    number: int | None = None  # 1 is as first signed, 2 its first correction; of a report, 2 is confirmed
    signed_at: datetime | None = None
    signed_by: int | None = None  # a person
    definition_version: int | None = None
    cells: tuple[str, ...] = ()

    def as_json(self, names: Mapping[int, str]) -> dict[str, Any]:
        return {
            "revision": self.revision,
            "agency": self.agency,
            "return": self.return_code,
            "period": self.period,
            "number": self.number,
            "signed_at": self.signed_at.isoformat() if self.signed_at else None,
            "signed_by": names.get(self.signed_by) if self.signed_by else None,
            "definition_version": self.definition_version,
            "cells": list(self.cells),
        }


@dataclass(frozen=True)
class Verdict:
    """`reason` is a sentence with the numbers in it. `measures` are the texts of measures that were used, by digest.

    `is_final` where nothing that is still to come can change it; `is_shadow` of a draft agreement.
    """

    commitment: str
    party: str
    word: Word
    reason: str
    value: float | None = None
    target: float | None = None
    unit: str = ""  # of the value, the target and what was expected: "% of decisions", "children", "pounds"
    expected_to_date: float | None = None
    attainment: float | None = None
    colour: Colour | None = None
    outturn: Outturn | None = None
    interval: tuple[float, float] | None = None  # 95%, of a proportion
    is_final: bool = False
    is_shadow: bool = False
    version: int = 1  # of the agreement
    measures: tuple[tuple[str, str], ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def papers(self) -> dict[str, int]:
        """How many papers of each kind it rests on; a return that two measures read is one."""
        returns = len({each.revision for each in self.evidence if each.revision is not None})
        meetings = sum(each.return_code == MEETING for each in self.evidence)
        reports = sum(each.revision is None for each in self.evidence) - meetings
        return {"return": returns, "meeting": meetings, "report": reports}

    @property
    def basis(self) -> tuple[str, ...]:
        """The same in words."""
        return tuple(f"{number} {PAPERS[kind][number > 1]}" for kind, number in self.papers.items() if number)

    def as_json(self, names: Mapping[int, str]) -> dict[str, Any]:
        """`names` are the signers' by their number."""
        return {
            "commitment": self.commitment,
            "party": self.party,
            "verdict": self.word,
            "value": self.value,
            "target": self.target,
            "unit": self.unit,
            "expected_to_date": self.expected_to_date,
            "reason": self.reason,
            "evidence": [item.as_json(names) for item in self.evidence],
            "attainment": self.attainment,
            "colour": self.colour,
            "final": self.is_final,
            "shadow": self.is_shadow,
            "outturn": _outturn(self.outturn),
            "interval": list(self.interval) if self.interval else None,
            "agreement_version": self.version,
            "measures": dict(self.measures),
        }


def _outturn(found: Outturn | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "point": found.point,
        "mean": found.mean,
        "lower": found.lower,
        "upper": found.upper,
        "chance": found.chance,
        "warnings": list(found.warnings),
    }
