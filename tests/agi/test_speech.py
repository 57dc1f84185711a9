from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from agi.speech import (
    At,
    Counted,
    Date,
    Digits,
    Key,
    Minutes,
    Money,
    Number,
    Said,
    Since,
    Spoken,
    Time,
    prompt_ids,
)
from prompts.names import name_id
from prompts.texts import Catalogue

CATALOGUE = Catalogue.load()
SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def heard(said: Said) -> str:
    return CATALOGUE.sentence(prompt_ids(said, has=lambda _: False))


@pytest.mark.parametrize(
    ("n", "masculine", "feminine"),
    [
        (0, "zero", "zero"),
        (1, "um", "uma"),
        (2, "dois", "duas"),
        (6, "seis", "seis"),
        (11, "onze", "onze"),
        (12, "doze", "doze"),
        (21, "vinte e um", "vinte e uma"),
        (22, "vinte e dois", "vinte e duas"),
        (31, "trinta e um", "trinta e uma"),
        (92, "noventa e dois", "noventa e duas"),
        (100, "cem", "cem"),
        (101, "cento e um", "cento e uma"),
        (102, "cento e dois", "cento e duas"),
        (112, "cento e doze", "cento e doze"),
        (200, "duzentos", "duzentas"),
        (201, "duzentos e um", "duzentas e uma"),
        (322, "trezentos e vinte e dois", "trezentas e vinte e duas"),
        (500, "quinhentos", "quinhentas"),
        (999, "novecentos e noventa e nove", "novecentas e noventa e nove"),
        (1000, "mil", "mil"),
        (1002, "mil e dois", "mil e duas"),
        (1100, "mil e cem", "mil e cem"),
        (1200, "mil e duzentos", "mil e duzentas"),
        (1202, "mil duzentos e dois", "mil duzentas e duas"),
        (2000, "dois mil", "duas mil"),
        (21000, "vinte e um mil", "vinte e uma mil"),
        (22001, "vinte e dois mil e um", "vinte e duas mil e uma"),
        (200000, "duzentos mil", "duzentas mil"),
        (202222, "duzentos e dois mil duzentos e vinte e dois", "duzentas e duas mil duzentas e vinte e duas"),
        (999999, "novecentos e noventa e nove mil novecentos e noventa e nove",
                 "novecentas e noventa e nove mil novecentas e noventa e nove"),
        (1000000, "um milhão", "um milhão"),
        (1000001, "um milhão e um", "um milhão e uma"),
        (1100000, "um milhão e cem mil", "um milhão e cem mil"),
        (1102000, "um milhão cento e dois mil", "um milhão cento e duas mil"),
        (2000002, "dois milhões e dois", "dois milhões e duas"),
        (3200100, "três milhões duzentos mil e cem", "três milhões duzentas mil e cem"),
    ],
)  # fmt: skip
def test_numbers_agree_with_what_they_count(n: int, masculine: str, feminine: str) -> None:
    assert heard(Number(n)) == masculine
    assert heard(Number(n, feminine=True)) == feminine


@pytest.mark.parametrize("n", [-1, 1_000_000_000])
def test_a_number_that_cannot_be_said_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match="outside"):
        prompt_ids(Number(n))


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0), "à meia-noite"),
        (time(0, 30), "à meia-noite e trinta minutos"),
        (time(1), "à uma hora"),
        (time(1, 1), "à uma hora e um minuto"),
        (time(2), "às duas horas"),
        (time(12), "ao meio-dia"),
        (time(12, 30), "ao meio-dia e trinta minutos"),
        (time(13, 21), "às treze horas e vinte e um minutos"),
        (time(14, 30), "às quatorze horas e trinta minutos"),
        (time(21), "às vinte e uma horas"),
        (time(22, 2), "às vinte e duas horas e dois minutos"),
    ],
)
def test_hours_are_feminine_and_minutes_masculine(at: time, words: str) -> None:
    assert heard(Time(at)) == words


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (time(0), "da meia-noite"),
        (time(1), "da uma hora"),
        (time(8), "das oito horas"),
        (time(12, 30), "do meio-dia e trinta minutos"),
        (time(22), "das vinte e duas horas"),
    ],
)
def test_a_span_begins_with_its_article(at: time, words: str) -> None:
    assert heard(Since(at)) == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (Date(date(2026, 12, 1)), "terça-feira, primeiro de dezembro"),
        (Date(date(2026, 11, 26)), "quinta-feira, vinte e seis de novembro"),
        (Date(date(2026, 11, 28), weekday=False), "vinte e oito de novembro"),
        (Date(date(2026, 11, 29), year=True), "domingo, vinte e nove de novembro de dois mil e vinte e seis"),
        (Date(date(1980, 4, 5), weekday=False, year=True), "cinco de abril de mil novecentos e oitenta"),
        (Date(date(2001, 3, 31), weekday=False, year=True), "trinta e um de março de dois mil e um"),
    ],
)
def test_dates_have_an_ordinal_first_and_a_year_only_when_asked(said: Date, words: str) -> None:
    assert heard(said) == words


def test_a_moment_is_told_by_the_clock_of_its_zone() -> None:
    when = datetime(2026, 11, 26, 2, 30, tzinfo=UTC)
    assert (
        heard(At(when, SAO_PAULO)) == "quarta-feira, vinte e cinco de novembro, às vinte e três horas e trinta minutos"
    )
    assert heard(At(when, UTC)) == "quinta-feira, vinte e seis de novembro, às duas horas e trinta minutos"


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        prompt_ids(At(datetime(2026, 11, 26), SAO_PAULO))


@pytest.mark.parametrize(
    ("cents", "words"),
    [
        (0, "zero reais"),
        (1, "um centavo"),
        (50, "cinquenta centavos"),
        (100, "um real"),
        (101, "um real e um centavo"),
        (200, "dois reais"),
        (25050, "duzentos e cinquenta reais e cinquenta centavos"),
        (100000, "mil reais"),
        (100100, "mil e um reais"),
        (200100, "dois mil e um reais"),
        (200001, "dois mil reais e um centavo"),
        (100000000, "um milhão de reais"),
        (100000001, "um milhão de reais e um centavo"),
        (100000100, "um milhão e um reais"),
        (200000000, "dois milhões de reais"),
    ],
)
def test_money_is_reais_and_centavos(cents: int, words: str) -> None:
    assert heard(Money(cents)) == words


def test_debts_are_not_said_as_prices() -> None:
    with pytest.raises(ValueError, match="outside"):
        prompt_ids(Money(-1))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "zero minutos"),
        (1, "um minuto"),
        (2, "dois minutos"),
        (40, "quarenta minutos"),
        (60, "uma hora"),
        (61, "uma hora e um minuto"),
        (120, "duas horas"),
        (150, "duas horas e trinta minutos"),
    ],
)
def test_lengths_of_time_are_hours_and_minutes(minutes: int, words: str) -> None:
    assert heard(Minutes(minutes)) == words


@pytest.mark.parametrize(("n", "last"), [(0, "x/many"), (1, "x/one"), (2, "x/many"), (21, "x/many")])
def test_only_one_is_singular(n: int, last: str) -> None:
    assert prompt_ids(Counted(n, "x/one", "x/many", feminine=True))[-1] == last


def test_twenty_one_consultations_are_feminine() -> None:
    assert prompt_ids(Counted(21, "x/one", "x/many", feminine=True)) == ["number-f/21", "x/many"]


def test_six_is_meia_when_digits_are_spelt() -> None:
    assert heard(Digits("512769")) == "cinco um dois, sete meia nove"


def test_digits_stand_300_ms_apart_and_groups_600() -> None:
    assert prompt_ids(Digits("5127")) == [
        "digit/5", "pause/300", "digit/1", "pause/300", "digit/2", "pause/600", "digit/7"
    ]  # fmt: skip


@pytest.mark.parametrize("text", ["512-769", "512.769", " 512 769 "])
def test_separators_of_a_code_are_not_said(text: str) -> None:
    assert prompt_ids(Digits(text)) == prompt_ids(Digits("512769"))


def test_a_code_may_have_letters() -> None:
    assert heard(Digits("A1ç", group=0)) == "á um cê"


@pytest.mark.parametrize(
    ("key", "words"),
    [("0", "tecle zero"), ("1", "tecle um"), ("6", "tecle seis"), ("*", "tecle asterisco"), ("#", "tecle sustenido")],
)
def test_one_key_is_pressed_with_tecle(key: str, words: str) -> None:
    assert heard(Key(key)) == words


@pytest.mark.parametrize("key", ["", "10", "a", "star", "²"])
def test_what_is_no_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        prompt_ids(Key(key))


def test_a_recorded_name_is_spoken() -> None:
    assert prompt_ids("booking/with", Spoken("Marina Corrêa"), has=lambda _: True) == [
        "booking/with",
        name_id("Marina Corrêa"),
    ]


def test_a_name_without_recording_is_spelt_and_never_a_hole() -> None:
    assert heard(Spoken("Zoë Luz 12")) == "zê ó é, ele u zê, um dois"


@pytest.mark.parametrize("text", ["", "…", "李"])
def test_a_name_that_cannot_be_spelt_breaks_nothing(text: str) -> None:
    assert prompt_ids(Spoken(text), has=lambda _: False) == []


def test_every_piece_of_every_day_and_minute_of_the_year_has_words() -> None:
    known = {*CATALOGUE.ids(), "pause/150"}
    days = [date.fromordinal(date(2028, 1, 1).toordinal() + n) for n in range(366)]
    clock = [time(n // 60, n % 60) for n in range(1440)]
    said: list[Said] = [Date(day, year=True) for day in days] + [Time(at) for at in clock] + [Since(at) for at in clock]
    assert set(prompt_ids(*said)) <= known


def test_every_piece_of_every_number_has_words() -> None:
    numbers = [*range(2200), *range(99_000, 103_000), *range(0, 999_999_999, 123_457)]
    said: list[Said] = [Number(n, feminine) for n in numbers for feminine in (False, True)]
    assert set(prompt_ids(*said)) <= set(CATALOGUE.ids())
