"""An encaixe is moved: as any visit to a free time, or beside the times, where what stands there is told."""

import re
from datetime import timedelta

import pytest

from tests.admin_web.forms import text
from tests.admin_web.test_agenda import MONDAY, act, booked, marina, send
from tests.admin_web.test_on_the_day import encaixe

TO = "mover/encaixe"


def form(clinic, **more):
    """To 15:00, when Marina is not there."""
    return {"dia": MONDAY, "hora": "15:00", "medico": marina(clinic), "unidade": clinic.at.units["centro"],
            "motivo": "dor forte", **more}  # fmt: skip


def known(reply):
    return {"ciente": re.search(r'name="ciente" value="([0-9a-f]+)"', reply.text)[1]}


def at(clinic, who="alice"):
    return [f"{one.starts_at:%H:%M}" for one in clinic.bookings.upcoming(clinic.people[who])]


def test_it_is_lifted_in_the_grid_as_any_other(clinic, desk):
    visit = encaixe(clinic)
    grid = desk.get(f"/agenda/grade?dia={MONDAY}").text
    assert re.search(rf'data-visit="{visit.id}"[^>]* data-movable draggable="true" data-extra', grid)


def test_what_stands_against_the_new_hour_is_told_at_once(clinic, desk):
    visit = encaixe(clinic)
    page = desk.get(f"/agenda/consultas/{visit.id}/{TO}?dia={MONDAY}&hora=10:05&medico={marina(clinic)}")
    assert "Antes de mudar este encaixe, saiba de 2 coisas" in text(page)
    assert "O horário das 10:00 às 10:30 está livre." in text(page)
    assert f'action="/agenda/consultas/{visit.id}/mover"' in page.text
    assert 'name="hora" value="10:05"' in page.text


def test_nothing_moves_before_it_was_told_and_then_it_does(clinic, desk):
    visit = encaixe(clinic)
    told = act(desk, visit, TO, **form(clinic))
    assert (told.status_code, at(clinic)) == (409, ["17:00"])
    assert "Mudar mesmo assim" in told.text and "Fora do horário" in text(told)
    reply = act(desk, visit, TO, **form(clinic), **known(told))
    assert (reply.status_code, at(clinic)) == (303, ["18:00"])
    assert "extra.knowing" in [one.action for one in clinic.audit.latest()]


def moved(clinic, desk, **more):
    visit = encaixe(clinic)
    given = form(clinic, **more)
    return visit, send(
        desk, f"/agenda/consultas/{visit.id}/{TO}", {"X-Drawer": "1"}, **given, **known(act(desk, visit, TO, **given))
    )


def test_it_is_taken_back_as_any_other_move(clinic, desk):
    visit, reply = moved(clinic, desk)
    assert reply.json == {
        "said": "O encaixe mudou para 23/11 às 15:00.", "undo": f"/agenda/consultas/{visit.id}/desfazer",
    }  # fmt: skip
    act(desk, visit, "desfazer")
    assert at(clinic) == ["17:00"]


def test_the_form_sent_twice_moves_once(clinic, desk):
    visit, given = encaixe(clinic), form(clinic, once="a")
    given |= known(act(desk, visit, TO, **given))
    assert [act(desk, visit, TO, **given).status_code for _ in range(2)] == [303, 303]
    assert at(clinic) == ["18:00"]


def test_what_moved_meanwhile_is_told(clinic, desk):
    visit, _ = moved(clinic, desk)
    reply = act(desk, visit, TO, **form(clinic, hora="16:00"))
    assert (reply.status_code, "mudou enquanto a página estava aberta" in text(reply)) == (409, True)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("hora", "25:00", "Escreva a hora, como 14:30."),
        ("hora", "07:00", "Esta hora já passou."),
        ("hora", "14:00", "Já está neste horário."),
        ("medico", "999", "Escolha um médico da lista."),
        ("unidade", "999", "Escolha a unidade."),
        ("motivo", " ", "Escreva por que este encaixe é preciso"),
        ("motivo", "x" * 10_000, "Escreva por que este encaixe é preciso"),
    ],
)
def test_each_fault_is_told_at_its_field(clinic, desk, field, value, said):
    reply = act(desk, encaixe(clinic), TO, **form(clinic, **{field: value}))
    assert (reply.status_code, f'id="f-{field}-error"' in reply.text) == (422, True)
    assert said in text(reply)
    assert at(clinic) == ["17:00"]


def test_a_full_day_is_told_with_what_to_do(clinic, desk):
    for who in ("bruno", "carla"):
        given = {"paciente": clinic.people[who].id, "tipo": clinic.at.kinds["consultation"]}
        given |= form(clinic, dia="2026-11-24")
        send(desk, "/agenda/encaixe", **given, **known(send(desk, "/agenda/encaixe", **given)))
    reply = act(desk, encaixe(clinic), TO, **form(clinic, dia="2026-11-24"))
    assert (reply.status_code, "Os encaixes do dia acabaram" in text(reply)) == (409, True)


def test_the_patients_other_visit_is_told(clinic, desk):
    visit = encaixe(clinic)
    booked(clinic)
    reply = act(desk, visit, TO, **form(clinic, hora="10:30"))
    assert (reply.status_code, "O paciente já tem consulta em 23/11 às 10:30." in text(reply)) == (409, True)


def test_a_visit_with_a_time_of_the_agenda_is_no_encaixe(clinic, desk):
    visit = booked(clinic)
    page = desk.get(f"/agenda/consultas/{visit.id}/{TO}?hora=15:00")
    assert "tem um horário da agenda e não é um encaixe" in text(page) and 'name="hora"' not in page.text
    assert (act(desk, visit, TO, **form(clinic)).status_code, at(clinic)) == (409, ["13:30"])


def test_another_hour_is_one_click_from_the_free_times(clinic, desk):
    visit = encaixe(clinic)
    assert f'href="/agenda/consultas/{visit.id}/{TO}"' in desk.get(f"/agenda/consultas/{visit.id}/mover").text
    assert TO not in desk.get(f"/agenda/consultas/{booked(clinic, 'bruno').id}/mover").text


def test_who_is_here_already_does_not_move(clinic, desk):
    visit = encaixe(clinic)
    act(desk, visit, "chegou")
    assert "Este encaixe não muda mais de horário." in text(desk.get(f"/agenda/consultas/{visit.id}/{TO}"))
    assert act(desk, visit, TO, **form(clinic)).status_code == 409


def test_an_encaixe_is_offered_another_time_for_a_delay(clinic, desk):
    visit = encaixe(clinic)
    page = desk.get(f"/agenda/atraso?medico={marina(clinic)}&minutos=20&dia={MONDAY}").text
    assert f"/agenda/consultas/{visit.id}/mover" in page


def test_another_day_is_proposed_at_the_unit_where_the_doctor_is_then(clinic, desk):
    visit = encaixe(clinic)
    day = visit.starts_at + timedelta(days=1)
    page = desk.get(f"/agenda/consultas/{visit.id}/{TO}?dia={day:%Y-%m-%d}&hora=09:05&medico={marina(clinic)}").text
    assert f'<option value="{clinic.at.units["centro"]}" selected' in page
