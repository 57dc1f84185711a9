"""A web server that answers as a test wants and remembers what it was asked."""

import contextlib
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict
    body: bytes


@dataclass
class Server:
    """`status` and `headers` of its answers; `drip`: a header line every so many seconds, without an
    end; `drip_body`: the body, line by line, likewise."""

    status: int = 200
    headers: dict = field(default_factory=dict)
    body: bytes = b""
    drip: float = 0
    drip_body: float = 0
    asked: list = field(default_factory=list)
    url: str = ""
    over: bool = False


@contextlib.contextmanager
def running(context=None, **behaviour):
    """One on a free port of loopback; over TLS with a context."""
    found = Server(**behaviour)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.do_POST()

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            found.asked.append(Asked(self.command, self.path, headers, body))
            self.send_response(found.status)
            self.dripped(found.drip)
            for name, value in ({"Content-Length": str(len(found.body))} | found.headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(found.body)
            self.dripped(found.drip_body)

        def dripped(self, every):
            with contextlib.suppress(OSError):
                while every and not found.over:
                    self.wfile.write(b"X-More: x\r\n")
                    time.sleep(every)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    found.url = f"http{'s' if context else ''}://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield found
    finally:
        found.over = True
        server.shutdown()
        server.server_close()
