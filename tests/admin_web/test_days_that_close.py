"""Days that close by a setting or by a unit's state: who is booked then is shown before it is saved."""

import re
from datetime import date

import pytest

from tests.admin_web.forms import as_shown, send

CARNIVAL = date(2027, 2, 9)
EVANGELICALS_DAY = date(2026, 11, 30)
"""A holiday in Alagoas."""


def booked(clinic, day):
    return clinic.book("alice", clinic.agenda.on_day(clinic.criteria(doctor="marina"), day).times[0])


@pytest.fixture(params=["optional holidays", "another state"])
def change(request, clinic):
    """A page, the day that its change closes, the fields that do so, and whether they are kept."""
    if request.param == "optional holidays":
        clinic.profile.change({"optional_holidays": False}, clinic.profile.stamp())
        clinic.agenda.catch_up()
        clinic.clock.move(seconds=1)
        return "/ajustes", CARNIVAL, {"optional_holidays": "1"}, lambda: clinic.profile.get().optional_holidays
    centro = clinic.at.units["centro"]
    return f"/unidades/{centro}", EVANGELICALS_DAY, {"state": "AL"}, lambda: clinic.units.get(centro).state == "AL"


def test_who_is_hit_is_shown_first_and_offered_another_time(clinic, manager, change):
    page, day, fields, kept = change
    visit = booked(clinic, day)
    asked = send(manager, page, as_shown(manager.get(page).text) | fields).text
    assert "há uma consulta marcada em dias que passam a ser feriado" in asked and "Alice Ferreira" in asked
    assert not kept()
    shown = re.search(r'name="shown" value="(\w+)"', asked)[1]
    assert send(manager, page, as_shown(asked) | {"shown": shown, "offer": "1"}).status_code == 303
    assert kept()
    assert [one.tell_by_phone for one in clinic.closings.hit(day, None) if one.id == visit.id] == [True]


def test_nobody_is_asked_about_where_nobody_is_hit(clinic, manager, change):
    page, _, fields, kept = change
    clinic.book("alice")
    assert send(manager, page, as_shown(manager.get(page).text) | fields).status_code == 303
    assert kept()


def test_a_day_the_clinic_works_on_in_spite_of_it_hits_nobody(clinic, manager, change):
    page, day, fields, kept = change
    booked(clinic, day)
    clinic.closings.add(day, "Plantão", works=True)
    assert send(manager, page, as_shown(manager.get(page).text) | fields).status_code == 303
    assert kept()
