"""The demo clinic: a clinic that looks real, whatever day it is made on."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from clinic import demo
from clinic.demo_data import ANA, GLANDS, JOAO, visitors
from clinic.services import open_clinic
from clinic.settings import Settings
from clinic.slots import Criteria
from db import migrate
from db.session import Database
from db.tables import Appointment, AppointmentChange, Doctor, Patient, Slot, SpokenName, Waiting

SUNDAY = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
CHRISTMAS = datetime(2026, 12, 24, 23, 30, tzinfo=UTC)
CARNAVAL = datetime(2027, 2, 9, 2, 0, tzinfo=UTC)
MONDAY_MORNING = datetime(2026, 11, 30, 10, 0, tzinfo=UTC)
DAYS = {"sunday": SUNDAY, "christmas": CHRISTMAS, "carnaval": CARNAVAL, "monday": MONDAY_MORNING}
ZONE = ZoneInfo("America/Sao_Paulo")


class Made:
    """A demo clinic and the moment it was made for."""

    def __init__(self, folder, now):
        self.now, self.today = now, now.astimezone(ZONE).date()
        self.settings = Settings(database_url=f"sqlite:///{folder}/demo.sqlite", spool=folder)
        migrate.upgrade(self.settings.database_url)
        assert demo.fill(self.settings, lambda: now)
        self.database = Database(self.settings.database_url)
        self.clinic = open_clinic(self.settings, lambda: now, self.database)

    def person(self, visitor):
        return self.clinic.patients.identify(visitor.cpf, visitor.birth_date, None, "test")

    def rows(self, *columns):
        return self.database.rows(select(*columns))

    def specialty(self, name):
        return next(one for one in self.clinic.directory.specialties() if one.name == name)


@pytest.fixture(scope="module", params=DAYS.values(), ids=DAYS.keys())
def made(request, tmp_path_factory):
    return Made(tmp_path_factory.mktemp("demo"), request.param)


def test_it_has_units_specialties_doctors_and_patients(made):
    assert len(made.clinic.units.all()) == 3
    assert len(made.clinic.directory.specialties()) == 8
    assert [len(made.rows(table.id)) for table in (Doctor, Patient)] == [14, 300]


def test_it_has_three_weeks_of_visits_behind_and_ahead(made):
    days = Counter(row.starts_at.astimezone(ZONE).date() - made.today for row in made.rows(Appointment.starts_at))
    behind, ahead = (sum(n for day, n in days.items() if timedelta() < sign * day <= timedelta(21)) for sign in (-1, 1))
    assert behind > 200
    assert ahead > 100


def test_what_was_is_over_and_what_comes_is_open(made):
    for row in made.rows(Appointment.starts_at, Appointment.status, Appointment.live):
        is_open = row.status in ("booked", "pending")
        assert (row.live == 1) == is_open
        assert is_open == (row.starts_at > made.now) or row.status == "cancelled"


def test_every_visit_ahead_has_its_slots_and_no_other_slot_is_taken(made):
    taken = {row.appointment_id for row in made.rows(Slot.appointment_id) if row.appointment_id}
    live = made.rows(Appointment.id, Appointment.live, Appointment.extra_n)
    assert taken == {row.id for row in live if row.live and row.extra_n is None}
    lengths = made.database.rows(
        select(func.count(Slot.id), func.max(Slot.ends_at), Appointment.ends_at)
        .join(Appointment, Appointment.id == Slot.appointment_id)
        .where(Slot.starts_at < Appointment.ends_at)  # what is taken after it is for cleaning
        .group_by(Appointment.id)
    )
    assert all(slots_end.replace(tzinfo=UTC) == visit_ends for _, slots_end, visit_ends in lengths)


def test_nobody_has_more_than_two_visits_ahead(made):
    live = (row.patient_id for row in made.rows(Appointment.patient_id, Appointment.live) if row.live)
    ahead = Counter(one for one in live if one is not None)
    assert max(ahead.values()) <= 2


def test_ana_has_a_visit_to_confirm(made):
    booking = made.clinic.bookings.needs_confirmation(made.person(ANA))
    assert booking
    assert made.clinic.directory.doctor(booking.doctor_id).name == "Marina Corrêa"
    assert booking in made.clinic.bookings.upcoming(made.person(ANA))


def test_ana_was_with_a_doctor_before_and_has_no_return(made):
    assert made.clinic.bookings.return_and_last_doctor(made.person(ANA))[1]
    assert made.clinic.bookings.open_return(made.person(ANA)) is None


def test_joao_has_a_return_open(made):
    found = made.clinic.bookings.open_return(made.person(JOAO))
    assert found
    assert made.clinic.directory.doctor(found.doctor_id).name == "Otávio Brandão"
    assert found.until > made.today
    assert made.clinic.bookings.upcoming(made.person(JOAO)) == []


def test_one_specialty_has_nothing_free_and_the_others_have(made):
    free = {one.name: one.has_free for one in made.clinic.directory.specialties()}
    assert [name for name, has_free in free.items() if not has_free] == [GLANDS]


def test_one_doctor_approves_requests_and_some_wait(made):
    waiting = {row.doctor_id for row in made.rows(Appointment.doctor_id, Appointment.status) if row.status == "pending"}
    assert [made.clinic.directory.doctor(one).approves for one in waiting] == [True]


def test_times_are_kept_for_two_who_wait(made):
    offers = [one.offer for one in made.clinic.waiting_list.places.all() if one.offer]
    assert len(offers) == 2
    assert all(one.until > made.clinic.clock() for one in offers)


def test_something_waits_for_everybody_who_works(made):
    assert {one.event for one in made.clinic.desk.notices.waiting()} >= {"cancelled", "declined"}
    assert {one.kind for one, _ in made.clinic.portal.requests.open()} == {"correction", "erasure"}
    [tried] = made.clinic.csv_imports.latest()
    assert (tried.status, tried.lines) == ("tried", 3)
    assert len(made.rows(Waiting.id)) >= 4


def test_a_name_only_spoken_so_far_can_be_heard(made):
    [waiting] = made.clinic.desk.intake.waiting()
    assert made.clinic.desk.intake.spoken_name(waiting.id).stat().st_size > 1000
    assert waiting.visits == 1


def test_a_doctor_is_away_when_nobody_is_booked(made):
    marina = next(row.id for row in made.rows(Doctor.id, Doctor.name) if row.name == "Marina Corrêa")
    [away] = made.clinic.practice.absences(marina)
    assert made.clinic.practice.hit_by_absence(marina, away.starts_at, away.ends_at) == []


def test_what_happened_has_a_history_and_happened_by_day(made):
    changes = made.rows(AppointmentChange.at, AppointmentChange.event)
    assert {row.event for row in changes} >= {"booked", "requested", "confirmed", "arrived", "fulfilled", "noshow"}
    assert all(7 <= row.at.astimezone(ZONE).hour <= 19 for row in changes if row.at < made.now - timedelta(hours=2))


def test_nobody_is_announced_without_rqe_but_in_general_practice(made):
    for specialty in made.clinic.directory.specialties():
        found = made.clinic.directory.doctors(Criteria(specialty.id))
        assert all(doctor.rqe or specialty.name == "Clínica médica" for doctor in found)


def test_an_exam_has_its_preparation(made):
    exam = made.specialty("Ultrassonografia")
    assert "jejum" in made.clinic.directory.kind(exam.kind_id).preparation


def test_the_names_a_caller_hears_are_asked_for(made):
    asked = {row.text for row in made.rows(SpokenName.text)}
    assert {"Clínica Vila Aurora", "Marina Corrêa", "Beatriz Iamachita", "Rua Sete de Abril, 237"} <= asked


def test_a_database_with_a_clinic_is_left_alone(made):
    before = len(made.rows(Patient.id))
    assert demo.fill(made.settings, lambda: made.now) is False
    assert len(made.rows(Patient.id)) == before


def test_it_is_the_same_every_time(made, tmp_path):
    again = Made(tmp_path, made.now)
    columns = (Appointment.patient_id, Appointment.doctor_id, Appointment.starts_at, Appointment.status)
    assert again.rows(*columns) == made.rows(*columns)


def test_the_visitors_are_shown_with_what_they_type():
    assert [(one.cpf, one.birth_date) for one in visitors()] == [
        ("11144477735", date(1980, 4, 5)),
        ("52998224725", date(1955, 9, 12)),
    ]
