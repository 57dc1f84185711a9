"""What programs show instead of a log-in, what they asked for once already, and how often they ask."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from db.base import OPTIONS, Id, Ref, Table
from db.types import BinText


class RefreshToken(Table):
    """Gives a new access token once; `used_at` tells a second use, which ends the whole session."""

    __tablename__ = "refresh_tokens"
    id: Mapped[Id]
    session_id: Mapped[int] = mapped_column(Ref, ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    digest: Mapped[str] = mapped_column(BinText(64), unique=True)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PersonalToken(Table):
    """What another system shows in somebody's name; `scopes` apart by blanks say how much of it counts."""

    __tablename__ = "personal_tokens"
    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(Ref, ForeignKey("users.id"), index=True)
    name: Mapped[str]
    digest: Mapped[str] = mapped_column(BinText(64), unique=True)
    scopes: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class RequestCount(Table):
    """How many requests came with a token, or from an address, within a minute (since 1970)."""

    __tablename__ = "request_counts"
    who: Mapped[str] = mapped_column(BinText(64), primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False, index=True)
    requests: Mapped[int]


class KeptAnswer(Table):
    """The answer to a request that carried a key: asked again, it is told again. No `status`: still at work."""

    __tablename__ = "kept_answers"
    id: Mapped[Id]
    owner: Mapped[str] = mapped_column(BinText(40))
    name: Mapped[str] = mapped_column(BinText(64))
    fingerprint: Mapped[str] = mapped_column(BinText(64))
    at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(Text)
    __table_args__ = (UniqueConstraint("owner", "name"), OPTIONS)
