"""People who may log in: what they are known by, their roles and units, and whether they still may."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, String, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.identities import Identity, Kind
from clinic.identity_ends import forget_identity
from clinic.session_ends import end_sessions
from db.prepared import Query
from db.retry import taken
from db.session import Database
from db.tables import Identity as IdentityRow
from db.tables import LoginSession, User, UserRole, UserUnit

Role = Literal["patient", "attendant", "doctor", "manager", "admin"]
ROLES: tuple[Role, ...] = ("patient", "attendant", "doctor", "manager", "admin")
STAFF_ROLES: frozenset[Role] = frozenset({"attendant", "manager", "admin"})


class IdentityTaken(Exception):
    """Somebody else is known by this already, or the patient or doctor has an account."""


class LastAdmin(Exception):
    """Without this one nobody could give anybody a role any more."""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: made from the session cookie or the bearer token."""

    user_id: int
    name: str
    roles: frozenset[Role]
    patient_id: int | None = None
    doctor_id: int | None = None
    unit_ids: frozenset[int] = frozenset()
    """Units an attendant works at; empty: all."""
    session_id: int | None = None

    @property
    def ref(self) -> str:
        """The `by` of every history and audit row: "user:12"."""
        return f"user:{self.user_id}"


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody's account, as logging in needs it."""

    id: int
    name: str
    active: bool
    password_hash: str | None
    has_totp: bool
    roles: frozenset[Role]

    @property
    def is_staff(self) -> bool:
        """Whether codes of an app are asked for."""
        return bool(self.roles & STAFF_ROLES)


@dataclass(frozen=True, slots=True)
class Known:
    """One thing somebody is known by, and whether it was shown to be theirs."""

    identity: Identity
    verified: bool


def _listed(column: Any, of: Any) -> Any:
    """The values of a second table as one text, "a,b": one query says all of a person."""
    return select(func.group_concat(column, type_=String)).where(of == User.id).correlate(User).scalar_subquery()


ROLE_LIST = _listed(UserRole.role, UserRole.user_id).label("roles")
UNIT_LIST = _listed(UserUnit.unit_id, UserUnit.user_id).label("units")
VIEWER_COLUMNS = (User.id, User.name, User.patient_id, User.doctor_id, ROLE_LIST, UNIT_LIST)
ACCOUNT = select(User.id, User.name, User.active, User.password_hash, User.totp_at, ROLE_LIST)
BY_IDENTITY = Query(
    ACCOUNT.join(IdentityRow, IdentityRow.user_id == User.id).where(
        IdentityRow.kind == bindparam("kind"),
        IdentityRow.value == bindparam("value"),
        or_(IdentityRow.kind != "phone", IdentityRow.verified_at.is_not(None)),
    )
)
"""A telephone somebody only says to have names nobody."""


def viewer_of(row: Any, session_id: int | None = None) -> Viewer:
    """A row of VIEWER_COLUMNS as the one who looks."""
    units = frozenset(int(unit) for unit in _split(row.units))
    return Viewer(row.id, row.name, _roles(row.roles), row.patient_id, row.doctor_id, units, session_id)


class Users:
    """Reads and writes accounts."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def create(
        self,
        name: str,
        roles: Iterable[Role],
        identities: Iterable[Identity] = (),
        *,
        by: str,
        patient_id: int | None = None,
        doctor_id: int | None = None,
        unit_ids: Iterable[int] = (),
        password_hash: str | None = None,
        verified: bool = False,
    ) -> int:
        """A new account; its id. Raises IdentityTaken. `verified`: what they are known by was shown to be theirs."""
        now = self._clock()
        who = {
            "name": name, "patient_id": patient_id, "doctor_id": doctor_id, "password_hash": password_hash,
            "password_at": now if password_hash else None, "created_at": now,
        }  # fmt: skip
        known, wanted, units = tuple(identities), sorted(set(roles)), sorted(set(unit_ids))

        def work(connection: Connection) -> int:
            user_id = int(connection.execute(insert(User).values(**who)).lastrowid)
            insert_all(connection, IdentityRow, [_identity(user_id, one, now, verified) for one in known])
            insert_all(connection, UserRole, [{"user_id": user_id, "role": role} for role in wanted])
            insert_all(connection, UserUnit, [{"user_id": user_id, "unit_id": unit} for unit in units])
            return user_id

        user_id: int = self._unless_taken(work)
        self._audit.add(by, "user.created", "user", user_id, ",".join(wanted))
        return user_id

    def find(self, identity: Identity) -> Account | None:
        """Whose this is, active or not."""
        row = next(iter(self._database.ask(BY_IDENTITY, {"kind": identity.kind, "value": identity.value})), None)
        return _account(row) if row else None

    def account(self, user_id: int) -> Account:
        """One account. Raises KeyError."""
        row = self._database.first(ACCOUNT.where(User.id == user_id))
        if row is None:
            raise KeyError(user_id)
        return _account(row)

    def viewer(self, user_id: int) -> Viewer | None:
        """Somebody as the one who looks (for tokens); None when there is no such account, or it is not active."""
        row = self._database.first(select(*VIEWER_COLUMNS).where(User.id == user_id, User.active))
        return viewer_of(row) if row else None

    def of_patient(self, patient_id: int) -> int | None:
        """The account of a patient, if they have one."""
        row = self._database.first(select(User.id).where(User.patient_id == patient_id))
        return row.id if row else None

    def of_doctor(self, doctor_id: int) -> int | None:
        """The account of a doctor, if they have one."""
        row = self._database.first(select(User.id).where(User.doctor_id == doctor_id))
        return row.id if row else None

    def known_by(self, user_id: int) -> list[Known]:
        """All that somebody is known by."""
        found = select(IdentityRow.kind, IdentityRow.value, IdentityRow.verified_at)
        rows = self._database.rows(found.where(IdentityRow.user_id == user_id).order_by(IdentityRow.id))
        return [Known(Identity(_kind(row.kind), row.value), row.verified_at is not None) for row in rows]

    def add_identity(self, user_id: int, identity: Identity, *, by: str, verified: bool = False) -> None:
        """One more thing they are known by. Raises IdentityTaken."""
        row = _identity(user_id, identity, self._clock(), verified)
        self._unless_taken(lambda connection: connection.execute(insert(IdentityRow).values(row)))
        self._audit.add(by, "identity.added", "user", user_id, identity.kind)

    def remove_identity(self, user_id: int, identity: Identity, *, by: str) -> None:
        """They are not known by this any more, and what was sent there opens nothing."""
        now = self._clock()
        if self._database.write(lambda connection: forget_identity(connection, now, user_id, identity)):
            self._audit.add(by, "identity.removed", "user", user_id, identity.kind)

    def verified(self, user_id: int, identity: Identity) -> None:
        """It was shown to be theirs: a link mailed there was opened."""
        its = (IdentityRow.user_id == user_id, IdentityRow.kind == identity.kind, IdentityRow.value == identity.value)
        shown = update(IdentityRow).where(*its, IdentityRow.verified_at.is_(None))
        self._database.change(shown.values(verified_at=self._clock()))

    def shown(self, user_id: int, identity: Identity) -> None:
        """A link sent there was opened. A telephone names from now on this account alone: numbers get new owners."""
        if identity.kind != "phone":
            self.verified(user_id, identity)
            return
        row = _identity(user_id, identity, self._clock(), True)
        held = delete(IdentityRow).where(IdentityRow.kind == identity.kind, IdentityRow.value == identity.value)

        def work(connection: Connection) -> None:
            connection.execute(held)
            connection.execute(insert(IdentityRow).values(row))

        with suppress(IdentityTaken):  # of two who show it in the same moment one has it
            self._unless_taken(work)
            self._audit.add(f"user:{user_id}", "identity.added", "user", user_id, identity.kind)

    def set_roles(self, user_id: int, roles: Iterable[Role], *, by: str) -> None:
        """Exactly these roles, from the next page on. Raises LastAdmin."""
        wanted = sorted(set(roles))

        def work(connection: Connection) -> None:
            if "admin" not in wanted:
                keep_an_admin(connection, user_id)
            connection.execute(delete(UserRole).where(UserRole.user_id == user_id))
            insert_all(connection, UserRole, [{"user_id": user_id, "role": role} for role in wanted])

        self._database.write(work)
        self._audit.add(by, "roles.changed", "user", user_id, ",".join(wanted))

    def set_units(self, user_id: int, unit_ids: Iterable[int], *, by: str) -> None:
        """Works at these units; none: everywhere."""
        rows = [{"user_id": user_id, "unit_id": unit} for unit in sorted(set(unit_ids))]

        def work(connection: Connection) -> None:
            connection.execute(delete(UserUnit).where(UserUnit.user_id == user_id))
            insert_all(connection, UserUnit, rows)

        self._database.write(work)
        self._audit.add(by, "units.changed", "user", user_id)

    def rename(self, user_id: int, name: str) -> None:
        """What pages call them."""
        self._database.change(update(User).where(User.id == user_id).values(name=name))

    def set_active(self, user_id: int, active: bool, *, by: str) -> None:
        """Let somebody in again, or no more: every session of theirs ends. Raises LastAdmin."""
        now = self._clock()

        def work(connection: Connection) -> None:
            if not active:
                keep_an_admin(connection, user_id)
            connection.execute(update(User).where(User.id == user_id).values(active=active))
            if not active:
                end_sessions(connection, now, LoginSession.user_id == user_id)

        self._database.write(work)
        self._audit.add(by, "user.activated" if active else "user.deactivated", "user", user_id)

    def any(self) -> bool:
        """Whether there is any account yet."""
        return self._database.first(select(User.id).limit(1)) is not None

    def _unless_taken(self, work: Any) -> Any:
        try:
            return self._database.write(work)
        except IntegrityError as error:
            if taken(error):
                raise IdentityTaken from None
            raise


def keep_an_admin(connection: Connection, but: int) -> None:
    """Raises LastAdmin when `but` is the only active administrator; the rows are locked, so two cannot both go."""
    admins = select(UserRole.user_id).join(User, User.id == UserRole.user_id).where(User.active)
    found = set(connection.scalars(admins.where(UserRole.role == "admin").with_for_update()))
    if found == {but}:
        raise LastAdmin


def insert_all(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """Some rows, or none."""
    if rows:
        connection.execute(insert(table), rows)


def _identity(user_id: int, one: Identity, now: Any, verified: bool) -> dict[str, Any]:
    return {
        "user_id": user_id, "kind": one.kind, "value": one.value, "verified_at": now if verified else None,
        "created_at": now,
    }  # fmt: skip


def _account(row: Any) -> Account:
    return Account(row.id, row.name, row.active, row.password_hash, row.totp_at is not None, _roles(row.roles))


def _split(text: str | None) -> list[str]:
    return text.split(",") if text else []


def _roles(text: str | None) -> frozenset[Role]:
    return frozenset(role for role in ROLES if role in _split(text))


def _kind(text: str) -> Kind:
    return text  # type: ignore[return-value]
