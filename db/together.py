"""One statement for all who ask the same at the same time.

With sixteen threads at work most of them want to know of the database what another is just about to ask. Who comes
while a question is under way does not take its answer, which may be older than he is: all who have come meanwhile put
the next one together. So an answer is never older than the question, and the busier a process is, the less each asks.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


class Stopped(Exception):
    """Who asked for all was stopped in the middle; whether it came to anything is not known."""


class _Round(Generic[Asked, Answer]):
    """Those who ask together: what they ask, and once it is over the answers in the same order, or what went wrong."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answers: Sequence[Answer] | None = None
        self.error: Exception | None = None
        self._over = threading.Lock()
        self._over.acquire()

    def end(self) -> None:
        """The answers are there, or never will be: all who wait may go on."""
        self._over.release()

    def wait(self) -> None:
        """Until it is over. One wakes the next, so that not all of them want to go on in the same moment."""
        with self._over:
            pass

    def answer(self, place: int) -> Answer:
        """That of who came at this place; raises what went wrong."""
        if self.answers is None:
            raise self.error or Stopped
        return self.answers[place]


class Together(Generic[Asked, Answer]):
    """Puts questions together; `ask` is given all of one round, in the order they came, and answers in that order."""

    def __init__(self, ask: Callable[[Sequence[Asked]], Sequence[Answer]]) -> None:
        self._ask = ask
        self._next: _Round[Asked, Answer] = _Round()
        self._joining, self._turn = threading.Lock(), threading.Lock()

    def of(self, asked: Asked) -> Answer:
        """The answer to one question, from a statement that began after it was asked. Raises what `ask` raises.

        Who comes first asks for all of the round, after who asks now. The others wait for their own round alone: for
        the turn they would wait behind who asks next.
        """
        with self._joining:
            mine, place = self._next, len(self._next.asked)
            mine.asked.append(asked)
        if place:
            mine.wait()
        else:
            self._lead(mine)
        return mine.answer(place)

    def _lead(self, mine: _Round[Asked, Answer]) -> None:
        try:
            with self._turn:
                self._close(mine)
                mine.answers = self._ask(mine.asked)
        except Exception as error:
            mine.error = error
        finally:  # also when it is one of them that is killed, and not all
            self._close(mine)
            mine.end()

    def _close(self, mine: _Round[Asked, Answer]) -> None:
        """Who comes from now on is of the next round."""
        with self._joining:
            if self._next is mine:
                self._next = _Round()
