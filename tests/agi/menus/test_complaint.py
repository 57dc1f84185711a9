"""Complaints and messages."""

from agi.phone import HangUp, Silence, Speaks
from tests.agi.menus.talking import BRUNO, in_order, talk, went_to

AT_ONCE = ("6", "#")


def test_it_is_kept_with_its_protocol_before_any_data(clinic):
    call = talk(clinic, *AT_ONCE, Speaks(20))
    (note,) = clinic.voice_notes.list()
    assert (note.kind, note.seconds) == ("complaint", 20)
    said = [one[-1] for one in call.heard[call.heard.index("complaint/kept") :] if one.startswith("digit/")]
    assert "".join(said) == note.protocol


def test_afterwards_one_goes_on_to_the_cpf(clinic):
    assert talk(clinic, *AT_ONCE, Speaks(5), "1", *BRUNO).trail[-1] == "main"


def test_from_the_main_menu_it_is_the_patients(clinic):
    call = talk(clinic, *BRUNO, "6", Speaks(5))
    assert in_order(call.heard, "main/complaint", "complaint/speak", "complaint/kept")


def test_what_was_said_before_hanging_up_is_kept(clinic):
    talk(clinic, *AT_ONCE, HangUp(after=6))
    assert clinic.voice_notes.list()[0].seconds >= 5


def test_zero_instead_of_speaking_is_a_person(clinic):
    assert went_to(talk(clinic, *AT_ONCE, Speaks(1, key="0"))) == "reception"


def test_saying_nothing_three_times_is_a_person(clinic):
    assert went_to(talk(clinic, *AT_ONCE, Silence(), Silence(), Silence())) == "reception"


def test_what_was_said_before_zero_is_kept(clinic):
    talk(clinic, *AT_ONCE, Speaks(7, key="0"))
    assert [note.seconds for note in clinic.voice_notes.list()] == [7]


def test_star_takes_back_what_was_said(clinic):
    talk(clinic, *AT_ONCE, Speaks(7, key="*"))
    assert clinic.voice_notes.list() == []


def test_who_said_nothing_left_no_note(clinic):
    talk(clinic, *AT_ONCE, Silence(), Silence(), Silence())
    assert clinic.voice_notes.list() == []
