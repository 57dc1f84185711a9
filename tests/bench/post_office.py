"""Letters to be sent, those who send them and where they go: what the bench of the outbox is made of."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from secrets import token_hex

from sqlalchemy import text

from clinic.bookings import Booking, Terms
from clinic.clock import utc_now
from clinic.people import Person
from clinic.services import Clinic, open_clinic
from clinic.slots import Criteria
from db.session import Database
from tests.bench import clinics, machine
from tests.bench.clinics import Made, Size
from tests.bench.machine import REPO, Cores
from tests.live import session

BIRTH = date(1980, 4, 5)
SIZE = Size(units=1, specialties=1, doctors_each=20, patients=1500, days=30)
ENDS_WITHIN = 120.0
AT_ONCE = 100
"""Copies of each letter in one statement: a connection waits half a minute for its answer."""
NUMBERS = " JOIN ".join(
    f"(SELECT {' UNION ALL SELECT '.join(f'{digit * 10**place} AS n{place}' for digit in range(10))}) t{place}"
    for place in range(3)
)
MORE = f"""INSERT INTO outbox (uid, kind, audience, appointment_id, change_id, patient_id, doctor_id, version, status,
 attempts, due_at, created_at)
 SELECT LEFT(SHA2(CONCAT(:run, o.id, '/', n0 + n1 + n2), 256), 32), o.kind, o.audience, o.appointment_id,
 o.change_id, o.patient_id, o.doctor_id, o.version, 'waiting', 0, :due + INTERVAL (n0 + n1 + n2) SECOND, :due
 FROM (SELECT * FROM outbox WHERE kind = 'booked' AND audience = 'patient' AND status = 'sent' ORDER BY id LIMIT :few) o
 JOIN {NUMBERS} WHERE n0 + n1 + n2 < :times"""
LATER = "UPDATE outbox SET due_at = due_at + INTERVAL 1 YEAR WHERE kind = 'reminder' AND status = 'waiting'"
# What is due within a minute counts too: a row of this very second, and one that is tried again.
UNSENT = """SELECT COUNT(*) FROM outbox
 WHERE status = 'waiting' AND (claimed_by IS NOT NULL OR due_at <= UTC_TIMESTAMP() + INTERVAL 1 MINUTE)"""


@dataclass
class Office:
    """A clinic whose patients have addresses, on a database of the bench's own."""

    cores: Cores
    url: str
    folder: Path
    clinic: Clinic
    database: Database
    made: Made
    booked: list[tuple[float, int]] = field(default_factory=list)
    _turns: Iterator[int] = field(default_factory=count)

    @property
    def log(self) -> Path:
        """What the workers say."""
        return self.folder / "worker.log"

    def book(self, visits: int, each_s: float = 0.0) -> None:
        """So many visits, one every so many seconds; noted with when the caller was told."""
        slots = self._free(visits)
        kind, begun = self.clinic.directory.kind("first"), time.monotonic()
        for number, slot in enumerate(slots):
            time.sleep(max(0.0, begun + number * each_s - time.monotonic()))
            patient = self.made.patients[next(self._turns) % len(self.made.patients)]
            person = Person("patient", patient, "Paciente", BIRTH, has_contact=True)
            terms = Terms(
                slot.doctor_id, slot.unit_id, self.made.specialties[0], kind, self.made.payers[0], "in_person", None,
                False,
            )  # fmt: skip
            hold = self.clinic.bookings.hold(slot, by=f"bench.{token_hex(4)}", minutes=kind.minutes)
            done: Booking = self.clinic.bookings.book(person, hold, terms, "portal")
            self.booked.append((time.time(), done.id))

    def _free(self, visits: int) -> list[object]:
        wanted = Criteria(self.made.specialties[0], minutes=clinics.SLOT_MINUTES)
        found = self.clinic.agenda.next_free(wanted, limit=visits + 2)[2:]
        assert len(found) == visits, f"only {len(found)} of {visits} times are free"
        return found

    def more(self, letters: int, few: int, late: timedelta = timedelta()) -> None:
        """So many letters more that wait, of visits of which one was sent; due `late` after now, a second apart."""
        times = -(-letters // few)
        given = {"few": min(few, letters), "due": utc_now().replace(tzinfo=None) + late, "times": min(AT_ONCE, times)}
        with self.database.read() as connection:
            for _ in range(-(-times // AT_ONCE)):
                connection.execute(text(MORE), {**given, "run": token_hex(8)})

    def no_reminders(self) -> None:
        """Those planned so far come later: one that became due in the middle would be the last letter of all."""
        with self.database.read() as connection:
            connection.execute(text(LATER))

    def count(self, statement: str) -> int:
        """What one statement counts."""
        with self.database.read() as connection:
            return int(connection.scalar(text(statement)) or 0)

    def all_sent(self) -> None:
        """Wait until nothing is left to be sent; AssertionError when that takes too long."""
        until = time.monotonic() + ENDS_WITHIN
        while self.count(UNSENT):
            assert time.monotonic() < until, f"{self.count(UNSENT)} were not sent:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.2)


@contextmanager
def open_office(cores: Cores, url: str, folder: Path, size: Size = SIZE) -> Iterator[Office]:
    """A clinic in an empty database; its names count as recorded, for no voice is wanted here."""
    made = clinics.make(url, folder, size, plan=False)
    database = Database(url)
    try:
        with database.read() as connection:
            connection.execute(text("UPDATE patients SET email = CONCAT('p', id, '@example.com')"))
            connection.execute(text("UPDATE spoken_names SET rendered_at = UTC_TIMESTAMP()"))
        yield Office(cores, url, folder, open_clinic(clinics.settings(url, folder), database=database), database, made)
    finally:
        database.close()


@dataclass
class Sink:
    """A sink that listens; what came is known when it has ended."""

    port: int
    came: list[tuple[float, str]] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        """From the first letter to the last."""
        return (len(self.came) - 1) / (self.came[-1][0] - self.came[0][0])


@contextmanager
def sink(core: int, file: Path, wait_ms: float = 0) -> Iterator[Sink]:
    """One on that core; it waits so long after each letter."""
    found = Sink(session.free_port())
    words = [sys.executable, "-m", "tests.bench.sink", str(found.port), str(wait_ms), str(file)]
    with subprocess.Popen(machine.on_core(core, words), cwd=REPO, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stdout.readline() == "ready\n"
        try:
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(machine.END_SECONDS)
    lines = (line.split(" ") for line in file.read_text().splitlines())
    found.came = sorted((float(at), uid) for at, uid in lines)


@contextmanager
def workers(
    office: Office, port: int, processes: int = 1, more: Mapping[str, str] | None = None
) -> Iterator[list[int]]:
    """So many `alo worker`, on the measured core, once they work; their pids."""
    told = {
        "ALO_DATABASE_URL": office.url, "ALO_SPOOL": str(office.folder), "ALO_DEMO": "0",
        "ALO_SMTP_URL": f"smtp://127.0.0.1:{port}", "ALO_LOG_LEVEL": "WARNING", **(more or {}),
    }  # fmt: skip
    command = [sys.executable, "alo.py", "worker", "--ready", "{ready}"]
    with ExitStack() as stack:
        yield [
            stack.enter_context(machine.serving(command, office.cores.measured, office.log, told))
            for _ in range(processes)
        ]
