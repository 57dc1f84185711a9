"""What the clinic says by itself; and since when a doctor's slots are behind what was decided.

Who has a visit to come when this is installed is reminded of it too: each gets the row that a booking now writes.
"""

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Three tables, a column, and a row for each visit to come."""
    op.create_table(
        "outbox",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("uid", db.types.BinText(length=32), nullable=True),
        sa.Column("kind", db.types.BinText(length=20), nullable=False),
        sa.Column("audience", db.types.BinText(length=10), nullable=True),
        sa.Column("medium", db.types.BinText(length=10), nullable=True),
        sa.Column("appointment_id", REF, nullable=True),
        sa.Column("change_id", REF, nullable=True),
        sa.Column("patient_id", REF, nullable=True),
        sa.Column("pre_registration_id", REF, nullable=True),
        sa.Column("doctor_id", REF, nullable=True),
        sa.Column("version", db.types.UtcDateTime(), nullable=True),
        sa.Column("dedupe", db.types.BinText(length=120), nullable=True),
        sa.Column("status", db.types.BinText(length=8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("claimed_by", db.types.BinText(length=32), nullable=True),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("settled_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("reason", db.types.BinText(length=40), nullable=True),
        sa.Column("provider_id", db.types.BinText(length=255), nullable=True),
        sa.Column("by", db.types.BinText(length=60), nullable=True),
        sa.Column("batch", db.types.BinText(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe", name=op.f("uq_outbox_dedupe")),
        sa.UniqueConstraint("uid", name=op.f("uq_outbox_uid")),
        sqlite_autoincrement=True,
        **OPTIONS,
    )
    for column in ("appointment_id", "batch", "due_at", "patient_id", "status"):
        op.create_index(op.f(f"ix_outbox_{column}"), "outbox", [column], unique=False)
    op.create_table(
        "message_texts",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("kind", db.types.BinText(length=20), nullable=False),
        sa.Column("audience", db.types.BinText(length=10), nullable=False),
        sa.Column("subject", db.types.BinText(length=255), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("short", sa.Text(), nullable=True),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("edited_by", db.types.BinText(length=60), nullable=True),
        sa.Column("edited_at", db.types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_texts")),
        sa.UniqueConstraint("kind", "audience", name=op.f("uq_message_texts_kind_audience")),
        **OPTIONS,
    )
    op.create_table(
        "contact_preferences",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("patient_id", REF, nullable=False),
        sa.Column("reminders", sa.Boolean(), nullable=False),
        sa.Column("medium", db.types.BinText(length=10), nullable=True),
        sa.Column("updated_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f("fk_contact_preferences_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_preferences")),
        sa.UniqueConstraint("patient_id", name=op.f("uq_contact_preferences_patient_id")),
        **OPTIONS,
    )
    op.add_column("doctors", sa.Column("slots_due_at", db.types.UtcDateTime(), nullable=True))
    _speak_of_what_is_booked()


def _speak_of_what_is_booked() -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    op.get_bind().execute(
        sa.text(
            "INSERT INTO outbox (kind, appointment_id, status, attempts, due_at, created_at)"
            " SELECT 'imported', id, 'waiting', 0, :now, :now FROM appointments"
            " WHERE live = 1 AND status = 'booked'"
        ).bindparams(sa.bindparam("now", now, sa.DateTime()))
    )


def downgrade() -> None:
    """Without them."""
    op.drop_column("doctors", "slots_due_at")
    for table in ("contact_preferences", "message_texts", "outbox"):
        op.drop_table(table)
