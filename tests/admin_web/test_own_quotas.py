"""/medico/…/cotas, and what a full quota does on the pages of the desk and of the portal."""

from dataclasses import replace

import pytest

from clinic.editing import stamp
from clinic.roster import EVERYWHERE
from tests.admin_web.forms import as_shown, send, text


@pytest.fixture
def full(clinic):
    """Marina takes one visit a day of Saúde Total, and Bruno has it today."""
    doctor, saude = clinic.at.doctors["marina"], clinic.at.payers["saude"]
    clinic.practice.set_payer_quotas(doctor, {(saude, EVERYWHERE): 1}, stamp({}))
    hold = clinic.bookings.hold(clinic.slot(), by="t")
    terms = replace(clinic.terms(hold.slot), payer_id=saude)
    return clinic.bookings.book(clinic.people["bruno"], hold, terms, "telephone")


def path(clinic):
    return f"/medico/{clinic.at.doctors['marina']}/cotas"


def field(clinic, payer="saude", unit=EVERYWHERE):
    return f"quota-{clinic.at.payers[payer]}-{unit}"


def quotas(clinic):
    return clinic.practice.payer_quotas(clinic.at.doctors["marina"])


def test_what_is_shown_can_be_sent_back(clinic, manager):
    shown = as_shown(manager.get(path(clinic)).text) | {field(clinic): "4"}
    assert send(manager, path(clinic), shown).status_code == 303
    assert quotas(clinic) == {(clinic.at.payers["saude"], EVERYWHERE): 4}
    shown = as_shown(manager.get(path(clinic)).text)
    assert shown[field(clinic)] == ["4"]
    assert send(manager, path(clinic), shown | {field(clinic): ""}).status_code == 303
    assert quotas(clinic) == {}


@pytest.mark.parametrize("typed", ["0", "-1", "quatro", "201", "99999", "1,5", "²"])
def test_what_is_no_number_is_told_at_its_field_and_kept(clinic, manager, typed):
    shown = as_shown(manager.get(path(clinic)).text)
    reply = send(manager, path(clinic), shown | {field(clinic): typed})
    assert (reply.status_code, "Escreva um número de 1 a 200" in text(reply)) == (422, True)
    assert as_shown(reply.text)[field(clinic)] == [typed]


def test_who_saw_other_quotas_is_told_and_keeps_what_was_typed(clinic, manager):
    shown = as_shown(manager.get(path(clinic)).text)
    send(manager, path(clinic), shown | {field(clinic): "4"})
    reply = send(manager, path(clinic), shown | {field(clinic): "6"})
    assert reply.status_code == 409
    assert "Saúde Total, em todas as unidades 4" in text(reply)
    assert as_shown(reply.text)[field(clinic)] == ["6"]
    assert send(manager, path(clinic), as_shown(reply.text)).status_code == 303
    assert set(quotas(clinic).values()) == {6}


def test_each_unit_has_a_quota_of_its_own_where_there_are_several(clinic, manager):
    units = clinic.at.units
    clinic.directory.accept(clinic.at.doctors["marina"], clinic.at.payers["saude"], [units["norte"]])
    shown = as_shown(manager.get(path(clinic)).text)
    assert {field(clinic, unit=one) for one in units.values()} <= set(shown)


def test_a_doctor_without_payers_is_told_what_to_do_first(clinic, manager):
    page = text(manager.get(f"/medico/{clinic.directory.add_doctor('Ana Luz', 'doutora', '109', 'SP', {})}/cotas"))
    assert "Nenhum convênio combinado" in page


def test_the_desk_books_over_it_knowingly(clinic, desk, full):
    given = {"horario": clinic.slot().id, "paciente": clinic.people["carla"].id, "convenio": full.payer_id, "once": "a",
             "tipo": clinic.at.kinds["consultation"]}  # fmt: skip
    page = desk.get("/agenda/marcar", query_string=given)
    assert "A cota deste convênio com o médico está cheia neste dia (1 por dia)." in text(page)
    assert "Marcar consulta mesmo assim" in page.text
    assert send(desk, "/agenda/marcar", given).status_code == 409
    assert send(desk, "/agenda/marcar", given, ciente="cota").status_code == 303
    assert [one.entity for one in clinic.audit.latest(action="quota.knowing")] == ["appointment"]


def test_the_desk_moves_over_it_knowingly(clinic, desk, full):
    slot, days_later = clinic.slot(), clinic.slot(place=8)
    hold = clinic.bookings.hold(days_later, by="t")
    terms = replace(clinic.terms(days_later), payer_id=full.payer_id)
    booked = clinic.bookings.book(clinic.people["alice"], hold, terms, "web")
    reply = send(desk, f"/agenda/consultas/{booked.id}/mover", horario=slot.id)
    assert (reply.status_code, "Mudar mesmo assim para" in reply.text) == (409, True)
    sent = as_shown(reply.text[: reply.text.index("Mudar mesmo assim")])
    assert send(desk, f"/agenda/consultas/{booked.id}/mover", sent).status_code == 303
    assert [one.entity for one in clinic.audit.latest(action="quota.knowing")] == ["appointment"]


def test_a_patient_is_told_to_choose_another_day(clinic, site, full):
    browser = site.client("patient")
    browser.get("/portal")
    slot, query = clinic.slot(), {"especialidade": clinic.at.specialties["general"], "convenio": full.payer_id}
    page = text(browser.get(f"/portal/marcar/{slot.id}", query_string=query))
    assert "Neste dia o médico já não tem vaga por este convênio." in page
    assert send(browser, f"/portal/marcar/{slot.id}", query).status_code == 409


def test_an_encaixe_over_it_is_told(clinic, desk, full):
    given = {"paciente": clinic.people["carla"].id, "medico": full.doctor_id, "unidade": full.unit_id, "hora": "14:00",
             "tipo": full.kind_id, "motivo": "dor", "dia": "2026-11-23", "convenio": full.payer_id}  # fmt: skip
    assert "A cota de Saúde Total com Marina Corrêa está cheia neste dia (1 por dia)." in text(
        send(desk, "/agenda/encaixe", given)
    )
