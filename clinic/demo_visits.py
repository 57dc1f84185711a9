"""Three weeks of visits behind and ahead of today for the demo clinic: who came, who did not, who is expected."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from clinic import demo_data as data
from clinic.demo_people import SEED, WOMEN, DemoPatient, people
from clinic.imports import Happened, NewVisit
from clinic.services import Clinic
from clinic.slots import Criteria, SlotInfo
from clinic.transitions import Status

DAYS = 21
MOST_AHEAD = 2
STEP = timedelta(minutes=data.SLOT_MINUTES)
MINUTES = {code: minutes for code, _, minutes, _, _ in data.KINDS}
CLEANED = {code for code, *_, margin in data.KINDS if margin}
ANA, JOAO = (data.VISITORS.index(one) for one in (data.ANA, data.JOAO))
DEMAND = {data.CHILDREN: 0.15, data.WOMEN: 0.3}
"""How full a doctor is tomorrow; there are fewer children, and the demo has only so many patients."""
USUAL_DEMAND = 0.45
REASONS = ("cannot_attend", "cannot_attend", "feeling_better", "time_or_place", "another_clinic")
AWAY_DAYS = 7
"""How long the doctor on leave has been away."""
ASKED = 0.15
"""How many of the visits to come still wait for the answer of a doctor who gives one."""
DESK = "user:1"
"""The receptionist's account, the first that is made."""


@dataclass(frozen=True)
class Staff:
    """A doctor as written, with the ids of what visits refer to, by name."""

    id: int
    physician: data.Physician
    specialties: dict[str, int]
    units: dict[str, int]
    payers: dict[str, int]
    kinds: dict[str, int]

    @property
    def specialty(self) -> str:
        """What the doctor is visited for."""
        return next(iter(self.specialties))

    @property
    def demand(self) -> float:
        """How likely a time is taken."""
        return DEMAND.get(self.specialty, USUAL_DEMAND)


@dataclass
class Diary:
    """Who is where when: nobody twice a day, nobody more than twice ahead; visitors are left to their own stories."""

    everybody: list[DemoPatient]
    today: date
    random: Random
    busy: set[tuple[int, date]] = field(default_factory=set)
    ahead: dict[int, int] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def somebody(self, staff: Staff, day: date) -> int | None:
        """The place in the list of a patient who fits the doctor and is free that day."""
        for who in self.random.sample(range(len(data.VISITORS), len(self.everybody)), 40):
            full = day >= self.today and self.ahead.get(who, 0) >= MOST_AHEAD
            if not full and (who, day) not in self.busy and self._fits(who, staff.specialty):
                return who
        return None

    def _fits(self, who: int, specialty: str) -> bool:
        patient = self.everybody[who]
        if (specialty == data.CHILDREN) != (patient.guardian is not None):
            return False
        return specialty != data.WOMEN or patient.name.partition(" ")[0] in WOMEN

    def note(self, who: int, staff: Staff, day: date) -> None:
        """They are taken that day, and known to the doctor from then on."""
        self.busy.add((who, day))
        self.seen.add((who, staff.id))
        self.ahead[who] = self.ahead.get(who, 0) + (day >= self.today)

    def kind(self, who: int, staff: Staff) -> str:
        """What kind of visit it would be."""
        if staff.specialty in data.EXAMS:
            return "exam"
        return "consultation" if (who, staff.id) in self.seen else "first"


def visits(clinic: Clinic, staff: list[Staff], patients: list[int], today: date) -> list[NewVisit]:
    """Everything that was and will be; `patients` are the ids of clinic.demo_people.people(), in order."""
    diary = Diary(people(), today, Random(SEED))  # noqa: S311 - the same visits every time
    made = Maker(diary, patients, clinic)
    by_name = {one.physician.name: one for one in staff}
    found = [*made.of_ana(by_name["Marina Corrêa"]), *made.of_joao(by_name["Otávio Brandão"])]
    for one in staff:
        found += made.past(one)
    for one in staff:
        found += made.future(one, {slot for visit in found for slot in visit.slots})
    return found


@dataclass(frozen=True)
class Maker:
    """Makes visits of one day after the other."""

    diary: Diary
    patients: list[int]
    clinic: Clinic

    def of_ana(self, staff: Staff) -> Iterator[NewVisit]:
        """Seen once, long ago; expected within the week, not confirmed yet."""
        days = (self.diary.today - timedelta(days=n) for n in range(63, 77))
        day, shift = next((d, one) for d in days for one in _shifts(staff, d) if one.place == data.CENTRO)
        yield self._visit(staff, ANA, "first", shift.place.name, self._at(day, shift.hours[0]), "fulfilled")
        first = self._at(self.diary.today + timedelta(days=2), time())
        slots = [slot for slot in self._free(staff, first) if slot.unit_id == staff.units[data.CENTRO.name]]
        yield self._booked(staff, ANA, "consultation", slots[:1])

    def of_joao(self, staff: Staff) -> Iterator[NewVisit]:
        """Seen the other day, and asked to come back."""
        days = (self.diary.today - timedelta(days=n) for n in range(5, 30))
        day, shift = next((day, shift) for day in days for shift in _shifts(staff, day))
        yield self._visit(staff, JOAO, "first", shift.place.name, self._at(day, shift.hours[0]), "fulfilled")

    def past(self, staff: Staff) -> Iterator[NewVisit]:
        """Most came, some did not, some cancelled."""
        last = AWAY_DAYS if staff.physician.name == data.ON_LEAVE else 0
        for day in (self.diary.today - timedelta(days=n) for n in range(DAYS, last, -1)):
            for shift in _shifts(staff, day):
                if self.clinic.units.holiday(staff.units[shift.place.name], day) is None:
                    yield from self._morning_or_afternoon(staff, day, shift)

    def _morning_or_afternoon(self, staff: Staff, day: date, shift: data.Shift) -> Iterator[NewVisit]:
        at, end = (self._at(day, hour) for hour in shift.hours)
        while at < end:
            who = self.diary.somebody(staff, day) if self.diary.random.random() < staff.demand else None
            if who is None:
                at += STEP
                continue
            kind = self.diary.kind(who, staff)
            status: Status = self.diary.random.choices(("fulfilled", "noshow", "cancelled"), (85, 8, 7))[0]
            yield self._visit(staff, who, kind, shift.place.name, at, status)
            at += timedelta(minutes=MINUTES[kind])

    def future(self, staff: Staff, taken: set[int]) -> Iterator[NewVisit]:
        """Full in the coming days, emptier later; taken from the free slots."""
        slots = [slot for slot in self._free(staff, self.clinic.clock()) if slot.id not in taken]
        place = 0
        while place < len(slots):
            chosen = self._choose(staff, slots[place : place + 3])
            if chosen:
                yield self._booked(staff, *chosen)
            place += len(chosen[2]) if chosen else 1

    def _choose(self, staff: Staff, slots: list[SlotInfo]) -> tuple[int, str, list[SlotInfo]] | None:
        day = slots[0].starts_at.astimezone(ZoneInfo(data.ZONE)).date()
        days = (day - self.diary.today).days
        if days > DAYS or self.diary.random.random() > staff.demand * (1 - days / 28):
            return None
        who = self.diary.somebody(staff, day)
        if who is None:
            return None
        kind = self.diary.kind(who, staff)
        if MINUTES[kind] == data.SLOT_MINUTES:
            return who, kind, slots[:1]
        joined = len(slots) > 1 and slots[0].ends_at == slots[1].starts_at and slots[0].unit_id == slots[1].unit_id
        beside = kind in CLEANED and len(slots) > 2 and slots[1].ends_at == slots[2].starts_at
        return (who, kind, slots[: 3 if beside else 2]) if joined else None

    def _free(self, staff: Staff, after: datetime) -> list[SlotInfo]:
        criteria = Criteria(staff.specialties[staff.specialty], doctor_id=staff.id)
        return self.clinic.agenda.next_free(criteria, after, limit=500)

    def _booked(self, staff: Staff, who: int, kind: str, slots: list[SlotInfo]) -> NewVisit:
        place = next(name for name, id_ in staff.units.items() if id_ == slots[0].unit_id)
        pending = staff.physician.approves and self.diary.random.random() < ASKED
        status: Status = "pending" if pending else "booked"
        return self._visit(staff, who, kind, place, slots[0].starts_at, status, slots)

    def _visit(
        self,
        staff: Staff,
        who: int,
        kind: str,
        place: str,
        starts_at: datetime,
        status: Status,
        slots: list[SlotInfo] | None = None,
    ) -> NewVisit:
        now, random, patient = self.clinic.clock(), self.diary.random, self.diary.everybody[who]
        self.diary.note(who, staff, starts_at.astimezone(ZoneInfo(data.ZONE)).date())
        plan = patient.plan if patient.plan in staff.physician.plans else data.PRIVATE
        soon = status == "booked" and who != ANA and starts_at - now < timedelta(days=3)
        created_at = self._by_day(min(now, starts_at) - timedelta(hours=random.randrange(2, 240)), min(now, starts_at))
        visit = NewVisit(
            patient_id=self.patients[who],
            doctor_id=staff.id,
            unit_id=staff.units[place],
            specialty_id=staff.specialties[staff.specialty],
            kind_id=staff.kinds[kind],
            payer_id=staff.payers[plan],
            modality="video" if slots and slots[0].modality == "video" else "in_person",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=MINUTES[kind]),
            status=status,
            created_at=created_at,
            slots=tuple(slot.id for slot in slots or ()),
            price_cents=staff.physician.price if plan == data.PRIVATE else None,
            cancel_reason=REASONS[(who + starts_at.day) % len(REASONS)] if status == "cancelled" else None,
            confirmed_at=now - timedelta(hours=1) if soon and random.random() < 0.6 else None,
            answer_by=now + timedelta(hours=24) if status == "pending" else None,
            via=random.choice(("telephone", "desk", "web")),
        )
        return replace(visit, history=tuple(_history(visit)))

    def _by_day(self, at: datetime, before: datetime) -> datetime:
        """Nobody books in the middle of the night: the same day between eight and six, or the day before."""
        local = at.astimezone(ZoneInfo(data.ZONE))
        waking = local.replace(hour=8 + local.hour % 10)
        return (waking if waking < before else waking - timedelta(days=1)).astimezone(UTC)

    def _at(self, day: date, hour: time) -> datetime:
        return datetime.combine(day, hour, ZoneInfo(data.ZONE)).astimezone(UTC)


def _history(visit: NewVisit) -> Iterator[Happened]:
    """How it came to be what it is, as the clinic would have written it down."""
    own = DESK if visit.via == "desk" else f"patient:{visit.patient_id}"
    start: Status = "pending" if visit.status == "pending" else "booked"
    yield Happened(visit.created_at, "requested" if start == "pending" else "booked", start, own, visit.via)
    if visit.confirmed_at:
        yield Happened(visit.confirmed_at, "confirmed", "booked", f"patient:{visit.patient_id}", "telephone")
    if visit.status == "cancelled":
        later = timedelta(days=(visit.starts_at - visit.created_at).days // 2, minutes=50)
        yield Happened(min(visit.created_at + later, visit.starts_at), "cancelled", "cancelled", own, visit.via)
    elif visit.status == "noshow":
        yield Happened(visit.ends_at, "noshow", "noshow", DESK, "desk")
    elif visit.status == "fulfilled":
        yield Happened(visit.starts_at - timedelta(minutes=8), "arrived", "arrived", DESK, "desk")
        yield Happened(visit.ends_at, "fulfilled", "fulfilled", DESK, "desk")


def _shifts(staff: Staff, day: date) -> Iterator[data.Shift]:
    return (shift for shift in staff.physician.shifts if day.weekday() in shift.weekdays)
