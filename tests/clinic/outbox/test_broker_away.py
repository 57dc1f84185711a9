"""A broker that goes away, comes back, or is out of memory: messages wait in the database, and go on by themselves."""

import os
from collections import Counter
from contextlib import suppress

import pytest

from clinic.broker import probe
from clinic.broker.publisher import Publisher
from clinic.broker.queues import Away
from clinic.settings import Settings
from tests.clinic.media import mail_server
from tests.clinic.outbox.brokers import consumer, empty, today_of
from tests.clinic.outbox.test_broker import LATER, ids
from tests.live.rabbitmq import own_rabbitmq

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def rabbitmq():
    """One that nobody minds going away."""
    return own_rabbitmq(f"rabbitmq-{os.getpid()}")


@pytest.fixture(scope="module")
def vhost(rabbitmq):
    return rabbitmq.vhost("away")


@pytest.fixture
def mail():
    with mail_server.running() as server:
        yield server


@pytest.fixture
def today(clinic_templates, tmp_path, vhost, mail):
    empty(vhost)
    small = clinic_templates.copy("mariadb", tmp_path)
    with today_of(small, vhost, mail.port) as made:
        yield made
    small.database.close()


@pytest.fixture
def gone(rabbitmq):
    rabbitmq.go_away()
    yield
    rabbitmq.come_back()


@pytest.fixture
def no_memory(rabbitmq):
    rabbitmq.memory(0.000001)
    yield
    rabbitmq.memory(0.4)


def told(vhost):
    return [(one.state, one.text) for one in probe.findings(Settings(broker_url=vhost))]


def test_a_broker_that_restarts_under_load_loses_nothing(today, mail, rabbitmq):
    uids, relay = today.messages(150), today.relay()
    with consumer(today):
        relay.drain()
        rabbitmq.go_away()
        relay.drain()
        rabbitmq.come_back()
        today.ahead = LATER
        assert today.relayed(relay)
    assert set(ids(mail)) == set(uids)
    assert len(mail.mails()) <= len(uids) + 1


def test_without_a_broker_messages_wait_and_the_worker_says_so(today, gone, caplog):
    today.messages(3)
    assert (today.relay().drain(), today.waiting()) == (0, 3)
    assert "nothing can be handed to the broker (ConnectionRefusedError)" in caplog.text


def test_after_a_while_without_a_broker_the_worker_sends_by_itself(today, mail, gone, caplog):
    uids = today.messages(3)
    relay = today.relay(today.embedded(), patience=0.0)
    assert relay.drain() == 3
    assert set(ids(mail)) == set(uids)
    assert "this worker sends by itself" in caplog.text


def test_a_broker_out_of_memory_keeps_messages_waiting(today, mail, rabbitmq, no_memory, caplog):
    uids, relay = today.messages(5), today.relay()
    with consumer(today):
        relay.drain()
        assert "nothing can be handed to the broker" in caplog.text
        assert today.waiting() >= 4  # it takes one before it sees that it should not
        rabbitmq.memory(0.4)
        assert today.relayed(relay)
    assert ids(mail) == Counter(uids)


def test_a_check_says_that_the_broker_is_away(vhost, gone):
    [(state, text)] = told(vhost)
    assert (state, text.split(":")[0]) == ("wrong", "não responde")


def test_a_check_says_that_the_broker_is_out_of_memory(vhost, no_memory):
    [(state, text)] = told(vhost)
    assert (state, text.split(":")[0]) == ("wrong", "não responde")


def test_a_check_says_that_nobody_listens(today, vhost):
    [(state, text)] = told(vhost)
    assert (state, text.split()[:2]) == ("wrong", ["ninguém", "escuta"])
    with consumer(today):
        [(state, text)] = told(vhost)
    assert (state, text.split(",")[0]) == ("ok", "responde")


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [("guest:guest", "guest:wrong", "recusa o usuário ou a senha"), ("/away", "/elsewhere", "não deixa entrar")],
    ids=["password", "vhost"],
)
def test_a_check_says_who_is_not_let_in(vhost, right, wrong, says):
    [(state, text)] = told(vhost.replace(right, wrong))
    assert (state, text.startswith(says)) == ("wrong", True)


def test_a_publisher_that_was_cut_off_connects_again(rabbitmq, vhost):
    post = Publisher(vhost)
    post.connect()
    rabbitmq.control("close_all_connections", "a test")
    with suppress(Away):
        post.publish(1, "alo.email")
    post.publish(2, "alo.email")
    assert post.listeners()["alo.email"][0] >= 1
    post.close()
