"""Call-flow 4.3: in person or by video."""

from datetime import time

import pytest

from clinic.agenda import HoursInput
from tests.agi.menus.talking import BRUNO, talk


@pytest.fixture
def with_video(clinic):
    hours = [HoursInput(clinic.at.units["centro"], day, time(13), time(17), modality="any") for day in range(5)]
    clinic.agenda.set_hours(clinic.at.doctors["paulo"], hours)
    return clinic


def test_video_is_asked_where_it_is_to_be_had(with_video):
    call = talk(with_video, *BRUNO, "1", "1", "2", "2", "1", "1")
    assert "choose/modality" in call.heard
    assert "at/video" in call.heard
    (booked,) = with_video.bookings.upcoming(with_video.people["bruno"])
    assert booked.modality == "video"


def test_it_is_not_asked_where_the_clinic_does_not_want_it(with_video):
    with_video.profile.save(with_video.profile.get().model_copy(update={"ask_modality": False}))
    assert "choose_modality" not in talk(with_video, *BRUNO, "1", "1", "2").trail


def test_it_is_not_asked_of_a_clinic_without_video(clinic):
    assert "choose_modality" not in talk(clinic, *BRUNO, "1", "1", "2").trail
