"""/live without a browser: who is told what, what was missed, and when a stream ends."""

from types import SimpleNamespace

import pytest
from flask import Flask

from admin_web import live
from admin_web.feed import Feed, FellBehind
from clinic.live import Event
from tests.live.session import eventually

BOOKED = Event(7, "appointment", 70, unit_id=1, doctor_id=2, patient_id=3)


class FakeReader:
    """Hands out what a test put into `waiting`."""

    def __init__(self):
        self.waiting, self.cursor, self.polls = [], 5, 0

    def poll(self):
        self.polls += 1
        if found := self.waiting:  # else a test may be putting something there right now
            self.waiting = []
        return found


class FakeEvents:
    def __init__(self, missed=()):
        self.one, self.missed = FakeReader(), missed

    def reader(self):
        return self.one

    def since(self, cursor):
        return None if cursor == 0 else list(self.missed)


def viewer(role="attendant", session_id=9):
    return SimpleNamespace(roles={role}, unit_ids=(), doctor_id=None, patient_ids=(), session_id=session_id)


def stream(events, who=None, headers=None):
    app = Flask(__name__)
    stream = live.LiveStream(lambda: events, lambda: who or viewer(), heartbeat=0.05)
    app.add_url_rule("/live", "live", stream.stream)
    reply = app.test_client().get("/live", headers=headers or {})
    return (piece.decode() for piece in reply.response)


def told(pieces, count=1):
    """The next pieces that say something."""
    return [piece for _, piece in zip(range(count), (one for one in pieces if one != ": \n\n"), strict=False)]


def test_it_begins_with_a_greeting_so_that_pages_look_anew():
    assert told(stream(FakeEvents()), 2) == ["retry: 1000\n\n", "event: hello\ndata: {}\n\n"]


def test_an_event_carries_the_safe_cursor_and_nothing_private():
    events = FakeEvents()
    pieces = stream(events)
    told(pieces, 2)
    events.one.waiting = [BOOKED]
    assert told(pieces) == ['id: 5\nevent: appointment\ndata: {"topic": "appointment", "id": 70, "unit": 1}\n\n']


def test_what_concerns_others_is_not_told():
    events = FakeEvents()
    pieces = stream(events, viewer("patient"))
    told(pieces, 2)
    events.one.waiting = [BOOKED]
    assert [next(pieces) for _ in range(3)] == [": \n\n"] * 3


def test_who_comes_back_is_told_what_was_missed():
    pieces = stream(FakeEvents([BOOKED]), headers={"Last-Event-ID": "4"})
    assert ["event: appointment" in piece for piece in told(pieces, 3)] == [False, True, False]


def test_who_was_away_too_long_looks_at_everything_anew():
    assert "event: reset\ndata: {}\n\n" in told(stream(FakeEvents(), headers={"Last-Event-ID": "0"}), 2)


@pytest.mark.parametrize("cursor", ["-1", "x", "1; DROP"])
def test_a_cursor_that_is_none_is_not_looked_at(cursor):
    assert "event: hello" in told(stream(FakeEvents(), headers={"Last-Event-ID": cursor}), 2)[1]


def test_ending_a_session_ends_its_stream():
    events = FakeEvents()
    pieces = stream(events, viewer(session_id=9))
    told(pieces, 2)
    events.one.waiting = [Event(8, "session", 9, None, None, None)]
    assert told(pieces, 5) == ["event: bye\ndata: {}\n\n"]


def test_ending_anothers_session_does_not():
    events = FakeEvents()
    pieces = stream(events, viewer(session_id=9))
    told(pieces, 2)
    events.one.waiting = [Event(8, "session", 10, None, None, None)]
    assert [next(pieces) for _ in range(3)] == [": \n\n"] * 3


def test_one_reader_serves_all_and_stops_with_the_last():
    reader = FakeReader()
    feed = Feed(lambda: reader, every=0.01)
    followers = [feed.join() for _ in range(3)]
    reader.waiting = [BOOKED]
    assert [[one.event for one in follower.news(30)] for follower in followers] == [[BOOKED]] * 3
    for follower in followers:
        follower.leave()
    assert eventually(lambda: not feed._running)
    polls = reader.polls
    assert followers[0].news(0.05) == []
    assert reader.polls == polls


def test_who_fell_behind_is_told_so():
    reader = FakeReader()
    feed = Feed(lambda: reader, every=0.001)
    slow, quick = feed.join(), feed.join()
    for _ in range(3):
        reader.waiting = [BOOKED] * 2000
        assert len(quick.news(30)) == 2000
    with pytest.raises(FellBehind):
        slow.news(30)
    slow.leave()
    quick.leave()


def test_a_database_that_is_away_ends_nothing():
    calls = []

    def reader():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("the database is away")
        return FakeReader()

    feed = Feed(reader, every=0.01, after_trouble=0.01)
    follower = feed.join()
    assert eventually(lambda: len(calls) == 2)
    assert follower.news(0.05) == []
    follower.leave()
    assert len(calls) == 2
