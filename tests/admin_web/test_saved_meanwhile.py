"""What is saved while a page is being made is shown on it or is a conflict: never is it written over unseen."""

from dataclasses import replace
from functools import partial

import pytest

from admin_web.api.doctors import Doctors
from admin_web.api.operations import Asked
from clinic.identities import Identity
from clinic.profile import Profiles
from tests.admin_web.forms import as_shown, send
from tests.admin_web.meanwhile import Meanwhile
from tests.admin_web.site import make_site

ANSWERS = range(1, 6)
"""A form is made of no more answers."""


def rewrite_unit(editing, **values):
    return editing.save_unit(1, values, editing.opening(1), editing.seen_of_unit(1))


def rewrite_doctor(editing, **values):
    record = {name: value for name, value in editing.record("doctor", 1).items() if name != "id"}
    return editing.save_doctor(1, record | values, editing.specialties_of(1), editing.payers_of(1), editing.seen_of(1))


def rewrite_settings(clinic, profiles, **values):
    clinic.clock.move(seconds=1)
    return profiles.change(values, profiles.stamp())


def read_and_sent_back(browser, path):
    send(browser, path, as_shown(browser.get(path).text))


@pytest.mark.parametrize(
    ("sort", "path", "rewrite", "field"),
    [
        ("unit", "/unidades/1", rewrite_unit, "district"),
        ("doctor", "/cadastro/medicos/1", rewrite_doctor, "spoken"),
    ],
    ids=["unit", "doctor"],
)
def test_a_record_saved_while_its_form_is_made_stays(clinic, tmp_path, sort, path, rewrite, field):
    slow = Meanwhile(clinic.editing)
    browser = make_site(replace(clinic, editing=slow), tmp_path).client("manager")
    for nth in ANSWERS:
        slow.after(nth, partial(rewrite, clinic.editing, **{field: f"Nova {nth}"}))
        read_and_sent_back(browser, path)
        assert clinic.editing.record(sort, 1)[field] == f"Nova {nth}"


def test_settings_saved_while_their_form_is_made_stay(clinic, tmp_path):
    slow, others = Meanwhile(clinic.profile), Profiles(clinic.database, clinic.clock)
    browser = make_site(replace(clinic, profile=slow), tmp_path).client("manager")
    for nth in ANSWERS:
        slow.after(nth, partial(rewrite_settings, clinic, others, portal_welcome=f"Nova {nth}"))
        read_and_sent_back(browser, "/ajustes")
        others.forget()
        assert others.get().portal_welcome == f"Nova {nth}"


def test_the_version_of_a_doctor_names_nothing_newer_than_what_is_told(clinic):
    slow = Meanwhile(clinic.editing)
    doctors = Doctors(replace(clinic, editing=slow))
    for nth in ANSWERS:
        slow.after(nth, partial(rewrite_doctor, clinic.editing, spoken=f"Nova {nth}"))
        told = doctors.get(Asked({"record_id": 1}, None, None))
        assert told.body.spoken == f"Nova {nth}" or told.version != clinic.editing.seen_of(1)


def test_an_access_taken_away_while_the_account_is_saved_is_not_given_back(clinic, tmp_path):
    slow = Meanwhile(clinic.team)
    browser = make_site(replace(clinic, team=slow), tmp_path).client("manager")
    bia = clinic.users.create("Bia", ["attendant"], [Identity("email", "bia@example.com")], by="test")
    fields = as_shown(browser.get(f"/equipe/{bia}").text) | {"name": "Beatriz"}
    slow.after(1, partial(clinic.users.set_active, bia, False, by="test"))
    assert send(browser, f"/equipe/{bia}", fields).status_code == 303
    member = clinic.team.member(bia)
    assert (member.name, member.active) == ("Beatriz", False)
