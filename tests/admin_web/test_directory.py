"""What the clinic offers, as managers edit it: units, specialties, payers, kinds of visit, doctors."""

import re
from dataclasses import replace
from datetime import time

import pytest

from admin_web.fields import Field, read
from clinic.editing import stamp
from clinic.kinds import Margin
from tests.admin_web.forms import as_shown, send

INPUT = re.compile(r'<input [^>]*name="([^"]+)" value="([^"]*)"')


SORTS = {"unit": "unidades", "specialty": "especialidades", "payer": "convenios", "kind": "tipos"}


@pytest.mark.parametrize("sort", SORTS)
def test_what_is_shown_can_be_kept_as_it_is(clinic, manager, sort):
    for record in clinic.editing.records(sort):
        path = f"/{SORTS[sort]}/{record['id']}"
        assert send(manager, path, as_shown(manager.get(path).text)).status_code == 303
        assert clinic.editing.record(sort, record["id"]) == record


@pytest.mark.parametrize("sort", SORTS)
def test_a_record_that_is_not_there_is_not_found(manager, sort):
    assert manager.get(f"/{SORTS[sort]}/999").status_code == 404


def test_a_new_unit_is_offered(clinic, manager):
    fields = as_shown(manager.get("/unidades/novo").text) | {
        "name": "Pinheiros", "street": "Rua dos Pinheiros, 10", "city": "São Paulo", "state": "SP",
        "phone": "(11) 4444-5555", "opens-0": "07:00", "closes-0": "19:00",
    }  # fmt: skip
    assert send(manager, "/unidades/novo", fields).status_code == 303
    [unit] = [one for one in clinic.units.all() if one.name == "Pinheiros"]
    assert (unit.phone, clinic.editing.opening(unit.id)) == ("551144445555", {0: (time(7), time(19))})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"name": ""}, "Falta preencher."),
        ({"name": "Santana"}, "Já existe outro registro"),
        ({"state": "XX"}, "Escolha uma das opções."),
        ({"phone": "123"}, "Escreva o telefone com DDD"),
        ({"position": "-1"}, "Um número de 0 a 999."),
        ({"opens-0": "18:00", "closes-0": "08:00"}, "feche depois de abrir"),
        ({"opens-0": "oito"}, "escreva as horas como 08:00"),
    ],
)
def test_a_unit_that_cannot_be_is_told_and_nothing_is_lost(clinic, manager, wrong, said):
    centro = clinic.at.units["centro"]
    before, fields = clinic.editing.record("unit", centro), as_shown(manager.get(f"/unidades/{centro}").text)
    reply = send(manager, f"/unidades/{centro}", fields | {"district": "Bela Vista"} | wrong)
    assert (reply.status_code, said in reply.text, 'value="Bela Vista"' in reply.text) == (422, True, True)
    assert clinic.editing.record("unit", centro) == before


def test_two_managers_do_not_write_over_each_other(clinic, manager):
    centro = clinic.at.units["centro"]
    mine = as_shown(manager.get(f"/unidades/{centro}").text)
    send(manager, f"/unidades/{centro}", mine | {"district": "Sé"})
    reply = send(manager, f"/unidades/{centro}", mine | {"district": "Liberdade"})
    assert (reply.status_code, "Outra pessoa mudou" in reply.text, 'value="Liberdade"' in reply.text) == (
        409,
        True,
        True,
    )
    assert clinic.editing.record("unit", centro)["district"] == "Sé"


def test_two_managers_do_not_write_over_each_others_opening_hours(clinic, manager):
    path = f"/unidades/{clinic.at.units['centro']}"
    mine = as_shown(manager.get(path).text)
    send(manager, path, mine | {"opens-0": "07:00", "district": "Sé"})
    reply = send(manager, path, mine | {"closes-0": "20:00"})
    assert (reply.status_code, 'value="20:00"' in reply.text) == (409, True)
    assert "das 07:00 às 18:00" in reply.text and '<dd class="wrap">Sé</dd>' in reply.text
    assert clinic.editing.opening(clinic.at.units["centro"])[0] == (time(7), time(18))
    assert send(manager, path, as_shown(reply.text)).status_code == 303
    assert clinic.editing.opening(clinic.at.units["centro"])[0] == (time(8), time(20))


def test_a_doctors_form_can_be_kept_as_it_is(clinic, manager):
    for name, doctor in clinic.at.doctors.items():
        path = f"/cadastro/medicos/{doctor}"
        before = clinic.editing.record("doctor", doctor), clinic.editing.specialties_of(doctor)
        payers = clinic.editing.payers_of(doctor)
        assert send(manager, path, as_shown(manager.get(path).text)).status_code == 303, name
        assert (clinic.editing.record("doctor", doctor), clinic.editing.specialties_of(doctor)) == before
        assert clinic.editing.payers_of(doctor) == payers


def test_what_is_out_of_use_stays_in_a_doctors_record(clinic, manager):
    marina, saude = clinic.at.doctors["marina"], clinic.at.payers["saude"]
    before, payer = clinic.editing.payers_of(marina), clinic.editing.record("payer", saude)
    clinic.editing.save("payer", saude, {"active": False}, stamp(payer))
    path = f"/cadastro/medicos/{marina}"
    assert send(manager, path, as_shown(manager.get(path).text)).status_code == 303
    assert clinic.editing.payers_of(marina) == before


def test_a_new_doctor_goes_on_to_the_hours(clinic, manager):
    heart = clinic.at.specialties["cardiology"]
    fields = as_shown(manager.get("/cadastro/medicos/novo").text) | {
        "name": "Ângela Prado", "title": "doutora", "crm": "9090", "crm_state": "RJ", "specialty": [str(heart)],
        f"rqe-{heart}": "4321",
    }  # fmt: skip
    reply = send(manager, "/cadastro/medicos/novo", fields)
    [doctor] = [one for one in clinic.editing.records("doctor") if one["name"] == "Ângela Prado"]
    assert reply.location == f"/medico/{doctor['id']}/horarios"
    assert clinic.editing.specialties_of(doctor["id"]) == {heart: "4321"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"crm": "12a"}, "Só os números do CRM."),
        ({"crm": "102"}, "já está no cadastro"),
        ({"title": "x"}, "Escolha uma"),
    ],
)
def test_a_doctor_who_cannot_be_is_told(clinic, manager, wrong, said):
    path = f"/cadastro/medicos/{clinic.at.doctors['marina']}"
    reply = send(manager, path, as_shown(manager.get(path).text) | wrong)
    assert (reply.status_code, said in reply.text) == (422, True)


def test_a_doctors_weight_is_kept_and_its_change_is_told(clinic, manager):
    marina = clinic.at.doctors["marina"]
    page = manager.get(f"/cadastro/medicos/{marina}").text
    assert "Peso na escolha automática" in page and "recebe duas consultas para cada uma" in page
    assert as_shown(page)["weight"] == as_shown(manager.get("/cadastro/medicos/novo").text)["weight"] == ["1"]
    send(manager, f"/cadastro/medicos/{marina}", as_shown(page) | {"weight": "3"})
    assert clinic.editing.record("doctor", marina)["weight"] == 3
    assert "peso: de 1 para 3" in manager.get("/auditoria?acao=doctor.saved").text
    send(manager, f"/cadastro/medicos/{marina}", as_shown(manager.get(f"/cadastro/medicos/{marina}").text))
    assert [one.note for one in clinic.audit.latest(action="doctor.saved")] == ["", "weight:1 became 3"]


@pytest.mark.parametrize("weight", ["0", "11", "-1", "1,5", "", "muito"])
def test_a_weight_is_a_small_whole_number(clinic, manager, weight):
    path = f"/cadastro/medicos/{clinic.at.doctors['marina']}"
    reply = send(manager, path, as_shown(manager.get(path).text) | {"weight": weight})
    said = "Um número de 1 a 10." if weight else "Falta preencher."
    assert (reply.status_code, said in reply.text) == (422, True)


def test_an_rqe_has_digits_only(clinic, manager):
    path, heart = f"/cadastro/medicos/{clinic.at.doctors['paulo']}", clinic.at.specialties["cardiology"]
    reply = send(manager, path, as_shown(manager.get(path).text) | {f"rqe-{heart}": "abc"})
    assert (reply.status_code, "O RQE tem só números." in reply.text) == (422, True)


def test_an_rqe_beside_a_specialty_nobody_ticked_is_not_lost(clinic, manager):
    path, skin = f"/cadastro/medicos/{clinic.at.doctors['paulo']}", clinic.directory.add_specialty("Pele", position=9)
    reply = send(manager, path, as_shown(manager.get(path).text) | {f"rqe-{skin}": "54321"})
    assert (reply.status_code, "Marque a especialidade, ou apague o RQE." in reply.text) == (422, True)
    assert 'value="54321"' in reply.text


def test_a_specialty_is_given_up_with_its_rqe(clinic, manager):
    path, heart = f"/cadastro/medicos/{clinic.at.doctors['paulo']}", clinic.at.specialties["cardiology"]
    fields = as_shown(manager.get(path).text) | {"specialty": [str(clinic.at.specialties["general"])]}
    assert fields[f"rqe-{heart}"]
    assert send(manager, path, fields).status_code == 303
    assert heart not in clinic.editing.specialties_of(clinic.at.doctors["paulo"])


@pytest.mark.parametrize("text", ["²", "1e3", "٣", "99999999999"])
def test_a_number_is_digits_within_its_bounds(text):
    values, errors = read([Field("n", "N", "number", most=99)], {"n": text})
    assert (values, errors) == ({}, {"n": "Um número de 0 a 99."})


LEAVING = {
    "unit": ("unidades", "units", "centro"), "specialty": ("especialidades", "specialties", "general"),
    "payer": ("convenios", "payers", "particular"), "kind": ("tipos", "kinds", "consultation"),
    "doctor": ("cadastro/medicos", "doctors", "marina"),
}  # fmt: skip
"""What may go out of use, and what of it Alice's visit names."""


@pytest.mark.parametrize("sort", LEAVING)
def test_who_is_booked_with_what_goes_out_of_use_is_shown_first(clinic, manager, sort):
    slot = clinic.slot("marina")
    terms = replace(clinic.terms(slot), payer_id=clinic.at.payers["particular"])
    visit = clinic.bookings.book(clinic.people["alice"], clinic.bookings.hold(slot, by="x"), terms, "desk")
    path, group, name = LEAVING[sort]
    path = f"/{path}/{getattr(clinic.at, group)[name]}"
    off = {"active", "by_patient", "by_desk"}
    fields = {one: value for one, value in as_shown(manager.get(path).text).items() if one not in off}
    before, asked = clinic.editing.records(sort), send(manager, path, fields)
    assert "há uma consulta marcada" in asked.text and "Alice Ferreira" in asked.text and "mesmo assim" in asked.text
    assert clinic.editing.records(sort) == before
    assert send(manager, path, as_shown(asked.text)).status_code == 303
    assert clinic.editing.records(sort) != before
    assert [(one.id, one.tell_by_phone) for one in clinic.practice.coming(sort, int(path.split("/")[-1]))] == [
        (visit.id, True)
    ]


def test_what_stays_in_use_asks_nothing(clinic, manager):
    clinic.book("alice")
    path = f"/unidades/{clinic.at.units['centro']}"
    assert send(manager, path, as_shown(manager.get(path).text) | {"district": "Sé"}).status_code == 303


def test_a_units_number_and_zone_are_shown_as_people_write_them(manager):
    page = manager.get("/unidades/1").text
    assert re.search(r'name="phone" value="\(\d\d\) \d{4,5}-\d{4}"', page)
    assert ">São Paulo</option>" in page


def test_the_time_before_and_after_a_kind_of_visit_is_kept(clinic, manager):
    path = f"/tipos/{clinic.at.kinds['exam']}"
    shown = as_shown(manager.get(path).text)
    assert (shown["before_minutes"], shown["after_minutes"]) == (["0"], ["0"])
    assert send(manager, path, shown | {"before_minutes": "", "after_minutes": "10"}).status_code == 303
    assert clinic.directory.kind("exam").margin == Margin(0, 10)
    assert "min, 10 depois" in manager.get("/tipos").text


@pytest.mark.parametrize("typed", ["121", "-1", "dez", "1.5"])
def test_a_margin_is_two_hours_at_most(clinic, manager, typed):
    path = f"/tipos/{clinic.at.kinds['exam']}"
    reply = send(manager, path, as_shown(manager.get(path).text) | {"after_minutes": typed})
    assert (reply.status_code, "Um número de 0 a 120." in reply.text) == (422, True)
    assert as_shown(reply.text)["after_minutes"] == [typed]
    assert not clinic.directory.kind("exam").margin
