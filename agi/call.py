"""One call, as the menus have it: say, ask for a key, ask for a number, record, hand over."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple, TypeVar

from agi.patience import ClinicTooSlow, Immediate, Patience
from agi.recording import Recording, finish_recording, unfinished
from agi.speech import Said
from agi.voice import Piece, Voice, files_of, in_lines, seconds_of
from agi.wire import HEADER_SECONDS, Agi, CallerHungUp, PromptMissing, Reply, quoted

__all__ = ["Call", "CallOver", "CallerHungUp", "ClinicTooSlow", "PromptMissing", "Recording", "TooLong", "Typed"]

T = TypeVar("T")

BETWEEN_KEYS_SECONDS = 3
"""TIMEOUT(digit): what Read waits after a key that interrupted a piece which was not the last."""
PIECE_GAP_SECONDS = 0.05
"""Read waits this long for a key after each piece but the last."""
MAX_ROUNDS = 60
MAX_SECONDS = 20 * 60
KEYS = frozenset("0123456789*#")
CODES = {str(ord(key)): key for key in KEYS}
MOMENT = "common/one-moment"


class CallOver(Exception):
    """Raised by a menu, from any depth: the call ends in good order here."""


class TooLong(Exception):
    """The call goes round in circles, or has lasted beyond its limit."""


class Typed(NamedTuple):
    """What was typed; `timed_out` when the caller stopped before the number was full or ended by `#`."""

    digits: str
    timed_out: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a call may last, in seconds and in menus entered, and how long its header may take to come."""

    seconds: float = MAX_SECONDS
    rounds: int = MAX_ROUNDS
    header_seconds: float = HEADER_SECONDS


class Call:
    """A conversation over one AGI session. Every method raises CallerHungUp when the call is gone.

    `slow` doubles the time-outs and takes the slow recordings. `trail` is the menus walked. `progress` is where to go
    on for a caller who is cut off (or None), `who` the person identified (or None); both are kept by the menus.
    """

    __slots__ = (
        "_agi", "_is_full", "_key", "_limits", "_patience", "_queue", "_until", "_voice", "caller", "continues_at",
        "dialled", "entry", "id", "linkedid", "progress", "slow", "trail", "who",
    )  # fmt: skip

    def __init__(
        self,
        agi: Agi,
        header: dict[str, str],
        voice: Voice,
        patience: Patience | None = None,
        limits: Limits = Limits(),
    ) -> None:
        self._agi = agi
        self._voice = voice
        self._patience = patience or Immediate()
        self._limits = limits
        self._until = monotonic() + limits.seconds
        self._queue: list[Said] = []
        self._key = ""
        self._is_full = False
        self.id = header.get("agi_uniqueid", "")
        self.linkedid = header.get("agi_arg_1") or self.id
        self.caller = _known(header.get("agi_callerid", ""))
        self.dialled = _known(header.get("agi_dnid", "")) or header.get("agi_extension", "")
        self.entry = header.get("agi_network_script", "").partition("?")[0].strip("/")
        self.slow = False
        self.trail: list[str] = []
        self.progress: dict[str, Any] | None = None
        self.who: Any = None
        self.continues_at = ""

    def start(self) -> None:
        """Answer, and set what holds for the whole call."""
        self._agi.answer()
        self.set_variable("TIMEOUT(digit)", str(BETWEEN_KEYS_SECONDS))

    def enter(self, menu: str) -> None:
        """Note that a menu begins; TooLong when the caller has been through more than anybody needs."""
        self.trail.append(menu)
        if len(self.trail) > self._limits.rounds:
            raise TooLong

    def play(self, *said: Said) -> None:
        """Say it before the next question, where it can be interrupted, or at the end of the call."""
        self._queue += said

    def key(self, *said: Said, seconds: float = 6) -> str:
        """Ask for one key, "0" to "9", "*" or "#"; "" when none comes within `seconds` after the last word."""
        if self._key:
            return self._take_key()
        pieces, wait = self._pieces(said), self._wait(seconds)
        key = self._ask(pieces, wait)
        return self._ask(pieces, wait) if self._is_late(key) else key

    def digits(self, prompt_id: str, count: int, seconds: float = 5) -> Typed:
        """Ask for up to `count` keys with one recording ("" for none), `seconds` for the first and between any two.

        `#` ends the entry and is not part of it; `*` is. A key pressed while queued speech was heard is the first.
        """
        self._speak()
        first = self._take_key()
        if first == "#" or (first and count == 1):
            return Typed(first.strip("#"), False)
        pieces, wait = self._pieces((prompt_id,) if prompt_id and not first else ()), self._wait(seconds)
        typed = self._get_data(pieces[0] if pieces else None, count - len(first), wait)
        if not first and self._is_late("" if typed.digits or typed.timed_out else "#"):
            typed = self._get_data(pieces[0] if pieces else None, count, wait)
        self._is_full = len(first + typed.digits) == count
        return Typed(first + typed.digits, typed.timed_out)

    def record(
        self,
        path: Path,
        *prompt: Said,
        seconds: int,
        silence: int = 4,
        if_hung_up: Callable[[Recording], object] | None = None,
    ) -> Recording:
        """Say the prompt, beep, and record `<path>.wav` until a key (`#`, `*`, `0`), silence or the time is over.

        `*` or `0` during the prompt is the answer, and nothing is recorded; any other key goes on to the beep. A
        hang-up keeps what was said: `if_hung_up` gets it before CallerHungUp is raised.
        """
        self.play(*prompt)
        self._speak()
        early = self._take_key()
        if early in ("*", "0"):
            return Recording(None, 0, early)
        self._check_time()
        path.parent.mkdir(parents=True, exist_ok=True)
        line = f'RECORD FILE {quoted(str(unfinished(path)))} wav "#*0" {seconds * 1000} BEEP s={silence}'
        reply: Reply | None = None
        try:
            reply = self._agi.send(line, seconds + 5.0)
        finally:
            if reply is None and if_hung_up:
                _keep(finish_recording(path, "", hung_up=True), if_hung_up)
        return finish_recording(path, _pressed(reply))

    def flush(self) -> None:
        """Say what is queued, as the end of what is said: a key only cuts it short."""
        self._key = ""
        self._speak()
        self._key = ""

    def continue_at(self, context: str, exten: str = "s", priority: int = 1) -> None:
        """Say what is queued; when the call ends here, the dialplan goes on there."""
        self.flush()
        self.continues_at = context
        self._agi.goto_on_exit(context, exten, str(priority))

    def set_variable(self, name: str, value: str) -> None:
        """Set a channel variable; nothing private, it may be logged."""
        self._agi.set_variable(name, value)

    def get_variable(self, name: str) -> str:
        """A channel variable, "" when it is not set."""
        return str(self._agi.get_variable(name))

    def patiently(self, work: Callable[[], T], late: Callable[[T], object] | None = None) -> T:
        """Do the clinic's `work`; after a while the caller hears that it takes a moment.

        Raises what `work` raises, and ClinicTooSlow when it takes too long; it goes on all the same, and `late` gets
        its result.
        """
        return self._patience.wait(work, self._one_moment, late)

    def done(self) -> None:
        """The last command of a call that ended well: without it the dialplan takes it for an accident."""
        self._agi.set_variable("ALO_DONE", "1")

    def no_limit(self) -> None:
        """The call may go on: what follows is its end."""
        self._until = float("inf")

    def _one_moment(self) -> None:
        """Queued speech comes first: it belongs to what was done before."""
        self.play(MOMENT)
        self._speak()

    def _speak(self) -> None:
        """Say what is queued; a key that interrupts it is kept for the next question."""
        if self._key or not self._queue:
            return
        pieces = self._pieces(())
        key = self._background(pieces)
        self._key = self._background(pieces) if self._is_late(key) else key

    def _background(self, pieces: list[Piece]) -> str:
        """Play recordings one after the other until a key is pressed; the key, or ""."""
        for part in in_lines(pieces):
            reply = self._play(f'EXEC Background "{files_of(part)}"', seconds_of(part), part)
            if reply and (key := _pressed(reply)):
                return key
        return ""

    def _is_late(self, key: str) -> bool:
        """Whether it is a `#` typed after a number that was complete without it: it answers nothing."""
        is_full, self._is_full = self._is_full, False
        return is_full and key == "#"

    def _take_key(self) -> str:
        """A key that interrupted speech; what was still to be said is passed over with it."""
        key, self._key = self._key, ""
        if key:
            self._queue.clear()
        return key

    def _pieces(self, said: tuple[Said, ...]) -> list[Piece]:
        """What is queued and what is said, in files; the queue is empty then."""
        pieces = self._voice.pieces((*self._queue, *said), self.slow)
        self._queue.clear()
        return pieces

    def _wait(self, seconds: float) -> float:
        return seconds * 2 if self.slow else seconds

    def _check_time(self) -> None:
        if monotonic() > self._until:
            raise TooLong

    def _play(self, line: str, seconds: float, pieces: Iterable[Piece]) -> Reply | None:
        """None when Asterisk does not have the files; they are noted as missing, and the call goes on."""
        self._check_time()
        try:
            return self._agi.play(line, seconds)
        except PromptMissing:
            for piece in pieces:
                self._voice.miss(piece.path)
            return None

    def _get_data(self, piece: Piece | None, count: int, wait: float) -> Typed:
        path, length = piece or ("", 0.0)
        line = f'GET DATA "{path}" {int(wait * 1000)} {count}'
        reply = self._play(line, length + wait * (count + 1), (piece,) if piece else ())
        if reply is None and piece:
            return self._get_data(self._voice.instead_of(piece, self.slow), count, wait)
        return Typed(_keys(reply.result), reply.timed_out) if reply else Typed("", True)

    def _ask(self, pieces: list[Piece], wait: float) -> str:
        """One key; two commands at most, unless the sentence is too long for a line."""
        if len(pieces) > 1:
            return self._read(pieces, wait)
        typed = self._get_data(pieces[0] if pieces else None, 1, wait)
        return typed.digits or ("" if typed.timed_out else "#")

    def _read(self, pieces: list[Piece], wait: float) -> str:
        *before, last = in_lines(pieces)
        for part in before:
            if key := self._background(part):
                return key
        self._check_time()
        seconds = seconds_of(last) + PIECE_GAP_SECONDS * len(last) + wait
        self._agi.send(f'EXEC Read "ALO_KEY,{files_of(last)},1,t(#)e,1,{wait:g}"', seconds)
        return _keys(self._agi.send("GET VARIABLE ALO_KEY").data)[:1]


def _known(value: str) -> str:
    """Asterisk says "unknown" for what it does not know."""
    return "" if value == "unknown" else value


def _keep(recording: Recording, if_hung_up: Callable[[Recording], object]) -> None:
    if recording.path:
        if_hung_up(recording)


def _keys(typed: str) -> str:
    """Only the keys of a telephone: there are lines that send A to D, or rubbish."""
    return typed if KEYS.issuperset(typed) else "".join(key for key in typed if key in KEYS)


def _pressed(reply: Reply) -> str:
    """The key whose code is the result; "" where it is none."""
    return CODES.get(reply.result, "")
