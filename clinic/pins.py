"""Telephone PINs, kept as salted hashes that are slow to try."""

import hashlib
import hmac
import secrets

COST = {"n": 2**13, "r": 8, "p": 1}  # about 20 ms
SALT_BYTES = 16


def hash_pin(pin: str) -> str:
    """What is stored: salt and hash, in hexadecimal."""
    salt = secrets.token_bytes(SALT_BYTES)
    return f"{salt.hex()}:{_scrypt(pin, salt).hex()}"


def pin_fits(pin: str, stored: str) -> bool:
    """Whether a PIN is the one that was stored; takes the same time either way."""
    salt, _, wanted = stored.partition(":")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)).hex(), wanted)


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, dklen=32, **COST)
