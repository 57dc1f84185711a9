"""What Asterisk answers to a command while a caller with a script is on the line; as little work as that takes."""

from collections import defaultdict, deque
from collections.abc import Mapping, Sequence

OK = b"200 result=0\n"
SET = b"200 result=1\n"


class Pools:
    """Keys that only one caller at a time may have."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._free = defaultdict(deque, {name: deque(all_of) for name, all_of in keys.items()})

    def take(self, name: str) -> str:
        """A key nobody has; "" when there is none."""
        return self._free[name].popleft() if self._free[name] else ""

    def give(self, name: str, key: str) -> None:
        """It is free again."""
        self._free[name].append(key)


class Caller:
    """One call. Questions (GET DATA, Read) take the next of the answers.

    Two answers are more than keys: "take:POOL" is a key of that pool which nobody else has now, and "give:KEY" is KEY
    and gives the taken one back. So callers keep out of each other's way.
    """

    __slots__ = ("_answers", "_hold_at", "_pools", "_taken", "asked", "done", "waiting", "wrong")

    def __init__(self, answers: Sequence[str], pools: Pools, hold_at: int = 0) -> None:
        self._answers = deque(answers)
        self._pools = pools
        self._hold_at = hold_at
        self._taken = ("", "")
        self.asked = 0
        self.done = False
        self.waiting = b""
        """The question that waits until a key is free."""
        self.wrong = ""

    @property
    def left(self) -> int:
        """Answers nobody asked for."""
        return len(self._answers)

    def reply(self, command: bytes) -> bytes:
        """The answer; b"" to stay silent: from the question `hold_at` on, or while no key is free (`waiting`)."""
        if command.startswith(b"GET DATA "):
            return self._answered(command, b"200 result=%b\n", b"200 result= (timeout)\n")
        if command.startswith(b"GET VARIABLE ALO_KEY"):
            return self._answered(command, b"200 result=1 (%b)\n", b"200 result=1 ()\n")
        if command.startswith(b"SET VARIABLE "):
            self.done = b"ALO_DONE" in command
            return SET
        return OK

    def again(self) -> bytes:
        """The answer to the question that waits, if there is one now."""
        self.asked -= 1
        return self.reply(self.waiting)

    def over(self) -> str:
        """The connection is closed: what was wrong with the call, "" for nothing."""
        if self._taken[1]:
            self._pools.give(*self._taken)
        if self.wrong or (self.done and not self._answers):
            return self.wrong
        return f"over with {len(self._answers)} answers left, done: {self.done}"

    def _answered(self, command: bytes, form: bytes, silence: bytes) -> bytes:
        self.asked += 1
        if self.asked == self._hold_at:
            return b""
        if not self._answers:
            self.wrong = f"a question too many: {command[:60]!r}"
            return silence
        answer = self._answers[0]
        kind, colon, rest = answer.partition(":")
        if colon:
            answer = self._take(rest) if kind == "take" else self._give(rest)
            if not answer:
                self.waiting = command
                return b""
        self._answers.popleft()
        self.waiting = b""
        return form % answer.encode() if answer else silence

    def _take(self, pool: str) -> str:
        key = self._pools.take(pool)
        self._taken = (pool, key)
        return key

    def _give(self, key: str) -> str:
        if self._taken[1]:
            self._pools.give(*self._taken)
            self._taken = ("", "")
        return key
