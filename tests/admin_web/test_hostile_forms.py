"""What no form of ours sends: days ages away, ids of others, what nobody was shown, forms that are old."""

import pytest

from admin_web.fields import visible
from admin_web.hours_form import FIELDS
from admin_web.own_terms import read_reais
from clinic.editing import Editing, stamp
from clinic.profile import ChangedMeanwhile
from tests.admin_web.forms import as_shown, send
from tests.admin_web.own import at, row, seen_in, tuesday
from tests.clinic.counting import CountingDatabase

AGES_AWAY = ("0001-01-01", "9999-12-31")


# Days ages away


@pytest.mark.parametrize("day", AGES_AWAY)
def test_a_day_ages_away_is_today(doctor, marina, day):
    assert "23 de novembro" in doctor.get(f"/medico/{marina}?dia={day}").text


@pytest.mark.parametrize("day", AGES_AWAY)
def test_nobody_is_away_in_another_age(clinic, doctor, marina, day):
    reply = send(doctor, f"/medico/{marina}/ausencias", **{"from": day, "until": "2026-11-24"})
    assert (reply.status_code, "Confira o ano." in reply.text) == (422, True)
    assert clinic.practice.absences(marina) == []


@pytest.mark.parametrize("day", AGES_AWAY)
def test_no_day_of_another_age_is_closed(clinic, manager, day):
    reply = send(manager, "/feriados", day=day, name="Reforma")
    assert (reply.status_code, "Confira o ano." in reply.text) == (422, True)
    assert clinic.closings.own() == []


@pytest.mark.parametrize("day", AGES_AWAY)
def test_the_audit_of_another_age_is_shown_as_without_days(manager, day):
    assert manager.get(f"/auditoria?de={day}&ate={day}").status_code == 200


# Numbers


@pytest.mark.parametrize("number", [2**63, 10**40])
def test_an_id_greater_than_any_is_not_found(site, number):
    manager = site.client("manager")
    assert [manager.get(f"/{path}/{number}").status_code for path in ("unidades", "pacientes", "medico")] == [404] * 3


@pytest.mark.parametrize("typed", ["1.111.111", "99999999", "٣٥٠", "²"])
def test_a_price_beyond_all_prices_is_none(typed):
    assert read_reais(typed) is None


# Ids of others


def test_a_unit_that_is_none_does_not_close_all_of_them(clinic, manager):
    reply = send(manager, "/feriados", day="2026-11-24", name="Reforma", unit="999")
    assert (reply.status_code, "Escolha uma das unidades" in reply.text) == (422, True)
    assert clinic.closings.own() == []


# Nobody is hit who was not shown


def test_an_absence_whose_days_were_changed_is_asked_about_again(clinic, doctor, marina):
    tuesday(clinic)
    path, hours = f"/medico/{marina}/ausencias", {"from": "2026-11-24", "starts": "08:00", "ends": "09:00"}
    seen = seen_in(send(doctor, path, **hours).text)
    clinic.book("bruno", clinic.agenda.on_day(clinic.criteria(doctor="marina"), at(8).date()).times[-1])
    asked = send(doctor, path, **hours | {"ends": "18:00"}, seen=seen)
    assert "2 pessoas estão marcadas" in asked.text
    assert clinic.practice.absences(marina) == []


def changing(clinic, marina, what):
    """A page and its form, of what hits the Tuesday's visits."""
    return {
        "absence": (f"/medico/{marina}/ausencias", {"from": "2026-11-24"}),
        "hours": (f"/medico/{marina}/horarios", row(clinic, starts="11:30")),
        "holiday": ("/feriados", {"day": "2026-11-24", "name": "Reforma"}),
    }[what]


@pytest.mark.parametrize("what", ["absence", "hours", "holiday"])
def test_that_others_are_hit_than_were_shown_is_told_in_words(clinic, manager, marina, what):
    tuesday(clinic)
    path, form = changing(clinic, marina, what)
    first = send(manager, path, **form)
    tuesday(clinic, "bruno")
    again = send(manager, path, **form, seen=seen_in(first.text))
    said = "A lista de quem está marcado não é mais a que você viu."
    assert [(one.status_code, said in one.text) for one in (first, again)] == [(200, False), (409, True)]
    assert "Bruno Lima" in again.text
    assert send(manager, path, **form, seen=seen_in(again.text)).status_code == 303


def test_who_came_and_went_before_is_not_called_about_an_absence(clinic, site, marina):
    visit = tuesday(clinic)
    clinic.clock.move(days=1, hours=3)
    doctor = site.client("doctor")
    doctor.get(f"/medico/{marina}")
    send(doctor, f"/medico/{marina}/ausencias", **{"from": "2026-11-24", "offer": "1"})
    assert len(clinic.practice.absences(marina)) == 1
    assert [one.tell_by_phone for one in clinic.practice.day(marina, at(8).date()) if one.id == visit.id] == [False]


def test_a_reason_that_is_too_long_is_told_and_kept(clinic, doctor, marina):
    reply = send(doctor, f"/medico/{marina}/ausencias", **{"from": "2026-11-24", "reason": "x" * 10_000})
    assert (reply.status_code, "Cabe até 200 letras." in reply.text, "x" * 10_000 in reply.text) == (422, True, True)
    assert clinic.practice.absences(marina) == []


# Forms that are old


def test_two_do_not_write_over_each_others_hours(clinic, doctor, manager, marina):
    mine = row(clinic, starts="09:00")
    send(manager, f"/medico/{marina}/horarios", **row(clinic, starts="10:00"))
    reply = send(doctor, f"/medico/{marina}/horarios", **mine)
    assert (reply.status_code, "mudaram enquanto você escrevia" in reply.text) == (409, True)
    assert 'value="09:00"' in reply.text and "das 10:00 às 12:00, Centro, presencial, 30 min" in reply.text
    assert [one.starts.hour for one in clinic.practice.hours(marina)] == [10]


def test_two_managers_do_not_write_over_each_others_payers(clinic, manager, marina):
    path = f"/cadastro/medicos/{marina}"
    mine = as_shown(manager.get(path).text)
    fewer = {one: values for one, values in mine.items() if one != "takes"}
    assert send(manager, path, **fewer).status_code == 303
    reply = send(manager, path, **mine)
    assert (reply.status_code, "Outra pessoa mudou" in reply.text) == (409, True)
    assert '<dt>Quem paga, e onde</dt><dd class="wrap">nenhum</dd>' in reply.text
    assert clinic.editing.payers_of(marina) == frozenset()


def test_hours_are_compared_at_the_moment_they_are_written(any_clinic):
    marina = any_clinic.at.doctors["marina"]
    seen = any_clinic.practice.hours(marina)
    any_clinic.practice.set_hours(marina, seen[:2], lambda now: now == seen)
    with pytest.raises(ChangedMeanwhile):
        any_clinic.practice.set_hours(marina, seen[:1], lambda now: now == seen)
    assert any_clinic.practice.hours(marina) == seen[:2]


def test_more_hours_than_there_is_room_for_are_told_and_kept(clinic, doctor, marina):
    one = row(clinic)
    many = {name: [one[name]] * 70 for name in FIELDS} | {"before": one["before"]}
    reply = send(doctor, f"/medico/{marina}/horarios", many)
    assert (reply.status_code, "Cabem até 60 horários." in reply.text) == (422, True)
    assert reply.text.count('name="starts" value="08:00"') == 70
    assert len(clinic.practice.hours(marina)) == 5


# Who reads leaves a trace; who may log in no more reads nothing


def test_who_sees_whom_a_change_hits_is_in_the_audit(clinic, site, doctor, marina):
    tuesday(clinic)
    send(doctor, f"/medico/{marina}/ausencias", **{"from": "2026-11-24"})
    [line] = clinic.audit.latest(action="hit.read")
    assert (line.actor, line.entity_id) == (site.viewer("doctor").ref, marina)
    assert line.note == f"patients {clinic.people['alice'].id}"


def test_the_calendar_of_a_doctor_who_may_log_in_no_more_is_closed(clinic, site, marina):
    token, user = clinic.feeds.open(marina, with_names=True), site.user("doctor")
    assert clinic.feeds.calendar(token)
    clinic.users.set_active(user, False, by="test")
    assert clinic.feeds.calendar(token) is None


# However many there are


def test_the_list_of_doctors_asks_no_more_for_more_doctors(clinic, marina):
    counting = CountingDatabase(str(clinic.database.url))
    editing = Editing(counting, *(getattr(clinic.editing, name) for name in ("_rosters", "_schedules", "_clock")))
    assert editing.specialties_of_all()[marina] == clinic.editing.specialties_of(marina)
    counting.close()
    assert len(counting.asked) == 1


# What cannot be seen, what must not change, what is not there yet


def test_marks_nobody_sees_are_left_out():
    assert visible("Dr\u202ea. \x00Inês\u200f \U0001f469\u200d\u2695\ufe0f") == "Dra. Inês \U0001f469\u200d\u2695\ufe0f"


def test_the_code_of_a_kind_stays(clinic, manager):
    path = f"/tipos/{clinic.at.kinds['first']}"
    assert send(manager, path, **as_shown(manager.get(path).text) | {"code": "outro"}).status_code == 303
    assert clinic.editing.record("kind", clinic.at.kinds["first"])["code"] == "first"


def test_a_clinic_whose_units_are_all_closed_has_its_pages(clinic, manager, marina):
    for unit in clinic.at.units.values():
        clinic.editing.save("unit", unit, {"active": False}, stamp(clinic.editing.record("unit", unit)))
    own = (f"/medico/{marina}{page}" for page in ("", "/horarios", "/ausencias", "/precos", "/cotas"))
    assert {manager.get(path).status_code for path in ("/auditoria", "/feriados", "/ajustes", *own)} == {200}


def test_an_absence_sent_twice_is_kept_once(clinic, doctor, marina):
    for _ in range(2):
        assert send(doctor, f"/medico/{marina}/ausencias", **{"from": "2026-11-24"}).status_code == 303
    assert len(clinic.practice.absences(marina)) == 1


def test_what_is_taken_back_twice_is_taken_back_once(clinic, doctor, manager, marina):
    send(doctor, f"/medico/{marina}/ausencias", **{"from": "2026-11-24"})
    send(manager, "/feriados", day="2026-11-25", name="Reforma")
    absence, closing = clinic.practice.absences(marina)[0].id, clinic.closings.own()[0].id
    for browser, path, page in (
        (doctor, f"/medico/{marina}/ausencias/{absence}/retirar", f"/medico/{marina}/ausencias"),
        (manager, f"/feriados/{closing}/retirar", "/feriados"),
    ):
        assert [send(browser, path).status_code for _ in range(2)] == [303, 303]
        assert "já não estava na lista" in browser.get(page).text


def test_nobody_takes_back_anothers_absence(clinic, site, doctor):
    rita = clinic.at.doctors["rita"]
    clinic.practice.add_absence(rita, at(8), at(12))
    [absence] = clinic.practice.absences(rita)
    marina = clinic.at.doctors["marina"]
    assert send(doctor, f"/medico/{rita}/ausencias/{absence.id}/retirar").status_code == 404
    send(doctor, f"/medico/{marina}/ausencias/{absence.id}/retirar")
    assert clinic.practice.absences(rita) == [absence]
