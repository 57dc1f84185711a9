"""Time before and after a visit: nobody is booked in it, nobody is told of it, and it needs no working time."""

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from clinic.agenda import HoursInput
from clinic.bookings import SlotTaken
from clinic.kinds import KindInfo, Margin
from clinic.offers import Wanted
from clinic.services import open_clinic
from clinic.settings import Settings
from db.session import Database
from db.tables import Slot
from tests.clinic.margins import with_margin

TUESDAY = date(2026, 11, 24)
ZONE = ZoneInfo("America/Sao_Paulo")
FIRST, NINE, NINE_HALF, TEN, LAST = 0, 2, 3, 4, 7
"""Places of the times of a morning: 8:00, 9:00, 9:30, 10:00, 11:30."""


def criteria(clinic, kind=None, **more):
    wanted = {"minutes": kind.minutes, "margin": kind.margin} if kind else {}
    return clinic.criteria(doctor="marina", **wanted, **more)


def morning(clinic, kind=None, day=TUESDAY):
    """Marina's free times of that day for a kind of visit."""
    return clinic.agenda.on_day(criteria(clinic, kind), day).times


def clocks(slots):
    return [f"{one.starts_at.astimezone(ZONE):%H:%M}" for one in slots]


def book(clinic, slot, kind, who="alice"):
    hold = clinic.bookings.hold(slot, f"call-{who}", kind.minutes, kind.margin)
    return clinic.bookings.book(clinic.people[who], hold, clinic.terms(slot, kind=kind.code), "telephone")


class HeardDatabase(Database):
    """Tells each statement of its transactions (SQLite)."""

    def __init__(self, url, hears):
        super().__init__(url)
        self.hears = hears

    def write(self, work):
        """As in Database, told."""

        def heard(connection):
            connection.connection.driver_connection.set_trace_callback(self.hears)
            return work(connection)

        return super().write(heard)


def taken(clinic, booked):
    """The times of the slots that an appointment has."""
    rows = clinic.database.rows(select(Slot.starts_at).where(Slot.appointment_id == booked.id).order_by(Slot.starts_at))
    return clocks(rows)


def test_nobody_is_booked_in_the_time_after(clinic):
    kind = with_margin(clinic, after=10)
    booked = book(clinic, morning(clinic)[NINE], kind)
    assert taken(clinic, booked) == ["09:00", "09:30"]
    assert clocks(morning(clinic))[:4] == ["08:00", "08:30", "10:00", "10:30"]


def test_nobody_is_booked_in_the_time_before(clinic):
    booked = book(clinic, morning(clinic)[NINE], with_margin(clinic, before=40, after=0))
    assert taken(clinic, booked) == ["08:00", "08:30", "09:00"]


def test_the_patient_is_told_the_visit_alone(clinic):
    slot = morning(clinic)[NINE]
    booked = book(clinic, slot, with_margin(clinic, before=10, after=10))
    assert (booked.starts_at, booked.ends_at) == (slot.starts_at, slot.ends_at)


def test_what_a_visit_has_over_is_its_margin():
    short = KindInfo(1, "x", "x", 20, None, margin=Margin(0, 10))
    assert (short.margin_of(30), short.margin_of(25), short.margin_of(20)) == (Margin(), Margin(0, 5), Margin(0, 10))


def test_a_time_whose_margin_another_visit_has_is_not_offered(clinic):
    clinic.book("alice", morning(clinic)[TEN])
    kind = with_margin(clinic, after=10)
    assert clocks(morning(clinic, kind)) == ["08:00", "08:30", "09:00", "10:30", "11:00", "11:30"]
    other = with_margin(clinic, before=10, after=0)
    assert clocks(morning(clinic, other)) == ["08:00", "08:30", "09:00", "09:30", "11:00", "11:30"]


def test_the_margins_of_two_visits_are_apart(clinic):
    kind = with_margin(clinic, before=10, after=10)
    book(clinic, morning(clinic)[NINE], kind)
    assert clocks(morning(clinic, kind)) == ["10:30", "11:00", "11:30"]


def test_the_edge_of_the_working_hours_needs_no_margin(clinic):
    kind = with_margin(clinic, before=60, after=60)
    assert {"08:00", "11:30"} < set(clocks(morning(clinic, kind)))
    assert taken(clinic, book(clinic, morning(clinic)[LAST], kind)) == ["10:30", "11:00", "11:30"]


def test_the_next_time_is_one_with_its_margin(clinic):
    first, second, third = (clinic.slot(place=place) for place in range(3))
    clinic.book("bruno", second)
    kind = with_margin(clinic, after=10)
    assert clinic.agenda.next_free(criteria(clinic, kind), limit=1) == [third]
    assert clinic.agenda.next_free(criteria(clinic), limit=1) == [first]


def test_a_margin_is_all_or_nothing(clinic):
    kind = with_margin(clinic, after=10)
    nine, half = morning(clinic)[NINE : NINE + 2]
    clinic.bookings.hold(half, by="other")
    with pytest.raises(SlotTaken):
        clinic.bookings.hold(nine, "call", kind.minutes, kind.margin)
    assert nine in morning(clinic)


def test_a_time_held_without_its_margin_is_booked_with_it(clinic):
    kind = with_margin(clinic, after=10)
    slot = morning(clinic)[NINE]
    hold = clinic.bookings.hold(slot, by="call")
    booked = clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")
    assert taken(clinic, booked) == ["09:00", "09:30"]
    assert kind.margin


def test_a_time_held_without_its_margin_is_lost_when_that_is_taken(clinic):
    with_margin(clinic, after=10)
    nine, half = morning(clinic)[NINE : NINE + 2]
    hold = clinic.bookings.hold(nine, by="call")
    clinic.bookings.hold(half, by="other")
    with pytest.raises(SlotTaken):
        clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(nine), "telephone")


def test_a_margin_held_for_nothing_is_given_back(clinic):
    kind = with_margin(clinic, after=10, code="return")
    slot, after = morning(clinic)[NINE : NINE + 2]
    hold = clinic.bookings.hold(slot, "call", kind.minutes, kind.margin)
    booked = clinic.bookings.book(clinic.people["alice"], hold, clinic.terms(slot), "telephone")
    assert taken(clinic, booked) == ["09:00"]
    assert after in morning(clinic)


def test_a_margin_reaches_into_other_units_and_modalities(clinic):
    marina, centro, norte = clinic.at.doctors["marina"], clinic.at.units["centro"], clinic.at.units["norte"]
    hours = [HoursInput(centro, 1, time(8), time(9)), HoursInput(norte, 1, time(9), time(10), "video")]
    clinic.agenda.set_hours(marina, hours)
    slot = next(one for one in morning(clinic) if one.unit_id == centro and clocks([one]) == ["08:30"])
    assert taken(clinic, book(clinic, slot, with_margin(clinic, after=40))) == ["08:30", "09:00", "09:30"]


def test_cancelling_gives_the_margin_back_too(clinic):
    free = morning(clinic)
    booked = book(clinic, free[NINE], with_margin(clinic, before=10, after=10))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    clinic.clock.move(seconds=10)
    assert morning(clinic) == free


def test_undoing_takes_the_margin_again(clinic):
    booked = book(clinic, morning(clinic)[NINE], with_margin(clinic, before=10, after=10))
    clinic.bookings.cancel(clinic.people["alice"], booked.id, "other", "telephone")
    again = clinic.bookings.undo(clinic.people["alice"], booked.id, "telephone")
    assert taken(clinic, again) == ["08:30", "09:00", "09:30"]


@pytest.mark.parametrize("moved", [False, True], ids=["cancelled", "moved"])
def test_undoing_needs_no_margin_that_came_later(clinic, moved):
    kind, free, desk = clinic.directory.kind("consultation"), morning(clinic), clinic.desk.bookings
    booked = book(clinic, free[NINE], kind)
    book(clinic, free[NINE_HALF], kind, "bruno")
    with_margin(clinic, before=10, after=10)
    if moved:
        desk.move(booked.id, desk.hold(free[LAST], "user:1"), "user:1")
    else:
        desk.cancel_for(booked.id, "other", "user:1")
    assert taken(clinic, desk.take_back(booked.id, "user:1")) == ["08:30", "09:00"]


def test_what_comes_back_late_needs_the_margin_it_had(clinic):
    kind, free, alice = with_margin(clinic, after=10), morning(clinic), clinic.people["alice"]
    old, bookings = book(clinic, free[NINE], kind), clinic.bookings
    bookings.reschedule(alice, old.id, bookings.hold(free[LAST], "call", 30, kind.margin), "telephone", key="k")
    clinic.clock.move(seconds=11)
    bookings.hold(free[NINE_HALF], "other")
    assert not bookings.withdraw("k")


def test_moving_moves_the_margin(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    old = book(clinic, free[FIRST], kind)
    hold = clinic.bookings.hold(free[TEN], "call", 30, kind.margin_of(30))
    new = clinic.bookings.reschedule(clinic.people["alice"], old.id, hold, "telephone")
    clinic.clock.move(seconds=10)
    assert (taken(clinic, old), taken(clinic, new)) == ([], ["10:00", "10:30"])
    assert clocks(morning(clinic))[:4] == ["08:00", "08:30", "09:00", "09:30"]


def test_hours_that_begin_later_leave_the_margin_alone(clinic):
    marina, centro = clinic.at.doctors["marina"], clinic.at.units["centro"]
    booked = book(clinic, morning(clinic)[LAST], with_margin(clinic, after=40))
    clinic.agenda.set_hours(marina, [HoursInput(centro, 1, time(8), time(14))])
    assert taken(clinic, booked) == ["11:30", "12:00", "12:30"]
    assert clocks(morning(clinic))[-2:] == ["13:00", "13:30"]


def test_what_is_beside_is_looked_for_when_makers_of_slots_know_the_visit(clinic):
    kind, slot, heard = with_margin(clinic, after=40), morning(clinic)[LAST], []
    hold, terms = clinic.bookings.hold(slot, "call", kind.minutes, kind.margin), clinic.terms(slot)
    url = clinic.database.url.render_as_string(hide_password=False)
    there = open_clinic(Settings(database_url=url), clinic.clock, HeardDatabase(url, heard.append))
    booked = there.bookings.book(clinic.people["alice"], hold, terms, "telephone")
    [written] = [at for at, one in enumerate(heard) if one.startswith("INSERT INTO appointments ")]
    assert any("slots.off_plan" in one for one in heard[written:])
    assert taken(clinic, booked) == ["11:30"]


def test_what_is_blocked_is_nobodys_so_a_margin_may_lie_in_it(clinic):
    kind, free = with_margin(clinic, after=10), morning(clinic)
    clinic.agenda.add_absence(clinic.at.doctors["marina"], free[NINE_HALF].starts_at, free[TEN].starts_at, "Reunião")
    assert taken(clinic, book(clinic, free[NINE], kind)) == ["09:00"]


def test_a_hold_is_found_by_its_token_as_the_visit_alone(clinic):
    kind, slot = with_margin(clinic, before=10, after=10), morning(clinic)[NINE]
    kept = clinic.desk.bookings.hold_one(slot, "user:1", kind.minutes, kind.margin)
    found = clinic.desk.bookings.held(kept.token)
    assert (found.slot, len(found.slot_ids)) == (slot, 3)
    assert clinic.desk.bookings.covers(found, kind.minutes, kind.margin)


@pytest.mark.parametrize("first", [0, 30], ids=["first-half", "second-half"])
def test_a_hold_of_which_an_absence_took_a_part_is_lost(clinic, first):
    nine = morning(clinic)[NINE]
    kept = clinic.desk.bookings.hold_one(nine, "user:1", 60)
    assert clinic.desk.bookings.held(kept.token).slot == kept.slot
    away = nine.starts_at + timedelta(minutes=first)
    clinic.agenda.add_absence(clinic.at.doctors["marina"], away, away + timedelta(minutes=30), "x")
    with pytest.raises(SlotTaken):
        clinic.desk.bookings.held(kept.token)


def test_the_portal_keeps_the_margin_and_does_not_keep_it_anew(clinic):
    kind, slot = with_margin(clinic, after=10), morning(clinic)[NINE]
    bare = clinic.portal.keeper.keep(slot, "portal:1", kind.minutes)
    kept = clinic.portal.keeper.keep(slot, "portal:1", kind.minutes, kind.margin)
    assert (len(bare.slot_ids), len(kept.slot_ids)) == (1, 2)
    assert clinic.portal.keeper.keep(slot, "portal:1", kind.minutes, kind.margin).token == kept.token


def test_the_desk_is_told_that_the_margin_is_taken(clinic):
    nine, half = morning(clinic)[NINE : NINE + 2]
    clinic.book("bruno", half)
    wanted = Wanted(kind_id=with_margin(clinic, after=10).id)
    offer = clinic.desk.offers.offer(clinic.people["alice"], nine, wanted)
    assert ([(one.what, one.number) for one in offer.conflicts], offer.possible) == ([("margin", 10)], False)


def with_a_pause(clinic):
    """Marina from 8:00 to 12:00 and from 12:20 on, with 10 minutes before a visit and 15 after; Alice at 11:30."""
    kind, at = with_margin(clinic, before=10, after=15), clinic.at
    halves = ((time(8), time(12)), (time(12, 20), time(16, 20)))
    hours = [HoursInput(at.units["centro"], 1, *half) for half in halves]
    clinic.agenda.set_hours(at.doctors["marina"], hours)
    times = {clock: one for one in morning(clinic) for clock in clocks([one])}
    return kind, times, book(clinic, times["11:30"], kind)


def conflicts(clinic, slot, kind):
    found = clinic.desk.offers.offer(clinic.people["bruno"], slot, Wanted(kind_id=kind.id)).conflicts
    return [(one.what, one.at, one.forbids) for one in found]


def test_that_margins_meet_in_a_pause_is_told_and_forbids_nothing(clinic):
    kind, times, visit = with_a_pause(clinic)
    assert conflicts(clinic, times["12:20"], kind) == [("meets", visit.starts_at, False)]
    assert conflicts(clinic, times["12:50"], kind) == []


def test_a_visit_does_not_meet_itself(clinic):
    kind, times, visit = with_a_pause(clinic)
    there = replace(times["11:30"], ends_at=visit.ends_at)
    assert clinic.desk.offers.meets(there, kind, visit.id) is None
