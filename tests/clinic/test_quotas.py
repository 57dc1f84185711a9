"""A doctor takes so many visits a day from a payer: searched, held in the booking, gone over by the desk knowingly."""

import contextlib
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import func, select

from clinic import quotas
from clinic.bookings import NotAllowed
from clinic.editing import stamp
from clinic.finding import Looking
from clinic.offers import Wanted
from clinic.profile import ChangedMeanwhile
from clinic.quotas import QuotaFull
from clinic.roster import EVERYWHERE
from clinic.search import Search
from clinic.visits import Extra
from clinic.waiting.offers import NotOffered
from db.tables import Appointment, LiveEvent
from tests.clinic.counting import CountingDatabase
from tests.clinic.waiting.listed import frees, joins, nothing_free, open_offer, rounds

TODAY, TOMORROW = date(2026, 11, 23), date(2026, 11, 24)
BY = "user:1"


def limit(clinic, count, unit=EVERYWHERE, payer="saude"):
    doctor = clinic.at.doctors["marina"]
    seen = stamp(clinic.practice.payer_quotas(doctor))
    clinic.practice.set_payer_quotas(doctor, {(clinic.at.payers[payer], unit): count}, seen)


def criteria(clinic, payer="saude", **more):
    return clinic.criteria(doctor="marina", payer_id=clinic.at.payers[payer], **more)


def days(clinic, payer="saude", **more):
    return [one.starts_at.date() for one in clinic.agenda.next_free(criteria(clinic, payer, **more))]


def terms(clinic, slot, payer="saude"):
    return replace(clinic.terms(slot), payer_id=clinic.at.payers[payer])


def book(clinic, who, place=0, payer="saude", key=None):
    slot = clinic.slot("marina", place=place)
    hold = clinic.bookings.hold(slot, by=f"call-{who}")
    person = clinic.people[who]
    return clinic.bookings.book(person, hold, terms(clinic, slot, payer), "telephone", key=key)


def test_a_day_whose_quota_is_full_is_offered_to_others_alone(any_clinic):
    limit(any_clinic, 1)
    assert days(any_clinic) == [TODAY] * 3
    book(any_clinic, "alice")
    assert days(any_clinic) == [TOMORROW] * 3
    assert days(any_clinic, "particular") == [TODAY] * 3


def test_a_full_day_says_so_and_gives_the_nearest(any_clinic):
    limit(any_clinic, 1)
    book(any_clinic, "alice")
    found = any_clinic.agenda.on_day(criteria(any_clinic), TODAY)
    assert (found.reason, [one.starts_at.date() for one in found.nearest]) == ("full", [TOMORROW] * 3)


def test_a_long_visit_finds_the_day_full_too(any_clinic):
    limit(any_clinic, 1)
    book(any_clinic, "alice")
    assert days(any_clinic, minutes=60) == [TOMORROW] * 3


def test_the_portal_shows_the_next_day_that_takes_the_payer(any_clinic):
    limit(any_clinic, 1)
    book(any_clinic, "alice")
    found = any_clinic.portal.finder.find(Looking(payer_id=any_clinic.at.payers["saude"])).found
    assert [one.starts_at.date() for one in found[0].times] == [TOMORROW] * 3


def test_a_full_quota_is_held_by_the_booking_itself(any_clinic):
    limit(any_clinic, 1)
    book(any_clinic, "alice")
    with pytest.raises(QuotaFull):
        book(any_clinic, "bruno")
    assert book(any_clinic, "bruno", payer="particular").status == "booked"


def test_a_cancelled_visit_leaves_its_place_and_a_missed_one_does_not(any_clinic):
    limit(any_clinic, 1)
    booked = book(any_clinic, "alice")
    any_clinic.bookings.cancel(any_clinic.people["alice"], booked.id, "other", "web")
    again = book(any_clinic, "bruno")
    any_clinic.clock.now = again.starts_at
    any_clinic.bookings.no_show(again.id, BY)
    with pytest.raises(NotAllowed):
        book(any_clinic, "carla")


def test_a_visit_moves_within_its_day_and_not_into_a_full_one(any_clinic):
    limit(any_clinic, 1)
    booked, _ = book(any_clinic, "alice"), book(any_clinic, "bruno", place=10)
    at = {place: any_clinic.bookings.hold(any_clinic.slot("marina", place=place), by="t") for place in (0, 5)}
    with pytest.raises(QuotaFull):
        any_clinic.bookings.reschedule(any_clinic.people["alice"], booked.id, at[5], "web")
    assert any_clinic.bookings.reschedule(any_clinic.people["alice"], booked.id, at[0], "web").status == "booked"


def test_a_quota_of_one_unit_leaves_the_other_alone(any_clinic):
    limit(any_clinic, 1, any_clinic.at.units["norte"])
    book(any_clinic, "alice")
    assert days(any_clinic) == [TODAY] * 3
    limit(any_clinic, 1, any_clinic.at.units["centro"])
    assert days(any_clinic) == [TOMORROW] * 3


def test_the_desk_goes_over_it_knowingly(any_clinic):
    limit(any_clinic, 1)
    book(any_clinic, "alice")
    slot, bruno, desk = any_clinic.slot("marina"), any_clinic.people["bruno"], any_clinic.desk
    offer = desk.offers.offer(bruno, slot, Wanted(payer_id=any_clinic.at.payers["saude"]), BY)
    assert (offer.over_quota, offer.possible) == (1, True)
    hold = any_clinic.bookings.hold(slot, by=BY)
    with pytest.raises(QuotaFull):
        desk.bookings.book_for(bruno, hold, terms(any_clinic, slot), BY)
    assert desk.bookings.book_for(bruno, hold, terms(any_clinic, slot), BY, over_quota=True).status == "booked"


def test_an_encaixe_is_told_of_it(clinic):
    limit(clinic, 1)
    booked, kind = book(clinic, "alice"), clinic.directory.kind("consultation")
    extra = Extra(booked.doctor_id, booked.unit_id, booked.starts_at, kind, "attendant", "dor", None, booked.payer_id)
    assert "quota" in [one.what for one in clinic.bookings.against_extra(extra)]
    assert "quota" not in [one.what for one in clinic.bookings.against_extra(replace(extra, payer_id=None))]


def test_whoever_saw_another_quota_is_told(any_clinic):
    doctor, saude = any_clinic.at.doctors["marina"], (any_clinic.at.payers["saude"], EVERYWHERE)
    seen = stamp(any_clinic.practice.payer_quotas(doctor))
    any_clinic.practice.set_payer_quotas(doctor, {saude: 4}, seen)
    with pytest.raises(ChangedMeanwhile):
        any_clinic.practice.set_payer_quotas(doctor, {saude: 5}, seen)
    assert any_clinic.practice.payer_quotas(doctor) == {saude: 4}


def test_of_two_who_write_the_first_quota_at_once_one_is_told(served_clinic):
    marina, payers = served_clinic.at.doctors["marina"], served_clinic.at.payers
    both = threading.Barrier(2, timeout=2)

    def nothing_there(now):
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait()  # until the other one has looked too, if they may
        return not now

    def write(payer):
        wanted = {(payers[payer], EVERYWHERE): 3}
        try:
            served_clinic.database.write(lambda one: quotas.replace(one, marina, wanted, nothing_there))
        except ChangedMeanwhile:
            return None
        return wanted

    with ThreadPoolExecutor(2) as pool:
        written = [one for one in pool.map(write, ("saude", "particular")) if one]
    assert written == [served_clinic.practice.payer_quotas(marina)]


def test_pages_hear_of_a_new_quota(clinic):
    events = select(func.count()).select_from(LiveEvent)
    before = clinic.database.first(events)[0]
    limit(clinic, 4)
    assert clinic.database.first(events)[0] == before + 1


def test_many_at_once_keep_to_it(served_clinic):
    limit(served_clinic, 2)
    born = date(1990, 1, 1)
    people = [served_clinic.patients.register(f"Paciente {n}", born, None) for n in range(12)]
    slots = served_clinic.agenda.on_day(criteria(served_clinic), TOMORROW).times

    def tries(person, slot):
        hold = served_clinic.bookings.hold(slot, by=person.ref)
        try:
            served_clinic.bookings.book(person, hold, terms(served_clinic, slot), "telephone")
        except QuotaFull:
            served_clinic.bookings.release(hold)
            return "full"
        return "won"

    pairs = list(zip(people, slots, strict=False))
    with ThreadPoolExecutor(len(pairs)) as pool:
        found = Counter(pool.map(tries, *zip(*pairs, strict=True)))
    live = select(func.count()).select_from(Appointment).where(Appointment.live == 1)
    assert (found["won"], served_clinic.database.first(live)[0]) == (2, 2)


def asked(clinic):
    """How many questions a search is."""
    database = CountingDatabase(clinic.database.url)
    Search(database).nearest(clinic.agenda._ask(criteria(clinic)), 3)
    database.close()
    return len(database.asked)


def test_without_quotas_nothing_more_is_asked(clinic):
    plain = asked(clinic)
    limit(clinic, 4, payer="particular")
    assert asked(clinic) == plain
    seen = stamp(clinic.practice.payer_quotas(clinic.at.doctors["marina"]))
    saude = {(clinic.at.payers["saude"], EVERYWHERE): 4}
    clinic.practice.set_payer_quotas(clinic.at.doctors["marina"], saude, seen)
    assert asked(clinic) == plain + 1


def test_who_waits_is_not_offered_a_day_that_is_full_for_their_payer(clinic):
    limit(clinic, 1)
    book(clinic, "alice", place=8)
    nothing_free(clinic)
    joins(clinic, "bruno", payer_id=clinic.at.payers["saude"])
    joins(clinic, "carla")
    frees(clinic, days=0.5)
    rounds(clinic)
    assert open_offer(clinic).patient_id == clinic.people["carla"].id


def offered_one(clinic, who="bruno", day=0.5):
    """A time of the next day is kept for somebody who pays by the convênio."""
    nothing_free(clinic)
    joins(clinic, who, payer_id=clinic.at.payers["saude"])
    frees(clinic, days=day, count=2)
    rounds(clinic)
    return open_offer(clinic)


def test_what_is_kept_for_who_waits_counts(any_clinic):
    limit(any_clinic, 1)
    kept = offered_one(any_clinic)
    assert [one for one in days(any_clinic) if one == kept.starts_at.date()] == []
    with pytest.raises(QuotaFull):
        book(any_clinic, "alice")
    assert any_clinic.waiting_list.offers.accept(kept.id, "email").status == "booked"


def test_one_round_offers_no_more_than_the_quota_takes(any_clinic):
    limit(any_clinic, 1)
    joins(any_clinic, "carla", payer_id=any_clinic.at.payers["saude"])
    offered_one(any_clinic)
    assert len(any_clinic.waiting_list.offers.open_ones()) == 1


def test_the_desk_hears_that_a_quota_is_full_of_offers(clinic):
    limit(clinic, 1)
    offered_one(clinic)
    mine, room = joins(clinic, "carla", payer_id=clinic.at.payers["saude"]), clinic.waiting_list.rounds
    with pytest.raises(NotOffered, match="quota"):
        room.by_hand(room.wish(mine), clinic.slot("marina"), BY)


def test_what_is_kept_no_more_counts_no_more(any_clinic):
    limit(any_clinic, 1)
    kept = offered_one(any_clinic)
    any_clinic.clock.move(hours=3)
    assert kept.starts_at.date() in days(any_clinic)
    any_clinic.waiting_list.offers.lapse()
    assert book(any_clinic, "alice").starts_at.date() == kept.starts_at.date()


def test_whose_the_offer_is_may_book_another_time_of_that_day(clinic):
    limit(clinic, 1)
    offered_one(clinic)
    assert book(clinic, "bruno").status == "booked"


def test_who_has_the_last_place_is_shown_the_other_times_of_the_day_to_move_to(any_clinic):
    limit(any_clinic, 1)
    booked = book(any_clinic, "alice")
    assert days(any_clinic) == [TOMORROW] * 3
    assert days(any_clinic, moving=booked.id) == [TODAY] * 3
    free = any_clinic.portal.other_times.free(booked, any_clinic.clock(), 3)
    assert [one.starts_at.date() for one in free] == [TODAY] * 3


def test_what_is_kept_for_oneself_hides_no_time_to_move_to(clinic):
    limit(clinic, 1)
    booked = book(clinic, "bruno", payer="particular")
    clinic.clock.move(minutes=1)
    kept = offered_one(clinic)
    assert kept.starts_at.date() in days(clinic, moving=booked.id)


def test_a_cancelled_visit_comes_back_only_where_its_place_is_still_there(any_clinic):
    limit(any_clinic, 1)
    booked, alice = book(any_clinic, "alice"), any_clinic.people["alice"]
    any_clinic.bookings.cancel(alice, booked.id, "other", "web")
    book(any_clinic, "bruno")
    with pytest.raises(QuotaFull):
        any_clinic.bookings.undo(alice, booked.id, "web")
    assert any_clinic.bookings.upcoming(alice) == []


def test_a_move_is_undone_within_the_quota_of_its_day(any_clinic):
    limit(any_clinic, 1)
    booked, alice = book(any_clinic, "alice"), any_clinic.people["alice"]
    there = any_clinic.bookings.hold(any_clinic.slot("marina", place=3), by="t")
    any_clinic.bookings.reschedule(alice, booked.id, there, "web")
    assert any_clinic.bookings.undo(alice, booked.id, "web").starts_at == booked.starts_at


def test_the_desk_brings_it_back_and_hears_that_it_is_one_too_many(clinic):
    limit(clinic, 1)
    booked, desk = book(clinic, "alice"), clinic.desk
    desk.bookings.cancel_for(booked.id, "other", BY)
    book(clinic, "bruno")
    again = desk.bookings.take_back(booked.id, BY)
    assert (again.status, desk.offers.quota_over(again)) == ("booked", 1)
