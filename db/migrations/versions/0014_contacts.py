"""What people answer, and the number each contact has; and what came back of the mail."""

from typing import Any

import sqlalchemy as sa
from alembic import op

import db.types

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

REF = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPTIONS: dict[str, Any] = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}


def upgrade() -> None:
    """Three tables and three columns."""
    op.create_table(
        "undeliverable",
        sa.Column("address", db.types.BinText(length=255), nullable=False),
        sa.Column("status", db.types.BinText(length=12), nullable=False),
        sa.Column("since", db.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address", name=op.f("pk_undeliverable")),
        **OPTIONS,
    )
    op.create_table(
        "mailbox_places",
        sa.Column("mailbox", db.types.BinText(length=64), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("mailbox", name=op.f("pk_mailbox_places")),
        **OPTIONS,
    )
    op.create_table(
        "survey_answers",
        sa.Column("id", REF, autoincrement=True, nullable=False),
        sa.Column("appointment_id", REF, nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("via", db.types.BinText(length=10), nullable=False),
        sa.Column("answered_at", db.types.UtcDateTime(), nullable=False),
        sa.Column("changed_at", db.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointments.id"], name=op.f("fk_survey_answers_appointment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_survey_answers")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_survey_answers_appointment_id")),
        **OPTIONS,
    )
    op.create_index(op.f("ix_survey_answers_answered_at"), "survey_answers", ["answered_at"], unique=False)
    op.add_column("contact_preferences", sa.Column("surveys", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("protocols", sa.Column("appointment_id", REF, nullable=True))
    op.create_index(op.f("ix_protocols_appointment_id"), "protocols", ["appointment_id"], unique=False)
    op.add_column("appointment_changes", sa.Column("protocol", db.types.BinText(length=20), nullable=True))


def downgrade() -> None:
    """Without them."""
    op.drop_column("appointment_changes", "protocol")
    op.drop_index(op.f("ix_protocols_appointment_id"), "protocols")
    op.drop_column("protocols", "appointment_id")
    op.drop_column("contact_preferences", "surveys")
    for table in ("survey_answers", "mailbox_places", "undeliverable"):
        op.drop_table(table)
