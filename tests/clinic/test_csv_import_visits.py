"""Files of coming appointments."""

import pytest
from sqlalchemy import update

from db.tables import Appointment, OutboxRow, Slot
from tests.clinic.csv_lists import BY, VISITS, count, done, problems, tried, undone
from tests.clinic.margins import with_margin
from tests.clinic.outbox.posts import Post, worker
from tests.clinic.small_clinic import CPF

TUESDAY_NINE = f"{CPF['bruno']};101;SP;24/11/2026;09:00;Consulta"


def test_an_appointment_takes_its_time(any_clinic):
    clinic = any_clinic
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    assert clinic.csv_imports.counts(one) == {("new", "done"): 1}
    [visit] = clinic.bookings.upcoming(clinic.people["bruno"])
    assert (visit.status, visit.doctor_id, visit.starts_at.hour) == ("booked", clinic.at.doctors["marina"], 12)
    assert count(clinic, Slot, Slot.appointment_id == visit.id) == 1


def test_a_long_visit_takes_all_its_slots(clinic):
    done(clinic, "visits", VISITS, TUESDAY_NINE.replace("Consulta", "Primeira consulta"))
    [visit] = clinic.bookings.upcoming(clinic.people["bruno"])
    assert count(clinic, Slot, Slot.appointment_id == visit.id) == 2


def test_a_visit_that_stands_already_is_not_doubled(clinic):
    done(clinic, "visits", VISITS, TUESDAY_NINE)
    assert clinic.csv_imports.counts(done(clinic, "visits", VISITS, TUESDAY_NINE)) == {("same", "waiting"): 1}
    assert count(clinic, Appointment) == 1


@pytest.mark.parametrize(
    ("line", "column"),
    [
        (TUESDAY_NINE.replace("09:00", "09:10"), "hora"), (TUESDAY_NINE.replace("24/11", "22/11"), "data"),
        (TUESDAY_NINE.replace("Consulta", "Retorno"), "tipo"), (TUESDAY_NINE.replace("Consulta", "Nada"), "tipo"),
        (TUESDAY_NINE.replace(CPF["bruno"], "16899535009"), "cpf"),
        (TUESDAY_NINE.replace("24/11/2026", "ontem"), "data"),
        (TUESDAY_NINE.replace("24/11/2026", "23/11/2020"), "data"),
    ],
)  # fmt: skip
def test_a_visit_without_free_time_is_told(clinic, line, column):
    assert list(problems(clinic, tried(clinic, "visits", VISITS, line))[2]) == [column]


def test_of_two_lines_for_a_time_the_first_has_it(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE, TUESDAY_NINE.replace(CPF["bruno"], CPF["alice"]))
    assert list(problems(clinic, one)) == [3]


def test_time_taken_since_the_trial_is_told(clinic):
    one = tried(clinic, "visits", VISITS, TUESDAY_NINE)
    clinic.book(
        "alice",
        next(
            s
            for s in clinic.agenda.next_free(clinic.criteria(doctor="marina"), limit=20)
            if s.starts_at.day == 24 and s.starts_at.hour == 12
        ),
    )
    clinic.csv_imports.start(one, BY)
    assert clinic.csv_imports.counts(one) == {("wrong", "failed"): 1}
    assert problems(clinic, one) == {2: {"hora": "O médico não tem este horário livre."}}


def test_an_appointment_is_taken_back_without_trace(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    assert undone(clinic, one) == {("new", "undone"): 1}
    assert (count(clinic, Appointment), count(clinic, Slot, Slot.status != "free")) == (0, 0)
    assert clinic.csv_imports.counts(tried(clinic, "visits", VISITS, TUESDAY_NINE)) == {("new", "waiting"): 1}


def test_an_appointment_whose_reminder_went_out_stays(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    worker(clinic, Post()).drain()
    clinic.database.change(update(OutboxRow).where(OutboxRow.kind == "reminder").values(status="sent"))
    assert undone(clinic, one) == {("new", "kept"): 1}


def test_nothing_waits_to_be_told_of_an_appointment_that_was_taken_back(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    worker(clinic, Post()).drain()
    undone(clinic, one)
    worker(clinic, Post()).drain()
    assert count(clinic, OutboxRow, OutboxRow.status == "waiting") == 0
    assert count(clinic, OutboxRow, OutboxRow.reason == "gone") > 0


def test_an_appointment_that_was_confirmed_stays(clinic):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    clinic.desk.bookings.confirm_for(clinic.bookings.upcoming(clinic.people["bruno"])[0].id)
    assert undone(clinic, one) == {("new", "kept"): 1}


def test_a_visit_takes_the_time_beside_it_too(clinic):
    with_margin(clinic, after=10)
    done(clinic, "visits", VISITS, TUESDAY_NINE)
    [visit] = clinic.bookings.upcoming(clinic.people["bruno"])
    assert count(clinic, Slot, Slot.appointment_id == visit.id) == 2


def test_a_visit_without_room_beside_it_is_told(clinic):
    done(clinic, "visits", VISITS, TUESDAY_NINE.replace("09:00", "09:30").replace(CPF["bruno"], CPF["alice"]))
    with_margin(clinic, after=10)
    told = problems(clinic, tried(clinic, "visits", VISITS, TUESDAY_NINE))
    assert told == {2: {"hora": "Não há tempo livre para o preparo ou a arrumação que este tipo de consulta pede."}}
