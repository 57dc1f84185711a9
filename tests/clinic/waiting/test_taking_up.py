"""What is offered is taken up under the rules of any booking: quotas of payers, and who is to be booked by people."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from clinic.bookings import NotAllowed
from clinic.quotas import QuotaFull
from clinic.waiting.offers import OfferOver
from db.tables import VisitKind
from tests.clinic.margins import with_margin
from tests.clinic.outbox.posts import states
from tests.clinic.test_quotas import limit
from tests.clinic.waiting.listed import frees, joins, nothing_free, offered, open_offer, place, rounds, slot_state


def take_up(clinic, via="email"):
    return clinic.waiting_list.offers.accept(open_offer(clinic).id, via)


def is_offered(clinic, who="bruno", **wish):
    """Somebody waits, and a time is kept for them; their place."""
    nothing_free(clinic)
    mine = joins(clinic, who, **wish)
    frees(clinic)
    rounds(clinic)
    return mine


def has_missed(clinic, who="bruno"):
    """A visit to which they did not come, where one is enough."""
    booked = clinic.book(who)
    clinic.clock.now = booked.starts_at + timedelta(minutes=10)
    clinic.bookings.no_show(booked.id, "user:1")
    clinic.profile.save(clinic.profile.get().model_copy(update={"no_shows": 1}))


def test_a_quota_is_held(clinic):
    mine = is_offered(clinic, payer_id=clinic.at.payers["saude"])
    limit(clinic, 0)
    with pytest.raises(QuotaFull):
        take_up(clinic)
    assert place(clinic, mine) == (1, "waiting")
    assert [status for *_, status in offered(clinic)] == ["open"]


def test_who_missed_visits_is_led_to_people_who_book(clinic):
    has_missed(clinic)
    is_offered(clinic)
    with pytest.raises(NotAllowed, match="people"):
        take_up(clinic)
    assert take_up(clinic, "desk").status == "booked"


def test_who_is_led_to_people_gets_no_message_and_is_called(clinic):
    has_missed(clinic)
    is_offered(clinic)
    assert states(clinic)[-1] == ("offer", "patient", "silenced", "people")
    [line] = clinic.waiting_list.places.all()
    assert line.offer.to_call


def test_who_missed_visits_where_that_is_no_matter_is_told_as_anybody(clinic):
    has_missed(clinic)
    clinic.profile.save(clinic.profile.get().model_copy(update={"no_shows": 0}))
    is_offered(clinic)
    assert states(clinic)[-1] == ("offer", "patient", "waiting", None)


def test_who_has_all_visits_they_may_have_is_led_to_people(clinic):
    clinic.profile.save(clinic.profile.get().model_copy(update={"max_future_appointments": 1}))
    clinic.book("bruno", clinic.slot("paulo"))
    is_offered(clinic, doctor_id=clinic.at.doctors["marina"])
    with pytest.raises(NotAllowed, match="people"):
        take_up(clinic)


def test_one_visit_ends_all_waits_for_it(clinic):
    nothing_free(clinic)
    mine, too = joins(clinic, "bruno"), joins(clinic, "bruno", period="morning")
    else_, theirs = joins(clinic, "bruno", "cardiology"), joins(clinic, "carla", doctor_id=clinic.at.doctors["paulo"])
    frees(clinic)
    rounds(clinic)
    take_up(clinic)
    assert [place(clinic, one) for one in (mine, too)] == [(None, "met")] * 2
    assert [place(clinic, one) for one in (else_, theirs)] == [(1, "waiting")] * 2


@pytest.mark.parametrize("worker", [False, True], ids=["at-once", "after-a-round"])
@pytest.mark.parametrize(("first", "until", "margin"), [(0, 30, 0), (30, 60, 0), (0, 60, 10)])
def test_what_an_absence_takes_of_an_offer_is_not_booked(clinic, first, until, margin, worker):
    with_margin(clinic, after=margin, code="first")
    joins(clinic, "bruno", doctor_id=clinic.at.doctors["marina"])
    assert rounds(clinic) == 1
    offer = open_offer(clinic)
    away = [offer.starts_at + timedelta(minutes=one) for one in (first, until)]
    clinic.agenda.add_absence(clinic.at.doctors["marina"], *away, "x")
    if worker:
        rounds(clinic)
    with pytest.raises(OfferOver, match="gone"):
        clinic.waiting_list.offers.accept(offer.id, "web")


def test_what_a_slot_has_over_is_the_margin_of_what_comes_back_too(clinic):
    visits, kind = clinic.bookings, clinic.at.kinds["consultation"]
    seen = clinic.book("bruno", clinic.slot("marina"))
    visits.arrive(seen.id, "user:1"), visits.fulfil(seen.id, "user:1")
    clinic.database.change(update(VisitKind).where(VisitKind.id == kind).values(minutes=20))
    with_margin(clinic, after=10)
    mine = is_offered(clinic, doctor_id=clinic.at.doctors["marina"])
    slot = open_offer(clinic).slot_id
    clinic.waiting_list.offers.leave(mine, "left", "user:1")
    assert clinic.waiting_list.offers.come_back(mine) == "time"
    assert [slot_state(clinic, one)[0] for one in (slot, slot + 1)] == ["held", "free"]
