"""The secrets that programs check our signatures with: made here, kept encrypted, shown once."""

import base64
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from clinic.media.webhooks.signature import LEAST_BYTES, PREFIX, key_of


class NoKey(Exception):
    """ALO_SECRET_KEY is not set, so no secret can be kept."""


class Box:
    """Seals secrets with what is derived from the installation's key, and opens them again."""

    def __init__(self, key: str) -> None:
        """`key`: "" where there is none; then nothing can be sealed."""
        self._box = _box(key) if key else None

    @property
    def available(self) -> bool:
        """Whether there is a key."""
        return self._box is not None

    def sealed(self, secret: str) -> str:
        """As it is kept. Raises NoKey."""
        if self._box is None:
            raise NoKey
        return self._box.encrypt(secret.encode()).decode()

    def key(self, kept: str | None) -> bytes | None:
        """What signs; None where it cannot be opened (any more)."""
        if self._box is None or not kept:
            return None
        try:
            return key_of(self._box.decrypt(kept.encode()).decode())
        except InvalidToken:
            return None


def new_secret() -> str:
    """As programs are shown it: "whsec_" and base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(LEAST_BYTES)).decode()


def _box(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"alo webhook secrets").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
