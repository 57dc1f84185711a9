"""Just enough SIP for a caller: requests out, responses and requests in, on one UDP socket."""

import re
from dataclasses import dataclass, field

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Message:
    """One SIP message; header names in lower case, the first of repeated ones."""

    first: str
    headers: dict[str, str]
    body: str
    vias: list[str] = field(default_factory=list)

    @property
    def status(self) -> int:
        """200 …, or 0 for a request."""
        return int(self.first.split()[1]) if self.first.startswith("SIP/2.0") else 0

    @property
    def method(self) -> str:
        """The method of a request, or the one a response answers."""
        return self.headers["cseq"].split()[1]

    @property
    def call(self) -> str:
        """Call-ID."""
        return self.headers["call-id"]

    def media(self) -> tuple[str, int]:
        """Where the other side wants its audio.

        Raises: ValueError when there is no audio line.
        """
        address, port = re.search(r"^c=IN IP4 (\S+)", self.body, re.M), re.search(r"^m=audio (\d+)", self.body, re.M)
        if not address or not port:
            raise ValueError(f"no audio in {self.body!r}")
        return address[1], int(port[1])


def parse(data: bytes) -> Message:
    """Raises: ValueError for what is no SIP message."""
    head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    headers: dict[str, str] = {}
    vias = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise ValueError(line)
        headers.setdefault(name.strip().lower(), value.strip())
        if name.strip().lower() in ("via", "v"):
            vias.append(value.strip())
    return Message(first, headers, body, vias)


def message(first: str, headers: Headers, body: str = "") -> bytes:
    """Bytes of one message; Content-Length is added."""
    lines = [first, *(f"{name}: {value}" for name, value in headers), f"Content-Length: {len(body.encode())}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def answer(request: Message, status: str, contact: str = "") -> bytes:
    """A response to a request."""
    headers = [("Via", via) for via in request.vias]
    headers += [(name.title(), request.headers[name]) for name in ("from", "to", "call-id", "cseq")]
    if contact:
        headers.append(("Contact", contact))
    return message(f"SIP/2.0 {status}", headers)


def offer(address: str, port: int) -> str:
    """SDP of a telephone that speaks A-law and sends its keys as events."""
    return "\r\n".join([
        "v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0", f"m=audio {port} RTP/AVP 8 101",
        "a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000", "a=fmtp:101 0-15", "a=ptime:20", "a=sendrecv", "",
    ])  # fmt: skip
