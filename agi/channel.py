"""A channel as Asterisk 22 has it: what each AGI command does with a person's ear and finger."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

from agi.callers import Person
from agi.disc import write_recording

ANY = "0123456789*#"
PIECE_GAP = 0.05
BEEP = "beep"
BEEP_SECONDS = 0.25
DIGIT_TIMEOUT = "5"

Happening = Literal["heard", "cut", "waiting", "recording", "recorded"]


class Files(Protocol):
    """The sound files Asterisk can play."""

    def length(self, path: str) -> float | None:
        """Seconds of the file of that path without extension; None when there is none."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A recording that was played: from when, for how many seconds, and whether to its end."""

    prompt_id: str
    at: float
    seconds: float
    whole: bool
    slow: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What happens on the line, for whoever shows it; `seconds` is how long it may last."""

    kind: Happening
    prompt_id: str = ""
    slow: bool = False
    seconds: float = 0.0


@dataclass(slots=True)
class Record:
    """What there is to know about a call."""

    heard: list[Heard] = field(default_factory=list)
    commands: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    continues_at: dict[str, str] = field(default_factory=dict)
    recordings: list[Path] = field(default_factory=list)
    hung_up: bool = False


class Channel:
    """Each method is one AGI command, takes its arguments as words, and returns what follows "200 result=".

    Gone is raised in the middle when the person hangs up.
    """

    def __init__(self, person: Person, files: Files, tell: Callable[[Told], None]) -> None:
        self.record = Record()
        self._person = person
        self._files = files
        self._tell = tell

    def _length(self, path: str) -> float | None:
        return BEEP_SECONDS if path == BEEP else self._files.length(path)

    def _play(self, path: str, seconds: float, keys: str) -> str:
        """The key that interrupted, or ""; other keys are lost, as Asterisk loses them."""
        person = self._person
        prompt_id, slow = _prompt(path)
        self._tell(Told("heard", prompt_id, slow, seconds))
        begun = person.now()
        key = ""
        try:
            while (left := begun + seconds - person.now()) > 0 and not key:
                key = person.key_within(left)
                key = key if key in keys else ""
        finally:
            lasted = min(seconds, person.now() - begun)
            is_whole = lasted >= seconds - 0.001
            self.record.heard.append(Heard(prompt_id, begun, lasted, is_whole, slow))
            if not is_whole:
                self._tell(Told("cut", prompt_id, slow))
        return key

    def _wait(self, seconds: float) -> str:
        self._tell(Told("waiting", seconds=seconds))
        return self._person.key_within(seconds)

    def answer(self) -> str:
        return "0"

    def stream_file(self, path: str, keys: str = "", _offset: str = "0") -> str:
        seconds = self._length(path)
        if seconds is None:
            return "-1 endpos=0"
        self._person.spoken_to(seconds)
        key = self._play(path, seconds, keys)
        return f"{ord(key) if key else 0} endpos={int(self.record.heard[-1].seconds * 8000)}"

    def get_data(self, path: str, timeout: str = "0", most: str = "1024") -> str:
        seconds = 0.0 if path == "" else self._length(path)
        if seconds is None:
            return "-1"
        wait = int(timeout) / 1000
        self._person.asked(seconds)
        key = (path and self._play(path, seconds, ANY)) or self._wait(wait or 6.0)
        return self._collect(key, int(most), wait or 2.0)

    def _collect(self, key: str, most: int, wait: float) -> str:
        """What is typed from the first key on."""
        digits = ""
        while key and key != "#":
            digits += key
            if len(digits) >= most:
                return digits
            key = self._wait(wait)
        return digits if key else f"{digits} (timeout)"

    def wait_for_digit(self, timeout: str) -> str:
        self._person.asked(0.0)
        key = self._wait(int(timeout) / 1000)
        return str(ord(key)) if key else "0"

    def background(self, options: str) -> str:
        lengths = [(path, self._length(path)) for path in options.partition(",")[0].split("&")]
        self._person.spoken_to(sum(seconds or 0.0 for _path, seconds in lengths))
        for path, seconds in lengths:
            if seconds is None:
                return "0"
            if key := self._play(path, seconds, ANY):
                return str(ord(key))
        return "0"

    def read(self, options: str) -> str:
        name, files, most, flags, attempts, timeout = (*options.split(","), *[""] * 6)[:6]
        self.record.variables[name] = ""
        for _ in range(max(1, int(attempts or 1))):
            status, value = self._read_once(files.split("&"), int(most or 255), float(timeout or 10))
            if status != "TIMEOUT":
                break
        self.record.variables[name] = value if value != "#" or "e" in flags else ""
        self.record.variables["READSTATUS"] = status
        return "0"

    def _read_once(self, files: list[str], most: int, wait: float) -> tuple[str, str]:
        lengths = [self._length(path) if path else 0.0 for path in files]
        self._person.asked(sum([(seconds or 0.0) + PIECE_GAP for seconds in lengths]) - PIECE_GAP)
        for place, (path, seconds) in enumerate(zip(files, lengths, strict=True), 1):
            if seconds is None:
                continue
            pause = wait if place == len(files) else PIECE_GAP
            if key := (path and self._play(path, seconds, ANY)) or self._pause(pause):
                between = wait if place == len(files) else self._digit_timeout()
                return "OK", "#" if key == "#" else self._collect(key, most, between).partition(" ")[0]
        return ("ERROR", "") if lengths[-1] is None else ("TIMEOUT", "")

    def _digit_timeout(self) -> float:
        return float(self.record.variables.get("TIMEOUT(digit)", DIGIT_TIMEOUT))

    def _pause(self, seconds: float) -> str:
        return self._person.key_within(seconds) if seconds == PIECE_GAP else self._wait(seconds)

    def record_file(self, path: str, _form: str, keys: str, timeout: str, *rest: str) -> str:
        self._person.asked(0.0)
        if "BEEP" in (word.upper() for word in rest):
            self._play(BEEP, BEEP_SECONDS, "")
        silence = next((float(word[2:]) for word in rest if word.startswith("s=")), 0.0)
        spoken = self._person.speaks()
        limit = int(timeout) / 1000
        self._tell(Told("recording", seconds=limit))
        begun, reply = self._person.now(), "-1 (hangup)"
        try:
            reply = self._until_key(keys, min(limit, spoken + silence) if silence else limit)
        finally:
            lasted = self._person.now() - begun
            cut = max(0.0, lasted - max(0.0, spoken) - 1) if reply.startswith("0") else 0.0
            file = write_recording(path, lasted - cut, spoken)
            self.record.recordings += [file] if file else []
            self._tell(Told("recorded", seconds=lasted))
        return f"{reply} endpos={int((lasted - cut) * 8000)}" if file else "-1 (writefile)"

    def _until_key(self, keys: str, seconds: float) -> str:
        until = self._person.now() + seconds
        while (left := until - self._person.now()) > 0:
            key = self._person.key_within(left)
            if key and key in keys:
                return f"{ord(key)} (dtmf)"
        return "0 (timeout)"

    def get_variable(self, name: str) -> str:
        value = self.record.variables.get(name)
        return "0" if value is None else f"1 ({value})"

    def set_variable(self, name: str, value: str) -> str:
        self.record.variables[name] = value
        return "1"

    def status(self, _channel: str = "") -> str:
        return "6"

    def set_context(self, context: str) -> str:
        self.record.continues_at["context"] = context
        return "0"

    def set_extension(self, exten: str) -> str:
        self.record.continues_at["exten"] = exten
        return "0"

    def set_priority(self, priority: str) -> str:
        self.record.continues_at["priority"] = priority
        return "0"

    def hang_up(self, _channel: str = "") -> str:
        self.record.hung_up = True
        return "1"

    def nothing(self, *_args: str) -> str:
        return "0"

    def said(self, _text: str, _level: str = "1") -> str:
        return "1"


def _prompt(path: str) -> tuple[str, bool]:
    """The prompt id of a file, and whether it is the slow one: they stand in …/normal/<id> and …/slow/<id>."""
    for pace in ("/normal/", "/slow/"):
        before, found, prompt_id = path.rpartition(pace)
        if found and before:
            return prompt_id, pace == "/slow/"
    return path, False
