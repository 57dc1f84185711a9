"""A doctor's calendar for calendars elsewhere: read only, behind a secret address, with names only where she wants."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from icalendar import Calendar, Event, vDuration
from sqlalchemy import Connection, delete, func, insert, select

from clinic.clock import Clock
from clinic.practice import Visit, in_span
from clinic.profile import Profiles
from clinic.roster import Roster, Rosters
from db.session import Database
from db.tables import AppointmentChange, CalendarFeed, User

PAST = timedelta(days=30)
REFRESH = timedelta(minutes=30)
STATUS = {"pending": "TENTATIVE", "cancelled": "CANCELLED"}


@dataclass(frozen=True, slots=True)
class FeedInfo:
    """Whether a doctor's calendar is open, since when, and whether it names patients."""

    doctor_id: int
    with_names: bool
    created_at: datetime


class Feeds:
    """Opens, closes and serves calendars (RFC 5545)."""

    def __init__(self, database: Database, rosters: Rosters, profiles: Profiles, clock: Clock) -> None:
        self._database, self._rosters, self._profiles, self._clock = database, rosters, profiles, clock

    def of(self, doctor_id: int) -> FeedInfo | None:
        """The doctor's open calendar, if there is one."""
        row = self._database.first(_FEEDS.where(CalendarFeed.doctor_id == doctor_id))
        return FeedInfo(*row) if row else None

    def open(self, doctor_id: int, with_names: bool) -> str:
        """A new secret for the address; the old one leads nowhere any more. It is told once and never kept."""
        token = secrets.token_urlsafe(32)
        feed = {
            "doctor_id": doctor_id, "digest": _digest(token), "with_names": with_names, "created_at": self._clock(),
        }  # fmt: skip

        def work(connection: Connection) -> None:
            connection.execute(delete(CalendarFeed).where(CalendarFeed.doctor_id == doctor_id))
            connection.execute(insert(CalendarFeed).values(**feed))

        self._database.write(work)
        return token

    def close(self, doctor_id: int) -> None:
        """Nobody can read it any more."""
        self._database.change(delete(CalendarFeed).where(CalendarFeed.doctor_id == doctor_id))

    def calendar(self, token: str) -> bytes | None:
        """The calendar behind a secret, as text/calendar; None for a secret that leads nowhere."""
        row = self._database.first(_FEEDS.where(CalendarFeed.digest == _digest(token)))
        doctor = self._rosters.get().doctors.get(row.doctor_id) if row else None
        if row is None or doctor is None or not doctor.active or self._shut_out(doctor.id):
            return None
        now = self._clock()
        until = now + timedelta(days=self._profiles.get().booking_days + 1)
        visits = in_span(self._database, row.doctor_id, now - PAST, until)
        made = _calendar(f"{self._profiles.get().name}: {doctor.name}")
        changes = self._changes([one.id for one in visits])
        for one in visits:
            made.add_component(_event(self._rosters.get(), one, changes[one.id], bool(row.with_names)))
        return bytes(made.to_ical())

    def _shut_out(self, doctor_id: int) -> bool:
        """Whether the doctor may log in no more: what she subscribed to ends with it."""
        theirs = select(User.id).where(User.doctor_id == doctor_id, User.active.is_(False))
        return self._database.first(theirs) is not None

    def _changes(self, ids: Sequence[int]) -> dict[int, Any]:
        """How often each was changed and when last, which tells calendars what is newer."""
        line = AppointmentChange
        counted = select(line.appointment_id, func.count().label("times"), func.max(line.at).label("at"))
        rows: Sequence[Any] = self._database.rows(
            counted.where(line.appointment_id.in_(ids)).group_by(line.appointment_id)
        )
        return {row.appointment_id: row for row in rows}


_FEEDS = select(CalendarFeed.doctor_id, CalendarFeed.with_names, CalendarFeed.created_at)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


def _calendar(name: str) -> Calendar:
    made = Calendar()
    made.add("prodid", "-//Alô Clínica//Agenda//PT")
    made.add("version", "2.0")
    made.add("x-wr-calname", name)
    made.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    return made


def _event(roster: Roster, visit: Visit, changed: Any, named: bool) -> Event:
    unit = roster.unit[visit.unit_id]
    kind = next((kind.name for kind in roster.kinds if kind.id == visit.kind_id), "Consulta")
    event = Event()
    event.add("uid", f"appointment-{visit.id}@alo-clinica")
    event.add("dtstamp", changed.at)
    event.add("sequence", changed.times - 1)
    event.add("dtstart", visit.starts_at)
    event.add("dtend", visit.ends_at)
    event.add("status", STATUS.get(visit.status, "CONFIRMED"))
    event.add("summary", f"{kind}: {visit.patient}" if named and visit.patient else kind)
    event.add("location", "Por vídeo" if visit.modality == "video" else f"{unit.name}, {unit.street}")
    event.add("class", "PRIVATE")
    return event
