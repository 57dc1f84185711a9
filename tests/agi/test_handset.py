"""The telephone without Asterisk does what Asterisk 22 does: each reply here was seen from a real one."""

import pytest

from agi.callers import AtOnce, HangUp, Keys, Silence, Speaks, TypeAhead
from agi.handset import Impolite
from agi.phone import FakeSounds, scripted

A, B, C = (f"/fake/normal/a/{name}" for name in "abc")
GONE = "/elsewhere/gone"


def handset(*answers, **how):
    return scripted(answers, FakeSounds(), **how)[0]


def run(commands, *answers, **how):
    """The replies to some commands."""
    phone = handset(*answers, **how)
    return [phone.execute(command) for command in commands]


def heard(phone):
    return [one.prompt_id for one in phone.record.heard]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("ANSWER", "200 result=0"),
        ("noop", "200 result=0"),
        ("CHANNEL STATUS", "200 result=6"),
        ("GET VARIABLE NOPE", "200 result=0"),
        ('SET VARIABLE A ""', "200 result=1"),
        ("FOO", "510 Invalid or unknown command"),
        ('EXEC NoOp "x"', "200 result=0"),
        ('VERBOSE "hi" 3', "200 result=1"),
        (f'STREAM FILE {GONE} "#"', "200 result=-1 endpos=0"),
        (f"GET DATA {GONE} 500 3", "200 result=-1"),
        (f"GET DATA {A}&{B} 500 3", "200 result=-1"),
    ],
)
def test_a_simple_command_is_answered(command, reply):
    assert run([command]) == [reply]


def test_bad_usage_is_told_on_several_lines():
    [reply] = run(["GET DATA"])
    assert reply.startswith("520-")
    assert reply.splitlines()[-1] == "520 End of proper usage."


@pytest.mark.parametrize("value", ["", "x", "a b", 'x"y\\z'])
def test_a_variable_is_kept(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    assert run([f'SET VARIABLE A "{escaped}"', "GET VARIABLE A"])[1] == f"200 result=1 ({value})"


@pytest.mark.parametrize(
    ("keys", "reply"),
    [
        ("123", "200 result=123"),
        ("12#", "200 result=12"),
        ("12", "200 result=12 (timeout)"),
        ("#", "200 result="),
        ("1*", "200 result=1* (timeout)"),
        (Silence(), "200 result= (timeout)"),
    ],
)
def test_get_data_ends_in_many_ways(keys, reply):
    assert run([f"GET DATA {A} 2000 3"], keys) == [reply]


def test_get_data_waits_as_long_for_the_first_key_as_between_two():
    phone, person = scripted([Keys("12", gap=1.9, after=1.9)], FakeSounds())
    assert phone.execute(f"GET DATA {A} 2000 3") == "200 result=12 (timeout)"
    assert person.now() == pytest.approx(1 + 1.9 + 1.9 + 2)


def test_get_data_without_a_file_waits_in_silence():
    phone = handset(Silence())
    assert phone.execute('GET DATA "" 1000 3') == "200 result= (timeout)"
    assert heard(phone) == []


def test_a_pound_after_a_full_number_stays_for_the_next_question():
    assert run([f"GET DATA {A} 2000 3"] * 2, "123#") == ["200 result=123", "200 result="]


def read(files, most=1, options="t(#)e", seconds=3):
    return f'EXEC Read "KEY,{files},{most},{options},1,{seconds}"'


@pytest.mark.parametrize("key", "0123456789*#")
def test_read_puts_the_key_into_a_variable(key):
    assert run([read(f"{A}&{B}"), "GET VARIABLE KEY"], key) == ["200 result=0", f"200 result=1 ({key})"]


def test_read_without_e_keeps_no_terminator():
    assert run([read(A, options="t(#)"), "GET VARIABLE KEY"], "#")[1] == "200 result=1 ()"


def test_read_tells_nothing_typed():
    phone, person = scripted([Silence()], FakeSounds())
    phone.execute(read(f"{A}&{B}"))
    assert phone.record.variables == {"KEY": "", "READSTATUS": "TIMEOUT"}
    assert person.now() == pytest.approx(1 + 0.05 + 1 + 3)


def test_read_plays_the_list_until_a_key():
    phone = handset(AtOnce("2", gap=1.5))
    phone.execute(read(f"{A}&{B}&{C}"))
    assert heard(phone) == ["a/a", "a/b"]


def test_read_skips_a_missing_piece():
    phone = handset("2")
    phone.execute(read(f"{A}&{GONE}&{C}"))
    assert heard(phone) == ["a/a", "a/c"]
    assert phone.record.variables["KEY"] == "2"


def test_read_whose_last_piece_is_missing_does_not_wait():
    phone = handset("2")
    phone.execute(read(f"{A}&{GONE}"))
    assert phone.record.variables == {"KEY": "", "READSTATUS": "ERROR"}


def test_read_takes_several_keys_as_the_digit_timeout_allows():
    phone = handset(AtOnce("12", gap=0.5))
    phone.execute('SET VARIABLE "TIMEOUT(digit)" "0.2"')
    phone.execute(read(f"{A}&{B}", most=2))
    assert phone.record.variables["KEY"] == "1"


def test_background_answers_with_the_code_of_the_key():
    assert run([f'EXEC Background "{A}&{B}"'], AtOnce("5")) == ["200 result=53"]


def test_background_stops_at_a_missing_piece():
    phone = handset()
    assert phone.execute(f'EXEC Background "{A}&{GONE}&{B}"') == "200 result=0"
    assert heard(phone) == ["a/a"]


def test_keys_typed_ahead_are_taken_by_whatever_reads_next():
    commands = [read(f"{A}&{B}"), f'EXEC Background "{A}"', read(f"{A}&{B}"), f"GET DATA {A} 2000 5"]
    phone = handset(TypeAhead("12#34#"))
    replies = [phone.execute(command) for command in commands]
    assert (replies[1], phone.record.variables["KEY"], replies[3]) == ("200 result=50", "#", "200 result=34")


def test_keys_typed_while_a_file_plays_that_does_not_listen_are_lost():
    assert run([f'STREAM FILE {A} ""', f"GET DATA {A} 2000 9"], TypeAhead("12345"), Silence())[1] == (
        "200 result= (timeout)"
    )


def test_stream_file_keeps_the_key_it_listens_for():
    assert run([f'STREAM FILE {A} "12"'], AtOnce("92")) == ["200 result=50 endpos=3200"]


def test_wait_for_digit_answers_with_a_code():
    assert run(["WAIT FOR DIGIT 1000"] * 2, "7", Silence()) == ["200 result=55", "200 result=0"]


@pytest.mark.parametrize(
    ("caller", "reply"),
    [
        (Speaks(2, "#"), "200 result=35 (dtmf) endpos=14000"),
        (Speaks(2, ""), "200 result=0 (timeout) endpos=24000"),
        (HangUp(after=2), "200 result=-1 (hangup) endpos=0"),
    ],
)
def test_a_recording_is_written(tmp_path, caller, reply):
    assert run([f'RECORD FILE "{tmp_path}/x" wav "#*0" 20000 BEEP s=4'], caller) == [reply]
    assert (tmp_path / "x.wav").stat().st_size > 20_000


def test_a_recording_nowhere_is_told():
    assert run(['RECORD FILE "/nowhere/x" wav "#" 2000 s=1'], Speaks(1)) == ["200 result=-1 (writefile)"]


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (f"GET DATA {A} 2000 5", "200 result=-1"),
        (read(f"{A}&{B}"), "200 result=0"),
        (f'EXEC Background "{A}&{B}"', "200 result=-1"),
        (f'STREAM FILE {A} "#"', "200 result=-1 endpos=0"),
    ],
)
def test_a_hang_up_in_a_command_is_told_by_its_result_and_then_by_a_line(command, reply):
    assert run([command, "CHANNEL STATUS", "GET VARIABLE K", "NOOP"], hang_up_at=1) == [
        reply,
        "HANGUP\n511 Command Not Permitted on a dead channel or intercept routine",
        "200 result=0",
        "200 result=0",
    ]


def test_a_dead_channel_still_takes_variables():
    phone = handset()
    phone.hang_up()
    assert phone.execute("SET VARIABLE ALO_DONE 1") == "HANGUP\n200 result=1"
    assert phone.execute("SET CONTEXT reception").startswith("511")
    assert phone.record.continues_at == {}


def test_a_hang_up_between_commands_is_told_once():
    phone = handset()
    phone.hang_up()
    assert [phone.notice(), phone.notice()] == ["HANGUP\n", ""]


def test_the_dialplan_is_told_where_to_go_on():
    phone = handset()
    for command in ("SET CONTEXT reception", "SET EXTENSION s", "set priority 1"):
        phone.execute(command)
    assert phone.record.continues_at == {"context": "reception", "exten": "s", "priority": "1"}


def test_strict_a_question_has_two_commands_at_most():
    phone = handset(strict=True)
    phone.execute(f'STREAM FILE {A} ""')
    phone.execute(f'STREAM FILE {B} ""')
    with pytest.raises(Impolite):
        phone.execute(f"GET DATA {C} 1000 1")


def test_strict_a_line_is_short():
    with pytest.raises(Impolite):
        handset(strict=True).execute("NOOP " + "x" * 2000)


def test_what_was_heard_is_known_to_the_second():
    phone = handset(AtOnce("1", gap=1.4), "2")
    phone.execute(f'EXEC Background "{A}&/fake/slow/a/b"')
    first, second = phone.record.heard
    assert (first.seconds, first.whole, first.slow, second.whole, second.slow) == (1, True, False, False, True)
    assert second.seconds == pytest.approx(0.4)


def test_an_answer_may_depend_on_what_was_heard():
    phone = handset(lambda heard: "1" if "a/a" in heard else "2", lambda heard: str(len(heard)))
    phone.execute('GET DATA "" 1000 1')
    assert phone.execute(f"GET DATA {A} 1000 1") == "200 result=0"


def test_who_has_nothing_more_to_say_hangs_up():
    assert run([f"GET DATA {A} 1000 1"] * 2, "1") == ["200 result=1", "200 result=-1"]


def test_or_does_the_same_for_ever():
    assert run([f"GET DATA {A} 1000 1"] * 3, "1", then="9")[1:] == ["200 result=9"] * 2
