"""A doctor's own hours and absences."""

from dataclasses import replace
from datetime import time, timedelta
from functools import partial

import pytest

from admin_web.hours_form import FIELDS
from tests.admin_web.forms import as_shown, send
from tests.admin_web.own import TUESDAY, at, row, seen_in, tuesday
from tests.clinic.margins import with_margin


def test_the_hours_are_shown_as_they_stand(doctor, marina):
    page = doctor.get(f"/medico/{marina}/horarios").text
    assert page.count('value="08:00"') == 5
    assert page.count("data-row") == 7


def test_hours_as_they_stand_hit_nobody(clinic, doctor, marina):
    tuesday(clinic)
    assert "Nenhuma consulta marcada fica de fora" in doctor.get(f"/medico/{marina}/horarios").text


def test_hours_are_kept_and_the_slots_follow(clinic, doctor, marina):
    reply = send(doctor, f"/medico/{marina}/horarios", **row(clinic, starts="09:00", minutes="20"))
    assert reply.status_code == 303
    [hours] = clinic.practice.hours(marina)
    assert (hours.weekday, hours.starts, hours.slot_minutes) == (1, time(9), 20)
    assert clinic.slot("marina").starts_at == at(9)


def test_a_length_that_is_not_usual_stays(clinic, doctor, marina):
    before = [replace(one, slot_minutes=25) for one in clinic.practice.hours(marina)]
    clinic.practice.set_hours(marina, before)
    path = f"/medico/{marina}/horarios"
    fields = as_shown(doctor.get(path).text)
    assert fields["minutes"] == ["25"] * 5 + ["30"] * 2
    assert send(doctor, path, **fields).status_code == 303
    assert clinic.practice.hours(marina) == before


def put_out_of_use(clinic, unit, *, out=True):
    record = {name: one for name, one in clinic.editing.record("unit", unit).items() if name != "id"}
    clinic.editing.save_unit(unit, record | {"active": not out}, {}, clinic.editing.seen_of_unit(unit))


put_in_use = partial(put_out_of_use, out=False)


def test_a_row_whose_unit_goes_out_of_use_is_not_given_to_another(clinic, doctor, marina):
    path, centro, before = f"/medico/{marina}/horarios", clinic.at.units["centro"], clinic.practice.hours(marina)
    fields = as_shown(doctor.get(path).text)
    put_out_of_use(clinic, centro)
    reply = send(doctor, path, fields)
    assert (reply.status_code, reply.text.count("A unidade saiu de uso.") >= 5) == (422, True)
    assert reply.text.count(f'<option value="{centro}" selected>Centro (fora de uso)</option>') == 5
    put_in_use(clinic, centro)
    assert clinic.practice.hours(marina) == before


def test_a_unit_out_of_use_is_not_offered(clinic, doctor, marina):
    put_out_of_use(clinic, clinic.at.units["norte"])
    assert "fora de uso" not in doctor.get(f"/medico/{marina}/horarios").text


def test_nothing_is_kept_before_those_who_are_hit_were_shown(clinic, doctor, marina):
    visit = tuesday(clinic)
    path, later = f"/medico/{marina}/horarios", row(clinic, starts="09:00")
    asked = send(doctor, path, **later).text
    assert "Uma consulta marcada fica" in asked and visit.code in asked and "Guardar mesmo assim" in asked
    assert len(clinic.practice.hours(marina)) == 5
    assert send(doctor, path, **later, seen=seen_in(asked), offer="1").status_code == 303
    assert len(clinic.practice.hours(marina)) == 1
    assert [one.tell_by_phone for one in clinic.practice.day(marina, TUESDAY)] == [True]


def test_the_effect_is_told_while_one_types(clinic, doctor, marina):
    tuesday(clinic)
    told = send(doctor, f"/medico/{marina}/horarios/efeito", **row(clinic, ends="08:30", starts="08:00")).text
    assert "0 h" in told or "30 min por semana" in told
    told = send(doctor, f"/medico/{marina}/horarios/efeito", **row(clinic, starts="09:00")).text
    assert "Alice Ferreira" in told


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"ends": "07:00"}, "O fim precisa vir depois do começo."),
        ({"starts": ""}, "Falta o começo."),
        ({"ends": "25:99"}, "Escreva as horas como 08:30."),
        ({"starts": "11:45"}, "Não cabe nem uma consulta de 30 minutos."),
        ({"unit": "999"}, "Escolha a unidade."),
        ({"minutes": "4"}, "Escolha a duração."),
        ({"minutes": "241"}, "Escolha a duração."),
        ({"weekday": "9"}, "Escolha o dia"),
        ({"modality": "<b>"}, "Escolha o dia"),
        ({"from": "2026-12-01", "until": "2026-11-01"}, "A validade termina antes de começar."),
        ({"until": "amanhã"}, "Escreva a data"),
        ({"from": "0001-01-01"}, "Confira o ano: vai de 1900 a 2036."),
        ({"until": "2037-01-01"}, "Confira o ano: vai de 1900 a 2036."),
    ],
)
def test_hours_that_cannot_be_are_told_at_their_row(clinic, doctor, marina, wrong, said):
    reply = send(doctor, f"/medico/{marina}/horarios", **row(clinic, **wrong))
    assert (reply.status_code, said in reply.text) == (422, True)
    assert len(clinic.practice.hours(marina)) == 5


def test_hours_that_overlap_are_told(clinic, doctor, marina):
    one, other = row(clinic), row(clinic, starts="11:00", ends="13:00")
    both = {name: [one[name], other[name]] for name in FIELDS} | {"before": one["before"]}
    reply = send(doctor, f"/medico/{marina}/horarios", **both)
    assert reply.status_code == 422
    assert "Coincide com terça-feira, das 08:00 às 12:00." in reply.text


def test_an_absence_of_whole_days(clinic, doctor, marina):
    send(doctor, f"/medico/{marina}/ausencias", **{"from": "2026-11-24", "until": "2026-11-25", "reason": "Congresso"})
    [absence] = clinic.practice.absences(marina)
    assert (absence.starts_at, absence.ends_at) == (at(0), at(0) + timedelta(days=2))


def test_who_is_hit_by_an_absence_is_shown_with_other_times(clinic, doctor, marina):
    tuesday(clinic)
    fields = {"from": "2026-11-24", "starts": "08:00", "ends": "10:00", "reason": "Consulta própria"}
    asked = send(doctor, f"/medico/{marina}/ausencias", **fields).text
    assert (
        "Uma pessoa está marcada" in asked and "Alice Ferreira" in asked and "pode ser: ter., 24 nov., 10:00" in asked
    )
    assert clinic.practice.absences(marina) == []
    send(doctor, f"/medico/{marina}/ausencias", **fields, seen=seen_in(asked), offer="1")
    assert len(clinic.practice.absences(marina)) == 1
    assert "1 pessoa é avisada" in doctor.get(f"/medico/{marina}/ausencias").text


def test_the_other_times_have_room_for_the_visit_and_its_margin(clinic, doctor, marina):
    tuesday(clinic)
    clinic.book("bruno", clinic.agenda.on_day(clinic.criteria(doctor="marina"), TUESDAY).times[4])  # at 10:30
    with_margin(clinic, after=10)
    fields = {"from": "2026-11-24", "starts": "08:00", "ends": "10:00", "reason": "Consulta própria"}
    assert "pode ser: ter., 24 nov., 11:00" in send(doctor, f"/medico/{marina}/ausencias", **fields).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "Diga o primeiro dia."),
        ({"from": "x"}, "Escreva a data"),
        ({"from": "2026-11-24", "until": "2026-11-20"}, "precisa terminar depois de começar"),
        ({"from": "2025-01-01"}, "no futuro"),
        ({"from": "2026-11-24", "starts": "oito"}, "Escreva as horas como 08:30."),
    ],
)
def test_an_absence_that_cannot_be_is_told(clinic, doctor, marina, fields, said):
    reply = send(doctor, f"/medico/{marina}/ausencias", **fields)
    assert (reply.status_code, said in reply.text) == (422, True)
    assert clinic.practice.absences(marina) == []


def test_an_absence_is_taken_back(clinic, doctor, marina):
    clinic.practice.add_absence(marina, at(8), at(12))
    [absence] = clinic.practice.absences(marina)
    send(doctor, f"/medico/{marina}/ausencias/{absence.id}/retirar")
    assert clinic.practice.absences(marina) == []
    assert send(doctor, f"/medico/{marina}/ausencias/{absence.id}/retirar").status_code == 303
