"""Names out of the records that must be rendered before they can be said."""

import contextlib
import hashlib
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from db.session import Database
from db.tables import SpokenName


def digest(text: str) -> str:
    """16 hexadecimal digits of a name, the same however its accents are encoded; its prompt id is "name/" + this."""
    tidy = unicodedata.normalize("NFC", " ".join(text.split()))
    return hashlib.sha256(tidy.encode()).hexdigest()[:16]


def need(connection: Connection, now: datetime, texts: Iterable[str | None]) -> None:
    """Within the transaction that saves a record: its names are to be rendered. Known ones stay as they are."""
    wanted = {digest(text): " ".join(text.split()) for text in texts if text}
    known = set(connection.scalars(select(SpokenName.digest).where(SpokenName.digest.in_(wanted))))
    for key in sorted(wanted.keys() - known):
        with contextlib.suppress(IntegrityError), connection.begin_nested():  # somebody else needs it too
            connection.execute(insert(SpokenName).values(digest=key, text=wanted[key], created_at=now))


class Names:
    """What the renderer of names reads and writes."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def need(self, *texts: str) -> None:
        """These names are to be rendered."""
        now = self._clock()
        self._database.write(lambda connection: need(connection, now, texts))

    def pending(self, limit: int = 100) -> list[str]:
        """Names not rendered yet, least tried and oldest first."""
        waiting = select(SpokenName.text).where(SpokenName.rendered_at.is_(None))
        ordered = waiting.order_by(SpokenName.attempts, SpokenName.created_at, SpokenName.digest).limit(limit)
        return [row.text for row in self._database.rows(ordered)]

    def text(self, key: str) -> str | None:
        """The name behind a digest, None when unknown."""
        row = self._database.first(select(SpokenName.text).where(SpokenName.digest == key))
        return row.text if row else None

    def rendered(self, text: str) -> None:
        """This name now has its recording."""
        self._mark(text, rendered_at=self._clock())

    def failed(self, text: str) -> None:
        """This name could not be rendered; others come before its next try."""
        self._mark(text, attempts=SpokenName.attempts + 1)

    def _mark(self, text: str, **changes: object) -> None:
        self._database.change(update(SpokenName).where(SpokenName.digest == digest(text)).values(**changes))
