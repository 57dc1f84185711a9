"""Migrations go up and down, with data in the tables, on every database."""

from datetime import timedelta

import pytest
from pyotp import TOTP
from sqlalchemy import Engine, create_engine, insert, inspect, select, update

from clinic.repetitions import Choice
from clinic.second_factor import SecondFactor
from clinic.series_dates import Plan
from db import migrate
from db.session import Database
from db.tables import (
    Appointment,
    ClinicProfile,
    ContactPreference,
    Doctor,
    MailboxPlace,
    MessageText,
    OutboxRow,
    Protocol,
    Table,
    Undeliverable,
    VisitKind,
    WebhookAttempt,
    WebhookSubscription,
)
from tests.admin_web.site import make_user
from tests.clinic.margins import with_margin
from tests.clinic.small_clinic import small_clinic
from tests.clinic.templates import START


@pytest.fixture(params=["sqlite", *(pytest.param(name, marks=pytest.mark.live) for name in START)])
def url(request, tmp_path):
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/alo.sqlite"
    return START[request.param]().schema("migrate")


def tables(url):
    engine: Engine = create_engine(url)
    names = set(inspect(engine).get_table_names())
    engine.dispose()
    return names - {"alembic_version"}


def test_there_is_one_head():
    assert len(migrate.heads()) == 1


def test_an_empty_database_becomes_what_the_code_expects(url):
    assert migrate.current(url) is None
    migrate.upgrade(url)
    assert [migrate.current(url)] == migrate.heads()
    assert migrate.differences(url) == []
    assert tables(url) == set(Table.metadata.tables)


def test_down_and_up_with_data_in_the_tables(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    small.book("alice")
    somebody_logged_in(small)
    something_was_said(small)
    somebody_waits(small)
    a_program_was_told(small)
    a_visit_repeats(small)
    small.database.close()
    migrate.downgrade(url, "base")
    assert tables(url) == set()
    migrate.upgrade(url)
    assert tables(url) == set(Table.metadata.tables)


def somebody_logged_in(small):
    """Rows in every table of access."""
    user = make_user(small, "patient")
    small.users.set_units(user, small.at.units.values(), by="system")
    small.sessions.open(user)
    small.mailed_links.make(user, "reset", "alice@example.com")
    small.devices.remember(user, None)
    small.login_limits.attempt("cpf:1", "address:1")
    second = SecondFactor(small.database, small.audit, small.login_limits, small.clock, "key")
    setup = second.begin(user, "Clínica", "Alice")
    second.finish(user, TOTP(setup.secret).at(small.clock()))


def a_visit_repeats(small):
    """Two visits of one series."""
    [booked], plan = small.bookings.upcoming(small.people["alice"]), Plan(1, 2, 10, "A-77")
    [day] = small.desk.repetitions.preview(booked.id, plan).days
    assert small.desk.repetitions.book(booked.id, plan, {day.day: Choice(day.slot.id)}, "user:1", "form") == {}


def test_visits_of_a_series_outlive_a_step_down(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    small.book("alice")
    a_visit_repeats(small)
    small.database.close()
    migrate.downgrade(url, "0016")
    migrate.upgrade(url)
    left = small.database.rows(select(Appointment.status, Appointment.series_id).order_by(Appointment.id))
    assert [tuple(row) for row in left] == [("booked", None), ("booked", None)]
    small.database.close()


def test_doctors_weigh_the_same_until_somebody_says_otherwise(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    small.database.change(update(Doctor).values(weight=7))
    small.database.close()
    migrate.downgrade(url, "0017")
    migrate.upgrade(url)
    assert {row.weight for row in small.database.rows(select(Doctor.weight))} == {1}
    small.database.close()


def something_was_said(small):
    """Rows in every table of messages."""
    who, at = small.people["alice"].id, small.clock()
    for table, row in (
        (OutboxRow, {"kind": "booked", "created_at": at, "due_at": at}),
        (MessageText, {"kind": "booked", "audience": "patient"}),
        (ContactPreference, {"patient_id": who, "updated_at": at, "by": "desk"}),
        (Undeliverable, {"address": "alice@example.com", "status": "5.1.1", "since": at}),
        (MailboxPlace, {"mailbox": "inbox", "validity": 1, "seen": 7}),
        (Protocol, {"number": "261123000001", "medium": "web", "created_at": at, "appointment_id": 1}),
    ):
        small.database.change(insert(table).values(**row))


def a_program_was_told(small):
    """A subscription, what it was told, and what waits for it."""
    at = small.clock()
    one = {"label": "Painel", "url": "https://painel.example/", "secret": "x", "created_at": at, "by": "user:1"}
    tried = {"uid": "f" * 32, "attempt": 1, "at": at, "milliseconds": 3, "status": 200, "answer": "", "body": "{}"}
    told = {"kind": "booked", "audience": "program", "uid": "f" * 32, "lane": 1, "created_at": at, "due_at": at}
    number = small.database.change(insert(WebhookSubscription).values(**one)).lastrowid
    for table, row in ((WebhookAttempt, tried), (OutboxRow, told)):
        small.database.change(insert(table).values(**row, subscription_id=number))


def test_what_people_are_to_be_told_outlives_a_step_down(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    something_was_said(small)
    a_program_was_told(small)
    small.database.close()
    migrate.downgrade(url, "0012")
    migrate.upgrade(url)
    wanted = select(OutboxRow.kind, OutboxRow.audience, OutboxRow.lane)
    assert [tuple(row) for row in small.database.rows(wanted)] == [("booked", None, 0)]
    small.database.close()


def somebody_waits(small):
    """A place in the list, and a time that is kept for it: with its slot and its message."""
    place = small.waiting_list.join(small.people["bruno"], small.at.specialties["general"], "web", but_free=True)
    until = small.clock() + timedelta(hours=2)
    small.waiting_list.offers.make(place.id, small.slot("paulo"), 30, until, "test")


def test_who_waited_before_times_were_offered_waits_on(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    somebody_waits(small)
    migrate.downgrade(url, "0011")
    assert "waiting_offers" not in tables(url)
    migrate.upgrade(url)
    [line] = small.waiting_list.places.all()
    assert (line.name, line.offer) == ("Bruno Lima", None)
    small.database.close()


def test_visits_from_before_there_were_messages_are_spoken_of(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    coming, gone = small.book("alice"), small.book("bruno")
    small.bookings.cancel(small.people["bruno"], gone.id, "other", "telephone")
    small.database.close()
    migrate.downgrade(url, "0010")
    migrate.upgrade(url)
    wanted = select(OutboxRow.kind, OutboxRow.appointment_id, OutboxRow.audience, OutboxRow.status)
    assert [tuple(row) for row in small.database.rows(wanted)] == [("imported", coming.id, None, "waiting")]
    small.database.close()


def test_kinds_of_visit_from_before_margins_have_none(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    with_margin(small, before=5, after=10)
    booked = small.book("alice")
    small.database.close()
    migrate.downgrade(url, "0015")
    migrate.upgrade(url)
    wanted = select(VisitKind.minutes, VisitKind.before_minutes, VisitKind.after_minutes).order_by(VisitKind.id)
    assert [tuple(row) for row in small.database.rows(wanted)] == [(60, 0, 0), *[(30, 0, 0)] * 3]
    assert small.bookings.get(booked.id).status == "booked"
    small.database.close()


def test_a_clinic_from_before_there_were_log_ins_keeps_its_people(url):
    migrate.upgrade(url)
    small = small_clinic(url)
    somebody_logged_in(small)
    migrate.downgrade(url, "0001")
    assert "users" not in tables(url)
    migrate.upgrade(url)
    assert small.patients.get(small.people["alice"].id).name == "Alice Ferreira"
    assert not small.users.any()
    small.database.close()


def test_an_upgrade_twice_changes_nothing(url):
    for _ in range(2):
        migrate.upgrade(url)
    database = Database(url)
    assert len(database.rows(select(ClinicProfile.id))) == 1
    database.close()
