"""Groups and their meetings are data of the partnership; what was recorded for an agreement moves there."""

import sqlalchemy as sa
from alembic import op

from hub.db import UTCDateTime, new_id

revision = "0029"
down_revision = "0028"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KINDS = "kind IN ('attended', 'confirmed', 'decided', 'questioned', 'called-off')"
TWO_PERSONS = (
    "(kind = 'confirmed') = (of_person_id IS NOT NULL) AND (of_person_id IS NULL) = (of_sequence IS NULL)"
    " AND (of_person_id IS NULL OR of_person_id <> person_id)"
)


def upgrade() -> None:
    op.create_table(
        "group_versions",
        *_keys("group_versions"),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("cadence", sa.String(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("bodies", sa.String(), nullable=False),
        sa.Column("known_from", UTCDateTime(), nullable=False),
        sa.Column("known_by", BIG_ID, nullable=False),
        sa.CheckConstraint("quorum >= 1", name=op.f("ck_group_versions_quorum")),
        sa.ForeignKeyConstraint(["known_by"], ["people.id"], name=op.f("fk_group_versions_known_by")),
        sa.UniqueConstraint(
            "partnership_id",
            "code",
            "known_from",
            name=op.f("uq_group_versions_partnership_id_code_known_from"),
        ),
    )
    op.create_table(
        "meetings",
        *_keys("meetings"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("freezes_on", sa.Date(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("invited", sa.String(), nullable=False),
        sa.Column("agenda", sa.String(), nullable=False),
        sa.Column("planned_by", BIG_ID, nullable=False),
        sa.Column("planned_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("quorum >= 1 AND freezes_on <= held_on", name=op.f("ck_meetings_planned")),
        sa.ForeignKeyConstraint(["planned_by"], ["people.id"], name=op.f("fk_meetings_planned_by")),
        sa.UniqueConstraint("partnership_id", "number", name=op.f("uq_meetings_partnership_id_number")),
        sa.UniqueConstraint(
            "partnership_id",
            "group_code",
            "held_on",
            name=op.f("uq_meetings_partnership_id_group_code_held_on"),
        ),
    )
    op.create_table(
        "meeting_events",
        *_keys("meeting_events"),
        sa.Column("meeting_id", BIG_ID, nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("person_id", BIG_ID, nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("present", sa.String(), nullable=False),
        sa.Column("deputies", sa.String(), nullable=False),
        sa.Column("words_id", BIG_ID, nullable=True),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("question", sa.Integer(), nullable=True),
        sa.Column("of_sequence", sa.Integer(), nullable=True),
        sa.Column("of_person_id", BIG_ID, nullable=True),
        sa.CheckConstraint(KINDS, name=op.f("ck_meeting_events_kind")),
        sa.CheckConstraint(TWO_PERSONS, name=op.f("ck_meeting_events_two_persons")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_meeting_events_person_id")),
        sa.ForeignKeyConstraint(
            ["partnership_id", "meeting_id"],
            ["meetings.partnership_id", "meetings.id"],
            name=op.f("fk_meeting_events_partnership_id_meeting_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "words_id"],
            ["words.partnership_id", "words.id"],
            name=op.f("fk_meeting_events_partnership_id_words_id"),
        ),
        sa.ForeignKeyConstraint(
            ["partnership_id", "meeting_id", "of_sequence", "of_person_id"],
            [
                "meeting_events.partnership_id",
                "meeting_events.meeting_id",
                "meeting_events.sequence",
                "meeting_events.person_id",
            ],
            name="fk_meeting_events_of",
        ),
        sa.UniqueConstraint(
            "partnership_id",
            "meeting_id",
            "sequence",
            name=op.f("uq_meeting_events_partnership_id_meeting_id_sequence"),
        ),
        sa.UniqueConstraint(
            "partnership_id", "meeting_id", "sequence", "person_id", name="uq_meeting_events_of"
        ),
    )
    _move_records()
    op.drop_table("meeting_records")


def _keys(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("partnership_id", sa.Integer(), nullable=False),
        sa.Column("id", BIG_ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["partnership_id"], ["partnerships.id"], name=op.f(f"fk_{table}_partnership_id")
        ),
        sa.PrimaryKeyConstraint("partnership_id", "id", name=op.f(f"pk_{table}")),
    ]


def _move_records() -> None:
    """A group met once on a day, whichever agreement spoke of it."""
    connection = op.get_bind()
    metadata = sa.MetaData()
    old, meetings, events, groups = (
        sa.Table(name, metadata, autoload_with=connection)
        for name in ("meeting_records", "meetings", "meeting_events", "group_versions")
    )
    numbers: dict[int, int] = {}
    met, known = set(), set()
    order = (old.c.partnership_id, old.c.held_on, old.c.written_at, old.c.id)
    for row in connection.execute(sa.select(old).order_by(*order)).mappings().all():
        key = (row["partnership_id"], row["group_code"], row["held_on"])
        if key in met:
            continue
        met.add(key)
        here = {"partnership_id": row["partnership_id"]}
        if key[:2] not in known:
            known.add(key[:2])
            version = {
                **here,
                "id": new_id(),
                "code": row["group_code"],
                "title": row["group_code"].replace("-", " ").capitalize(),
                "cadence": "needed",
                "quorum": row["quorum"],
                "bodies": row["invited"],
                "known_from": row["written_at"],
                "known_by": row["written_by"],
            }
            connection.execute(groups.insert(), version)
        numbers[row["partnership_id"]] = numbers.get(row["partnership_id"], 0) + 1
        meeting = {
            **here,
            "id": row["id"],
            "number": numbers[row["partnership_id"]],
            "group_code": row["group_code"],
            "held_on": row["held_on"],
            "freezes_on": row["held_on"],
            "quorum": row["quorum"],
            "invited": row["invited"],
            "agenda": "",
            "planned_by": row["written_by"],
            "planned_at": row["written_at"],
        }
        connection.execute(meetings.insert(), meeting)
        event = {**here, "meeting_id": row["id"], "deputies": "", "owner": ""}
        attended = {"kind": "attended", "present": row["present"], "person_id": row["written_by"]}
        connection.execute(
            events.insert(), {**event, **attended, "id": new_id(), "sequence": 1, "at": row["written_at"]}
        )
        if row["confirmed_by"] is not None:
            confirmed = {"kind": "confirmed", "present": "", "person_id": row["confirmed_by"]}
            of = {"of_sequence": 1, "of_person_id": row["written_by"]}
            connection.execute(
                events.insert(),
                {**event, **confirmed, **of, "id": new_id(), "sequence": 2, "at": row["confirmed_at"]},
            )


def downgrade() -> None:
    """Only as far as the tables: what was recorded since has no place in the older one."""
    for table in ("meeting_events", "meetings", "group_versions"):
        op.drop_table(table)
    op.create_table(
        "meeting_records",
        *_keys("meeting_records"),
        sa.Column("agreement_code", sa.String(), nullable=False),
        sa.Column("group_code", sa.String(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("quorum", sa.Integer(), nullable=False),
        sa.Column("invited", sa.String(), nullable=False),
        sa.Column("present", sa.String(), nullable=False),
        sa.Column("written_by", BIG_ID, nullable=False),
        sa.Column("written_at", UTCDateTime(), nullable=False),
        sa.Column("confirmed_by", BIG_ID, nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR confirmed_by <> written_by", name=op.f("ck_meeting_records_two_persons")
        ),
        sa.ForeignKeyConstraint(["written_by"], ["people.id"], name=op.f("fk_meeting_records_written_by")),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["people.id"], name=op.f("fk_meeting_records_confirmed_by")
        ),
        sa.UniqueConstraint(
            "partnership_id",
            "agreement_code",
            "group_code",
            "held_on",
            name=op.f("uq_meeting_records_partnership_id_agreement_code_group_code_held_on"),
        ),
    )
