"""Telephone lines for a page, against a real server, with real (short) recordings and in real time."""

import pytest

from agi.booth import PhoneBooth
from agi.disc import write_recording
from clinic.testphone import NoSuchLine, TooManyLines, Unreachable
from tests.agi.conftest import waited_for

PROMPTS = ["test/hello", "test/number", "test/choose", "test/now", "test/bye"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """Recordings of a fifth of a second."""
    folder = tmp_path_factory.mktemp("sounds")
    (folder / "normal" / "test").mkdir(parents=True)
    for prompt in PROMPTS:
        write_recording(str(folder / "normal" / prompt), 0.2, 0.2)
    return folder


@pytest.fixture
def booth(serve, folder):
    return PhoneBooth("127.0.0.1", serve("--sounds", folder).port, entry="menu", max_lines=2)


def until(events, kind, prompt=""):
    """The events up to one of that kind."""
    seen = []
    for event in events:
        if event:
            seen.append(event)
        if event and event.kind == kind and prompt in ("", event.prompt):
            return seen
    return seen


def kinds(events):
    return [(event.kind, event.prompt) for event in events if event]


def test_a_line_tells_a_whole_call(booth):
    line = booth.open("11987654321")
    events = booth.events(line)
    seen = until(events, "waiting")
    for key in "52998224725":
        booth.press(line, key)
    seen += until(events, "heard", "test/choose")
    booth.press(line, "7")
    seen += until(events, "ended")
    assert ("cut", "test/choose") in kinds(seen)
    assert [prompt for kind, prompt in kinds(seen) if kind == "heard"] == [p for p in PROMPTS if p != "test/now"]
    assert [kinds(seen)[0][0], kinds(seen)[1][0], seen[-1].kind, seen[-1].detail] == [
        "ringing", "answered", "ended", "clinic",
    ]  # fmt: skip
    assert [event.id for event in seen] == list(range(1, len(seen) + 1))


def test_events_can_be_read_again_and_from_any_place(booth):
    line = booth.open()
    first = until(booth.events(line), "answered")
    assert until(booth.events(line), "answered") == first
    assert until(booth.events(line, after=1), "answered") == first[1:]


def test_the_caller_may_hang_up_at_any_time(booth):
    line = booth.open()
    events = booth.events(line)
    until(events, "heard")
    booth.hang_up(line)
    assert until(events, "ended")[-1].detail == "caller"
    booth.press(line, "1")
    booth.hang_up(line)


def test_where_a_call_goes_on_is_told(serve):
    booth = PhoneBooth("127.0.0.1", serve().port, entry="person")
    seen = until(booth.events(booth.open()), "ended")
    assert [(event.kind, event.detail) for event in seen[-2:]] == [("transferred", "reception"), ("ended", "clinic")]


def test_a_server_that_gives_up_loses_the_line(serve):
    booth = PhoneBooth("127.0.0.1", serve().port, entry="broken")
    assert until(booth.events(booth.open()), "ended")[-1].detail == "lost"


def test_nobody_answers_where_nobody_listens(free_port):
    with pytest.raises(Unreachable) as unreachable:
        PhoneBooth("127.0.0.1", free_port).open()
    assert unreachable.value.address == f"127.0.0.1:{free_port}"


def test_lines_are_counted_and_free_again_after_a_call(booth):
    held = [booth.open(), booth.open()]
    with pytest.raises(TooManyLines):
        booth.open()
    booth.hang_up(held[0])
    until(booth.events(held[0]), "ended")
    assert booth.open() not in held


def test_a_line_nobody_opened_is_none(booth):
    with pytest.raises(NoSuchLine):
        booth.press("x", "1")
    with pytest.raises(NoSuchLine):
        booth.events("x")


@pytest.mark.parametrize("key", ["", "11", "A", "²"])
def test_a_key_is_one_of_twelve(booth, key):
    with pytest.raises(ValueError, match="key"):
        booth.press(booth.open(), key)


def test_a_line_nobody_listens_to_hangs_up(serve, folder):
    booth = PhoneBooth("127.0.0.1", serve("--sounds", folder).port, entry="menu", unheard_seconds=0.3)
    line = booth.open()
    assert waited_for(lambda: booth._line(line).ended_at, 60)
    assert until(booth.events(line), "ended")[-1].detail == "caller"


def test_while_nothing_happens_there_is_a_heartbeat(serve, folder):
    booth = PhoneBooth("127.0.0.1", serve("--sounds", folder).port, entry="menu", heartbeat_seconds=0.1)
    events = booth.events(booth.open())
    until(events, "waiting")
    assert [next(events), next(events)] == [None, None]
