"""What was read of a file, held while its sender is asked about it: sealed under the secret key, for a few days.

It has passed the gate of personal data (security.md T5). The rows are dropped as soon as they are kept as drafts, put
aside, or forgotten; of a file that was refused only the findings are held.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hub.partners.secrets import seal, unseal
from hub.submissions.models import Upload, UploadHeld
from hub.validation.outcome import Outcome

HELD_FOR = timedelta(days=7)
_PURPOSE = "upload held"


@dataclass(frozen=True)
class Held:
    """`seen` is the event of each submission that its sender was shown; `explanations` what was said to its queries before."""

    outcome: Outcome
    seen: Mapping[int, int]
    explanations: Mapping[str, str]


def hold(session: Session, upload: Upload, held: Held, *, secret_key: str) -> None:
    """Hold it in the place of what was held before."""
    data = {
        "outcome": held.outcome.as_json(),
        "seen": list(held.seen.items()),
        "explanations": dict(held.explanations),
    }
    sealed = seal(secret_key, _PURPOSE, zlib.compress(json.dumps(data, ensure_ascii=False).encode()))
    let_go(session, upload)
    session.add(UploadHeld(upload_id=upload.id, sealed=sealed))
    session.flush()


def findings_alone(outcome: Outcome) -> Outcome:
    """What a page needs of a file that is not kept: nothing of its rows."""
    return replace(outcome, parts=(), table={})


def held(session: Session, upload: Upload, *, secret_key: str) -> Held | None:
    """None where it was let go."""
    found = session.get(UploadHeld, upload.id, populate_existing=True)
    opened = unseal(secret_key, _PURPOSE, found.sealed) if found else None
    if opened is None:
        return None
    data = json.loads(zlib.decompress(opened))
    return Held(Outcome.from_json(data["outcome"]), dict(data["seen"]), data["explanations"])


def let_go(session: Session, upload: Upload) -> None:
    session.execute(delete(UploadHeld).where(UploadHeld.upload_id == upload.id))


def forget(session: Session, *, now: datetime) -> None:
    """Let go what was held long enough, and forget the files of which nothing was kept."""
    old = Upload.made_at < now - HELD_FOR
    session.execute(delete(UploadHeld).where(UploadHeld.upload_id.in_(select(Upload.id).where(old))))
    session.execute(
        update(Upload).where(old, Upload.state.in_(("reading", "asking"))).values(state="dropped")
    )
    session.execute(
        delete(Upload).where(
            Upload.made_at < now - 2 * HELD_FOR, Upload.state.in_(("refused", "repeated", "dropped"))
        )
    )
