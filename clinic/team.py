"""The people who may log in, as a manager sees them, and who may change what about whom."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from clinic.audit import AuditTrail
from clinic.clock import Clock
from clinic.identities import Identity
from clinic.profile import ChangedMeanwhile
from clinic.session_ends import end_sessions
from clinic.users import ROLE_LIST, ROLES, UNIT_LIST, IdentityTaken, Role, Viewer, insert_all, keep_an_admin
from db.retry import taken
from db.session import Database
from db.tables import Doctor, LoginSession, User, UserRole, UserUnit
from db.tables import Identity as IdentityRow

GIVEN_BY_ADMINS: frozenset[Role] = frozenset({"manager", "admin"})
MOST = 100
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody with an account. `last_login` within the last month; `doctor`: the name in the directory."""

    id: int
    name: str
    active: bool
    has_password: bool
    has_codes: bool
    patient_id: int | None
    doctor_id: int | None
    doctor: str | None
    roles: frozenset[Role]
    unit_ids: frozenset[int]
    last_login: datetime | None

    @property
    def is_managing(self) -> bool:
        """Whether only administrators may change this account."""
        return bool(self.roles & GIVEN_BY_ADMINS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an account shall be like. `active` None: as it is; who takes the access away meanwhile is not undone."""

    name: str
    roles: frozenset[Role]
    unit_ids: frozenset[int]
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class FreeDoctor:
    """A doctor without an account."""

    id: int
    name: str
    identity: Identity


_LAST = (
    select(func.max(LoginSession.created_at))
    .where(LoginSession.user_id == User.id, LoginSession.awaits.is_(None))
    .correlate(User)
    .scalar_subquery()
    .label("last_login")
)
MEMBERS = (
    select(User.id, User.name, User.active, User.password_hash, User.totp_at, User.patient_id, User.doctor_id)
    .add_columns(Doctor.name.label("doctor"), ROLE_LIST, UNIT_LIST, _LAST)
    .outerjoin(Doctor, Doctor.id == User.doctor_id)
)


class Team:
    """Reads the team; joins accounts to doctors. What else changes an account is in Users."""

    def __init__(self, database: Database, audit: AuditTrail, clock: Clock) -> None:
        self._database, self._audit, self._clock = database, audit, clock

    def list(self, text: str = "", role: str = "") -> Sequence[Member]:
        """By name, at most MOST: those of a role, or all but patients; `text`: part of a name or of an e-mail, CRM."""
        held = select(UserRole.user_id).where(UserRole.role == role if role else UserRole.role != "patient")
        nothing_yet = ~select(UserRole.user_id).where(UserRole.user_id == User.id).exists()
        wanted = MEMBERS.where(User.id.in_(held) if role else or_(User.id.in_(held), nothing_yet))
        if text := text.strip()[:LONGEST]:
            part = f"%{_plain(text)}%"
            known = select(IdentityRow.user_id).where(IdentityRow.value.ilike(part, escape="\\"))
            wanted = wanted.where(or_(User.name.ilike(part, escape="\\"), User.id.in_(known)))
        return [_member(row) for row in self._database.rows(wanted.order_by(User.name, User.id).limit(MOST + 1))]

    def member(self, user_id: int) -> Member:
        """One of them. Raises KeyError."""
        row = self._database.first(MEMBERS.where(User.id == user_id))
        if row is None:
            raise KeyError(user_id)
        return _member(row)

    def free_doctors(self, but: int | None = None) -> Sequence[FreeDoctor]:
        """Doctors who have no account yet, and the one of `but`."""
        having = select(User.doctor_id).where(User.doctor_id.is_not(None), User.doctor_id != (but or 0))
        columns = select(Doctor.id, Doctor.name, Doctor.crm, Doctor.crm_state)
        rows = self._database.rows(columns.where(Doctor.id.not_in(having)).order_by(Doctor.name_search, Doctor.id))
        return [FreeDoctor(row.id, row.name, crm_of(row.crm, row.crm_state)) for row in rows]

    def save(self, user_id: int, wanted: Wanted, still: Callable[[Member], bool], *, by: str) -> None:
        """All of it, or nothing. `still`: whether the account, at this very moment, is the one that was to be changed.

        Raises KeyError, LastAdmin, ChangedMeanwhile.
        """
        now, roles, units = self._clock(), sorted(wanted.roles), sorted(wanted.unit_ids)

        def work(connection: Connection) -> Member:
            connection.execute(update(User).where(User.id == user_id).values(id=user_id))  # others wait here
            row = connection.execute(MEMBERS.where(User.id == user_id)).first()
            if row is None:
                raise KeyError(user_id)
            if not still(before := _member(row)):
                raise ChangedMeanwhile
            active = before.active if wanted.active is None else wanted.active
            if "admin" not in roles or not active:
                keep_an_admin(connection, user_id)
            for table in (UserRole, UserUnit):
                connection.execute(delete(table).where(table.user_id == user_id))
            insert_all(connection, UserRole, [{"user_id": user_id, "role": role} for role in roles])
            insert_all(connection, UserUnit, [{"user_id": user_id, "unit_id": unit} for unit in units])
            connection.execute(update(User).where(User.id == user_id).values(name=wanted.name, active=active))
            if before.active and not active:
                end_sessions(connection, now, LoginSession.user_id == user_id)
            return before

        self._told(self._database.write(work), wanted, by)

    def _told(self, before: Member, wanted: Wanted, by: str) -> None:
        """What was changed is kept in the audit."""
        if wanted.roles != before.roles:
            self._audit.add(by, "roles.changed", "user", before.id, ",".join(sorted(wanted.roles)))
        if wanted.unit_ids != before.unit_ids:
            self._audit.add(by, "units.changed", "user", before.id)
        if wanted.active not in (None, before.active):
            self._audit.add(by, "user.activated" if wanted.active else "user.deactivated", "user", before.id)

    def link_doctor(self, user_id: int, doctor_id: int | None, *, by: str) -> None:
        """The account is this doctor's, who logs in by the CRM; or nobody's any more. Raises IdentityTaken."""
        now = self._clock()

        def work(connection: Connection) -> None:
            connection.execute(update(User).where(User.id == user_id).values(doctor_id=doctor_id))
            connection.execute(delete(IdentityRow).where(IdentityRow.user_id == user_id, IdentityRow.kind == "crm"))
            if doctor_id is None:
                return
            mine = select(Doctor.crm, Doctor.crm_state).where(Doctor.id == doctor_id)
            row = connection.execute(mine).first()
            if row is None:
                raise KeyError(doctor_id)
            crm = {"kind": "crm", "value": crm_of(row.crm, row.crm_state).value, "verified_at": now, "created_at": now}
            connection.execute(insert(IdentityRow).values(user_id=user_id, **crm))

        try:
            self._database.write(work)
        except IntegrityError as error:
            if taken(error):
                raise IdentityTaken from None
            raise
        self._audit.add(by, "doctor.linked", "user", user_id, f"doctor:{doctor_id}" if doctor_id else "")


def may_change(viewer: Viewer, member: Member) -> bool:
    """Managers change whom they could have invited; accounts of managers and administrators are administrators'."""
    return "admin" in viewer.roles or ("manager" in viewer.roles and not member.is_managing)


def may_give(viewer: Viewer) -> tuple[Role, ...]:
    """The roles somebody may give and take; a patient's comes with the patient's record alone."""
    return tuple(one for one in ROLES if one != "patient" and ("admin" in viewer.roles or one not in GIVEN_BY_ADMINS))


def crm_of(number: str, state: str) -> Identity:
    """A doctor's CRM in the one spelling by which people are found."""
    return Identity("crm", f"{state}/{number.lstrip('0') or number}")


def _member(row: Any) -> Member:
    roles = frozenset(role for role in ROLES if role in (row.roles or "").split(","))
    units = frozenset(int(unit) for unit in (row.units or "").split(",") if unit)
    return Member(
        row.id, row.name, row.active, row.password_hash is not None, row.totp_at is not None, row.patient_id,
        row.doctor_id, row.doctor, roles, units, row.last_login,
    )  # fmt: skip


def _plain(text: str) -> str:
    """Text in which % and _ mean themselves."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
