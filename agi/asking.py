"""How a caller is asked: the rules that are the same in every menu (call-flow, first table).

`choose` asks for one key, `ask_number` for a whole number. Both give up after three tries and hand the
caller to a person by raising `WantsPerson`; `*` raises `GoBack`. Neither knows AGI.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, NoReturn, TypeVar

from agi.call import Call, Typed
from agi.speech import Key, Said

T = TypeVar("T")

TRIES = 3
REPEATS = 20
"""How often a caller may ask to hear the same question again before the call is handed to a person."""


class WantsPerson(Exception):
    """The caller asked for a person, or has to be handed to one; `why` is for the desk's screen."""

    def __init__(self, why: str = "asked") -> None:
        super().__init__(why)
        self.why = why


class GoBack(Exception):
    """`*`: back to the previous menu."""


class Finished(Exception):
    """The caller has what they came for: rating, protocol and good-bye follow."""


class ToMainMenu(Exception):
    """The caller is done here and wants something else."""


def choose(call: Call, *said: Said, keys: Collection[str], silence: str | None = None) -> str:
    """Ask one question whose answer is one of `keys`; `silence`, where given, is the answer when no key comes.

    Raises WantsPerson on `0` or after three failures, GoBack on `*`.
    """
    failures = 0
    for _ in range(REPEATS):
        key = _key(call, failures, said)
        if key and key in keys:  # "" is in every text
            return key
        if key == "" and silence is not None:
            return silence
        if _is_failure(call, key):
            failures += 1
        if failures == TRIES:
            break
    raise WantsPerson("no answer")


def _key(call: Call, failures: int, said: Sequence[Said]) -> str:
    """The last try is slower and begins with an example; it is silence that makes a whole call slow, not a mistake."""
    if failures < TRIES - 1:
        return call.key(*said)
    pace, call.slow = call.slow, True
    key = call.key("common/key-example", *said)
    call.slow = pace
    return key


def _is_failure(call: Call, key: str) -> bool:
    """Whether the key was none of the question's; what was wrong is said before it is asked again.

    `9` asks to hear it again, and is none.
    """
    if key == "0":
        raise WantsPerson
    if key == "*":
        raise GoBack
    if key == "9":
        return False
    if key == "":
        call.slow = True
    call.play("common/wrong-key" if key else "common/no-key")
    return True


def yes(call: Call, *said: Said) -> bool:
    """A question answered by 1 (yes) or 2 (no); the texts name what each does."""
    return choose(call, *said, keys="12") == "1"


def finish(call: Call, *said: Said) -> NoReturn:
    """Say how it ended: `1` or `*` is the main menu (ToMainMenu), `2` or silence the good-bye (Finished).

    What is done is done: `*` leads to no question that came before it.
    """
    try:
        ends = choose(call, *said, "common/menu-or-end", keys="12", silence="2") == "2"
    except GoBack:
        ends = False
    raise Finished if ends else ToMainMenu


def in_turn(call: Call, steps: Sequence[Callable[[T], T]], state: T) -> None:
    """Take the steps in order, each turning the state into the next; `*` goes back to the last one that asked."""
    if not steps:
        return None
    while True:
        asked_before = len(call.trail)
        chosen = steps[0](state)
        asked = len(call.trail) > asked_before
        try:
            return in_turn(call, steps[1:], chosen)
        except GoBack:
            if not asked:
                raise


Check = Callable[[str], str | None]
"""Says what is wrong with a whole number, as a prompt id, or None."""

LONE_ZERO = {"0": "common/go-on-or-person"}
"""A first key that may also mean something else, and what is asked when nothing follows it."""


@dataclass(frozen=True)
class NumberQuestion:
    """A number asked for with one whole-sentence prompt, and `<prompt>-example` on the last try.

    `alone`: first keys that answer by themselves when nothing follows, each with the sentence that then asks
    whether to go on. `zero_pound`: `0#` is the answer "0" and not the wish for a person.
    """

    prompt: str
    count: int
    check: Check | None = None
    alone: Mapping[str, str] = field(default_factory=dict)
    zero_pound: bool = False


def ask_number(call: Call, question: NumberQuestion) -> str:
    """The digits, or a key of `question.alone`.

    Raises WantsPerson (`0#`, a `0` left alone, three failures) and GoBack (a lone `*`).
    """
    for failures in range(TRIES):
        entry = _typed(call, question, failures)
        wrong = _problem(entry, question)
        if wrong is None:
            return entry
        call.play(wrong)
    raise WantsPerson("mis-keyed")


def _typed(call: Call, question: NumberQuestion, failures: int) -> str:
    """One try; the last is slower and has an example, but only who let time pass is spoken to slowly from then on."""
    entry = _Entry(call, question)
    if failures < TRIES - 1:
        return entry.typed(question.prompt)
    pace, call.slow = call.slow, True
    typed = entry.typed(f"{question.prompt}-example")
    call.slow = pace or entry.timed_out
    return typed


def _problem(entry: str, question: NumberQuestion) -> str | None:
    if entry in question.alone or (entry == "0" and question.zero_pound):
        return None
    if entry == "":
        return "common/no-number"
    if len(entry) < question.count:
        return "common/number-short"
    return question.check(entry) if question.check else None


class _Entry:
    """One try at a number, however slowly and with however many stars it is typed."""

    def __init__(self, call: Call, question: NumberQuestion) -> None:
        self.call = call
        self.question = question
        self.kept = ""
        self.timed_out = False
        self._lone = {**LONE_ZERO, **question.alone}

    def typed(self, prompt: str) -> str:
        """What stands after the last star; shorter than asked for, or empty, when the caller left it so."""
        typed = self._listen(prompt)
        while not self._ended(typed):
            typed = self._rest()
        return self.kept

    def _listen(self, prompt: str) -> Typed:
        self.wanted = self.question.count - len(self.kept)
        return self.call.digits(prompt, self.wanted)

    def _ended(self, typed: Typed) -> bool:
        """Take in what was typed; whether the number is complete or given up."""
        first, self.kept = self.kept == "", (self.kept + typed.digits).rsplit("*", 1)[-1]
        if first and typed.digits.strip("*") == "" and "*" in typed.digits:
            raise GoBack
        if typed.timed_out:
            self.timed_out = self.timed_out or self.kept not in self._lone
            self.call.slow = self.call.slow or self.timed_out
            return typed.digits == ""
        if len(self.kept) == self.question.count:
            return True
        return len(typed.digits) < self.wanted and self._ended_by_pound()

    def _ended_by_pound(self) -> bool:
        if self.kept == "0" and not self.question.zero_pound:
            raise WantsPerson
        return True

    def _rest(self) -> Typed:
        """Wait for the missing digits: in silence, or asking about a first key that stands alone."""
        asked = self._lone.get(self.kept)
        if asked is None:
            return self._listen("pause/300")
        typed = self._listen(asked)
        if typed.digits == "":
            return self._alone()
        return typed

    def _alone(self) -> Typed:
        if self.kept == "0":
            raise WantsPerson
        return Typed("", timed_out=True)


@dataclass(frozen=True)
class Option(Generic[T]):
    """Something to pick: what it is worth, and how it is said before its key ("Com a doutora Marina Corrêa").

    With nothing to be said it keeps its key in silence: it was offered already, and nothing after it moves.
    """

    value: T
    said: tuple[Said, ...]


def pick(
    call: Call, *intro: Said, options: Sequence[Option[T]], fixed: Mapping[str, Option[T]] | None = None, first: int = 1
) -> T:
    """Pick from a list of any length: `fixed` keys stand on every page, the list takes `first` to 7, `8` is more.

    Entries keep their keys. Raises as `choose` does.
    """
    keys = [str(key) for key in range(first, 8)]
    pages = max(1, -(-len(options) // len(keys)))
    page = 0
    while True:
        listed = zip(keys, options[page * len(keys) : (page + 1) * len(keys)], strict=False)
        shown = {**(fixed or {}), **dict(listed)}
        said = [piece for key, one in sorted(shown.items()) if one.said for piece in (*one.said, Key(key))]
        more = {"8"} if pages > 1 else set()
        key = choose(call, *intro, *said, *(["common/more"] if more else []), keys={*shown, *more})
        if key != "8":
            return shown[key].value
        page = (page + 1) % pages
