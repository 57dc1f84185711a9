"""What patients say on the portal: who they are, what they have read and agreed to, and what they ask for."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Id, Ref, Table
from db.types import BinText


class Registration(Table):
    """Typed on the portal and not yet confirmed by the mailed link, of which only the digest is kept.

    `code`: of an appointment, or a protocol, made by telephone. It is no patient; old ones are deleted.
    """

    __tablename__ = "registrations"
    id: Mapped[Id]
    digest: Mapped[str] = mapped_column(BinText(64), unique=True)
    cpf: Mapped[str] = mapped_column(BinText(11))
    birth_date: Mapped[date]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(BinText(320))
    phones: Mapped[str]
    password_hash: Mapped[str]
    code: Mapped[str] = mapped_column(BinText(20), default="")
    notice_version: Mapped[int]
    marketing: Mapped[bool] = mapped_column(default=False)
    training: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Acknowledgement(Table):
    """A patient has read a version of the privacy notice. Care does not rest on it (LGPD art. 11, II, f)."""

    __tablename__ = "acknowledgements"
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(Ref, ForeignKey("patients.id"), index=True)
    version: Mapped[int]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(BinText(60))


class Consent(Table):
    """A patient agreed to something care does not need (marketing, training), or took it back; the newest counts."""

    __tablename__ = "consents"
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(Ref, ForeignKey("patients.id"), index=True)
    purpose: Mapped[str] = mapped_column(BinText(20))
    given: Mapped[bool]
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(BinText(60))


class DataRequest(Table):
    """Somebody asks the clinic for something about their data: access, correction or erasure; the desk answers."""

    __tablename__ = "data_requests"
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(Ref, ForeignKey("patients.id"), index=True)
    kind: Mapped[str] = mapped_column(BinText(12))
    text: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[str] = mapped_column(BinText(10), default="open", index=True)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None] = mapped_column(BinText(60))
    note: Mapped[str] = mapped_column(default="")
