"""What becomes free is offered to who waits for it, to the first whom it fits."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from clinic.bookings import Overlaps
from clinic.waiting.offers import NotOffered, OfferOver
from db.tables import Slot, Waiting
from tests.clinic.margins import with_margin
from tests.clinic.waiting.listed import (
    frees,
    joins,
    nothing_free,
    offered,
    open_offer,
    place,
    rounds,
    slot_state,
)


@pytest.fixture
def full(any_clinic):
    """On each database: a clinic without any free time."""
    nothing_free(any_clinic)
    return any_clinic


@pytest.fixture
def quick(clinic):
    """The same on SQLite alone, for rules that no database changes."""
    nothing_free(clinic)
    return clinic


def test_a_freed_time_goes_to_who_waits_longest_and_is_held(full):
    first, _ = joins(full, "bruno"), joins(full, "carla")
    [slot] = frees(full)
    assert rounds(full) == 1
    assert offered(full) == [(first, slot, "open")]
    assert slot_state(full, slot) == ("held", True)
    assert full.agenda.next_free(full.criteria(), limit=9) == []


def test_a_second_round_offers_nothing_again(full):
    joins(full, "bruno")
    frees(full)
    assert [rounds(full) for _ in range(3)] == [1, 0, 0]


def test_what_is_taken_up_is_booked_and_the_wait_is_over(full):
    mine = joins(full, "bruno")
    [slot] = frees(full)
    rounds(full)
    one = open_offer(full).id
    booked = full.waiting_list.offers.accept(one, "email")
    assert booked == full.waiting_list.offers.accept(one, "email")
    assert (slot_state(full, slot), place(full, mine)) == (("booked", False), (None, "met"))
    assert [one.id for one in full.bookings.upcoming(full.people["bruno"])] == [booked.id]
    assert offered(full) == [(mine, slot, "accepted")]


def test_who_declines_stays_in_the_list_and_the_next_is_asked(full):
    first, second = joins(full, "bruno"), joins(full, "carla")
    [slot] = frees(full)
    rounds(full)
    full.waiting_list.offers.end(open_offer(full).id, "declined", "email", "patient:2")
    assert slot_state(full, slot) == ("free", False)
    rounds(full)
    assert offered(full) == [(first, slot, "declined"), (second, slot, "open")]
    assert place(full, first) == (1, "waiting")


def test_an_offer_that_is_not_answered_lapses_and_the_next_is_asked(full):
    first, second = joins(full, "bruno"), joins(full, "carla")
    [slot] = frees(full)
    rounds(full)
    full.clock.move(hours=2, minutes=1)
    rounds(full)
    assert offered(full) == [(first, slot, "lapsed"), (second, slot, "open")]


def test_too_late_is_told_and_takes_nothing(full):
    joins(full, "bruno")
    frees(full)
    rounds(full)
    one = open_offer(full).id
    full.clock.move(hours=2)
    with pytest.raises(OfferOver, match="lapsed"):
        full.waiting_list.offers.accept(one, "email")
    with pytest.raises(OfferOver, match="lapsed"):
        full.waiting_list.offers.end(one, "declined", "email", "patient:2")
    assert full.bookings.upcoming(full.people["bruno"]) == []


def test_nobody_is_offered_the_same_time_twice(quick):
    joins(quick, "bruno")
    frees(quick)
    for _ in range(3):
        rounds(quick)
        quick.clock.move(hours=3)
    assert [status for *_, status in offered(quick)] == ["lapsed"]


def test_a_time_that_was_given_back_is_offered_after_it_can_be_undone_no_more(full):
    [slot] = frees(full)
    booked = full.book("alice", full.slot())
    mine = joins(full, "bruno")
    full.bookings.cancel(full.people["alice"], booked.id, "other", "telephone")
    assert rounds(full) == 0
    full.clock.move(seconds=11)
    assert rounds(full) == 1
    assert offered(full) == [(mine, slot, "open")]


WISHES = [
    ({"doctor": "paulo"}, False), ({"doctor": "marina"}, True), ({"unit": "norte"}, False), ({"unit": "centro"}, True),
    ({"payer": "saude"}, True), ({"period": "afternoon"}, False), ({"period": "morning"}, True),
    ({"modality": "video"}, False), ({"modality": "in_person"}, True), ({"specialty": "cardiology"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("wish", "fits"), WISHES, ids=["-".join(*wish.items()) for wish, _ in WISHES])
def test_only_what_fits_the_wish_is_offered(quick, wish, fits):
    ids = {"doctor": quick.at.doctors, "unit": quick.at.units, "payer": quick.at.payers}
    given = {f"{name}_id": ids[name][one] for name, one in wish.items() if name in ids}
    plain = {name: one for name, one in wish.items() if name not in ids}
    joins(quick, "bruno", **given, **plain)
    frees(quick)
    assert bool(rounds(quick)) is fits


def test_a_time_too_short_for_the_visit_is_not_offered(quick):
    """A first visit lasts an hour; half of it is taken."""
    joins(quick, "zeca")
    [slot] = frees(quick)
    quick.bookings.hold(quick.desk.bookings.slot(slot), by="somebody")
    assert rounds(quick) == 0


def test_a_time_without_room_beside_the_visit_is_not_offered(quick):
    with_margin(quick, after=10, code="first")
    joins(quick, "zeca")
    [first, after] = frees(quick, count=2)
    beside = update(Slot).where(Slot.id == after)
    quick.database.change(beside.values(status="booked"))
    assert rounds(quick) == 0
    quick.database.change(beside.values(status="free"))
    assert (rounds(quick), slot_state(quick, after)) == (1, ("held", True))
    quick.waiting_list.offers.accept(open_offer(quick).id, "email")
    assert [slot_state(quick, one)[0] for one in (first, after)] == ["booked", "booked"]


def test_an_older_wish_that_cannot_use_it_leaves_it_to_the_next(quick):
    joins(quick, "bruno", payer_id=quick.at.payers["saude"], doctor_id=quick.at.doctors["paulo"])
    second = joins(quick, "carla")
    [slot] = frees(quick)
    rounds(quick)
    assert offered(quick) == [(second, slot, "open")]


def test_who_is_busy_at_that_time_is_not_asked(quick):
    busy = frees(quick, doctor="marina")
    quick.book("bruno", quick.slot())
    joins(quick, "bruno", "ecg")
    quick.database.change(update(Slot).where(Slot.doctor_id == quick.at.doctors["sergio"]).values(status="free"))
    rounds(quick)
    [one] = quick.waiting_list.offers.open_ones()
    assert one.starts_at.date() != quick.desk.bookings.slot(busy[0]).starts_at.date()


def test_who_booked_in_another_way_waits_no_more_and_the_next_is_asked(full):
    first, second = joins(full, "bruno"), joins(full, "carla")
    [slot] = frees(full)
    rounds(full)
    frees(full, days=5)
    full.clock.move(minutes=1)
    full.book("bruno", full.slot())
    rounds(full)
    assert place(full, first) == (None, "met")
    assert offered(full) == [(first, slot, "met"), (second, slot, "open")]


def test_an_appointment_from_before_ends_no_wait(quick):
    frees(quick)
    quick.book("bruno", quick.slot())
    mine = joins(quick, "bruno")
    quick.clock.move(minutes=1)
    rounds(quick)
    assert place(quick, mine) == (1, "waiting")


def test_who_leaves_gives_the_time_back_and_has_their_place_again_if_they_return(full):
    mine = joins(full, "bruno")
    [slot] = frees(full)
    rounds(full)
    assert full.waiting_list.leave(full.people["bruno"], mine)
    assert not full.waiting_list.leave(full.people["bruno"], mine)
    assert (slot_state(full, slot), offered(full)) == (("free", False), [(mine, slot, "left")])
    assert full.waiting_list.offers.come_back(mine) == "time"
    assert (place(full, mine), slot_state(full, slot), offered(full)) == (
        (1, "waiting"), ("held", True), [(mine, slot, "open")],
    )  # fmt: skip
    assert full.waiting_list.offers.accept(open_offer(full).id, "email").status == "booked"


def test_what_another_one_has_by_then_does_not_come_back(full):
    mine, theirs = joins(full, "bruno"), joins(full, "carla")
    [slot] = frees(full)
    rounds(full)
    full.waiting_list.leave(full.people["bruno"], mine)
    rounds(full)
    assert full.waiting_list.offers.come_back(mine) == "time_lost"
    assert place(full, mine) == (1, "waiting")
    assert offered(full) == [(mine, slot, "left"), (theirs, slot, "open")]


def test_what_has_run_out_meanwhile_does_not_come_back(quick):
    mine = joins(quick, "bruno")
    [slot] = frees(quick)
    rounds(quick)
    quick.waiting_list.leave(quick.people["bruno"], mine)
    quick.clock.move(hours=3)
    assert quick.waiting_list.offers.come_back(mine) == "place"
    assert slot_state(quick, slot) == ("free", False)


def test_who_waits_anew_has_no_old_place(quick):
    mine = joins(quick, "bruno")
    quick.waiting_list.leave(quick.people["bruno"], mine)
    joins(quick, "bruno")
    assert quick.waiting_list.offers.come_back(mine) is None


def test_the_desk_takes_a_time_back_and_holds_it(full):
    mine = joins(full, "bruno")
    [slot] = frees(full)
    rounds(full)
    full.waiting_list.offers.hand_over(open_offer(full).id, "user:7")
    assert rounds(full) == 0
    assert offered(full) == [(mine, slot, "taken")]
    assert full.desk.bookings.is_free(full.desk.bookings.slot(slot), "user:7")


def test_the_desk_offers_a_time_by_hand(quick):
    mine = joins(quick, "bruno")
    [slot] = frees(quick)
    wish = quick.waiting_list.rounds.wish(mine)
    quick.waiting_list.rounds.by_hand(wish, quick.desk.bookings.slot(slot), "user:7")
    assert offered(quick) == [(mine, slot, "open")]
    with pytest.raises(NotOffered):
        quick.waiting_list.rounds.by_hand(wish, quick.desk.bookings.slot(slot), "user:7")


def test_at_night_nobody_is_asked_and_in_the_morning_they_are(quick):
    joins(quick, "bruno")
    frees(quick)
    quick.clock.move(hours=14)
    assert rounds(quick) == 0
    quick.clock.move(hours=10)
    assert rounds(quick) == 1


def test_the_night_does_not_count(quick):
    joins(quick, "bruno")
    frees(quick)
    quick.clock.move(hours=11)
    rounds(quick)
    one = open_offer(quick)
    assert one.until - quick.clock() == timedelta(hours=2 + 11)


def test_what_is_too_near_is_not_offered(quick):
    joins(quick, "bruno")
    frees(quick, days=0)
    assert rounds(quick) == 0


def test_when_others_were_free_only_what_comes_free_later_is_offered(quick):
    frees(quick, count=2)
    kept = quick.book("alice", quick.slot())
    mine = joins(quick, "bruno", but_free=True)
    assert rounds(quick) == 0
    quick.clock.move(minutes=1)
    quick.bookings.cancel(quick.people["alice"], kept.id, "other", "telephone")
    quick.clock.move(seconds=11)
    rounds(quick)
    assert [one[0] for one in offered(quick)] == [mine]


def test_hours_that_are_opened_are_news(quick):
    mine = joins(quick, "bruno", but_free=True)
    frees(quick)
    assert rounds(quick) == 0
    quick.database.change(update(Waiting).where(Waiting.id == mine).values(after_slot=0))
    assert rounds(quick) == 1


def test_an_offer_in_an_absence_is_over(full):
    joins(full, "bruno")
    [slot] = frees(full)
    rounds(full)
    one = open_offer(full)
    full.database.change(update(Slot).where(Slot.id == slot).values(off_plan=True))
    with pytest.raises(OfferOver, match="gone"):
        full.waiting_list.offers.accept(one.id, "email")
    rounds(full)
    assert [status for *_, status in offered(full)] == ["gone"]


def test_who_has_another_visit_by_then_is_told(full):
    joins(full, "bruno")
    frees(full)
    rounds(full)
    one = open_offer(full)
    paulo = full.at.doctors["paulo"]
    full.database.change(update(Slot).where(Slot.doctor_id == paulo, Slot.starts_at > full.clock()).values(
        status="free"))  # fmt: skip
    beside = full.slot("paulo")
    full.database.change(update(Slot).where(Slot.id == beside.id).values(starts_at=one.starts_at, ends_at=one.ends_at))
    full.book("bruno", full.desk.bookings.slot(beside.id))
    with pytest.raises(Overlaps):
        full.waiting_list.offers.accept(one.id, "email")
    assert open_offer(full).status == "open"


def test_a_pre_registration_is_offered_a_time_too(quick):
    person = quick.patients.pre_register(None, date(1990, 1, 1), "5511955554444", None, None)
    quick.waiting_list.join(
        person, quick.at.specialties["general"], "telephone", payer_id=quick.at.payers["particular"]
    )
    frees(quick, count=2)
    rounds(quick)
    booked = quick.waiting_list.offers.accept(open_offer(quick).id, "desk", "user:7")
    assert [one.id for one in quick.bookings.upcoming(person)] == [booked.id]


def test_where_nobody_knows_who_pays_the_desk_asks(quick):
    """What a message says has a price, or none."""
    person = quick.patients.pre_register(None, date(1990, 1, 1), "5511955554444", None, None)
    mine = quick.waiting_list.join(person, quick.at.specialties["general"], "telephone").id
    [slot, _] = frees(quick, count=2)
    assert (rounds(quick), quick.waiting_list.places.one(mine).pays) == (0, False)
    wish = quick.waiting_list.rounds.wish(mine)
    with pytest.raises(NotOffered, match="payer"):
        quick.waiting_list.rounds.by_hand(wish, quick.desk.bookings.slot(slot), "user:7")
