"""What became of an uploaded file, first as numbers: rows read, kept, left out and why; then its submissions.

Kept with the upload for good, so it holds neither figures nor names of people.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from hub.findings import errors, queries
from hub.submissions.drafted import findings_of
from hub.submissions.drafts import Saved
from hub.validation.outcome import Outcome, Part

LISTED = 40


@dataclass(frozen=True)
class Filled:
    """One submission of the file."""

    id: int
    key: str  # partnership/agency/period
    rows: int
    errors: int
    queries: int
    unchanged: bool = False
    replaced: int = 0  # the event of a colleague whose other figures it takes the place of; 0 for none


@dataclass(frozen=True)
class Said:
    read: int = 0
    fit: int = 0  # rows that belong to a return of this person: those that are kept, if it is kept
    ignored: tuple[tuple[str, int], ...] = ()
    submissions: tuple[Filled, ...] = ()
    more: int = 0  # submissions beyond those listed
    errors: int = 0
    queries: int = 0
    unexplained: int = 0
    mapping: str | None = None  # the mapping that read the file's own columns
    complaint: str = ""  # why nothing of it was kept, where that is no finding
    asks_sure: bool = False  # something in it may name a person
    before: int = 0  # the upload by which this very file came before

    @property
    def left_out(self) -> int:
        return max(self.read - self.fit, 0)

    @property
    def takes_place(self) -> list[Filled]:
        return [each for each in self.submissions if each.replaced]

    def as_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> Said:
        data = json.loads(text)
        return cls(
            **{
                **data,
                "ignored": tuple((what, count) for what, count in data.get("ignored", ())),
                "submissions": tuple(Filled(**each) for each in data.get("submissions", ())),
            }
        )


def said_of(outcome: Outcome, saved: Sequence[Saved] = (), **more: Any) -> Said:
    """What is said of a checked file, and of what saving it did or would do."""
    by_item = {each.due_item_id: each for each in saved}
    filled = [_filled(outcome, part, by_item.get(part.due_item_id)) for part in _listed(outcome, by_item)]
    return Said(
        read=outcome.rows,
        fit=sum(len(part.rows) for part in outcome.parts),
        ignored=outcome.ignored,
        submissions=tuple(filled),
        more=len(outcome.parts) - len(filled),
        errors=len(errors(outcome.findings)),
        queries=len(queries(outcome.findings)),
        unexplained=sum(each.unexplained for each in saved),
        mapping=outcome.mapping,
        **more,
    )


def _listed(outcome: Outcome, by_item: Mapping[int, Saved]) -> list[Part]:
    """As many as a page lists, and among them those that take the place of somebody's work."""
    replacing = {item for item, each in by_item.items() if each.replaced}
    ordered = sorted(outcome.parts, key=lambda part: part.due_item_id not in replacing)
    return ordered[:LISTED]


def _filled(outcome: Outcome, part: Part, saved: Saved | None) -> Filled:
    found = findings_of(outcome, part)
    return Filled(
        id=part.due_item_id,
        key=part.key,
        rows=len(part.rows),
        errors=len(errors(found)),
        queries=len(queries(found)),
        unchanged=saved is not None and saved.unchanged,
        replaced=saved.sequence - 1 if saved is not None and saved.replaced else 0,
    )
