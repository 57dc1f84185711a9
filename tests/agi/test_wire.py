"""The wire: replies as Asterisk sends them, and every way a call is lost."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agi.handset import _words
from agi.wire import LINE_LIMIT, Agi, CallerHungUp, PromptMissing, Refused, quoted


class Peer:
    """Says what it is told to, piece by piece, and keeps what it hears."""

    def __init__(self, *pieces):
        self.pieces = list(pieces)
        self.heard = b""

    def send(self, data):
        self.heard += data[:7]
        return len(data[:7])

    def recv(self, size):
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, Exception):
            raise piece
        return piece

    def settimeout(self, seconds):
        assert seconds > 0


def agi(*pieces):
    return Agi(Peer(*pieces))


def lost(*pieces):
    """Why the call is lost when this is what comes after a command."""
    with pytest.raises(CallerHungUp) as hung_up:
        agi(*pieces).send("NOOP")
    return hung_up.value.why


@pytest.mark.parametrize(
    ("line", "result", "data"),
    [
        (b"200 result=0\n", "0", ""),
        (b"200 result=\n", "", ""),
        (b"200 result=12 (timeout)\n", "12", "timeout"),
        (b"200 result= (timeout)\n", "", "timeout"),
        (b"200 result=1 (a (b) c)\n", "1", "a (b) c"),
        (b"200 result=1 ()\n", "1", ""),
        (b"200 result=35 (dtmf) endpos=480\n", "35", "dtmf"),
        (b"200 result=0 endpos=480\r\n", "0", ""),
        ("200 result=1 (João)\n".encode("latin-1"), "1", "Jo�o"),
        ("200 result=1 (João)\n".encode(), "1", "João"),
        (b"200 result=1 (first\nsecond\n)\n", "1", "first\nsecond\n"),
        (b"100 Trying\n200 result=7\n", "7", ""),
    ],
)
def test_a_reply_is_understood(line, result, data):
    reply = agi(line).send("NOOP")
    assert (reply.result, reply.data) == (result, data)


@pytest.mark.parametrize("cut", range(1, 24))
def test_a_reply_may_come_in_two_pieces(cut):
    line = b"200 result=12 (timeout)\n"
    assert agi(line[:cut], line[cut:]).send("NOOP").timed_out


def test_two_replies_in_one_piece_stay_in_order():
    wire = agi(b"200 result=1\n200 result=2\n")
    assert [wire.send("NOOP").result, wire.send("NOOP").result] == ["1", "2"]


def test_an_abandoned_entry_is_told_from_a_finished_one():
    wire = agi(b"200 result=12 (timeout)\n", b"200 result=12\n")
    assert [wire.send("GET DATA").timed_out, wire.send("GET DATA").timed_out] == [True, False]


@pytest.mark.parametrize(
    ("pieces", "why"),
    [
        ([b"HANGUP\n", b"200 result=0\n"], "hangup"),
        ([b"HANGUP\n200 result=-1\n"], "hangup"),
        ([b"200 result=-1 (hangup) endpos=0\n"], "hangup"),
        ([b"HANGUP\n"], "hangup"),
        ([b"511 Command Not Permitted on a dead channel\n"], "dead"),
        ([], "closed"),
        ([b"200 res"], "closed"),
        ([ConnectionResetError(104, "reset")], "closed"),
        ([BrokenPipeError(32, "pipe")], "closed"),
        ([TimeoutError()], "timeout"),
        ([b"huh?\n"], "garbled"),
        ([b"\n"], "garbled"),
        ([b"200 thanks\n"], "garbled"),
        ([b"x" * 40_000, b"x" * 40_000], "garbled"),
        ([b"520-Usage\n"], "closed"),
    ],
)
def test_a_call_is_lost_in_one_way_whatever_happened(pieces, why):
    assert lost(*pieces) == why


def test_a_minus_one_is_a_hang_up_when_the_channel_is_dead():
    with pytest.raises(CallerHungUp):
        agi(b"200 result=-1\n", b"HANGUP\n511 dead\n").play("GET DATA x", 1)


def test_a_minus_one_on_a_living_channel_is_a_missing_prompt():
    with pytest.raises(PromptMissing):
        agi(b"200 result=-1\n", b"200 result=6\n").play("GET DATA x", 1)


@pytest.mark.parametrize("refusal", [b"510 Invalid\n", b"520-Usage\nx\n520 End\n", b"520 Invalid\n"])
def test_a_refused_command_leaves_the_wire_in_step(refusal):
    wire = agi(refusal + b"200 result=5\n")
    with pytest.raises(Refused):
        wire.send("NOOP")
    assert wire.send("NOOP").result == "5"


@pytest.mark.parametrize("line", ["A\nB", "A\rB", "A\0B", "x" * (LINE_LIMIT - 1)])
def test_what_is_not_one_line_is_never_sent(line):
    peer = Peer()
    with pytest.raises(ValueError, match="one line"):
        Agi(peer).send(line)
    assert peer.heard == b""


def test_a_command_is_one_line():
    peer = Peer(b"200 result=1\n")
    Agi(peer).set_variable("NAME", "value")
    assert peer.heard == b'SET VARIABLE "NAME" "value"\n'


@given(st.text())
def test_a_value_stays_one_argument_of_one_command(text):
    peer = Peer(b"200 result=1\n")
    Agi(peer).set_variable("NAME", text)
    assert peer.heard.count(b"\n") == 1
    assert len(_words(peer.heard.decode().rstrip("\n"))) == 4


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_a_value_arrives_as_it_was(text):
    assert _words(quoted(text)) == [text]


@given(st.text(alphabet='"\\\n\r\0 EXEC', max_size=2000))
def test_no_value_is_longer_than_a_line(text):
    Agi(Peer(b"200 result=1\n")).set_variable("N" * 20, text)


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=20))
def test_no_rubbish_gets_past_the_wire(pieces):
    wire = agi(*pieces)
    for _ in range(3):
        with suppress(CallerHungUp, Refused):
            wire.send("NOOP")


def test_a_header_is_read():
    assert agi(b"agi_uniqueid: 1.1\nagi_x: a:b\n", b"\n").read_header() == {"agi_uniqueid": "1.1", "agi_x": "a:b"}


@pytest.mark.parametrize(
    "pieces",
    [[b"agi_x: 1\n"], [b"agi_x: 1\n" * 101], [b"x" * 9000], [TimeoutError()], [ConnectionResetError()]],
    ids=["cut", "many", "long", "slow", "reset"],
)
def test_a_header_that_does_not_come_whole_is_none(pieces):
    with pytest.raises(CallerHungUp):
        agi(*pieces).read_header()


def test_what_follows_the_header_is_not_lost():
    wire = agi(b"agi_x: 1\n\n200 result=3\n")
    wire.read_header()
    assert wire.send("NOOP").result == "3"
