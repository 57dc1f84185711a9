"""Going for the same thing at once, in one process."""

import threading

import pytest

from clinic.bookings import SlotTaken
from clinic.services import open_clinic
from clinic.settings import Settings
from clinic.turns import Turns
from tests.clinic.counting import CountingDatabase
from tests.clinic.test_contention import at_once


def test_the_first_goes_at_once():
    with Turns().going_for("slot", "a") as (turn, first):
        assert first and not turn.won


def test_who_comes_meanwhile_waits_and_learns_the_outcome():
    turns, inside, found = Turns(), threading.Event(), []

    def second():
        inside.wait()
        with turns.going_for("slot", "b") as (turn, first):
            found.append((turn.by, turn.won, first))

    thread = threading.Thread(target=second)
    thread.start()
    with turns.going_for("slot", "a") as (turn, _):
        inside.set()
        thread.join(0.1)
        assert found == []
        turn.won = True
    thread.join(60)
    assert found == [("a", True, False)]


def test_a_turn_ends_however_it_ends():
    turns = Turns()
    with pytest.raises(LookupError), turns.going_for("slot", "a"):
        raise LookupError
    with turns.going_for("slot", "b") as (_, first):
        assert first


def test_other_things_are_other_turns():
    turns = Turns()
    with turns.going_for(1, "a"), turns.going_for(2, "b") as (_, first):
        assert first


def test_losers_cost_one_statement_at_most(clinic):
    slot = clinic.slot()
    database = CountingDatabase(str(clinic.database.url))
    there = open_clinic(Settings(database_url=str(clinic.database.url)), clinic.clock, database)
    there.profile.get()
    database.asked.clear()

    def tries(by):
        try:
            there.bookings.hold(slot, by=by)
        except SlotTaken:
            return False
        return True

    found = at_once([lambda n=n: tries(f"call-{n}") for n in range(20)], 20)
    assert (sum(found), len(database.asked) <= 20) == (1, True)
    database.close()


def test_the_same_call_may_hold_what_it_is_just_claiming(clinic):
    slot = clinic.slot()
    holds = at_once([lambda: clinic.bookings.hold(slot, by="call")] * 8, 8)
    assert {hold.slot.id for hold in holds} == {slot.id}
