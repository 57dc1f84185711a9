"""Every contact has a number: a call its own, and whatever else is done to an appointment one for each time."""

from datetime import date

import pytest
from sqlalchemy import select

from clinic import appointments
from clinic.appointments import Act
from clinic.protocols import Contact, Protocols
from db.tables import AppointmentChange, Protocol
from tests.clinic.outbox.posts import Post, worker


@pytest.fixture
def clinic(any_clinic):
    return any_clinic


def book(clinic, via="web", place=40, who="alice"):
    slot = clinic.slot(place=place)
    hold = clinic.bookings.hold(slot, by="session-1")
    return clinic.bookings.book(clinic.people[who], hold, clinic.terms(slot), via=via)


def numbers(clinic):
    """Of the history, oldest first."""
    lines = select(AppointmentChange.event, AppointmentChange.protocol).order_by(AppointmentChange.id)
    return [tuple(row) for row in clinic.database.rows(lines)]


def given(clinic):
    return sorted(row[0] for row in clinic.database.rows(select(Protocol.number)))


@pytest.mark.parametrize("via", ["web", "email", "sms", "desk", "api"])
def test_a_booking_has_a_number_whatever_the_medium(clinic, via):
    book(clinic, via)
    [(event, number)] = numbers(clinic)
    assert (event, len(number), number[:6]) == ("booked", 12, "261123")
    assert given(clinic) == [number]


def test_the_telephones_is_the_calls(clinic):
    visit = clinic.book("alice", clinic.slot(place=40))
    assert numbers(clinic) == [("booked", None)]
    number = clinic.calls.protocol("test-call")
    assert Protocols(clinic.database).last_of(visit.id) == number


def test_a_move_is_one_contact(clinic):
    visit = book(clinic)
    hold = clinic.bookings.hold(clinic.slot(place=3), by="session-1")
    clinic.bookings.reschedule(clinic.people["alice"], visit.id, hold, "web")
    [booked, moved, new] = [number for _, number in numbers(clinic)]
    assert booked != moved == new and given(clinic) == sorted([booked, moved])


def test_taking_back_belongs_to_what_is_taken_back(clinic):
    visit = book(clinic)
    clinic.bookings.cancel(clinic.people["alice"], visit.id, "other", "web")
    again = clinic.bookings.undo(clinic.people["alice"], visit.id, "web")
    [booked, cancelled, restored] = [number for _, number in numbers(clinic)]
    assert booked != cancelled == restored
    assert Protocols(clinic.database).last_of(again.id) == restored


def test_an_answer_by_a_link_is_a_contact(clinic):
    visit = book(clinic)
    clinic.bookings.confirm(clinic.people["alice"], visit.id, "email")
    (_, first), (event, second) = numbers(clinic)
    assert (event, first != second) == ("confirmed", True)


def test_what_the_clinic_does_by_itself_is_none(clinic):
    visit = book(clinic, place=0)
    clinic.bookings.arrive(visit.id, by="user:1")
    clinic.bookings.fulfil(visit.id, by="user:1", via="web")
    assert [number for _, number in numbers(clinic)][1:] == [None, None]


def test_a_number_that_is_anothers_is_drawn_again(clinic):
    visit = clinic.book("alice", clinic.slot(place=40))
    drawn = iter(["261123000001", "261123000001", "261123000002"])
    for _ in range(2):
        act = Act("user:1", "desk", clinic.clock(), contact=Contact(lambda _: next(drawn)))
        told = (visit.id, act, "confirmed", "booked", "booked")
        clinic.database.write(lambda connection, told=told: appointments.tell(connection, *told))
    assert given(clinic) == ["261123000001", "261123000002"]


def test_the_message_tells_it(clinic):
    book(clinic)
    worker(clinic, post := Post()).drain()
    [(_, number)] = numbers(clinic)
    assert f"Protocolo: {number}" in post.sent[-1].text


def test_who_it_was_is_found_by_it(clinic):
    book(clinic)
    [(_, number)] = numbers(clinic)
    found = [Protocols(clinic.database).patient_of(typed) for typed in (number, f" prot. {number} ", number[:6])]
    assert found == [clinic.people["alice"].id, clinic.people["alice"].id, None]


def test_who_called_is_found_by_the_number_of_the_call(clinic):
    clinic.calls.started("1.1", "1.1", None, "4000", None)
    clinic.calls.identified("1.1", clinic.people["bruno"])
    number = clinic.calls.protocol("1.1")
    assert Protocols(clinic.database).patient_of(number) == clinic.people["bruno"].id
    assert Protocols(clinic.database).patient_of("000000000000") is None


def test_the_desk_finds_who_it_was_by_it(clinic):
    book(clinic)
    [(_, number)] = numbers(clinic)
    assert [one.name for one in clinic.desk.search.find(number, by="user:1")] == ["Alice Ferreira"]


def test_the_card_tells_the_number_of_each_contact_and_of_the_last_one(clinic):
    visit = clinic.book("alice", clinic.slot(place=40))
    called = clinic.calls.protocol("test-call")
    clinic.bookings.confirm(clinic.people["alice"], visit.id, "email")
    found = clinic.desk.cards.visit(visit.id, by="user:1")
    assert [one.protocol for one in found.changes] == [called, found.protocol]
    assert found.protocol not in ("", called)


def test_whatever_a_pre_registration_did_leads_to_it_until_it_is_dealt_with(clinic):
    heard = clinic.patients.pre_register("39053344705", date(1980, 4, 5), "5511988887777", None, "261123000001")
    clinic.people["heard"] = heard
    clinic.waiting_list.join(heard, clinic.at.specialties["general"], "telephone", protocol="261123000002")
    book(clinic, who="heard")
    found = Protocols(clinic.database).unfinished_of
    assert {found(one) for one in ("261123-000001", "261123000002", *given(clinic))} == {heard.id}
    assert (found("261123000009"), found("2611")) == (None, None)
    clinic.desk.intake.refuse(heard.id, "user:1")
    assert found("261123000001") is None
