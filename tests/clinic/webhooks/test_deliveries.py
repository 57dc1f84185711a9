"""The log of a program: what was told, how it answered, and telling it again."""

from datetime import timedelta

import pytest

from clinic.outbox.list import NotToBeSent, OutboxList
from clinic.webhooks.attempts import KEPT, excerpt
from tests.clinic.webhooks.programs import BY, heard, subscribed, told


@pytest.fixture
def one(programs, server):
    return subscribed(programs, server.url)[0]


def test_what_was_told_is_in_the_log_with_its_answer_and_body(clinic, programs, server, one):
    server.body = b"ok, thanks"
    clinic.book("alice")
    told(clinic, programs)
    [line] = programs.deliveries.page(one)
    _, [tried] = programs.deliveries.get(one, line.line.id)
    assert (line.event, line.line.status, line.answered) == ("appointment.booked", "sent", 200)
    assert (tried.status, tried.answer, tried.attempt) == (200, "ok, thanks", 1)
    assert tried.body.encode() == server.asked[0].body
    assert tried.milliseconds >= 0


def test_messages_to_people_are_not_in_it_nor_it_among_them(clinic, programs, server, one):
    clinic.book("alice")
    told(clinic, programs)
    assert [line.line.audience for line in programs.deliveries.page(one)] == ["program"]
    people = OutboxList(clinic.database, clinic.audit, clinic.clock)
    assert "program" not in {line.audience for line in people.page(_all())}


def _all():
    from clinic.outbox.list import Wanted

    return Wanted()


def test_of_a_program_that_is_told_names_the_answer_is_not_kept(clinic, programs, server):
    named, _ = subscribed(programs, server.url, "named", with_patient=True)
    server.body = b"hello Alice"
    clinic.book("alice")
    told(clinic, programs)
    [line] = programs.deliveries.page(named)
    assert programs.deliveries.get(named, line.line.id)[1][0].answer == ""


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        (b"ok", "ok"), (b"\xff\x00a\n\nb", "\ufffd a b"), (b"cpf 529.982.247-25!", "cpf …!"),
        (b"to ana.lima@example.com now", "to … now"), (b"(11) 98765-4321", "(…"), (b"x" * 999, "x" * 120),
        (b"line 12", "line 12"),
    ],
)  # fmt: skip
def test_of_an_answer_a_little_is_kept_and_nobodys_number(answer, kept):
    assert excerpt(answer) == kept


def test_what_was_told_can_be_told_again_as_a_new_delivery_of_the_same_event(clinic, programs, server, one):
    clinic.book("alice")
    told(clinic, programs)
    programs.deliveries.resend(one, programs.deliveries.page(one)[0].line.id, BY)
    programs.sending.drain()
    first, again = heard(server)
    assert first["id"] == again["id"]
    assert server.asked[0].headers["webhook-id"] != server.asked[1].headers["webhook-id"]


def test_all_that_failed_since_is_told_again(clinic, programs, server, one):
    programs.subscriptions.pause(one, BY)
    for who, place in (("alice", 0), ("bruno", 1)):
        clinic.book(who, clinic.slot(place=place))
        told(clinic, programs)
        clinic.clock.move(hours=1)
    programs.subscriptions.resume(one, BY)
    assert programs.deliveries.resend_failed(one, BY, since=clinic.clock() - timedelta(minutes=90)) == 1
    assert programs.deliveries.resend_failed(one, BY) == 1
    programs.sending.drain()
    assert len(server.asked) == 2


def test_what_waits_is_not_sent_again(clinic, programs, server, one):
    programs.deliveries.ping(one, BY)
    with pytest.raises(NotToBeSent):
        programs.deliveries.resend(one, programs.deliveries.page(one)[0].line.id, BY)


def test_another_programs_deliveries_are_not_its_own(clinic, programs, server, one):
    other, _ = subscribed(programs, server.url, "other")
    programs.deliveries.ping(other, BY)
    [theirs] = programs.deliveries.page(other)
    for deed in (programs.deliveries.get, lambda *ids: programs.deliveries.resend(*ids, BY)):
        with pytest.raises(KeyError):
            deed(one, theirs.line.id)


def test_a_trial_is_sent_also_while_it_is_paused_and_once_for_two_clicks(clinic, programs, server, one):
    programs.subscriptions.pause(one, BY)
    programs.deliveries.ping(one, BY)
    programs.deliveries.ping(one, BY)
    programs.sending.drain()
    assert [(event["type"], event["data"]) for event in heard(server)] == [("ping", {})]


def test_it_is_read_in_parts_and_by_status(clinic, programs, server, one):
    for _ in range(3):
        programs.deliveries.ping(one, BY)
        clinic.clock.move(seconds=11)
    programs.sending.drain()
    first = programs.deliveries.page(one, size=2)
    assert len(programs.deliveries.page(one, before=first[-1].line.id, size=2)) == 1
    assert programs.deliveries.page(one, status="failed") == []
    assert len(programs.deliveries.page(one, kind="ping", status="sent")) == 3


def test_after_a_month_it_is_forgotten(clinic, programs, server, one):
    clinic.book("alice")
    told(clinic, programs)
    clinic.clock.move(seconds=(KEPT + timedelta(days=1)).total_seconds())
    assert programs.attempts.forget_old() == 2
    assert (programs.deliveries.page(one), programs.attempts.forget_old()) == ([], 0)
