"""Audio of one call: RTP out (A-law, RFC 4733 digits), RTP in assembled into what the caller heard."""

import struct
import wave
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

Sound = npt.NDArray[np.int16]

RATE = 8000
PACKET = 160
ALAW, EVENTS = 8, 101
EVENT = {key: number for number, key in enumerate("0123456789*#")}
SILENCE = b"\xd5" * PACKET


def _alaw_table() -> npt.NDArray[np.int16]:
    """G.711 A-law, byte to 16-bit sample."""
    code = np.arange(256) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    size = np.where(exponent == 0, (mantissa << 4) + 8, ((mantissa << 4) + 0x108) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, size, -size).astype(np.int16)


FROM_ALAW = _alaw_table()
_BY_SIZE = np.argsort(FROM_ALAW, kind="stable")
_EDGES = (FROM_ALAW[_BY_SIZE][1:].astype(np.int32) + FROM_ALAW[_BY_SIZE][:-1]) // 2


def to_alaw(sound: Sound) -> bytes:
    """The nearest A-law byte of each sample."""
    return _BY_SIZE[np.searchsorted(_EDGES, sound.astype(np.int32))].astype(np.uint8).tobytes()


def read_wav(path: Path) -> Sound:
    """8 kHz mono 16-bit samples."""
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2), path
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def write_wav(path: Path, sound: Sound) -> None:
    """8 kHz mono 16-bit."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.astype(np.int16).tobytes())


@dataclass
class Ear:
    """Puts what arrives in its place on the call's time line.

    Packets are placed by their RTP time stamps, so that neither network jitter nor a busy machine leaves a trace; when
    the sender starts a new count of its own, the arrival time says where it goes on.
    """

    packets: list[tuple[int, bytes]] = field(default_factory=list)
    end: int = 0
    _stream: int | None = None
    _shift: int = 0

    def hear(self, packet: bytes, now: float) -> None:
        """One RTP packet at `now` seconds of the call; anything but A-law audio is passed over."""
        if len(packet) <= 12 or packet[1] & 0x7F != ALAW:
            return
        stamp, stream = struct.unpack_from("!II", packet, 4)
        arrival = int(now * RATE)
        if stream != self._stream or abs(stamp + self._shift - arrival) > 5 * RATE:
            self._stream, self._shift = stream, max(arrival, self.end) - stamp
        place = stamp + self._shift
        if place >= 0:
            self.packets.append((place, packet[12:]))
            self.end = max(self.end, place + len(packet) - 12)

    def sound(self, since: int = 0) -> Sound:
        """All that was heard from sample `since` on; silence where nothing arrived."""
        heard = np.zeros(max(self.end - since, 0), np.int16)
        for place, payload in reversed(self.packets):
            if place < since:
                if place < since - RATE:  # only reordering within a second is allowed for
                    break
                continue
            heard[place - since : place - since + len(payload)] = FROM_ALAW[np.frombuffer(payload, np.uint8)]
        return heard


@dataclass
class Mouth:
    """Makes the RTP packets of one stream."""

    stream: int
    sequence: int = 0
    stamp: int = 0

    def audio(self, payload: bytes = SILENCE) -> bytes:
        """20 ms of A-law."""
        packet = self._packet(ALAW, payload, first=self.sequence == 0)
        self.stamp += PACKET
        return packet

    def digit(self, key: str, packets: int = 5) -> list[bytes]:
        """One key as RFC 4733 wants it: marker on the first, growing duration, the end sent three times."""
        lengths = [PACKET * (n + 1) for n in range(packets)]
        made = [self._event(key, length, first=n == 0) for n, length in enumerate(lengths)]
        made += [self._event(key, lengths[-1] + PACKET, end=True) for _ in range(3)]
        self.stamp += lengths[-1] + PACKET
        return made

    def pause(self, seconds: float) -> None:
        """Let the stream's clock run while nothing is sent."""
        self.stamp += int(seconds * RATE)

    def _event(self, key: str, length: int, first: bool = False, end: bool = False) -> bytes:
        return self._packet(EVENTS, struct.pack("!BBH", EVENT[key], 0x80 | 10 if end else 10, length), first)

    def _packet(self, kind: int, payload: bytes, first: bool) -> bytes:
        head = struct.pack(
            "!BBHII", 0x80, kind | (0x80 if first else 0), self.sequence & 0xFFFF, self.stamp & 0xFFFFFFFF, self.stream
        )
        self.sequence += 1
        return head + payload
