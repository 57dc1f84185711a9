"""What somebody is told of a time that is kept for them, and what of it is silenced."""

import pytest
from sqlalchemy import select

from clinic.broker.queues import BY_MEDIUM
from clinic.broker.routes import Routes
from clinic.media.email.incoming import Bounced
from clinic.media.outgoing import NotSent
from clinic.messages.offer_links import OfferLinks
from clinic.outbox.handing import Handing
from clinic.outbox.returned import Returned
from db.tables import Undeliverable
from tests.clinic.outbox.posts import Post, states, worker
from tests.clinic.waiting.listed import frees, joins, nothing_free, open_offer, rounds


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def kept(clinic):
    """Alice, who has an e-mail address, is offered a time."""
    nothing_free(clinic)
    joins(clinic, "alice")
    frees(clinic)
    rounds(clinic)
    return clinic


def test_the_message_says_when_with_whom_until_when_and_where_to_answer(kept, post):
    worker(kept, post, secret_key="k").drain()
    [message] = post.sent
    assert message.to == "alice@example.com"
    assert "quinta-feira, 26 de novembro, às 09:30" in message.text
    assert "segunda-feira, 23 de novembro, às 11:01" in message.text
    [answer] = message.actions
    assert (answer.label, answer.url[-30:].partition("/vaga/")[1]) == ("Responder", "/vaga/")


def test_nothing_of_the_specialty_is_written(kept, post):
    worker(kept, post).drain()
    assert "Clínica geral" not in post.sent[0].subject + post.sent[0].text


@pytest.mark.parametrize("medium", ["email", "sms"])
def test_a_broker_takes_it_to_those_who_send_by_their_medium(kept, post, medium):
    [row] = [one for one in Handing(kept.database, kept.clock).hand_over(10) if one.kind == "offer"]
    assert Routes(kept.database, {medium: post}).of([row]) == {row.id: BY_MEDIUM[medium]}


def test_it_is_sent_once(kept, post):
    for _ in range(3):
        worker(kept, post).drain()
    assert len(post.sent) == 1


def test_what_was_answered_before_it_was_sent_is_not_sent(kept, post):
    kept.waiting_list.offers.accept(open_offer(kept).id, "desk", "user:7")
    worker(kept, post).drain()
    assert ("offer", "patient", "silenced", "accepted") in states(kept)
    assert [one for one in post.subjects if "abriu um horário" in one] == []


def test_who_leaves_is_told_nothing(kept, post):
    kept.waiting_list.leave(kept.people["alice"], open_offer(kept).waiting_id)
    worker(kept, post).drain()
    assert states(kept) == [("offer", "patient", "silenced", "left")]


def test_who_comes_back_is_told_after_all(kept, post):
    mine = open_offer(kept).waiting_id
    kept.waiting_list.leave(kept.people["alice"], mine)
    kept.waiting_list.offers.come_back(mine)
    worker(kept, post).drain()
    assert states(kept) == [("offer", "patient", "sent", None)]


def test_it_is_not_sent_when_its_time_is_over(kept, post):
    kept.clock.move(hours=2)
    worker(kept, post).drain()
    assert states(kept) == [("offer", "patient", "silenced", "past")]


def test_whom_no_message_reaches_is_to_be_called(clinic, post):
    nothing_free(clinic)
    joins(clinic, "bruno")
    frees(clinic)
    rounds(clinic)
    worker(clinic, post).drain()
    [line] = clinic.waiting_list.places.all()
    assert (line.offer.to_call, line.number) == (True, "5511912345678")


def test_whom_the_message_did_not_reach_is_to_be_called(kept, post):
    post.fails = NotSent("address-550", again=False)
    worker(kept, post).drain()
    assert kept.waiting_list.places.all()[0].offer.to_call


def test_whose_message_came_back_is_to_be_called_and_the_address_is_let_alone(kept, post):
    worker(kept, post).drain()
    told = Bounced(post.sent[0].uid, "alice@example.com", "5.1.1", failed=True)
    reader = kept.live.reader()
    assert Returned(kept.database, None, kept.clock).note(told)
    [line] = kept.waiting_list.places.all()
    assert line.offer.to_call
    assert [row.address for row in kept.database.rows(select(Undeliverable.address))] == ["alice@example.com"]
    assert (line.id, "waiting") in [(one.entity_id, one.topic) for one in reader.poll()]


def test_one_whom_it_reached_is_not(kept, post):
    worker(kept, post).drain()
    [line] = kept.waiting_list.places.all()
    assert (line.offer.to_call, line.offers) == (False, 0)


def test_when_the_kind_is_switched_off_the_desk_calls(kept, post):
    kept.messages.texts.switch("offer", "patient", False, by="user:1")
    worker(kept, post).drain()
    assert states(kept) == [("offer", "patient", "silenced", "off")]


def test_a_link_is_of_one_offer_and_cannot_be_changed():
    links = OfferLinks("k")
    token = links.make(70_000, "sms").removeprefix("/vaga/")
    found = links.read(token)
    assert (found.offer_id, found.via) == (70_000, "sms")
    assert [links.read(one) for one in (token[:-1] + "A", "", "é", token + "=")] == [None] * 4
    assert OfferLinks("other").read(token) is None


def test_without_a_key_there_are_no_links():
    assert OfferLinks("").make(1) == "/portal/consultas"
    assert OfferLinks("").read("AAAA") is None
