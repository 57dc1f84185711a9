"""Who waits for a time that is not there yet."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from clinic.people import Person
from clinic.waiting import rows
from db.prepared import Insert
from db.retry import taken
from db.session import Database
from db.tables import Slot, Waiting

TRIES = 5
_INSERT = Insert(Waiting)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list, and the protocol under which it was taken first."""

    id: int
    protocol: str | None


class WaitingList:
    """Writes wishes; offering what becomes free is another matter (`clinic.waiting.room`)."""

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
        modality: str | None = None,
        but_free: bool = False,
    ) -> Place:
        """Write a wish down. The same wish of somebody who waits for it already is the same place, as it was taken.

        `but_free`: times are free and do not suit, so they are offered only what becomes free from now on.
        """
        wish = {
            "specialty_id": specialty_id, "doctor_id": doctor_id, "unit_id": unit_id, "payer_id": payer_id,
            "period": period, "modality": modality,
        }  # fmt: skip
        spelt = " ".join([person.ref, *(f"{name}={value}" for name, value in wish.items() if value is not None)])
        row = {**wish, **person.columns, "wish": spelt, "via": via, "protocol": protocol, "created_at": self._clock()}
        row["after_slot"] = self._last_slot() if but_free else None
        for _ in range(TRIES):
            place = self._new(row) or self._taken(spelt, protocol)
            if place:
                return place
        raise LookupError("the wish comes and goes")

    def _last_slot(self) -> int:
        row = self._database.first(select(func.max(Slot.id)))
        return (row[0] or 0) if row else 0

    def _new(self, row: dict[str, Any]) -> Place | None:
        def work(connection: Connection) -> int:
            place_id = _INSERT.run(connection, {**row, "live": 1, "status": "waiting", "note": ""})
            rows.tell(connection, place_id, row["unit_id"], row["doctor_id"], row["patient_id"], row["created_at"])
            return place_id

        try:
            return Place(self._database.write(work), row["protocol"])
        except IntegrityError as error:
            if not taken(error):
                raise
            return None

    def _taken(self, spelt: str, protocol: str | None) -> Place | None:
        """The place that is there; one without a protocol gets this one."""
        theirs = (Waiting.wish == spelt, Waiting.live == 1)
        if protocol:
            self._database.change(update(Waiting).where(*theirs, Waiting.protocol.is_(None)).values(protocol=protocol))
        row = self._database.first(select(Waiting.id, Waiting.protocol).where(*theirs))
        return Place(*row) if row else None
