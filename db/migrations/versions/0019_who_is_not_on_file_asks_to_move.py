"""Who is not on file yet may ask to move a visit: the request stands beside it until it is answered."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

ONE = ("uq_appointments_pre_registration_id_live", ["pre_registration_id", "live"])
ONE_EACH_TIME = (
    "uq_appointments_pre_registration_id_starts_at_live",
    ["pre_registration_id", "starts_at", "live"],
)


def upgrade() -> None:
    """One visit at each time, as patients have them, instead of one in all: how many is looked at by who books."""
    _change(ONE, ONE_EACH_TIME)


def downgrade() -> None:
    """One in all, where nobody has two."""
    _change(ONE_EACH_TIME, ONE)


def _change(old: tuple[str, list[str]], new: tuple[str, list[str]]) -> None:
    """The new one first: the foreign key wants an index at any moment."""
    with op.batch_alter_table("appointments") as table:
        table.create_unique_constraint(op.f(new[0]), new[1])
        table.drop_constraint(op.f(old[0]), type_="unique")
