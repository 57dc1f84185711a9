"""The server: whatever comes over the wire ends that call alone."""

import contextlib
import socket
import struct
import time
import urllib.request

import pytest

from agi.dialling import header, header_text
from tests.agi.conftest import lines_from

ANSWERED = [b"200 result=0\n", b"200 result=1\n"]
"""To ANSWER and to SET VARIABLE TIMEOUT(digit)."""
QUEUED = b"200 result=0\n"


def converse(wire, *replies):
    """Answer each command with the next reply; returns the last command seen, "" when the server closed."""
    command = ""
    for reply in replies:
        command = "".join(lines_from(wire))
        wire.sendall(reply)
    return command


def is_closed(wire):
    return lines_from(wire) == []


def test_who_connects_and_closes_is_no_call(server):
    for _ in range(20):
        with server.wire():
            pass
    assert server.call("over").variables["ALO_DONE"] == "1"
    assert server.written("ended") == "done"


def test_half_a_header_is_closed_after_a_while(serve):
    with serve("--header-seconds", "0.3").wire() as wire:
        wire.sendall(b"agi_network: yes\nagi_network_scr")
        assert is_closed(wire)


def test_a_header_that_drips_is_closed_all_the_same(serve):
    with serve("--header-seconds", "0.4").wire() as wire, pytest.raises(OSError):
        for _ in range(1000):
            wire.sendall(b"a")
            time.sleep(0.05)


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"agi_x: " + b"y" * 9000 + b"\n\n",
        b"agi_x: y\n" * 101 + b"\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n",
        b"\n",
    ],
    ids=["http", "long", "many", "tls", "empty"],
)
def test_what_is_no_call_is_closed_without_a_word(server, data):
    with server.wire() as wire:
        wire.sendall(data)
        assert is_closed(wire)


def test_a_caller_in_latin_1_is_a_caller(server):
    with server.wire() as wire:
        text = header_text({**header("over"), "agi_calleridname": "x"})
        wire.sendall(text.replace(b"calleridname: x", "calleridname: João".encode("latin-1")))
        assert lines_from(wire) == ["ANSWER"]


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (b"HANGUP\n200 result=-1\n", "hangup"),
        (b"200 result=-1 (hangup) endpos=80\n", "hangup"),
        (b"200 result=-1\nHANGUP\n", "hangup"),
        (b"511 Command Not Permitted on a dead channel or intercept routine\n", "dead"),
        (b"HANGUP\n511 Command Not Permitted on a dead channel or intercept routine\n", "hangup"),
        (b"rubbish\n", "garbled"),
        (b"\xff\xfe\x00\n", "garbled"),
        (b"200 nothing\n", "garbled"),
        (b"9" * 70_000, "garbled"),
        (b"520-Invalid command syntax.\n", "closed"),
        (b"", "closed"),
    ],
    ids=["hangup", "in-result", "after", "511", "both", "rubbish", "binary", "no-result", "endless", "520-cut", "eof"],
)
def test_a_lost_call_ends_by_itself(server, last, outcome):
    with server.wire("menu") as wire:
        with contextlib.suppress(OSError):  # who talks too much may be cut off while still talking
            converse(wire, *ANSWERED, last)
            wire.shutdown(socket.SHUT_WR)
        assert server.written("ended") == f"{outcome} menu"


def test_a_peer_that_vanishes_ends_its_call(server):
    with server.wire("menu") as wire:
        converse(wire, *ANSWERED)
        lines_from(wire)
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert server.written("ended") == "closed menu"


def test_trying_is_no_answer(server):
    with server.wire("menu") as wire:
        command = converse(
            wire, *ANSWERED, b"100 Trying\n200 result=53\n", b"200 result=2998224725\n", b"200 result=1\n"
        )
        assert command == 'SET VARIABLE "TYPED" "52998224725"'


def test_a_reply_in_pieces_is_one_reply(server):
    with server.wire("menu") as wire:
        converse(wire, *ANSWERED, b"200 resu")
        time.sleep(0.05)
        wire.sendall(b"lt=0\n")
        assert lines_from(wire)[0].startswith("GET DATA")


def test_a_reply_in_latin_1_is_a_reply(server):
    with server.wire("menu") as wire:
        assert converse(wire, *ANSWERED, "200 result=é\n".encode("latin-1"), QUEUED).startswith("GET DATA")


@pytest.mark.parametrize(
    "refusal", [b"510 Invalid or unknown command\n", b"520-Invalid\nUsage: x\n520 End of usage.\n"]
)
def test_a_command_refused_is_our_mistake_and_no_hang_up(server, refusal):
    with server.wire("menu") as wire:
        converse(wire, *ANSWERED, refusal)
        assert is_closed(wire)
    assert server.written("ended") == "error menu"


def test_one_bad_call_leaves_the_others_alone(server):
    with server.wire("menu") as good:
        converse(good, *ANSWERED)
        with server.wire("menu") as bad:
            converse(bad, *ANSWERED, b"rubbish\n")
            assert is_closed(bad)
        assert converse(good, QUEUED, b"200 result=1\n").startswith("GET DATA")


def test_metrics_are_told_as_prometheus_reads_them(serve, free_port):
    server = serve("--metrics", free_port)
    server.call("menu", "52998224725", "7")
    text = urllib.request.urlopen(f"http://127.0.0.1:{free_port}/metrics", timeout=60).read().decode()
    for line in (
        'alo_agi_calls_total{outcome="done"} 1.0',
        'alo_agi_menu_entries_total{menu="menu"} 1.0',
        "alo_agi_calls_active 0.0",
        'alo_agi_command_seconds_bucket{le="+Inf"}',
        "alo_agi_clinic_slow_total 0.0",
    ):
        assert line in text
