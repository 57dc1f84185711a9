"""A caller who listens and answers: keys are chosen by what is being asked, whatever the order of the questions."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, repeat
from pathlib import Path

import numpy as np

from tests.live.correlation import heard_in_order
from tests.live.rtp import RATE, Sound, read_wav
from tests.live.running import Patient
from tests.live.sounds import made_up
from tests.live.telephone import Call
from tests.live.wiretap import Talk

Answers = Mapping[str, str | Sequence[str]]

BOOK: Answers = {
    "for-whom/ask": "1",
    "main/resume": "2",
    "main/book": "1",
    "booking/return-or-other": "2",
    "booking/again-or-other": "2",
    "choose/specialty": "1",
    "choose/unit": "2",
    "choose/payer": "2",
    "choose/modality": "1",
    "choose/any-doctor": "1",
    "times/later": ("1", "2", "3", "4"),
    "booking/confirm-or-other": "1",
    "common/menu-or-end": "2",
    "goodbye/rate": "5",
}
"""A visit with any doctor of the first specialty, at the first time offered that is still free and suits."""

BOOK_AGAIN: Answers = {**BOOK, "booking/again-or-other": "1"}
"""The same with the last doctor: half as many questions."""
HEAR: Answers = {"for-whom/ask": "1", "main/hear": ("2", "0"), "appointments/next-cancel-or-move": "1"}
COMPLAIN: Answers = {"identify/cpf": "6", "greeting/go-on-or-complaint": "#", "common/menu-or-end": "2"}
CANCEL: Answers = {
    "for-whom/ask": "1",
    "main/cancel": "3",
    "cancel/which": "1",
    "cancel/why": "5",
    "cancel/sure": "1",
    "common/menu-or-end": "2",
}
MOVE: Answers = {**BOOK, "main/book": "4", "reschedule/which": "1"}


@dataclass(frozen=True)
class Question:
    """What the caller has to answer: the first word of the AGI command, and the prompts it was asked with."""

    command: str
    prompts: tuple[str, ...]


class NobodyKnows(Exception):
    """The server asks something the script has no answer to: its prompts."""


VOICE = made_up("a caller", 1.5)


class Caller:
    """Somebody on the line with a script: by prompt, the keys to type when it is in a question.

    `pause` is how long nothing must be said before an answer: more than any pause inside a sentence. None: answers at
    once and interrupts, as those do who know the way.
    """

    def __init__(
        self, call: Call, talk: Talk, patient: Patient, answers: Answers = BOOK, pause: float | None = 0.45
    ) -> None:
        known = {"identify/cpf": patient.cpf, "identify/birth-date": patient.born, **answers}
        self._answers = {prompt: _endless(keys) for prompt, keys in known.items()}
        self.call, self.talk, self._pause = call, talk, pause
        self._seen = 0
        self.typed: list[str] = []

    def hurry(self) -> None:
        """From now on answer at once, interrupting what is being said."""
        self._pause = None

    async def question(self) -> Question | None:
        """What is asked next, with all that was said since the last answer; None when the server is done."""
        said: list[str] = []
        while not self.talk.over and not self.call.over:
            await self.talk.when(lambda talk: len(talk.commands) > self._seen, 60)
            while self._seen < len(self.talk.commands):
                command = self.talk.commands[self._seen]
                self._seen += 1
                said += command.prompts
                if command.asks:
                    return Question(command.line.split(" ")[0], tuple(said))
        return None

    async def answer(self, question: Question) -> None:
        """Listen to the end, then type, or speak after the beep.

        Raises: NobodyKnows.
        """
        if question.command == "RECORD":
            await self._speak()
            return
        if question.prompts and all(one.startswith("pause/") for one in question.prompts):
            return  # it waits in silence for the rest of what has been typed
        keys = next((next(self._answers[one]) for one in reversed(question.prompts) if one in self._answers), None)
        if keys is None:
            raise NobodyKnows(question.prompts)
        if self._pause is not None:
            await self.call.quiet(self._pause, within=90)
        self.typed.append(keys)
        await self.call.type(keys)

    async def _speak(self) -> None:
        await asyncio.sleep(0.8)  # the beep
        await self.call.speak(np.pad(VOICE, (0, RATE // 2)))
        await self.call.type("#")

    async def walk(self) -> None:
        """Answer everything until the server is done and the line is closed."""
        while question := await self.question():
            await self.answer(question)
        await self.call.ended(30)


def _endless(keys: str | Sequence[str]) -> Iterator[str]:
    """The same keys each time, or one after the other and from the start again."""
    return repeat(keys) if isinstance(keys, str) else cycle(keys)


def heard_of(recording: Sound, files: Sequence[Path]) -> dict[str, float]:
    """By place and file, how well each sound that was played is found in the recording, in order; pauses left out."""
    sounds = [(file, read_wav(file)) for file in files]
    spoken = [(file, sound) for file, sound in sounds if len(sound) and abs(sound.astype(int)).max() > 100]
    scores = heard_in_order(recording, [sound for _, sound in spoken])
    names = [f"{place} {file.parent.name}/{file.stem}" for place, (file, _) in enumerate(spoken)]
    return dict(zip(names, scores, strict=True))
