"""Those whom no message reaches and who are still to come are found by an index."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The index."""
    op.create_index("ix_appointments_tell_start", "appointments", ["tell_by_phone", "starts_at"], unique=False)


def downgrade() -> None:
    """Without it."""
    op.drop_index("ix_appointments_tell_start", "appointments")
