"""What became of an uploaded file, first as numbers: rows read, kept, left out and why; then its submissions.

The summary travels sealed in the address of the page that shows it, so that the upload itself can end in a redirect.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from hub.findings import errors, queries
from hub.partners.secrets import seal, unseal
from hub.submissions.drafted import findings_of
from hub.submissions.drafts import Saved
from hub.validation.outcome import Outcome
from hub.web import layout

PURPOSE = "upload summary"
SHOWN = 40
LASTS_SECONDS = 12 * 3600


@dataclass(frozen=True)
class Kept:
    """One submission of the file."""

    id: int
    key: str  # partnership/agency/period
    rows: int
    errors: int
    queries: int
    unchanged: bool
    replaced: str | None


@dataclass(frozen=True)
class Summary:
    return_code: str
    read: int
    kept: int
    left_out: int  # rows that belong to no return of this person
    ignored: tuple[tuple[str, int], ...]
    submissions: tuple[Kept, ...]
    more: int  # submissions beyond those listed
    mapping: str | None  # the mapping that read the file's own columns


def summary(outcome: Outcome, saved: Sequence[Saved]) -> Summary:
    by_item = {each.due_item_id: each for each in saved}
    kept = [
        Kept(
            id=part.due_item_id,
            key=part.key,
            rows=len(part.rows),
            errors=len(errors(findings_of(outcome, part))),
            queries=len(queries(findings_of(outcome, part))),
            unchanged=by_item[part.due_item_id].unchanged,
            replaced=by_item[part.due_item_id].replaced,
        )
        for part in outcome.parts[:SHOWN]
    ]
    rows_kept = sum(len(part.rows) for part in outcome.parts)
    return Summary(
        outcome.return_code,
        outcome.rows,
        rows_kept,
        max(outcome.rows - rows_kept, 0),
        outcome.ignored,
        tuple(kept),
        max(len(outcome.parts) - SHOWN, 0),
        outcome.mapping,
    )


def sealed(shown: Summary) -> str:
    packed = zlib.compress(json.dumps(asdict(shown)).encode())
    return seal(layout.config().secret_key, PURPOSE, packed).decode()


def unsealed(text: str) -> Summary | None:
    packed = unseal(layout.config().secret_key, PURPOSE, text.encode(), ttl_seconds=LASTS_SECONDS)
    if packed is None:
        return None
    data = json.loads(zlib.decompress(packed))
    return Summary(
        **{
            **data,
            "ignored": tuple((what, count) for what, count in data["ignored"]),
            "submissions": tuple(Kept(**each) for each in data["submissions"]),
        }
    )
