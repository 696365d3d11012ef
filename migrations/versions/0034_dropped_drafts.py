"""A draft of an agreement can be dropped: one more kind of act; milestone reports keep their history from now on."""

from alembic import op

revision = "0034"
down_revision = "0033"
KINDS = (
    "'opened', 'worded', 'agreed', 'proposed', 'accepted', 'declined', 'commented', 'chased', 'disputed', 'settled',"
    " 'put', 'signed', 'papered', 'confirmed', 'rejected', 'assessed', 'acted', 'done'"
)
KIND = op.f("ck_agreement_events_kind")


def upgrade() -> None:
    _kinds(f"{KINDS}, 'dropped'")


def downgrade() -> None:
    _kinds(KINDS)


def _kinds(kinds: str) -> None:
    with op.batch_alter_table("agreement_events") as table:
        table.drop_constraint(KIND, type_="check")
        table.create_check_constraint(KIND, f"kind IN ({kinds})")
