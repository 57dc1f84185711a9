"""The sink takes what is sent, and the bare loop sends it: bench `outbox` rests on both."""

import signal
import subprocess
import sys

import pytest

from clinic.media.email.smtp import SmtpCarrier
from tests.bench.peers import bare_smtp
from tests.clinic.media.letters import written
from tests.live import session


@pytest.fixture
def sink():
    port = session.free_port()
    command = [sys.executable, "-m", "tests.bench.sink", str(port), "1"]
    with subprocess.Popen(command, cwd=session.REPO, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout.readline() == "ready\n"
        yield server, port
        server.send_signal(signal.SIGTERM)


def test_it_counts_what_it_took(sink):
    server, port = sink
    assert bare_smtp.rate(port, 20, [written().data, b"Subject: x\r\n\r\n.\r\n..\r\n"]) > 0
    carrier = SmtpCarrier(f"smtp://127.0.0.1:{port}")
    assert [carrier.carry(written()) for _ in range(3)] == ["21", "22", "23"]
    carrier.close()
    server.send_signal(signal.SIGTERM)
    assert server.stdout.read() == "23\n"
