"""Time before and after a visit in which the doctor is not booked."""

revision = "0016"
down_revision = "0015"
branch_labels = depends_on = None


def upgrade() -> None:
    """Nothing yet."""


def downgrade() -> None:
    """Nothing yet."""
