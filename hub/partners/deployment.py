"""What kind of database this is: one that a demo made holds accounts with a known password."""

from __future__ import annotations

from sqlalchemy.orm import Session

from hub.partners.models import Deployment


def mark_as_demo(session: Session) -> None:
    session.merge(Deployment(name="made_by", value="demo"))


def is_demo(session: Session) -> bool:
    made_by = session.get(Deployment, "made_by")
    return made_by is not None and made_by.value == "demo"
