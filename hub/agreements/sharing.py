"""The partnership's information-sharing agreement: the newest signed text of the kind `isa`, standing until withdrawn."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.agreements.model import Agreement
from hub.agreements.models import AgreementVersion
from hub.agreements.versions import agreement_from


@dataclass(frozen=True)
class Standing:
    """The text, with the digest that an acceptance is bound to."""

    agreement: Agreement
    digest: str


def in_force(session: Session, partnership_id: int) -> Standing | None:
    """None while the partnership has none."""
    rows = session.scalars(
        select(AgreementVersion)
        .where(AgreementVersion.partnership_id == partnership_id, AgreementVersion.status == "signed")
        .order_by(AgreementVersion.known_from.desc(), AgreementVersion.version.desc())
    )
    for row in rows:
        if json.loads(row.document).get("kind") == "isa":
            return Standing(agreement_from(row), row.digest)
    return None
