"""The clinic as a call sees it, and waiting for it in a gevent server."""

from types import SimpleNamespace

import gevent
import gevent.event
import pytest

from agi.patience import ClinicTooSlow, Immediate, LateResult, patient
from agi.phone import FakeCall, fake_call
from agi.waiting import GeventPatience
from agi.wire import CallerHungUp


class Bookings:
    limit = 3

    def book(self, slot, key=""):
        return f"booked {slot} {key}"

    def fail(self):
        raise KeyError


class Hurried:
    """Always gives up, and hands over what came late."""

    def wait(self, work, moment, late):
        moment()
        if late:
            late(work())
        raise ClinicTooSlow


def nobody():
    """Says nothing."""


@pytest.fixture
def clinic():
    return SimpleNamespace(bookings=Bookings(), clock=lambda: "now")


def test_a_service_answers_through_the_call(clinic):
    assert patient(clinic, fake_call()).bookings.book("s1", key="k") == "booked s1 k"


def test_what_is_no_method_is_itself(clinic):
    seen = patient(clinic, fake_call())
    assert (seen.bookings.limit, seen.clock()) == (3, "now")


def test_what_a_service_raises_comes_through(clinic):
    with pytest.raises(KeyError):
        patient(clinic, fake_call()).bookings.fail()


def test_what_comes_too_late_is_handed_over_with_its_arguments(clinic):
    came = []
    call = fake_call(patience=Hurried(), uniqueid="7.7")
    late = {"bookings.book": lambda plain, result: came.append((plain is clinic, result))}
    with pytest.raises(ClinicTooSlow):
        patient(clinic, call, late).bookings.book("s1", key="k")
    assert came == [(True, LateResult("7.7", ("s1",), {"key": "k"}, "booked s1 k"))]


def test_the_caller_hears_that_it_takes_a_moment():
    call = fake_call(patience=Hurried())
    call.play("a/just-said")
    with pytest.raises(ClinicTooSlow):
        call.patiently(nobody)
    assert call.heard == ["a/just-said", "common/one-moment"]


def test_without_patience_work_is_simply_done():
    assert Immediate().wait(lambda: 5, nobody, None) == 5


def test_fast_work_is_answered_without_a_word():
    said = []
    assert GeventPatience(30, 60).wait(lambda: 5, lambda: said.append(1), None) == 5
    assert said == []


def test_slow_work_is_told_and_answered():
    said = []
    patience = GeventPatience(0.01, 60)
    assert patience.wait(lambda: gevent.sleep(0.05) or 5, lambda: said.append(1), None) == 5
    assert said == [1]


def test_work_that_is_given_up_goes_on_and_is_handed_over():
    came = []
    patience = GeventPatience(0.01, 0.02)
    with pytest.raises(ClinicTooSlow):
        patience.wait(lambda: gevent.sleep(0.05) or 5, nobody, came.append)
    assert came == []
    assert patience.finish(60)
    assert came == [5]


def test_a_hang_up_while_waiting_hands_the_work_over():
    def hangs_up():
        raise CallerHungUp

    came = []
    patience = GeventPatience(0.01, 60)
    with pytest.raises(CallerHungUp):
        patience.wait(lambda: gevent.sleep(0.05) or 5, hangs_up, came.append)
    patience.finish(60)
    assert came == [5]


def test_a_call_that_is_killed_while_waiting_kills_no_work():
    came = []
    patience = GeventPatience(30, 60)
    call = gevent.spawn(patience.wait, lambda: gevent.sleep(0.1) or 5, nobody, came.append)
    gevent.sleep(0.02)
    call.kill()
    patience.finish(60)
    assert came == [5]


def test_late_work_that_fails_is_told_and_handed_to_nobody():
    def fails():
        gevent.sleep(0.05)
        raise KeyError

    came, errors = [], []
    patience = GeventPatience(0.01, 0.02)
    patience.listen(nobody, nobody, errors.append)
    with pytest.raises(ClinicTooSlow):
        patience.wait(fails, nobody, came.append)
    patience.finish(60)
    assert came == []
    assert [type(error) for error in errors] == [KeyError]


def test_a_fake_call_is_a_call():
    assert isinstance(fake_call(), FakeCall)


def test_work_that_ends_while_the_caller_is_told_is_answered():
    patience = GeventPatience(0.01, 60)
    assert patience.wait(lambda: gevent.sleep(0.03) or 5, lambda: gevent.sleep(0.1), None) == 5


def test_many_calls_wait_at_once():
    patience = GeventPatience(0.01, 60)
    calls = [gevent.spawn(patience.wait, lambda n=n: gevent.sleep(n / 1000) or n, nobody, None) for n in range(40)]
    gevent.joinall(calls, timeout=60)
    assert [call.value for call in calls] == list(range(40))


def test_one_greenlet_works_for_all_who_ask_in_turn():
    patience = GeventPatience()
    workers = [patience.wait(gevent.getcurrent, nobody, None) for _ in range(3)]
    assert workers[0] is not gevent.getcurrent()
    assert workers[0] is workers[1] is workers[2]


def test_whoever_worked_too_long_for_one_works_for_the_next():
    patience, came, go = GeventPatience(0.25, 0.5), [], gevent.event.Event()
    with pytest.raises(ClinicTooSlow):
        patience.wait(lambda: go.wait(30) and gevent.getcurrent(), nobody, came.append)
    other = patience.wait(gevent.getcurrent, nobody, None)
    go.set()
    assert patience.finish(60)
    again = {patience.wait(gevent.getcurrent, nobody, None) for _ in range(2)}
    assert again == {*came} and other not in again


def test_what_one_piece_of_work_raises_is_not_the_next_ones():
    patience = GeventPatience()
    with pytest.raises(ZeroDivisionError):
        patience.wait(lambda: 1 / 0, nobody, None)
    assert patience.wait(lambda: 5, nobody, None) == 5
