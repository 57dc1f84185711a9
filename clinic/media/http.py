"""One request to somebody else's server: no redirects, no endless answers, and only to addresses it may go to."""

import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

PATIENCE_S = 10.0
"""For each step."""
ALL_S = 25.0
"""For everything together, however slowly an answer drips."""
LONGEST = 64 * 1024
HTTPS, HTTP = 443, 80
UNICAST = IPv6Network("2000::/3")
"""All of IPv6 that is the internet's so far."""
CLOSED = tuple(map(ip_network, ("2002::/16", "2001::/32", "3fff::/20", "192.0.0.0/24", "192.88.99.0/24")))
"""Within the internet's: what leads to IPv4 addresses, private ones too, and what is nobody's."""

Allowed = Callable[[IPv4Address | IPv6Address], bool]
Resolve = Callable[[str, int], list[str]]
"""The addresses a name stands for."""


class NoAnswer(Exception):
    """There was none; `args[0]` is a code that names nobody."""


class MayNotGo(Exception):
    """The address leads to where no request of ours may go; `args[0]` is a code."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the status, and the beginning of the body."""

    status: int
    body: bytes


def anywhere(_: IPv4Address | IPv6Address) -> bool:
    """No address is closed: for what an administrator has set."""
    return True


def public(address: IPv4Address | IPv6Address) -> bool:
    """Only the internet: nothing of this machine, this network or another private one (SSRF)."""
    inner = getattr(address, "ipv4_mapped", None)
    if inner is not None:
        return public(inner)
    closed = any(address.version == net.version and address in net for net in CLOSED)
    outside = address.version == 6 and address not in UNICAST
    return address.is_global and not address.is_multicast and not closed and not outside


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as this machine finds them. Raises OSError."""
    return [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def ask(
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    allowed: Allowed = anywhere,
    context: ssl.SSLContext | None = None,
    patience: float = PATIENCE_S,
    everything: float = ALL_S,
    resolve: Resolve = resolved,
) -> Answer:
    """Ask once. The name is resolved once, looked at, and connected to as it was looked at: no name can turn into
    another address in between. Raises NoAnswer and MayNotGo.
    """
    parts = parts_of(url)
    try:
        with (
            _connected(parts, _addresses(parts, allowed, resolve), context, patience) as line,
            _ended(line, everything),
        ):
            line.request(method, _path(parts), body or None, dict(headers))
            answer = line.getresponse()
            return Answer(answer.status, answer.read(LONGEST))
    except TimeoutError:
        raise NoAnswer("timeout") from None
    except ssl.SSLError:
        raise NoAnswer("no-tls") from None
    except (OSError, ValueError, http.client.HTTPException):
        raise NoAnswer("unreachable") from None


def parts_of(url: str) -> SplitResult:
    """An http or https address that is written as one. Raises MayNotGo."""
    try:
        parts = urlsplit(url)
        fits = parts.scheme in ("http", "https") and parts.hostname and not parts.username and parts.port != 0
    except ValueError:
        fits = False
    if not fits or not url.isascii() or any(ord(one) <= 32 or ord(one) == 127 for one in url):
        raise MayNotGo("bad-url")
    return parts


def _path(parts: SplitResult) -> str:
    path = parts.path or "/"
    return f"{path}?{parts.query}" if parts.query else path


@contextlib.contextmanager
def _connected(
    parts: SplitResult, addresses: list[str], context: ssl.SSLContext | None, patience: float
) -> Iterator[http.client.HTTPConnection]:
    host, safe = str(parts.hostname), parts.scheme == "https"
    port = _port(parts)
    line = http.client.HTTPConnection(host, port, timeout=patience)
    line.sock = _socket(addresses, port, patience)
    try:
        if safe:
            line.sock = (context or ssl.create_default_context()).wrap_socket(line.sock, server_hostname=host)
            line.default_port = HTTPS  # the Host header names no port that goes without saying
        yield line
    finally:
        line.close()


def _port(parts: SplitResult) -> int:
    return parts.port or (HTTPS if parts.scheme == "https" else HTTP)


def _addresses(parts: SplitResult, allowed: Allowed, resolve: Resolve) -> list[str]:
    found = resolve(str(parts.hostname), _port(parts))
    if not all(allowed(ip_address(one.partition("%")[0])) for one in found):
        raise MayNotGo("private-address")
    return found


def _socket(addresses: list[str], port: int, patience: float) -> socket.socket:
    """The first address that can be connected to."""
    failed: OSError = OSError("no address")
    for one in dict.fromkeys(addresses):
        try:
            return socket.create_connection((one, port), patience)
        except OSError as error:
            failed = error
    raise failed


@contextlib.contextmanager
def _ended(line: http.client.HTTPConnection, after: float) -> Iterator[None]:
    """The line goes dead after a while, whatever still comes."""
    sock = line.sock  # the line lets go of it while the last answer is still read

    def end() -> None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(after, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
