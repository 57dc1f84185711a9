"""The server: what a whole call is, and how it ends."""

import pytest

from agi.phone import HangUp, TypeAhead


def test_a_call_goes_through_its_menu_and_ends_well(server):
    record = server.call("menu", "52998224725", "7")
    assert [one.prompt_id for one in record.heard] == [
        "test/hello", "test/number", "test/choose", "test/now", "test/bye",
    ]  # fmt: skip
    assert record.variables["TYPED"] == "52998224725"
    assert record.variables["KEY"] == "7"


def test_done_is_the_last_command(server):
    record = server.call("menu", "52998224725", "7")
    assert record.commands[-1] == 'SET VARIABLE "ALO_DONE" "1"'


def test_who_types_ahead_hears_nothing_to_its_end(server):
    record = server.call("menu", TypeAhead("52998224725", "7"))
    assert record.variables["KEY"] == "7"
    assert not any(one.whole for one in record.heard[:-1])


def test_a_menu_may_hand_over_to_people(server):
    record = server.call("person")
    assert record.continues_at == {"context": "reception", "exten": "s", "priority": "1"}
    assert record.commands[-1] == 'SET VARIABLE "ALO_DONE" "1"'


def test_a_menu_may_end_the_call_from_any_depth(server):
    assert server.call("over").variables["ALO_DONE"] == "1"


def test_an_unknown_menu_is_left_to_the_dialplan(server):
    assert server.call("nowhere").commands == []


def test_a_broken_menu_is_left_to_the_dialplan(server):
    assert "ALO_DONE" not in server.call("broken").variables


def test_the_log_of_an_error_says_where_and_not_what(server):
    server.call("broken")
    line = server.logged("call failed")
    assert line["error"] == "ValueError"
    assert line["place"].startswith("served.py:")
    assert "52998224725" not in server.log.read_text()


def test_the_log_of_a_call_says_nothing_private(server):
    server.call("menu", "52998224725", "7")
    line = server.logged("call")
    assert {"call", "menus", "outcome", "seconds"} <= line.keys() <= {
        "call", "menus", "outcome", "seconds", "event", "level", "timestamp",
    }  # fmt: skip
    assert (line["menus"], line["outcome"]) == (["menu"], "done")
    assert "52998224725" not in server.log.read_text()


def test_a_call_is_entered_when_it_begins_and_when_it_ends(server):
    server.call("menu", "52998224725", HangUp())
    assert server.written("started") == ""
    assert server.written("ended") == "hangup menu"


@pytest.mark.parametrize("position", range(1, 10))
def test_a_hang_up_at_any_command_ends_the_call(server, position):
    record = server.call("menu", "52998224725", "7", hang_up_at=position)
    assert "ALO_DONE" not in record.variables
    assert server.written("ended").split()[0] == "hangup"


def test_who_goes_in_circles_is_handed_to_a_person(server):
    record = server.call("rounds")
    assert [one.prompt_id for one in record.heard] == ["common/too-long"]
    assert record.continues_at["context"] == "reception"
    assert record.variables["ALO_WHY"] == "too-long"


def test_a_call_has_a_longest_time(serve):
    record = serve("--seconds", "0.3").call("endless", *["1"] * 100_000)
    assert record.heard[-1].prompt_id == "common/too-long"
    assert record.variables["ALO_DONE"] == "1"


def test_when_all_lines_are_taken_the_caller_is_told_and_goes_to_a_person(serve):
    server = serve("--max-calls", "1")
    with server.wire("menu"):
        record = server.call("menu")
    assert [one.prompt_id for one in record.heard] == ["common/all-lines-busy"]
    assert record.continues_at["context"] == "reception"
    assert record.variables["ALO_DONE"] == "1"


def test_far_too_many_calls_are_closed_at_once(serve):
    server = serve("--max-calls", "1")
    with server.wire("menu"), server.wire("menu"):
        assert server.call("menu").commands == []
