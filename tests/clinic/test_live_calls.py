"""The calls of now: what the watcher writes, and what a page gets of it."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from clinic.live_calls import ChannelGone, ChannelSeen
from db.calls import CallRecord
from db.people import PreRegistration
from tests.clinic.small_clinic import NOW

HERE = "127.0.0.1:5038"


@pytest.fixture
def database(clinic):
    return clinic.database


@pytest.fixture
def clock(clinic):
    return clinic.clock


@pytest.fixture
def live(clinic):
    clinic.live_calls.mark(HERE, up=True)
    return clinic.live_calls


@pytest.fixture
def live_anywhere(any_clinic):
    """On each database; what is written has to mean the same on all."""
    any_clinic.live_calls.mark(HERE, up=True)
    return any_clinic.live_calls


def channel(uniqueid="alo-1.1", linkedid="alo-1.1", caller="11987654321", minutes=1, **more):
    given = {"channel": f"PJSIP/trunk-{uniqueid}", "exten": "4000", "context": "from-trunk", "state": "Up"}
    return ChannelSeen(
        uniqueid=uniqueid, linkedid=linkedid, caller=caller, since=NOW - timedelta(minutes=minutes), **(given | more)
    )


def record(database, uniqueid="alo-1.1", menu="booking", **more):
    given = {"linkedid": uniqueid, "caller": "5511987654321", "dialled": "4000", "trail": "", "started_at": NOW}
    database.change(insert(CallRecord).values(uniqueid=uniqueid, menu=menu, **(given | more)))


def test_a_channel_is_a_call(live):
    live.apply(HERE, [channel()])
    [call] = live.list()
    assert (call.caller_masked, call.since, call.asterisk) == ("(11) •••••-4321", NOW - timedelta(minutes=1), HERE)


def test_a_hung_up_channel_is_no_call(live):
    live.apply(HERE, [channel()])
    live.apply(HERE, [ChannelGone("alo-1.1")])
    assert live.list() == []


def test_the_last_word_of_a_batch_counts(live_anywhere):
    live_anywhere.apply(HERE, [ChannelGone("alo-1.1"), channel(), ChannelGone("alo-1.1"), channel(context="reception")])
    assert [call.context for call in live_anywhere.list()] == ["reception"]


def test_what_comes_and_goes_within_a_batch_leaves_nothing(live_anywhere):
    live_anywhere.apply(HERE, [channel(), ChannelGone("alo-1.1")])
    assert live_anywhere.list() == []


def test_legs_of_one_linkedid_are_one_call_of_who_called(live):
    live.apply(HERE, [channel("alo-1.2", "alo-1.1", caller="200", minutes=0), channel()])
    assert [call.caller_masked for call in live.list()] == ["(11) •••••-4321"]


def test_a_changed_linkedid_merges_two_calls(live_anywhere):
    live_anywhere.apply(HERE, [channel(), channel("alo-1.5", "alo-1.5", "2133334444", minutes=0)])
    live_anywhere.apply(HERE, [channel("alo-1.5", "alo-1.1", "2133334444", minutes=0)])
    assert len(live_anywhere.list()) == 1


def test_the_menu_comes_from_our_own_record(live, database):
    record(database)
    live.apply(HERE, [channel()])
    assert [call.menu for call in live.list()] == ["booking"]


@pytest.mark.parametrize("identified", [True, False])
def test_a_page_learns_whether_somebody_is_identified_and_not_who(live, database, identified):
    given = {"birth_date": date(1980, 4, 5), "created_at": NOW}
    key = database.change(insert(PreRegistration).values(given)).lastrowid
    record(database, pre_registration_id=key if identified else None)
    live.apply(HERE, [channel()])
    assert [call.patient_known for call in live.list()] == [identified]


def test_a_call_that_left_the_menus_says_so(live, database):
    record(database, ended_at=NOW)
    live.apply(HERE, [channel()])
    assert [call.menu for call in live.list()] == ["left"]


def test_a_snapshot_is_the_whole_truth(live_anywhere):
    live_anywhere.apply(HERE, [channel("alo-1.1"), channel("alo-1.2", "alo-1.2")])
    live_anywhere.snapshot(HERE, [channel("alo-9.1", "alo-9.1")])
    assert [call.linkedid for call in live_anywhere.list()] == ["alo-9.1"]


def test_a_snapshot_of_one_asterisk_leaves_the_others(live):
    live.mark("other:5038", up=True)
    live.apply("other:5038", [channel()])
    live.snapshot(HERE, [])
    assert [call.asterisk for call in live.list()] == ["other:5038"]


def test_calls_stand_in_the_order_they_began(live):
    live.apply(HERE, [channel("b", "b", minutes=1), channel("a", "a", minutes=9), channel("c", "c", minutes=0)])
    assert [call.linkedid for call in live.list()] == ["a", "b", "c"]


def test_signs_of_life_do_not_change_since_when_a_link_stands(live_anywhere, any_clinic):
    for _ in range(2):
        live_anywhere.mark(HERE, up=True)
    any_clinic.clock.move(minutes=5)
    live_anywhere.mark(HERE, up=True)
    [link] = live_anywhere.links()
    assert (link.up, link.since, link.seen_at) == (True, NOW, any_clinic.clock.now)


def test_a_lost_link_says_since_when_and_why(live, clock):
    clock.move(minutes=5)
    live.mark(HERE, up=False, note="conexão recusada")
    clock.move(minutes=5)
    live.mark(HERE, up=False, note="sem resposta")
    [link] = live.links()
    assert (link.up, link.since, link.note) == (False, NOW + timedelta(minutes=5), "sem resposta")


def test_an_asterisk_nobody_watches_any_more_is_forgotten(live, clock):
    live.apply(HERE, [channel()])
    clock.move(days=2)
    assert (list(live.links()), live.list()) == ([], [])


def test_the_test_telephone_is_shown_beside_what_asterisk_tells(live, database):
    record(database, "telefone.1", menu="main")
    record(database, "alo-77.7", menu="main")
    assert [call.caller_masked for call in live.list()] == ["Telefone de teste"]
    assert [(call.linkedid, call.asterisk) for call in live.list()] == [("telefone.1", "")]


def test_without_any_watcher_the_menus_know_who_calls(clinic, database):
    record(database, "alo-77.7", menu="main")
    [call] = clinic.live_calls.list()
    assert (call.menu, call.caller_masked) == ("main", "(11) •••••-4321")


def test_a_record_nobody_closed_is_not_a_call_for_ever(clinic, database):
    record(database, "telefone.1", started_at=NOW - timedelta(hours=3))
    assert clinic.live_calls.list() == []


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("+5511987654321", "(11) •••••-4321"),
        ("1133334444", "(11) •••••-4444"),
        ("200", "Ramal 200"),
        ("<unknown>", ""),
        ("anonymous", ""),
        ("", ""),
    ],
)
def test_numbers_are_masked(live, raw, shown):
    live.apply(HERE, [channel(caller=raw)])
    assert [call.caller_masked for call in live.list()] == [shown]
