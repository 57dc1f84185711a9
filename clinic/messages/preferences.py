"""How patients wish to be told: reminders or none, and by which medium first. Who said nothing gets reminders.

Care needs no consent (LGPD art. 11, II, f), and a reminder is part of it; saying no to reminders stops nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from db.retry import taken
from db.session import Database
from db.tables import ContactPreference

MEDIA = ("email", "sms")
"""Media a patient may prefer."""


@dataclass(frozen=True, slots=True)
class Preference:
    """A patient's wishes; `medium` None: the clinic chooses. `surveys`: whether they may be asked how a visit was."""

    reminders: bool = True
    medium: str | None = None
    surveys: bool = True


_P = ContactPreference
PREFERENCES: Any = select(_P.patient_id, _P.reminders, _P.medium, _P.surveys)


class Preferences:
    """Reads and keeps them."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def of(self, patient_id: int) -> Preference:
        """The wishes of one patient; what holds for everybody where nothing was said."""
        return self.of_all([patient_id]).get(patient_id, Preference())

    def of_all(self, patient_ids: Iterable[int]) -> dict[int, Preference]:
        """The wishes of those among these who said something."""
        rows = self._database.rows(PREFERENCES.where(_P.patient_id.in_(list(patient_ids))))
        return {row.patient_id: Preference(row.reminders, row.medium, row.surveys) for row in rows}

    def set(self, patient_id: int, wish: Preference, by: str) -> None:
        """Keep them. Raises ValueError for a medium nobody may prefer."""
        if wish.medium not in (None, *MEDIA):
            raise ValueError(wish.medium)
        told: dict[str, Any] = {"reminders": wish.reminders, "medium": wish.medium, "surveys": wish.surveys}
        values = {**told, "updated_at": self._clock(), "by": by}
        self._database.write(lambda connection: _keep(connection, patient_id, values))

    def remind(self, patient_id: int, wanted: bool, by: str) -> None:
        """Reminders or none; the rest stays as it is."""
        self.set(patient_id, replace(self.of(patient_id), reminders=wanted), by)

    def ask(self, patient_id: int, wanted: bool, by: str) -> None:
        """Whether they may be asked how a visit was; the rest stays as it is."""
        self.set(patient_id, replace(self.of(patient_id), surveys=wanted), by)


def _keep(connection: Connection, patient_id: int, values: dict[str, Any]) -> None:
    try:
        with connection.begin_nested():
            connection.execute(insert(ContactPreference).values(patient_id=patient_id, **values))
    except IntegrityError as error:
        if not taken(error):
            raise
        connection.execute(update(ContactPreference).where(_P.patient_id == patient_id).values(**values))
