"""The audit grows for ever: its lines are found by who acted, by what was done and by whom it was about."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {"ix_audit_actor": ["actor"], "ix_audit_action": ["action"], "ix_audit_entity": ["entity", "entity_id"]}


def upgrade() -> None:
    """Three indexes; each ends with the id, so that the newest lines come first without sorting."""
    for name, columns in INDEXES.items():
        op.create_index(name, "audit", columns, unique=False)


def downgrade() -> None:
    """Without them."""
    for name in INDEXES:
        op.drop_index(name, "audit")
