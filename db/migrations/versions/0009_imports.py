"""Files that managers import, and what each line of them did."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Two tables."""
    op.create_table(
        "imports",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("sort", db.types.BinText(length=12), nullable=False),
        sa.Column("file_name", db.types.BinText(length=255), nullable=False),
        sa.Column("digest", db.types.BinText(length=64), nullable=False),
        sa.Column("ignored", sa.JSON(), nullable=False),
        sa.Column("status", db.types.BinText(length=10), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("started_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("ended_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("undone_at", db.types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
        **OPTIONS,
    )
    for column in ("digest", "status", "created_at"):
        op.create_index(op.f(f"ix_imports_{column}"), "imports", [column], unique=False)
    op.create_table(
        "import_rows",
        sa.Column("import_id", REF, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("cells", sa.JSON(), nullable=False),
        sa.Column("verdict", db.types.BinText(length=8), nullable=False),
        sa.Column("state", db.types.BinText(length=8), nullable=False),
        sa.Column("problems", sa.JSON(), nullable=False),
        sa.Column("entity_id", REF, nullable=True),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
        **OPTIONS,
    )
    op.create_index(
        "ix_import_rows_import_state_verdict", "import_rows", ["import_id", "state", "verdict"], unique=False
    )


def downgrade() -> None:
    """Without them."""
    op.drop_table("import_rows")
    op.drop_table("imports")
