"""Call-flow 5: confirm attendance."""

from tests.agi.menus.talking import BRUNO, in_order, talk


def test_one_confirms(clinic):
    clinic.book("bruno")
    call = talk(clinic, *BRUNO, "5", "1")
    assert "confirm/done" in call.heard
    assert clinic.bookings.upcoming(clinic.people["bruno"])[0].confirmed


def test_two_leaves_it(clinic):
    clinic.book("bruno")
    talk(clinic, *BRUNO, "5", "2")
    assert not clinic.bookings.upcoming(clinic.people["bruno"])[0].confirmed


def test_when_nothing_waits_the_key_says_so(clinic):
    assert in_order(talk(clinic, *BRUNO, "5").heard, "main/book", "confirm/none", "main/book")


def test_what_is_confirmed_is_not_offered_again(clinic):
    clinic.book("bruno")
    talk(clinic, *BRUNO, "5", "1", uniqueid="first")
    assert "main/confirm" not in talk(clinic, *BRUNO).heard


def test_cancelled_by_somebody_else_meanwhile_is_told(clinic):
    booked = clinic.book("bruno")

    def desk(_heard):
        clinic.bookings.cancel(clinic.people["bruno"], booked.id, "other", via="desk")
        return "1"

    assert in_order(talk(clinic, *BRUNO, "5", desk).heard, "confirm/sure", "common/changed-meanwhile", "main/book")


def test_after_the_first_the_next_one_waits(clinic):
    for place in (0, 9):
        clinic.book("bruno", clinic.slot(place=place))
    talk(clinic, *BRUNO, "5", "1", "1", "5", "1", "1")
    assert [one.confirmed for one in clinic.bookings.upcoming(clinic.people["bruno"])] == [True, True]
