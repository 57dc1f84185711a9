"""What pages and programs do after several no-shows: people book, say why, and forgive."""

from datetime import timedelta

import pytest

from tests.admin_web.forms import send, text


@pytest.fixture
def missed(clinic):
    """Alice did not come, and once is enough."""
    clinic.profile.save(clinic.profile.get().model_copy(update={"no_shows": 1}))
    booked = clinic.book("alice")
    clinic.clock.now = booked.starts_at + timedelta(minutes=10)
    clinic.bookings.no_show(booked.id, "user:1")
    return booked


def books(clinic, desk, **more):
    given = {"horario": clinic.slot(place=5).id, "paciente": clinic.people["alice"].id, "once": "a", **more}
    return send(desk, "/agenda/marcar", given)


def test_the_portal_leads_to_the_reception_and_says_nothing_of_what_was_missed(clinic, site, missed):
    browser = site.client("patient")
    browser.get("/portal")
    path, specialty = f"/portal/marcar/{clinic.slot(place=5).id}", {"especialidade": clinic.at.specialties["general"]}
    page = text(browser.get(path, query_string=specialty))
    assert "A recepção marca a sua próxima consulta com você: ligue para (11) 3333-4444." in page
    assert "falt" not in page
    assert send(browser, path, specialty).status_code == 409
    assert clinic.bookings.upcoming(clinic.people["alice"]) == []


def test_the_desk_is_told_and_says_why(clinic, desk, missed):
    page = text(desk.get(f"/agenda/marcar?horario={clinic.slot(place=5).id}&paciente={clinic.people['alice'].id}"))
    assert "Por que marcar mesmo assim?" in page
    reply = books(clinic, desk)
    assert (reply.status_code, "escreva por que a consulta é marcada" in text(reply)) == (409, True)
    assert books(clinic, desk, motivo="combinado por telefone").status_code == 303
    [booked] = clinic.bookings.upcoming(clinic.people["alice"])
    assert "Marcada: combinado por telefone" in text(desk.get(f"/agenda/consultas/{booked.id}"))


def test_the_card_counts(clinic, desk, missed):
    page = text(desk.get(f"/pacientes/{clinic.people['alice'].id}"))
    assert "Só a recepção marca para este paciente: faltou a 1 consulta em 6 meses." in page
    assert "Faltas" not in text(desk.get(f"/pacientes/{clinic.people['bruno'].id}"))


def test_a_no_show_is_forgiven_with_a_reason(clinic, desk, missed):
    path = f"/agenda/consultas/{missed.id}"
    reply = send(desk, f"{path}/abonar", motivo=" ")
    assert (reply.status_code, "Escreva por que a falta é abonada" in text(reply)) == (422, True)
    assert send(desk, f"{path}/abonar", motivo="ônibus parado").status_code == 303
    page = text(desk.get(path))
    assert "Falta abonada: ônibus parado" in page and "Por que abonar" not in page
    assert clinic.allowances.missed(clinic.people["alice"]) == 0


def test_only_a_no_show_can_be_forgiven(clinic, desk):
    reply = send(desk, f"/agenda/consultas/{clinic.book('alice').id}/abonar", motivo="x")
    assert reply.status_code == 409


def test_the_rule_is_a_setting(clinic, site):
    manager = site.client("manager")
    page = manager.get("/ajustes").text
    assert "Faltas até marcar só com a recepção" in page
    assert clinic.profile.get().no_shows == 0
