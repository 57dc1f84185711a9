"""Visits that repeat, as a therapy does: which days are free, booking them one by one, and cancelling what is left.

A series is no more than a mark that its visits share. Each is booked as any other, in a transaction of its own: what is
booked is booked, and the same form sent again goes on where it stopped.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from clinic import access, appointments, live, series_rows
from clinic.agenda import Agenda
from clinic.appointments import Act, Booking, Line, NotYours, booking
from clinic.clock import Clock
from clinic.desk_bookings import VIA, DeskBookings
from clinic.directory import Directory
from clinic.holds import SlotTaken
from clinic.offers import Offers
from clinic.people import Person
from clinic.profile import Profiles
from clinic.roster import KindInfo, Rosters
from clinic.series_dates import Day, Plan, Preview, by_day, rhythm, week_of
from clinic.series_days import Asked, SeriesDays, chosen_time
from clinic.series_room import Room
from clinic.series_rows import COUNTS, TO_COME, CancelledSince, Place
from clinic.taking import Overlaps
from clinic.terms import NotAllowed, Terms, local_day
from clinic.transitions import WrongStatus
from clinic.units import Units
from clinic.users import Viewer
from db.session import Database
from db.tables import Appointment, Series

REPEATED = ("booked", "arrived", "fulfilled")
"""What can be repeated."""
ONCE_ONLY = ("first", "return")
"""Kinds of visit that are not repeated as such: what follows is a consultation."""
_A = Appointment


class Changed(Exception):
    """What is left of the series is no longer what was shown."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A time for a day of the series; `over_quota`: knowing that the payer has its visits of that day."""

    slot_id: int
    over_quota: bool = False


@dataclass(frozen=True, slots=True)
class Sitting:
    """A visit of a series, the `n`th of those that were not cancelled; `theirs`: whether who looks may see it."""

    id: int
    n: int
    starts_at: datetime
    status: str
    unit_id: int
    theirs: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """The series of a visit. `n` of `of`; 0 for one that was cancelled. `rest`: this one and those after it that could
    be cancelled; `elsewhere`: how many more are to come that are others' to cancel."""

    id: int
    every_weeks: int
    authorised: int | None
    authorisation: str
    n: int
    sittings: tuple[Sitting, ...]
    rest: tuple[int, ...]
    elsewhere: int

    @property
    def of(self) -> int:
        """How many there are."""
        return len(self.sittings)


class Repetitions:
    """The desk's, in the name of who works there (`by`)."""

    def __init__(
        self,
        database: Database,
        rosters: Rosters,
        profiles: Profiles,
        units: Units,
        directory: Directory,
        agenda: Agenda,
        bookings: DeskBookings,
        offers: Offers,
        clock: Clock,
    ) -> None:
        self._database, self._rosters, self._profiles, self._units = database, rosters, profiles, units
        self._directory, self._agenda, self._bookings, self._offers = directory, agenda, bookings, offers
        self._clock = clock

    def preview(self, booking_id: int, plan: Plan) -> Preview:
        """Each day, and what stands in its way. Raises NotYours, WrongStatus, KeyError for a pre-registration."""
        row, person = self._first(booking_id)
        now, zone = self._clock(), self._units.get(row.unit_id).tz
        coming = [one for one in self._bookings.upcoming(person) if one.ends_at > now]
        terms, made = self._terms(row), self._sittings(row.series_id)
        asked = Asked(terms, self._directory.specialty_of(row.doctor_id, row.specialty_id), coming)
        planned = rhythm(row.starts_at, zone, plan, row.series_day)
        there = by_day([day for day, _ in planned], made, plan.every_weeks)
        room = Room(self._database, row.doctor_id, [week_of(day, zone) for day, _ in planned])
        look = SeriesDays(self._database, self._units, self._agenda, row.doctor_id, room, now).look
        days = tuple(
            Day(n, day, at, "booked", booking=there[day]) if day in there else look(n, day, at, asked)
            for n, (day, at) in enumerate(planned, 2)
        )
        more = None if plan.authorised is None else max(0, plan.authorised - max(1, len(made)))
        limit = self._profiles.get().max_future_appointments
        return Preview(terms.kind, days, len(coming), limit, self._offers.missed(person), more)

    def book(
        self, booking_id: int, plan: Plan, chosen: Mapping[date, Choice], by: str, once: str, reason: str = ""
    ) -> dict[date, Exception]:
        """Book what was chosen, one by one; what could not be, and why (SlotTaken, Overlaps, NotAllowed).

        `once` names the form: sent again it books nothing twice. Raises NotYours, WrongStatus, AfterNoShows.
        """
        row, person = self._first(booking_id)
        series_id = self._database.write(lambda connection: self._begun(connection, row, plan, by))
        failed: dict[date, Exception] = {}
        for day in sorted(chosen.keys() - self._sittings(series_id).keys()):
            try:
                self._book_one(row, person, Place(series_id, day), chosen[day], by, f"{by}:{once}:{day}"[:120], reason)
            except (SlotTaken, Overlaps, NotAllowed) as error:
                failed[day] = error
        stands = self._sittings(series_id) if failed else {}  # also what this form booked when it was sent before
        return {day: why for day, why in failed.items() if day not in stands}

    def shown(self, booking_id: int, series_id: int, viewer: Viewer | None = None) -> Shown | None:
        """The series an appointment is in, as `viewer` (None: everybody) may cancel it. None where that is gone."""
        row: Any = self._database.first(select(Series).where(Series.id == series_id))
        sittings = self._in_order(series_id, viewer)
        mine = next((one for one in sittings if one.id == booking_id), None)
        if row is None:
            return None
        rest = [one for one in sittings if mine and one.n >= mine.n and one.status in TO_COME]
        return Shown(
            row.id,
            row.every_weeks,
            row.authorised,
            row.authorisation,
            mine.n if mine else 0,
            tuple(sittings),
            tuple(one.id for one in rest if one.theirs),
            sum(not one.theirs for one in rest),
        )

    def places(self, series_ids: Collection[int]) -> dict[int, tuple[int, int]]:
        """The visits of several series: which of how many each is, by its id."""
        if not series_ids:
            return {}
        found: dict[int, list[int]] = {}
        wanted = select(_A.id, _A.series_id).where(_A.series_id.in_(series_ids), COUNTS)
        for row in self._database.rows(wanted.order_by(_A.starts_at, _A.id)):
            found.setdefault(row.series_id, []).append(row.id)
        return {one: (n, len(ids)) for ids in found.values() for n, one in enumerate(ids, 1)}

    def cancel_rest(
        self,
        booking_id: int,
        ids: Collection[int],
        reason: str,
        by: str,
        note: str = "",
        viewer: Viewer | None = None,
    ) -> int:
        """This one and those after it that `viewer` (None: everybody) may see, all or none; how many.

        `ids`: which these are, as was shown. Taken back within ten seconds as one is.
        Raises NotYours, WrongStatus, Changed.
        """
        act, person = Act(by, VIA, self._clock(), note=note), self._bookings.person_of(booking_id)

        def work(connection: Connection) -> int:
            appointments.lock(connection, person)
            first = appointments.theirs(connection, person, booking_id)
            rows = series_rows.rest(connection, first, access.seen(viewer))
            if {row.id for row in rows} != set(ids):
                raise Changed
            for row in sorted(rows, key=_by_slot):
                appointments.change(connection, row, "cancelled", act, cancel_reason=reason)
                appointments.let_go(connection, row, act.at)
            return len(rows)

        return self._database.write(work)

    def given_up_with(self, booking_id: int) -> int:
        """How many were cancelled, or moved, in one go with it: so many are taken back with it; 1 for itself alone."""
        with self._database.read() as connection:
            return len(series_rows.given_up_with(connection, booking_id))

    def _first(self, booking_id: int) -> tuple[Line, Person]:
        """What is repeated, and whose it is."""
        with self._database.read() as connection:
            row = appointments.one(connection, booking_id)
        if row is None:
            raise NotYours
        if row.patient_id is None:
            raise KeyError(row.pre_registration_id)
        if row.status not in REPEATED:
            raise WrongStatus(row.status, "booked")
        return row, self._bookings.person("patient", row.patient_id)

    def _begun(self, connection: Connection, row: Line, plan: Plan, by: str) -> int:
        """The series' id: the visit's own, or a new one of which it is the first."""
        appointments.lock_owner(connection, row)
        row = appointments.one(connection, row.id)
        if row is None or row.status not in REPEATED:
            raise WrongStatus(row.status if row else "", "booked")
        said = {
            "every_weeks": plan.every_weeks, "authorised": plan.authorised, "authorisation": plan.authorisation,
        }  # fmt: skip
        if row.series_id is not None:
            connection.execute(update(Series).where(Series.id == row.series_id).values(**said))
            return int(row.series_id)
        now = self._clock()
        made: Any = connection.execute(insert(Series).values(**said, made_by=by, created_at=now))
        place = Place(made.inserted_primary_key[0], local_day(self._rosters.get(), row.unit_id, row.starts_at))
        connection.execute(update(_A).where(_A.id == row.id).values(**place.columns))
        live.put_appointment(connection, row.id, now)
        return place.series_id

    def _book_one(
        self, row: Line, person: Person, place: Place, choice: Choice, by: str, key: str, reason: str
    ) -> Booking:
        unit, terms = self._units.get(row.unit_id), self._terms(row)
        slot = chosen_time(self._bookings.slot, choice.slot_id, row.doctor_id, unit, place.day)
        hold = self._bookings.hold_for(key, slot, by, terms.kind.minutes, terms.kind.margin)
        try:
            booked = self._bookings.book_for(person, hold, terms, by, key, reason, choice.over_quota, place)
        finally:
            self._bookings.release(hold)
        if booked.status == "cancelled":
            raise CancelledSince
        return booked

    def _terms(self, row: Line) -> Terms:
        """As the visit that is repeated, at today's price."""
        roster, kind = self._rosters.get(), self._kind(row)
        payer = roster.payer.get(row.payer_id or 0)
        price = self._directory.price(row.doctor_id, kind.id) if payer and payer.private else None
        return Terms(
            row.doctor_id, row.unit_id, row.specialty_id, kind, row.payer_id, row.modality, price,
            roster.doctors[row.doctor_id].approves,
        )  # fmt: skip

    def _kind(self, row: Line) -> KindInfo:
        kind = self._directory.kind(row.kind_id)
        return self._directory.kind("consultation") if kind.code in ONCE_ONLY else kind

    def _sittings(self, series_id: int | None) -> dict[date, Booking]:
        """What stands for each day of a series."""
        if series_id is None:
            return {}
        wanted = select(*appointments.COLUMNS, _A.series_day).where(_A.series_id == series_id, COUNTS)
        return {row.series_day: booking(row) for row in self._database.rows(wanted)}

    def _in_order(self, series_id: int, viewer: Viewer | None) -> list[Sitting]:
        wanted = select(_A.id, _A.starts_at, _A.status, _A.unit_id, access.seen(viewer).label("theirs"))
        mine = wanted.where(_A.series_id == series_id, COUNTS)
        rows: Iterable[Any] = self._database.rows(mine.order_by(_A.starts_at, _A.id))
        return [Sitting(row.id, n, *row[1:]) for n, row in enumerate(rows, 1)]


def _by_slot(row: Line) -> tuple[int, int]:
    """Slots are touched in the order of their ids, as everywhere."""
    return row.slot_id or 0, row.id
