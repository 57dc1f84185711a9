"""E-mail addresses as they go over the wire; what is none is refused before any server hears of it."""

import re
from dataclasses import dataclass
from functools import lru_cache

LOCAL = re.compile(r"[^\s\x00-\x20\x7f-\xa0()<>\[\]:;@\\,.\"]+(\.[^\s\x00-\x20\x7f-\xa0()<>\[\]:;@\\,.\"]+)*")
LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.IGNORECASE)
LONGEST_LOCAL, LONGEST_DOMAIN = 64, 253


class BadAddress(ValueError):
    """It is no address that mail can be sent to; the text names nobody."""


@dataclass(frozen=True, slots=True)
class Address:
    """One address. `international`: what stands before the "@" is not ASCII, which few servers take (RFC 6531)."""

    local: str
    domain: str

    @property
    def international(self) -> bool:
        """Whether only a server with SMTPUTF8 can take it."""
        return not self.local.isascii()

    def __str__(self) -> str:
        return f"{self.local}@{self.domain}"


def read(text: str) -> Address:
    """An address with its domain in ASCII ("clínica.example" becomes "xn--…"). Raises BadAddress."""
    local, at, domain = text.strip(" ").rpartition("@")
    if not at or not LOCAL.fullmatch(local) or len(local.encode()) > LONGEST_LOCAL:
        raise BadAddress("no address")
    return Address(local, _ascii(domain))


@lru_cache(1024)
def _ascii(domain: str) -> str:
    try:
        found = domain.encode("idna").decode()
    except UnicodeError:
        raise BadAddress("no domain") from None
    if len(found) > LONGEST_DOMAIN or not all(LABEL.fullmatch(label) for label in found.split(".")):
        raise BadAddress("no domain")
    return found
