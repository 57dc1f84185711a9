"""A gateway for SMS that sends none: for tests, and to try things out.

python -m clinic.media.sms.simulator 8025
ALO_SMS_URL=http://127.0.0.1:8025/ ALO_SMS_BODY='{"to": "{to}", "text": "{text}", "id": "{id}"}' alo worker
"""

import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Simulator:
    """What was asked, and how it answers: with `status`, once for each id."""

    status: int = 200
    asked: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    known: dict[str, str] = field(default_factory=dict)

    def take(self, asked: dict[str, str], headers: dict[str, str]) -> tuple[int, dict[str, str]]:
        """One request; its answer."""
        self.asked.append(asked)
        self.headers.append(headers)
        if self.status != 200:
            return self.status, {"error": "refused"}
        ours = self.known.setdefault(asked.get("id", ""), f"sms-{len(self.known) + 1}")
        return self.status, {"id": ours}


def server(simulator: Simulator, port: int = 0) -> ThreadingHTTPServer:
    """It on loopback; who asks for it runs and ends it."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(dict(parse_qsl(urlsplit(self.path).query)))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            as_json = "json" in self.headers.get("Content-Type", "")
            self._answer(json.loads(body) if as_json else dict(parse_qsl(body)))

        def _answer(self, asked: dict[str, str]) -> None:
            status, told = simulator.take(asked, dict(self.headers))
            body = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Numbers and texts are nobody's business."""

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


@contextmanager
def running(simulator: Simulator) -> Iterator[str]:
    """It on a free port; its address."""
    with server(simulator) as found:
        threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{found.server_address[1]}/"
        finally:
            found.shutdown()


if __name__ == "__main__":
    server(Simulator(), int(sys.argv[1]) if len(sys.argv) > 1 else 8025).serve_forever()
