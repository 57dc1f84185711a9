"""Call-flow 5: cancel."""

import pytest
from sqlalchemy import select

from agi.phone import HangUp, Speaks
from db.tables import AppointmentChange
from tests.agi.menus.talking import BRUNO, in_order, talk


@pytest.fixture
def booked(clinic):
    return clinic.book("bruno", clinic.slot(place=30))


def test_reason_then_one_to_confirm(clinic, booked):
    call = talk(clinic, *BRUNO, "3", "1", "1")
    assert in_order(call.heard, "cancel/why", "cancel/sure", "cancel/done")
    assert clinic.bookings.upcoming(clinic.people["bruno"]) == []


def test_two_keeps_it(clinic, booked):
    call = talk(clinic, *BRUNO, "3", "1", "2")
    assert "cancel/kept" in call.heard
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1


def test_hanging_up_before_confirming_keeps_it(clinic, booked):
    talk(clinic, *BRUNO, "3", "1", HangUp())
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1


def test_inside_the_notice_period_what_follows_is_told(clinic):
    clinic.book("bruno")
    assert "cancel/late-notice" in talk(clinic, *BRUNO, "3", "1").heard


def test_in_good_time_nothing_follows(clinic, booked):
    assert "cancel/late-notice" not in talk(clinic, *BRUNO, "3", "1").heard


def test_a_spoken_reason_is_kept(clinic, booked):
    talk(clinic, *BRUNO, "3", "5", Speaks(4), "1")
    (note,) = clinic.voice_notes.list()
    assert (note.kind, note.seconds) == ("cancel_reason", 4)


def test_none_to_cancel_is_told(clinic):
    assert in_order(talk(clinic, *BRUNO, "3").heard, "appointments/none", "main/book")


def test_of_several_one_is_picked(clinic, booked):
    clinic.book("bruno")
    call = talk(clinic, *BRUNO, "3", "2", "1", "1")
    assert "cancel/which" in call.heard
    assert [one.id for one in clinic.bookings.upcoming(clinic.people["bruno"])] != [booked.id]


def test_cancelled_by_somebody_else_meanwhile_is_told(clinic, booked):
    def desk(_heard):
        clinic.bookings.cancel(clinic.people["bruno"], booked.id, "other", via="desk")
        return "1"

    assert "common/changed-meanwhile" in talk(clinic, *BRUNO, "3", "1", desk).heard


def test_who_is_cut_off_goes_on_with_the_same_appointment(clinic, booked):
    talk(clinic, *BRUNO, "3", "1", HangUp(), uniqueid="cut")
    call = talk(clinic, *BRUNO, "1", "1", "1", uniqueid="back")
    assert "cancel/done" in call.heard


def test_nine_says_again_which_and_asks_why(clinic, booked):
    heard = talk(clinic, *BRUNO, "3", "9").heard
    assert heard.count("cancel/why") == 2
    assert heard[heard.index("cancel/why") :].count("with/doctor-f") == 1


def test_the_time_is_free_for_others_at_once_after_the_undo(clinic, booked):
    talk(clinic, *BRUNO, "3", "1", "1")
    clinic.clock.move(seconds=11)
    assert booked.starts_at in {one.starts_at for one in clinic.agenda.next_free(clinic.criteria(), limit=99)}


def test_the_history_says_who_why_and_by_telephone(clinic, booked):
    talk(clinic, *BRUNO, "3", "2", "1")
    row = clinic.database.rows(select(AppointmentChange).order_by(AppointmentChange.id.desc()).limit(1))[0]
    assert (row.event, row.via, row.by) == ("cancelled", "telephone", clinic.people["bruno"].ref)


def test_star_comes_back_one_question_at_a_time(clinic, booked):
    clinic.book("bruno")
    heard = talk(clinic, *BRUNO, "3", "1", "2", "*", "*", "*").heard
    asked = [one for one in heard if one in {"cancel/which", "cancel/why", "cancel/sure", "main/book"}]
    assert asked == ["main/book", *("cancel/" + one for one in ("which", "why", "sure", "why", "which")), "main/book"]


def test_star_instead_of_speaking_asks_why_again(clinic, booked):
    heard = talk(clinic, *BRUNO, "3", "5", Speaks(1, key="*")).heard
    assert in_order(heard, "cancel/why", "cancel/say-why", "cancel/why")
    assert "main/book" not in heard[heard.index("cancel/why") :]
