"""Who and what may be booked: specialties, doctors, payers, kinds of visit and prices, in fixed orders."""

from dataclasses import dataclass

from clinic import past_visits
from clinic.agenda import Agenda, who_fits
from clinic.clock import Clock
from clinic.people import Person
from clinic.registry import Registry
from clinic.roster import DoctorRow, HoursRow, KindInfo, PayerInfo, Roster, Rosters, SpecialtyRow, UnitInfo
from clinic.slots import Criteria
from db.session import Database

__all__ = ["Directory", "DoctorInfo", "KindInfo", "PayerInfo", "SpecialtyInfo"]

MODALITIES = ("in_person", "video")


@dataclass(frozen=True, slots=True)
class SpecialtyInfo:
    """A specialty; `kind_id` where only one kind of visit is booked under it; `has_free` within the booking window."""

    id: int
    name: str
    says: str
    kind_id: int | None
    has_free: bool


@dataclass(frozen=True, slots=True)
class DoctorInfo:
    """A doctor as announced: `title` is spoken before the name; `rqe` of the specialty asked for, if any."""

    id: int
    name: str
    says: str
    title: str
    crm: str
    crm_state: str
    rqe: str | None
    approves: bool
    approval_hours: int
    has_free: bool


class Directory(Registry):
    """Reads from memory; only what is free is asked of the slots."""

    def __init__(self, database: Database, rosters: Rosters, agenda: Agenda, clock: Clock) -> None:
        super().__init__(database, rosters, clock)
        self._agenda = agenda

    def specialties(self, by: str = "patient") -> list[SpecialtyInfo]:
        """Those with somebody to announce, and which `by` may book."""
        roster = self._rosters.get()
        free = self._agenda.doctors_with_time()
        return [
            _specialty(row, has_free=not free.isdisjoint(roster.announceable[row.id]))
            for row in roster.specialties
            if roster.announceable[row.id] and may_book(roster, row, by)
        ]

    def doctors(self, criteria: Criteria) -> list[DoctorInfo]:
        """Who fits specialty, unit, payer and modality, with or without free time."""
        roster = self._rosters.get()
        free = self._agenda.free_doctors(criteria)
        return [
            _doctor(roster.doctors[one], roster.rqe.get((one, criteria.specialty_id)), has_free=one in free)
            for one in who_works(roster, criteria)
        ]

    def payers(self) -> list[PayerInfo]:
        """All payers."""
        return list(self._rosters.get().payers)

    def units_for(self, specialty_id: int) -> list[UnitInfo]:
        """The units where the specialty is to be had."""
        roster = self._rosters.get()
        at = {unit for one in roster.announceable.get(specialty_id, ()) for unit in _works_at(roster, one)}
        return [unit for unit in roster.units if unit.id in at]

    def takes(self, doctor_id: int, payer_id: int | None) -> bool:
        """Whether the doctor takes the payer, at whatever unit; nobody has to pay where there are no payers."""
        return payer_id is None or (doctor_id, payer_id) in self._rosters.get().accepted_at

    def payers_for(
        self, specialty_id: int, unit_id: int | None = None, doctor_id: int | None = None
    ) -> list[PayerInfo]:
        """The payers that somebody of the specialty, or that doctor, takes (at the unit)."""
        roster = self._rosters.get()
        doctors = {one for one in roster.announceable.get(specialty_id, ()) if doctor_id in (None, one)}
        taken = {
            payer
            for doctor, payer, unit in roster.accepts
            if doctor in doctors and (unit_id is None or unit == unit_id)
        }
        return [payer for payer in roster.payers if payer.id in taken]

    def modalities_for(self, specialty_id: int, unit_id: int | None = None, payer_id: int | None = None) -> list[str]:
        """In person, by video, or both."""
        roster = self._rosters.get()
        criteria = Criteria(specialty_id, unit_id=unit_id, payer_id=payer_id)
        offered = {
            hours.modality
            for one in who_works(roster, criteria)
            for hours in roster.hours_of.get(one, ())
            if unit_id is None or hours.unit_id == unit_id
        }
        return [one for one in MODALITIES if one in offered or "any" in offered]

    def kinds(self) -> list[KindInfo]:
        """All kinds of visit."""
        return list(self._rosters.get().kinds)

    def kind(self, code_or_id: str | int) -> KindInfo:
        """A kind of visit. Raises KeyError."""
        for kind in self._rosters.get().kinds:
            if code_or_id in (kind.code, kind.id):
                return kind
        raise KeyError(code_or_id)

    def kind_for(self, person: Person, doctor_id: int | None, specialty_id: int) -> KindInfo:
        """What a visit will be: the specialty's own kind, else the first with that doctor, else a consultation."""
        row = self._rosters.get().specialty[specialty_id]
        if row.kind_id is not None:
            return self.kind(row.kind_id)
        known = doctor_id is not None and self._has_seen(person, doctor_id)
        return self.kind("consultation" if known else "first")

    def price(self, doctor_id: int, kind_id: int) -> int | None:
        """What it costs, particular, in centavos; None when no price is set."""
        return self._rosters.get().prices.get((doctor_id, kind_id))

    def specialty_of(self, doctor_id: int, wanted: int | None) -> int:
        """Under which specialty a doctor is found: `wanted` while it is theirs, else another of theirs; 0 for none."""
        announced = self._rosters.get().announceable.items()
        theirs = [specialty for specialty, doctors in announced if doctor_id in doctors]
        return wanted if wanted in theirs else next(iter(theirs), 0)

    def doctor(self, doctor_id: int) -> DoctorInfo:
        """One doctor, active or not. Raises KeyError."""
        return _doctor(self._rosters.get().doctors[doctor_id], None, has_free=False)

    def specialty(self, specialty_id: int) -> SpecialtyInfo:
        """One specialty, active or not. Raises KeyError."""
        return _specialty(self._rosters.get().specialty[specialty_id], has_free=False)

    def payer(self, payer_id: int) -> PayerInfo:
        """One payer, active or not. Raises KeyError."""
        return self._rosters.get().payer[payer_id]

    def _has_seen(self, person: Person, doctor_id: int) -> bool:
        """Whether there was, or is to be, a visit with that doctor."""
        seen = self._database.ask(past_visits.SEEN[person.kind], {"person": person.id, "doctor": doctor_id})
        return bool(seen)


def _works_at(roster: Roster, doctor_id: int) -> set[int]:
    return {hours.unit_id for hours in roster.hours_of.get(doctor_id, ())}


def who_works(roster: Roster, criteria: Criteria) -> list[int]:
    """The doctors whose hours fit, wherever their payer is taken."""
    doctors, pairs = who_fits(roster, criteria)
    return [one for one in doctors if any(_fits(hours, criteria, pairs) for hours in roster.hours_of.get(one, ()))]


def _fits(hours: HoursRow, criteria: Criteria, pairs: frozenset[tuple[int, int]] | None) -> bool:
    return (
        (criteria.unit_id is None or hours.unit_id == criteria.unit_id)
        and (criteria.modality is None or hours.modality in (criteria.modality, "any"))
        and (pairs is None or (hours.doctor_id, hours.unit_id) in pairs)
    )


def may_book(roster: Roster, row: SpecialtyRow, by: str) -> bool:
    """Whether its kind of visit is for them to book; those without a kind of their own are for all."""
    return all(by in kind.bookable_by for kind in roster.kinds if kind.id == row.kind_id)


def _specialty(row: SpecialtyRow, has_free: bool) -> SpecialtyInfo:
    return SpecialtyInfo(row.id, row.name, row.says, row.kind_id, has_free)


def _doctor(row: DoctorRow, rqe: str | None, has_free: bool) -> DoctorInfo:
    return DoctorInfo(
        row.id, row.name, row.says, row.title, row.crm, row.crm_state, rqe, row.approves, row.approval_hours, has_free
    )
