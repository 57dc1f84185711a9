"""How large a share of the visits a doctor gets where any doctor will do."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """One column; the doctors there are share alike."""
    op.add_column("doctors", sa.Column("weight", sa.Integer(), server_default="1", nullable=False))


def downgrade() -> None:
    """Without it."""
    op.drop_column("doctors", "weight")
