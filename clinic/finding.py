"""Finding a doctor: who fits, what it costs, and the next free times of each; two queries, however many doctors."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from clinic.agenda import who_fits
from clinic.chains import chains
from clinic.clock import Clock
from clinic.directory import may_book, who_works
from clinic.holds import Holds
from clinic.profile import Profiles
from clinic.quotas import limits
from clinic.roster import DoctorRow, KindInfo, Roster, Rosters, SpecialtyRow, UnitInfo
from clinic.search import Ask, Search, accepted
from clinic.slots import Criteria, SlotInfo

PER_PAGE = 12
TIMES = 3
READ_OF_EACH = 24
BY = "patient"


@dataclass(frozen=True, slots=True)
class Looking:
    """What somebody looks for; what is None does not matter. `most_cents`: no dearer than this, particular."""

    specialty_id: int | None = None
    unit_id: int | None = None
    modality: str | None = None
    payer_id: int | None = None
    most_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A doctor as announced (CFM 2.336/2023), and how one gets to see them; `specialty_id`: for what it is booked.

    `price_cents`: of a first visit, particular, where one is set. `times`: the next ones, three at the most.
    """

    doctor: DoctorRow
    specialty_id: int
    specialties: tuple[tuple[str, str | None], ...]
    units: tuple[UnitInfo, ...]
    modalities: tuple[str, ...]
    price_cents: int | None
    times: tuple[SlotInfo, ...] = ()


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of those found; `count` of all, `more` when there is another page."""

    found: tuple[Found, ...]
    count: int
    more: bool


class Finder:
    """Reads the directory in memory, and the free slots of those who are shown."""

    def __init__(self, search: Search, rosters: Rosters, profiles: Profiles, holds: Holds, clock: Clock) -> None:
        self._search, self._rosters, self._profiles = search, rosters, profiles
        self._holds, self._clock = holds, clock

    def find(self, looking: Looking, page: int = 1) -> Listed:
        """Those who fit, whoever has time first in front; a page that is not there is empty."""
        roster = self._rosters.get()
        fit = {one.doctor.id: one for one in who_fit(roster, looking)}
        self._holds.sweep()
        ask = self._ask(tuple(fit), looking)
        order = self._search.doctors_by_time(ask)
        order += [one for one in fit if one not in set(order)]
        shown = order[(page - 1) * PER_PAGE : page * PER_PAGE]
        times = self._times(roster, [fit[one] for one in shown], looking)
        found = [replace(fit[one], times=tuple(times.get(one, ()))) for one in shown]
        return Listed(tuple(sorted(found, key=_soonest)), len(order), page * PER_PAGE < len(order))

    def one(self, doctor_id: int, specialty_id: int | None = None) -> Found | None:
        """One doctor as announced, without times; None for who is not announced to patients."""
        known = who_fit(self._rosters.get(), Looking(specialty_id))
        return next((one for one in known if one.doctor.id == doctor_id), None)

    def specialties(self) -> list[SpecialtyRow]:
        """Those patients may book, with somebody who is announced."""
        return offered(self._rosters.get())

    def first_kind(self, specialty_id: int) -> KindInfo:
        """What a first visit would be."""
        return kind_of(self._rosters.get(), specialty_id)

    def _times(self, roster: Roster, shown: Sequence[Found], looking: Looking) -> dict[int, list[SlotInfo]]:
        ask = self._ask(tuple(one.doctor.id for one in shown), looking)
        of: dict[int, list[SlotInfo]] = {}
        for slot in self._search.not_full(ask, self._search.of_each(ask, READ_OF_EACH)):
            of.setdefault(slot.doctor_id, []).append(slot)
        found = {}
        for one in shown:
            pairs = who_fits(roster, Criteria(one.specialty_id, one.doctor.id, payer_id=looking.payer_id))[1]
            kind = kind_of(roster, one.specialty_id)
            mine = replace(ask, doctors=(one.doctor.id,), pairs=pairs, minutes=kind.minutes, margin=kind.margin)
            good = [slot for slot in chains(of.get(one.doctor.id, []), kind.minutes) if accepted(mine, slot)]
            found[one.doctor.id] = self._search.clear(mine, good)[:TIMES]
            full = ask.limits and one.doctor.id in ask.limits.of  # the first days, for this payer
            if not found[one.doctor.id] and (full or kind.margin):
                found[one.doctor.id] = self._search.nearest(mine, TIMES)
        return found

    def _ask(self, doctors: tuple[int, ...], looking: Looking) -> Ask:
        profile, now, unit = self._profiles.get(), self._clock(), self._rosters.get().units[0]
        last = now.astimezone(unit.tz).date() + timedelta(days=profile.booking_days + 1)
        return Ask(
            doctors=doctors,
            start=now + timedelta(minutes=profile.min_notice_minutes),
            end=datetime.combine(last, time(), unit.tz).astimezone(UTC),
            unit_id=looking.unit_id,
            modality=looking.modality,
            limits=limits(self._rosters.get(), looking.payer_id, doctors),
        )


def offered(roster: Roster) -> list[SpecialtyRow]:
    """The specialties patients may book."""
    return [one for one in roster.specialties if roster.announceable[one.id] and may_book(roster, one, BY)]


def who_fit(roster: Roster, looking: Looking) -> list[Found]:
    """The doctors that fit, each once, in the fixed order; nothing is said of their time."""
    found: dict[int, Found] = {}
    for specialty in offered(roster):
        if looking.specialty_id in (None, specialty.id):
            for doctor_id in _of(roster, specialty, looking):
                found.setdefault(doctor_id, _found(roster, doctor_id, specialty))
    dear = looking.most_cents
    return [one for one in found.values() if dear is None or (one.price_cents or dear + 1) <= dear]


def kind_of(roster: Roster, specialty_id: int) -> KindInfo:
    """What a first visit would be: the specialty's own kind, else a first consultation."""
    own = roster.specialty[specialty_id].kind_id
    return next(kind for kind in roster.kinds if kind.id == own or (own is None and kind.code == "first"))


def _of(roster: Roster, specialty: SpecialtyRow, looking: Looking) -> Iterable[int]:
    criteria = Criteria(
        specialty.id, unit_id=looking.unit_id, payer_id=looking.payer_id, modality=looking.modality
    )  # fmt: skip
    return who_works(roster, criteria)


def _found(roster: Roster, doctor_id: int, specialty: SpecialtyRow) -> Found:
    hours = roster.hours_of.get(doctor_id, ())
    at, how = {one.unit_id for one in hours}, {one.modality for one in hours}
    return Found(
        roster.doctors[doctor_id],
        specialty.id,
        tuple(
            (one.name, roster.rqe.get((doctor_id, one.id)))
            for one in offered(roster)
            if doctor_id in roster.announceable[one.id]
        ),
        tuple(unit for unit in roster.units if unit.id in at),
        tuple(one for one in ("in_person", "video") if one in how or "any" in how),
        _price(roster, doctor_id, kind_of(roster, specialty.id)),
    )


def _price(roster: Roster, doctor_id: int, kind: KindInfo) -> int | None:
    """Of a first visit; where only a consultation has a price, that one."""
    ordinary = next((one.id for one in roster.kinds if one.code == "consultation"), kind.id)
    prices = (roster.prices.get((doctor_id, one)) for one in (kind.id, ordinary if kind.code == "first" else kind.id))
    return next((one for one in prices if one is not None), None)


def _soonest(found: Found) -> tuple[bool, datetime]:
    first = found.times[0].starts_at if found.times else datetime.max.replace(tzinfo=UTC)
    return not found.times, first
