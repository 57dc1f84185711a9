"""Programs that are told of appointments; their rows of the outbox wait in a lane of their own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Two tables, and two columns of the outbox."""
    op.create_table(
        "webhook_subscriptions",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("label", db.types.BinText(length=80), nullable=False),
        sa.Column("url", db.types.BinText(length=500), nullable=False),
        sa.Column("events", db.types.BinText(length=500), nullable=False),
        sa.Column("with_patient", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("old_secret", sa.Text(), nullable=True),
        sa.Column("old_until", db.types.UtcDateTime(), nullable=True),
        sa.Column("paused_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("paused_why", db.types.BinText(length=20), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", db.types.UtcDateTime(), nullable=True),
        sa.Column("told_at", db.types.UtcDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("by", db.types.BinText(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_subscriptions")),
        sa.UniqueConstraint("label", name=op.f("uq_webhook_subscriptions_label")),
        **OPTIONS,
    )
    op.create_table(
        "webhook_attempts",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("subscription_id", REF, nullable=False),
        sa.Column("uid", db.types.BinText(length=32), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", db.types.UtcDateTime(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", db.types.BinText(length=40), nullable=True),
        sa.Column("answer", db.types.BinText(length=255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["subscription_id"],
            ["webhook_subscriptions.id"],
            name=op.f("fk_webhook_attempts_subscription_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempts")),
        **OPTIONS,
    )
    for column in ("subscription_id", "uid", "at"):
        op.create_index(op.f(f"ix_webhook_attempts_{column}"), "webhook_attempts", [column], unique=False)
    op.add_column("outbox", sa.Column("subscription_id", REF, nullable=True))
    op.add_column("outbox", sa.Column("lane", sa.SmallInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_outbox_subscription_id"), "outbox", ["subscription_id"], unique=False)
    op.create_index(op.f("ix_outbox_lane_due_at"), "outbox", ["lane", "due_at"], unique=False)
    op.drop_index(op.f("ix_outbox_due_at"), table_name="outbox")


def downgrade() -> None:
    """Without them; who waited to be told of something is told nothing."""
    op.execute("DELETE FROM outbox WHERE audience = 'program'")
    op.create_index(op.f("ix_outbox_due_at"), "outbox", ["due_at"], unique=False)
    op.drop_index(op.f("ix_outbox_lane_due_at"), table_name="outbox")
    op.drop_index(op.f("ix_outbox_subscription_id"), table_name="outbox")
    op.drop_column("outbox", "lane")
    op.drop_column("outbox", "subscription_id")
    op.drop_table("webhook_attempts")
    op.drop_table("webhook_subscriptions")
