"""Units, their opening hours and holidays."""

from datetime import UTC, date, datetime, time

import pytest

CENTRO = datetime(2026, 11, 23, tzinfo=UTC)


def at(day, hour, minute=0):
    """A moment by São Paulo's clock, three hours behind UTC."""
    return datetime(2026, 11, day, hour + 3, minute, tzinfo=UTC)


def test_units_stand_in_their_order(clinic):
    assert [unit.name for unit in clinic.units.all()] == ["Centro", "Santana"]


@pytest.mark.parametrize("dialled", ["1122223333", "+551122223333", "01122223333", "551122223333"])
def test_the_dialled_number_says_which_unit(clinic, dialled):
    assert clinic.units.by_dialled(dialled).name == "Santana"


@pytest.mark.parametrize("dialled", ["", "4000", "s", "1199998888"])
def test_an_unknown_number_is_the_first_unit(clinic, dialled):
    assert clinic.units.by_dialled(dialled).name == "Centro"


@pytest.mark.parametrize(
    ("moment", "open_"),
    [(at(23, 8), True), (at(23, 17, 59), True), (at(23, 18), False), (at(23, 7, 59), False), (at(28, 10), False),
     (at(20, 10), False)],
)  # fmt: skip
def test_people_answer_in_the_opening_hours(clinic, moment, open_):
    """The 28th is a Saturday, the 20th of November a national holiday."""
    assert clinic.units.people_answer(clinic.at.units["centro"], moment) is open_


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 7, 9), "Revolução Constitucionalista"),
        (date(2026, 2, 17), "Carnaval"),
        (date(2026, 6, 4), "Corpus Christi"),
        (date(2026, 12, 24), None),
        (date(2026, 11, 23), None),
    ],
)
def test_holidays_of_the_country_and_the_state(clinic, day, name):
    assert clinic.units.holiday(clinic.at.units["centro"], day) == name


def test_carnival_is_the_clinics_own_decision(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"optional_holidays": False}))
    assert clinic.units.holiday(clinic.at.units["centro"], date(2026, 2, 17)) is None


def test_a_holiday_of_one_unit_is_not_the_others(clinic):
    clinic.closings.add(date(2026, 11, 24), "Reforma", clinic.at.units["centro"])
    found = [clinic.units.holiday(unit.id, date(2026, 11, 24)) for unit in clinic.units.all()]
    assert found == ["Reforma", None]


def test_another_state_has_other_holidays(clinic):
    rio = clinic.directory.add_unit("Botafogo", "Rua São Clemente, 1", "Rio de Janeiro", "RJ", position=5)
    assert clinic.units.holiday(rio, date(2026, 7, 9)) is None
    assert clinic.units.holiday(rio, date(2026, 4, 23)) == "São Jorge"


def test_a_unit_that_closes_at_midnight_answers_until_then(clinic):
    clinic.directory.set_opening(1, [0], time(18), time(0))
    assert clinic.units.people_answer(1, at(23, 20, 59))
    assert not clinic.units.people_answer(1, at(23, 17))
