"""Who asks at the same time is answered by one statement, which is never older than the question."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from db.together import Stopped, Together

MANY, TIMES = 48, 25


class Slow:
    """Answers with the number of the round, and takes its time: as long as nobody says go."""

    def __init__(self) -> None:
        self.rounds, self.begun, self.go = [], threading.Semaphore(0), threading.Semaphore(0)

    def __call__(self, asked):
        self.rounds.append(list(asked))
        self.begun.release()
        assert self.go.acquire(timeout=60)
        return [(one, len(self.rounds)) for one in asked]


def waiting(together, many):
    """Until so many have come who will be asked for next."""
    give_up = time.monotonic() + 60
    while len(together._next.asked) < many:
        assert time.monotonic() < give_up, "they did not come"
        time.sleep(0.001)


def test_one_alone_is_answered():
    assert Together(lambda asked: [one * 2 for one in asked]).of(4) == 8


def test_who_comes_meanwhile_is_asked_for_together_and_later():
    slow = Slow()
    together = Together(slow)
    with ThreadPoolExecutor(6) as pool:
        first = pool.submit(together.of, "a")
        assert slow.begun.acquire(timeout=60)
        later = [pool.submit(together.of, one) for one in "bcdb"]
        waiting(together, 4)
        slow.go.release(2)
        assert first.result() == ("a", 1)
        assert sorted(one.result() for one in later) == [("b", 2), ("b", 2), ("c", 2), ("d", 2)]
    assert len(slow.rounds) == 2


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


def test_who_is_killed_while_asking_kills_nobody_else():
    slow = Slow()

    def ask(asked):
        slow(asked)
        raise SystemExit

    together = Together(ask)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(together.of, 1)
        assert slow.begun.acquire(timeout=60)
        others = [pool.submit(together.of, one) for one in (2,)]
        waiting(together, 1)
        slow.go.release(2)
        assert {type(one.exception()) for one in (first, *others)} <= {SystemExit, Stopped}


def test_who_has_an_answer_goes_on_while_the_next_are_asked_for():
    """They come again and again: hardly anybody would be there to be asked for together if they waited for the turn."""
    rounds = []

    def ask(asked):
        rounds.append(len(asked))
        time.sleep(0.002)
        return asked

    together = Together(ask)

    def often(one):
        return all(together.of(one) == one for _ in range(TIMES))

    with ThreadPoolExecutor(MANY) as pool:
        assert all(pool.map(often, range(MANY)))
    assert sum(rounds) == MANY * TIMES
    assert len(rounds) <= 14 * TIMES


class NoTurn:
    """Who waits for it is killed meanwhile, once; until then others may come."""

    def __init__(self, turn, come) -> None:
        self.turn, self.come = turn, come

    def __enter__(self):
        if (come := self.come) is not None:
            self.come = None
            come()
            raise SystemExit
        return self.turn.__enter__()

    def __exit__(self, *error):
        return self.turn.__exit__(*error)


def test_who_is_killed_while_waiting_to_ask_keeps_nobody_waiting():
    together = Together(lambda asked: asked)
    with ThreadPoolExecutor(1) as pool:
        others = []

        def come():
            others.append(pool.submit(together.of, 2))
            waiting(together, 2)

        together._turn = NoTurn(together._turn, come)
        with pytest.raises(SystemExit):
            together.of(1)
        assert isinstance(others[0].exception(timeout=60), Stopped)
        assert together.of(3) == 3
