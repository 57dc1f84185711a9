"""Asked before anything is chosen."""

from datetime import date

import pytest

from clinic.allowances import TooMany, TooManyFromNumber

NUMBER = "5511987654321"


def test_who_has_room_may_book(any_clinic):
    any_clinic.book("bruno")
    any_clinic.allowances.check(any_clinic.people["bruno"], NUMBER)


def test_three_to_come_are_enough(any_clinic):
    for place in (0, 4, 8):
        any_clinic.book("bruno", any_clinic.slot(place=place))
    with pytest.raises(TooMany):
        any_clinic.allowances.check(any_clinic.people["bruno"], None)


def test_a_pre_registration_has_one(clinic):
    person = clinic.patients.pre_register(None, date(1990, 1, 1), None, None, None)
    hold = clinic.bookings.hold(clinic.slot(), by="t")
    clinic.bookings.book(person, hold, clinic.terms(hold.slot, kind="first"), via="telephone")
    with pytest.raises(TooMany):
        clinic.allowances.check(person, None)


def test_tomorrow_the_number_may_book_again(any_clinic):
    any_clinic.profile.save(any_clinic.profile.get().model_copy(update={"max_bookings_per_number": 1}))
    any_clinic.book("bruno", caller=NUMBER)
    with pytest.raises(TooManyFromNumber):
        any_clinic.allowances.check(any_clinic.people["alice"], NUMBER)
    any_clinic.clock.move(days=1)
    any_clinic.allowances.check(any_clinic.people["alice"], NUMBER)
