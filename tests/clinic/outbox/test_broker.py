"""Messages through RabbitMQ: a real broker, real databases, consumers in processes of their own, a real mail server."""

import os
import signal
import threading
from collections import Counter
from datetime import timedelta
from secrets import token_hex

import pytest

from clinic.broker.publisher import Publisher
from clinic.broker.queues import ADDRESSING, BY_MEDIUM, LONGEST, Full
from tests.clinic.media import mail_server
from tests.clinic.outbox.brokers import TWICE, children, consumer, empty, running, today_of
from tests.live.rabbitmq import start_rabbitmq
from tests.live.session import eventually

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]  # the first may have to install its servers
LATER = timedelta(minutes=2)
EMAIL = BY_MEDIUM["email"]


@pytest.fixture(scope="session")
def rabbitmq():
    return start_rabbitmq()


@pytest.fixture(scope="session")
def vhost(rabbitmq):
    """This worker's part of it."""
    return rabbitmq.vhost(token_hex(4))


@pytest.fixture
def mail():
    with mail_server.running() as server:
        yield server


@pytest.fixture
def today(clinic_templates, tmp_path, vhost, mail):
    yield from on_a_new_day(clinic_templates.copy("mariadb", tmp_path), vhost, mail)


@pytest.fixture
def any_day(served_clinic, vhost, mail):
    yield from on_a_new_day(served_clinic, vhost, mail)


def on_a_new_day(small, vhost, mail):
    empty(vhost)
    with today_of(small, vhost, mail.port) as made:
        yield made
    small.database.close()


def ids(mail):
    """How often each message came."""
    return Counter(one["Message-ID"].strip("<>").partition("@")[0] for one in mail.mails())


def kill_who_sends(process):
    """As the kernel does when memory is short."""
    [sender] = children(process.pid)
    os.kill(sender, signal.SIGKILL)


def test_a_booking_is_told_once(any_day, mail):
    with running(any_day, "worker"), consumer(any_day):
        any_day.book()
        assert eventually(mail.mails, within=90)
    assert [one["To"] for one in mail.mails()] == ["alice@example.com"]


def test_two_relays_and_two_consumers_send_each_message_once(any_day, mail):
    uids = any_day.messages(60)
    with consumer(any_day), consumer(any_day):
        others = [threading.Thread(target=any_day.relayed, args=(any_day.relay(),)) for _ in range(2)]
        for one in others:
            one.start()
        for one in others:
            one.join()
    assert ids(mail) == Counter(uids)


def test_killed_between_claim_and_send_loses_nothing(today, mail):
    uids, relay = today.messages(3), today.relay()
    mail.behaviour.answers["MAIL"] = "hang"
    with consumer(today) as process:
        relay.drain()
        assert eventually(lambda: mail.behaviour.connections)
        kill_who_sends(process)
        mail.behaviour.answers.clear()
        today.ahead = LATER
        assert today.relayed(relay)
    assert ids(mail) == Counter(uids)


def test_killed_between_send_and_record_sends_one_twice_and_says_so(today, mail, caplog):
    uids, relay = today.messages(3), today.relay()
    mail.behaviour.answers["DATA"] = "hang"  # the letter is there, and nobody has heard so
    with consumer(today) as process:
        relay.drain()
        assert eventually(lambda: mail.behaviour.letters)
        kill_who_sends(process)
        mail.behaviour.answers.clear()
        today.ahead = LATER
        assert today.relayed(relay)
    [(twice, times)] = (ids(mail) - Counter(uids)).items()
    assert times == 1
    assert [twice in one.message for one in caplog.records if TWICE in one.message] == [True]


def test_a_relay_that_is_killed_loses_nothing(today, mail):
    uids = today.messages(5)
    today.relay(post=Killed()).drain()  # taken from the database, given to nobody
    with consumer(today):
        today.ahead = LATER
        assert today.relayed(today.relay())
    assert ids(mail) == Counter(uids)


class Killed:
    """A broker's address in a process that is killed before it has published anything."""

    def listeners(self):
        return {EMAIL: (0, 1)}

    def publish(self, row_id, queue):
        """As if it had: nothing of what follows in the real process happens."""


def test_a_queue_that_is_full_keeps_messages_waiting_and_tells(today, mail, caplog):
    uids, relay = today.messages(5), today.relay()
    with consumer(today) as process:
        os.kill(process.pid, signal.SIGSTOP)
        fill(today.broker)
        assert (relay.drain(), today.waiting()) == (0, 5)
        assert f"queue {EMAIL} is full" in caplog.text
        os.kill(process.pid, signal.SIGCONT)
        today.ahead = LATER
        assert today.relayed(relay)
    assert ids(mail) == Counter(uids)


def fill(url):
    """Ids of rows that are not there."""
    post = Publisher(url)
    with pytest.raises(Full):
        for number in range(2 * LONGEST):
            post.publish(10**9 + number, EMAIL)
    post.close()


def test_what_nobody_listens_for_is_sent_by_the_worker_while_other_queues_are_heard(today, mail, caplog):
    relay = today.relay(today.embedded(), patience=0)
    with running(today, "worker", "--consume", "--processes=1", f"--queue={ADDRESSING}"):
        today.book()

        def arrived():
            relay.drain()
            return mail.mails()

        assert eventually(arrived, within=90)
        relay.drain()
    assert [one["To"] for one in mail.mails()] == ["alice@example.com"]
    assert f"nobody has listened to queue {EMAIL}" in caplog.text


def test_what_nobody_understands_goes_to_the_dead_letters(today, mail):
    uids = today.messages(1)
    with consumer(today):
        bury(today.broker)
        assert today.relayed(today.relay())
        assert eventually(lambda: Publisher(today.broker).dead() == 4)
    assert ids(mail) == Counter(uids)


def bury(url):
    """No task; another one's task; in another language; ours, with a name for an id."""
    post = Publisher(url)
    post.connect()
    post._app.send_task("others.task", (1,), queue=EMAIL, producer=post._producer)
    post._app.send_task("alo.send", ("Alice",), queue=EMAIL, producer=post._producer)
    post._producer.publish("no task", routing_key=EMAIL)
    post._producer.publish(b"\x80", routing_key=EMAIL, content_type="application/x-python-serialize")
    post.close()
