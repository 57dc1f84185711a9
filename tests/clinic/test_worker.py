"""The work nobody waits for: in its rhythm, and no job stops another."""

import threading
from datetime import date, timedelta
from types import SimpleNamespace

from clinic.worker import Job, NameRecording, Nightly, work


class FakeTime:
    """A clock that only moves while somebody waits; it is time to stop after so many seconds."""

    def __init__(self, until):
        self.now, self._until = 0.0, until

    def __call__(self):
        return self.now

    def wait(self, timeout):
        self.now += timeout
        return self.is_set()

    def is_set(self):
        return self.now >= self._until


class Job_(list):  # noqa: N801 - a job that counts when it was done
    def __init__(self, time, error=None):
        self.time, self.error = time, error

    def __call__(self):
        self.append(self.time())
        if self.error:
            raise self.error
        return 1


def run(seconds, **every):
    time = FakeTime(seconds)
    done = {name: Job_(time) for name in every}
    work([Job(name, timedelta(seconds=pause), done[name]) for name, pause in every.items()], time, time)
    return done


def test_each_job_keeps_its_rhythm():
    assert run(100, slow=40, quick=30) == {"slow": [0, 40, 80], "quick": [0, 30, 60, 90]}


def test_a_long_pause_is_slept_in_pieces():
    assert run(200, nightly=150) == {"nightly": [0, 150]}


def test_a_job_that_fails_is_tried_again_and_stops_nobody():
    time = FakeTime(25)
    bad, good = Job_(time, ValueError("no")), Job_(time)
    work([Job("bad", timedelta(seconds=10), bad), Job("good", timedelta(seconds=10), good)], time, time)
    assert bad == good == [0, 10, 20]


def test_what_fails_again_and_again_is_not_tried_all_the_time():
    time = FakeTime(12)
    bad = Job_(time, ValueError("no"))
    work([Job("bad", timedelta(seconds=0.2), bad)], time, time)
    assert bad == [0, 5, 10]


def test_lanes_do_not_wait_for_each_other():
    met, stop = threading.Barrier(2, timeout=60), threading.Event()

    def meets():
        met.wait()  # in one lane the second job would never come
        stop.set()
        return 1

    jobs = [Job(name, timedelta(hours=1), meets, lane=name) for name in ("messages", "others")]
    work(jobs, stop)
    assert not met.broken


def test_nothing_is_begun_when_it_is_time_to_stop():
    assert run(0, one=1) == {"one": []}


def test_nightly_work_is_done_once_a_day():
    days = [date(2026, 11, 22)] * 3 + [date(2026, 11, 23)] * 2
    nightly = Nightly(lambda: days.pop(0), lambda: 7)
    assert [nightly() for _ in range(5)] == [7, 0, 0, 7, 0]


def test_nightly_work_that_failed_is_done_again():
    results = [1, 0]
    nightly = Nightly(lambda: date(2026, 11, 22), lambda: 1 // results.pop())
    try:
        nightly()
    except ZeroDivisionError:
        assert nightly() == 1


class FakeNames(SimpleNamespace):
    """Names that wait, and what became of them."""

    def __init__(self, *waiting):
        self.rounds, self.told = 0, []
        super().__init__(waiting=list(waiting))

    def pending(self, _limit):
        self.rounds += 1
        return self.waiting

    def rendered(self, name):
        self.told.append(("rendered", name))

    def failed(self, name):
        self.told.append(("failed", name))


def test_names_that_cannot_be_recorded_are_put_last():
    names = FakeNames("Ana", "Ñ", "Rui")
    assert NameRecording(names, lambda name: name != "Ñ", FakeTime(1))() == 2
    assert names.told == [("rendered", "Ana"), ("failed", "Ñ"), ("rendered", "Rui")]


def test_where_nothing_can_be_recorded_it_is_seldom_tried():
    names = FakeNames("Ana")
    recording = NameRecording(names, lambda _name: False, FakeTime(1))
    assert [recording() for _ in range(100)] == [0] * 100
    assert names.rounds == 2


def test_no_name_is_begun_when_it_is_time_to_stop():
    names = FakeNames("Ana")
    assert NameRecording(names, lambda _name: True, FakeTime(0))() == 0
    assert names.told == []
