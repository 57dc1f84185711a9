"""The link in a message that offers a freed time: which offer, and the medium it was sent by, signed with the clinic's
key. What has become of the offer stands in the database alone."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from dataclasses import dataclass
from hmac import compare_digest, digest

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinic.messages.links import LONGEST_ID, MAC, MEDIA

PATH = "/vaga/"
PORTAL = "/portal/consultas"
"""Where offers are answered by who has no link."""


@dataclass(frozen=True, slots=True)
class OfferLink:
    """Which offer, and the medium it was sent by."""

    offer_id: int
    via: str


class OfferLinks:
    """Makes and reads them. Without a key there are none: messages then lead to the portal, where one logs in."""

    def __init__(self, key: str) -> None:
        self._key = HKDF(SHA256(), 32, salt=None, info=b"alo waiting offers").derive(key.encode()) if key else None

    def make(self, offer_id: int, via: str = "email") -> str:
        """The path of a link. Raises ValueError for an unknown medium."""
        if self._key is None:
            return PORTAL
        size = max(1, (offer_id.bit_length() + 7) // 8)
        said = bytes([MEDIA.index(via)]) + offer_id.to_bytes(size, "big")
        return PATH + _spelled(said + self._signature(said))

    def read(self, token: str) -> OfferLink | None:
        """What a token is for; None where it is not one of ours, whole and unchanged."""
        try:
            data = urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
        except (Error, ValueError):
            return None
        said, signature = data[:-MAC], data[-MAC:]
        fits = 1 < len(said) <= 1 + LONGEST_ID and self._key is not None and _spelled(data) == token
        if not fits or not compare_digest(signature, self._signature(said)):
            return None
        return OfferLink(int.from_bytes(said[1:], "big"), MEDIA[said[0]])

    def _signature(self, said: bytes) -> bytes:
        return digest(self._key or b"", said, "sha256")[:MAC]


def _spelled(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")
