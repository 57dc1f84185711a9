"""/agenda/consultas/…/repetir: looked at, booked, sent again; and cancelling from one on."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import select, update

from clinic.editing import stamp
from clinic.repetitions import Choice
from clinic.roster import EVERYWHERE
from clinic.series_dates import Plan
from db.tables import Appointment, Series
from tests.admin_web.forms import send, text

PLAN = {"cada": "1", "vezes": "4", "autorizadas": "", "autorizacao": ""}
CANCEL = {"reason": "other", "note": "mudou de cidade"}


@pytest.fixture
def visit(clinic):
    """Alice's consultation with Marina, today at 10:00."""
    return clinic.book("alice", clinic.slot("marina"))


def at(visit, what="repetir"):
    return f"/agenda/consultas/{visit.id}/{what}"


def chosen(page):
    """What a browser would send back of the dates."""
    marked = re.findall(r'<input type="radio" name="(d-[^"]+)" value="([^"]*)" checked>', page)
    [once] = re.findall(r'name="once" value="([^"]+)"', page)
    return {**dict(marked), "once": once, "passo": "marcar"}


def look(desk, visit, **more):
    return send(desk, at(visit), PLAN | {"passo": "ver"} | more)


def repeat(desk, visit, **more):
    """Look, and book what is free."""
    plan = PLAN | more
    return send(desk, at(visit), plan | chosen(look(desk, visit, **more).text))


def coming(clinic, who="alice"):
    return clinic.bookings.upcoming(clinic.people[who])


def monday(clinic, weeks, place):
    day = date(2026, 11, 23) + timedelta(weeks=weeks)
    return clinic.agenda.on_day(clinic.criteria("general", "marina"), day).times[place]


def test_the_visit_leads_there(desk, visit):
    assert f'href="{at(visit)}"' in desk.get(at(visit, "")[:-1]).text
    page = desk.get(at(visit))
    assert ("A cada duas semanas" in text(page), 'value="10"' in page.text) == (True, True)


def test_each_date_is_shown_before_anything_is_booked(clinic, desk, visit):
    clinic.book("bruno", monday(clinic, 1, 4))
    page = look(desk, visit)
    assert (page.status_code, len(coming(clinic))) == (200, 1)
    assert "2ª seg., 30 nov., 10:00 Horário ocupado. 09:00 09:30 10:30 Pular" in text(page)
    assert "3ª seg., 7 dez., 10:00 Marcar às 10:00" in text(page)


def test_what_is_free_is_booked_and_the_rest_named(clinic, desk, visit):
    clinic.book("bruno", monday(clinic, 1, 4))
    reply = repeat(desk, visit)
    assert (reply.status_code, reply.location, len(coming(clinic))) == (303, at(visit, "")[:-1], 3)
    page = text(desk.get(reply.location))
    assert "Série guardada: 3 sessões marcadas, toda semana. Ficou de fora: 30/11." in page
    assert "1ª de 3 sessões" in page


def test_several_dates_that_are_left_out_are_told_as_several(clinic, desk, visit):
    for week in (1, 3):
        clinic.book("bruno", monday(clinic, week, 4))
    page = text(desk.get(repeat(desk, visit).location))
    assert "Série guardada: 2 sessões marcadas, toda semana. Ficaram de fora: 30/11 e 14/12." in page


def full_for(clinic, payer, *visits):
    """Those visits are the payer's, which has one a day."""
    mine = update(Appointment).where(Appointment.id.in_([one.id for one in visits]))
    clinic.database.change(mine.values(payer_id=payer))
    marina = clinic.at.doctors["marina"]
    clinic.practice.set_payer_quotas(marina, {(payer, EVERYWHERE): 1}, stamp(clinic.practice.payer_quotas(marina)))


def test_who_books_beyond_a_quota_is_in_the_audit(clinic, desk, visit):
    full_for(clinic, clinic.at.payers["saude"], visit, clinic.book("bruno", monday(clinic, 1, 0)))
    page = look(desk, visit)
    [beyond] = re.findall(r'name="d-2026-11-30" value="(cota-\d+)"', page.text)
    send(desk, at(visit), PLAN | chosen(page.text) | {"d-2026-11-30": beyond})
    known = [one.entity_id for one in clinic.audit.latest() if one.action == "quota.knowing"]
    assert (len(coming(clinic)), known) == (4, [coming(clinic)[1].id])


def test_another_time_of_the_week_is_taken_instead(clinic, desk, visit):
    clinic.book("bruno", monday(clinic, 1, 4))
    form, other = chosen(look(desk, visit).text), monday(clinic, 1, 2)
    send(desk, at(visit), PLAN | form | {"d-2026-11-30": other.id})
    assert other.starts_at in {one.starts_at for one in coming(clinic)}


def test_a_form_sent_twice_books_once(clinic, desk, visit):
    form = PLAN | chosen(look(desk, visit).text)
    replies = [send(desk, at(visit), form) for _ in range(2)]
    assert [reply.status_code for reply in replies] == [303, 303]
    assert (len(coming(clinic)), len(clinic.database.rows(select(Series.id)))) == (4, 1)


def test_a_form_that_broke_off_is_sent_again(clinic, desk, visit):
    form, day = PLAN | chosen(look(desk, visit).text), date(2026, 11, 30)
    first = {day: Choice(int(form["d-2026-11-30"]))}
    clinic.desk.repetitions.book(visit.id, Plan(1, 4), first, "user:9", form["once"])
    assert "2ª seg., 30 nov., 10:00 marcada" in text(look(desk, visit))
    send(desk, at(visit), form)
    assert len(coming(clinic)) == 4


def test_a_form_sent_again_after_one_was_cancelled_says_so(clinic, desk, visit):
    form = PLAN | chosen(look(desk, visit).text)
    send(desk, at(visit), form)
    clinic.desk.bookings.cancel_for(coming(clinic)[1].id, "other", "user:9")
    clinic.clock.move(minutes=1)
    reply = send(desk, at(visit), form)
    assert (reply.status_code, "esta sessão já tinha sido marcada e foi cancelada" in text(reply)) == (409, True)
    again = PLAN | chosen(reply.text) | {"d-2026-11-30": form["d-2026-11-30"]}
    assert (send(desk, at(visit), again).status_code, len(coming(clinic))) == (303, 4)


def test_a_visit_of_which_no_more_was_booked_is_no_series(clinic, desk, visit):
    form = PLAN | chosen(look(desk, visit, vezes="2").text) | {"vezes": "2"}
    clinic.book("bruno", monday(clinic, 1, 4))
    assert send(desk, at(visit), form).status_code == 409
    for path in (at(visit, "")[:-1], f"/pacientes/{clinic.people['alice'].id}"):
        page = text(desk.get(path))
        assert ("de 1 sess" in page, "Cancelar esta e as seguintes" in page) == (False, False)


def test_what_somebody_took_meanwhile_is_told_and_chosen_anew(clinic, desk, visit):
    form = PLAN | chosen(look(desk, visit).text)
    clinic.book("bruno", monday(clinic, 2, 4))
    reply = send(desk, at(visit), form)
    assert (reply.status_code, len(coming(clinic))) == (409, 3)
    page = text(reply)
    assert "2 sessões marcadas além da primeira. Falta decidir: 07/12." in page
    assert "3ª seg., 7 dez., 10:00 Não marcada: alguém acabou de ficar com este horário." in page
    again = PLAN | chosen(reply.text) | {"d-2026-12-07": monday(clinic, 2, 2).id}
    assert (send(desk, at(visit), again).status_code, len(coming(clinic))) == (303, 4)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"vezes": "1"}, "Escreva um número de 2 a 26"),
        ({"vezes": "27"}, "Escreva um número de 2 a 26"),
        ({"vezes": "dez"}, "Escreva um número de 2 a 26"),
        ({"autorizadas": "0"}, "Escreva um número de 1 a 999"),
        ({"autorizacao": "9" * 41}, "Use até 40 letras e números."),
        ({"autorizadas": "3", "vezes": "4"}, "Das 3 sessões autorizadas, cabem mais 2"),
    ],
    ids=lambda one: str(one)[:24],
)
def test_what_is_wrong_is_told_at_the_field_and_kept(clinic, desk, visit, wrong, said):
    page = look(desk, visit, **wrong)
    assert (page.status_code, said in text(page), len(coming(clinic))) == (422, True, 1)
    assert all(f'value="{value}"' in page.text for value in wrong.values())


def test_the_authorisation_is_kept_with_the_series(desk, visit):
    repeat(desk, visit, autorizadas="10", autorizacao="A-77/2026")
    assert "10 sessões autorizadas pelo convênio, nº A-77/2026" in text(desk.get(at(visit, "")[:-1]))
    assert 'value="A-77/2026"' in desk.get(at(visit)).text


def test_no_date_chosen_is_told(clinic, desk, visit):
    form = {name: "" if name.startswith("d-") else value for name, value in chosen(look(desk, visit).text).items()}
    reply = send(desk, at(visit), PLAN | form)
    assert (reply.status_code, "Escolha o horário de pelo menos uma data." in text(reply)) == (422, True)
    assert len(coming(clinic)) == 1


def test_days_that_are_none_of_the_plan_are_not_read(clinic, desk, visit):
    form = chosen(look(desk, visit).text) | {"d-2026-11-24": clinic.slot("marina", place=9).id, "d-x": "1"}
    send(desk, at(visit), PLAN | form)
    assert {one.starts_at.weekday() for one in coming(clinic)} == {0}


def test_who_missed_visits_is_booked_with_a_reason(clinic, site, visit):
    clinic.profile.save(clinic.profile.get().model_copy(update={"no_shows": 1}))
    missed = clinic.book("alice", clinic.slot("marina", place=1))
    clinic.clock.now = missed.starts_at + timedelta(minutes=10)
    clinic.bookings.arrive(visit.id, "user:1")
    clinic.bookings.no_show(missed.id, "user:1")
    desk = site.client("attendant")
    desk.get("/agenda")
    form = PLAN | chosen(look(desk, visit).text)
    reply = send(desk, at(visit), form)
    assert (reply.status_code, "Escreva por que marca mesmo assim" in text(reply)) == (422, True)
    assert send(desk, at(visit), form | {"motivo": "combinado"}).status_code == 303
    assert "Marcada: combinado" in text(desk.get(at(coming(clinic)[0], "")[:-1]))


def test_a_visit_that_was_cancelled_meanwhile_is_not_repeated(clinic, desk, visit):
    form = PLAN | chosen(look(desk, visit).text)
    clinic.desk.bookings.cancel_for(visit.id, "other", "user:9")
    for reply in (send(desk, at(visit), form), desk.get(at(visit))):
        assert (reply.status_code, "Esta consulta mudou" in text(reply)) == (409, True)
    assert coming(clinic) == []


@pytest.mark.parametrize("what", ["repetir", "cancelar-seguintes"])
def test_a_unit_of_others_is_not_there(clinic, site, what):
    elsewhere = clinic.book("bruno", clinic.slot("rita", "cardiology"), "cardiology")
    narrow = site.client("centro_attendant")
    narrow.get("/agenda")
    assert narrow.get(at(elsewhere, what)).status_code == 404
    assert send(narrow, at(elsewhere, what), PLAN | CANCEL).status_code == 404


@pytest.mark.parametrize("who", ["doctor", "patient"])
def test_it_is_the_desks(site, visit, who):
    browser = site.client(who)
    assert browser.get(at(visit), follow_redirects=True).status_code == 403


def test_the_drawer_gets_the_part_alone(desk, visit):
    part = desk.get(at(visit), headers={"X-Drawer": "1"}).text
    assert ("<html" in part, 'data-title="Repetir consulta"' in part) == (False, True)


def rest(desk, visit):
    page = desk.get(at(visit, "cancelar-seguintes")).text
    return {"sessao": re.findall(r'name="sessao" value="(\d+)"', page)}


def test_this_one_and_the_following_are_cancelled_and_taken_back_in_one_go(clinic, desk, visit):
    repeat(desk, visit)
    second = coming(clinic)[1]
    assert "Serão canceladas 3 sessões:" in text(desk.get(at(second, "cancelar-seguintes")))
    reply = send(desk, at(second, "cancelar-seguintes"), CANCEL | rest(desk, second))
    assert (reply.location, len(coming(clinic))) == (f"/agenda?dia=2026-11-30&desfazer={second.id}", 1)
    reply = send(desk, at(second, "desfazer"))
    assert len(coming(clinic)) == 4
    assert "Desfeito: 3 sessões voltaram ao que eram." in text(desk.get(reply.location))


def test_what_is_at_a_unit_of_others_is_not_cancelled_with_the_rest(clinic, site, desk, visit):
    repeat(desk, visit)
    theirs, norte = coming(clinic)[2], clinic.at.units["norte"]
    clinic.database.change(update(Appointment).where(Appointment.id == theirs.id).values(unit_id=norte))
    narrow = site.client("centro_attendant")
    narrow.get("/agenda")
    page = text(narrow.get(at(visit, "cancelar-seguintes")))
    assert "Serão canceladas 3 sessões:" in page
    assert "Outra sessão da série é de outra unidade e não será cancelada." in page
    more = rest(narrow, visit)["sessao"] + [str(theirs.id)]
    assert send(narrow, at(visit, "cancelar-seguintes"), CANCEL | {"sessao": more}).status_code == 409
    assert send(narrow, at(visit, "cancelar-seguintes"), CANCEL | rest(narrow, visit)).status_code == 303
    assert [one.id for one in coming(clinic)] == [theirs.id]


def test_cancelling_wants_a_reason_and_keeps_what_was_typed(clinic, desk, visit):
    repeat(desk, visit)
    reply = send(desk, at(visit, "cancelar-seguintes"), {"note": "talvez"} | rest(desk, visit))
    assert (reply.status_code, "Escolha o motivo." in text(reply), "talvez" in reply.text) == (422, True, True)
    assert len(coming(clinic)) == 4


def test_another_list_than_was_seen_is_shown_anew(clinic, desk, visit):
    repeat(desk, visit)
    seen = rest(desk, visit)
    clinic.desk.bookings.cancel_for(coming(clinic)[2].id, "other", "user:9")
    reply = send(desk, at(visit, "cancelar-seguintes"), CANCEL | seen)
    assert (reply.status_code, "As sessões mudaram" in text(reply)) == (409, True)
    assert ("Serão canceladas 3 sessões:" in text(reply), len(coming(clinic))) == (True, 3)


def test_what_is_in_no_series_has_nothing_to_follow(desk, visit):
    assert "Não há sessões a cancelar a partir desta." in text(desk.get(at(visit, "cancelar-seguintes")))


def test_the_card_tells_which_of_how_many(clinic, desk, visit):
    repeat(desk, visit)
    page = text(desk.get(f"/pacientes/{clinic.people['alice'].id}"))
    assert all(f"{n}ª de 4 sessões" in page for n in (1, 2, 3, 4))
