"""Registrations on the portal, the privacy notice, consents, and what patients ask for."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Four tables."""
    op.create_table(
        "registrations",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("digest", db.types.BinText(length=64), nullable=False),
        sa.Column("cpf", db.types.BinText(length=11), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("name", db.types.BinText(length=255), nullable=False),
        sa.Column("email", db.types.BinText(length=320), nullable=False),
        sa.Column("phones", db.types.BinText(length=255), nullable=False),
        sa.Column("password_hash", db.types.BinText(length=255), nullable=False),
        sa.Column("code", db.types.BinText(length=20), nullable=False),
        sa.Column("notice_version", sa.Integer(), nullable=False),
        sa.Column("marketing", sa.Boolean(), nullable=False),
        sa.Column("training", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("used_at", db.types.UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("digest", name=op.f("uq_registrations_digest")),
        **OPTIONS,
    )
    op.create_index("ix_registrations_expires_at", "registrations", ["expires_at"], unique=False)
    _of_patients(
        "acknowledgements",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
    )
    _of_patients(
        "consents",
        sa.Column("purpose", db.types.BinText(length=20), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
    )
    _of_patients(
        "data_requests",
        sa.Column("kind", db.types.BinText(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("status", db.types.BinText(length=10), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("done_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("done_by", db.types.BinText(length=60), nullable=True),
        sa.Column("note", db.types.BinText(length=255), nullable=False),
    )
    op.create_index("ix_data_requests_status", "data_requests", ["status"], unique=False)


def _of_patients(table: str, *columns: sa.Column[Any]) -> None:
    """A table whose rows each belong to a patient."""
    op.create_table(
        table,
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("patient_id", REF, nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name=op.f(f"fk_{table}_patient_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        **OPTIONS,
    )
    op.create_index(f"ix_{table}_patient_id", table, ["patient_id"], unique=False)


def downgrade() -> None:
    """Without them again."""
    for table in ("data_requests", "consents", "acknowledgements", "registrations"):
        op.drop_table(table)
