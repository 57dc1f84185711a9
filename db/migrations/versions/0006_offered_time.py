"""Time that was offered and passed unused, for the reports."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """One table."""
    op.create_table(
        "offered_time",
        sa.Column("doctor_id", REF, autoincrement=False, nullable=False),
        sa.Column("unit_id", REF, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_offered_time_doctor_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_offered_time_unit_id")),
        sa.PrimaryKeyConstraint("doctor_id", "unit_id", "day", name=op.f("pk_offered_time")),
        **OPTIONS,
    )


def downgrade() -> None:
    """Without it again."""
    op.drop_table("offered_time")
