"""Tokens of programs, the answers kept for them, and how often they ask."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Four tables."""
    op.create_table(
        "refresh_tokens",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("session_id", REF, nullable=False),
        sa.Column("digest", db.types.BinText(length=64), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("used_at", db.types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_refresh_tokens_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_refresh_tokens_digest")),
        **OPTIONS,
    )
    op.create_index(op.f("ix_refresh_tokens_session_id"), "refresh_tokens", ["session_id"])
    op.create_table(
        "personal_tokens",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("user_id", REF, nullable=False),
        sa.Column("name", db.types.BinText(length=255), nullable=False),
        sa.Column("digest", db.types.BinText(length=64), nullable=False),
        sa.Column("scopes", db.types.BinText(length=255), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("expires_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("used_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("revoked_at", db.types.UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_personal_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_personal_tokens_digest")),
        **OPTIONS,
    )
    op.create_index(op.f("ix_personal_tokens_user_id"), "personal_tokens", ["user_id"])
    op.create_table(
        "request_counts",
        sa.Column("who", db.types.BinText(length=64), nullable=False),
        sa.Column("minute", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("who", "minute", name=op.f("pk_request_counts")),
        **OPTIONS,
    )
    op.create_index(op.f("ix_request_counts_minute"), "request_counts", ["minute"])
    op.create_table(
        "kept_answers",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("owner", db.types.BinText(length=40), nullable=False),
        sa.Column("name", db.types.BinText(length=64), nullable=False),
        sa.Column("fingerprint", db.types.BinText(length=64), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answers")),
        sa.UniqueConstraint("owner", "name", name=op.f("uq_kept_answers_owner_name")),
        **OPTIONS,
    )
    op.create_index(op.f("ix_kept_answers_at"), "kept_answers", ["at"])


def downgrade() -> None:
    """Without them again."""
    for table in ("kept_answers", "request_counts", "personal_tokens", "refresh_tokens"):
        op.drop_table(table)
