"""/pacientes without a browser."""

import re
from datetime import date

import pytest

from clinic.editing import stamp
from tests.admin_web.forms import as_shown
from tests.admin_web.site import make_site
from tests.admin_web.test_agenda import send, text

GOOD = {"name": "Ana Paula Ribeiro", "cpf": "390.533.447-05", "birth_date": "05/04/1980", "phones": "(11) 98888-7777"}


@pytest.fixture
def desk(clinic, tmp_path):
    return make_site(clinic, tmp_path).client("attendant")


@pytest.fixture
def pre(clinic):
    person = clinic.patients.pre_register("39053344705", date(1980, 4, 5), "5511988887777", None, "261123000001")
    slot = clinic.slot()
    clinic.bookings.book(person, clinic.bookings.hold(slot, "call"), clinic.terms(slot), "telephone")
    return person.id


def test_a_patient_is_found_with_what_tells_people_apart(desk):
    page = text(desk.get("/pacientes?q=ALICE"))
    assert "Alice Ferreira 05/04/1980 (46 anos) ***.982.247-** (11) •••••-4321" in page


def test_nobody_found_leads_to_registering(desk):
    page = desk.get("/pacientes?q=Zuleica").text
    assert "/pacientes/novo?q=Zuleica" in page


def test_the_protocol_of_a_pre_registration_leads_to_it(desk, pre):
    page = desk.get("/pacientes?q=261123-000001").text
    assert f"/pacientes/pre-cadastros/{pre}" in page and "Ninguém encontrado" not in page


def test_the_card_shows_history_and_family(clinic, desk):
    clinic.book("alice", clinic.slot("marina"))
    page = text(desk.get(f"/pacientes/{clinic.people['alice'].id}"))
    assert "seg., 23 nov., 10:00" in page
    assert "Marcada seg., 23 nov., 09:00, pelo telefone" in page
    assert "Davi Ferreira" in page


def test_a_new_patient_has_a_card(clinic, desk):
    reply = send(desk, "/pacientes/novo", **GOOD)
    assert "Ana Paula Ribeiro" in text(desk.get(reply.location))


def test_a_new_patient_goes_on_to_the_booking(clinic, desk):
    reply = send(desk, "/pacientes/novo", **GOOD, horario=clinic.slot().id)
    assert reply.location.startswith(f"/agenda/marcar?horario={clinic.slot().id}&paciente=")


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(desk):
    reply = send(desk, "/pacientes/novo", **(GOOD | {"cpf": "111", "birth_date": "31/02/1980"}))
    assert reply.status_code == 422
    assert "Este CPF não existe" in reply.text
    assert 'id="f-birth_date-error"' in reply.text
    assert 'value="Ana Paula Ribeiro"' in reply.text


def test_a_cpf_on_file_leads_to_its_card(clinic, desk):
    reply = send(desk, "/pacientes/novo", **(GOOD | {"cpf": "529.982.247-25"}))
    assert (reply.status_code, f'/pacientes/{clinic.people["alice"].id}"' in reply.text) == (422, True)


def test_a_dependant_needs_no_cpf(clinic, desk):
    alice = clinic.people["alice"].id
    assert "Alice Ferreira" in text(desk.get(f"/pacientes/novo?responsavel={alice}"))
    reply = send(desk, "/pacientes/novo", **(GOOD | {"cpf": ""}), guardian_id=alice)
    assert "Responsável Alice Ferreira" in text(desk.get(reply.location))


def test_what_is_on_file_is_corrected(clinic, desk):
    alice = clinic.people["alice"].id
    assert 'value="529.982.247-25"' in desk.get(f"/pacientes/{alice}/editar").text
    send(desk, f"/pacientes/{alice}/editar", **GOOD, seen=seen(desk, alice))
    assert "Ana Paula Ribeiro" in text(desk.get(f"/pacientes/{alice}"))


def seen(desk, patient):
    return re.search(r'name="seen" value="(\w+)"', desk.get(f"/pacientes/{patient}/editar").text)[1]


def test_two_who_correct_at_once_do_not_undo_each_other(clinic, desk):
    alice = clinic.people["alice"].id
    begun = seen(desk, alice)
    send(desk, f"/pacientes/{alice}/editar", **GOOD, seen=begun)
    reply = send(desk, f"/pacientes/{alice}/editar", **(GOOD | {"name": "Outra Pessoa"}), seen=begun)
    assert reply.status_code == 409
    assert "Como está guardado agora" in reply.text
    assert "Outra pessoa mudou estes dados" in reply.text
    assert 'value="Outra Pessoa"' in reply.text


def on_file(clinic):
    return clinic.desk.cards.patient(clinic.people["alice"].id)


def test_a_payer_and_a_unit_out_of_use_stay_with_who_has_them(clinic, desk):
    before, path = on_file(clinic), f"/pacientes/{clinic.people['alice'].id}/editar"
    for sort, one in (("payer", before.usual_payer_id), ("unit", before.usual_unit_id)):
        clinic.editing.save(sort, one, {"active": False}, stamp(clinic.editing.record(sort, one)))
    send(desk, path, **as_shown(desk.get(path).text))
    assert on_file(clinic) == before
    assert "Particular</option>" not in desk.get("/pacientes/novo").text


def test_a_payer_a_unit_and_a_guardian_saved_meanwhile_are_told(clinic, desk):
    path = f"/pacientes/{clinic.people['alice'].id}/editar"
    mine = as_shown(desk.get(path).text)
    theirs = {
        "usual_payer_id": clinic.at.payers["saude"], "usual_unit_id": clinic.at.units["norte"],
        "guardian_id": clinic.people["bruno"].id,
    }  # fmt: skip
    send(desk, path, **(mine | theirs))
    told = text(send(desk, path, **(mine | {"usual_payer_id": ""})))
    assert all(words in told for words in ("Responsável Bruno Lima", "Costuma pagar com Saúde Total"))
    assert "Unidade preferida Santana" in told
    assert "E-mail alice" not in told


def test_what_is_wrong_does_not_hide_what_another_saved(clinic, desk):
    path = f"/pacientes/{clinic.people['alice'].id}/editar"
    mine = as_shown(desk.get(path).text)
    send(desk, path, **(mine | {"email": "nova@example.com"}))
    again = as_shown(send(desk, path, **(mine | {"cpf": "111"})).text) | {"cpf": mine["cpf"]}
    assert send(desk, path, **again).status_code == 409
    assert on_file(clinic).email == "nova@example.com"


def test_a_pre_registration_is_completed_with_its_appointment(clinic, desk, pre):
    assert "consulta marcada" in text(desk.get("/pacientes/pre-cadastros"))
    assert 'value="390.533.447-05"' in desk.get(f"/pacientes/pre-cadastros/{pre}").text
    reply = send(desk, f"/pacientes/pre-cadastros/{pre}/completar", **GOOD)
    assert "seg., 23 nov., 10:00" in text(desk.get(reply.location))


def test_a_pre_registration_is_joined_to_a_card(clinic, desk, pre):
    assert "Alice Ferreira" in text(desk.get(f"/pacientes/pre-cadastros/{pre}?q=alice"))
    reply = send(desk, f"/pacientes/pre-cadastros/{pre}/juntar", paciente=clinic.people["alice"].id)
    assert reply.location == f"/pacientes/{clinic.people['alice'].id}"


@pytest.mark.parametrize("patient", ["", "x", "999999", "0", "9" * 40])
def test_joining_to_nobody_is_told(desk, pre, patient):
    assert send(desk, f"/pacientes/pre-cadastros/{pre}/juntar", paciente=patient).status_code == 422


def test_refusing_wants_a_reason(clinic, desk, pre):
    assert send(desk, f"/pacientes/pre-cadastros/{pre}/recusar").status_code == 422
    long = send(desk, f"/pacientes/pre-cadastros/{pre}/recusar", note="x" * 10_000)
    assert (long.status_code, "Cabe até 200 letras." in long.text, "x" * 10_000 in long.text) == (422, True, True)
    send(desk, f"/pacientes/pre-cadastros/{pre}/recusar", note="engano")
    assert "Tudo em dia" in text(desk.get("/pacientes/pre-cadastros"))


def test_who_comes_second_is_told(desk, pre):
    send(desk, f"/pacientes/pre-cadastros/{pre}/recusar", note="engano")
    reply = send(desk, f"/pacientes/pre-cadastros/{pre}/completar", **GOOD)
    assert "já foi resolvido por outra pessoa" in text(desk.get(reply.location))


@pytest.mark.parametrize("path", ["/pacientes/999999", "/pacientes/pre-cadastros/999999", "/pacientes/999999/editar"])
def test_nobody_is_not_there(desk, path):
    assert desk.get(path).status_code == 404


def reads(clinic) -> list[str]:
    """What was read since the last question, the oldest first."""
    lines = reversed(clinic.audit.latest())
    return [one.action for one in lines if one.action.endswith((".read", ".listed", ".printed"))]


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("/pacientes?q=alice", "patient.listed"),
        ("/pacientes/{alice}/editar", "patient.read"),
        ("/agenda?dia=2026-11-24", "day.read"),
        ("/agenda/semana?dia=2026-11-24&medico=1", "day.read"),
        ("/agenda/imprimir?dia=2026-11-24", "day.printed"),
    ],
)
def test_every_page_that_names_patients_leaves_a_trace(clinic, site, path, action):
    site.client("attendant").get(path.format(alice=clinic.people["alice"].id))
    assert reads(clinic) == [action]


def test_the_list_of_whom_to_call_leaves_a_trace_when_it_names_somebody(clinic, site):
    desk = site.client("attendant")
    desk.get("/avisar")
    assert reads(clinic) == []
    clinic.book("zeca")  # who has no other contact
    desk.get("/avisar")
    assert reads(clinic) == ["patient.listed"]
