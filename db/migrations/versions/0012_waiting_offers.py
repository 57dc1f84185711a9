"""Times that are offered to who waits, and what of a wish decides which ones fit."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """A table, and what a place in the list and a message must know beside."""
    op.create_table(
        "waiting_offers",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("waiting_id", REF, nullable=False),
        sa.Column("slot_id", REF, nullable=False),
        sa.Column("doctor_id", REF, nullable=False),
        sa.Column("unit_id", REF, nullable=False),
        sa.Column("modality", db.types.BinText(length=10), nullable=False),
        sa.Column("starts_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("until", db.types.UtcDateTime(), nullable=False),
        sa.Column("token", db.types.BinText(length=80), nullable=False),
        sa.Column("uid", db.types.BinText(length=32), nullable=False),
        sa.Column("status", db.types.BinText(length=10), nullable=False),
        sa.Column("live", sa.Integer(), nullable=True),
        sa.Column("appointment_id", REF, nullable=True),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("settled_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("settled_by", db.types.BinText(length=60), nullable=True),
        sa.Column("settled_via", db.types.BinText(length=20), nullable=True),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_waiting_offers_doctor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_waiting_offers_unit_id")),
        sa.ForeignKeyConstraint(["waiting_id"], ["waiting_list.id"], name=op.f("fk_waiting_offers_waiting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_offers")),
        sa.UniqueConstraint("slot_id", "live", name=op.f("uq_waiting_offers_slot_id_live")),
        sa.UniqueConstraint("uid", name=op.f("uq_waiting_offers_uid")),
        sa.UniqueConstraint(
            "waiting_id", "doctor_id", "starts_at", name=op.f("uq_waiting_offers_waiting_id_doctor_id_starts_at")
        ),
        sa.UniqueConstraint("waiting_id", "live", name=op.f("uq_waiting_offers_waiting_id_live")),
        **OPTIONS,
    )
    op.create_index("ix_waiting_offers_live_until", "waiting_offers", ["live", "until"], unique=False)
    op.add_column("waiting_list", sa.Column("modality", db.types.BinText(length=10), nullable=True))
    op.add_column("waiting_list", sa.Column("after_slot", REF, nullable=True))
    op.create_index("ix_waiting_list_live_created", "waiting_list", ["live", "created_at"], unique=False)
    op.add_column("outbox", sa.Column("offer_id", REF, nullable=True))


def downgrade() -> None:
    """Without them; what was to be said of an offer is not said any more."""
    op.execute("DELETE FROM outbox WHERE offer_id IS NOT NULL")
    op.drop_column("outbox", "offer_id")
    op.drop_index("ix_waiting_list_live_created", table_name="waiting_list")
    for column in ("after_slot", "modality"):
        op.drop_column("waiting_list", column)
    op.drop_table("waiting_offers")
