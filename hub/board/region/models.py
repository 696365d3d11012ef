"""What the regional office writes: the quarter's statement about an agreement, and letters from a verdict. Rows are only added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from hub.db import Base, BigId, UTCDateTime, new_id


class OfficePaper(Base):
    """A statement or a letter with the verdicts that it tells of, as they were when it was drafted."""

    __tablename__ = "office_papers"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    agreement_code: Mapped[str]
    number: Mapped[int]  # as people speak of it, within the agreement
    kind: Mapped[str]
    quarter: Mapped[str] = mapped_column(default="")  # of a statement
    commitment: Mapped[str] = mapped_column(default="")  # of a letter
    party: Mapped[str] = mapped_column(default="")
    as_at: Mapped[datetime] = mapped_column(UTCDateTime)
    position: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[str] = mapped_column(Text)
    made_by: Mapped[int] = mapped_column(ForeignKey("people.id"))
    __table_args__ = (
        UniqueConstraint("partnership_id", "agreement_code", "number"),
        CheckConstraint("kind IN ('statement', 'letter')", name="kind"),
    )


class OfficePaperText(Base):
    """The words of a paper as somebody saved them; the text that is issued is the last. `digest` is of content and words."""

    __tablename__ = "office_paper_texts"
    partnership_id: Mapped[int] = mapped_column(ForeignKey("partnerships.id"), primary_key=True)
    id: Mapped[int] = mapped_column(BigId, primary_key=True, default=new_id)
    paper_id: Mapped[int] = mapped_column(BigId)
    sequence: Mapped[int]
    kind: Mapped[str]
    words_id: Mapped[int] = mapped_column(BigId)
    digest: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(UTCDateTime)
    __table_args__ = (
        ForeignKeyConstraint(
            ["partnership_id", "paper_id"], ["office_papers.partnership_id", "office_papers.id"]
        ),
        ForeignKeyConstraint(["partnership_id", "words_id"], ["words.partnership_id", "words.id"]),
        UniqueConstraint("partnership_id", "paper_id", "sequence"),
        CheckConstraint("kind IN ('saved', 'issued')", name="kind"),
    )
