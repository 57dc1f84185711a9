"""Calls without Asterisk: in memory and in no time for tests of menus, over TCP against a real server."""

from collections.abc import Collection
from pathlib import Path

from agi.booth import PhoneBooth
from agi.call import Call
from agi.callers import Answer, AtOnce, HangUp, Keys, ScriptedCaller, Silence, Speaks, TypeAhead
from agi.channel import Files, Record
from agi.dialling import dial, header
from agi.disc import Disc
from agi.handset import Handset
from agi.patience import Patience
from agi.terminal import terminal
from agi.voice import Sounds, Voice
from agi.wire import Agi

__all__ = [
    "AtOnce", "FakeCall", "FakeSounds", "HangUp", "Keys", "PhoneBooth", "Silence", "Speaks", "TypeAhead",
    "dial", "fake_call", "header", "scripted", "terminal",
]  # fmt: skip


class FakeSounds:
    """A shelf on which every prompt lies and lasts as long, but for those that are `missing`."""

    def __init__(self, missing: Collection[str] = (), seconds: float = 1.0) -> None:
        self._missing = missing
        self._seconds = seconds

    def find(self, prompt_id: str, slow: bool) -> Path | None:
        """A path that names the prompt."""
        if prompt_id in self._missing:
            return None
        return Path(f"/fake/{'slow' if slow else 'normal'}/{prompt_id}")

    def seconds(self, _prompt_id: str, _slow: bool) -> float:
        """The same for all."""
        return self._seconds

    def length(self, path: str) -> float | None:
        """For the handset: what was found can be played."""
        return self._seconds if path.startswith("/fake/") else None


class FakeCall(Call):
    """A real `Call` to a telephone in memory; what the caller heard and did is kept."""

    __slots__ = ("handset", "person")
    handset: Handset
    person: ScriptedCaller

    @property
    def heard(self) -> list[str]:
        """The prompt ids, in order, also those that were interrupted."""
        return [one.prompt_id for one in self.handset.record.heard]

    @property
    def commands(self) -> list[str]:
        """Every AGI command so far."""
        return self.handset.record.commands

    @property
    def typed(self) -> str:
        """Every key so far."""
        return self.person.typed

    @property
    def seconds_heard(self) -> float:
        """Seconds of recordings that sounded."""
        return sum(one.seconds for one in self.handset.record.heard)

    @property
    def variables(self) -> dict[str, str]:
        """The channel's variables."""
        return self.handset.record.variables


def fake_call(
    *answers: Answer,
    shelf: Sounds | None = None,
    caller: str = "11987654321",
    dialled: str = "4000",
    entry: str = "greeting",
    uniqueid: str = "1700000000.1",
    then: Answer | None = None,
    patience: Patience | None = None,
    hang_up_at: int = 0,
    cut_at: int = 0,
    strict: bool = True,
) -> FakeCall:
    """A call whose caller gives the `answers` in turn, then hangs up (or does `then` for ever).

    Without a `shelf` every prompt exists and lasts a second. `hang_up_at`, `cut_at`: the caller hangs up, or the
    connection breaks, at that command, counted from 1.
    """
    sounds = shelf or FakeSounds()
    files = sounds if isinstance(sounds, FakeSounds) else Disc()
    handset, person = scripted(answers, files, then=then, hang_up_at=hang_up_at, strict=strict)
    call = FakeCall(
        Agi(_MemoryWire(handset, cut_at)),
        header(entry, caller=caller, dialled=dialled, uniqueid=uniqueid),
        Voice(sounds),
        patience,
    )
    call.handset, call.person = handset, person
    return call


def scripted(
    answers: Collection[Answer],
    files: Files | None = None,
    *,
    then: Answer | None = None,
    hang_up_at: int = 0,
    strict: bool = False,
) -> tuple[Handset, ScriptedCaller]:
    """A handset and the scripted caller who holds it."""
    person = ScriptedCaller(answers, lambda: heard_ids(handset.record), then)
    handset = Handset(person, files or Disc(), hang_up_at=hang_up_at, strict=strict)
    return handset, person


def heard_ids(record: Record) -> list[str]:
    """The prompt ids a caller heard."""
    return [one.prompt_id for one in record.heard]


class _MemoryWire:
    """Connects a call to a handset without a socket."""

    def __init__(self, handset: Handset, cut_at: int) -> None:
        self._handset = handset
        self._cut_at = cut_at
        self._replies: list[bytes] = []

    def send(self, data: bytes, /) -> int:
        """Every line is executed at once."""
        for line in data.decode().split("\n")[:-1]:
            reply = self._handset.execute(line)
            is_cut = len(self._handset.record.commands) == self._cut_at
            self._replies.append(b"" if is_cut else f"{reply}\n".encode())
        return len(data)

    def recv(self, _size: int, /) -> bytes:
        """The next reply; TimeoutError where none will ever come."""
        if not self._replies:
            raise TimeoutError
        return self._replies.pop(0)

    def settimeout(self, _seconds: float | None, /) -> None:
        """Nothing takes time here."""

    def shutdown(self, _how: int, /) -> None:
        """Nobody waits here."""
