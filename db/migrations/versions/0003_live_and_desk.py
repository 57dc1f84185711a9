"""Live events, delays of a day, and who was told by telephone."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Three tables, and an index to find whom to tell."""
    op.create_table(
        "live_events",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("topic", db.types.BinText(length=20), nullable=False),
        sa.Column("entity_id", REF, nullable=False),
        sa.Column("unit_id", REF, nullable=True),
        sa.Column("doctor_id", REF, nullable=True),
        sa.Column("patient_id", REF, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_events")),
        sqlite_autoincrement=True,
        **OPTIONS,
    )
    op.create_table(
        "delays",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("doctor_id", REF, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("since", db.types.UtcDateTime(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", db.types.BinText(length=255), nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_delays_doctor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delays")),
        sa.UniqueConstraint("doctor_id", "day", name=op.f("uq_delays_doctor_id_day")),
        **OPTIONS,
    )
    op.create_table(
        "phone_notices",
        sa.Column("change_id", REF, autoincrement=False, nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("outcome", db.types.BinText(length=20), nullable=False),
        sa.ForeignKeyConstraint(["change_id"], ["appointment_changes.id"], name=op.f("fk_phone_notices_change_id")),
        sa.PrimaryKeyConstraint("change_id", name=op.f("pk_phone_notices")),
        **OPTIONS,
    )
    op.create_index("ix_appointment_changes_event_at", "appointment_changes", ["event", "at"], unique=False)


def downgrade() -> None:
    """Without them again."""
    op.drop_index("ix_appointment_changes_event_at", "appointment_changes")
    for table in ("phone_notices", "delays", "live_events"):
        op.drop_table(table)
