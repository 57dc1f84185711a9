"""Telephone numbers as carriers spell them."""

import pytest

from clinic.phones import masked, normalise, variants

MOBILE, LANDLINE = "5511987654321", "551134567890"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+5511987654321", MOBILE),
        ("5511987654321", MOBILE),
        ("005511987654321", MOBILE),
        ("+55 (11) 98765-4321", MOBILE),
        ("11987654321", MOBILE),
        ("011987654321", MOBILE),
        ("01511987654321", MOBILE),  # 0 + carrier 15 + area
        ("02111987654321", MOBILE),
        ("987654321", MOBILE),
        ("87654321", MOBILE),  # a mobile without its ninth digit gets it
        ("1187654321", MOBILE),
        ("551187654321", MOBILE),
        ("+551187654321", MOBILE),
        ("0151187654321", MOBILE),
        ("1134567890", LANDLINE),
        ("01134567890", LANDLINE),
        ("0151134567890", LANDLINE),
        ("+551134567890", LANDLINE),
        ("34567890", LANDLINE),  # a landline never gets a ninth digit
        ("5532211234", "555532211234"),  # area 55, not the country
        ("555532211234", "555532211234"),
        ("55999887766", "5555999887766"),
        ("+12125551234", "12125551234"),
        ("0012125551234", "12125551234"),
    ],
)
def test_spellings_of_a_number(raw, number):
    assert normalise(raw) == number


@pytest.mark.parametrize(
    "raw",
    ["", "anonymous", "Anonymous", "restricted", "unknown", "private", "asterisk", "s", "0", "190", "4000", "+", "00",
     "2087654321", "11087654321", "1111987654321", "99999999999999999999", "11٩87654321", "+55119876543210"],
)  # fmt: skip
def test_withheld_and_garbage_are_nobody(raw):
    assert normalise(raw) is None


def test_local_numbers_take_the_units_area():
    assert normalise("32211234", area="51") == "555132211234"


@pytest.mark.parametrize(
    ("number", "both"),
    [
        (MOBILE, {MOBILE, "551187654321"}),
        ("551187654321", {MOBILE, "551187654321"}),
        (LANDLINE, {LANDLINE}),
        ("12125551234", {"12125551234"}),
    ],
)
def test_a_mobile_may_be_on_file_with_or_without_its_ninth_digit(number, both):
    assert set(variants(number)) == both


@pytest.mark.parametrize(
    ("number", "shown"),
    [(MOBILE, "(11) •••••-4321"), (LANDLINE, "(11) •••••-7890"), ("12125551234", "•••••1234")],
)
def test_a_page_shows_the_end_of_a_number(number, shown):
    assert masked(number) == shown
