"""Who did or saw what; kept apart from logs, nothing private in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select

from clinic.clock import Clock
from db.session import Database
from db.tables import Audit


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the trail; `actor` as in histories ("patient:12", "call:…", "system")."""

    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: int | None
    note: str


class AuditTrail:
    """Written by services, read by managers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def add(self, actor: str, action: str, entity: str = "", entity_id: int | None = None, note: str = "") -> None:
        """Write one entry."""
        entry = {"actor": actor, "action": action, "entity": entity, "entity_id": entity_id, "note": note}
        self._database.change(insert(Audit).values(at=self._clock(), **entry))

    def latest(self, limit: int = 100, action: str | None = None) -> list[AuditEntry]:
        """The newest entries first; those of one action, if one is named."""
        entries = select(Audit.at, Audit.actor, Audit.action, Audit.entity, Audit.entity_id, Audit.note)
        chosen = entries.where(Audit.action == action) if action else entries
        return [AuditEntry(*row) for row in self._database.rows(chosen.order_by(Audit.id.desc()).limit(limit))]
