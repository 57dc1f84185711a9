"""What a caller pays to book: keys and seconds of prompts, counted on the wire, in a clinic of one unit, no convênio.

Nothing is timed: a caller in memory answers each question after its last word (or types everything ahead), and the
recordings last as long as the shipped ones. Every booking is looked up afterwards.
"""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

from agi.call import CallerHungUp
from agi.entries import ENTRIES
from agi.phone import FakeCall, HangUp, Speaks, TypeAhead, fake_call
from clinic.schedules import HoursInput
from clinic.services import Clinic, open_clinic
from db.session import Database
from prompts.shelf import Shelf
from tests.bench import clinics
from tests.bench.clinics import BIRTH, Made, Size

MORNING = datetime(2027, 3, 8, 13, tzinfo=UTC)  # a Monday, 10:00 in São Paulo
SMALL = Size(units=1, specialties=3, doctors_each=2, patients=4, days=7)
TWO_UNITS = replace(SMALL, units=2)
BIRTH_KEYS = f"{BIRTH:%d%m%Y}"
NOBODYS_CPF = "52998224725"
BOOK, SPECIALTY, EARLIEST, FIRST, CONFIRM = "1", "1", "1", "1", "1"
REST = (SPECIALTY, EARLIEST, FIRST, CONFIRM)


@dataclass(frozen=True)
class Place:
    """A clinic to call, and how its recordings lie."""

    clinic: Clinic
    made: Made
    shelf: Shelf
    database: Database

    def call(self, *answers: Any, caller: str = "11955550000") -> FakeCall:
        """One whole call; the caller hangs up when the script is over."""
        call = fake_call(*answers, shelf=self.shelf, caller=caller, uniqueid=f"1700000000.{caller}", then=HangUp())
        call.start()
        self.clinic.calls.started(call.id, call.linkedid, None, call.dialled, self.made.units[0])
        with suppress(CallerHungUp):
            ENTRIES["greeting"](call, self.clinic)
        self.clinic.calls.ended(call.id, "hangup", call.trail)
        return call

    def books(self, *answers: Any, **line: Any) -> FakeCall:
        """The same, and the appointment is in the agenda: AssertionError when it is not."""
        before, _wrong = clinics.sold(self.database)
        call = self.call(*answers, **line)
        live, wrong = clinics.sold(self.database)
        assert (live - before, wrong) == (1, 0), f"nothing was booked: {call.heard[-8:]}"
        return call


def measure(progress: Callable[[str], None]) -> dict[str, Any]:
    """Every kind of caller once."""
    with _place(SMALL, plan=False) as place:
        cpfs = iter(place.made.cpfs)
        progress("registered, never booked, unknown number ...")
        new = place.books(next(cpfs), BIRTH_KEYS, BOOK, *REST)
        progress("to be registered ...")
        register = place.books(NOBODYS_CPF, BIRTH_KEYS, "2", Speaks(2.0, key="#"), BOOK, *REST, caller="11955550001")
        progress("typing ahead ...")
        ahead = place.books(TypeAhead(next(cpfs), BIRTH_KEYS, BOOK, *REST), caller="11955550002")
        place.clinic.profile.save(place.clinic.profile.get().model_copy(update={"known_numbers": True}))
        progress("known number ...")
        known = place.books(BIRTH_KEYS, BOOK, *REST, caller="11900000003")
    return {
        "figures": {
            "keys_new": len(new.typed), "keys_register": len(register.typed), "keys_known": len(known.typed),
            "keys_typed_ahead": len(ahead.typed),
            "prompt_seconds": _heard(new), "prompt_seconds_register": _heard(register),
            "prompt_seconds_known": _heard(known), "greeting_seconds": _greeting(new),
            "typed_ahead_prompt_seconds": _heard_before_code(ahead), "typed_ahead_seconds": _booked_at(ahead),
            **{f"keys_more_for_{what}": keys - len(new.typed) for what, keys in _with_questions(progress)},
        },
        "peers": {}, "ratios": {},
    }  # fmt: skip


def _with_questions(progress: Callable[[str], None]) -> Iterator[tuple[str, int]]:
    """Keys in a clinic that asks one thing more."""
    progress("clinics that ask more ...")
    with _place(TWO_UNITS, plan=False) as place:
        yield "unit", _keys_with_one_more(place)
    with _place(SMALL, plan=True) as place:
        yield "payer", _keys_with_one_more(place)
    with _place(SMALL, plan=False) as place:
        _also_by_video(place)
        yield "modality", _keys_with_one_more(place)


def _keys_with_one_more(place: Place) -> int:
    call = place.books(place.made.cpfs[0], BIRTH_KEYS, BOOK, SPECIALTY, "1", EARLIEST, FIRST, CONFIRM)
    return len(call.typed)


def _also_by_video(place: Place) -> None:
    clinic = place.clinic
    clinic.profile.save(clinic.profile.get().model_copy(update={"ask_modality": True}))
    for (_specialty, unit), doctors in place.made.doctors.items():
        for doctor in doctors:
            clinic.agenda.set_hours(doctor, [HoursInput(unit, day, time(8), time(12), "any", 30) for day in range(7)])


@contextmanager
def _place(size: Size, plan: bool) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="alo-bench-") as folder:
        url, now = f"sqlite:///{folder}/clinic.sqlite", [MORNING]
        made = clinics.make(url, Path(folder), size, plan, lambda: now[0])
        known = clinics.settings(url, Path(folder))
        database = Database(url)
        try:
            yield Place(open_clinic(known, lambda: now[0], database), made, Shelf(known.prompt_folders), database)
        finally:
            database.close()


def _heard(call: FakeCall) -> float:
    return round(call.seconds_heard, 1)


def _greeting(call: FakeCall) -> float:
    """From the first word to the question for the CPF."""
    heard = call.handset.record.heard
    first = next(place for place, one in enumerate(heard) if one.prompt_id == "identify/cpf")
    return round(heard[first].at - heard[0].at, 1)


def _booked_at(call: FakeCall) -> float:
    """When "booked" was said, in seconds of the call."""
    return round(next(one.at for one in call.handset.record.heard if one.prompt_id == "booking/done"), 1)


def _heard_before_code(call: FakeCall) -> float:
    """Seconds of prompts that were sounded before it was booked."""
    done = _booked_at(call)
    return round(sum(one.seconds for one in call.handset.record.heard if one.at < done), 1)
