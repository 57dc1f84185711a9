"""The longest waits of ANS RN 566/2022: how many working days, until when, and what the agenda is found to keep."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic import longest_waits
from clinic.longest_waits import days_allowed, last_day

WINDOW = 60


@pytest.mark.parametrize(
    ("specialty", "kind", "days"),
    [
        ("Clínica médica", "", 7),
        ("CLÍNICA GERAL", "", 7),
        ("Pediatria", "", 7),
        ("Cirurgia geral", "", 7),
        ("Ginecologia e obstetrícia", "", 7),
        ("Medicina de família e comunidade", "", 7),
        ("Cardiologia", "", 14),
        ("Cardiologia pediátrica", "", 14),
        ("Cirurgia plástica", "", 14),
        ("Nutrologia", "", 14),
        ("Nutrição", "", 10),
        ("Psicologia", "", 10),
        ("Fisioterapia", "", 10),
        ("Odontologia", "", 7),
        ("Ultrassonografia", "exam", 10),
        ("Pediatria por imagem", "exam", 10),
        ("Análises clínicas", "exam", 3),
        ("Coleta de sangue", "exam", 3),
    ],
)
def test_the_working_days_allowed(specialty, kind, days):
    assert days_allowed(specialty, kind) == days


@pytest.mark.parametrize(
    ("asked", "days", "state", "last"),
    [
        (date(2026, 11, 23), 7, "SP", date(2026, 12, 2)),
        (date(2026, 11, 21), 3, "SP", date(2026, 11, 25)),  # asked on a Saturday
        (date(2026, 11, 19), 1, "SP", date(2026, 11, 23)),  # the 20th is a holiday
        (date(2026, 12, 18), 14, "SP", date(2027, 1, 11)),  # Natal and Ano-Novo
        (date(2026, 4, 22), 1, "RJ", date(2026, 4, 24)),  # São Jorge is one there
        (date(2026, 4, 22), 1, "SP", date(2026, 4, 23)),
        (date(2026, 11, 23), 0, "SP", date(2026, 11, 23)),
    ],
)
def test_working_days_pass_over_holidays_and_week_ends(asked, days, state, last):
    assert last_day(asked, days, state) == last


@pytest.fixture
def look(clinic):
    """Whether Marina's patients of a convênio wait too long, as of now."""
    saude = clinic.criteria(doctor="marina", payer_id=clinic.at.payers["saude"])

    def asked(criteria=saude, window=WINDOW):
        return longest_waits.look(clinic.agenda, clinic.desk.roster(), criteria, clinic.clock(), window)

    return asked


def away(clinic, days, who="marina"):
    """The doctor is away from now on."""
    now = clinic.clock()
    clinic.agenda.add_absence(clinic.at.doctors[who], now, now + timedelta(days=days))


def test_a_time_soon_enough_is_no_wait(look):
    assert look() is None


def test_a_first_time_after_the_last_day_is_too_late(clinic, look):
    away(clinic, 14)
    late = look()
    assert (late.days, late.until) == (7, date(2026, 12, 2))
    assert (late.first.starts_at.date(), late.sooner) == (date(2026, 12, 7), None)


def test_the_last_day_itself_is_soon_enough(clinic, look):
    away(clinic, 8.5)
    assert look() is None


def test_particular_has_no_limit(clinic, look):
    away(clinic, 14)
    assert look(clinic.criteria(doctor="marina", payer_id=clinic.at.payers["particular"])) is None
    assert look(clinic.criteria(doctor="marina")) is None


def test_no_time_at_all_is_too_long_unless_the_agenda_opens_later(clinic, look):
    away(clinic, 90)
    assert (look().first, look().sooner) == (None, None)
    assert look(window=5) is None


def test_another_doctor_who_has_time_is_told(clinic, look):
    clinic.directory.accept(clinic.at.doctors["paulo"], clinic.at.payers["saude"], [clinic.at.units["centro"]])
    away(clinic, 14)
    assert look().sooner.doctor_id == clinic.at.doctors["paulo"]


def test_what_is_known_of_no_specialty_has_no_limit(clinic, look):
    assert look(replace(clinic.criteria(payer_id=clinic.at.payers["saude"]), specialty_id=999)) is None
