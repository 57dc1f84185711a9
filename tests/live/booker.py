"""Books as the telephone does, from a process of its own, and tells when: for tests that wait for it elsewhere.

python -m tests.live.booker DATABASE_URL     then a line for each booking: {"patient", "doctor", "specialty", "day"}

The answer to each is a line {"id", "committed"}: the appointment, and the moment (s since 1970) COMMIT was sent.
"""

import json
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from clinic.services import Clinic, open_clinic
from clinic.settings import Settings
from clinic.slots import Criteria
from clinic.terms import Terms
from clinic.units import BRASILIA
from db.session import Database
from tests.clinic.small_clinic import TestClock


class TimedDatabase(Database):
    """Knows when its last transaction was committed."""

    committed = 0.0

    def _commit(self, connection: Connection) -> None:
        self.committed = time.time()
        super()._commit(connection)


def book(clinic: Clinic, asked: dict[str, Any]) -> int:
    """The first free time of a doctor on a day."""
    day = date.fromisoformat(asked["day"])
    found = clinic.agenda.next_free(Criteria(asked["specialty"], asked["doctor"]), limit=40)
    slot = next(one for one in found if one.starts_at.astimezone(BRASILIA).date() == day)
    hold = clinic.bookings.hold(slot, by="test-call")
    kind = clinic.directory.kind("consultation")
    terms = Terms(slot.doctor_id, slot.unit_id, asked["specialty"], kind, None, "in_person", None, approves=False)
    person = clinic.desk.bookings.person("patient", asked["patient"])
    return clinic.bookings.book(person, hold, terms, via="telephone").id


def main(url: str) -> None:
    """Until nobody asks any more."""
    database = TimedDatabase(url)
    clinic = open_clinic(Settings(database_url=url, spool=Path("/nonexistent-spool")), TestClock(), database)
    for line in sys.stdin:
        made = book(clinic, json.loads(line))
        print(json.dumps({"id": made, "committed": database.committed}), flush=True)  # noqa: T201 - who asked reads it


if __name__ == "__main__":
    main(sys.argv[1])
