"""The pages on a real port with a made-up clinic: for browser tests, and to look at while drawing.

python -m tests.admin_web.serve_fakes PORT [PACE] [down]     prints the port when it listens
"""

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402
import tempfile  # noqa: E402
from datetime import UTC, datetime, timedelta  # noqa: E402
from pathlib import Path  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402

from admin_web.gevent_server import serve  # noqa: E402
from tests.admin_web import fakes  # noqa: E402


def some_calls(now: datetime) -> fakes.FakeCalls:
    calls = fakes.FakeCalls()
    shift = now - fakes.NOW
    told = [
        ("(11) •••••-4321", "booking", 3, True),
        ("(11) •••••-0077", "choose_time", 5, True),
        ("(21) •••••-8050", "identify", 0, False),
        ("", "greeting", 0, False),
    ]
    for caller, menu, minutes, known in told:
        call = fakes.live_call(caller, menu, minutes, patient_known=known)
        calls.now.append(fakes.replace(call, since=call.since + shift))
    calls.known = [fakes.link(since=now - timedelta(hours=2), seen_at=now + timedelta(days=1))]
    return calls


def main(port: int = 0, pace: float = 0.0, *flags: str) -> None:
    now = datetime.now(UTC)
    calls = fakes.FakeCalls() if "empty" in flags else some_calls(now)
    if "lost" in flags:
        calls.known = [fakes.link(up=False, since=now - timedelta(minutes=3), note="conexão recusada")]
    stop = Event()
    gevent.signal_handler(15, stop.set)
    clinic = fakes.fake_clinic(calls, clock=lambda: datetime.now(UTC))
    with tempfile.TemporaryDirectory() as folder:
        phone = fakes.FakePhone(pace, reachable="down" not in flags)
        app = fakes.fake_app(Path(folder), phone=phone, clinic=clinic)
        serve(app, "127.0.0.1", port, stop, lambda port: print(port, flush=True))  # noqa: T201 - who started this reads it


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]), *sys.argv[3:])
