"""Questions to the Board with what became of them, and the contacts that late answers go to."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime

revision = "0015"
down_revision = "0014"

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ABOUT = "about IN ('number', 'verdict', 'return', 'free')"
HAPPENED = "kind IN ('acknowledged', 'merged', 'owned', 'answered', 'accepted', 'refused', 'reopened')"


def upgrade() -> None:
    op.create_table(
        "challenges",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=False),
        sa.Column("asked_by", BIG_ID, nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_challenges_partnership_id")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["people.id"], name=op.f("fk_challenges_asked_by")),
        _of("challenges", "words", "words_id"),
        sa.CheckConstraint(ABOUT, name=op.f("ck_challenges_about")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_challenges")),
        sa.UniqueConstraint("partnership_id", "number", name=op.f("uq_challenges_partnership_id_number")),
    )
    op.create_table(
        "challenge_events",
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("challenge_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("owner_agency_id", BIG_ID, nullable=True),
        sa.Column("into_id", BIG_ID, nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f("fk_challenge_events_partnership_id")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_challenge_events_person_id")),
        sa.ForeignKeyConstraint(
            ["owner_agency_id"], ["agencies.id"], name=op.f("fk_challenge_events_owner_agency_id")
        ),
        _of("challenge_events", "challenges", "challenge_id"),
        _of("challenge_events", "challenges", "into_id"),
        _of("challenge_events", "words", "words_id"),
        sa.CheckConstraint(HAPPENED, name=op.f("ck_challenge_events_kind")),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f("pk_challenge_events")),
        sa.UniqueConstraint(
            "partnership_id",
            "challenge_id",
            "sequence",
            name=op.f("uq_challenge_events_partnership_id_challenge_id_sequence"),
        ),
    )
    _contacts("'senior', 'copy', 'chief', 'chair'")


def _of(table: str, other: str, column: str) -> sa.ForeignKeyConstraint:
    """The key of a row of the same partnership."""
    return sa.ForeignKeyConstraint(
        ["partnership_id", column],
        [f"{other}.partnership_id", f"{other}.id"],
        name=op.f(f"fk_{table}_partnership_id_{column}"),
    )


def _contacts(kinds: str) -> None:
    with op.batch_alter_table("agency_contacts") as table:
        table.drop_constraint(op.f("ck_agency_contacts_kind"), type_="check")
        table.create_check_constraint(op.f("ck_agency_contacts_kind"), f"kind IN ({kinds})")


def downgrade() -> None:
    op.execute("DELETE FROM agency_contacts WHERE kind IN ('chief', 'chair')")
    _contacts("'senior', 'copy'")
    op.drop_table("challenge_events")
    op.drop_table("challenges")
