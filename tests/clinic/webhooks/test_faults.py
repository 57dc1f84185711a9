"""Programs that refuse, hang, drop or are gone, workers that are killed, many at once: nothing is lost, and nobody is
kept waiting by another's fault."""

import contextlib
import os
import signal
import socket
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from secrets import token_hex

import pytest
from sqlalchemy import func, select

from clinic.media.outgoing import Outgoing
from clinic.media.webhooks.medium import Attempt
from clinic.webhooks.attempts import LONG, MANY
from db.tables import OutboxRow, WebhookAttempt
from tests.clinic.media import web_server
from tests.clinic.outbox.posts import Post, worker
from tests.clinic.outbox.test_faults import ended_by
from tests.clinic.small_clinic import same_clinic
from tests.clinic.webhooks import programs as those
from tests.clinic.webhooks.programs import BY, heard, subscribed, told
from tests.live.session import eventually

LEASE = timedelta(seconds=2)
WHO = ("alice", "bruno", "carla", "zeca", "davi")


def states(clinic, *columns):
    wanted = select(*(columns or (OutboxRow.status, OutboxRow.reason))).where(OutboxRow.audience == "program")
    return [tuple(row) for row in clinic.database.rows(wanted.order_by(OutboxRow.id))]


def paused(clinic):
    """Who paused which program, and why, as the trail has it."""
    return [(one.actor, one.entity_id, one.note) for one in clinic.audit.latest(action="webhook.paused")]


def many(clinic, count=5):
    """So many visits, whose events wait."""
    for place, who in enumerate(WHO[:count]):
        clinic.book(who, clinic.slot(place=place))
    worker(clinic, Post()).drain()


@pytest.mark.parametrize("status", [301, 400, 404, 429, 500, 503])
def test_what_was_refused_is_told_again_under_the_same_id(clinic, programs, server, status):
    subscribed(programs, server.url)
    clinic.book("alice")
    server.status = status
    told(clinic, programs)
    assert states(clinic) == [("waiting", f"http-{status}")]
    server.status = 204
    clinic.clock.move(minutes=1)
    told(clinic, programs)
    assert states(clinic) == [("sent", None)]
    ids = [(one.headers["webhook-id"], one.headers["x-alo-attempt"]) for one in server.asked]
    assert ids == [(ids[0][0], "1"), (ids[0][0], "2")]


def test_a_redirect_is_not_followed(clinic, programs, server):
    with web_server.running() as other:
        server.status, server.headers = 307, {"Location": other.url}
        subscribed(programs, server.url)
        clinic.book("alice")
        told(clinic, programs)
        assert other.asked == []


def test_who_is_gone_is_paused_at_once(clinic, programs, server):
    one, _ = subscribed(programs, server.url)
    server.status = 410
    clinic.book("alice")
    told(clinic, programs)
    found = programs.subscriptions.get(one)
    assert (found.paused_why, states(clinic)) == ("gone", [("failed", "gone")])
    assert paused(clinic) == [("system", one, "gone")]


def test_who_fails_for_hours_is_paused_and_what_waits_is_kept(clinic, programs, server):
    one, _ = subscribed(programs, server.url)
    server.status = 500
    many(clinic)
    for _ in range(60):
        clinic.clock.move(minutes=LONG.total_seconds() / 60 / 20)
        programs.sending.drain()
    found = programs.subscriptions.get(one)
    assert (found.paused_why, found.failures >= MANY) == ("failing", True)
    assert paused(clinic) == [("system", one, "failing")]
    assert {status for status, _ in states(clinic)} == {"failed"}
    calls = len(server.asked)
    clinic.book("alice", clinic.slot(place=40))
    told(clinic, programs)
    assert (states(clinic)[-1], len(server.asked)) == (("failed", "paused"), calls)


def test_who_fails_now_and_then_goes_on(clinic, programs, server):
    one, _ = subscribed(programs, server.url)
    for status in (500, 200, 500):
        server.status = status
        programs.deliveries.ping(one, BY)
        programs.sending.drain()
        clinic.clock.move(minutes=20)
        programs.sending.drain()
    assert programs.subscriptions.get(one).paused_at is None


@contextlib.contextmanager
def listening(deal):
    """A server that does this with every connection; its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            with contextlib.suppress(OSError):
                while True:
                    deal(server.accept()[0])

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
        server.shutdown(socket.SHUT_RDWR)


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/"


def test_who_does_not_listen_is_told_later(clinic, programs):
    subscribed(programs, closed_port())
    clinic.book("alice")
    told(clinic, programs)
    assert states(clinic) == [("waiting", "unreachable")]


def test_who_drops_the_connection_is_told_later(clinic, programs):
    with listening(lambda line: (line.recv(10), line.close())) as url:
        subscribed(programs, url)
        clinic.book("alice")
        told(clinic, programs)
    assert states(clinic) == [("waiting", "unreachable")]


def test_who_hangs_is_left_and_the_others_are_told(clinic, programs, server):
    kept = []
    with listening(kept.append) as url:
        subscribed(programs, url, "Mudo")
        subscribed(programs, server.url, "Vivo")
        clinic.book("alice")
        told(clinic, programs)
    assert (states(clinic), len(server.asked)) == ([("waiting", "timeout"), ("sent", None)], 1)


def test_people_are_told_while_a_program_hangs(clinic, programs, server):
    subscribed(programs, server.url)
    clinic.book("alice")
    post = Post()
    worker(clinic, post).drain()
    assert (len(post.sent), server.asked, states(clinic)) == (1, [], [("waiting", None)])


def test_one_that_fails_does_not_hold_up_another(clinic, programs, server):
    subscribed(programs, closed_port(), "Fora")
    subscribed(programs, server.url, "Vivo")
    many(clinic)
    programs.sending.drain()
    assert len(server.asked) == len(WHO)


def in_a_process(clinic, kill):
    """A worker of its own, in which `kill` is told of every try; the signal that ended it."""
    clinic.database.close()
    child = os.fork()
    if child == 0:
        try:
            there = same_clinic(clinic, clinic.database.url.render_as_string(hide_password=False))
            programs = those.of(there)
            medium = programs.sending._media["webhook"]
            medium._note = kill
            programs.sending.drain()
        finally:
            os._exit(0)
    return ended_by(child)


def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)


def test_killed_between_send_and_record_tells_one_twice_under_the_same_id_and_says_so(clinic, programs, server, caplog):
    subscribed(programs, server.url)
    many(clinic, 3)
    assert in_a_process(clinic, die) == signal.SIGKILL
    late = those.of(clinic, LEASE)

    def over():
        clinic.clock.move(seconds=30)
        late.sending.drain()
        return {status for status, _ in states(clinic)} == {"sent"}

    assert eventually(over)
    times = Counter(one.headers["webhook-id"] for one in server.asked)
    assert sorted(times.values()) == [1, 1, 2]
    assert "it may be sent twice" in caplog.text


def test_eight_workers_tell_each_event_once(served_clinic, server):
    first = those.of(served_clinic)
    subscribed(first, f"{server.url}/a", "a")
    subscribed(first, f"{server.url}/b", "b")
    many(served_clinic)
    url = served_clinic.database.url.render_as_string(hide_password=False)
    workers = [those.of(same_clinic(served_clinic, url)) for _ in range(8)]
    start = threading.Barrier(8)
    threads = [threading.Thread(target=lambda one=one: (start.wait(), one.sending.drain())) for one in workers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    told_of = Counter((asked.path, event["id"]) for asked, event in zip(server.asked, heard(server), strict=True))
    assert (len(told_of), set(told_of.values())) == (2 * len(WHO), {1})


def test_a_fact_that_is_addressed_twice_is_told_once(clinic, programs, server):
    subscribed(programs, server.url)
    clinic.book("alice")
    told(clinic, programs)
    told(clinic, programs)
    assert clinic.database.first(select(func.count()).where(OutboxRow.audience == "program"))[0] == 1


def test_a_program_deleted_while_its_events_wait_is_told_nothing(clinic, programs, server):
    one, _ = subscribed(programs, server.url)
    many(clinic)
    programs.subscriptions.delete(one, BY)
    programs.sending.drain()
    assert (server.asked, states(clinic)) == ([], [])


@contextlib.contextmanager
def noting(programs, one, threads=4):
    """Tries to tell a program are noted without a pause."""
    over, tried = threading.Event(), Attempt(204, 5, b"", None)

    def note():
        while not over.is_set():
            programs.attempts.note(Outgoing(token_hex(16), str(one), "", "{}"), tried)

    with ThreadPoolExecutor(threads) as pool:
        for _ in range(threads):
            pool.submit(note)
        try:
            yield
        finally:
            over.set()


def test_a_program_is_deleted_while_it_is_told(served_clinic, server):
    programs, noted = those.of(served_clinic), select(func.count(WebhookAttempt.id))
    one, _ = subscribed(programs, server.url)
    with noting(programs, one):
        assert eventually(lambda: served_clinic.database.first(noted)[0] > 20)
        programs.subscriptions.delete(one, BY)
    assert (programs.subscriptions.all(), served_clinic.database.first(noted)[0]) == ([], 0)
