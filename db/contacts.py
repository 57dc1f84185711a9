"""What comes back from people: letters that did not arrive, and how they found their visit."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Id, Ref, Table
from db.types import BinText


class Undeliverable(Table):
    """An e-mail address that takes nothing, in small letters; `status` as the last report told it (RFC 3463)."""

    __tablename__ = "undeliverable"
    address: Mapped[str] = mapped_column(BinText(255), primary_key=True)
    status: Mapped[str] = mapped_column(BinText(12))
    since: Mapped[datetime]


class MailboxPlace(Table):
    """How far a mailbox was read: `seen` is the last mail's UID, good as long as `validity` is the folder's."""

    __tablename__ = "mailbox_places"
    mailbox: Mapped[str] = mapped_column(BinText(64), primary_key=True)
    validity: Mapped[int] = mapped_column(BigInteger)
    seen: Mapped[int] = mapped_column(BigInteger)


class SurveyAnswer(Table):
    """How somebody found their visit: `score` 0 to 10; `via` is the medium that asked them."""

    __tablename__ = "survey_answers"
    id: Mapped[Id]
    appointment_id: Mapped[int] = mapped_column(Ref, ForeignKey("appointments.id"), unique=True)
    score: Mapped[int]
    comment: Mapped[str] = mapped_column(Text, default="")
    via: Mapped[str] = mapped_column(BinText(10))
    answered_at: Mapped[datetime] = mapped_column(index=True)
    changed_at: Mapped[datetime]
