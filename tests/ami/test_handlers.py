"""What events mean, without a network."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ami.handlers import Picture, Snapshot, lasted
from clinic.live_calls import ChannelGone, ChannelSeen
from tests.ami.scripted import NOW, channel

SEEN = ChannelSeen("1.1", "1.1", "PJSIP/trunk-1.1", "11987654321", "4000", "from-trunk", "Up", NOW)


def heard(picture, name, at=NOW, **headers):
    return list(picture.hear({"Event": name, **headers}, at))


@pytest.fixture
def picture():
    made = Picture()
    heard(made, "Newchannel", **channel("1.1"))
    return made


def test_a_new_channel_is_told_in_full():
    assert heard(Picture(), "Newchannel", **channel("1.1")) == [SEEN]


def test_what_is_known_is_not_told_again(picture):
    assert heard(picture, "Newstate", **channel("1.1")) == []


def test_since_is_when_it_was_first_seen(picture):
    later = NOW + timedelta(minutes=2)
    assert heard(picture, "Newstate", later, **channel("1.1", Context="reception")) == [
        replace(SEEN, context="reception")
    ]


def test_a_transfer_renames_a_channel(picture):
    [told] = heard(picture, "Rename", Uniqueid="1.1", Channel="PJSIP/trunk-1.1", Newname="PJSIP/agent-7")
    assert told.channel == "PJSIP/agent-7"


def test_a_rename_of_an_unknown_channel_is_nothing():
    assert heard(Picture(), "Rename", Uniqueid="9.9", Newname="x") == []


def test_a_hangup_is_told_also_of_an_unknown_channel(picture):
    assert heard(picture, "Hangup", Uniqueid="9.9") == [ChannelGone("9.9")]


def test_an_event_nobody_takes_is_nothing(picture):
    assert heard(picture, "VarSet", **channel("1.1")) == []


def test_an_unknown_caller_has_no_number():
    [told] = heard(Picture(), "Newchannel", **channel("1.1", CallerIDNum="<unknown>"))
    assert told.caller == ""


def test_a_list_tells_since_when_by_how_long(picture):
    heard(picture, "CoreShowChannel", **channel("2.1", Duration="01:00:30"))
    [snapshot] = heard(picture, "CoreShowChannelsComplete")
    assert snapshot.channels[0].since == NOW - timedelta(hours=1, seconds=30)


def test_the_first_list_is_written_even_when_it_is_empty():
    assert heard(Picture(), "CoreShowChannelsComplete") == [Snapshot(())]


def test_a_list_that_says_nothing_new_is_not_written(picture):
    for _ in range(2):
        heard(picture, "CoreShowChannel", **channel("1.1", Duration="00:00:10"))
        told = heard(picture, "CoreShowChannelsComplete")
    assert told == []


def test_a_list_keeps_the_exact_time_of_what_was_seen_beginning(picture):
    heard(picture, "CoreShowChannel", **channel("1.1", Duration="00:00:10"))
    [snapshot] = heard(picture, "CoreShowChannelsComplete", NOW + timedelta(seconds=10))
    assert snapshot.channels == (SEEN,)


@pytest.mark.parametrize(
    ("duration", "seconds"), [("00:00:07", 7), ("01:02:03", 3723), ("", 0), ("7", 0), ("a:b:c", 0)]
)
def test_a_duration_is_read(duration, seconds):
    assert lasted(duration) == timedelta(seconds=seconds)


def test_long_headers_are_cut_to_their_columns():
    [told] = heard(Picture(), "Newchannel", **channel("1.1", Context="x" * 500))
    assert len(told.context) == 80
