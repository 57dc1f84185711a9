"""Calendars behind secret addresses."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """One table."""
    op.create_table(
        "calendar_feeds",
        sa.Column("doctor_id", REF, autoincrement=False, nullable=False),
        sa.Column("digest", db.types.BinText(length=64), nullable=False),
        sa.Column("with_names", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_calendar_feeds_doctor_id")),
        sa.PrimaryKeyConstraint("doctor_id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
        **OPTIONS,
    )


def downgrade() -> None:
    """Without it again."""
    op.drop_table("calendar_feeds")
