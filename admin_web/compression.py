"""Text as gzip, where no proxy in front of us does it: pages cheaply, and once while they are shown again
(admin_web.answers); files once and as small as can be.

What another site asks for is sent as it is. The length of a compressed page tells who has it fetched many times what
stands beside their own words (BREACH): a name, or the token that forms carry.
"""

import gzip
import threading
from collections import OrderedDict

from flask import Flask, Response, g, request

from admin_web.security import same_origin

LEAST = 1000
"""Bytes; what is shorter goes in one packet anyhow."""
MOST_AGAIN = 256
"""Answers that are given again, and are kept as they were compressed."""
AGAIN = "given_again"
"""What of `g` says that this answer is kept, as it is before it is compressed."""
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
        self._again: OrderedDict[bytes, bytes] = OrderedDict()
        self._keeping = threading.Lock()

    def shrink(self, reply: Response) -> Response:
        """The same answer, compressed where that is of use and the reader can read it."""
        if not _may_shrink(reply):
            return reply
        if "Vary" in reply.headers:
            reply.vary.add("Accept-Encoding")
        else:
            reply.headers["Vary"] = "Accept-Encoding"
        if request.accept_encodings["gzip"] > 0 and same_origin(request):
            reply.set_data(self._packed(reply))
            reply.content_encoding = "gzip"
            _weaken(reply)
        return reply

    def _packed(self, reply: Response) -> bytes:
        reply.direct_passthrough = False  # a file is handed over unread
        tag = reply.get_etag()[0]
        if not (tag and reply.cache_control.public):  # of one person: never kept by its name
            return self._packed_again(reply.get_data())
        if tag not in self.kept:
            self.kept[tag] = gzip.compress(reply.get_data(), ONCE, mtime=0)
        return self.kept[tag]

    def _packed_again(self, data: bytes) -> bytes:
        """Quickly; and once for an answer that is given again, which is known by its bytes and thus nobody else's."""
        if AGAIN not in g:
            return gzip.compress(data, QUICKLY, mtime=0)
        with self._keeping:
            known = self._again.get(data)
        if known is None:
            known = gzip.compress(data, QUICKLY, mtime=0)
            with self._keeping:
                self._again[data] = known
                if len(self._again) > MOST_AGAIN:
                    self._again.popitem(last=False)
        return known


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
