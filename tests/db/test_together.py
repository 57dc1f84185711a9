"""Who asks at the same time is answered by one statement, which is never older than the question."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.together import Stopped, Together


class Slow:
    """Answers with the number of the round, and takes its time: as long as nobody says go."""

    def __init__(self) -> None:
        self.rounds, self.begun, self.go = [], threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, asked):
        self.rounds.append(list(asked))
        self.begun.release()
        assert self.go.acquire(timeout=30)
        return [(one, len(self.rounds)) for one in asked]


def waiting(together, many):
    """Until so many have come who will be asked for next."""
    give_up = time.monotonic() + 30
    while len(together._next.asked) < many:
        assert time.monotonic() < give_up, "they did not come"
        time.sleep(0.001)


def test_one_alone_is_answered():
    assert Together(lambda asked: [one * 2 for one in asked]).of(4) == 8


@pytest.mark.timeout(60)
def test_who_comes_meanwhile_is_asked_for_together_and_later():
    slow = Slow()
    together = Together(slow)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(together.of, "a")
        assert slow.begun.acquire(timeout=30)
        later = [pool.submit(together.of, one) for one in "bcdb"]
        waiting(together, 4)
        slow.go.release(2)
        assert first.result() == ("a", 1)
        assert sorted(one.result() for one in later) == [("b", 2), ("b", 2), ("c", 2), ("d", 2)]
    assert len(slow.rounds) == 2


@pytest.mark.timeout(60)
def test_what_goes_wrong_goes_wrong_for_the_round_and_not_for_the_next():
    answers = iter([OSError("gone"), ["fine"]])

    def ask(asked):
        found = next(answers)
        if isinstance(found, OSError):
            raise found
        return found

    together = Together(ask)
    with pytest.raises(OSError, match="gone"):
        together.of(1)
    assert together.of(2) == "fine"


@pytest.mark.timeout(60)
def test_who_is_killed_while_asking_kills_nobody_else():
    slow = Slow()

    def ask(asked):
        slow(asked)
        raise SystemExit

    together = Together(ask)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(together.of, 1)
        assert slow.begun.acquire(timeout=30)
        others = [pool.submit(together.of, one) for one in (2,)]
        waiting(together, 1)
        slow.go.release(2)
        assert {type(one.exception()) for one in (first, *others)} <= {SystemExit, Stopped}
