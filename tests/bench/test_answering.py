"""What the callers in great number answer."""

import pytest

from tests.bench.answering import Caller, Pools

CPF = b'GET DATA "/sounds/normal/identify/cpf" 5000 11\n'
KEY = b"GET VARIABLE ALO_KEY\n"


def test_questions_take_the_answers_in_turn():
    caller = Caller(["52998224725", "1"], Pools({}))
    assert [caller.reply(CPF), caller.reply(KEY)] == [b"200 result=52998224725\n", b"200 result=1 (1)\n"]


@pytest.mark.parametrize("command", [b"ANSWER\n", b'EXEC Read "ALO_KEY,a,1,t(#)e,1,6"\n', b'EXEC Background "a"\n'])
def test_what_asks_nothing_is_done(command):
    assert Caller([], Pools({})).reply(command) == b"200 result=0\n"


def test_a_call_is_right_when_all_was_asked_and_the_server_ended_it():
    caller = Caller(["1"], Pools({}))
    caller.reply(KEY)
    assert caller.over() != ""
    caller.reply(b'SET VARIABLE "ALO_DONE" "1"\n')
    assert caller.over() == ""


def test_a_question_too_many_is_told():
    caller = Caller([], Pools({}))
    assert caller.reply(KEY) == b"200 result=1 ()\n"
    assert "too many" in caller.over()


def test_a_key_is_had_by_one_at_a_time():
    pools = Pools({"doctors": "2"})
    first, second = (Caller(["take:doctors", "give:1"], pools) for _ in range(2))
    assert first.reply(KEY) == b"200 result=1 (2)\n"
    assert (second.reply(KEY), second.waiting) == (b"", KEY)
    assert first.reply(KEY) == b"200 result=1 (1)\n"
    assert second.again() == b"200 result=1 (2)\n"


def test_who_is_cut_off_gives_the_key_back():
    pools = Pools({"doctors": "2"})
    cut = Caller(["take:doctors"], pools)
    cut.reply(KEY)
    cut.over()
    assert pools.take("doctors") == "2"


def test_a_held_call_falls_silent_at_its_question():
    caller = Caller(["1", "2"], Pools({}), hold_at=2)
    assert (caller.reply(KEY), caller.reply(KEY)) == (b"200 result=1 (1)\n", b"")
