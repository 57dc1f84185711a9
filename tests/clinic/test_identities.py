"""What people type to log in, in one spelling."""

import pytest

from clinic.cpf import cpf_is_valid
from clinic.identities import Identity, email, understood


@pytest.mark.parametrize("typed", ["111.444.777-35", "11144477735", " 111.444.777-35 ", "111444777-35"])
def test_a_cpf_however_written(typed):
    assert understood(typed) == Identity("cpf", "11144477735")


@pytest.mark.parametrize(
    "typed", ["CRM/SP 118234", "crm-sp 118.234", "118234/SP", "118234-sp", "SP118234", "CRM SP 0118234", "118.234 SP"]
)
def test_a_crm_however_written(typed):
    assert understood(typed) == Identity("crm", "SP/118234")


@pytest.mark.parametrize("typed", ["Ana.Paula@Example.com", "  ana.paula@example.com", "ana.paula@EXAMPLE.COM"])
def test_an_email_however_written(typed):
    assert understood(typed) == Identity("email", "ana.paula@example.com")


NOTHING = (
    "", " ", "11144477736", "111.111.111-11", "118234", "CRM/XX 118234", "ana@", "@x.com", "a b@x.com", "x" * 10_000,
    "a@b", "a@@b.com", "' or 1=1", "a@b.com,c@d.com", "ana@example.com\nbcc: x@y.com",
)  # fmt: skip


@pytest.mark.parametrize("typed", NOTHING)
def test_what_is_none_of_these_is_nobody(typed):
    assert understood(typed) is None


def test_accents_written_in_two_ways_are_one_address():
    assert email("joa\u0303o@exemplo.com") == email("jo\u00e3o@exemplo.com")


@pytest.mark.parametrize("typed", ["(11) 98765-4321", "11 98765 4321", "+55 11 98765-4321", "(11) 8765-4321"])
def test_a_telephone_however_written(typed):
    assert understood(typed) == Identity("phone", "5511987654321")


def test_eleven_digits_that_are_a_cpf_are_one():
    number = "11987654374"
    assert cpf_is_valid(number)
    assert understood(number) == Identity("cpf", number)
    assert understood("(11) 98765-4374") == Identity("phone", f"55{number}")


def test_a_telephone_without_its_area_is_nobody():
    assert understood("98765-4321") is None
