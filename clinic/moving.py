"""Another time for an appointment, as patients choose it themselves: of the same doctor, for as long as it was."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Protocol

from clinic.agenda import Agenda
from clinic.bookings import Bookings
from clinic.clock import Clock
from clinic.directory import Directory
from clinic.holds import Hold, SlotTaken
from clinic.keeping import Keeper
from clinic.kinds import Margin
from clinic.offers import Offers
from clinic.slots import Criteria, SlotInfo
from clinic.terms import Terms
from clinic.units import Units


class Visit(Protocol):
    """What of an appointment decides which times it can be moved to."""

    @property
    def id(self) -> int:
        """The appointment."""

    @property
    def starts_at(self) -> datetime:
        """Its start; with the end, for how long."""

    @property
    def ends_at(self) -> datetime:
        """Its end."""

    @property
    def doctor_id(self) -> int:
        """Whose it is."""

    @property
    def unit_id(self) -> int:
        """Where; days are those of its zone."""

    @property
    def specialty_id(self) -> int | None:
        """For what."""

    @property
    def kind_id(self) -> int:
        """Which kind of visit it is."""

    @property
    def payer_id(self) -> int | None:
        """Who pays; None: particular."""

    @property
    def modality(self) -> str:
        """In person or by video."""


class OtherTimes:
    """What is free, and what moving there takes."""

    def __init__(
        self,
        agenda: Agenda,
        units: Units,
        directory: Directory,
        bookings: Bookings,
        offers: Offers,
        keeper: Keeper,
        clock: Clock,
    ) -> None:
        self._agenda, self._units, self._directory, self._bookings = agenda, units, directory, bookings
        self._offers, self._keeper, self._clock = offers, keeper, clock

    def free(self, visit: Visit, after: datetime, limit: int) -> list[SlotInfo]:
        """The next free times from a moment on."""
        specialty = self._directory.specialty_of(visit.doctor_id, visit.specialty_id)
        criteria = Criteria(
            specialty, visit.doctor_id, None, visit.payer_id, visit.modality, minutes=_minutes(visit),
            margin=self._margin(visit), moving=visit.id,
        )  # fmt: skip
        return self._agenda.next_free(criteria, after, limit)

    def by_day(self, visit: Visit, since: date, limit: int) -> Mapping[date, list[SlotInfo]]:
        """The same from a day on, by the days of the appointment's unit."""
        zone = self._units.get(visit.unit_id).tz
        days: dict[date, list[SlotInfo]] = {}
        for slot in self.free(visit, datetime.combine(since, time(), zone), limit):
            days.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
        return days

    def slot(self, visit: Visit, slot_id: int) -> SlotInfo:
        """A time, free or not. Raises KeyError, also for one of another doctor's."""
        slot = self._keeper.slot(slot_id)
        if slot.doctor_id != visit.doctor_id:
            raise KeyError(slot_id)
        return slot

    def keep(self, visit: Visit, slot: SlotInfo, by: str, once: str = "") -> Hold:
        """The time is theirs while they decide. Raises SlotTaken, also for one that has begun."""
        if slot.starts_at <= self._clock():
            raise SlotTaken
        return self._keeper.keep(slot, by, _minutes(visit), self._margin(visit), visit.id, once)

    def claim(self, visit: Visit, slot: SlotInfo, by: str, once: str = "") -> tuple[Hold, Terms | None]:
        """What `Bookings.reschedule` takes; `once` names the form. Raises NotAllowed, LookupError.

        A time that is taken has a hold too, but one that holds nothing: it may be that this very wish came before and
        was granted, which the booking's key tells; else SlotTaken comes from there.
        """
        terms = self._offers.moved(self._bookings.get(visit.id), slot, self._offers.return_of(visit.id))
        try:
            return self.keep(visit, slot, by, once), terms
        except SlotTaken:
            return self._keeper.nothing(slot, by), terms

    def _margin(self, visit: Visit) -> Margin:
        return self._directory.kind(visit.kind_id).margin_of(_minutes(visit))


def _minutes(visit: Visit) -> int:
    return int((visit.ends_at - visit.starts_at).total_seconds()) // 60
