"""What was spoken goes when its time is over, and not a day before."""

import os
from datetime import timedelta

import pytest

from clinic.retention import Retention
from clinic.settings import Settings
from clinic.worker import jobs


@pytest.fixture
def spool(tmp_path):
    return tmp_path / "recordings"


@pytest.fixture
def keep(clinic, spool):
    """Put a recording there that is so many days old."""

    def put(name, days):
        file = spool / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"RIFF")
        then = (clinic.clock() - timedelta(days=days)).timestamp()
        os.utime(file, (then, then))
        return file

    return put


def cleaned(clinic, spool, call_days=90, message_days=1095):
    settings = Settings(spool=spool.parent, recordings_days=call_days, messages_days=message_days)
    return Retention(clinic.database, settings, clinic.profile, clinic.clock).clean()


def operator(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"operadora": True}))


@pytest.mark.parametrize(("name", "stays", "goes"), [("calls/1.wav", 89.9, 90.1), ("reception-1.wav", 1094.9, 1095.1)])
def test_a_recording_stays_to_the_last_day(clinic, spool, keep, name, stays, goes):
    file = keep(name, stays)
    assert (cleaned(clinic, spool), file.exists()) == (0, True)
    keep(name, goes)
    assert (cleaned(clinic, spool), file.exists()) == (1, False)


@pytest.mark.parametrize(("name", "days"), [("calls/1.wav", 89), ("2024-01-01/complaint-1.wav", 737)])
def test_an_operator_keeps_as_long_as_the_law_says_whatever_is_set(clinic, spool, keep, name, days):
    operator(clinic)
    file = keep(name, days)
    assert (cleaned(clinic, spool, 1, 1), file.exists()) == (0, True)


def test_another_clinic_may_keep_less(clinic, spool, keep):
    files = [keep("calls/1.wav", 8), keep("2026-11-01/complaint-1.wav", 8)]
    assert cleaned(clinic, spool, 7, 7) == 2
    assert not any(file.exists() for file in files)


def test_a_note_keeps_its_protocol_when_its_voice_is_gone(clinic, spool):
    clinic.voice_notes.add("complaint", "2026-11-23/a.wav", 9, "1.1", protocol="261123000001")
    clinic.clock.move(days=8)
    cleaned(clinic, spool, 7, 7)
    (note,) = clinic.voice_notes.list()
    assert (note.path, note.seconds, note.protocol) == (None, 9, "261123000001")


def test_what_was_never_finished_goes_too(clinic, spool, keep):
    file = keep(".reception-1.tmp.wav", 1100)
    cleaned(clinic, spool)
    assert not file.exists()


def test_an_empty_day_goes_and_todays_stays(clinic, spool, keep):
    old = keep("2023-01-01/complaint-1.wav", 1200).parent
    today = keep("2026-11-23/complaint-2.wav", 0).parent
    then = (clinic.clock() - timedelta(days=1200)).timestamp()
    cleaned(clinic, spool)
    os.utime(old, (then, then))
    cleaned(clinic, spool)
    assert (old.exists(), today.exists()) == (False, True)


def test_nothing_there_is_nothing_to_do(clinic, spool):
    assert cleaned(clinic, spool) == 0


def test_it_is_the_workers_every_night(clinic):
    assert {"retention", "guesses"} <= {job.name for job in jobs(clinic, lambda _name: True, None)}
