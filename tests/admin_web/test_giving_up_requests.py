"""Who gives up asking for another time is told so, and never that the visit itself is off."""

from zoneinfo import ZoneInfo

import pytest

from tests.admin_web.forms import send, text
from tests.admin_web.test_message_reply import browser, linked, opened

__all__ = ["browser", "linked"]
STAYS = "Se era para mudar uma consulta, ela continua no "


@pytest.fixture
def asked(clinic):
    """Alice would rather see Rita at another time."""
    first = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology")
    visit = clinic.bookings.accept(first.id, "user:rita")
    hold = clinic.bookings.hold(clinic.slot("rita", "cardiology"), by="call")
    return clinic.bookings.reschedule(clinic.people["alice"], visit.id, hold, "telephone")


def test_at_the_desk(clinic, desk, asked):
    desk.get("/agenda")
    reply = send(desk, f"/agenda/consultas/{asked.id}/cancelar", reason="cannot_attend")
    page = text(desk.get(reply.location))
    assert ("Pedido cancelado." in page, STAYS in page, "Consulta cancelada" in page) == (True, True, False)


@pytest.fixture
def listed(clinic, desk, asked):
    """What is said to who calls Alice, once something was done with her request."""

    def listed(what):
        what(asked.id)
        return text(desk.get("/avisar"))

    return listed


def test_who_calls_them_reads_that_the_visit_stands(clinic, listed):
    page = listed(lambda asked: clinic.desk.bookings.cancel_for(asked, "clinic", "user:1"))
    assert "Pedido de mudança cancelado; a consulta de seg., 23 nov., 10:00 continua marcada · pedido para" in page


def test_so_do_they_where_the_doctor_declined(clinic, listed):
    page = listed(lambda asked: clinic.bookings.decline(asked, "user:rita"))
    assert "Pedido de mudança recusado pelo médico; a consulta de seg., 23 nov., 10:00 continua marcada" in page


def test_of_a_visit_that_is_off_they_read_that(clinic, listed):
    visit, _ = clinic.bookings.upcoming(clinic.people["alice"])
    page = listed(lambda _: clinic.desk.bookings.cancel_for(visit.id, "clinic", "user:1"))
    assert ("Cancelada · consulta de seg., 23 nov., 10:00" in page, "continua marcada" in page) == (True, False)


def test_on_the_portal(clinic, alice, asked):
    alice.get("/portal/consultas")
    page = text(alice.get(send(alice, f"/portal/consultas/{asked.id}/cancelar", reason="cannot_attend").location))
    assert ("Você desistiu do pedido" in page, STAYS in page, "Consulta cancelada" in page) == (True, True, False)


def test_by_the_link_of_a_message(linked, browser, asked):
    where = opened(browser, asked, deed="cancel")
    assert "Até lá vale a consulta de seg., 23 nov., 10:00." in text(browser.get(where))
    send(browser, f"{where}/desmarcar", reason="cannot_attend")
    page = text(browser.get(where))
    assert "Este pedido de mudança acabou. A consulta de seg., 23 nov., 10:00 continua marcada." in page
    assert "Você não precisa vir" not in page


def test_a_request_that_was_declined_leaves_the_visit(linked, browser, asked):
    linked.bookings.decline(asked.id, "user:rita")
    assert "continua marcada" in text(browser.get(opened(browser, asked)))


def test_a_request_that_ended_since_another_was_granted_tells_when_the_visit_is_now(linked, browser, asked):
    alice = linked.people["alice"]
    visit = next(one for one in linked.bookings.upcoming(alice) if one.status == "booked")
    hold = linked.bookings.hold(linked.slot("rita", "cardiology"), by="another call")
    other = linked.bookings.reschedule(alice, visit.id, hold, "telephone")
    granted = linked.bookings.accept(other.id, "user:rita")
    assert linked.bookings.get(asked.id).status == "cancelled"
    page = text(browser.get(opened(browser, asked)))
    local = granted.starts_at.astimezone(ZoneInfo("America/Sao_Paulo"))
    assert f"Este pedido de mudança acabou. A consulta de seg., 23 nov., {local:%H:%M} continua marcada." in page
    assert "Você não precisa vir" not in page


def test_of_a_visit_that_is_off_the_link_of_its_request_says_so(linked, browser, asked):
    visit, _ = linked.bookings.upcoming(linked.people["alice"])
    linked.bookings.cancel(linked.people["alice"], visit.id, "cannot_attend", "web")
    page = text(browser.get(opened(browser, asked)))
    assert ("Você não precisa vir" in page, "continua marcada" in page) == (True, False)
