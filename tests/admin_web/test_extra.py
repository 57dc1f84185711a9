"""/agenda/encaixe: what stands against it is told first, and it is done by who knows."""

import re
from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from clinic.agenda import HoursInput
from clinic.days import Choice
from clinic.visits import Extra
from tests.admin_web.forms import text

MONDAY = "2026-11-23"


def form(clinic, who="bruno", **more):
    return {"paciente": clinic.people[who].id, "medico": clinic.at.doctors["marina"], "dia": MONDAY,
            "unidade": clinic.at.units["centro"], "hora": "14:15", "tipo": clinic.at.kinds["consultation"],
            "motivo": "dor forte", **more}  # fmt: skip


def send(client, given):
    client.get("/agenda")
    return client.post("/agenda/encaixe", data={"csrf_token": client.get_cookie("alo_csrf").value, **given})


def known(reply):
    return {"ciente": re.search(r'name="ciente" value="([0-9a-f]+)"', reply.text)[1]}


def visits(clinic):
    [column] = clinic.desk.days.day(Choice(doctor_id=clinic.at.doctors["marina"]), clinic.clock().date()).columns
    return [(one.extra, one.status) for one in column.visits]


def test_what_stands_against_it_is_told_before_it_is_saved(clinic, desk):
    reply = send(desk, form(clinic))
    assert reply.status_code == 409
    assert "Fora do horário: neste dia Marina Corrêa atende das 08:00 às 12:00 em Centro." in text(reply)
    assert visits(clinic) == []


def test_what_was_typed_is_kept_and_it_may_be_done_all_the_same(clinic, desk):
    told = send(desk, form(clinic))
    assert "dor forte" in told.text
    assert "Fazer encaixe mesmo assim" in told.text
    assert send(desk, form(clinic, arrived="1") | known(told)).status_code == 303
    assert visits(clinic) == [(True, "arrived")]


def test_who_is_let_in_for_another_day_has_not_arrived(clinic, desk):
    given = form(clinic, arrived="1", dia="2026-11-24")
    reply = send(desk, given | known(send(desk, given)))
    assert "A chegada se anota no dia." in text(desk.get(reply.location))


def test_that_it_was_done_knowingly_is_in_the_audit(clinic, desk):
    send(desk, form(clinic) | known(send(desk, form(clinic))))
    assert "extra.knowing" in [one.action for one in clinic.audit.latest()]


def test_another_hour_is_asked_about_again(clinic, desk):
    yes = known(send(desk, form(clinic)))
    reply = send(desk, form(clinic, hora="10:15") | yes)
    assert reply.status_code == 409
    assert "O horário das 10:00 às 10:30 está livre. Marque nele" in text(reply)
    assert "/agenda/marcar?horario=" in reply.text


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("away", "Marina Corrêa está ausente (congresso) de"),
        ("closed", "23/11 é feriado (Reforma) e a unidade Centro está fechada."),
        ("visit", "Marina Corrêa já tem consulta das 10:00 às 10:30. Escolha outra hora"),
        ("video", "já tem consulta das 10:00 às 10:30 (na unidade Santana, por vídeo)."),
        ("nowhere", "Marina Corrêa não atende neste dia da semana. Escolha outro dia"),
        ("held", "Alguém está marcando agora o horário das 10:00 às 10:30."),
    ],
)
def test_each_thing_has_its_words(clinic, desk, what, said):
    against(clinic, what)
    assert said in text(send(desk, form(clinic, hora="10:05")))


def against(clinic, what):
    """Make it so."""
    slot, doctor = clinic.slot("marina"), clinic.at.doctors["marina"]
    extra = Extra(doctor, slot.unit_id, slot.starts_at, clinic.directory.kind("consultation"), "attendant", "dor")
    if what == "away":
        clinic.agenda.add_absence(doctor, slot.starts_at, slot.starts_at + timedelta(hours=2), "congresso")
    elif what == "closed":
        clinic.closings.add(date(2026, 11, 23), "Reforma", slot.unit_id)
    elif what == "visit":
        clinic.book("alice", slot)
    elif what == "video":
        extra = replace(extra, unit_id=clinic.at.units["norte"], modality="video")
        clinic.bookings.book_extra(clinic.people["alice"], extra, "user:1")
    elif what == "nowhere":
        clinic.agenda.set_hours(doctor, [HoursInput(slot.unit_id, 3, time(8), time(12))])
    else:
        clinic.bookings.hold(slot, by="test-call")


def test_the_patients_own_visit_forbids_it_and_the_rest_is_told_with_it(clinic, desk):
    clinic.book("bruno")
    reply = send(desk, form(clinic, hora="10:00"))
    assert (reply.status_code, "já tem consulta às 10:00 deste dia" in text(reply)) == (409, True)
    assert "Marina Corrêa já tem consulta" in text(reply)


def test_an_encaixe_wants_a_reason(clinic, desk):
    assert "Escreva por que este encaixe" in text(send(desk, form(clinic, motivo=" ")))


def test_a_full_quota_is_told(clinic, desk):
    for who in ("alice", "bruno"):
        assert send(desk, form(clinic, who) | known(send(desk, form(clinic, who)))).status_code == 303
    reply = send(desk, form(clinic, "carla"))
    assert (reply.status_code, "Os encaixes do dia acabaram" in text(reply)) == (409, True)
