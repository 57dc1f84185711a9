"""Brazilian Portuguese for figures: which recorded pieces say a number, and what each piece says.

Pieces are as large as they can be, because every joint is heard: all of "oitenta e sete" is one recording, so are "às
quatorze horas" and "e trinta minutos". Only from 101 on are numbers put together, and then the "e" is part of a piece.
"""

from collections.abc import Iterator


def _words(text: str) -> list[str]:
    return text.split()


UNITS = _words(
    "zero um dois três quatro cinco seis sete oito nove dez"
    " onze doze treze quatorze quinze dezesseis dezessete dezoito dezenove"
)
TENS = _words("– dez vinte trinta quarenta cinquenta sessenta setenta oitenta noventa")
HUNDREDS = _words("– cem duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos")
DIGITS = _words("zero um dois três quatro cinco meia sete oito nove")
WEEKDAYS = _words("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo")
MONTHS = _words("janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro")
LETTERS = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        _words("á bê cê dê é efe gê agá i jota cá ele eme ene ó pê quê erre esse tê u vê dáblio xis ípsilon zê"),
        strict=True,
    )
)
FEMININE = {"um": "uma", "dois": "duas"}
YEARS = range(2026, 2029)
"""Years that are one recording, because appointments are made in them; others are put together of numbers."""
LIMIT = 1_000_000_000
"""Numbers from 0 up to this one, itself left out, can be said."""


def small(n: int, feminine: bool = False) -> str:
    """The words for 0 to 100: ``small(22, feminine=True)`` is "vinte e duas"."""
    if n == 100:
        return "cem"
    if n >= 20 and n % 10:
        return f"{TENS[n // 10]} e {small(n % 10, feminine)}"
    word = UNITS[n] if n < 20 else TENS[n // 10]
    return FEMININE.get(word, word) if feminine else word


def number_ids(n: int, feminine: bool = False) -> list[str]:
    """The pieces that say ``n`` (0 to 999,999,999); feminine for what is counted: "duzentas e vinte e duas mil".

    Raises ValueError outside that range: nothing a clinic says is larger, and a wrong figure is worse than none.
    """
    if not 0 <= n < LIMIT:
        raise ValueError("a number outside what can be said")
    millions, rest = divmod(n, 1_000_000)
    if not millions:
        return _thousands(n, feminine)
    if not rest:
        return _millions(millions, "")
    return _millions(millions, "-and" if _takes_and(rest) else "") + _thousands(rest, feminine)


def _millions(n: int, joint: str) -> list[str]:
    return [f"million/one{joint}"] if n == 1 else [*_hundreds(n, False), f"million/many{joint}"]


def _thousands(n: int, feminine: bool) -> list[str]:
    thousands, rest = divmod(n, 1000)
    if not thousands:
        return _hundreds(n, feminine)
    before = [] if thousands == 1 else _hundreds(thousands, feminine)
    if not rest:
        return [*before, "thousand/plain"]
    return [*before, "thousand/and" if _takes_and(rest) else "thousand/plain", *_hundreds(rest, feminine)]


def _takes_and(rest: int) -> bool:
    """Whether "e" stands before the last group: it does before 1 to 100, and before round hundreds or thousands.

    "Mil e duas", "mil e duzentas", but "mil duzentas e duas"; "um milhão e cem mil", but "um milhão cento e dois mil".
    """
    group = rest // 1000 if rest % 1000 == 0 else rest
    return group <= 100 or (group < 1000 and group % 100 == 0)


def _hundreds(n: int, feminine: bool) -> list[str]:
    hundreds, rest = divmod(n, 100)
    if n <= 100 or not rest:
        return [_number(n, feminine)]
    return [_gendered("hundred", hundreds, feminine and hundreds > 1), _number(rest, feminine)]


def _number(n: int, feminine: bool) -> str:
    return _gendered("number", n, feminine and has_feminine(n))


def _gendered(subject: str, n: int, feminine: bool) -> str:
    return f"{subject}-f/{n}" if feminine else f"{subject}/{n}"


def has_feminine(n: int) -> bool:
    """Whether a piece 0 to 999 has a feminine form of its own: 1 and 2 have, 11 and 12 not, hundreds from 200."""
    return n >= 200 or (n % 10 in (1, 2) and n not in (11, 12))


def words(n: int, feminine: bool = False) -> str:
    """``n`` written out: "mil quinhentos e trinta". Same range and error as ``number_ids``."""
    said = texts()
    return " ".join(said[piece] for piece in number_ids(n, feminine))


def texts() -> dict[str, str]:
    """Every generated piece, id to what is said."""
    return dict(_all())


def _all() -> Iterator[tuple[str, str]]:
    yield from _numbers()
    yield from _calendar()
    yield from _clock()
    yield from _keys()
    yield from _money()


def _numbers() -> Iterator[tuple[str, str]]:
    yield from ((f"number/{n}", small(n)) for n in range(101))
    yield from ((f"number-f/{n}", small(n, feminine=True)) for n in range(100) if has_feminine(n))
    yield "hundred/1", "cento e"
    for n in range(2, 10):
        word, feminine = HUNDREDS[n], f"{HUNDREDS[n][:-2]}as"
        yield from ((f"number/{n}00", word), (f"number-f/{n}00", feminine))
        yield from ((f"hundred/{n}", f"{word} e"), (f"hundred-f/{n}", f"{feminine} e"))
    yield from (("thousand/plain", "mil"), ("thousand/and", "mil e"))
    yield from (("million/one", "um milhão"), ("million/one-and", "um milhão e"))
    yield from (("million/many", "milhões"), ("million/many-and", "milhões e"))


def _calendar() -> Iterator[tuple[str, str]]:
    yield from ((f"weekday/{n}", word) for n, word in enumerate(WEEKDAYS))
    yield from ((f"day/{n}", "primeiro" if n == 1 else small(n)) for n in range(1, 32))
    yield from ((f"month/{n}", f"de {word}") for n, word in enumerate(MONTHS, 1))
    yield from ((f"year/{n}", f"de dois mil e {small(n - 2000)}") for n in YEARS)
    yield "year/of", "de"


def hour_text(hour: int) -> str:
    """When something begins: "à uma hora", "ao meio-dia", "às vinte e duas horas"."""
    named = {0: "à meia-noite", 1: "à uma hora", 12: "ao meio-dia"}
    return named.get(hour, f"às {small(hour, feminine=True)} horas")


def from_hour_text(hour: int) -> str:
    """From when on: "da uma hora", "do meio-dia", "das oito horas"."""
    named = {0: "da meia-noite", 1: "da uma hora", 12: "do meio-dia"}
    return named.get(hour, f"das {small(hour, feminine=True)} horas")


def minute_text(minute: int) -> str:
    """The minutes after the hour: "e um minuto", "e trinta minutos"."""
    return f"e {small(minute)} {'minuto' if minute == 1 else 'minutos'}"


def _clock() -> Iterator[tuple[str, str]]:
    yield from ((f"hour/{n}", hour_text(n)) for n in range(24))
    yield from ((f"from-hour/{n}", from_hour_text(n)) for n in range(24))
    yield from ((f"minute/{n}", minute_text(n)) for n in range(1, 60))
    yield from (
        ("count/minute", "minuto"),
        ("count/minutes", "minutos"),
        ("count/hour", "hora"),
        ("count/hours", "horas"),
    )
    yield from (("count/hour-and", "hora e"), ("count/hours-and", "horas e"))


def _keys() -> Iterator[tuple[str, str]]:
    yield from ((f"digit/{n}", word) for n, word in enumerate(DIGITS))
    yield from ((f"key/{n}", f"tecle {word}") for n, word in enumerate(UNITS[:10]))
    yield from (("key/star", "tecle asterisco"), ("key/pound", "tecle sustenido"))
    yield from ((f"letter/{letter}", name) for letter, name in LETTERS.items())


def _money() -> Iterator[tuple[str, str]]:
    yield from (("money/real", "real"), ("money/reais", "reais"), ("money/of-reais", "de reais"))
    yield from (("money/real-and", "real e"), ("money/reais-and", "reais e"), ("money/of-reais-and", "de reais e"))
    yield from (("money/centavo", "centavo"), ("money/centavos", "centavos"))


PAUSES = {"pause/150": 150, "pause/300": 300, "pause/600": 600}
"""Silences, in milliseconds at the normal pace; slow mode doubles them."""

PAUSE_MARKS = {"pause/150": ",", "pause/300": "", "pause/600": ","}
"""What stands for a silence where a sentence is shown."""
