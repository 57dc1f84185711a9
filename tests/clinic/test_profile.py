"""The clinic's own settings."""

import pytest
from pydantic import ValidationError

from clinic.profile import ChangedMeanwhile, Profile, Profiles
from clinic.roster import Rosters


def test_what_is_saved_is_there_at_once(clinic):
    clinic.profile.save(Profile(name="Outra", max_future_appointments=7))
    assert clinic.profile.get().max_future_appointments == 7


def test_another_process_sees_it_within_five_seconds(clinic):
    now = [0.0]
    elsewhere = Profiles(clinic.database, clinic.clock, lambda: now[0])
    before = elsewhere.get().name
    clinic.profile.save(Profile(name="Outra"))
    now[0] = 4.9
    assert elsewhere.get().name == before
    now[0] = 5.1
    assert elsewhere.get().name == "Outra"


def test_another_process_sees_a_changed_directory_within_two_seconds(clinic):
    now = [0.0]
    elsewhere = Rosters(clinic.database, lambda: now[0])
    assert len(elsewhere.get().units) == 2
    clinic.directory.add_unit("Nova", "Rua Nova, 1", "São Paulo", "SP", position=9)
    now[0] = 2.1
    assert len(elsewhere.get().units) == 3


def test_an_unchanged_directory_is_not_read_again(clinic):
    now = [0.0]
    elsewhere = Rosters(clinic.database, lambda: now[0])
    before = elsewhere.get()
    now[0] = 100.0
    assert elsewhere.get() is before


def test_the_name_is_spoken_as_it_is_written_unless_told_otherwise():
    assert (Profile(name="Clínica A").says, Profile(name="A", spoken_name="Clínica Á").says) == (
        "Clínica A", "Clínica Á",
    )  # fmt: skip


@pytest.mark.parametrize("wrong", [{"hold_minutes": 0}, {"booking_days": 0}, {"max_future_appointments": 0}])
def test_settings_that_would_stop_the_clinic_are_refused(wrong):
    with pytest.raises(ValidationError):
        Profile(**wrong)


def test_the_name_of_the_clinic_is_rendered(clinic):
    clinic.profile.save(Profile(name="SOS Olhos", spoken_name="Esse ó esse Olhos"))
    assert "Esse ó esse Olhos" in clinic.names.pending()


def test_a_change_keeps_what_it_does_not_name(clinic):
    changed = clinic.profile.change({"rating": True}, clinic.profile.stamp())
    assert (changed.rating, changed.name) == (True, "Clínica Boa Vista")
    assert clinic.profile.get() == changed


def test_nobody_writes_over_what_he_has_not_seen(clinic):
    seen = clinic.profile.stamp()
    clinic.clock.move(seconds=1)
    clinic.profile.change({"rating": True}, seen)
    with pytest.raises(ChangedMeanwhile):
        clinic.profile.change({"rating": False}, seen)
    assert clinic.profile.get().rating


def test_a_changed_privacy_notice_is_a_new_version(clinic):
    first = clinic.profile.change({"privacy_notice": "Guardamos só o necessário."}, clinic.profile.stamp())
    clinic.clock.move(seconds=1)
    again = clinic.profile.change({"privacy_notice": "Guardamos só o necessário."}, clinic.profile.stamp())
    assert (first.privacy_version, again.privacy_version) == (2, 2)


def test_a_setting_that_cannot_be_changes_nothing(clinic):
    with pytest.raises(ValidationError):
        clinic.profile.change({"booking_days": 0}, clinic.profile.stamp())
    assert clinic.profile.get().booking_days == 90
