"""The server: a clinic that is slow, and a server that stops."""

import socket

from tests.agi.conftest import lines_from, waited_for


def heard(record):
    return [one.prompt_id for one in record.heard]


def refused(server):
    """True once nobody is let in any more, else None."""
    try:
        socket.create_connection(("127.0.0.1", server.port), timeout=60).close()
    except ConnectionRefusedError:
        return True
    return None


def test_a_slow_clinic_is_told_and_waited_for(server):
    record = server.call("slow")
    assert heard(record) == ["common/one-moment", "test/booked"]
    assert record.variables["ALO_DONE"] == "1"


def test_a_clinic_that_is_too_slow_ends_with_a_person(server):
    record = server.call("too_slow")
    assert heard(record) == ["common/one-moment", "common/clinic-slow"]
    assert record.continues_at["context"] == "reception"
    assert (record.variables["ALO_MENU"], record.variables["ALO_WHY"]) == ("booking", "slow")


def test_what_came_too_late_is_taken_back(server):
    server.call("too_slow")
    assert server.written("booked") == ""
    assert server.written("withdrawn") == ""


def test_what_came_in_time_stays(server):
    server.call("slow")
    assert server.written("booked") == ""
    assert server.written("withdrawn", seconds=0.3) is None


def test_who_hangs_up_while_waiting_is_never_told_so_it_is_taken_back(server):
    server.call("too_slow", hang_up_at=3)
    assert server.written("withdrawn") == ""
    assert server.written("ended") == "hangup booking"


def test_a_server_that_stops_lets_calls_end(serve):
    server = serve()
    with server.wire("thinks") as wire:
        assert lines_from(wire) == ["ANSWER"]
        server.stop()
        assert waited_for(lambda: refused(server), 60)
        wire.sendall(b"200 result=0\n")
        assert lines_from(wire)[0].startswith("SET VARIABLE")
        wire.sendall(b"200 result=1\n")
        assert lines_from(wire)[0].startswith("GET DATA")
        wire.sendall(b"HANGUP\n200 result=-1\n")
    assert server.process.wait(60) == 0


def test_a_server_that_stops_takes_no_new_call(serve):
    server = serve()
    with server.wire("thinks") as wire:
        lines_from(wire)
        server.stop()
        assert waited_for(lambda: refused(server), 60)


def test_work_left_behind_is_finished_before_the_process_ends(serve):
    server = serve()
    server.call("too_slow")
    server.stop()
    assert server.process.wait(60) == 0
    assert server.written("withdrawn", seconds=0.1) == ""
