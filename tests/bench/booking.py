"""Contested slots: how fast they are sold through `hold` and `book`, each once, against bare unique inserts."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import text

from db.session import Database
from tests.bench import clinics, machine, mariadb
from tests.bench.clinics import Made, Size
from tests.bench.machine import REPO, Cores, median

Progress = Callable[[str], None]
TABLE = "CREATE TABLE raw_claims (slot_id BIGINT NOT NULL UNIQUE, taken_by BIGINT NOT NULL) ENGINE=InnoDB"


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int = 5
    slots: int = 1500
    bookers: int = 64
    each: int = 8


@dataclass(frozen=True)
class Bench:
    """What stays the same from round to round."""

    cores: Cores
    database: Database
    job: dict[str, Any]

    def run(self, how: str) -> dict[str, float]:
        """One round of one side, on the measured core."""
        command = machine.on_core(self.cores.measured, [sys.executable, "-m", "tests.bench.bookers", how])
        job = json.dumps(self.job) + "\n"
        done = subprocess.run(command, input=job, stdout=subprocess.PIPE, text=True, cwd=REPO, check=True)
        told: dict[str, float] = json.loads(done.stdout)
        assert told["won"] == len(self.job["slots"]), f"{told['won']} of {len(self.job['slots'])} slots were had"
        return told


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """Both sides in turn, in each round; counted in the tables after each."""
    plan = plan or Plan()
    cores = Cores.here()
    with tempfile.TemporaryDirectory(prefix="alo-bench-") as folder:
        progress("MariaDB and a clinic ...")
        server = mariadb.start(cores.around, "booking")
        days = -(-plan.slots // 6 // 16) + 2
        size = Size(units=1, specialties=1, patients=plan.slots * plan.each, days=days)
        made = clinics.make(server.url, Path(folder), size, plan=False)
        database = Database(server.url)
        try:
            bench = Bench(cores, database, _job(server.url, folder, database, made, plan))
            with database.read() as connection:
                connection.execute(text(TABLE))
            rounds = [_round(bench, number, progress) for number in range(plan.rounds)]
        finally:
            database.close()
    return _told(rounds, plan)


def _job(url: str, folder: str, database: Database, made: Made, plan: Plan) -> dict[str, Any]:
    wanted = text(
        "SELECT id, doctor_id, unit_id, starts_at, ends_at FROM slots"
        " WHERE starts_at > UTC_TIMESTAMP() + INTERVAL 1 HOUR ORDER BY starts_at, id LIMIT :count"
    )
    with database.read() as connection:
        rows = connection.execute(wanted, {"count": plan.slots}).all()
    assert len(rows) == plan.slots, f"only {len(rows)} slots"
    slots = [
        {"id": row[0], "doctor": row[1], "unit": row[2], "specialty": made.specialties[0],
         "starts_at": f"{row[3].isoformat()}+00:00", "ends_at": f"{row[4].isoformat()}+00:00"}
        for row in rows
    ]  # fmt: skip
    return {
        "url": url, "spool": folder, "bookers": plan.bookers, "each": plan.each, "slots": slots,
        "patients": made.patients, "payer": made.payers[0],
    }  # fmt: skip


def _round(bench: Bench, number: int, progress: Progress) -> dict[str, float]:
    results = {how: _measured(bench, how) for how in (("clinic", "raw") if number % 2 else ("raw", "clinic"))}
    attempts = bench.job["each"] * len(bench.job["slots"])
    ours, raw = results["clinic"], results["raw"]
    progress(
        f"round {number + 1}: {attempts / ours['seconds']:.0f} attempts/s, {ours['won'] / ours['seconds']:.0f} "
        f"bookings/s (bare inserts: {attempts / raw['seconds']:.0f} attempts/s)"
    )
    return {
        "attempts_s": attempts / ours["seconds"], "bookings_s": ours["won"] / ours["seconds"],
        "raw_s": attempts / raw["seconds"], "cpu_ms": ours["cpu"] * 1000 / attempts, "twice": ours["twice"],
    }  # fmt: skip


def _measured(bench: Bench, how: str) -> dict[str, float]:
    clinics.undo_calls(bench.database)
    with bench.database.read() as connection:
        connection.execute(text("DELETE FROM raw_claims"))
    told = bench.run(how)
    if how == "clinic":
        live, wrong = clinics.sold(bench.database)
        assert live == told["won"], f"{told['won']} were told they have a slot, {live} have"
        told["twice"] = wrong
    return told


def _told(rounds: list[dict[str, float]], plan: Plan) -> dict[str, Any]:
    def middle(figure: str) -> float:
        return median(one[figure] for one in rounds)

    return {
        "figures": {
            "attempts_s": middle("attempts_s"), "bookings_s": middle("bookings_s"),
            "cpu_ms_per_attempt": middle("cpu_ms"),
            "double_booked": int(sum(one["twice"] for one in rounds)), "bookers": plan.bookers, "rounds": plan.rounds,
        },
        "peers": {"raw_insert_attempts_s": middle("raw_s")},
        "ratios": {"raw_insert": median(one["attempts_s"] / one["raw_s"] for one in rounds)},
    }  # fmt: skip
