"""From the outbox to a broker, without one: what is handed over, what is refused, who takes over."""

from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from clinic.broker.queues import ADDRESSING, BY_MEDIUM, Away, Full
from clinic.broker.relay import LOOK, PATIENCE, TRY_AGAIN, Relay
from clinic.broker.routes import Routes
from clinic.outbox.claims import LEASE
from clinic.outbox.handing import Handing
from tests.clinic.outbox.posts import Post, cancel, states, with_doctor, worker
from tests.clinic.outbox.test_faults import many

EMAIL, SMS = BY_MEDIUM["email"], BY_MEDIUM["sms"]


@dataclass
class Broker:
    """One that keeps what it is given; `away` and `full` as a test wants it."""

    given: list = field(default_factory=list)
    away: str = ""
    full: set = field(default_factory=set)
    processes: int = 1
    deaf: tuple = ()
    looks: int = 0

    def publish(self, row_id, queue):
        self._be_there()
        if queue in self.full:
            raise Full
        self.given.append((row_id, queue))

    def listeners(self):
        self._be_there()
        self.looks += 1
        return {name: (0, 0 if name in self.deaf else self.processes) for name in (EMAIL, ADDRESSING)}

    def _be_there(self):
        if self.away:
            raise Away(self.away)

    @property
    def ids(self):
        return [row_id for row_id, _ in self.given]


@dataclass
class Ticks:
    now: float = 1000.0

    def __call__(self):
        return self.now


class Setting:
    """A relay, its broker, its time, and who sends where there is no broker."""

    def __init__(self, clinic):
        self.clinic, self.broker, self.ticks, self.post = clinic, Broker(), Ticks(), Post()
        self.hands = Handing(clinic.database, clinic.clock, ticks=self.ticks)
        routes = Routes(clinic.database, {"email": self.post})
        self.embedded = worker(clinic, self.post)
        self.relay = Relay(self.hands, routes.of, self.broker, self.embedded, ticks=self.ticks)

    def later(self, seconds):
        self.ticks.now += seconds
        self.clinic.clock.move(seconds=seconds)


@pytest.fixture
def there(any_clinic):
    return Setting(any_clinic)


@pytest.fixture
def here(clinic):
    return Setting(clinic)


def test_what_is_due_is_handed_over_once(there):
    many(there.clinic, 250)
    assert [there.relay.drain(), there.relay.drain()] == [250, 0]
    assert len(set(there.broker.ids)) == len(there.broker.given) == 250


def test_a_fact_needs_no_medium(there):
    there.clinic.book("alice")
    there.relay.drain()
    assert [queue for _, queue in there.broker.given] == [ADDRESSING]


def test_a_message_goes_to_the_queue_of_its_medium(there):
    many(there.clinic, 2)
    there.relay.drain()
    assert [queue for _, queue in there.broker.given] == [EMAIL] * 2


def test_who_is_reached_by_nothing_needs_no_medium(here):
    many(here.clinic, 1)
    Relay(here.hands, Routes(here.clinic.database, {}).of, here.broker, here.embedded).drain()
    assert [queue for _, queue in here.broker.given] == [ADDRESSING]


def test_a_row_with_the_broker_is_left_to_it(here):
    many(here.clinic, 3)
    here.relay.drain()
    assert here.embedded.drain() == 0


def test_a_row_is_taken_from_the_broker_once(there):
    many(there.clinic, 1)
    there.relay.drain()
    [row_id] = there.broker.ids
    other = Handing(there.clinic.database, there.clinic.clock)
    taken = [hands.take_handed(row_id) for hands in (there.hands, other, there.hands)]
    assert [one and one.attempts for one in taken] == [1, None, None]


def test_an_id_without_a_row_is_nothing_to_do(here):
    assert here.hands.take_handed(12345) is None


def test_what_nobody_took_is_handed_over_again_and_nobody_fears_for_it(there, caplog):
    many(there.clinic, 2)
    there.relay.drain()
    there.later(LEASE.total_seconds() + 1)
    there.relay.drain()
    assert there.broker.ids[:2] == there.broker.ids[2:]
    assert "twice" not in caplog.text


def test_what_a_consumer_left_is_handed_over_again_and_the_log_says_so(there, caplog):
    many(there.clinic, 1)
    there.relay.drain()
    there.hands.take_handed(there.broker.ids[0])
    for _ in range(2):
        there.later(LEASE.total_seconds() + 1)
        there.relay.drain()
    assert len(there.broker.given) == 2
    assert "may be sent twice" in caplog.text


def test_a_full_queue_is_tried_again_and_others_go_on(here, caplog):
    many(here.clinic, 2)
    here.clinic.book("davi", here.clinic.slot(place=61))
    here.broker.full = {EMAIL}
    assert here.relay.drain() == 1
    assert caplog.text.count(f"queue {EMAIL} is full") == 1
    here.broker.full = set()
    assert here.relay.drain() == 0
    here.later(TRY_AGAIN + LEASE.total_seconds() / 12)
    assert here.relay.drain() == 2


def test_what_was_refused_goes_as_fast_as_anything_once_there_is_room(there):
    many(there.clinic, 450)
    there.broker.full = {EMAIL}
    for _ in range(5):
        there.relay.drain()
    there.broker.full = set()
    there.later(TRY_AGAIN)
    assert there.relay.drain() == 450


def test_a_copy_that_is_with_the_broker_holds_while_there_is_no_room_for_another(here):
    many(here.clinic, 1)
    here.relay.drain()
    here.later(LEASE.total_seconds() + 1)
    here.broker.full = {EMAIL}
    here.relay.drain()
    assert here.hands.take_handed(here.broker.ids[0]) is not None


def test_a_broker_that_goes_in_the_middle_has_what_it_confirmed(here):
    many(here.clinic, 5)
    publish = here.broker.publish

    def two(row_id, queue):
        here.broker.away = "gone" if len(here.broker.given) == 2 else ""
        publish(row_id, queue)

    here.broker.publish = two
    here.relay.drain()
    assert len(here.broker.given) == 2
    assert here.embedded.drain() == 3


def test_a_broker_that_is_away_is_not_asked_all_the_time(here, caplog):
    here.broker.away = "gone"
    for _ in range(5):
        here.relay.drain()
    here.later(TRY_AGAIN)
    here.broker.away = ""
    here.relay.drain()
    assert [here.broker.looks, caplog.text.count("messages wait in the database")] == [1, 1]
    assert "takes messages again" in caplog.text


def test_after_a_minute_without_a_broker_the_worker_sends_by_itself(there, caplog):
    many(there.clinic, 2)
    there.broker.away = "gone"
    assert there.relay.drain() == 0
    there.later(PATIENCE)
    assert (there.relay.drain(), len(there.post.sent)) == (2, 2)
    assert caplog.text.count("sends by itself") == 1


def test_what_was_with_a_broker_that_is_gone_is_sent_too(there):
    many(there.clinic, 2)
    there.relay.drain()
    there.broker.away = "gone"
    for _ in range(30):
        there.later(LOOK)
        there.relay.drain()
    assert len(there.post.sent) == 2


def test_when_the_broker_is_back_it_gets_what_is_due(here):
    here.broker.away = "gone"
    for _ in range(2):
        here.relay.drain()
        here.later(PATIENCE)
    here.broker.away = ""
    many(here.clinic, 2)
    here.post.sent.clear()
    assert (here.relay.drain(), len(here.post.sent)) == (2, 0)


def test_a_broker_nobody_listens_to_is_as_good_as_none(here, caplog):
    many(here.clinic, 1)
    here.broker.processes = 0
    assert (here.relay.drain(), here.broker.given) == (0, [])
    assert "no-consumers" in caplog.text


def test_a_queue_nobody_listens_to_is_as_good_as_full_and_others_go_on(here, caplog):
    many(here.clinic, 2)
    here.clinic.book("davi", here.clinic.slot(place=61))
    here.broker.deaf = (EMAIL,)
    here.relay.drain()
    assert [queue for _, queue in here.broker.given] == [ADDRESSING]
    assert caplog.text.count(f"queue {EMAIL} is heard by nobody") == 1
    assert here.post.sent == []


def test_after_a_minute_the_worker_sends_what_nobody_listens_for(there, caplog):
    uids = many(there.clinic, 3)
    there.broker.deaf = (EMAIL,)
    for _ in range(4):
        there.relay.drain()
        there.later(PATIENCE / 3)
    there.relay.drain()
    assert sorted(one.uid for one in there.post.sent) == sorted(uids)
    assert caplog.text.count(f"nobody has listened to queue {EMAIL}") == 1
    assert there.broker.given == []


def test_what_lies_in_a_queue_whose_consumer_is_gone_is_sent_and_its_id_is_nothing_to_do(there):
    many(there.clinic, 2)
    there.relay.drain()
    there.broker.deaf = (EMAIL,)
    for _ in range(30):
        there.later(LOOK)
        there.relay.drain()
    assert len(there.post.sent) == 2
    assert [there.hands.take_handed(one) for one in there.broker.ids] == [None, None]


def test_when_somebody_listens_again_it_is_theirs_again(here, caplog):
    here.broker.deaf = (EMAIL,)
    here.relay.drain()
    here.later(PATIENCE)
    many(here.clinic, 1)
    here.relay.drain()
    here.broker.deaf = ()
    here.later(LOOK)
    many(here.clinic, 2)
    here.relay.drain()
    assert (len(here.post.sent), len([one for one in here.broker.given if one[1] == EMAIL])) == (1, 2)
    assert f"somebody listens to queue {EMAIL} again" in caplog.text


def test_who_listens_is_asked_now_and_then(here):
    for _ in range(10):
        here.relay.drain()
        here.later(LOOK / 2)
    assert here.broker.looks == 5


def test_what_programs_hear_has_a_queue_of_its_own(here):
    row = SimpleNamespace(id=7, subscription_id=3, medium=None, audience="program")
    assert Routes(here.clinic.database, {}).of([row]) == {7: BY_MEDIUM["webhook"]}


def test_a_doctor_whose_message_is_only_with_the_broker_has_heard_nothing(there):
    booked = with_doctor(there.clinic).book("alice")
    carry_facts(there)
    there.relay.drain()
    cancel(there.clinic, booked)
    there.later(15)
    carry_facts(there)
    assert {audience for _, audience, *_ in states(there.clinic, "cancelled")} == {"patient"}
    assert there.post.sent == []


def carry_facts(there):
    """What is due goes to the broker, and whose hearers are to be found out comes back from it."""
    known = len(there.broker.given)
    there.relay.drain()
    for row_id, queue in there.broker.given[known:]:
        if queue == ADDRESSING:
            there.embedded.deal_with(there.hands.take_handed(row_id))
