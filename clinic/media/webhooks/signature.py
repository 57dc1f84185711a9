"""Signed requests (Standard Webhooks): who holds the secret knows that a body is ours, whole and of now.

`verified` is for those who get them: copy it, or use any library of Standard Webhooks.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

PREFIX = "whsec_"
LEAST_BYTES = 24
LEEWAY = timedelta(minutes=5)


class NotOurs(Exception):
    """It was not signed with this secret, not for this body, or too long ago."""


def key_of(secret: str) -> bytes:
    """The key in a secret ("whsec_" and base64). Raises ValueError for one that is none, or too short."""
    try:
        key = b64decode(secret.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError("no secret") from None
    if not secret.startswith(PREFIX) or len(key) < LEAST_BYTES:
        raise ValueError("no secret")
    return key


def signed(keys: Iterable[bytes], message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers for a body; signed is what stands between id and time and the end of the raw body.

    Each key signs, so that who still has the old one can check as well as who has the new one already.
    """
    seconds = str(int(at.timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"v1,{_signature(key, message_id, seconds, body)}" for key in keys),
    }


def verified(key: bytes, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The id of a request that is ours (it may come more than once); `headers` have names in lower case.

    Raises NotOurs.
    """
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not (seconds.isascii() and seconds.isdecimal() and len(seconds) < 12):
        raise NotOurs("time")
    if abs(now - datetime.fromtimestamp(int(seconds), UTC)) > LEEWAY:
        raise NotOurs("time")
    ours = f"v1,{_signature(key, message_id, seconds, body)}".encode()
    given = headers.get("webhook-signature", "").encode("utf-8", "replace").split(b" ")
    if not any(hmac.compare_digest(one, ours) for one in given):
        raise NotOurs("signature")
    return message_id


def _signature(key: bytes, message_id: str, seconds: str, body: bytes) -> str:
    return b64encode(hmac.digest(key, f"{message_id}.{seconds}.".encode() + body, "sha256")).decode()
