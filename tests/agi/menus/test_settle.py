"""Call-flow 4.6 and 4.7: held, read back, confirmed, the code."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from agi.phone import HangUp
from db.tables import Appointment, AppointmentChange, Slot, Specialty, VisitKind
from tests.agi.menus.talking import ALICE, BRUNO, CARLA, heard_name, in_order, talk, went_to
from tests.clinic.margins import with_margin

TO_TIMES = ("1", "1", "2", "2")
HEART_RITA = ("1", "2", "2", "3")


def test_all_is_read_back_once(clinic):
    clinic.directory.set_price(clinic.at.doctors["marina"], clinic.at.kinds["first"], 42_050)
    call = talk(clinic, *BRUNO, *TO_TIMES, "1")
    back = call.heard[call.heard.index("booking/read-back") :]
    assert in_order(back, "weekday/0", "hour/10", "with/doctor-f", "at/unit", "kind/first", "booking/price")
    assert in_order(back, "money/reais-and", "money/centavos", "booking/confirm-or-other")
    assert heard_name(call, "Rua Quinze de Novembro, 120")


def test_a_price_is_only_said_for_particular(clinic):
    clinic.directory.set_price(clinic.at.doctors["marina"], clinic.at.kinds["first"], 42_050)
    call = talk(clinic, *BRUNO, "1", "1", "3", "1", "1")
    assert "booking/price" not in call.heard
    assert in_order(call.heard, "booking/read-back", "booking/by-payer")


def test_the_preparation_is_read_back(clinic):
    call = talk(clinic, *BRUNO, "1", "3", "1")
    assert in_order(call.heard, "kind/exam", "booking/confirm-or-other")
    assert heard_name(call, "Venha em jejum de oito horas.")


def test_the_time_is_held_while_the_caller_decides(clinic):
    first = clinic.slot()

    def look(_heard):
        assert clinic.slot() != first
        return "1"

    talk(clinic, *BRUNO, *TO_TIMES, "1", look)


def test_two_chooses_another_and_frees_the_time(clinic):
    first = clinic.slot()
    call = talk(clinic, *BRUNO, *TO_TIMES, "1", "2")
    assert call.trail[-1] == "choose_time"
    assert clinic.slot() == first


def test_hanging_up_while_it_is_read_back_frees_the_time(clinic):
    first = clinic.slot()
    talk(clinic, *BRUNO, *TO_TIMES, "1", HangUp(after=-1))
    assert clinic.slot() == first


def test_a_time_lost_to_somebody_else_is_told_and_the_next_are_offered(clinic):
    def somebody_is_faster(_heard):
        clinic.book("alice")
        return "1"

    call = talk(clinic, *BRUNO, *TO_TIMES, somebody_is_faster, "1", "1")
    assert in_order(call.heard, "times/later", "booking/just-taken", "times/later", "booking/done")


def test_a_doctor_on_leave_since_a_second_ago_is_told(clinic):
    def she_leaves(_heard):
        start = clinic.clock()
        clinic.agenda.add_absence(clinic.at.doctors["marina"], start, start.replace(year=2027), "licença")
        return "1"

    call = talk(clinic, *BRUNO, *TO_TIMES, "1", she_leaves)
    assert "booking/just-taken" in call.heard
    assert clinic.bookings.upcoming(clinic.people["bruno"]) == []


def test_an_appointment_that_overlaps_is_told(clinic):
    clinic.book("bruno", clinic.slot("rita", "cardiology"), specialty="cardiology")
    call = talk(clinic, *BRUNO, *TO_TIMES, "1", "1", "4")
    assert in_order(call.heard, "booking/read-back", "booking/overlaps", "with/doctor-f", "times/later")
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1


def test_a_request_is_never_said_to_be_booked(clinic):
    call = talk(clinic, *BRUNO, *HEART_RITA, "1", "1")
    assert in_order(call.heard, "booking/to-approve", "booking/requested", "booking/answer-until", "booking/code")
    assert "booking/done" not in call.heard


def test_one_number_books_five_a_day_then_a_person(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"max_bookings_per_number": 1}))
    talk(clinic, *BRUNO, *TO_TIMES, "1", "1", uniqueid="one")
    call = talk(clinic, *ALICE, "1", "1", "1", "2", "2", "1", "1", uniqueid="two")
    assert went_to(call) == "reception"


def test_the_code_is_said_in_groups_and_again_on_nine(clinic):
    call = talk(clinic, *BRUNO, *TO_TIMES, "1", "1", "9", "2")
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    digits = [f"digit/{one}" for one in booked.code]
    said = [one for one in call.heard[call.heard.index("booking/code") :] if one.startswith("digit/")]
    assert said[:12] == digits * 2


def test_a_lost_time_gives_the_next_three_of_where_the_caller_was(clinic):
    lost = clinic.agenda.on_day(clinic.criteria("general", "marina", minutes=60), date(2026, 12, 1)).times[0]

    def somebody_is_faster(_heard):
        clinic.book("alice", lost)
        return "1"

    call = talk(clinic, *BRUNO, *TO_TIMES, "5", "0112", somebody_is_faster)
    page = call.heard[call.heard.index("booking/just-taken") :]
    assert in_order(page, "day/1", "month/12", "hour/8", "minute/30", "key/1", "key/2", "key/3")


def test_when_the_lost_time_was_the_last_the_waiting_list_is_offered(clinic):
    def she_leaves(_heard):
        start = clinic.clock()
        clinic.agenda.add_absence(clinic.at.doctors["marina"], start, start.replace(year=2027), "licença")
        return "1"

    assert in_order(talk(clinic, *BRUNO, *TO_TIMES, she_leaves).heard, "booking/just-taken", "waiting/nothing-free")


def test_who_chooses_another_time_is_back_where_they_were(clinic):
    call = talk(clinic, *BRUNO, *TO_TIMES, "5", "0112", "1", "2")
    assert in_order(call.heard[call.heard.index("booking/confirm-or-other") :], "day/1", "month/12", "key/1")


def test_an_option_withdrawn_meanwhile_is_told(clinic):
    def she_is_gone(_heard):
        clinic.directory.set_active(clinic.at.doctors["marina"], False)
        return "1"

    call = talk(clinic, *BRUNO, *TO_TIMES, "1", she_is_gone)
    assert in_order(call.heard, "booking/read-back", "booking/withdrawn", "main/book")
    assert clinic.bookings.upcoming(clinic.people["bruno"]) == []


def test_who_joins_for_a_request_never_hears_that_it_is_booked_later_either(clinic):
    talk(clinic, *BRUNO, *HEART_RITA, "1", "1", uniqueid="asks")
    heard = talk(clinic, *BRUNO).heard
    assert in_order(heard, "main/next", "with/doctor-f", "appointments/awaiting", "main/book")
    assert "main/confirm" not in heard


def test_two_calls_of_one_patient_at_once_do_not_take_the_same_minute(clinic):
    def in_the_other_call(_heard):
        clinic.book("bruno", clinic.slot("rita", "cardiology"), specialty="cardiology")
        return "1"

    call = talk(clinic, *BRUNO, *TO_TIMES, "1", in_the_other_call)
    assert in_order(call.heard, "booking/read-back", "booking/overlaps", "times/later")
    assert len(clinic.bookings.upcoming(clinic.people["bruno"])) == 1
    assert clinic.slot().starts_at == clinic.clock() + timedelta(hours=1)


def test_a_hold_that_ran_out_is_lost_to_who_took_the_time(clinic):
    def thinks_too_long(_heard):
        clinic.clock.move(minutes=6)
        clinic.book("alice")
        return "1"

    call = talk(clinic, *BRUNO, *TO_TIMES, "1", thinks_too_long)
    assert in_order(call.heard, "booking/read-back", "booking/just-taken", "times/later")
    assert clinic.bookings.upcoming(clinic.people["bruno"]) == []


def test_a_hold_that_ran_out_is_had_anew_while_nobody_took_the_time(clinic):
    first = clinic.slot()

    def thinks_too_long(_heard):
        clinic.clock.move(minutes=6)
        return "1"

    call = talk(clinic, *BRUNO, *TO_TIMES, "1", thinks_too_long)
    assert "booking/just-taken" not in call.heard
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert (booked.starts_at, booked.ends_at - booked.starts_at) == (first.starts_at, timedelta(hours=1))


@pytest.mark.parametrize(("who", "by_phone"), [(BRUNO, False), (CARLA, True)])
def test_who_has_no_contact_is_on_the_list_of_who_to_call(clinic, who, by_phone):
    talk(clinic, *who, *TO_TIMES, "1", "1")
    (row,) = clinic.database.rows(select(Appointment.tell_by_phone))
    assert row.tell_by_phone is by_phone


def test_a_booking_is_in_the_history_with_its_call(clinic):
    talk(clinic, *BRUNO, *TO_TIMES, "1", "1", uniqueid="17.5")
    (row,) = clinic.database.rows(select(AppointmentChange))
    assert (row.event, row.via, row.call_id) == ("booked", "telephone", "17.5")


@pytest.mark.parametrize(
    ("key", "menu"), [("0", "reception"), ("*", "choose_time"), ("9", "read_back"), ("8", "read_back")]
)
def test_the_keys_mean_here_what_they_mean_everywhere(clinic, key, menu):
    call = talk(clinic, *BRUNO, *TO_TIMES, "1", key)
    assert call.trail[-1] == menu
    assert clinic.slot().starts_at == clinic.clock() + timedelta(hours=1)


def only_people_book(clinic, kind):
    theirs = update(VisitKind).where(VisitKind.code == kind).values(bookable_by=["desk"])
    clinic.directory._save(lambda connection: connection.execute(theirs))


@pytest.mark.parametrize("way", [("2",), ("1", "1")])
def test_a_kind_of_visit_that_people_book_is_for_a_person(clinic, way):
    only_people_book(clinic, "first")
    call = talk(clinic, *BRUNO, "1", "1", "2", *way)
    assert in_order(call.heard, "booking/only-by-people", "reception/one-moment")
    assert clinic.slot().starts_at == clinic.clock() + timedelta(hours=1)


def test_a_kind_of_the_clinics_own_is_called_by_its_name(clinic):
    kind = clinic.directory.add_kind("ultrasound", "Ultrassom", 30)
    theirs = update(Specialty).where(Specialty.id == clinic.at.specialties["ecg"]).values(kind_id=kind)
    clinic.directory._save(lambda connection: connection.execute(theirs))
    call = talk(clinic, *BRUNO, "1", "3", "1", "1")
    assert heard_name(call, "Ultrassom")
    assert "booking/done" in call.heard


def test_a_time_without_room_for_what_comes_after_is_not_said(clinic):
    with_margin(clinic, after=10, code="first")
    third = clinic.slot(place=2)  # half past ten begins a first visit that ends at half past eleven, which is taken
    clinic.book("alice", clinic.slot(place=3))
    call = talk(clinic, *BRUNO, *TO_TIMES, "1", "1")
    (booked,) = clinic.bookings.upcoming(clinic.people["bruno"])
    assert (booked.starts_at.date(), booked.ends_at - booked.starts_at) == (third.starts_at.date(), timedelta(hours=1))
    assert clinic.database.rows(select(Slot.status).where(Slot.id == third.id))[0].status == "booked"
    assert in_order(call.heard, "hour/10", "booking/done")
    assert "hour/10 minute/30" not in " ".join(call.heard)
