"""Call-flow 4.5 to 4.7: when, held for this call, read back, confirmed, and the code."""

from agi.asking import GoBack, ToMainMenu, WantsPerson, finish, yes
from agi.call import Call
from agi.menus.choose_time import choose_time
from agi.menus.too_many import too_many
from agi.menus.waiting_list import waiting_list
from agi.phrases import answer_by, appointment, code, terms_read, when_and_where
from agi.times import Times
from agi.wish import Wish
from clinic.agenda import SlotInfo
from clinic.bookings import (
    AfterNoShows,
    Booking,
    Hold,
    NotAllowed,
    Overlaps,
    SlotTaken,
    Terms,
    TooMany,
    TooManyFromNumber,
)
from clinic.directory import KindInfo
from clinic.people import Person
from clinic.phones import normalise
from clinic.services import Clinic


def settle(call: Call, clinic: Clinic, person: Person, wish: Wish) -> Wish:
    """Choose times until one is booked; a time lost to somebody else is told and the next ones are offered."""
    _check_kind(call, wish.kind(clinic, person, wish.doctor_id) if wish.doctor_id else None)
    times = Times(call, clinic, wish.criteria(clinic, person), wish.last_day)
    while True:
        slot = choose_time(call, times)
        if slot is None:
            waiting_list(call, clinic, person, wish)
            raise GoBack
        try:
            booked = _hold_and_book(call, clinic, person, wish.terms(clinic, person, slot), slot)
        except SlotTaken:
            call.play("booking/just-taken")
            times.lost(slot)
            continue
        if booked is not None:
            _tell(call, clinic, person, booked)


def _check_kind(call: Call, kind: KindInfo | None) -> None:
    """A kind of visit that patients do not book themselves is for a person."""
    if kind is not None and "patient" not in kind.bookable_by:
        call.play("booking/only-by-people")
        raise WantsPerson("booked by people only")


def _hold_and_book(call: Call, clinic: Clinic, person: Person, terms: Terms, slot: SlotInfo) -> Booking | None:
    _check_kind(call, terms.kind)
    hold = clinic.bookings.hold(slot, by=call.id, minutes=terms.kind.minutes, margin=terms.kind.margin)
    if not _confirmed(call, clinic, hold, terms):
        clinic.bookings.release(hold)
        return None
    try:
        return _book(call, clinic, person, hold, terms)
    except SlotTaken:  # the hold lapsed while the caller thought; nobody else may want the time
        again = clinic.bookings.hold(slot, by=call.id, minutes=terms.kind.minutes, margin=terms.kind.margin)
        return _book(call, clinic, person, again, terms)


def _confirmed(call: Call, clinic: Clinic, hold: Hold, terms: Terms) -> bool:
    """Everything is read back once; `*` is another time as well."""
    call.enter("read_back")
    said = [*when_and_where(clinic, hold.slot, terms.modality), *terms_read(clinic, terms)]
    try:
        return yes(call, "booking/read-back", *said, "booking/confirm-or-other")
    except GoBack:
        return False


def _book(call: Call, clinic: Clinic, person: Person, hold: Hold, terms: Terms) -> Booking | None:
    """The booking; None, told why, when another time may do."""
    key = f"{call.id}:{hold.token}"
    try:
        booked = clinic.bookings.book(person, hold, terms, via="telephone", caller=normalise(call.caller), key=key)
    except Overlaps as clash:
        clinic.bookings.release(hold)
        call.play("booking/overlaps", *appointment(clinic, clash.booking))
        return None
    except AfterNoShows:
        clinic.bookings.release(hold)
        call.play("booking/only-by-people")
        raise WantsPerson("after no-shows") from None
    except TooMany:
        clinic.bookings.release(hold)
        too_many(call, clinic, person)
    except NotAllowed:
        clinic.bookings.release(hold)
        call.play("booking/withdrawn")
        raise ToMainMenu from None
    except TooManyFromNumber:
        call.play("booking/too-many-from-number")
        raise WantsPerson("too many bookings from one number") from None
    call.progress = None
    return booked


def _tell(call: Call, clinic: Clinic, person: Person, booked: Booking) -> None:
    """Never "marcada" for a request; the code is told twice to who has no contact on file. Ends the booking."""
    call.enter("code")
    said = ("booking/requested", *answer_by(clinic, booked)) if booked.status == "pending" else ("booking/done",)
    finish(call, *said, *code(booked, twice=not person.has_contact))
