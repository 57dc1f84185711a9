"""Who did or saw what; kept apart from logs, nothing private in it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Insert, insert, select

from clinic.clock import Clock
from db.session import Database
from db.tables import Audit, User

BY_ACCOUNT = "user:"
MOST_NAMESAKES = 500
AGAIN = timedelta(minutes=10)
MOST_KNOWN = 10_000
"""Of so many entries it is remembered that they were written just now."""


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
    """One line as managers see it; `name` of the person who acted, where it is somebody with an account; `about`: of
    the account it is about, where that is no patient's."""

    id: int
    at: datetime
    actor: str
    action: str
    entity: str
    entity_id: int | None
    note: str
    name: str | None
    about: str | None


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
        self._lately: dict[tuple[str, str, str, int | None, str], datetime] = {}

    def add(self, actor: str, action: str, entity: str = "", entity_id: int | None = None, note: str = "") -> None:
        """Write one entry."""
        self._database.change(self.entry(actor, action, entity, entity_id, note))

    def entry(self, actor: str, action: str, entity: str = "", entity_id: int | None = None, note: str = "") -> Insert:
        """One entry, to be written in the transaction of what it tells of."""
        entry = {"actor": actor, "action": action, "entity": entity, "entity_id": entity_id, "note": note}
        return insert(Audit).values(at=self._clock(), **entry)

    def add_once(self, actor: str, action: str, entity: str = "", entity_id: int | None = None, note: str = "") -> None:
        """As `add`, of what is looked at again and again: one entry in ten minutes, and one for each process."""
        what, now = (actor, action, entity, entity_id, note), self._clock()
        last = self._lately.get(what)
        if last is not None and timedelta() <= now - last < AGAIN:
            return
        self.add(*what)
        if len(self._lately) >= MOST_KNOWN:
            self._lately = {}
        self._lately[what] = now

    def search(self, asked: "Asked", before: int | None = None, limit: int = 50) -> list[AuditLine]:
        """What fits, the newest first; `before`: only what is older than that line.

        Lines are many and people few: whose name fits is looked for first, and only the lines found are given names.
        """
        actors = self._called(asked.who) if asked.who else None
        found: Sequence[Any] = self._database.rows(_wanted(asked, actors, before).limit(limit))
        of = {row.id: f"{BY_ACCOUNT}{row.entity_id}" for row in found if row.entity == "user"}
        known = self._known([*(row.actor for row in found), *of.values()])
        names = {who: one.name for who, one in known.items()}
        about = {who: one.name for who, one in known.items() if one.patient_id is None}
        return [AuditLine(*(*row, names.get(row.actor), about.get(of.get(row.id, "")))) for row in found]

    def latest(self, limit: int = 100, action: str | None = None) -> list[AuditEntry]:
        """The newest entries first; those of one action, if one is named."""
        entries = select(Audit.at, Audit.actor, Audit.action, Audit.entity, Audit.entity_id, Audit.note)
        chosen = entries.where(Audit.action == action) if action else entries
        return [AuditEntry(*row) for row in self._database.rows(chosen.order_by(Audit.id.desc()).limit(limit))]

    def _called(self, part: str) -> list[str]:
        """How the trail knows the people with this part of a name, and an actor that is called just so."""
        named = select(User.id).where(User.name.ilike(f"%{_plain(part)}%", escape="\\")).order_by(User.id)
        return [part, *(f"{BY_ACCOUNT}{row.id}" for row in self._database.rows(named.limit(MOST_NAMESAKES)))]

    def _known(self, actors: Iterable[str]) -> dict[str, Any]:
        """The accounts among these, with name and patient."""
        numbers = (one.removeprefix(BY_ACCOUNT) for one in set(actors) if one.startswith(BY_ACCOUNT))
        ids = sorted(int(number) for number in numbers if number.isdecimal())
        accounts = select(User.id, User.name, User.patient_id)
        found = self._database.rows(accounts.where(User.id.in_(ids))) if ids else ()
        return {f"{BY_ACCOUNT}{row.id}": row for row in found}


def _wanted(asked: Asked, actors: list[str] | None, before: int | None) -> Any:
    lines = select(Audit.id, Audit.at, Audit.actor, Audit.action, Audit.entity, Audit.entity_id, Audit.note)
    wanted = lines.where(*_conditions(asked), *([Audit.actor.in_(actors)] if actors else []))
    return (wanted if before is None else wanted.where(Audit.id < before)).order_by(Audit.id.desc())


def _conditions(asked: Asked) -> Iterator[ColumnElement[bool]]:
    if asked.action:
        yield Audit.action == asked.action
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
