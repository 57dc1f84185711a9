"""Who waits for a time that is not there yet."""

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from clinic.people import Person
from db.retry import taken
from db.session import Database
from db.tables import Waiting


class WaitingList:
    """Writes wishes; offering freed times is another matter."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def join(
        self,
        person: Person,
        specialty_id: int,
        via: str,
        doctor_id: int | None = None,
        unit_id: int | None = None,
        payer_id: int | None = None,
        period: str | None = None,
        protocol: str | None = None,
    ) -> int:
        """Write a wish down; its id. The same wish of somebody who waits for it already is the same row."""
        wish = {
            "specialty_id": specialty_id, "doctor_id": doctor_id, "unit_id": unit_id, "payer_id": payer_id,
            "period": period,
        }  # fmt: skip
        spelt = " ".join([person.ref, *(f"{name}={value}" for name, value in wish.items() if value is not None)])
        row = {**wish, **person.columns, "wish": spelt, "via": via, "protocol": protocol, "created_at": self._clock()}
        try:
            return self._database.change(insert(Waiting).values(**row)).lastrowid
        except IntegrityError as error:
            if not taken(error):
                raise
            known = self._database.first(select(Waiting.id).where(Waiting.wish == spelt, Waiting.live == 1))
            return known.id if known else 0
