"""Every transition of an appointment is one event for each program that wants it, and names nobody."""

import pytest
from sqlalchemy import select

from clinic.repetitions import Choice
from clinic.series_dates import Plan
from clinic.webhooks.fanout import EVENTS
from db.tables import AppointmentChange, OutboxRow
from tests.clinic.csv_lists import VISITS, done, undone
from tests.clinic.outbox.posts import cancel, move
from tests.clinic.small_clinic import CPF
from tests.clinic.webhooks.programs import heard, is_signed, subscribed, told, types

TUESDAY_NINE = f"{CPF['bruno']};101;SP;24/11/2026;09:00;Consulta"


@pytest.fixture
def secret(programs, server):
    return subscribed(programs, f"{server.url}/hook")[1]


def events(clinic):
    return [tuple(row) for row in clinic.database.rows(select(OutboxRow.kind, OutboxRow.status).where(
        OutboxRow.audience == "program").order_by(OutboxRow.id))]  # fmt: skip


def test_a_booking_is_told_signed_and_as_it_is(clinic, programs, server, secret):
    booked = clinic.book("alice")
    told(clinic, programs)
    [asked], [event] = server.asked, heard(server)
    assert is_signed(secret, asked, clinic.clock())
    assert (event["type"], event["version"], event["to_status"]) == ("appointment.booked", 1, "booked")
    assert (event["data"]["id"], event["data"]["doctor_id"]) == (booked.id, booked.doctor_id)
    assert event["data"]["starts_at"] == f"{booked.starts_at:%Y-%m-%dT%H:%M:%S}Z"


def test_sessions_of_a_series_are_told_with_it_and_others_with_none(clinic, programs, server, secret):
    booked, other, plan = clinic.book("alice"), clinic.book("bruno"), Plan(1, 2)
    [day] = clinic.desk.repetitions.preview(booked.id, plan).days
    clinic.desk.repetitions.book(booked.id, plan, {day.day: Choice(day.slot.id)}, "user:1", "form")
    told(clinic, programs)
    series = {event["data"]["id"]: event["data"]["series_id"] for event in heard(server)}
    assert (series.pop(other.id), len(series), set(series.values())) == (None, 2, {series[booked.id]})
    assert isinstance(series[booked.id], int)


def test_nothing_in_it_names_the_patient(clinic, programs, server, secret):
    clinic.book("alice")
    told(clinic, programs)
    body = server.asked[0].body.decode()
    assert [one for one in ("Alice", "529", "8765", "@", '"code"') if one in body] == []
    assert heard(server)[0]["data"]["patient_id"] == clinic.people["alice"].id


def test_a_program_that_asks_for_it_is_told_who_comes_and_never_the_cpf(clinic, programs, server):
    subscribed(programs, server.url, with_patient=True)
    clinic.book("alice")
    told(clinic, programs)
    data = heard(server)[0]["data"]
    assert (data["patient_name"], data["patient_phone"]) == ("Alice Ferreira", "5511987654321")
    assert "52998224725" not in server.asked[0].body.decode()


def test_the_whole_life_of_an_appointment_is_told_in_order(clinic, programs, server, secret):
    booked = clinic.book("alice")
    told(clinic, programs)
    for act in ("confirm_for", "arrive", "fulfil"):
        clinic.clock.move(seconds=1)
        where = clinic.desk.bookings if act == "confirm_for" else clinic.bookings
        getattr(where, act)(booked.id, *(() if act == "confirm_for" else ("user:1",)))
        told(clinic, programs)
    assert types(server) == ["booked", "confirmed", "arrived", "fulfilled"]
    numbers = [one["sequence"] for one in heard(server)]
    assert numbers == sorted(set(numbers))


def test_who_missed_it_and_came_after_all_is_told(clinic, programs, server, secret):
    booked = clinic.book("alice")
    clinic.clock.move(hours=1)
    clinic.bookings.no_show(booked.id, "user:1")
    clinic.bookings.arrive(booked.id, "user:1")
    told(clinic, programs)
    by_type = {one["type"]: one for one in heard(server)}
    assert by_type["appointment.arrived"]["from_status"] == "noshow"


def test_a_move_is_told_of_both_times(clinic, programs, server, secret):
    old = clinic.book("alice")
    new = move(clinic, old)
    clinic.clock.move(seconds=15)
    told(clinic, programs)
    last = {one["data"]["id"]: one for one in heard(server)}
    assert (last[old.id]["data"]["replaced_by"], last[old.id]["data"]["status"]) == (new.id, "cancelled")
    assert last[new.id]["data"]["status"] == "booked"


def test_what_was_taken_back_is_told_too_for_programs_may_have_heard_of_it(clinic, programs, server, secret):
    booked = clinic.book("alice")
    told(clinic, programs)
    cancel(clinic, booked)
    again = clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    told(clinic, programs)
    states = {one["data"]["id"]: one["data"]["status"] for one in heard(server)}
    assert (sorted(types(server)), states) == (
        ["booked", "cancelled", "restored"],
        {booked.id: "cancelled", again.id: "booked"},
    )


def test_an_event_that_comes_late_says_what_is_so_now(clinic, programs, server, secret):
    booked = clinic.book("alice")
    server.status = 500
    told(clinic, programs)
    clinic.bookings.arrive(booked.id, "user:1")
    server.status = 200
    clinic.clock.move(minutes=1)
    told(clinic, programs)
    late = next(one for one in heard(server)[1:] if one["type"] == "appointment.booked")
    assert (late["to_status"], late["data"]["status"]) == ("booked", "arrived")
    assert late["sequence"] == max(row[0] for row in clinic.database.rows(select(AppointmentChange.id)))


def test_only_what_a_program_wishes_is_told(clinic, programs, server):
    subscribed(programs, server.url, events=frozenset({"cancelled"}))
    cancel(clinic, clinic.book("alice"))
    clinic.clock.move(seconds=15)
    told(clinic, programs)
    assert types(server) == ["cancelled"]


def test_each_program_is_told_once(clinic, programs, server):
    for label in ("Um", "Dois"):
        subscribed(programs, f"{server.url}/{label}", label)
    clinic.book("alice")
    told(clinic, programs)
    told(clinic, programs)
    assert sorted(one.path for one in server.asked) == ["/Dois", "/Um"]


def test_what_happened_before_is_not_told(clinic, programs, server):
    clinic.book("alice")
    clinic.clock.move(seconds=1)
    subscribed(programs, server.url)
    told(clinic, programs)
    assert server.asked == []


def test_an_import_that_is_taken_back_is_told_to_who_heard_of_it(clinic, programs, server, secret):
    one = done(clinic, "visits", VISITS, TUESDAY_NINE)
    told(clinic, programs)
    undone(clinic, one)
    told(clinic, programs)
    first, last = heard(server)
    assert (types(server), last["data"]) == (["imported", "removed"], {"id": first["data"]["id"]})


def test_an_import_that_nobody_heard_of_is_not_told_as_removed(clinic, programs, server, secret):
    undone(clinic, done(clinic, "visits", VISITS, TUESDAY_NINE))
    told(clinic, programs)
    assert server.asked == []


def test_what_people_are_told_no_more_programs_still_hear(clinic, programs, server, secret):
    cancel(clinic, clinic.book("alice"))
    clinic.clock.move(seconds=15)
    told(clinic, programs)
    assert sorted(types(server)) == ["booked", "cancelled"]
    assert {status for _, status in events(clinic)} == {"sent"}


def test_every_event_has_its_place(clinic):
    assert len(set(EVENTS)) == len(EVENTS) and all(len(one) <= 20 for one in EVENTS)
