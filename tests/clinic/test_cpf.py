"""Check digits of a CPF."""

import pytest

from clinic.cpf import cpf_is_valid


@pytest.mark.parametrize("cpf", ["51276992815", "11144477735", "52998224725", "00000000191"])
def test_check_digits_that_fit(cpf):
    assert cpf_is_valid(cpf)


@pytest.mark.parametrize(
    "cpf",
    ["11111111111", "00000000000", "52998224726", "5299822472", "529982247250", "",
     "529.982.247-25", "111444777-35", "٥2998224725"]
)  # fmt: skip
def test_what_is_no_cpf(cpf):
    assert not cpf_is_valid(cpf)
