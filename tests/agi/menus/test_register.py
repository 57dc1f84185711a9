"""Call-flow 2.5."""

from agi.phone import HangUp, Silence, Speaks
from tests.agi.menus.talking import ALICE, in_order, talk, went_to

NOBODY = ("39053344705", "05041990")


def test_the_spoken_name_is_kept_with_its_protocol(clinic):
    talk(clinic, *NOBODY, "2", Speaks(3))
    (note,) = clinic.voice_notes.list()
    assert (note.kind, note.seconds) == ("name", 3)
    assert note.protocol
    assert note.path


def test_the_record_stands_apart_even_when_the_cpf_exists(clinic):
    call = talk(clinic, ALICE[0], "01011990", "2", Speaks(2))
    assert call.trail[-1] == "main"
    assert clinic.patients.get(clinic.people["alice"].id).birth_date.year == 1980


def test_a_name_not_spoken_is_asked_for_again(clinic):
    call = talk(clinic, *NOBODY, "2", Silence(), Speaks(2))
    assert in_order(call.heard, "register/say-name", "common/heard-nothing", "register/say-name", "register/done")


def test_a_name_never_spoken_is_a_person(clinic):
    assert went_to(talk(clinic, *NOBODY, "2", Silence(), Silence(), Silence())) == "reception"


def test_who_registers_may_hold_one_future_appointment(clinic):
    book = ("1", "1", "2", "1", "1", "1", "1")
    call = talk(clinic, *NOBODY, "2", Speaks(2), *book, *book)
    assert "booking/too-many" in call.heard


def test_what_was_said_before_hanging_up_is_kept(clinic):
    talk(clinic, *NOBODY, "2", HangUp(after=2))
    (note,) = clinic.voice_notes.list()
    assert note.seconds
