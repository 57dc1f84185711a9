"""Time before and after a visit in which the doctor is not booked: preparation, cleaning."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MARGINS = ("before_minutes", "after_minutes")


def upgrade() -> None:
    """Two columns; the kinds there are have no margins."""
    for name in MARGINS:
        op.add_column("visit_kinds", sa.Column(name, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Without them; the slots that margins took stay with their appointments."""
    for name in reversed(MARGINS):
        op.drop_column("visit_kinds", name)
