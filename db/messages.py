"""What the clinic has to say by itself: the outbox, the texts a clinic made its own, and what patients wish to get."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, SmallInteger, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class OutboxRow(Table):
    """Something to be told. Written with the fact (`audience` NULL: whom to tell is still to be found out, and `kind`
    is the event of the history); from that, one row for each who hears of it.

    `due_at`: when it is next looked at, NULL once settled; of a row that a worker took (`claimed_by`) until when it is
    left to that worker. `version` is the start it speaks of, `dedupe` spells what may be told once. `medium` is NULL
    until it is chosen. `lane`: 0 what people are told, 1 what programs are (`subscription_id`), so that none waits for
    the other. No foreign keys: a booking takes no more locks than it must, and what was said stays.
    """

    __tablename__ = "outbox"
    id: Mapped[Id]
    uid: Mapped[str | None] = mapped_column(BinText(32), unique=True)
    kind: Mapped[str] = mapped_column(BinText(20))
    audience: Mapped[str | None] = mapped_column(BinText(10))
    medium: Mapped[str | None] = mapped_column(BinText(10))
    appointment_id: Mapped[int | None] = mapped_column(Ref, index=True)
    change_id: Mapped[int | None] = mapped_column(Ref)
    offer_id: Mapped[int | None] = mapped_column(Ref)
    patient_id: Mapped[int | None] = mapped_column(Ref, index=True)
    pre_registration_id: Mapped[int | None] = mapped_column(Ref)
    doctor_id: Mapped[int | None] = mapped_column(Ref)
    version: Mapped[datetime | None]
    dedupe: Mapped[str | None] = mapped_column(BinText(120), unique=True)
    status: Mapped[str] = mapped_column(BinText(8), default="waiting", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(BinText(32))
    created_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    reason: Mapped[str | None] = mapped_column(BinText(40))
    provider_id: Mapped[str | None]
    by: Mapped[str | None] = mapped_column(BinText(60))
    batch: Mapped[str | None] = mapped_column(BinText(32), index=True)
    subscription_id: Mapped[int | None] = mapped_column(Ref, index=True)
    lane: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    # SQLite must not give an id again: a fact's row goes when it has been addressed.
    __table_args__ = (Index(None, "lane", "due_at"), {**OPTIONS, "sqlite_autoincrement": True})


class MessageText(Table):
    """A clinic's own words for one kind of message to one audience; NULL: ours hold. `short` is what an SMS says."""

    __tablename__ = "message_texts"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(BinText(20))
    audience: Mapped[str] = mapped_column(BinText(10))
    subject: Mapped[str | None]
    body: Mapped[str | None] = mapped_column(Text)
    short: Mapped[str | None] = mapped_column(Text)
    enabled: Mapped[bool] = mapped_column(default=True)
    edited_by: Mapped[str | None] = mapped_column(BinText(60))
    edited_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("kind", "audience"), OPTIONS)


class ContactPreference(Table):
    """How a patient wishes to be told: `reminders` or none, and by which medium; NULL: the clinic chooses. `surveys`:
    whether they may be asked how a visit was.
    """

    __tablename__ = "contact_preferences"
    id: Mapped[Id]
    patient_id: Mapped[int] = mapped_column(Ref, ForeignKey("patients.id"), unique=True)
    reminders: Mapped[bool] = mapped_column(default=True)
    surveys: Mapped[bool] = mapped_column(default=True, server_default=true())
    medium: Mapped[str | None] = mapped_column(BinText(10))
    updated_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(BinText(60))
