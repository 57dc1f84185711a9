"""Facts that are addressed together: as if each had been alone, whatever happens to one of them or to their worker."""

import os
import signal
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime

import pytest
from sqlalchemy import delete, func, insert, select, update

from clinic.outbox.addressing import Addressing
from clinic.outbox.claims import Claims
from clinic.outbox.due_returns import DueReturns
from clinic.outbox.handfuls import Handfuls
from clinic.outbox.quiet import Quiet
from clinic.outbox.reminders import Reminders
from clinic.outbox.sending import Sending
from clinic.roster import Rosters
from db.session import Database
from db.tables import OutboxRow
from tests.clinic.breaking import BreakingDatabase
from tests.clinic.outbox.posts import Post, move, states, with_doctor, worker
from tests.clinic.outbox.test_faults import LEASE, drained, ended_by
from tests.clinic.small_clinic import same_clinic
from tests.clinic.webhooks import programs
from tests.live.session import eventually

IS_FACT = OutboxRow.audience.is_(None)
OUTCOME = [column for column in OutboxRow.__table__.columns if column.name not in ("id", "uid")]
QUIET = Quiet()
BEFORE_COMMIT = {"sqlite": 7, "mysql": 4}
"""Round trips of a transaction in which facts are addressed; one in which rows are taken has fewer."""


@dataclass(frozen=True)
class Picky(Reminders):
    """Breaks at a visit of that start."""

    starts_at: datetime | None = None

    def of(self, starts_at, zone, after, late=False):
        if starts_at == self.starts_at:
            raise ValueError
        return Reminders.of(self, starts_at, zone, after, late)


class Counting(Database):
    """Counts transactions."""

    transactions = 0

    def write(self, work):
        self.transactions += 1
        return super().write(work)


def url_of(clinic):
    return clinic.database.url.render_as_string(hide_password=False)


def addressing(clinic, how=Handfuls, database=None, breaks_at=None):
    rosters, reminders = Rosters(clinic.database), Picky((48, 24), QUIET, breaks_at)
    returns = DueReturns(rosters, lambda: 15, QUIET)
    return how(database or clinic.database, rosters, clinic.messages.texts.enabled, reminders, returns, clinic.clock)


def sending(clinic, hands):
    return Sending(Claims(clinic.database, clinic.clock), hands, None, {}, clinic.clock, foresee=hands.foresee)


def booked(clinic, who=("alice", "bruno", "zeca")):
    return [clinic.book(one, clinic.slot(place=40 + 4 * at)) for at, one in enumerate(who)]


def facts(clinic):
    return [row._asdict() for row in clinic.database.rows(select(OutboxRow.__table__).where(IS_FACT))]


def written(clinic):
    messages = select(*OUTCOME).where(OutboxRow.audience.is_not(None)).order_by(OutboxRow.dedupe)
    return [tuple(row) for row in clinic.database.rows(messages)]


def again(clinic, found):
    clinic.database.write(lambda c: c.execute(insert(OutboxRow), [{**one, "id": None} for one in found]))


def told(clinic):
    wanted = select(OutboxRow.appointment_id, func.count()).where(OutboxRow.kind == "booked", ~IS_FACT)
    return {row[0]: row[1] for row in clinic.database.rows(wanted.group_by(OutboxRow.appointment_id))}


def test_they_say_what_each_would_say_alone(any_clinic):
    programs.subscribed(programs.of(with_doctor(any_clinic)), "http://127.0.0.1:9/")
    booked(any_clinic)
    found, hands = facts(any_clinic), addressing(any_clinic)
    rows, _ = Claims(any_clinic.database, any_clinic.clock).take(20)
    hands.foresee(rows)
    many, together = [hands.address(row) for row in rows], written(any_clinic)
    any_clinic.database.change(delete(OutboxRow))
    again(any_clinic, found)
    rows, _ = Claims(any_clinic.database, any_clinic.clock).take(20)
    alone = sum(addressing(any_clinic, Addressing).address(row) for row in rows)
    assert (together, many) == (written(any_clinic), [alone, 0, 0])
    assert alone == len(together) == 15 and facts(any_clinic) == []


def test_they_take_one_transaction(clinic):
    booked(clinic)
    database = Counting(url_of(clinic))
    sending(clinic, addressing(clinic, database=database)).round()
    assert (database.transactions, len(told(clinic))) == (1, 3)


def test_a_bad_one_keeps_none_of_the_others_waiting(clinic, caplog):
    alice, bruno, zeca = booked(clinic)
    sending(clinic, addressing(clinic, breaks_at=bruno.starts_at)).round()
    assert told(clinic) == {alice.id: 1, zeca.id: 1}
    [left] = facts(clinic)
    assert (left["appointment_id"], left["reason"], left["attempts"]) == (bruno.id, "error", 1)
    assert f"fact {left['id']} could not be addressed" in caplog.text


def test_one_that_was_tried_before_is_addressed_alone(clinic):
    visits = booked(clinic)
    clinic.database.change(update(OutboxRow).where(OutboxRow.appointment_id == visits[1].id).values(attempts=1))
    database = Counting(url_of(clinic))
    sending(clinic, addressing(clinic, database=database)).round()
    assert (database.transactions, len(told(clinic))) == (3, 3)


def test_a_visit_that_was_moved_here_is_addressed_alone(clinic):
    alice, _, _ = booked(clinic)
    move(clinic, alice, place=30)
    clinic.clock.move(seconds=15)
    database = Counting(url_of(clinic))
    sending(clinic, addressing(clinic, database=database)).round()
    assert (database.transactions, facts(clinic)) == (3, [])  # three together, where it went and what it was


def test_what_was_told_already_is_told_once_beside_what_is_new(any_clinic):
    booked(any_clinic, ["alice"])
    [fact] = facts(any_clinic)
    sending(any_clinic, addressing(any_clinic)).round()
    again(any_clinic, [fact, fact])
    new = any_clinic.book("bruno", any_clinic.slot(place=50))
    sending(any_clinic, addressing(any_clinic)).round()
    assert told(any_clinic) == {fact["appointment_id"]: 1, new.id: 1} and facts(any_clinic) == []


def test_one_that_another_worker_took_over_is_left_to_it(clinic):
    alice, bruno, zeca = booked(clinic)
    rows, _ = Claims(clinic.database, clinic.clock).take(20)
    mine = OutboxRow.appointment_id == bruno.id
    clinic.database.change(update(OutboxRow).where(mine).values(claimed_by="another"))
    hands = addressing(clinic)
    hands.foresee(rows)
    assert sum(hands.address(row) for row in rows) == len(written(clinic))
    assert told(clinic) == {alice.id: 1, zeca.id: 1} and [one["claimed_by"] for one in facts(clinic)] == ["another"]


def killed_before_commit(clinic):
    """The signal that ended a worker of its own while it addressed them."""
    clinic.database.close()
    child = os.fork()
    if child == 0:
        try:
            url = url_of(clinic)
            at = BEFORE_COMMIT[clinic.database.url.get_backend_name()]
            database = BreakingDatabase(url, at, lambda: os.kill(os.getpid(), signal.SIGKILL))
            worker(replace(same_clinic(clinic, url), database=database), Post()).drain()
        finally:
            os._exit(0)
    return ended_by(child)


def test_a_worker_that_is_killed_in_the_middle_loses_none_and_tells_nobody_twice(any_clinic):
    visits, post = booked(any_clinic), Post()
    assert killed_before_commit(any_clinic) == signal.SIGKILL
    assert told(any_clinic) == {} and len(facts(any_clinic)) == 3
    other = worker(any_clinic, post, lease=LEASE)
    assert eventually(lambda: drained(any_clinic, other) and not facts(any_clinic))
    assert told(any_clinic) == {one.id: 1 for one in visits}
    assert set(Counter(one.uid for one in post.sent).values()) == {1}


@pytest.mark.parametrize("at", [1, 5, 6])
def test_where_it_does_not_work_together_each_is_addressed_alone(clinic, at):
    class Broken(Exception):
        pass

    def breaks():
        database.at = 0
        raise Broken

    booked(clinic)
    database = BreakingDatabase(url_of(clinic), at, breaks)
    sending(clinic, addressing(clinic, database=database)).round()
    assert len(told(clinic)) == 3 and {status for _, _, status, _ in states(clinic)} == {"waiting"}
