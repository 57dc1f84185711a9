"""What is offered at the desk instead of a time that is gone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from admin_web import desk_words
from tests.admin_web.forms import text

ZONE = ZoneInfo("America/Sao_Paulo")


def ask(desk, slot, patient, kind):
    desk.get("/agenda")
    form = {"csrf_token": desk.get_cookie("alo_csrf").value, "horario": slot.id, "paciente": patient.id, "tipo": kind}
    return text(desk.post("/agenda/marcar", data=form))


def test_times_instead_are_as_long_as_the_visit(clinic, desk):
    lost, later = clinic.slot("marina"), clinic.slot("marina", place=2)
    clinic.book("bruno", lost)
    clinic.book("carla", later)
    assert "Escolha outro: 10:30, 11:30 ou" in ask(desk, lost, clinic.people["alice"], clinic.at.kinds["consultation"])
    assert "10:30" not in ask(desk, lost, clinic.people["alice"], clinic.at.kinds["first"])


def test_who_hears_that_a_time_is_gone_does_not_hear_that_it_is_short(clinic, desk):
    lost = clinic.slot("marina")
    clinic.book("bruno", lost)
    page = ask(desk, lost, clinic.people["alice"], clinic.at.kinds["first"])
    assert "Este horário acabou de ser reservado." in page
    assert "minutos seguidos" not in page


@pytest.mark.parametrize("kind", ["first", "consultation"])
def test_a_time_that_somebody_is_booking_is_told_as_such_and_not_as_short(clinic, desk, kind):
    wanted, alice = clinic.slot("marina"), clinic.people["alice"]
    clinic.bookings.hold(wanted, by="user:99")
    asked = f"horario={wanted.id}&paciente={alice.id}&tipo={clinic.at.kinds[kind]}"
    page = text(desk.get(f"/agenda/marcar?{asked}"))
    assert "Este horário está sendo reservado por outra pessoa. Escolha outro: 10:30" in page
    assert "minutos seguidos" not in page


def test_a_time_that_is_over_is_told_as_such(clinic, desk):
    slot, alice = clinic.slot("marina"), clinic.people["alice"]
    clinic.clock.now = slot.starts_at + timedelta(minutes=1)
    assert "Este horário já passou. Escolha outro" in text(
        desk.get(f"/agenda/marcar?horario={slot.id}&paciente={alice.id}")
    )


def test_a_time_of_another_day_is_told_with_its_day():
    gone = datetime(2026, 11, 23, 13, tzinfo=UTC)
    times = [gone + timedelta(minutes=30), gone + timedelta(days=1)]
    assert desk_words.others(times, gone, ZONE) == "10:30 ou ter., 24 nov., 10:00"
