"""What a doctor arranges: working hours, absences, and whom a change of them hits; requests; the own day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Select, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from clinic import appointments, live, quotas
from clinic.appointments import Act
from clinic.clock import Clock
from clinic.editing import stamp
from clinic.planning import covers
from clinic.profile import ChangedMeanwhile
from clinic.roster import DoctorRow, HoursRow, Roster, Rosters
from clinic.schedules import ANNOUNCE, HoursInput, Schedules
from clinic.transitions import TAKES_TIME
from db.session import Database
from db.tables import Absence, Appointment, Doctor, Patient, Price

MIDNIGHT = time()
Still = Callable[[list[HoursInput]], bool]
OFFERED_AGAIN = "reoffered"
"""The line of an appointment's history by which the patient is told that another time is offered."""


@dataclass(frozen=True, slots=True)
class Visit:
    """An appointment as its doctor sees it. `patient` is the name to say; "" for a pre-registration."""

    id: int
    code: str
    status: str
    starts_at: datetime
    ends_at: datetime
    unit_id: int
    specialty_id: int | None
    kind_id: int
    payer_id: int | None
    modality: str
    patient_id: int | None
    patient: str
    confirmed: bool
    answer_by: datetime | None
    tell_by_phone: bool
    via: str
    doctor_id: int


@dataclass(frozen=True, slots=True)
class AbsenceInfo:
    """When a doctor is away, and why ("" where nothing was said)."""

    id: int
    starts_at: datetime
    ends_at: datetime
    reason: str


class EndsBeforeItBegins(ValueError):
    """An absence that is over before it begins, or over already."""


_A = Appointment
VISITS = select(
    _A.id, _A.code, _A.status, _A.starts_at, _A.ends_at, _A.unit_id, _A.specialty_id, _A.kind_id, _A.payer_id,
    _A.modality, _A.patient_id, func.coalesce(Patient.social_name, Patient.name, "").label("patient"),
    _A.confirmed_at, _A.answer_by, _A.tell_by_phone, _A.via, _A.doctor_id,
).outerjoin(Patient, Patient.id == _A.patient_id)  # fmt: skip


class Practice:
    """Each method is about one doctor; who may ask is the caller's to know."""

    def __init__(self, database: Database, rosters: Rosters, schedules: Schedules, clock: Clock) -> None:
        self._database, self._rosters, self._schedules, self._clock = database, rosters, schedules, clock

    def doctor(self, doctor_id: int) -> DoctorRow | None:
        """The doctor, active or not; None when there is none."""
        return self._rosters.get().doctors.get(doctor_id)

    # Working hours

    def forget(self) -> None:
        """Read the directory again: somebody else has changed it."""
        self._rosters.forget()

    def hours(self, doctor_id: int) -> list[HoursInput]:
        """The weekly hours as they stand."""
        return [_input(row) for row in self._rosters.get().hours_of.get(doctor_id, ())]

    def hit_by_hours(self, doctor_id: int, hours: Sequence[HoursInput]) -> list[Visit]:
        """What is booked and would lie outside these hours; it stays booked until somebody moves it."""
        roster, rows = self._rosters.get(), [_row(doctor_id, one) for one in hours]
        coming = self._visits(_A.doctor_id == doctor_id, _A.starts_at > self._clock(), _A.slot_id.is_not(None))
        return [visit for visit in coming if not any(_covers(roster, row, visit) for row in rows)]

    def set_hours(self, doctor_id: int, hours: Sequence[HoursInput], still: Still | None = None) -> None:
        """Replace the weekly hours; free time follows at once.

        `still`: whether those on file, at this very moment, are the ones that were to be replaced.
        Raises OverlappingHours, ValueError, ChangedMeanwhile.
        """
        self._schedules.set_hours(doctor_id, hours, lambda rows: still is None or still([_input(row) for row in rows]))

    # Prices

    def prices(self, doctor_id: int) -> dict[int, int]:
        """What the doctor charges, particular, in centavos, by kind of visit; exact, not as of seconds ago."""
        return {row.kind_id: row.cents for row in self._database.rows(_prices(doctor_id))}

    def set_prices(self, doctor_id: int, prices: Mapping[int, int], seen: str) -> None:
        """Replace all of them, where they still are what `seen` names (see `stamp`). Raises ChangedMeanwhile."""
        rows = [{"doctor_id": doctor_id, "kind_id": kind, "cents": cents} for kind, cents in prices.items()]

        def work(connection: Connection) -> None:
            connection.execute(update(Doctor).where(Doctor.id == doctor_id).values(id=doctor_id))  # others wait here
            if stamp({row.kind_id: row.cents for row in connection.execute(_prices(doctor_id))}) != seen:
                raise ChangedMeanwhile
            connection.execute(delete(Price).where(Price.doctor_id == doctor_id))
            if rows:
                connection.execute(insert(Price), rows)
            connection.execute(ANNOUNCE)

        self._database.write(work)
        self._rosters.forget()

    # How many visits a day each payer has

    def payer_quotas(self, doctor_id: int) -> dict[tuple[int, int], int]:
        """Visits a day, by payer and unit (0: all together); exact, not as of seconds ago."""
        with self._database.read() as connection:
            return quotas.of_doctor(connection, doctor_id)

    def set_payer_quotas(self, doctor_id: int, wanted: Mapping[tuple[int, int], int], seen: str) -> None:
        """Replace all of them, where they still are what `seen` names (see `stamp`). Raises ChangedMeanwhile."""

        def work(connection: Connection) -> None:
            quotas.replace(connection, doctor_id, wanted, lambda now: stamp(now) == seen)
            connection.execute(ANNOUNCE)
            live.put(connection, live.SCHEDULE, doctor_id, at=self._clock(), doctor_id=doctor_id)

        try:
            self._database.write(work)
        except IntegrityError as error:  # two wrote the first quota at once
            raise ChangedMeanwhile from error
        self._rosters.forget()

    # Absences

    def absences(self, doctor_id: int) -> list[AbsenceInfo]:
        """Those that are not over, by time."""
        columns = select(Absence.id, Absence.starts_at, Absence.ends_at, Absence.reason)
        coming = columns.where(Absence.doctor_id == doctor_id, Absence.ends_at > self._clock())
        return [AbsenceInfo(*row) for row in self._database.rows(coming.order_by(Absence.starts_at))]

    def hit_by_absence(self, doctor_id: int, starts_at: datetime, ends_at: datetime) -> list[Visit]:
        """What is booked while the doctor would be away. Raises EndsBeforeItBegins."""
        if ends_at <= starts_at or ends_at <= self._clock():
            raise EndsBeforeItBegins
        from_now = max(starts_at, self._clock())
        return self._visits(_A.doctor_id == doctor_id, _A.starts_at < ends_at, _A.ends_at > from_now)

    def add_absence(self, doctor_id: int, starts_at: datetime, ends_at: datetime, reason: str = "") -> list[int]:
        """The doctor is away: free time goes at once. The ids of what is booked in it. Raises EndsBeforeItBegins."""
        if ends_at <= starts_at or ends_at <= self._clock():
            raise EndsBeforeItBegins
        return self._schedules.add_absence(doctor_id, starts_at, ends_at, reason)

    def remove_absence(self, doctor_id: int, absence_id: int) -> None:
        """The doctor is there after all. Raises KeyError for an absence that is not theirs."""
        mine = select(Absence.id).where(Absence.id == absence_id, Absence.doctor_id == doctor_id)
        if self._database.first(mine) is None:
            raise KeyError(absence_id)
        self._schedules.remove_absence(absence_id)

    def offer_again(self, doctor_id: int | None, booking_ids: Iterable[int], by: str, note: str = "") -> int:
        """Tell each of these patients, in one go, that another time is offered: a line of history for each, and the
        desk calls who can be told by telephone alone. How many there were; those told already are left out, even when
        somebody else tells them at this moment, and those of other doctors where one is named."""
        act = Act(by, "web", self._clock(), note=note)

        def work(connection: Connection) -> int:
            mine = select(_A.id, _A.status).where(_A.id.in_(list(booking_ids)))
            if doctor_id is not None:
                mine = mine.where(_A.doctor_id == doctor_id)
            told, still = 0, mine.where(_A.status.in_(TAKES_TIME), _A.tell_by_phone.is_(False))
            for row in connection.execute(still.order_by(_A.id)).all():
                untold = update(_A).where(_A.id == row.id, _A.tell_by_phone.is_(False))
                if connection.execute(untold.values(tell_by_phone=True)).rowcount:
                    appointments.tell(connection, row.id, act, OFFERED_AGAIN, row.status, row.status)
                    told += 1
            return told

        return self._database.write(work)

    # The day, and what waits for an answer

    def day(self, doctor_id: int, day: date) -> list[Visit]:
        """The appointments of a day, by each unit's own clock, cancelled ones left out."""
        units = self._rosters.get().unit
        around = datetime.combine(day, MIDNIGHT, UTC)
        near = (_A.starts_at > around - timedelta(days=1), _A.starts_at < around + timedelta(days=2))
        found = self._visits(_A.doctor_id == doctor_id, *near, live=False)
        return [
            one for one in found
            if one.status != "cancelled" and one.starts_at.astimezone(units[one.unit_id].tz).date() == day
        ]  # fmt: skip

    def requests(self, doctor_id: int) -> list[Visit]:
        """What waits for the doctor's answer, the most urgent first."""
        found = self._visits(_A.doctor_id == doctor_id, _A.status == "pending")
        return sorted(found, key=lambda one: one.answer_by or one.starts_at)

    def coming(self, sort: Literal["unit", "specialty", "payer", "kind", "doctor"], record_id: int) -> list[Visit]:
        """What is booked or asked for from now on and names this record of the directory, by time."""
        return self._visits(getattr(_A, f"{sort}_id") == record_id, _A.starts_at > self._clock())

    def doctor_of(self, booking_id: int) -> int:
        """Whose appointment it is. Raises KeyError."""
        row = self._database.first(select(_A.doctor_id).where(_A.id == booking_id))
        if row is None:
            raise KeyError(booking_id)
        return int(row[0])

    def _visits(self, *which: ColumnElement[bool], live: bool = True) -> list[Visit]:
        return _found(self._database, *which, *([_A.live == 1] if live else ()))


def _prices(doctor_id: int) -> Select[int, int]:
    return select(Price.kind_id, Price.cents).where(Price.doctor_id == doctor_id)


def in_span(database: Database, doctor_id: int, start: datetime, end: datetime) -> list[Visit]:
    """All of a doctor's visits that begin in a time, cancelled ones too, by time."""
    return _found(database, _A.doctor_id == doctor_id, _A.starts_at >= start, _A.starts_at < end)


def in_span_of_all(database: Database, day: date) -> list[Visit]:
    """What takes time around a day, in any zone, of all doctors, by time."""
    around = datetime.combine(day, MIDNIGHT, UTC)
    near = (_A.starts_at > around - timedelta(days=1), _A.starts_at < around + timedelta(days=2))
    return _found(database, _A.live == 1, *near)


def _found(database: Database, *which: ColumnElement[bool]) -> list[Visit]:
    rows: Sequence[Any] = database.rows(VISITS.where(*which).order_by(_A.starts_at))
    return [_visit(row) for row in rows]


def _visit(row: Any) -> Visit:
    fields: dict[str, Any] = dict(zip(Visit.__slots__, row, strict=True))
    return Visit(**{**fields, "confirmed": fields["confirmed"] is not None})


def _covers(roster: Roster, row: HoursRow, visit: Visit) -> bool:
    """Whether a visit lies within these hours, at their unit and by its clock."""
    if row.unit_id != visit.unit_id or row.unit_id not in roster.unit or row.modality not in ("any", visit.modality):
        return False
    return covers(row, roster.unit[row.unit_id].tz, visit.starts_at, visit.ends_at)


def _input(row: HoursRow) -> HoursInput:
    return HoursInput(
        row.unit_id, row.weekday, row.starts, row.ends, row.modality, row.slot_minutes, row.valid_from, row.valid_until
    )


def _row(doctor_id: int, one: HoursInput) -> HoursRow:
    return HoursRow(doctor_id, *(getattr(one, name) for name in HoursInput.__slots__))
