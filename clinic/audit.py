"""Who did or saw what; kept apart from logs, nothing private in it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, cast, insert, literal, select

from clinic.clock import Clock
from db.session import Database
from db.tables import Audit, User


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the trail; `actor` as in histories ("patient:12", "call:…", "system")."""

    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: int | None
    note: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line as managers see it; `name` of the person who acted, where it is somebody with an account."""

    id: int
    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: int | None
    note: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; what is not given does not matter. `entity` as "patient:12"; `who`: a part of a name."""

    action: str = ""
    who: str = ""
    entity: str = ""
    entity_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


class AuditTrail:
    """Written by services, read by managers."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock

    def add(self, actor: str, action: str, entity: str = "", entity_id: int | None = None, note: str = "") -> None:
        """Write one entry."""
        entry = {"actor": actor, "action": action, "entity": entity, "entity_id": entity_id, "note": note}
        self._database.change(insert(Audit).values(at=self._clock(), **entry))

    def search(self, asked: "Asked", before: int | None = None, limit: int = 50) -> list[AuditLine]:
        """What fits, the newest first; `before`: only what is older than that line."""
        found: Sequence[Any] = self._database.rows(_wanted(asked, before).limit(limit))
        return [AuditLine(*row) for row in found]

    def actions(self) -> list[str]:
        """All actions that were ever written."""
        return [row[0] for row in self._database.rows(select(Audit.action).distinct().order_by(Audit.action))]

    def latest(self, limit: int = 100, action: str | None = None) -> list[AuditEntry]:
        """The newest entries first; those of one action, if one is named."""
        entries = select(Audit.at, Audit.actor, Audit.action, Audit.entity, Audit.entity_id, Audit.note)
        chosen = entries.where(Audit.action == action) if action else entries
        return [AuditEntry(*row) for row in self._database.rows(chosen.order_by(Audit.id.desc()).limit(limit))]


def _wanted(asked: Asked, before: int | None) -> Any:
    """Lines with the name of who acted. Actors are few and lines are many, so names are looked for among people."""
    whose = literal("user:", String(60)).concat(cast(User.id, String(20)))
    lines = select(
        Audit.id, Audit.at, Audit.actor, Audit.action, Audit.entity, Audit.entity_id, Audit.note, User.name
    ).outerjoin(User, whose == Audit.actor)
    wanted = lines.where(*_conditions(asked))
    return (wanted if before is None else wanted.where(Audit.id < before)).order_by(Audit.id.desc())


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.action:
        yield Audit.action == asked.action
    if asked.who:
        yield User.name.ilike(f"%{_plain(asked.who)}%", escape="\\") | (Audit.actor == asked.who)
    if asked.entity:
        yield Audit.entity == asked.entity
    if asked.entity_id is not None:
        yield Audit.entity_id == asked.entity_id
    if asked.since:
        yield Audit.at >= asked.since
    if asked.until:
        yield Audit.at < asked.until


def _plain(text: str) -> str:
    """Text in which % and _ mean themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
