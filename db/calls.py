"""Calls, their protocols and what was spoken in them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class CallRecord(Table):
    """One call through the menus. `resume`: where to go on for who was cut off."""

    __tablename__ = "calls"
    id: Mapped[Id]
    uniqueid: Mapped[str] = mapped_column(BinText(64), unique=True)
    linkedid: Mapped[str] = mapped_column(BinText(64), index=True)
    caller: Mapped[str | None] = mapped_column(BinText(20))
    dialled: Mapped[str] = mapped_column(BinText(40))
    unit_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("units.id"))
    patient_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("patients.id"))
    pre_registration_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("pre_registrations.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    menu: Mapped[str] = mapped_column(BinText(40), default="")
    trail: Mapped[str] = mapped_column(Text, default="")
    outcome: Mapped[str | None] = mapped_column(BinText(40))
    rating: Mapped[int | None]
    resume: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    __table_args__ = (Index("ix_calls_patient_ended", "patient_id", "ended_at"), OPTIONS)


class Protocol(Table):
    """The number of a contact: AAMMDD and six digits, the same in every medium.

    Of a call (`call_uniqueid`), or of what was done to an appointment by another medium (`appointment_id`).
    """

    __tablename__ = "protocols"
    id: Mapped[Id]
    number: Mapped[str | None] = mapped_column(BinText(20), unique=True)
    medium: Mapped[str] = mapped_column(BinText(20))
    call_uniqueid: Mapped[str | None] = mapped_column(BinText(64), unique=True)
    created_at: Mapped[datetime]
    appointment_id: Mapped[int | None] = mapped_column(Ref, index=True)


class VoiceNote(Table):
    """Something spoken and kept: complaint, message, name, cancel_reason; `path` is below the spool's recordings."""

    __tablename__ = "voice_notes"
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(BinText(20))
    path: Mapped[str]
    seconds: Mapped[int] = mapped_column(default=0)
    protocol: Mapped[str | None] = mapped_column(BinText(20))
    call_uniqueid: Mapped[str | None] = mapped_column(BinText(64), index=True)
    patient_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("patients.id"))
    pre_registration_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("pre_registrations.id"))
    appointment_id: Mapped[int | None] = mapped_column(Ref, ForeignKey("appointments.id"))
    created_at: Mapped[datetime]


class LiveChannel(Table):
    """A channel that Asterisk has now, as AMI last told; `stale` while the connection is lost."""

    __tablename__ = "live_channels"
    id: Mapped[Id]
    asterisk: Mapped[str] = mapped_column(BinText(64))
    uniqueid: Mapped[str] = mapped_column(BinText(64))
    linkedid: Mapped[str] = mapped_column(BinText(64), index=True)
    channel: Mapped[str] = mapped_column(BinText(128))
    caller: Mapped[str | None] = mapped_column(BinText(40))
    exten: Mapped[str] = mapped_column(BinText(80), default="")
    context: Mapped[str] = mapped_column(BinText(80), default="")
    state: Mapped[str] = mapped_column(BinText(20), default="")
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("asterisk", "uniqueid"), OPTIONS)


class AsteriskLink(Table):
    """How the connection to each Asterisk stands, and since when."""

    __tablename__ = "asterisk_links"
    asterisk: Mapped[str] = mapped_column(BinText(64), primary_key=True)
    up: Mapped[bool]
    since: Mapped[datetime]
    seen_at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")


class SpokenName(Table):
    """A name that must be rendered so that it can be said; key is the hash of its text."""

    __tablename__ = "spoken_names"
    digest: Mapped[str] = mapped_column(BinText(16), primary_key=True)
    text: Mapped[str]
    created_at: Mapped[datetime]
    rendered_at: Mapped[datetime | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)


class Audit(Table):
    """Who did or saw what; nothing private in `note`."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_actor", "actor"),
        Index("ix_audit_action", "action"),
        Index("ix_audit_entity", "entity", "entity_id"),
        OPTIONS,
    )
    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str] = mapped_column(BinText(60))
    action: Mapped[str] = mapped_column(BinText(40))
    entity: Mapped[str] = mapped_column(BinText(40), default="")
    entity_id: Mapped[int | None] = mapped_column(Ref)
    note: Mapped[str] = mapped_column(default="")
