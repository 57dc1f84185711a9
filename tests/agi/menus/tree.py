"""Walk the whole tree of menus: every question that can be reached, and the keys that lead there."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from agi.callers import Answer
from agi.phone import FakeCall, Speaks
from prompts.texts import Catalogue
from tests.agi.menus.talking import talk
from tests.clinic.small_clinic import SmallClinic

WORDS = {"um": "1", "dois": "2", "três": "3", "quatro": "4", "cinco": "5", "seis": "6", "sete": "7", "oito": "8"}
NUMBERS = {
    "identify/cpf": ("52998224725", "39053344705", "0#"),
    "identify/birth-date": ("05041980", "01011990"),
    "identify/birth-date-known": ("05041980", "01011990"),
    "times/which-day": ("0112", "2512"),
    "identify/pin": ("1234",),
}
SPOKEN = {"register/say-name", "complaint/speak", "cancel/say-why"}
DEPTH = 14
ASKING = ("GET DATA", "EXEC Read", "EXEC Background", "RECORD")


@dataclass(frozen=True)
class Question:
    """What was asked last on the way, and how the caller got there."""

    path: tuple[Answer, ...]
    menu: str
    asked: tuple[str, ...]

    @property
    def kind(self) -> tuple[str, frozenset[str]]:
        """Questions of one kind are walked on from once: the menu, and the sentences it was made of."""
        return self.menu, frozenset(one for one in self.asked if one in TEXTS.fixed)


TEXTS = Catalogue.load()


def answers(question: Question) -> list[Answer]:
    """Everything the caller was told that may be answered here."""
    last = question.asked[-1]
    if last in NUMBERS:
        return list(NUMBERS[last])
    if last in SPOKEN:
        return [Speaks(2)]
    told = " ".join(TEXTS.text(one) for one in question.asked if one in TEXTS.fixed or one.startswith("key/"))
    return sorted({WORDS[word] for word in re.findall(r"tecle (\w+)", told) if word in WORDS})


def walk(fresh: Callable[[], SmallClinic]) -> Iterator[Question]:
    """Each kind of question once, however it is reached first; every call has a clinic of its own."""
    ways: list[tuple[Answer, ...]] = [()]
    known: set[tuple[str, frozenset[str]]] = set()
    while ways:
        path = ways.pop(0)
        question = _last_question(talk(fresh(), *path), path)
        if question is None or question.kind in known or len(path) > DEPTH:
            continue
        known.add(question.kind)
        yield question
        ways += [(*path, answer) for answer in answers(question)]


def _last_question(call: FakeCall, path: tuple[Answer, ...]) -> Question | None:
    """None when the call ended by itself before the script did."""
    if call.continues_at or call.variables.get("ALO_DONE"):
        return None
    command = next(one for one in reversed(call.commands) if one.startswith(ASKING))
    asked = tuple(re.findall(r"/fake/(?:normal|slow)/([^&\",]+)", command))
    return Question(path, call.trail[-1], asked or tuple(call.heard[-1:]))
