"""The clinic's own settings."""

import pytest
from pydantic import ValidationError

from clinic.profile import Profile, Profiles
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
