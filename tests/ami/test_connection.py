"""The watcher against a manager interface that fails in every way known."""

import asyncio
from functools import wraps
from itertools import islice

import pytest

from ami.connection import Connection, Timing
from ami.wire import Address, Wire
from ami.writer import Outlet
from tests.ami.scripted import FAST, NOW, Asterisk, Bench, channel, event


def scenario(test):
    """A coroutine as a test; the watcher's own time is short, so is what a broken one may take."""

    @wraps(test)
    def run(*args, **kwargs):
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 60))

    return run


@scenario
async def test_channels_that_are_there_already_are_shown():
    async with Bench() as bench:
        bench.asterisk.channels = [channel("1.1"), channel("1.2", "1.1")]
        await bench.until(lambda: set(bench.calls.now) == {"1.1", "1.2"})


@scenario
async def test_a_call_comes_and_goes():
    async with Bench() as bench:
        await bench.in_touch()
        bench.asterisk.send(event("Newchannel", **channel("2.1")))
        await bench.until(lambda: "2.1" in bench.calls.now)
        bench.asterisk.send(event("Hangup", **channel("2.1")))
        await bench.until(lambda: not bench.calls.now)


@scenario
async def test_calls_that_merge_are_one_call():
    async with Bench() as bench:
        await bench.in_touch()
        bench.asterisk.send(event("Newchannel", **channel("3.1")) + event("Newchannel", **channel("3.9")))
        bench.asterisk.send(event("BridgeEnter", **channel("3.9", "3.1")))
        await bench.until(lambda: {one.linkedid for one in bench.calls.now.values()} == {"3.1"})


@scenario
async def test_a_restarted_asterisk_takes_its_old_calls_along():
    async with Bench() as bench:
        bench.asterisk.channels = [channel("4.1")]
        await bench.until(lambda: bench.calls.now)
        await bench.asterisk.stop()
        await bench.until(lambda: not bench.calls.up)
        assert set(bench.calls.now) == {"4.1"}
        bench.asterisk.channels = [channel("5.1")]
        await bench.asterisk.start()
        await bench.until(lambda: set(bench.calls.now) == {"5.1"} and bench.calls.up)


@scenario
async def test_after_a_reconnect_nothing_is_sent_twice():
    async with Bench(Timing(answer=60, ping=60, resync=60, first_pause=0.01)) as bench:
        await bench.in_touch()
        bench.asterisk.drop()
        await bench.until(lambda: bench.asterisk.logins == 2 and len(bench.asterisk.asked) == 4)
        await asyncio.sleep(0.1)
        assert bench.asterisk.asked == ["Login", "CoreShowChannels"] * 2


@scenario
async def test_a_half_open_peer_is_left():
    async with Bench() as bench:
        await bench.in_touch()
        bench.asterisk.mute = {"Ping", "CoreShowChannels"}
        await bench.until(lambda: (False, "parou de responder") in bench.calls.marks)
        bench.asterisk.mute = set()
        await bench.until(lambda: bench.calls.up and bench.asterisk.logins >= 2)


@scenario
async def test_a_refused_login_is_told():
    async with Bench(secret="wrong") as bench:
        await bench.until(lambda: (False, "usuário ou senha recusados") in bench.calls.marks)
        assert not any(up for up, _ in bench.calls.marks)


@scenario
async def test_a_refused_connection_is_told():
    async with Bench() as bench:
        await bench.asterisk.stop()
        await bench.until(lambda: (False, "conexão recusada") in bench.calls.marks)


@scenario
async def test_a_missing_permission_is_told():
    async with Bench() as bench:
        bench.asterisk.refuses_lists = True
        await bench.until(lambda: any("write=reporting" in note for _, note in bench.calls.marks))


@scenario
async def test_something_else_on_the_port_is_told():
    async with Bench() as bench:
        bench.asterisk.greeting = b"HTTP/1.1 400 Bad Request\r\n\r\n" + b"\xff\x00 what?\r\n\r\n"
        bench.asterisk.mute = {"Login"}
        await bench.until(lambda: (False, "parou de responder") in bench.calls.marks)


@scenario
async def test_a_list_cut_short_is_not_taken_for_the_truth():
    async with Bench() as bench:
        bench.asterisk.channels = [channel("6.1"), channel("6.2")]
        await bench.until(lambda: len(bench.calls.now) == 2)
        bench.asterisk.cut_list_after = 1
        await bench.until(lambda: bench.asterisk.cut_list_after is None)
        await bench.until(lambda: bench.asterisk.logins == 2)
        assert len(bench.calls.now) == 2


@scenario
async def test_what_follows_a_list_in_the_same_packet_counts():
    async with Bench(Timing(answer=60, ping=60, resync=60)) as bench:
        bench.asterisk.channels = [channel("7.1"), channel("7.2")]
        bench.asterisk.behind_list = event("Hangup", **channel("7.1"))
        await bench.until(lambda: set(bench.calls.now) == {"7.2"})


@scenario
async def test_a_letter_cut_between_two_reads_is_whole():
    heard = []
    asterisk = Asterisk()
    await asterisk.start()
    address = Address("127.0.0.1", asterisk.port, "alo", "s3")
    wire = await Wire.open(address, heard.append)
    await wire.log_in(address)
    await asterisk.send_slowly(event("Newchannel", **channel("8.1", CallerIDName="Conceição")))
    assert (await wire.ask({"Action": "Ping"})).success  # what comes before its answer has been heard
    assert [one["CallerIDName"] for one in heard] == ["Conceição"]
    wire.close()
    await asterisk.stop()


@scenario
async def test_an_event_we_fail_at_does_not_cost_the_connection():
    def fail(event):
        raise RuntimeError("no")

    asterisk = Asterisk()
    await asterisk.start()
    address = Address("127.0.0.1", asterisk.port, "alo", "s3")
    wire = await Wire.open(address, fail)
    await wire.log_in(address)
    asterisk.send(event("Newchannel", **channel("9.1")))
    assert (await wire.ask({"Action": "Ping"})).success
    wire.close()
    await asterisk.stop()


@scenario
async def test_odd_events_do_no_harm():
    async with Bench() as bench:
        await bench.in_touch()
        twice = b"Event: Newchannel\r\nUniqueid: a\r\nUniqueid: 10.1\r\nLinkedid: 10.1\r\nX\r\n\r\n"
        bench.asterisk.send(event("Newchannel") + event("Hangup") + b"\xe7\xe3o: \xff\r\n\r\n" + event("Shutdown"))
        bench.asterisk.send(event("CoreShowChannelsComplete") + event("CoreShowChannel", Duration="x:y") + twice)
        await bench.until(lambda: "10.1" in bench.calls.now)


@scenario
async def test_a_message_without_end_ends_the_connection():
    async with Bench(Timing(answer=60, ping=60, resync=60, first_pause=0.01)) as bench:
        await bench.in_touch()
        bench.asterisk.send(b"x" * (1100 * 1024))
        await bench.until(lambda: bench.asterisk.logins == 2)


@scenario
async def test_an_overflow_is_mended_by_asking_for_everything():
    async with Bench(room=20) as bench:
        await bench.in_touch()
        bench.calls.slow = 0.3
        bench.asterisk.channels = [channel("11.999")]
        for i in range(100):
            bench.asterisk.send(event("Newchannel", **channel(f"11.{i}")))
        await asyncio.sleep(0.1)
        bench.calls.slow = 0
        await bench.until(lambda: set(bench.calls.now) == {"11.999"})


@scenario
async def test_a_database_that_is_away_loses_nothing():
    async with Bench() as bench:
        await bench.in_touch()
        bench.calls.failures = 5
        bench.asterisk.send(event("Newchannel", **channel("12.1")))
        bench.asterisk.channels = [channel("12.1")]
        await bench.until(lambda: "12.1" in bench.calls.now and not bench.calls.failures)


@scenario
async def test_the_watch_goes_on_after_many_short_connections():
    async with Bench() as bench:
        for turn in range(1, 6):
            await bench.until(lambda turn=turn: bench.asterisk.logins >= turn)
            bench.asterisk.drop()
        await bench.until(lambda: bench.calls.up)


def test_pauses_double_up_to_a_minute():
    watcher = Connection(Address("h", 1, "u", "s"), Outlet(), lambda: NOW, Timing(), chance=lambda: 1.0)
    assert list(islice(watcher._pauses(), 9)) == [0.5, 1, 2, 4, 8, 16, 32, 60, 60]


def test_pauses_are_spread():
    watcher = Connection(Address("h", 1, "u", "s"), Outlet(), lambda: NOW, FAST, chance=lambda: 0.0)
    assert next(watcher._pauses()) == FAST.first_pause / 2


@pytest.mark.parametrize("user, secret", [("a\r\nAction: Originate", "s"), ("a", "s\n")])
def test_a_secret_cannot_become_an_action(user, secret):
    with pytest.raises(ValueError, match="one line"):
        Address("127.0.0.1", 5038, user, secret)


def test_a_secret_is_not_shown():
    assert "s3" not in repr(Address("127.0.0.1", 5038, "alo", "s3"))
