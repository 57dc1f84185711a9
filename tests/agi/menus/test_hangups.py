"""Hanging up at any moment leaves nothing half-made, nothing held, and no record open."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import bindparam, select

from agi.phone import Speaks
from db.tables import Appointment, CallRecord, Slot
from tests.agi.menus.talking import BRUNO, TypeAhead, talk
from tests.clinic.small_clinic import SmallClinic
from tests.clinic.templates import Templates

PATHS = {
    "book": (*BRUNO, "1", "2", "1", "2", "2", "1", "1", "2"),
    "book typed ahead": (TypeAhead(*BRUNO, "1", "2", "1", "2", "2", "1", "1", "2"),),
    "book on a day": (*BRUNO, "1", "1", "2", "2", "4", "5", "0112", "4", "1", "2", "1", "1", "2"),
    "wait": (*BRUNO, "1", "3", "1", "2"),
    "hear": (*BRUNO, "2", "1"),
    "cancel": (*BRUNO, "3", "5", Speaks(2), "1", "2"),
    "move": (*BRUNO, "4", "1", "1", "2"),
    "confirm": (*BRUNO, "5", "1", "2"),
    "register": ("39053344705", "01011990", "2", Speaks(2), "1", "1", "2", "2", "1", "1", "2"),
    "complain": ("6", "#", Speaks(2), "2"),
}


@pytest.fixture
def fresh(clinic_templates: Templates, tmp_path: Path):
    """A new clinic for each call, in which Bruno has one appointment."""

    def another() -> SmallClinic:
        for old in tmp_path.glob("clinic.sqlite*"):
            old.unlink()
        clinic = clinic_templates.copy("sqlite", tmp_path)
        clinic.book("bruno", clinic.slot(place=9))
        start = clinic.clock()
        clinic.agenda.add_absence(clinic.at.doctors["sergio"], start, start.replace(year=2027), "férias")
        return clinic

    return another


HALF_MADE = (
    select(Slot.id).where(Slot.status == "held", Slot.held_until > bindparam("undo_over")),
    select(CallRecord.id).where(CallRecord.ended_at.is_(None)),
)
LENGTHS = (
    select(Slot.starts_at, Slot.ends_at).where(Slot.status == "booked"),
    select(Appointment.starts_at, Appointment.ends_at).where(Appointment.live == 1),
)


def left_over(clinic: SmallClinic) -> list[object]:
    """Slots held for longer than an undo takes, and calls without an end."""
    undo_over = {"undo_over": clinic.clock() + timedelta(seconds=10)}
    return [row for query in HALF_MADE for row in clinic.database.rows(query, undo_over)]


def time_taken(clinic: SmallClinic) -> list[timedelta]:
    """By slots, and by appointments: the same, or something was half made."""
    taken = [clinic.database.rows(query) for query in LENGTHS]
    return [sum((row.ends_at - row.starts_at for row in rows), timedelta()) for rows in taken]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", ["hang_up_at", "cut_at"])
def test_at_every_command_of_the_path(fresh, path, how):
    commands = len(talk(fresh(), *PATHS[path]).commands)
    for position in range(3, commands + 1):
        clinic = fresh()
        talk(clinic, *PATHS[path], **{how: position})
        by_slots, by_appointments = time_taken(clinic)
        assert left_over(clinic) == [], position
        assert by_slots == by_appointments, position
        clinic.database.close()
