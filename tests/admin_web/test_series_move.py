"""/agenda/consultas/…/mudar-seguintes: looked at, moved, sent again, taken back; what cannot go stays and is told."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import update

from clinic.repetitions import Choice
from clinic.series_dates import Plan
from db.tables import Appointment
from tests.admin_web.forms import send, text
from tests.admin_web.test_series import at, coming, full_for

MOVE = "mudar-seguintes"
TUESDAY = date(2026, 11, 24)


@pytest.fixture
def visits(clinic):
    """Four Mondays at ten with Marina."""
    booked, plan = clinic.book("alice", clinic.slot("marina")), Plan(1, 4)
    days = clinic.desk.repetitions.preview(booked.id, plan).days
    clinic.desk.repetitions.book(booked.id, plan, {one.day: Choice(one.slot.id) for one in days}, "user:1", "form")
    return coming(clinic)


def wish(clinic, day=TUESDAY, hour="11:00", doctor="marina"):
    return {"dia": day.isoformat(), "hora": hour, "medico": str(clinic.at.doctors[doctor])}


def chosen(page):
    """What a browser would send back of the sessions."""
    marked = re.findall(r'<input type="radio" name="(m-[^"]+)" value="([^"]*)" checked>', page)
    hidden = re.findall(r'<input type="hidden" name="(dia|hora|medico|once)" value="([^"]*)">', page)
    return {**dict(marked), **dict(hidden), "passo": "mover"}


def look(desk, one, given):
    return send(desk, at(one, MOVE), given | {"passo": "ver"})


def form(clinic, desk, one, **more):
    """What would be sent to move all that can go."""
    desk.get(at(one, MOVE))
    return chosen(look(desk, one, wish(clinic, **more)).text)


def only(given, *these):
    """The others are left as they are."""
    kept = {f"m-{one.id}" for one in these}
    return {name: value if name in kept or not name.startswith("m-") else "" for name, value in given.items()}


def tuesday(clinic, weeks, place):
    """A time of a later Tuesday, counted from eight."""
    return clinic.agenda.on_day(clinic.criteria("general", "marina"), TUESDAY + timedelta(weeks=weeks)).times[place]


def starts(clinic):
    return [one.starts_at.strftime("%d/%m %H:%M") for one in coming(clinic)]


def test_the_visit_leads_there(desk, visits):
    assert f'href="{at(visits[1], MOVE)}"' in desk.get(at(visits[1], "")[:-1]).text
    page = desk.get(at(visits[1], MOVE))
    assert all(one in page.text for one in ('value="2026-11-30"', 'value="10:00"', "Paulo Nogueira"))


def test_each_session_is_shown_before_anything_is_moved(clinic, desk, visits):
    clinic.book("bruno", tuesday(clinic, 1, 6))
    desk.get(at(visits[0], MOVE))
    page = look(desk, visits[0], wish(clinic))
    assert (page.status_code, starts(clinic)[0]) == (200, "23/11 13:00")
    assert "3 de 4 sessões podem mudar. Para a outra, escolha outro horário, ou deixe como está." in text(page)
    assert "2ª seg., 30 nov., 10:00 Para ter., 1 dez., 11:00 Horário ocupado. 10:00 10:30 11:30" in text(page)


def test_they_are_moved_and_taken_back_in_one_go(clinic, desk, visits):
    reply = send(desk, at(visits[1], MOVE), form(clinic, desk, visits[1], day=date(2026, 12, 1)))
    assert reply.location == f"/agenda?dia=2026-12-01&desfazer={visits[1].id}"
    assert starts(clinic) == ["23/11 13:00", "01/12 14:00", "08/12 14:00", "15/12 14:00"]
    assert "3 sessões mudaram." in text(desk.get(reply.location))
    reply = send(desk, at(visits[1], "desfazer"))
    assert starts(clinic) == ["23/11 13:00", "30/11 13:00", "07/12 13:00", "14/12 13:00"]
    assert "Desfeito: 3 sessões voltaram ao que eram." in text(desk.get(reply.location))


def test_too_late_to_take_a_move_back_it_is_to_be_moved_again(clinic, desk, visits):
    send(desk, at(visits[3], MOVE), form(clinic, desk, visits[3], day=date(2026, 12, 15)))
    clinic.clock.move(seconds=11)
    reply = send(desk, at(visits[3], "desfazer"))
    assert "Para voltar atrás, mude a consulta de novo." in text(desk.get(reply.location))


def test_too_late_to_take_several_moves_back_they_are_to_be_moved_again(clinic, desk, visits):
    send(desk, at(visits[2], MOVE), form(clinic, desk, visits[2], day=date(2026, 12, 8)))
    clinic.clock.move(seconds=11)
    reply = send(desk, at(visits[2], "desfazer"))
    assert "Para voltar atrás, mude as 2 sessões de novo." in text(desk.get(reply.location))


def test_what_stays_in_the_way_is_named_by_its_place_in_the_series(clinic, desk, visits):
    """The second stands on the Friday already, and cannot go on to the next one."""
    friday = date(2026, 11, 27)
    send(desk, at(visits[1], MOVE), only(form(clinic, desk, visits[1], day=friday), visits[1]))
    clinic.clock.move(seconds=11)
    clinic.closings.add(date(2026, 12, 4), "Mudança")
    page = text(look(desk, visits[0], wish(clinic, friday, "09:00")))
    assert "Este dia da série já é da 2ª sessão, que fica em sex., 27 nov., 11:00." in page
    assert "11:00. Nenhum outro" not in page
    second = coming(clinic)[1]
    monday = {"series_day": date(2026, 11, 30)}
    clinic.database.change(update(Appointment).where(Appointment.id == second.id).values(**monday))
    page = text(look(desk, visits[0], wish(clinic, friday)))
    assert "A 2ª sessão fica onde está, em sex., 27 nov., 11:00. 10:00 10:30 11:30" in page


def test_another_doctor_is_chosen_from_the_list(clinic, desk, visits):
    send(desk, at(visits[0], MOVE), form(clinic, desk, visits[0], hour="14:00", doctor="paulo"))
    assert {one.doctor_id for one in coming(clinic)} == {clinic.at.doctors["paulo"]}


def test_a_form_sent_twice_moves_once(clinic, desk, visits):
    given = form(clinic, desk, visits[0])
    replies = [send(desk, at(visits[0], MOVE), given) for _ in range(2)]
    assert [reply.location for reply in replies] == [f"/agenda?dia=2026-11-24&desfazer={visits[0].id}"] * 2
    assert len(coming(clinic)) == 4


def test_what_somebody_took_meanwhile_stays_and_is_chosen_anew(clinic, desk, visits):
    given = form(clinic, desk, visits[0])
    clinic.book("bruno", tuesday(clinic, 1, 6))
    reply = send(desk, at(visits[0], MOVE), given)
    assert (reply.status_code, starts(clinic)[1]) == (409, "30/11 13:00")
    assert "3 sessões mudaram. 1 sessão ficou onde estava. Veja por quê." in text(reply)
    assert "2ª seg., 30 nov., 10:00 Para ter., 1 dez., 11:00 Não mudou: alguém acabou de ficar" in text(reply)
    assert f'action="{at(visits[0], "desfazer")}"' in reply.text
    again = chosen(reply.text) | {f"m-{visits[1].id}": tuesday(clinic, 1, 4).id}
    assert send(desk, at(visits[1], MOVE), again).status_code == 303
    assert starts(clinic) == ["24/11 14:00", "01/12 13:00", "08/12 14:00", "15/12 14:00"]


def test_what_moved_is_told_where_the_rest_cannot_be_gone_on_with(clinic, desk, visits):
    """The third went three days earlier alone: to where it was not moved now it is too far."""
    send(desk, at(visits[2], MOVE), only(form(clinic, desk, visits[2], day=date(2026, 12, 4)), visits[2]))
    now = coming(clinic)
    given = only(form(clinic, desk, now[0], day=date(2026, 11, 27), hour="10:00"), now[0], now[2])
    clinic.book("bruno", clinic.desk.bookings.slot(int(given[f"m-{now[2].id}"])))
    reply = send(desk, at(now[0], MOVE), given)
    assert (reply.status_code, starts(clinic)[0]) == (303, "27/11 13:00")
    assert reply.location.endswith(f"desfazer={now[0].id}")
    assert "1 sessão mudou. 1 sessão ficou onde estava." in text(desk.get(reply.location))


def test_what_was_cancelled_or_moved_meanwhile_is_told(clinic, desk, visits):
    given = form(clinic, desk, visits[2], day=date(2026, 12, 8))
    for one in visits[2:]:
        clinic.desk.bookings.cancel_for(one.id, "other", "user:9")
    reply = send(desk, at(visits[2], MOVE), given)
    assert (reply.status_code, len(coming(clinic))) == (303, 2)
    assert "Estas sessões mudaram enquanto a página estava aberta." in text(desk.get(reply.location))


def test_a_visit_that_is_gone_is_told_when_looked_at(clinic, desk, visits):
    desk.get(at(visits[0], MOVE))
    clinic.desk.bookings.cancel_for(visits[0].id, "other", "user:9")
    reply = look(desk, visits[0], wish(clinic))
    assert (reply.status_code, "Estas sessões mudaram" in text(reply)) == (409, True)


def test_one_that_is_left_as_it_is_stays(clinic, desk, visits):
    given = form(clinic, desk, visits[0]) | {f"m-{visits[1].id}": ""}
    reply = send(desk, at(visits[0], MOVE), given)
    assert starts(clinic) == ["24/11 14:00", "30/11 13:00", "08/12 14:00", "15/12 14:00"]
    assert "3 sessões mudaram. 1 sessão ficou onde estava." in text(desk.get(reply.location))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"dia": "2026-11-30"}, "Escolha um dia de 17/11 a 29/11"),
        ({"dia": "9999-12-31"}, "Escolha um dia de 17/11 a 29/11"),
        ({"dia": "amanhã"}, "Escolha um dia."),
        ({"hora": "onze"}, "Escreva o horário, como 14:30."),
        ({"medico": "999"}, "Escolha um médico da lista."),
        ({"dia": "2026-11-23", "hora": "10:00"}, "As sessões já estão assim."),
    ],
    ids=lambda one: "-".join(one) if isinstance(one, dict) else "".join(c for c in one if c.isascii())[:16],
)
def test_what_is_wrong_is_told_at_the_field(clinic, desk, visits, wrong, said):
    desk.get(at(visits[0], MOVE))
    reply = look(desk, visits[0], wish(clinic) | wrong)
    assert (reply.status_code, said in text(reply)) == (422, True)
    assert starts(clinic)[0] == "23/11 13:00"


def test_none_chosen_is_told(clinic, desk, visits):
    given = {name: "" if name.startswith("m-") else value for name, value in form(clinic, desk, visits[0]).items()}
    reply = send(desk, at(visits[0], MOVE), given)
    assert (reply.status_code, "Escolha o novo horário de pelo menos uma sessão." in text(reply)) == (422, True)


def test_who_goes_beyond_a_quota_is_in_the_audit(clinic, desk, visits):
    full_for(clinic, clinic.at.payers["saude"], visits[3], clinic.book("bruno", tuesday(clinic, 3, 0)))
    page = look(desk, visits[3], wish(clinic, date(2026, 12, 15))).text
    [beyond] = re.findall(r'value="(cota-\d+)"', page)
    send(desk, at(visits[3], MOVE), chosen(page) | {f"m-{visits[3].id}": beyond})
    known = [one.entity_id for one in clinic.audit.latest() if one.action == "quota.knowing"]
    assert known == [coming(clinic)[3].id]


def test_what_is_at_a_unit_of_others_is_not_moved(clinic, site, desk, visits):
    norte = clinic.at.units["norte"]
    given = form(clinic, desk, visits[0])
    clinic.database.change(update(Appointment).where(Appointment.id == visits[2].id).values(unit_id=norte))
    narrow = site.client("centro_attendant")
    assert "Outra sessão da série é de outra unidade e não muda." in text(narrow.get(at(visits[0], MOVE)))
    assert narrow.get(at(visits[2], MOVE)).status_code == 404
    reply = send(narrow, at(visits[0], MOVE), given)
    assert (reply.status_code, coming(clinic)[2].id) == (303, visits[2].id)


@pytest.mark.parametrize("who", ["doctor", "patient"])
def test_it_is_the_desks(site, visits, who):
    assert site.client(who).get(at(visits[0], MOVE), follow_redirects=True).status_code == 403


def test_what_is_in_no_series_has_nothing_to_follow(clinic, desk):
    alone = clinic.book("bruno", clinic.slot("marina"))
    assert "Não há sessões a mudar a partir desta." in text(desk.get(at(alone, MOVE)))
    assert look(desk, alone, wish(clinic)).status_code == 409


def test_the_doctor_who_approves_is_told_of(clinic, desk):
    booked, plan = clinic.book("alice", clinic.slot("rita", "cardiology"), "cardiology"), Plan(1, 3)
    clinic.bookings.accept(booked.id, "user:3")
    days = clinic.desk.repetitions.preview(booked.id, plan).days
    clinic.desk.repetitions.book(booked.id, plan, {one.day: Choice(one.slot.id) for one in days}, "user:1", "form")
    for one in coming(clinic)[1:]:
        clinic.bookings.accept(one.id, "user:3")
    given = form(clinic, desk, booked, doctor="rita")
    reply = send(desk, at(booked, MOVE), given)
    assert "desfazer" not in reply.location
    assert "3 sessões com mudança pedida: o médico precisa aceitar." in text(desk.get(reply.location))
    assert len(coming(clinic)) == 6
