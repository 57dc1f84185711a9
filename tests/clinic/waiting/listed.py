"""What the tests of the waiting list share: a clinic whose doctor has one free time, and people who wait for it."""

from datetime import timedelta

from sqlalchemy import select, update

from db.tables import Slot, Waiting, WaitingOffer


def joins(clinic, who, specialty="general", **more):
    """Somebody joins the list, particular; a minute later than whoever came before. The id of their place."""
    clinic.clock.move(minutes=1)
    wish = {"payer_id": clinic.at.payers["particular"], **more}
    return clinic.waiting_list.join(clinic.people[who], clinic.at.specialties[specialty], "telephone", **wish).id


def nothing_free(clinic):
    """All times there are go away: blocked, as in an absence."""
    clinic.database.change(update(Slot).values(status="blocked"))


def frees(clinic, days=3, doctor="marina", count=1):
    """Hours of a doctor's come free, as long as a first visit is, some days ahead; the first slot of each."""
    wanted = select(Slot.id).where(
        Slot.doctor_id == clinic.at.doctors[doctor], Slot.starts_at > clinic.clock() + timedelta(days=days),
        Slot.status == "blocked",
    )  # fmt: skip
    ids = [row[0] for row in clinic.database.rows(wanted.order_by(Slot.starts_at).limit(2 * count))]
    clinic.database.change(update(Slot).where(Slot.id.in_(ids)).values(status="free"))
    return ids[::2]


def rounds(clinic):
    """A worker's round; how many things it did."""
    return clinic.waiting_list.rounds.round()


def offered(clinic):
    """(place, slot, status) of all offers, in the order in which they were made."""
    wanted = select(WaitingOffer.waiting_id, WaitingOffer.slot_id, WaitingOffer.status).order_by(WaitingOffer.id)
    return [tuple(row) for row in clinic.database.rows(wanted)]


def open_offer(clinic):
    """The one offer that is open."""
    [one] = clinic.waiting_list.offers.open_ones()
    return one


def slot_state(clinic, slot_id):
    """Status of a slot, and whether somebody holds it."""
    row = clinic.database.first(select(Slot.status, Slot.hold_token).where(Slot.id == slot_id))
    return row[0], row[1] is not None


def place(clinic, waiting_id):
    """Whether they wait, and how it stands."""
    return tuple(clinic.database.first(select(Waiting.live, Waiting.status).where(Waiting.id == waiting_id)))
