"""Where requests to the programs of others may go, and where they never do."""

from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any
from urllib.parse import SplitResult, urlsplit

from clinic.media import http

LONGEST = 500
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


class BadUrl(Exception):
    """No request may go there; `args[0]` is a code: "bad-url", "long", "not-https", "private-address"."""


class Reach:
    """Only https, and only to the internet; `hosts`: names that may be in a private network all the same.

    `loopback`: also without encryption to this machine itself, for trying things out.
    """

    def __init__(self, hosts: Collection[str] = (), loopback: bool = False) -> None:
        self._hosts, self._loopback = frozenset(one.lower() for one in hosts), loopback

    def check(self, url: str) -> None:
        """Whether an address may be kept, as far as it says itself where it leads. Raises BadUrl."""
        parts = _parts(url)
        host = str(parts.hostname)
        if parts.scheme != "https" and not (self._loopback and host in LOOPBACK_NAMES):
            raise BadUrl("not-https")
        literal = _literal(host)
        allowed = self.allowed(url)
        if (literal is not None and not allowed(literal)) or (host == "localhost" and not allowed(_local())):
            raise BadUrl("private-address")

    def allowed(self, url: str) -> Callable[[Any], bool]:
        """For each address that the name of `url` stands for, whether it may be connected to."""
        parts = urlsplit(url)
        if parts.scheme != "https":
            return _is_loopback
        if str(parts.hostname).lower() in self._hosts:
            return http.anywhere
        return (lambda one: _is_loopback(one) or http.public(one)) if self._loopback else http.public


def _parts(url: str) -> SplitResult:
    if len(url) > LONGEST:
        raise BadUrl("long")
    try:
        parts = http.parts_of(url)
    except http.MayNotGo:
        raise BadUrl("bad-url") from None
    if "@" in parts.netloc or parts.fragment or "\\" in url:
        raise BadUrl("bad-url")
    return parts


def _literal(host: str) -> IPv4Address | IPv6Address | None:
    """The address a host is written as; None for a name."""
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _local() -> IPv4Address | IPv6Address:
    return ip_address("127.0.0.1")


def _is_loopback(address: IPv4Address | IPv6Address) -> bool:
    return address.is_loopback
