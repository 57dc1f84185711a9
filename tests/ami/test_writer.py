"""The queue and the thread behind it."""

import time

import pytest

from ami.writer import BATCH, Heard, Outlet, Stands, Writer
from tests.ami.scripted import NOW, Calls, channel


def put(outlet, count, first=0):
    for i in range(first, first + count):
        outlet.put(Heard({"Event": "Newchannel", **channel(f"1.{i}")}, NOW))


@pytest.fixture
def calls():
    return Calls()


def written(outlet, calls):
    """All that was queued is written, and the thread ended."""
    writer = Writer(outlet, calls, "here", sleep=lambda _: time.sleep(0.01))
    writer.start()
    writer.stop()
    return writer


def test_what_comes_together_is_written_together(calls):
    outlet = Outlet()
    put(outlet, 150)
    written(outlet, calls)
    assert (calls.sizes, len(calls.now)) == ([150], 150)


def test_a_batch_is_at_most_two_hundred(calls):
    outlet = Outlet()
    put(outlet, 450)
    written(outlet, calls)
    assert (max(calls.sizes), len(calls.now)) == (BATCH, 450)


def test_a_lonely_event_waits_fifty_milliseconds_at_most():
    outlet = Outlet()
    put(outlet, 1)
    began = time.monotonic()
    assert len(outlet.batch()) == 1
    assert time.monotonic() - began < 10


def test_order_is_kept(calls):
    outlet = Outlet()
    put(outlet, 2)
    outlet.put(Heard({"Event": "Hangup", "Uniqueid": "1.0"}, NOW))
    outlet.put(Stands(up=False, note="x"))
    put(outlet, 1, first=5)
    written(outlet, calls)
    assert (set(calls.now), calls.marks, calls.sizes) == ({"1.1", "1.5"}, [(False, "x")], [3, 1])


def test_a_failing_database_is_asked_again_with_the_same(calls):
    outlet = Outlet()
    calls.failures = 3
    put(outlet, 2)
    written(outlet, calls)
    assert set(calls.now) == {"1.0", "1.1"}


def test_an_event_that_makes_no_sense_is_passed_over(calls):
    outlet = Outlet()
    outlet.put(Heard(None, NOW))
    put(outlet, 1)
    written(outlet, calls)
    assert set(calls.now) == {"1.0"}


def test_a_new_connection_forgets_what_the_old_one_told(calls):
    outlet = Outlet()
    put(outlet, 1)
    outlet.put(Stands(up=True, fresh=True))
    put(outlet, 1)
    written(outlet, calls)
    assert calls.sizes == [1, 1]


def test_a_full_queue_drops_and_remembers():
    outlet = Outlet(room=4)
    put(outlet, 6)
    assert not outlet.mend()
    outlet.batch()
    assert [outlet.mend(), outlet.mend()] == [True, False]


def test_a_writer_that_is_stuck_can_be_stopped(calls):
    outlet = Outlet(room=2)
    calls.failures = 10**6
    put(outlet, 9)
    writer = Writer(outlet, calls, "here", sleep=lambda _: time.sleep(0.01))
    writer.start()
    began = time.monotonic()
    writer.stop(0.1)
    assert time.monotonic() - began < 10
