"""How pages write dates, money, numbers and names."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from admin_web import words

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


def test_a_moment_is_told_by_the_clock_of_its_place():
    assert words.when(datetime(2026, 11, 26, 17, 30, tzinfo=UTC), SAO_PAULO) == "qui., 26 nov., 14:30"


def test_the_day_is_that_of_the_place():
    assert words.when(datetime(2026, 12, 1, 1, 0, tzinfo=UTC), SAO_PAULO) == "seg., 30 nov., 22:00"


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2026, 12, 1), "terça-feira, 1º de dezembro de 2026"),
        (date(2026, 11, 28), "sábado, 28 de novembro de 2026"),
    ],
)
def test_a_day_in_full(day, said):
    assert words.long_day(day) == said


@pytest.mark.parametrize(
    ("cents", "said"),
    [(0, "R$ 0,00"), (5, "R$ 0,05"), (35_000, "R$ 350,00"), (125_000_099, "R$ 1.250.000,99"), (-5_050, "-R$ 50,50")],
)
def test_money(cents, said):
    assert words.reais(cents) == said


def test_a_cpf_in_full_and_masked():
    assert words.cpf("11144477735") == "111.444.777-35"
    assert words.cpf_masked("11144477735") == "***.444.777-**"


@pytest.mark.parametrize("what", ["", "123", "abc"])
def test_what_is_no_cpf_shows_nothing_of_itself(what):
    assert words.cpf_masked(what) == "***"


@pytest.mark.parametrize(
    ("number", "said"),
    [("5511987654321", "(11) 98765-4321"), ("551133334444", "(11) 3333-4444"), ("351210000000", "+351210000000")],
)
def test_a_telephone_number(number, said):
    assert words.phone(number) == said


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "0 min"), (45, "45 min"), (60, "1 h"), (90, "1 h 30 min"), (1500, "25 h")]
)
def test_a_duration(minutes, said):
    assert words.duration(timedelta(minutes=minutes)) == said


@pytest.mark.parametrize(
    ("starts", "ends", "said"),
    [((24, 14), (24, 15), "ter., 24 nov., 14:00 às 15:00"), ((24, 0), (25, 0), "ter., 24 nov., o dia todo"),
     ((24, 0), (27, 0), "ter., 24 nov. a qui., 26 nov., o dia todo"),
     ((24, 14), (25, 10), "ter., 24 nov., 14:00 até qua., 25 nov., 10:00")],
    ids=["hours", "a day", "days", "from one day into another"],
)  # fmt: skip
def test_a_period(starts, ends, said):
    assert words.period(*(datetime(2026, 11, *one, tzinfo=SAO_PAULO) for one in (starts, ends)), SAO_PAULO) == said
