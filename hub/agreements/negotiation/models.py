"""What people did while an agreement was drafted, agreed, signed and reviewed. Rows are only added.

The text itself stands in `agreement_versions`; each row here names the digest of the text, or of the part of it, that
the person had before them. Nothing is marked as void: what was said of another digest no longer counts.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id

KINDS = (
    "opened",
    "worded",
    "agreed",
    "proposed",
    "accepted",
    "declined",
    "commented",
    "chased",
    "disputed",
    "settled",
    "put",  # to the parties, for signature
    "signed",
    "papered",  # said to be signed on paper
    "confirmed",  # by another person: so it was
    "rejected",  # by another person: so it was not
    "assessed",
    "acted",  # an action was agreed
    "done",  # that action
    "dropped",  # the draft of this version: it was opened by mistake, or is wanted no longer
)


class AgreementEvent(Base):
    """One act. `agency_id` is the party that it is done for or to, `about` the sequence of the act that it answers."""

    __tablename__ = "agreement_events"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agreement_code: Mapped[str]
    sequence: Mapped[int]
    version: Mapped[int]
    kind: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    digest: Mapped[str]  # of the text; of a signature, of what was shown and signed
    part: Mapped[str] = mapped_column(default="")
    part_digest: Mapped[str] = mapped_column(default="")  # of a proposal, of the wording that it would change
    agency_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agencies.id"))
    about: Mapped[int | None]
    wording: Mapped[str] = mapped_column(
        Text, default=""
    )  # of a proposal: the part as it should read, as JSON
    words_id: Mapped[int | None] = mapped_column(BigId)
    owner_id: Mapped[int | None] = mapped_column(BigId, ForeignKey("agencies.id"))
    on_date: Mapped[date | None]  # until when it is to be ended or done; of a paper, when it was signed
    period: Mapped[str] = mapped_column(default="")  # the quarter that is reviewed
    said: Mapped[str] = mapped_column(default="")  # of a self-assessment
    recorded_by: Mapped[int | None] = mapped_column(
        BigId, ForeignKey("people.id")
    )  # of a paper that is judged
    __table_args__ = (
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "agreement_code", "sequence"),
        CheckConstraint("kind IN (" + ", ".join(f"'{kind}'" for kind in KINDS) + ")", name="kind"),
        CheckConstraint(
            "kind NOT IN ('confirmed', 'rejected') OR (recorded_by IS NOT NULL AND recorded_by <> person_id)",
            name="two_persons",
        ),
        CheckConstraint("kind NOT IN ('disputed', 'acted') OR on_date IS NOT NULL", name="dated"),
    )
