"""What the clinic does with appointments: answering requests, the day of the visit, and encaixes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from sqlalchemy.exc import IntegrityError

from clinic import appointments, extra_facts, series_rows
from clinic.appointments import Act, Booking, NotYours, booking
from clinic.as_seen import Changes
from clinic.clock import Clock
from clinic.extra_facts import Fact, NotKnown
from clinic.holds import SlotTaken
from clinic.past_visits import KEPT
from clinic.people import Person
from clinic.roster import KindInfo, Rosters
from clinic.taking import check_overlap
from clinic.terms import local_day
from clinic.transitions import TooLate, TooSoon, WrongStatus
from clinic.waiting import rows as waiting
from db.retry import taken
from db.session import Database
from db.tables import Appointment

QUOTA_TRIES = 5
NOTHING_MORE: Mapping[str, Any] = {}


class ExtraQuotaFull(Exception):
    """The doctor takes no more encaixes that day: `limit`."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


@dataclass(frozen=True, slots=True)
class Extra:
    """An encaixe: a visit beside the slots. `role` of who lets it in, and the `reason`, are kept.

    `moving`: the encaixe that would go there; it does not stand in its own way.
    """

    doctor_id: int
    unit_id: int
    starts_at: datetime
    kind: KindInfo
    role: str
    reason: str
    specialty_id: int | None = None
    payer_id: int | None = None
    modality: str = "in_person"
    price_cents: int | None = None
    moving: int = 0

    @property
    def ends_at(self) -> datetime:
        """When it is over."""
        return self.starts_at + timedelta(minutes=self.kind.minutes)


class Visits(Changes):
    """Each change as the table of transitions says; `by` is the actor ("user:…"), `via` the medium."""

    def __init__(self, database: Database, rosters: Rosters, clock: Clock) -> None:
        self._database, self._rosters, self._clock = database, rosters, clock

    def get(self, booking_id: int) -> Booking:
        """One appointment. Raises KeyError."""
        row = self._database.first(appointments.FULL.where(Appointment.id == booking_id))
        if row is None:
            raise KeyError(booking_id)
        return booking(row)

    def accept(self, booking_id: int, by: str, via: str = "web") -> Booking:
        """The doctor agrees; where it was a request to move, the old appointment goes now. Raises WrongStatus, and
        TooLate once its time has come."""

        def work(connection: Connection, act: Act) -> None:
            row = self._row(connection, booking_id)
            appointments.lock_owner(connection, row)
            if row.starts_at <= act.at:
                raise TooLate(row.status, "accepted")
            old = appointments.one(connection, row.replaces) if row.replaces else None
            _check_old(connection, row, old)
            appointments.change(connection, row, "accepted", act, answer_by=None)
            if old is not None and old.status == "booked":
                appointments.change(connection, old, "moved", act, cancel_reason="moved", replaced_by=row.id)
                appointments.let_go(connection, old, act.at)

        return self._act(booking_id, by, via, work)

    def decline(self, booking_id: int, by: str, via: str = "web", note: str = "") -> Booking:
        """The doctor does not agree; the time is free again. Raises WrongStatus."""
        return self._give_up(booking_id, "declined", by, via, note)

    def expire_requests(self) -> int:
        """Requests nobody answered in time; how many there were."""
        late = select(Appointment.id).where(Appointment.status == "pending", Appointment.answer_by <= self._clock())
        return sum(self._expired(row.id) for row in self._database.rows(late))

    def arrive(self, booking_id: int, by: str, via: str = "desk") -> Booking:
        """The patient is here, on the day or, noted late, after it; a no-show is corrected on the same day only.

        Raises WrongStatus; TooSoon before the day.
        """

        def work(connection: Connection, act: Act) -> None:
            row = self._row(connection, booking_id)
            days = self._days_to(row.unit_id, row.starts_at)
            if row.status == "noshow" and days:
                raise WrongStatus(row.status, "arrived")
            if row.status == "booked" and days > 0:
                raise TooSoon(row.status, "arrived")
            appointments.change(connection, row, "arrived", act)

        return self._act(booking_id, by, via, work)

    def fulfil(self, booking_id: int, by: str, via: str = "desk") -> Booking:
        """The visit took place; of an earlier day also where nobody noted that they came. Raises WrongStatus."""

        def work(connection: Connection, act: Act) -> None:
            row = self._row(connection, booking_id)
            if row.status == "booked" and self._days_to(row.unit_id, row.starts_at) < 0:
                appointments.change(connection, row, "arrived", act)
                row = self._row(connection, booking_id)
            appointments.change(connection, row, "fulfilled", act)

        return self._act(booking_id, by, via, work)

    def no_show(self, booking_id: int, by: str, via: str = "desk") -> Booking:
        """The patient did not come. Raises WrongStatus; TooSoon before the visit was to begin."""

        def work(connection: Connection, act: Act) -> None:
            row = self._row(connection, booking_id)
            if row.status == "booked" and row.starts_at > act.at:
                raise TooSoon(row.status, "noshow")
            appointments.change(connection, row, "noshow", act)

        return self._act(booking_id, by, via, work)

    def against_extra(self, extra: Extra) -> tuple[Fact, ...]:
        """What whoever lets somebody in must know first."""
        with self._database.read() as connection:
            return extra_facts.look(connection, self._rosters.get(), extra, self._clock())

    def book_extra(self, person: Person, extra: Extra, by: str, via: str = "desk", known: str | None = None) -> Booking:
        """An encaixe: no slot, but a place in the doctor's quota of that day.

        `known`: the stamp of what they were told stands against it ("": nothing was told); None where nobody is asked.
        Raises NotKnown, ExtraQuotaFull, Overlaps.
        """
        act = Act(by, via, self._clock(), note=f"{extra.role}: {extra.reason}")
        for _ in range(QUOTA_TRIES):
            try:
                return self._write(lambda connection: self._squeeze_in(connection, person, extra, act, known))
            except IntegrityError as error:  # somebody took the same place of the quota, or the same code
                if not taken(error):
                    raise
        raise ExtraQuotaFull(self._rosters.get().doctors[extra.doctor_id].extra_quota)

    def _squeeze_in(
        self,
        connection: Connection,
        person: Person,
        extra: Extra,
        act: Act,
        known: str | None,
        more: Mapping[str, Any] = NOTHING_MORE,
    ) -> Booking:
        """`more`: further columns."""
        roster = self._rosters.get()
        day = local_day(roster, extra.unit_id, extra.starts_at)
        appointments.lock(connection, person)
        check_overlap(connection, appointments.live_ones(connection, person, act.at), extra.starts_at, extra.ends_at)
        place = free_place(connection, extra.doctor_id, day, roster.doctors[extra.doctor_id].extra_quota)
        facts = () if known is None else extra_facts.look(connection, roster, extra, act.at)
        if facts and extra_facts.stamp(facts) != known:
            raise NotKnown(facts)
        values = {
            "code": appointments.new_code(), "status": "booked", "doctor_id": extra.doctor_id,
            "unit_id": extra.unit_id, "specialty_id": extra.specialty_id, "kind_id": extra.kind.id,
            "payer_id": extra.payer_id, "modality": extra.modality, "starts_at": extra.starts_at,
            "ends_at": extra.ends_at, "price_cents": extra.price_cents, "via": act.via, "extra_day": day,
            "extra_reason": extra.reason, "extra_n": place, "tell_by_phone": not person.has_contact,
            **person.columns, **more,
        }  # fmt: skip
        return booking(appointments.one(connection, appointments.add(connection, values, act, "booked")))

    def _row(self, connection: Connection, booking_id: int) -> appointments.Line:
        row = appointments.one(connection, booking_id)
        if row is None:
            raise NotYours
        return row

    def _act(
        self, booking_id: int, by: str, via: str, work: Callable[[Connection, Act], None], note: str = ""
    ) -> Booking:
        act = Act(by, via, self._clock(), note=note)
        self._write(lambda connection: work(connection, act))
        return self.get(booking_id)

    def _give_up(self, booking_id: int, event: str, by: str, via: str, note: str = "") -> Booking:
        def work(connection: Connection, act: Act) -> None:
            row = self._row(connection, booking_id)
            appointments.lock_owner(connection, row)
            waiting.revive(connection, booking_id, act.at)
            appointments.change(connection, row, event, act, cancel_reason=event)
            appointments.let_go(connection, row, act.at, timedelta())

        return self._act(booking_id, by, via, work, note)

    def _expired(self, booking_id: int) -> bool:
        try:
            self._give_up(booking_id, "expired", "system", "system")
        except WrongStatus:  # answered at the last moment
            return False
        return True

    def _days_to(self, unit_id: int, starts_at: datetime) -> int:
        """Days from today to the visit's, by the unit's clock."""
        roster = self._rosters.get()
        return (local_day(roster, unit_id, starts_at) - local_day(roster, unit_id, self._clock())).days


def _check_old(connection: Connection, row: appointments.Line, old: appointments.Line | None) -> None:
    """A request to move a visit that was cancelled moves nothing; one to move a retorno, or a session, that took place
    makes no second one, nor more of its series than there may be. Raises WrongStatus."""
    if old is None or old.status == "booked":
        return
    if old.status == "cancelled" or (old.return_of is not None and old.status in KEPT):
        raise WrongStatus(old.status, "accepted")
    try:
        series_rows.check_again(connection, row)
    except SlotTaken as error:
        raise WrongStatus(old.status, "accepted") from error


def free_place(connection: Connection, doctor_id: int, day: object, quota: int) -> int:
    """The first free place in a doctor's quota of the day; the unique constraint decides between two who see it.

    Raises ExtraQuotaFull.
    """
    used = select(Appointment.extra_n).where(Appointment.doctor_id == doctor_id, Appointment.extra_day == day)
    places = set(range(1, quota + 1)) - set(connection.scalars(used))
    if not places:
        raise ExtraQuotaFull(quota)
    return min(places)


def is_extra(connection: Connection, booking_id: int) -> bool:
    """Whether an appointment stands beside the slots, or did."""
    day = select(Appointment.extra_day).where(Appointment.id == booking_id)
    return connection.scalar(day) is not None
