"""Text as gzip, where no proxy in front of us does it: pages each time and cheaply, files once and as small as can be.

What another site asks for is sent as it is. The length of a compressed page tells who has it fetched many times what
stands beside their own words (BREACH): a name, or the token that forms carry.
"""

import gzip

from flask import Flask, Response, request

from admin_web.security import same_origin

LEAST = 1000
"""Bytes; what is shorter goes in one packet anyhow."""
QUICKLY, ONCE = 4, 9
"""Levels: of what is made for one reader, and of what is kept."""
TEXT = frozenset(
    {
        "text/html", "text/css", "text/javascript", "text/plain", "text/csv", "text/calendar", "image/svg+xml",
        "application/json", "application/problem+json", "application/javascript",
    }
)  # fmt: skip


class Compression:
    """For one app; `kept` are its files, compressed, by their tag."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def shrink(self, reply: Response) -> Response:
        """The same answer, compressed where that is of use and the reader can read it."""
        if not _may_shrink(reply):
            return reply
        reply.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] > 0 and same_origin(request):
            reply.set_data(self._packed(reply))
            reply.content_encoding = "gzip"
            _weaken(reply)
        return reply

    def _packed(self, reply: Response) -> bytes:
        reply.direct_passthrough = False  # a file is handed over unread
        tag = reply.get_etag()[0]
        if not (tag and reply.cache_control.public):  # what is of one person is never kept
            return gzip.compress(reply.get_data(), QUICKLY, mtime=0)
        if tag not in self.kept:
            self.kept[tag] = gzip.compress(reply.get_data(), ONCE, mtime=0)
        return self.kept[tag]


def _may_shrink(reply: Response) -> bool:
    """Whole texts that are long enough; streams are told word by word, and a part counts bytes of the whole."""
    whole = reply.status_code not in (204, 206, 304) and not reply.content_encoding
    return whole and reply.mimetype in TEXT and (reply.content_length or 0) >= LEAST


def _weaken(reply: Response) -> None:
    """Other bytes that mean the same (RFC 9110, 8.8.1); If-None-Match finds them all the same."""
    tag, weak = reply.get_etag()
    if tag and not weak:
        reply.set_etag(tag, weak=True)


def install(app: Flask) -> None:
    """Compress every answer of the app; to be called before what else looks at answers, for it then comes last."""
    app.after_request(Compression().shrink)
