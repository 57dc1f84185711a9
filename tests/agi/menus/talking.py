"""Call the small clinic without a telephone, and look at what was heard and where the call went."""

from contextlib import suppress

from agi.book import ClinicBook
from agi.call import CallerHungUp
from agi.callers import Answer
from agi.entries import ENTRIES
from agi.phone import FakeCall, TypeAhead, fake_call
from clinic.bookings import Booking
from prompts.names import name_id
from tests.clinic.small_clinic import SmallClinic

ALICE = ("52998224725", "05041980")
BRUNO = ("11144477735", "01121975")
CARLA = ("51276992815", "29021992")
ZECA = ("00000000191", "30061950")
SPEAKS_ALONE = "1"
"""Alice has a dependant: she is asked for whom."""


def talk(clinic: SmallClinic, *answers: Answer, entry: str = "greeting", **line: object) -> FakeCall:
    """The whole call, as the server runs it, until the script is over and the caller hangs up."""
    call = fake_call(*answers, entry=entry, **line)  # type: ignore[arg-type]
    book = ClinicBook(clinic)
    outcome = "hangup"
    book.started(call)
    call.start()
    with suppress(CallerHungUp):
        ENTRIES[entry](call, clinic)
        call.flush()
        call.done()
        outcome = call.continues_at or "done"
    book.ended(call, outcome)
    return call


def went_to(call: FakeCall) -> str:
    """The dialplan's context after the menus; "" when the caller hung up or was said good-bye."""
    return call.continues_at


def heard_name(call: FakeCall, name: str) -> bool:
    """Whether that name was spoken."""
    return name_id(name) in call.heard


def in_order(heard: list[str], *wanted: str) -> bool:
    """Whether the prompts were heard, in that order, whatever came between."""
    rest = iter(heard)
    return all(one in rest for one in wanted)


def seen(clinic: SmallClinic, who: str = "bruno", days: int = 3) -> Booking:
    """A visit that took place some days ago."""
    booked = clinic.book(who)
    clinic.clock.now = booked.starts_at
    clinic.bookings.arrive(booked.id, by="desk")
    clinic.bookings.fulfil(booked.id, by="desk")
    clinic.clock.move(days=days)
    return booked


__all__ = ["ALICE", "BRUNO", "CARLA", "ZECA", "TypeAhead", "heard_name", "in_order", "seen", "talk", "went_to"]
