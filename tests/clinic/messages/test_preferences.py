"""Who said nothing gets reminders; what was said holds."""

import pytest

from clinic.messages.preferences import Preference, Preferences


@pytest.fixture
def preferences(clinic):
    return Preferences(clinic.database, clinic.clock)


@pytest.fixture
def alice(clinic):
    return clinic.people["alice"].id


def test_who_said_nothing_is_reminded(preferences, alice):
    assert preferences.of(alice) == Preference(reminders=True, medium=None)
    assert preferences.of_all([alice]) == {}


def test_what_was_said_holds(preferences, alice, clinic):
    preferences.set(alice, Preference(False, "sms"), by="user:1")
    preferences.set(alice, Preference(False, "email"), by="user:2")
    assert preferences.of(alice) == Preference(False, "email")
    assert preferences.of(clinic.people["bruno"].id) == Preference()


def test_saying_no_to_reminders_keeps_the_medium(preferences, alice):
    preferences.set(alice, Preference(True, "sms"), by="user:1")
    preferences.remind(alice, False, by="patient:1")
    assert preferences.of(alice) == Preference(False, "sms")


def test_nobody_prefers_what_there_is_not(preferences, alice):
    with pytest.raises(ValueError, match="pombo"):
        preferences.set(alice, Preference(True, "pombo"), by="user:1")


def test_wishes_are_kept_on_every_database(any_clinic):
    preferences, alice = Preferences(any_clinic.database, any_clinic.clock), any_clinic.people["alice"].id
    for reminders in (False, False, True):
        preferences.set(alice, Preference(reminders), by="user:1")
    assert preferences.of(alice) == Preference(True)
