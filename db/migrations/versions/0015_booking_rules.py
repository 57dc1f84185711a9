"""How many visits a day a doctor takes from a payer."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """One table."""
    op.create_table(
        "payer_quotas",
        sa.Column("doctor_id", REF, nullable=False),
        sa.Column("payer_id", REF, nullable=False),
        sa.Column("unit_id", REF, autoincrement=False, nullable=False),
        sa.Column("per_day", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["doctor_id"], ["doctors.id"], name=op.f("fk_payer_quotas_doctor_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payers.id"], name=op.f("fk_payer_quotas_payer_id")),
        sa.PrimaryKeyConstraint("doctor_id", "payer_id", "unit_id", name=op.f("pk_payer_quotas")),
        **OPTIONS,
    )


def downgrade() -> None:
    """Without it."""
    op.drop_table("payer_quotas")
