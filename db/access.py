"""Who may log in, by what, and what they may do; sessions and the traces of log-ins.

Of every secret (session, mailed link, device, recovery code) only a digest is kept.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class User(Table):
    """Somebody who may log in: a patient, a doctor, one of the staff, or several of these in one person.

    `totp_step` is the time step of the last code taken, so that none is taken twice; `totp_at` says since when codes
    are asked for (NULL with a secret: being set up).
    """

    __tablename__ = "users"
    id: Mapped[Id]
    name: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    patient_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("patients.id"), unique=True)
    doctor_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("doctors.id"), unique=True)
    password_hash: Mapped[str | None]
    password_at: Mapped[datetime | None]
    totp_secret: Mapped[str | None]
    totp_at: Mapped[datetime | None]
    totp_step: Mapped[int | None] = mapped_column(Ref)
    created_at: Mapped[datetime]


class Identity(Table):
    """By what somebody is known: kind is cpf, email, phone, crm or oidc; one value belongs to one person.

    Values are normalised (clinic.identities); an OIDC subject is "issuer|subject".
    """

    __tablename__ = "identities"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), index=True)
    kind: Mapped[str] = mapped_column(BinText(12))
    value: Mapped[str] = mapped_column(BinText(512))
    verified_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("kind", "value"), OPTIONS)


class UserRole(Table):
    """What somebody may do: patient, attendant, doctor, manager, admin."""

    __tablename__ = "user_roles"
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), primary_key=True)
    role: Mapped[str] = mapped_column(BinText(12), primary_key=True)


class UserUnit(Table):
    """Where an attendant works; none: everywhere."""

    __tablename__ = "user_units"
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(Ref, ForeignKey("units.id"), primary_key=True)


class LoginSession(Table):
    """A browser somebody logged in with; `awaits` what is still missing ("code", "setup") before it counts."""

    __tablename__ = "sessions"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), index=True)
    digest: Mapped[str] = mapped_column(BinText(64), unique=True)
    awaits: Mapped[str | None] = mapped_column(BinText(10))
    how: Mapped[str] = mapped_column(BinText(10))
    agent: Mapped[str]
    address: Mapped[str] = mapped_column(BinText(45))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]


class MailedLink(Table):
    """A link sent by mail: works once, until it expires; `email` is the address it was sent to."""

    __tablename__ = "mailed_links"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), index=True)
    purpose: Mapped[str] = mapped_column(BinText(12))
    digest: Mapped[str] = mapped_column(BinText(64), unique=True)
    email: Mapped[str] = mapped_column(BinText(320))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class RecoveryCode(Table):
    """Works once in place of the code of the app."""

    __tablename__ = "recovery_codes"
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(BinText(64), primary_key=True)
    used_at: Mapped[datetime | None]


class KnownDevice(Table):
    """A browser somebody has logged in with before: guesses made elsewhere do not slow it down."""

    __tablename__ = "known_devices"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), index=True)
    digest: Mapped[str] = mapped_column(BinText(64), unique=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class LoginAttempt(Table):
    """A try that has not succeeded: `account` and `source` are digests, whether there is such an account or not."""

    __tablename__ = "login_attempts"
    id: Mapped[Id]
    account: Mapped[str] = mapped_column(BinText(32))
    source: Mapped[str] = mapped_column(BinText(32))
    at: Mapped[datetime] = mapped_column(index=True)
    __table_args__ = (
        Index("ix_login_attempts_account_source_at", "account", "source", "at"),
        Index("ix_login_attempts_source_at", "source", "at"),
        OPTIONS,
    )
