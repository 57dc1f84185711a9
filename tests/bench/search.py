"""The next free times by specialty, in an agenda of 1,000 doctors: with 1,000,000 slots, and with 10,000.

The doctors are the same in both; eight specialties share them. The nearer the day the fuller it is: within ten days
nine slots in ten are taken, later every other one. What is timed is `Agenda.next_free` as the menus call it.
"""

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from clinic.clock import utc_now
from clinic.services import Clinic, open_clinic
from clinic.slots import Criteria
from db.session import Database
from tests.bench import clinics, machine, mariadb
from tests.bench.clinics import Made, Size
from tests.bench.machine import Cores, percentile

Progress = Callable[[str], None]
DAYS = 90
INSERTED_AT_ONCE = 50
WARM = 50

DOCTORS = """INSERT INTO doctors (name, name_search, title, crm, crm_state, approves, approval_hours, return_days,
 extra_quota, agenda_version, position, active)
 SELECT name, name_search, title, CONCAT('9', LPAD(seq, 6, '0')), crm_state, 0, 24, 30, 2, 0, 1000 + seq, 1
 FROM doctors, seq_1_to_{count} WHERE crm = '200000'"""
LINKS = (
    "INSERT INTO doctor_specialties (doctor_id, specialty_id, rqe)"
    " SELECT id, :specialty, '1' FROM doctors WHERE id > :last AND id % :among = :place",
    "INSERT INTO doctor_payers (doctor_id, payer_id, unit_id) SELECT id, :payer, :unit FROM doctors WHERE id > :last"
    " AND id % :among = :place",
)
SLOTS = """INSERT INTO slots (doctor_id, unit_id, modality, period, starts_at, ends_at, status, off_plan)
 SELECT d.id, :unit, 'in_person', IF(n.seq % 2, 'morning', 'afternoon'), n.at, n.at + INTERVAL 20 MINUTE,
 IF(CRC32(CONCAT(d.id, '/', n.at)) % 100 < IF(n.at < :full_until, 90, 50), 'booked', 'free'), 0
 FROM doctors d,
 (SELECT seq, :midnight + INTERVAL FLOOR(seq * :days / :each) DAY
   + INTERVAL 11 * 60 + 20 * (seq - CEIL(FLOOR(seq * :days / :each) * :each / :days)) MINUTE AS at
  FROM seq_0_to_{last}) n
 WHERE d.id >= :since AND d.id < :until"""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    doctors: int = 1000
    specialties: int = 8
    large: int = 1_000_000
    small: int = 10_000
    searches: int = 2000


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """The small agenda, then the large one, in the same database server."""
    plan = plan or Plan()
    cores = Cores.here()
    small = _timed(cores, plan, plan.small, progress)
    large = _timed(cores, plan, plan.large, progress)
    return {
        "figures": {
            "p99_ms": large["p99"], "p50_ms": large["p50"], "p99_ms_mornings": large["mornings"],
            "slots": large["slots"], "doctors": plan.doctors, "searches": plan.searches,
        },
        "peers": {"small_p99_ms": small["p99"], "small_p50_ms": small["p50"], "small_slots": small["slots"]},
        "ratios": {"large_over_small": large["p99"] / small["p99"]},
    }  # fmt: skip


def _timed(cores: Cores, plan: Plan, slots: int, progress: Progress) -> dict[str, float]:
    progress(f"an agenda of {slots:,} slots ...")
    with tempfile.TemporaryDirectory(prefix="alo-bench-") as folder, _agenda(cores, plan, slots, Path(folder)) as found:
        clinic, made, count = found
        kinds = {
            "plain": [Criteria(one, minutes=20) for one in made.specialties],
            "mornings": [Criteria(one, minutes=20, period="morning") for one in made.specialties],
        }
        with machine.pinned(cores.measured):
            times = {name: _searches(clinic, criteria, plan.searches) for name, criteria in kinds.items()}
    told = {
        "p99": percentile(times["plain"], 0.99), "p50": percentile(times["plain"], 0.5),
        "mornings": percentile(times["mornings"], 0.99), "slots": count,
    }  # fmt: skip
    progress(f"  p50 {told['p50']:.2f} ms, p99 {told['p99']:.2f} ms; mornings p99 {told['mornings']:.2f} ms")
    return told


def _searches(clinic: Clinic, criteria: list[Criteria], count: int) -> list[float]:
    """Milliseconds of each; every answer is looked at."""
    took = []
    for number in range(WARM + count):
        one = criteria[number % len(criteria)]
        begun = time.perf_counter()
        found = clinic.agenda.next_free(one)
        took.append((time.perf_counter() - begun) * 1000)
        assert len(found) == 3 and found == sorted(found, key=lambda slot: slot.starts_at), found
    return took[WARM:]


@contextmanager
def _agenda(cores: Cores, plan: Plan, slots: int, folder: Path) -> Iterator[tuple[Clinic, Made, int]]:
    server = mariadb.start(cores.around, f"search_{slots}")
    size = Size(units=1, specialties=plan.specialties, doctors_each=1, patients=1, days=1)
    made = clinics.make(server.url, folder, size, plan=False)
    database = Database(server.url)
    try:
        clinic = open_clinic(clinics.settings(server.url, folder), database=database)
        clinic.profile.save(clinic.profile.get().model_copy(update={"booking_days": DAYS}))
        fill(database, plan, slots, made)
        yield clinic, made, _count(database)
    finally:
        database.close()


def fill(database: Database, plan: Plan, slots: int, made: Made) -> None:
    """All doctors but those of the small clinic, and all their slots, by statements: services would take an hour."""
    midnight = datetime.combine(utc_now().date() + timedelta(days=1), datetime.min.time())
    each = slots // plan.doctors
    with database.read() as connection:
        last = connection.scalar(text("SELECT MAX(id) FROM doctors")) or 0
        connection.execute(text("DELETE FROM slots"))
        connection.execute(text(DOCTORS.format(count=plan.doctors)))
        connection.execute(text("UPDATE doctors SET active = 0 WHERE id <= :last"), {"last": last})
        for place, specialty in enumerate(made.specialties):
            known = {"specialty": specialty, "payer": made.payers[0], "unit": made.units[0]}
            for link in LINKS:
                connection.execute(text(link), {**known, "last": last, "among": plan.specialties, "place": place})
        connection.execute(text("UPDATE clinic_profile SET directory_version = directory_version + 1"))
        for since in range(last + 1, last + plan.doctors + 1, INSERTED_AT_ONCE):
            values = {
                "unit": made.units[0], "full_until": midnight + timedelta(days=10), "midnight": midnight, "days": DAYS,
                "each": each, "since": since, "until": since + INSERTED_AT_ONCE,
            }  # fmt: skip
            connection.execute(text(SLOTS.format(last=each - 1)), values)
        connection.execute(text("ANALYZE TABLE slots"))


def _count(database: Database) -> int:
    with database.read() as connection:
        return int(connection.scalar(text("SELECT COUNT(*) FROM slots")) or 0)
