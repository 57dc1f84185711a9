"""A call: what is asked, how, and what counts as the answer."""

import pytest

from agi.call import Call, CallerHungUp, TooLong, Typed
from agi.phone import AtOnce, FakeSounds, HangUp, Keys, Silence, TypeAhead, fake_call, header
from agi.speech import Digits
from agi.voice import FILES_BYTES, Voice, in_lines
from agi.wire import Agi
from tests.agi.test_wire import Peer


def test_a_composed_question_takes_two_commands():
    call = fake_call("3")
    assert call.key("menu/a", "menu/b") == "3"
    assert [line.split()[0:2] for line in call.commands] == [["EXEC", "Read"], ["GET", "VARIABLE"]]


def test_a_question_of_one_sentence_takes_one_command():
    call = fake_call("3")
    assert call.key("menu/a") == "3"
    assert call.commands == ['GET DATA "/fake/normal/menu/a" 6000 1']


@pytest.mark.parametrize("key", "0123456789*#")
@pytest.mark.parametrize("said", [["a/a"], ["a/a", "a/b"]])
def test_every_key_is_told(key, said):
    assert fake_call(key).key(*said) == key


@pytest.mark.parametrize("said", [[], ["a/a"], ["a/a", "a/b"]])
def test_no_key_is_told_as_such(said):
    call = fake_call(Silence())
    assert call.key(*said) == ""
    assert call.person.now() >= len(said) + 6


def test_a_key_interrupts_what_is_said():
    call = fake_call(AtOnce("2"))
    assert call.key("a/a", "a/b") == "2"
    assert call.heard == ["a/a"]


def test_what_was_queued_is_said_before_the_question():
    call = fake_call("1")
    call.play("a/first")
    call.key("a/second")
    assert call.heard == ["a/first", "a/second"]


def test_a_number_is_asked_with_one_sentence():
    call = fake_call("52998224725")
    assert call.digits("cpf/ask", 11) == Typed("52998224725", False)
    assert call.commands == ['GET DATA "/fake/normal/cpf/ask" 5000 11']


@pytest.mark.parametrize(
    ("keys", "typed"),
    [
        ("123#", Typed("123", False)),
        ("123", Typed("123", True)),
        ("#", Typed("", False)),
        ("12*34", Typed("12*34", False)),
        (Silence(), Typed("", True)),
    ],
)
def test_a_number_may_end_in_many_ways(keys, typed):
    assert fake_call(keys).digits("a/number", 5) == typed


def test_a_number_typed_slowly_is_left_where_it_paused():
    call = fake_call(Keys("05041980", gap=6))
    assert call.digits("a/date", 8) == Typed("0", True)
    assert call.digits("", 7) == Typed("5", True)


def test_a_key_that_interrupts_queued_speech_is_the_first_digit():
    call = fake_call(AtOnce("05041980"))
    call.play("a/wrong", "a/try-again")
    assert call.digits("a/date", 8) == Typed("05041980", False)
    assert call.heard == ["a/wrong"]


def test_a_single_digit_may_come_with_the_interruption_alone():
    call = fake_call(AtOnce("7"))
    call.play("a/wrong")
    assert call.digits("a/one", 1) == Typed("7", False)


def test_who_types_ahead_is_never_kept_waiting():
    call = fake_call(TypeAhead("52998224725", "05041980", "1"))
    assert call.digits("a/cpf", 11).digits == "52998224725"
    assert call.digits("a/date", 8).digits == "05041980"
    assert call.key("a/a", "a/b") == "1"
    assert call.person.now() < 3


@pytest.mark.parametrize("queued", [[], ["a/wrong"]])
def test_a_late_pound_answers_no_number(queued):
    call = fake_call("52998224725#", "05041980")
    call.digits("a/cpf", 11)
    call.play(*queued)
    assert call.digits("a/date", 8) == Typed("05041980", False)
    assert call.heard[-1:] == ["a/date"]
    assert queued == [] or call.handset.record.heard[-2].whole


@pytest.mark.parametrize("said", [["a/a"], ["a/a", "a/b"]])
def test_a_late_pound_answers_no_menu(said):
    call = fake_call("52998224725#", "1")
    call.digits("a/cpf", 11)
    assert call.key(*said) == "1"


def test_a_pound_of_its_own_is_an_answer():
    call = fake_call("1", "#")
    call.key("a/a")
    assert call.key("a/b") == "#"


def test_slow_mode_doubles_the_time_and_takes_slow_recordings():
    call = fake_call(Silence(), Silence())
    call.slow = True
    call.key("a/a")
    call.digits("a/b", 3)
    assert call.commands == ['GET DATA "/fake/slow/a/a" 12000 1', 'GET DATA "/fake/slow/a/b" 10000 3']


def test_a_missing_recording_is_left_out_and_told_once():
    missing = []
    call = _call_missing(missing, "1", "1")
    assert [call.key("a/a", "a/gone", "a/b"), call.key("a/a", "a/gone")] == ["1", "1"]
    assert missing == ["a/gone"]
    assert call.heard == ["a/a", "a/b", "a/a"]


def test_a_question_without_any_recording_is_asked_by_the_fallback():
    call = _call_missing([], "1")
    assert call.key("a/gone") == "1"
    assert call.heard == ["common/fallback"]


def test_without_any_recording_at_all_keys_are_still_read():
    call = fake_call("1", shelf=FakeSounds(missing={"a/gone", "common/fallback"}))
    assert call.key("a/gone") == "1"


def test_a_recording_asterisk_cannot_play_is_no_hang_up():
    call = fake_call("123", shelf=_Unplayable())
    assert call.digits("a/number", 3) == Typed("123", False)
    assert call.heard == ["common/fallback"]


def test_a_long_sentence_is_split_and_can_be_interrupted_anywhere():
    said = [f"long/sentence-{n:03}-with-a-rather-long-name" for n in range(90)]
    call = fake_call("4")
    assert call.key(*said) == "4"
    assert call.heard == said
    call = fake_call(AtOnce("4", gap=30))
    assert call.key(*said) == "4"
    assert len(call.heard) < 90


def test_no_line_is_too_long():
    voice = Voice(FakeSounds())
    pieces = voice.pieces([f"long/ção-{'x' * (n % 70)}" for n in range(400)], slow=False)
    lines = in_lines(pieces)
    assert [piece for line in lines for piece in line] == pieces
    assert all(len("&".join(piece.path for piece in line).encode()) <= FILES_BYTES for line in lines)


def test_a_code_is_said_digit_by_digit():
    call = fake_call("1")
    call.key(Digits("512"))
    assert call.heard == ["digit/5", "pause/300", "digit/1", "pause/300", "digit/2"]


def test_what_is_said_at_the_end_is_said_before_handing_over():
    call = fake_call()
    call.play("a/bye")
    call.continue_at("reception")
    assert call.heard == ["a/bye"]
    assert call.handset.record.continues_at == {"context": "reception", "exten": "s", "priority": "1"}
    assert call.continues_at == "reception"


def test_the_call_begins_with_an_answer_and_a_pause_between_digits():
    call = fake_call()
    call.start()
    assert call.commands == ["ANSWER", 'SET VARIABLE "TIMEOUT(digit)" "3"']


def test_a_variable_comes_back_as_it_was_set():
    call = fake_call()
    call.set_variable("NAME", 'a "b" \\ c')
    assert call.get_variable("NAME") == 'a "b" \\ c'
    assert call.get_variable("NONE") == ""


@pytest.mark.parametrize(("sent", "typed"), [("12", "12"), ("1A2D", "12"), ("é", ""), ("٣", ""), ("1*", "1*")])
def test_only_keys_of_a_telephone_are_digits(sent, typed):
    call = Call(Agi(Peer(f"200 result={sent}\n".encode())), header("x"), Voice(FakeSounds()))
    assert call.digits("a/number", 5).digits == typed


def test_a_menu_too_many_ends_the_call():
    call = fake_call()
    for _ in range(60):
        call.enter("menu")
    with pytest.raises(TooLong):
        call.enter("menu")


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"agi_callerid": "unknown"}, {"caller": ""}),
        ({"agi_callerid": "+5511987654321"}, {"caller": "+5511987654321"}),
        ({"agi_arg_1": ""}, {"linkedid": "1.1"}),
        ({"agi_arg_1": "0.9"}, {"linkedid": "0.9"}),
        ({"agi_dnid": "unknown", "agi_extension": "4000"}, {"dialled": "4000"}),
        ({"agi_network_script": "booking?x=1"}, {"entry": "booking"}),
    ],
)
def test_who_calls_whom_is_in_the_header(fields, expected):
    call = Call(None, {**header("greeting", uniqueid="1.1"), **fields}, None)
    assert {name: getattr(call, name) for name in expected} == expected


@pytest.mark.parametrize("how", ["hang_up_at", "cut_at"])
@pytest.mark.parametrize("position", range(1, 9))
def test_a_hang_up_anywhere_is_one_exception(position, how):
    call = fake_call("52998224725", "1", "2", **{how: position})
    with pytest.raises(CallerHungUp):
        _converse(call)
    assert len(call.commands) <= position + 2


def test_the_person_may_hang_up_at_a_question():
    with pytest.raises(CallerHungUp):
        fake_call(HangUp(after=-0.5)).key("a/a", "a/b")


def _converse(call):
    call.start()
    call.play("a/hello")
    call.digits("a/cpf", 11)
    call.key("a/a", "a/b")
    call.key("a/c")
    call.set_variable("A", "1")
    call.done()


def _call_missing(missing, *answers):
    call = fake_call(*answers, shelf=FakeSounds(missing={"a/gone"}))
    call._voice = Voice(FakeSounds(missing={"a/gone"}), missing.append)
    return call


class _Unplayable(FakeSounds):
    """Recordings we can see and Asterisk cannot, but for the fallback."""

    def length(self, path):
        return 1.0 if path.endswith("common/fallback") else None
