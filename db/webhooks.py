"""Programs of others that are told of appointments, and how each telling went."""

from datetime import datetime

from sqlalchemy import ForeignKey, Text
from sqlalchemy.orm import Mapped, mapped_column

from db.base import Id, Ref, Table
from db.types import BinText


class WebhookSubscription(Table):
    """A program that wishes to be told. `events` apart by blanks, "" for all. `secret` and `old_secret` (good for
    signing until `old_until`) are encrypted. `failures` in a row, since `failing_since`. `version` grows by edits.
    """

    __tablename__ = "webhook_subscriptions"
    id: Mapped[Id]
    label: Mapped[str] = mapped_column(BinText(80), unique=True)
    url: Mapped[str] = mapped_column(BinText(500))
    events: Mapped[str] = mapped_column(BinText(500), default="")
    with_patient: Mapped[bool] = mapped_column(default=False)
    secret: Mapped[str] = mapped_column(Text)
    old_secret: Mapped[str | None] = mapped_column(Text)
    old_until: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_why: Mapped[str | None] = mapped_column(BinText(20))
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    by: Mapped[str] = mapped_column(BinText(60))


class WebhookAttempt(Table):
    """One try to tell a program: `uid` is the outbox row's, `body` what was sent, `answer` how what came back began."""

    __tablename__ = "webhook_attempts"
    id: Mapped[Id]
    subscription_id: Mapped[int] = mapped_column(Ref, ForeignKey("webhook_subscriptions.id"), index=True)
    uid: Mapped[str] = mapped_column(BinText(32), index=True)
    attempt: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    milliseconds: Mapped[int]
    status: Mapped[int | None]
    reason: Mapped[str | None] = mapped_column(BinText(40))
    answer: Mapped[str]
    body: Mapped[str] = mapped_column(Text)
