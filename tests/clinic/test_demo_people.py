"""The invented patients: as many as told, valid, and always the same."""

from datetime import date

import pytest

from clinic.cpf import cpf_is_valid
from clinic.demo_people import cpf_of, dependants, people
from clinic.phones import normalise

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize("cpf", ["51276992815", "11144477735", "52998224725", "00000000191"])
def test_check_digits_are_those_of_the_law(cpf):
    assert cpf_of(cpf[:9]) == cpf


def test_there_are_three_hundred_and_always_the_same():
    assert len(people()) == 300
    assert people() == people()


def test_every_cpf_is_valid_and_nobody_elses():
    numbers = [one.cpf for one in people() if one.cpf]
    assert all(map(cpf_is_valid, numbers))
    assert len(set(numbers)) == len(numbers)


def test_every_telephone_is_one():
    numbers = [one.phone for one in people() if one.phone]
    assert [normalise(number) for number in numbers] == numbers


def test_children_have_a_grown_up_guardian():
    everybody = people()
    for one in (one for one in everybody if one.guardian is not None):
        assert (TODAY - one.birth_date(TODAY)).days < 18 * 365
        assert (TODAY - everybody[one.guardian].birth_date(TODAY)).days >= 18 * 365
    assert len(list(dependants())) == 24


def test_some_have_no_cpf_and_some_a_nome_social():
    assert any(one.cpf is None for one in people())
    assert any(one.social_name for one in people())
