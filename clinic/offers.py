"""What a time can be booked as: for which specialty, as which kind of visit, who pays, and what stands in the way."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select

from clinic import appointments, no_shows, quotas
from clinic.bookings import Bookings
from clinic.clock import Clock
from clinic.directory import Directory
from clinic.margins import hindered, meets
from clinic.past_visits import SEEN_DOCTORS, OpenReturn
from clinic.people import Person
from clinic.profile import Profiles
from clinic.roster import KindInfo, PayerInfo, Roster, Rosters
from clinic.slots import SlotInfo
from clinic.terms import Terms
from db.session import Database
from db.tables import Appointment, Slot

DESK = "desk"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was chosen so far; None: what suits best."""

    specialty_id: int | None = None
    kind_id: int | None = None
    payer_id: int | None = None
    modality: str | None = None


@dataclass(frozen=True, slots=True)
class Conflict:
    """What stands in the way, told before anything is saved.

    overlaps: the same person has `booking` then · too_short: the time is too short for the kind of visit · margin: so
    is the time beside it in which the doctor must not be booked (`number` minutes) · many: they have as many future
    appointments as callers may have · quota: the doctor has the `number` of visits a day that are taken from this
    payer · meets: in a pause the preparation or cleaning of this visit and that of the one at `at` fall into the same
    minutes · no_shows: they missed so many visits of late that people book for them, and say why · no_return: there is
    no visit this could be the retorno of.
    Only overlaps, too_short, margin and no_return forbid it.
    """

    what: Literal["overlaps", "too_short", "margin", "meets", "many", "no_shows", "quota", "no_return"]
    booking: appointments.Booking | None = None
    number: int = 0
    at: datetime | None = None

    @property
    def forbids(self) -> bool:
        """Whether it cannot be booked so."""
        return self.what in ("overlaps", "too_short", "margin", "no_return")


@dataclass(frozen=True, slots=True)
class Offer:
    """A time for a person: what may be chosen, what is chosen, the terms that follow, and what stands in the way."""

    slot: SlotInfo
    ends_at: datetime
    specialties: tuple[tuple[int, str], ...]
    kinds: tuple[KindInfo, ...]
    payers: tuple[PayerInfo, ...]
    modalities: tuple[str, ...]
    terms: Terms
    open_return: OpenReturn | None
    conflicts: tuple[Conflict, ...]

    @property
    def kind_options(self) -> list[tuple[int, str]]:
        """The kinds with their length, to choose from."""
        return [(one.id, f"{one.name} ({one.minutes} min)") for one in self.kinds]

    @property
    def payer_options(self) -> list[tuple[int, str]]:
        """The payers, to choose from."""
        return [(one.id, one.name) for one in self.payers]

    @property
    def missed(self) -> int:
        """How many visits they missed, where the clinic wants to hear why they are booked all the same."""
        return next((one.number for one in self.conflicts if one.what == "no_shows"), 0)

    @property
    def over_quota(self) -> int:
        """The payer's visits of that day, where there is room for none more."""
        return next((one.number for one in self.conflicts if one.what == "quota"), 0)

    @property
    def possible(self) -> bool:
        """Whether nothing forbids it."""
        return not any(one.forbids for one in self.conflicts)


class Offers:
    """The telephone's rules, with the choice of who books."""

    def __init__(
        self,
        database: Database,
        rosters: Rosters,
        profiles: Profiles,
        directory: Directory,
        bookings: Bookings,
        clock: Clock,
        who: str = DESK,
    ) -> None:
        """`who` books: the desk, or a patient, for whom some kinds of visit are not offered."""
        self._database, self._rosters, self._profiles, self._who = database, rosters, profiles, who
        self._directory, self._bookings, self._clock = directory, bookings, clock

    def offer(self, person: Person, slot: SlotInfo, wanted: Wanted, by: str = "") -> Offer:
        """What can be done with this time; `by` may hold what follows it already."""
        roster = self._rosters.get()
        specialties = _specialties(roster, slot.doctor_id)
        specialty = wanted.specialty_id if wanted.specialty_id in dict(specialties) else _first(specialties)
        visit = self._return(person, slot)
        kinds = self._kinds(roster, specialty, visit)
        kind = self._kind(kinds, person, slot, specialty, wanted)
        payers = tuple(one for one in roster.payers if (slot.doctor_id, one.id, slot.unit_id) in roster.accepts)
        payer = _one_of(payers, wanted.payer_id) or _one_of(payers, person.usual_payer_id) or next(iter(payers), None)
        modalities = ("in_person", "video") if slot.modality == "any" else (slot.modality,)
        terms = Terms(
            slot.doctor_id, slot.unit_id, specialty, kind, payer.id if payer else None,
            wanted.modality if wanted.modality and wanted.modality in modalities else modalities[0],
            self._price(slot, kind, payer), roster.doctors[slot.doctor_id].approves,
            visit.appointment_id if visit and kind.code == "return" else None,
        )  # fmt: skip
        ends_at = slot.starts_at + max(timedelta(minutes=kind.minutes), slot.ends_at - slot.starts_at)
        conflicts = tuple(self._conflicts(person, slot, terms, ends_at, by))
        return Offer(slot, ends_at, specialties, kinds, payers, modalities, terms, visit, conflicts)

    def moved(self, old: appointments.Booking, slot: SlotInfo, return_of: int | None) -> Terms | None:
        """The terms of an appointment that goes to another doctor or unit; None where the old ones go on.

        Raises LookupError where that doctor does not see this specialty or take this payer there.
        """
        roster = self._rosters.get()
        if (old.doctor_id, old.unit_id) == (slot.doctor_id, slot.unit_id):
            return None
        known = {one for one, _ in _specialties(roster, slot.doctor_id)}
        if old.specialty_id is not None and old.specialty_id not in known:
            raise LookupError("specialty")
        if old.payer_id is not None and (slot.doctor_id, old.payer_id, slot.unit_id) not in roster.accepts:
            raise LookupError("payer")
        if return_of is not None and old.doctor_id != slot.doctor_id:
            raise LookupError("return")
        kind = self._directory.kind(old.kind_id)
        payer = roster.payer.get(old.payer_id or 0)
        return Terms(
            slot.doctor_id, slot.unit_id, old.specialty_id, kind, old.payer_id, old.modality,
            self._price(slot, kind, payer), roster.doctors[slot.doctor_id].approves, return_of,
        )  # fmt: skip

    def lengths(self, specialty_id: int) -> list[KindInfo]:
        """The kinds of visit that are made without choosing one; of those as long, margins and all, one alone."""
        fixed = self._rosters.get().specialty[specialty_id].kind_id
        kinds: Sequence[int | str] = ("first", "consultation") if fixed is None else (fixed,)
        found = [self._directory.kind(one) for one in kinds]
        return list({(one.minutes, one.margin): one for one in found}.values())

    def kind(self, person: Person, doctor_id: int, specialty_id: int) -> KindInfo:
        """What the visit would be without choosing a kind."""
        return self._directory.kind_for(person, doctor_id, specialty_id)

    def unchosen(self, person: Person, specialty_id: int) -> Callable[[int], KindInfo]:
        """The same of any doctor, by id; one question for all."""
        if self._rosters.get().specialty[specialty_id].kind_id is not None:
            return lambda doctor_id: self.kind(person, doctor_id, specialty_id)
        rows = self._database.ask(SEEN_DOCTORS[person.kind], {"person": person.id})
        seen = {row.doctor_id for row in rows}
        return lambda doctor_id: self._directory.kind("consultation" if doctor_id in seen else "first")

    def _return(self, person: Person, slot: SlotInfo) -> OpenReturn | None:
        """The open retorno, where it is this doctor's."""
        visit = self._bookings.open_return(person)
        return visit if visit and visit.doctor_id == slot.doctor_id else None

    def _kinds(self, roster: Roster, specialty: int | None, visit: OpenReturn | None) -> tuple[KindInfo, ...]:
        fixed = roster.specialty[specialty].kind_id if specialty is not None else None
        kinds = (one for one in roster.kinds if self._who in one.bookable_by and (fixed is None or one.id == fixed))
        if fixed is None:
            kinds = (one for one in kinds if one.code != "exam")
        return tuple(one for one in kinds if one.code != "return" or visit is not None)

    def _kind(
        self, kinds: Sequence[KindInfo], person: Person, slot: SlotInfo, specialty: int | None, wanted: Wanted
    ) -> KindInfo:
        chosen = _one_of(kinds, wanted.kind_id)
        if chosen is None and specialty is not None:
            chosen = _one_of(kinds, self._directory.kind_for(person, slot.doctor_id, specialty).id)
        return chosen or next(iter(kinds), None) or self._directory.kind("consultation")

    def _price(self, slot: SlotInfo, kind: KindInfo, payer: PayerInfo | None) -> int | None:
        """A price is there for particular alone, and never for a retorno (CFM 1.958/2010)."""
        if payer is None or not payer.private or kind.code == "return":
            return None
        return self._directory.price(slot.doctor_id, kind.id)

    def _conflicts(self, person: Person, slot: SlotInfo, terms: Terms, ends_at: datetime, by: str) -> list[Conflict]:
        coming = [one for one in self._bookings.upcoming(person) if one.ends_at > self._clock()]
        found = [
            Conflict("overlaps", one) for one in coming if one.starts_at < ends_at and slot.starts_at < one.ends_at
        ]
        if ends_at > slot.ends_at and not self._room(slot, ends_at, by):
            found.append(Conflict("too_short", number=terms.kind.minutes))
        elif self._hindered(replace(slot, ends_at=ends_at), terms.kind, by):
            found.append(Conflict("margin", number=terms.kind.margin.before + terms.kind.margin.after))
        elif self._who == DESK and (at := self.meets(replace(slot, ends_at=ends_at), terms.kind)):
            found.append(Conflict("meets", at=at))
        limit = self._profiles.get().max_future_appointments if person.kind == "patient" else 1
        if len(coming) >= limit:
            found.append(Conflict("many", number=len(coming)))
        found += [*self._missed(person), *self._full(person, slot, terms)]
        return found

    def over_quota(self, slot: SlotInfo, payer_id: int | None, but: int = 0, person: Person | None = None) -> int:
        """The payer's visits of that day, where there is room for none more, else 0; `but`: the one that is moved.
        What is kept for this `person` does not count."""
        columns = {"doctor_id": slot.doctor_id, "unit_id": slot.unit_id, "payer_id": payer_id}
        columns |= person.columns if person else {}
        return quotas.over(self._database, self._rosters.get(), {**columns, "starts_at": slot.starts_at}, but)

    def quota_over(self, booked: appointments.Booking) -> int:
        """The payer's visits of that day, where with this one there are more, else 0."""
        columns = {name: getattr(booked, name) for name in ("doctor_id", "unit_id", "payer_id", "starts_at")}
        return quotas.over(self._database, self._rosters.get(), columns, booked.id)

    def _full(self, person: Person, slot: SlotInfo, terms: Terms) -> list[Conflict]:
        limit = self.over_quota(slot, terms.payer_id, person=person)
        return [Conflict("quota", number=limit)] if limit else []

    def missed(self, person: Person) -> int:
        """How many visits they missed, where that is so many that the desk says why it books them all the same."""
        profile = self._profiles.get()
        if not no_shows.applies(profile, person):
            return 0
        counted = no_shows.counted(profile, person, self._clock())
        count = int(self._database.ask(no_shows.COUNT, counted)[0].missed)
        return count if count >= profile.no_shows else 0

    def _missed(self, person: Person) -> list[Conflict]:
        count = self.missed(person)
        return [Conflict("no_shows", number=count)] if count else []

    def _room(self, slot: SlotInfo, ends_at: datetime, by: str) -> bool:
        """Whether the slots that follow are free too (or held by the same person)."""
        columns = select(Slot.starts_at, Slot.ends_at, Slot.unit_id, Slot.modality, Slot.status, Slot.held_until)
        follow = columns.add_columns(Slot.hold_token).where(Slot.doctor_id == slot.doctor_id)
        rows = follow.where(Slot.starts_at >= slot.starts_at, Slot.starts_at < ends_at).order_by(Slot.starts_at)
        until = slot.starts_at
        for row in self._database.rows(rows):
            same = (row.starts_at, row.unit_id, row.modality) == (until, slot.unit_id, slot.modality)
            if not same or not self._to_be_had(row, by):
                return False
            until = row.ends_at
        return until >= ends_at

    def _to_be_had(self, row: Any, by: str) -> bool:
        if row.status != "held":
            return bool(row.status == "free")
        return row.held_until <= self._clock() or bool(by and row.hold_token.startswith(f"{by}:"))

    def _hindered(self, visit: SlotInfo, kind: KindInfo, by: str) -> bool:
        """Whether what is beside the visit is taken (not by the same person); nothing is asked without a margin."""
        if not kind.margin:
            return False
        with self._database.read() as connection:
            return hindered(connection, visit, kind, self._clock(), by)

    def meets(self, visit: SlotInfo, kind: KindInfo, but: int = 0) -> datetime | None:
        """See `clinic.margins.meets`; nothing is asked without a margin."""
        if not kind.margin:
            return None
        with self._database.read() as connection:
            return meets(connection, visit, kind, but)

    def return_of(self, booking_id: int) -> int | None:
        """Whose retorno an appointment is."""
        row = self._database.first(select(Appointment.return_of).where(Appointment.id == booking_id))
        return row[0] if row else None


def _specialties(roster: Roster, doctor_id: int) -> tuple[tuple[int, str], ...]:
    return tuple((one.id, one.name) for one in roster.specialties if doctor_id in roster.announceable[one.id])


def _first(pairs: Sequence[tuple[int, str]]) -> int | None:
    return pairs[0][0] if pairs else None


def _one_of(things: Sequence[Any], wanted: int | None) -> Any:
    return next((one for one in things if one.id == wanted), None)
