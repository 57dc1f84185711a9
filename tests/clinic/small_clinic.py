"""A small clinic for tests: two units, three specialties, four doctors, and patients with names.

The clock stands at Monday, 23 November 2026, 09:00 in São Paulo (12:00 UTC), and moves when told to. Slots of half an
hour; "first" lasts 60 minutes, "consultation" and "return" 30, "exam" 30.

    clinic = small_clinic(url)           # url of a migrated, empty database
    clinic.at.doctors["marina"]          # ids by short name
    clinic.people["alice"]               # Person
    clinic.clock.move(minutes=5)
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from clinic.agenda import Criteria, HoursInput, SlotInfo
from clinic.bookings import Booking, Terms
from clinic.people import Person
from clinic.services import Clinic, open_clinic
from clinic.settings import Settings
from db.session import Database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
WEEKDAYS = range(5)
CPF = {"alice": "52998224725", "bruno": "11144477735", "carla": "51276992815", "zeca": "00000000191"}
BORN = {
    "alice": date(1980, 4, 5), "bruno": date(1975, 12, 1), "carla": date(1992, 2, 29), "zeca": date(1950, 6, 30),
}  # fmt: skip
PHONE = {"alice": "5511987654321", "bruno": "5511912345678"}


@dataclass
class TestClock:
    """A clock that moves only when told to."""

    now: datetime = NOW
    __test__ = False

    def __call__(self) -> datetime:
        return self.now

    def move(self, **delta: float) -> None:
        """Go on by a timedelta's arguments."""
        self.now += timedelta(**delta)


@dataclass
class Ids:
    """Ids of what was written, by short name."""

    units: dict[str, int] = field(default_factory=dict)
    specialties: dict[str, int] = field(default_factory=dict)
    doctors: dict[str, int] = field(default_factory=dict)
    payers: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SmallClinic(Clinic):
    """The clinic, the ids of what is in it, its people, and shorthands for what every test does."""

    at: Ids
    people: dict[str, Person]
    database: Database

    def criteria(self, specialty: str = "general", doctor: str | None = None, **more: object) -> Criteria:
        """Criteria by short names."""
        doctor_id = self.at.doctors[doctor] if doctor else None
        return Criteria(self.at.specialties[specialty], doctor_id, **more)  # type: ignore[arg-type]

    def slot(self, doctor: str = "marina", specialty: str = "general", place: int = 0) -> SlotInfo:
        """The doctor's next free slot, or a later one."""
        return self.agenda.next_free(self.criteria(specialty, doctor), limit=place + 1)[place]

    def terms(self, slot: SlotInfo, specialty: str = "general", kind: str = "consultation", **more: object) -> Terms:
        """Terms for a slot, particular nothing, no price."""
        return Terms(
            slot.doctor_id, slot.unit_id, self.at.specialties[specialty], self.directory.kind(kind),
            payer_id=None, modality="in_person", price_cents=None, approves=False, **more,  # type: ignore[arg-type]
        )  # fmt: skip

    def book(
        self, who: str = "alice", slot: SlotInfo | None = None, specialty: str = "general", **more: object
    ) -> Booking:
        """Hold and book: the next free slot unless one is named."""
        slot = slot or self.slot(specialty=specialty)
        hold = self.bookings.hold(slot, by="test-call")
        return self.bookings.book(
            self.people[who],
            hold,
            self.terms(slot, specialty),
            via="telephone",
            **more,  # type: ignore[arg-type]
        )


def small_clinic(url: str, spool: Path = Path("/nonexistent-spool")) -> SmallClinic:
    """Fill a migrated, empty database and open it."""
    clock, ids, database = TestClock(), Ids(), Database(url)
    clinic = open_clinic(Settings(database_url=url, spool=spool), clock, database)
    _kinds(clinic, ids)
    _places(clinic, ids)
    _payers(clinic, ids)
    _doctors(clinic, ids)
    clinic.profile.save(clinic.profile.get().model_copy(update={"name": "Clínica Boa Vista"}))
    return _small(clinic, ids, _people(clinic, ids), database)


def same_clinic(small: SmallClinic, url: str, spool: Path = Path("/nonexistent-spool"), **more: object) -> SmallClinic:
    """Open a copy of a small clinic's database, or the same one once more (as another process would)."""
    database = Database(url)
    settings = Settings(database_url=url, spool=spool, mail_dir=spool.parent / "mail", **more)  # type: ignore[arg-type]
    clinic = open_clinic(settings, TestClock(small.clock()), database)
    return _small(clinic, small.at, small.people, database)


def _small(clinic: Clinic, ids: Ids, people: dict[str, Person], database: Database) -> SmallClinic:
    parts = {name: getattr(clinic, name) for name in Clinic.__dataclass_fields__}
    return SmallClinic(**parts, at=ids, people=dict(people), database=database)  # a test may name somebody more


def _kinds(clinic: Clinic, ids: Ids) -> None:
    add = clinic.directory.add_kind
    ids.kinds["first"] = add("first", "Primeira consulta", 60)
    ids.kinds["consultation"] = add("consultation", "Consulta", 30)
    ids.kinds["return"] = add("return", "Retorno", 30)
    ids.kinds["exam"] = add("exam", "Exame", 30, preparation="Venha em jejum de oito horas.")


def _places(clinic: Clinic, ids: Ids) -> None:
    add = clinic.directory.add_unit
    ids.units["centro"] = add("Centro", "Rua Quinze de Novembro, 120", "São Paulo", "SP", phone="1133334444")
    ids.units["norte"] = add(
        "Santana", "Rua Voluntários da Pátria, 900", "São Paulo", "SP", phone="1122223333", position=1
    )
    for unit in ids.units.values():
        clinic.directory.set_opening(unit, WEEKDAYS, time(8), time(18))


def _payers(clinic: Clinic, ids: Ids) -> None:
    ids.payers["particular"] = clinic.directory.add_payer("Particular", private=True)
    ids.payers["saude"] = clinic.directory.add_payer("Saúde Total", position=1)


def _doctors(clinic: Clinic, ids: Ids) -> None:
    specialty = clinic.directory.add_specialty
    ids.specialties["general"] = specialty("Clínica geral", needs_rqe=False)
    ids.specialties["cardiology"] = specialty("Cardiologia", position=1)
    ids.specialties["ecg"] = specialty("Eletrocardiograma", needs_rqe=False, kind_id=ids.kinds["exam"], position=2)
    general, heart, ecg = (ids.specialties[name] for name in ("general", "cardiology", "ecg"))
    add, norte, centro = clinic.directory.add_doctor, ids.units["norte"], ids.units["centro"]
    ids.doctors["marina"] = add("Marina Corrêa", "doutora", "101", "SP", {general: None})
    ids.doctors["paulo"] = add("Paulo Nogueira", "doutor", "102", "SP", {general: None, heart: "5511"}, position=1)
    ids.doctors["rita"] = add("Rita Sampaio", "doutora", "103", "SP", {heart: "5522"}, approves=True, position=2)
    ids.doctors["sergio"] = add("Sérgio Prado", "doutor", "104", "SP", {heart: None, ecg: None}, position=3)
    for doctor, unit, starts, ends in (
        ("marina", centro, 8, 12), ("paulo", centro, 13, 17), ("rita", norte, 8, 12), ("sergio", centro, 8, 10),
    ):  # fmt: skip
        hours = [HoursInput(unit, day, time(starts), time(ends)) for day in WEEKDAYS]
        clinic.agenda.set_hours(ids.doctors[doctor], hours)
        clinic.directory.accept(ids.doctors[doctor], ids.payers["particular"], [unit])
        clinic.directory.set_price(ids.doctors[doctor], ids.kinds["consultation"], 35_000)
    clinic.directory.accept(ids.doctors["marina"], ids.payers["saude"], [centro])


def _people(clinic: Clinic, ids: Ids) -> dict[str, Person]:
    register = clinic.patients.register
    alice = register(
        "Alice Ferreira", BORN["alice"], CPF["alice"], phones=[PHONE["alice"]], email="alice@example.com",
        usual_payer_id=ids.payers["particular"], usual_unit_id=ids.units["centro"],
    )  # fmt: skip
    return {
        "alice": alice,
        "bruno": register("Bruno Lima", BORN["bruno"], CPF["bruno"], phones=[PHONE["bruno"]]),
        "carla": register("Carlos Souza", BORN["carla"], CPF["carla"], social_name="Carla Souza"),
        "zeca": register("José Carvalho", BORN["zeca"], CPF["zeca"]),
        "davi": register("Davi Ferreira", date(2018, 9, 12), guardian=alice),
    }
