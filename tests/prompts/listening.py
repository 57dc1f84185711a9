"""What a telephone line does to a recording, and a listener who knows a few words: a recogniser in miniature."""

import audioop
from functools import cache
from pathlib import Path

import numpy

from prompts import sound
from prompts.sound import RATE

Samples = numpy.ndarray[tuple[int], numpy.dtype[numpy.float64]]
Frames = numpy.ndarray[tuple[int, int], numpy.dtype[numpy.float64]]
LOWEST, HIGHEST = 300, 3400
"""Hertz that a line carries."""
FRAME, STEP, BANDS, TRAITS = 256, 128, 20, 12
FAINT = 1e-5
"""Power that counts as silence, of 1: -50 dBFS."""


@cache
def samples_of(file: Path) -> Samples:
    """The samples, -32768 to 32767."""
    return numpy.array(sound.load(file).get_array_of_samples(), dtype=float)


def band(samples: Samples, low: int, high: int) -> Samples:
    """What lies between these frequencies in hertz."""
    spectrum = numpy.fft.rfft(samples)
    frequency = numpy.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(frequency < low) | (frequency > high)] = 0
    return numpy.fft.irfft(spectrum, len(samples))


def narrow(samples: Samples) -> Samples:
    """What of it a line lets through."""
    return band(samples, LOWEST, HIGHEST).clip(-32768, 32767)


def coded(samples: Samples) -> Samples:
    """Coded with A-law and decoded."""
    sent = audioop.lin2alaw(samples.astype("<i2").tobytes(), 2)
    return numpy.frombuffer(audioop.alaw2lin(sent, 2), "<i2").astype(float)


def after_a_line(samples: Samples) -> Samples:
    """As a telephone hears it."""
    return coded(narrow(samples))


def decibels(samples: Samples) -> float:
    """Mean power in dBFS."""
    return float(10 * numpy.log10((samples**2).mean() / 32768**2 + 1e-12))


def envelope(samples: Samples) -> Samples:
    """The level of each 20 ms in dB, not below -50 dBFS: the rhythm by which words are told apart."""
    frames = samples[: len(samples) // 160 * 160].reshape(-1, 160)
    return 10 * numpy.log10((frames**2).mean(axis=1) / 32768**2 + FAINT)


def traits(samples: Samples) -> Frames:
    """Twelve cepstral coefficients each 16 ms, as recognisers have them: the colour of a sound, not its loudness."""
    count = 1 + (len(samples) - FRAME) // STEP
    cut = numpy.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP][:count] * numpy.hanning(FRAME)
    power = numpy.abs(numpy.fft.rfft(cut)) ** 2 @ _mel_bands() / (32768**2 * FRAME) + FAINT / 10
    cosine = numpy.cos(numpy.pi / BANDS * numpy.outer(numpy.arange(BANDS) + 0.5, numpy.arange(1, TRAITS + 1)))
    return numpy.log(power) @ cosine


@cache
def _mel_bands() -> Frames:
    edges = 700 * (numpy.exp(numpy.linspace(*(numpy.log1p(f / 700) for f in (LOWEST, HIGHEST)), BANDS + 2)) - 1)
    hertz = numpy.fft.rfftfreq(FRAME, 1 / RATE)[:, None]
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    return numpy.clip(numpy.minimum((hertz - low) / (middle - low), (high - hertz) / (high - middle)), 0, None)


def distance(one: Frames, other: Frames) -> float:
    """How differently two words sound, whatever their pace: dynamic time warping, by frame."""
    costs = numpy.sqrt(((one[:, None] - other[None]) ** 2).sum(axis=2))
    best = numpy.full((len(one) + 1, len(other) + 1), numpy.inf)
    best[0, 0] = 0
    for row, cost in enumerate(costs.tolist(), 1):
        above, here = best[row - 1].tolist(), best[row]
        left = numpy.inf
        for column, step in enumerate(cost, 1):
            left = step + min(left, above[column], above[column - 1])
            here[column] = left
    return float(best[-1, -1]) / (len(one) + len(other))
