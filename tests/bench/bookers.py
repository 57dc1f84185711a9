"""64 bookers in one gevent process who all want the same slots: through the clinic, or by inserts of PyMySQL alone.

    python -m tests.bench.bookers clinic|raw < job.json

A job is one line: {"url", "spool", "bookers", "each", "slots", "patients", "payer"}; the result is one line. Every slot
is wanted `each` times in a row, by whoever comes next; so the bookers meet at a few slots at a time.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections import Counter  # noqa: E402
from collections.abc import Callable, Iterator  # noqa: E402
from datetime import date, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402
import pymysql  # noqa: E402
from sqlalchemy import make_url, text  # noqa: E402

from clinic.bookings import SlotTaken, Terms  # noqa: E402
from clinic.people import Person  # noqa: E402
from clinic.services import open_clinic  # noqa: E402
from clinic.slots import SlotInfo  # noqa: E402
from db.session import Database  # noqa: E402
from tests.bench import clinics  # noqa: E402

BIRTH = date(1980, 4, 5)
DUPLICATE = 1062

Attempt = Callable[[int, dict[str, Any]], bool]
"""(number of the attempt, slot) -> whether it was had."""


def attempts(job: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    """Every attempt, in the order in which they are taken up."""
    number = 0
    for slot in job["slots"]:
        for _ in range(job["each"]):
            yield number, slot
            number += 1


def run(job: dict[str, Any], make: Callable[[dict[str, Any]], Attempt]) -> dict[str, Any]:
    """All bookers until nothing is left to attempt."""
    todo, count = attempts(job), Counter[bool]()
    tries = [make(job) for _ in range(job["bookers"])]

    def book(attempt: Attempt) -> None:
        for number, slot in todo:
            count[attempt(number, slot)] += 1

    begun, cpu = time.perf_counter(), time.process_time()
    gevent.joinall([gevent.spawn(book, attempt) for attempt in tries], raise_error=True)
    seconds = time.perf_counter() - begun
    return {"seconds": seconds, "cpu": time.process_time() - cpu, "won": count[True], "lost": count[False]}


def through_clinic(job: dict[str, Any]) -> Callable[[dict[str, Any]], Attempt]:
    """`hold` and `book` as the menus call them."""
    database = Database(job["url"])
    clinic = open_clinic(clinics.settings(job["url"], Path(job["spool"])), database=database)
    open_connections(database, job["bookers"])
    kind = clinic.directory.kind("first")
    slots = {slot["id"]: _slot(slot) for slot in job["slots"]}
    people = [Person("patient", one, f"Paciente {one}", BIRTH, has_contact=True) for one in job["patients"]]

    def attempt(number: int, wanted: dict[str, Any]) -> bool:
        slot = slots[wanted["id"]]
        terms = Terms(slot.doctor_id, slot.unit_id, wanted["specialty"], kind, job["payer"], "in_person", None, False)
        try:
            hold = clinic.bookings.hold(slot, by=f"1700000000.{number}", minutes=kind.minutes)
            clinic.bookings.book(people[number], hold, terms, "telephone", f"55119{number:08d}", f"key:{number}")
        except SlotTaken:
            return False
        return True

    return lambda _job: attempt


def open_connections(database: Database, bookers: int) -> None:
    """As many as the bookers will need, before anything is timed: the inserts have theirs from the start, too."""
    asleep = text("SELECT SLEEP(0.2)")
    works = [lambda: database.first(asleep), lambda: database.write(lambda connection: connection.execute(asleep))]
    gevent.joinall([gevent.spawn(work) for work in works for _ in range(bookers)], raise_error=True)


def _slot(row: dict[str, Any]) -> SlotInfo:
    starts, ends = (datetime.fromisoformat(row[name]) for name in ("starts_at", "ends_at"))
    return SlotInfo(row["id"], row["doctor"], row["unit"], "in_person", starts, ends)


def by_inserts(job: dict[str, Any]) -> Attempt:
    """One row under a unique key, committed by itself: the least that cannot sell a slot twice."""
    url = make_url(job["url"])
    connection = pymysql.connect(
        host=url.host, port=url.port or 3306, user=url.username, database=url.database, autocommit=True,
        ssl_disabled=True, init_command="SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    )  # fmt: skip
    cursor = connection.cursor()

    def attempt(number: int, slot: dict[str, Any]) -> bool:
        try:
            cursor.execute("INSERT INTO raw_claims (slot_id, taken_by) VALUES (%s, %s)", (slot["id"], number))
        except pymysql.err.IntegrityError as error:
            assert error.args[0] == DUPLICATE
            return False
        return True

    return attempt


def main(how: str) -> None:
    """One job."""
    job = json.loads(sys.stdin.readline())
    make = through_clinic(job) if how == "clinic" else by_inserts
    sys.stdout.write(json.dumps(run(job, make)) + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
