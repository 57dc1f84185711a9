"""What can be said: prompt ids, and dates, times, codes, money and names as lists of prompt ids.

``prompt_ids("booking/next-time-is", At(start, zone))`` is what the telephone plays, one recording after the other.
Nothing said knows of files; only a name asks which recordings exist (``has``): it is spoken, or else spelt.
"""

import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from prompts import numbers
from prompts.names import name_id

Has = Callable[[str], bool]
"""Tells whether a recording of that prompt id exists."""


@dataclass(frozen=True)
class Number:
    """A cardinal number, 0 to 999,999,999; feminine where feminine things are counted ("vinte e duas")."""

    n: int
    feminine: bool = False

    def ids(self) -> list[str]:
        """The pieces of the number; ValueError outside the range."""
        return numbers.number_ids(self.n, self.feminine)


@dataclass(frozen=True)
class Counted:
    """So many of something: the number and the prompt of the noun, ``one`` for exactly one, ``many`` for the others."""

    n: int
    one: str
    many: str
    feminine: bool = False

    def ids(self) -> list[str]:
        """ "uma consulta", "duas consultas", "zero consultas"."""
        return [*numbers.number_ids(self.n, self.feminine), self.one if self.n == 1 else self.many]


@dataclass(frozen=True)
class Minutes:
    """A length of time in whole minutes: "quarenta minutos", "uma hora e trinta minutos", "duas horas"."""

    n: int

    def ids(self) -> list[str]:
        """Hours, where there are any, and the minutes left over."""
        hours, minutes = divmod(self.n, 60)
        rest = Counted(minutes, "count/minute", "count/minutes").ids() if minutes or not hours else []
        if not hours:
            return rest
        joint = "-and" if rest else ""
        return [*Counted(hours, f"count/hour{joint}", f"count/hours{joint}", feminine=True).ids(), *rest]


@dataclass(frozen=True)
class Money:
    """An amount in centavos, never negative: "duzentos e cinquenta reais e cinquenta centavos"."""

    cents: int

    def ids(self) -> list[str]:
        """Reais and centavos, each only where it is not nothing; 0 is "zero reais"."""
        reais, cents = divmod(self.cents, 100)
        rest = Counted(cents, "money/centavo", "money/centavos").ids() if cents else []
        if not reais and cents:
            return rest
        joint = "-and" if rest else ""
        many = "money/of-reais" if reais and reais % 1_000_000 == 0 else "money/reais"
        return [*Counted(reais, f"money/real{joint}", f"{many}{joint}").ids(), *rest]


@dataclass(frozen=True)
class Digits:
    """A code, sign by sign: six is "meia", 300 ms between signs, longer between groups. Separators are left out."""

    text: str
    group: int = 3

    def ids(self) -> list[str]:
        """One piece a digit or letter, with a pause between any two."""
        return _spelt([c for c in _plain(self.text) if c.isalnum()], self.group)


KEY_NAMES = {"*": "star", "#": "pound"}


@dataclass(frozen=True)
class Key:
    """The invitation to press one key, "0" to "9", "*" or "#": "tecle um"."""

    key: str

    def ids(self) -> list[str]:
        """One piece; ValueError for anything that is no key."""
        if self.key not in tuple("0123456789*#"):
            raise ValueError("not a key of a telephone")
        return [f"key/{KEY_NAMES.get(self.key, self.key)}"]


@dataclass(frozen=True)
class Date:
    """A calendar day: "quinta-feira, vinte e seis de novembro"; with its year only where asked for."""

    day: date
    weekday: bool = True
    year: bool = False

    def ids(self) -> list[str]:
        """Weekday, day, month, year."""
        before = [f"weekday/{self.day.weekday()}", "pause/150"] if self.weekday else []
        return [*before, f"day/{self.day.day}", f"month/{self.day.month}", *(_year(self.day.year) if self.year else [])]


@dataclass(frozen=True)
class Time:
    """A time of day on the 24-hour clock, to the minute: "às quatorze horas e trinta minutos", "ao meio-dia"."""

    at: time

    def ids(self) -> list[str]:
        """The hour, and the minutes where it is not the full hour."""
        return [f"hour/{self.at.hour}", *_minute(self.at)]


@dataclass(frozen=True)
class Since:
    """The beginning of a span: "das oito horas", "do meio-dia e trinta minutos"; its end is a Time."""

    at: time

    def ids(self) -> list[str]:
        """The hour with its article, and the minutes where it is not the full hour."""
        return [f"from-hour/{self.at.hour}", *_minute(self.at)]


@dataclass(frozen=True)
class At:
    """A moment (aware, any zone) as the clock of ``zone`` shows it: date and time of day."""

    when: datetime
    zone: tzinfo
    year: bool = False

    def ids(self) -> list[str]:
        """ "quinta-feira, vinte e seis de novembro, às quatorze horas"; ValueError for a naive datetime."""
        if self.when.tzinfo is None:
            raise ValueError("a moment without its zone")
        local = self.when.astimezone(self.zone)
        return [*Date(local.date(), year=self.year).ids(), "pause/150", *Time(local.time()).ids()]


@dataclass(frozen=True)
class Spoken:
    """A name out of the records. Not recorded yet, it is spelt, so that a sentence never has a hole."""

    text: str
    otherwise: str | None = None
    """The prompt said instead of spelling, for texts too long to be spelt."""

    def ids(self, has: Has) -> list[str]:
        """The recording of the whole name, or its letters and digits with a longer pause between words."""
        recorded = name_id(self.text)
        if has(recorded):
            return [recorded]
        return [self.otherwise] if self.otherwise else _spelt_words(self.text)


Said = str | Number | Counted | Minutes | Money | Digits | Key | Date | Time | Since | At | Spoken
"""Everything a menu can hand to the telephone; a plain string is a prompt id."""


def everything(_prompt_id: str) -> bool:
    """The ``has`` of somebody who takes every recording for given."""
    return True


def prompt_ids(*said: Said, has: Has = everything) -> list[str]:
    """The recordings to play, in order."""
    return [prompt_id for one in said for prompt_id in _pieces(one, has)]


def _pieces(one: Said, has: Has) -> list[str]:
    if isinstance(one, str):
        return [one]
    return one.ids(has) if isinstance(one, Spoken) else one.ids()


def _minute(at: time) -> list[str]:
    return [f"minute/{at.minute}"] if at.minute else []


def _year(year: int) -> list[str]:
    return [f"year/{year}"] if year in numbers.YEARS else ["year/of", *numbers.number_ids(year)]


def _plain(text: str) -> str:
    """Without accents and in lower case: what letters there are to spell."""
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in apart if c.isascii())


def _spelt(signs: Sequence[str], group: int) -> list[str]:
    return list(_with_pauses([f"{'digit' if c.isdigit() else 'letter'}/{c}" for c in signs], group))


def _with_pauses(pieces: Sequence[str], group: int) -> Iterator[str]:
    for place, piece in enumerate(pieces):
        if place:
            yield "pause/600" if group and place % group == 0 else "pause/300"
        yield piece


def _spelt_words(text: str) -> list[str]:
    words = [_spelt([c for c in word if c.isalnum()], group=0) for word in _plain(text).split()]
    ids = [prompt_id for word in words if word for prompt_id in ["pause/600", *word]]
    return ids[1:]
