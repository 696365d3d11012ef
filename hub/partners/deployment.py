"""What is true of a database as a whole: whether a demo made it, with a password that is known, and under which of the
deployment's disclosure profiles its figures are told."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hub import config
from hub.db import insert_missing
from hub.errors import NotReady
from hub.partners.models import Deployment, Partnership

# Of a partnership, and as settings of the deployment.
PROFILES = ("disclosure_partnership", "disclosure_public")
WITHOUT_ITS_OWN = or_(*(getattr(Partnership, name) == "" for name in PROFILES))


def mark_as_demo(session: Session) -> None:
    session.merge(Deployment(name="made_by", value="demo"))


def is_demo(session: Session) -> bool:
    made_by = session.get(Deployment, "made_by")
    return made_by is not None and made_by.value == "demo"


def keep_profiles(session: Session, partnership_id: int) -> None:
    """From a partnership's first signed figure on, the deployment's profiles are its own where its file names none.

    Errors: NotReady where figures of this deployment are told under others than the settings name today.
    """
    query = select(Partnership).where(Partnership.id == partnership_id, WITHOUT_ITS_OWN)
    partnership = session.scalar(query.execution_options(populate_existing=True))
    if partnership is None:
        return
    settings = config.from_environment()
    in_force = {name: getattr(settings, name) for name in PROFILES if not getattr(partnership, name)}
    insert_missing(session, Deployment, [{"name": name, "value": value} for name, value in in_force.items()])
    refuse_other_profiles(session, in_force)
    for name, value in in_force.items():
        setattr(partnership, name, value)


def refuse_other_profiles(session: Session, names: Iterable[str] = PROFILES) -> None:
    """Errors: NotReady where a setting names another profile than the one under which figures are told."""
    settings = config.from_environment()
    query = select(Deployment).where(Deployment.name.in_(names)).order_by(Deployment.name)
    for told in session.scalars(query):
        now = getattr(settings, told.name)
        if now != told.value:
            raise NotReady(
                f"HUB_{told.name.upper()} was “{told.value}” when the first figures were signed and is “{now}” now: two "
                f"profiles side by side tell what each of them hides. Put it back to “{told.value}”. A partnership without "
                "signed figures may name another in its file."
            )
