"""Moving a visit into the time of its own margin: what it has itself is not in its way, and is nobody else's."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from clinic.bookings import Overlaps, SlotTaken, WrongStatus
from clinic.editing import stamp
from clinic.kinds import NO_MARGIN
from tests.clinic.margins import with_margin
from tests.clinic.test_margins import FIRST, LAST, NINE, NINE_HALF, TEN, book, clocks, criteria, morning, taken


def to_move(clinic, kind, old):
    """Times of the morning that a visit can be moved to."""
    wanted = replace(criteria(clinic, kind), moving=old.id)
    return clinic.agenda.on_day(wanted, old.starts_at.date()).times


def move(clinic, old, slot, kind, by="call"):
    hold = clinic.bookings.hold(slot, by, kind.minutes, kind.margin, old.id)
    return clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")


def test_a_visit_moves_into_its_own_margin(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    new = move(clinic, book(clinic, free[NINE], kind), free[NINE_HALF], kind)
    assert taken(clinic, new) == ["09:30", "10:00"]
    clinic.clock.move(seconds=10)
    assert clocks(morning(clinic))[:4] == ["08:00", "08:30", "09:00", "10:30"]


def test_a_visit_whose_margin_is_before_moves_into_it(clinic):
    kind, free = with_margin(clinic, before=10, after=10), morning(clinic)
    new = move(clinic, book(clinic, free[NINE_HALF], kind), free[NINE], kind)
    assert taken(clinic, new) == ["08:30", "09:00", "09:30"]


def test_a_long_visit_moves_by_half_its_length(clinic):
    slot, half = morning(clinic)[NINE : NINE + 2]
    hold = clinic.bookings.hold(slot, "call", 60)
    old = clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")
    hold = clinic.bookings.hold(half, "call", 60, NO_MARGIN, old.id)
    new = clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    assert (taken(clinic, new), new.ends_at) == (["09:30", "10:00"], hold.slot.ends_at)


def test_a_margin_that_is_no_more_is_free_for_its_visit(clinic):
    free = morning(clinic)
    old = book(clinic, free[NINE], with_margin(clinic, after=10))
    new = move(clinic, old, free[NINE_HALF], with_margin(clinic, after=0))
    assert taken(clinic, new) == ["09:30"]


def test_times_in_its_own_margin_are_found_and_its_own_time_is_not(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)
    book(clinic, free[TEN + 1], kind, "bruno")
    assert clocks(to_move(clinic, kind, old)) == ["08:00", "08:30", "09:30", "11:30"]
    near = replace(criteria(clinic, kind), moving=old.id)
    assert clocks(clinic.agenda.next_free(near, free[NINE].starts_at, 2)) == ["09:30", "11:30"]


def test_what_comes_before_it_may_reach_into_its_own_time(clinic):
    kind, free = with_margin(clinic, after=40), morning(clinic)
    old = book(clinic, free[NINE], kind)
    new = move(clinic, old, free[FIRST + 1], kind)
    assert taken(clinic, new) == ["08:30", "09:00", "09:30"]


def test_at_the_edge_nothing_but_its_own_time_is_needed(clinic):
    kind, free = with_margin(clinic, after=40), morning(clinic)
    old = book(clinic, free[LAST - 1], kind)
    assert taken(clinic, move(clinic, old, free[LAST], kind)) == ["11:30"]


def test_a_visit_does_not_move_to_where_it_is(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)
    with pytest.raises(SlotTaken):
        move(clinic, old, free[NINE], kind)


def test_the_margin_of_another_is_in_the_way_as_ever(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)
    book(clinic, free[TEN], kind, "bruno")
    with pytest.raises(SlotTaken):
        move(clinic, old, free[NINE_HALF], kind)
    assert taken(clinic, old) == ["09:00", "09:30"]


def test_while_the_new_time_is_held_the_old_one_is_whole(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)
    hold = clinic.bookings.hold(free[NINE_HALF], "call", kind.minutes, kind.margin, old.id)
    assert taken(clinic, old) == ["09:00", "09:30"]
    clinic.bookings.release(hold)
    assert (taken(clinic, old), free[TEN] in morning(clinic)) == (["09:00", "09:30"], True)


def test_nothing_is_lost_when_moving_fails(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)
    hold = clinic.bookings.hold(free[NINE_HALF], "call", kind.minutes, kind.margin, old.id)
    clinic.clock.move(minutes=6)
    clinic.bookings.hold(free[TEN], "other")
    with pytest.raises(SlotTaken):
        clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    assert taken(clinic, old) == ["09:00", "09:30"]
    assert clinic.bookings.get(old.id).status == "booked"


def test_who_cancelled_meanwhile_moves_into_nothing(clinic):
    kind, free, alice = with_margin(clinic, after=10), morning(clinic), clinic.people["alice"]
    old = book(clinic, free[NINE], kind)
    hold = clinic.bookings.hold(free[NINE_HALF], "call", kind.minutes, kind.margin, old.id)
    clinic.bookings.cancel(alice, old.id, "other", "telephone")
    with pytest.raises(WrongStatus):
        clinic.bookings.reschedule(alice, old.id, hold, "telephone")


def test_undoing_gives_it_its_old_time_and_margin_again(clinic):
    kind, free = with_margin(clinic, before=10, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)
    move(clinic, old, free[NINE_HALF], kind)
    again = clinic.bookings.undo(clinic.people["alice"], old.id, "telephone")
    assert taken(clinic, again) == ["08:30", "09:00", "09:30"]
    assert free[TEN] in morning(clinic)


def test_a_request_to_move_does_not_take_what_its_visit_still_has(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)
    hold = clinic.bookings.hold(free[NINE_HALF], "call", kind.minutes, kind.margin, old.id)
    approves(clinic)
    with pytest.raises(SlotTaken):
        clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    assert clocks(to_move(clinic, kind, old)) == ["08:00", "10:30", "11:00", "11:30"]
    assert taken(clinic, old) == ["09:00", "09:30"]


def approves(clinic):
    """From now on Marina is asked first."""
    record = clinic.editing.record("doctor", clinic.at.doctors["marina"])
    seen, record_id = stamp(record), record.pop("id")
    clinic.editing.save("doctor", record_id, {**record, "approves": True}, seen)


def test_the_desk_and_the_portal_move_into_it_too(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old, times = book(clinic, free[NINE], kind), clinic.portal.other_times
    visit = clinic.desk.cards.visit(old.id, "user:1")
    assert free[NINE_HALF] in times.free(visit, free[NINE].starts_at, 3)
    kept = times.keep(visit, free[NINE_HALF], "portal:1")
    assert times.keep(visit, free[NINE_HALF], "portal:1").token == kept.token
    hold, terms = times.claim(visit, free[NINE_HALF], "portal:1")
    new = clinic.desk.bookings.move(old.id, hold, "user:1", terms)
    assert taken(clinic, new) == ["09:30", "10:00"]


def test_it_is_free_for_its_visit_and_for_nobody_else(clinic):
    kind, free, desk = with_margin(clinic, after=10), morning(clinic), clinic.desk.bookings
    old = book(clinic, free[NINE], kind)
    assert desk.is_free(free[NINE_HALF], "portal:1", old.id)
    assert not desk.is_free(free[NINE_HALF], "portal:1")


def test_of_two_who_move_it_at_once_one_does(any_clinic):
    clinic = any_clinic
    kind, free = with_margin(clinic, before=10, after=10), morning(clinic)
    old = book(clinic, free[NINE], kind)

    def tries(slot, by):
        try:
            return move(clinic, old, slot, kind, by)
        except (SlotTaken, WrongStatus, Overlaps):
            return None

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(tries, free[place], f"call-{place}") for place in (1, 3, 1, 3)]
        [new] = [one for one in (job.result() for job in asked) if one]
    clinic.clock.move(minutes=6)
    assert len(taken(clinic, new)) == 3
    assert (taken(clinic, old), len(morning(clinic))) == ([], len(free) - 3)
