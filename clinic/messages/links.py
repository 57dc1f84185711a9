"""Links of one click: an appointment, its start when the link was made, and what to do, signed with the clinic's key.

Nothing is kept in the database. A link lives until the day after the visit it speaks of; who moved the visit since
finds its newest version (see `clinic.messages.answers`).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hmac import compare_digest, digest

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinic.messages.kinds import DEEDS, Deed

PATH = "/c/"
LIVES_ON = timedelta(days=1)
MEDIA = ("email", "sms", "whatsapp", "webhook")
"""By which message the answer comes; the order is part of every link sent, so it only grows at its end."""
BITS = 4
EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
MAC, HEAD, LONGEST_ID = 12, 5, 8
"""Bytes: of the signature; of what stands before the id (deed and medium, minutes since EPOCH); of the id."""


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is for. `version`: the start of the visit when it was made; `via`: the medium it was sent by."""

    appointment_id: int
    version: datetime
    deed: Deed
    via: str


class Links:
    """Makes and reads them. Without a key there are none: messages then lead to the portal, where one logs in."""

    def __init__(self, key: str) -> None:
        self._key = HKDF(SHA256(), 32, salt=None, info=b"alo message links").derive(key.encode()) if key else None

    def make(self, appointment_id: int, version: datetime, deed: Deed, via: str = "email") -> str:
        """The path of a link: "/c/" and some thirty letters. Raises ValueError for an unknown medium."""
        if self._key is None:
            return f"/portal/consultas/{appointment_id}"
        minutes = int((version - EPOCH).total_seconds()) // 60
        which = DEEDS.index(deed) << BITS | MEDIA.index(via)
        size = max(1, (appointment_id.bit_length() + 7) // 8)
        said = bytes([which]) + minutes.to_bytes(HEAD - 1, "big") + appointment_id.to_bytes(size, "big")
        return PATH + urlsafe_b64encode(said + self._signature(said)).decode().rstrip("=")

    def read(self, token: str) -> Link | None:
        """What a token is for; None where it is not one of ours, whole and unchanged."""
        try:
            data = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (Error, ValueError):
            return None
        said, signature = data[:-MAC], data[-MAC:]
        fits = HEAD < len(said) <= HEAD + LONGEST_ID and self._key is not None
        if not fits or not compare_digest(signature, self._signature(said)) or self._spelled(data) != token:
            return None
        deed, via = DEEDS[said[0] >> BITS], MEDIA[said[0] & (1 << BITS) - 1]
        minutes = int.from_bytes(said[1:HEAD], "big")
        return Link(int.from_bytes(said[HEAD:], "big"), EPOCH + timedelta(minutes=minutes), deed, via)

    @staticmethod
    def expired(link: Link, now: datetime) -> bool:
        """Whether the visit it speaks of is so long ago that it leads nowhere."""
        return now > link.version + LIVES_ON

    def _signature(self, said: bytes) -> bytes:
        return digest(self._key or b"", said, "sha256")[:MAC]

    @staticmethod
    def _spelled(data: bytes) -> str:
        """One way to spell each link: what was changed in letters that carry nothing is no link."""
        return urlsafe_b64encode(data).decode().rstrip("=")
