"""The person at the other end: a script of what a caller does, in a time of its own that needs no waiting."""

import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from threading import Condition
from time import monotonic
from typing import Protocol

REACTION = 0.3
"""Seconds between the last word and the first key."""
GAP = 0.2


class Gone(Exception):
    """The person has hung up."""


class Person(Protocol):
    """An ear and a finger. Times are in seconds since the call began."""

    def now(self) -> float:
        """The time."""

    def spoken_to(self, seconds: float) -> None:
        """Speech begins that a key may interrupt, but that asks nothing yet."""

    def asked(self, seconds: float) -> None:
        """A question begins; its last word will have been said in `seconds`."""

    def key_within(self, seconds: float) -> str:
        """The next key, as soon as it is pressed, or "" when none is; Gone when the person hangs up instead."""

    def speaks(self) -> float:
        """After a beep: for how many seconds the person speaks."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys typed for one question, `gap` seconds apart, `after` seconds after its last word."""

    keys: str
    gap: float = GAP
    after: float = REACTION


@dataclass(frozen=True, slots=True)
class AtOnce:
    """Keys typed as soon as anything is heard: they interrupt."""

    keys: str
    gap: float = GAP


class TypeAhead(AtOnce):
    """Keys for this question and for those that follow, all typed at once by somebody who knows the way."""

    def __init__(self, *keys: str) -> None:
        super().__init__("".join(keys), 0.1)


@dataclass(frozen=True, slots=True)
class Silence:
    """No key for one question; nothing spoken after a beep."""


@dataclass(frozen=True, slots=True)
class Speaks:
    """Speaks after the beep, then presses a key ("" to fall silent)."""

    seconds: float = 3.0
    key: str = "#"


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hangs up at this question, `after` seconds after its last word (negative: before it); after a beep, while
    speaking."""

    after: float = REACTION


Step = Keys | AtOnce | Silence | Speaks | HangUp
Answer = str | Step | Callable[[list[str]], "str | Step"]
"""What a caller does at a question; a function is given what was heard so far, and may do something on the side."""

HUNG_UP = "hung up"
MAX_WAITING_KEYS = 100


class ScriptedCaller:
    """A person who takes one answer of the script for each question, and hangs up (or does `then`) when it is over."""

    def __init__(self, answers: Iterable[Answer], heard: Callable[[], list[str]], then: Answer | None = None) -> None:
        self._script = deque(answers)
        self._heard = heard
        self._then = HangUp() if then is None else then
        self._now = 0.0
        self._presses: deque[tuple[float, str]] = deque()
        self._waits_for_keys = False
        self._speech = 0.0
        self.typed = ""

    @property
    def left(self) -> Sequence[Answer]:
        """The answers nobody asked for."""
        return list(self._script)

    def now(self) -> float:
        """The time, which passes only by listening and waiting."""
        return self._now

    def spoken_to(self, seconds: float) -> None:
        """Only who types at once does not wait for the question."""
        if not self._presses and self._script and isinstance(self._script[0], AtOnce):
            self._take(seconds)

    def asked(self, seconds: float) -> None:
        """Keys typed ahead come first; only then the next answer of the script."""
        self._waits_for_keys = bool(self._presses)
        if not self._presses:
            self._take(seconds)

    def key_within(self, seconds: float) -> str:
        """The next key of the script, in no time at all."""
        if not self._presses and self._waits_for_keys:
            self._waits_for_keys = False
            self._take(0.0)
        until = self._now + seconds
        if not self._presses or self._presses[0][0] > until:
            self._now = until
            return ""
        at, key = self._presses.popleft()
        self._now = max(self._now, at)
        if key == HUNG_UP:
            raise Gone
        self.typed += key
        return key

    def speaks(self) -> float:
        """As long as the script says; who only presses a key speaks until then."""
        return self._speech

    def _take(self, seconds: float) -> None:
        step = self._script.popleft() if self._script else self._then
        if callable(step):
            step = step(self._heard())
        self._do(Keys(step) if isinstance(step, str) else step, self._now + seconds)

    def _do(self, step: Step, last_word: float) -> None:
        self._speech = 0.0 if isinstance(step, Silence) else 3600.0
        if isinstance(step, Keys):
            self._press(step.keys, last_word + step.after, step.gap)
        elif isinstance(step, AtOnce):
            self._press(step.keys, self._now + step.gap, step.gap)
        elif isinstance(step, Speaks):
            self._speech = step.seconds
            self._press(step.key, last_word + step.seconds, GAP)
        elif isinstance(step, HangUp):
            self._presses.append((max(self._now, last_word + step.after), HUNG_UP))

    def _press(self, keys: str, at: float, gap: float) -> None:
        self._presses.extend((at + place * gap, key) for place, key in enumerate(keys))


class LivePerson:
    """Somebody at a keypad, in real time: keys and the hang-up come from another thread or greenlet.

    `on_wait` is called at least once a second while a key is waited for.
    """

    def __init__(self, on_wait: Callable[[], object] = lambda: None) -> None:
        self._begun = monotonic()
        self._keys: deque[str] = deque()
        self._changed = Condition()
        self._gone = False
        self._on_wait = on_wait

    @property
    def gone(self) -> bool:
        """Whether the person has hung up."""
        return self._gone

    def press(self, key: str) -> None:
        """Press a key; it waits until it is asked for."""
        with self._changed:
            if len(self._keys) < MAX_WAITING_KEYS:
                self._keys.append(key)
            self._changed.notify_all()

    def hang_up(self) -> None:
        """Hang up."""
        with self._changed:
            self._gone = True
            self._changed.notify_all()

    def now(self) -> float:
        """Seconds since the call began."""
        return monotonic() - self._begun

    def spoken_to(self, seconds: float) -> None:
        """Nothing to do: the person decides."""

    def asked(self, seconds: float) -> None:
        """Nothing to do: the person decides."""

    def key_within(self, seconds: float) -> str:
        """Wait for a key; Gone as soon as the person hangs up."""
        until = monotonic() + seconds
        with self._changed:
            while not (self._gone or self._keys) and (left := until - monotonic()) > 0:
                self._changed.wait(min(left, 1.0))
                self._on_wait()
            if self._gone:
                raise Gone
            return self._keys.popleft() if self._keys else ""

    def speaks(self) -> float:
        """There is no microphone: until a key ends it."""
        return math.inf
