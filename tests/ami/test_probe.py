"""Asterisk's line in `alo check`."""

import asyncio
import threading

import pytest

from ami.probe import probe
from clinic.settings import Settings
from tests.ami.scripted import Asterisk


@pytest.fixture
def asterisk():
    """A scripted one that answers in a thread of its own."""
    loop, made = asyncio.new_event_loop(), Asterisk()
    loop.run_until_complete(made.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield made
    asyncio.run_coroutine_threadsafe(made.stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def settings(port, secret="s3", user="alo"):
    return Settings(ami_host="127.0.0.1", ami_port=port, ami_user=user, ami_secret=secret)


def test_an_asterisk_that_answers_is_fine(asterisk):
    assert [(one.state, one.text) for one in probe(settings(asterisk.port))] == [
        ("ok", f"22.10.1 em 127.0.0.1:{asterisk.port}")
    ]


def test_a_wrong_secret_is_told_with_a_remedy(asterisk):
    [found] = probe(settings(asterisk.port, secret="other"))
    assert (found.state, "ALO_AMI_SECRET" in found.remedy) == ("wrong", True)


def test_an_asterisk_that_is_away_is_told(asterisk):
    asterisk.mute = {"Login"}
    [found] = probe(settings(1))
    assert (found.state, found.text) == ("wrong", "127.0.0.1:1: conexão recusada")


def test_without_a_user_nothing_is_asked():
    assert [one.state for one in probe(settings(1, user=""))] == ["ok"]
