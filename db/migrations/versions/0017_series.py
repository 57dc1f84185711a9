"""Appointments that repeat, and how many of them a payer allows."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """One table, and two columns of appointments."""
    op.create_table(
        "series",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("made_by", db.types.BinText(length=60), nullable=False),
        sa.Column("every_weeks", sa.Integer(), nullable=False),
        sa.Column("authorised", sa.Integer(), nullable=True),
        sa.Column("authorisation", db.types.BinText(length=40), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        **OPTIONS,
    )
    op.add_column("appointments", sa.Column("series_id", REF, nullable=True))
    op.add_column("appointments", sa.Column("series_day", sa.Date(), nullable=True))
    op.create_index("ix_appointments_series", "appointments", ["series_id", "series_day"], unique=False)


def downgrade() -> None:
    """Without them; the visits stay, each for itself."""
    op.drop_index("ix_appointments_series", "appointments")
    op.drop_column("appointments", "series_day")
    op.drop_column("appointments", "series_id")
    op.drop_table("series")
