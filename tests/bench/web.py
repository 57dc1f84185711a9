"""The agenda's week and the free times as JSON, under granian with one worker, with 64 connections asking flat out.

Against an empty view of Flask's under the same server; with ten doctors, and with a thousand (a million slots). Each
doctor has as many slots and visits in both, and the paths asked for go through doctors and weeks in turn.
"""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import select, text

from clinic.clock import utc_now
from clinic.identities import Identity
from clinic.services import Clinic, open_clinic
from db.session import Database
from db.tables import Doctor
from tests.admin_web import weighing
from tests.bench import clinics, machine, mariadb, search
from tests.bench.clinics import Made, Size
from tests.bench.machine import REPO, Cores, median
from tests.live import session

Progress = Callable[[str], None]
WEEKS_OF_VISITS = 3
WARM_SECONDS = 2
AT_ONCE = 50
MOST_PATHS = 20
"""As many weeks in the large clinic as in the small one: what is looked at again is not made again, so more of them
would be another question and not a larger clinic."""

HOURS = """INSERT INTO working_hours (doctor_id, unit_id, weekday, starts, ends, modality, slot_minutes, valid_from,
 valid_until) SELECT d.id, w.unit_id, w.weekday, w.starts, w.ends, w.modality, w.slot_minutes, w.valid_from,
 w.valid_until FROM doctors d, working_hours w
 WHERE d.active AND w.doctor_id = (SELECT MIN(doctor_id) FROM working_hours)"""
VISITS = """INSERT INTO appointments (code, patient_id, doctor_id, unit_id, specialty_id, kind_id, payer_id, modality,
 starts_at, ends_at, slot_id, live, status, via, tell_by_phone, created_at)
 SELECT LPAD(CONV(s.id, 10, 36), 6, '0'), :first + s.doctor_id % :patients, s.doctor_id, s.unit_id, :specialty, :kind,
 :payer, s.modality, s.starts_at, s.ends_at, s.id, 1, 'booked', 'desk', 0, UTC_TIMESTAMP()
 FROM slots s WHERE s.status = 'booked' AND s.starts_at < :until AND s.doctor_id BETWEEN :low AND :high"""
SCRIPT = """local paths, at = {}, 0
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
wrk.headers["Cookie"] = os.getenv("BENCH_COOKIE")
request = function() at = at % #paths + 1; return wrk.format("GET", paths[at]) end
done = function(all, latency)
  local wrong = all.errors.status + all.errors.connect + all.errors.read + all.errors.write + all.errors.timeout
  io.write(string.format('{"rps": %f, "p50": %f, "p99": %f, "wrong": %d}\\n', all.requests / all.duration * 1e6,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000, wrong))
end
"""
"""For wrk: the paths in turn, the cookie, and one line of JSON in the end (milliseconds)."""


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    few: int = 10
    many: int = 1000
    slots_each: int = 1000
    rounds: int = 3
    seconds: int = 8
    connections: int = 64


@dataclass(frozen=True)
class View:
    """What is asked of a server (and of which process), and with whose cookie."""

    pid: int
    port: int
    paths: Sequence[str]
    cookie: str = ""


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """The small clinic with its empty view, then the large one."""
    plan = plan or Plan()
    cores = Cores.here()
    small = _clinic(cores, plan, plan.few, progress)
    large = _clinic(cores, plan, plan.many, progress)
    ratios = {name: small[name]["rps"] / small["empty"]["rps"] for name in ("week", "times")}
    cpu = {name: small["empty"]["cpu_ms"] / small[name]["cpu_ms"] for name in ratios}
    slower = {name: small[name]["rps"] / large[name]["rps"] for name in ("week", "times", "first")}
    dearer = {name: large[name]["cpu_ms"] / small[name]["cpu_ms"] for name in slower}
    return {
        "figures": {
            "week_per_s": small["week"]["rps"], "times_per_s": small["times"]["rps"],
            "p99_ms": max(small[name]["p99"] for name in ratios), "page_kb_max": small["kb"],
            "p50_ms_week": small["week"]["p50"], "p50_ms_times": small["times"]["p50"],
            "large_week_per_s": large["week"]["rps"], "large_p99_ms": max(large[name]["p99"] for name in ratios),
            "first_per_s": small["first"]["rps"], "large_first_per_s": large["first"]["rps"],
            **{f"cpu_ms_{name}": small[name]["cpu_ms"] for name in ("week", "times", "first")},
            "large_cpu_ms_first": large["first"]["cpu_ms"],
            "slots": plan.many * plan.slots_each, "doctors": plan.many,
        },
        "peers": {
            "empty_per_s": small["empty"]["rps"], "empty_p99_ms": small["empty"]["p99"],
            "empty_cpu_ms": small["empty"]["cpu_ms"],
        },
        "ratios": {
            "empty_view": min(ratios.values()), "empty_view_week": ratios["week"], "empty_view_times": ratios["times"],
            "empty_view_cpu": min(cpu.values()), "empty_view_cpu_week": cpu["week"],
            "empty_view_cpu_times": cpu["times"],
            "large_over_small": max(slower.values()), "large_over_small_week": slower["week"],
            "large_over_small_first": slower["first"], "large_over_small_cpu": max(dearer.values()),
        },
    }  # fmt: skip


def _clinic(cores: Cores, plan: Plan, doctors: int, progress: Progress) -> dict[str, Any]:
    progress(f"{doctors:,} doctors, {doctors * plan.slots_each:,} slots ...")
    with tempfile.TemporaryDirectory(prefix="alo-bench-") as folder, ExitStack() as stack:
        place = Path(folder)
        filled = stack.enter_context(_filled(cores, plan, doctors, place))
        views = {
            "empty": stack.enter_context(_empty(cores, place)),
            **stack.enter_context(_ours(cores, filled, place)),
        }
        rounds = [{name: _load(cores, view, plan, place) for name, view in views.items()} for _ in range(plan.rounds)]
        found: dict[str, Any] = {name: _middle([one[name] for one in rounds]) for name in views}
        progress(
            "  " + ", ".join(f"{name} {one['rps']:.0f}/s (p99 {one['p99']:.0f} ms)" for name, one in found.items())
        )
        return found | {"kb": _heaviest(views["week"])}


def _middle(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {key: median(one[key] for one in rounds) for key in rounds[0]}


@dataclass(frozen=True)
class Filled:
    """A clinic with slots and visits: its database, its services, and what is in it."""

    url: str
    clinic: Clinic
    made: Made
    doctors: list[int]


@contextmanager
def _filled(cores: Cores, plan: Plan, doctors: int, folder: Path) -> Iterator[Filled]:
    server = mariadb.start(cores.around, f"web_{doctors}")
    made = clinics.make(server.url, folder, Size(1, 8, 1, patients=doctors, days=1), plan=False)
    database = Database(server.url)
    try:
        clinic = open_clinic(clinics.settings(server.url, folder), database=database)
        clinic.profile.save(clinic.profile.get().model_copy(update={"booking_days": search.DAYS}))
        search.fill(database, search.Plan(doctors, 8), doctors * plan.slots_each, made)
        _visits(database, made, doctors)
        yield Filled(
            server.url, clinic, made, [one[0] for one in database.rows(select(Doctor.id).where(Doctor.active))]
        )
    finally:
        database.close()


def _visits(database: Database, made: Made, doctors: int) -> None:
    """Hours for everybody, and a patient in each slot that is taken in the next weeks."""
    values = {
        "first": made.patients[0], "patients": doctors, "specialty": made.specialties[0], "kind": 2,
        "payer": made.payers[0], "until": utc_now().replace(tzinfo=None) + timedelta(weeks=WEEKS_OF_VISITS),
    }  # fmt: skip
    with database.read() as connection:
        connection.execute(text(HOURS))
        for low in range(0, 2 * doctors + AT_ONCE, AT_ONCE):  # no statement for longer than is waited for
            connection.execute(text(VISITS), {**values, "low": low, "high": low + AT_ONCE - 1})
        connection.execute(text("ANALYZE TABLE appointments"))


@contextmanager
def _empty(cores: Cores, place: Path) -> Iterator[View]:
    port = session.free_port()
    command = [sys.executable, "-m", "tests.bench.peers.empty_view", str(port), "{ready}"]
    with machine.serving(command, cores.measured, place / "empty.log") as pid:
        view = View(pid, port, ["/"])
        assert _got(view, "/").json() == {}
        yield view


@contextmanager
def _ours(cores: Cores, filled: Filled, place: Path) -> Iterator[dict[str, View]]:
    """`alo web` as shipped, and the receptionist's week and free times in it; each was looked at once.

    "first" is the week as a browser gets it that was never here: made for it alone, each time.
    """
    port, session_alone = session.free_port(), f"alo_session={_receptionist(filled.clinic)}"
    cookie = f"{session_alone}; alo_csrf={secrets.token_urlsafe(24)}"
    told = {
        "ALO_DATABASE_URL": filled.url, "ALO_WEB_PORT": str(port), "ALO_SPOOL": str(place), "ALO_DEMO": "0",
        "ALO_API_PER_MINUTE": "10000000",
    }  # fmt: skip
    command = [sys.executable, "alo.py", "web", "--server", "granian", "--workers", "1", "--ready", "{ready}"]
    with machine.serving(command, cores.measured, place / "web.log", told) as pid:
        weeks = _weeks(filled.doctors)
        views = {
            "week": View(pid, port, weeks, cookie), "times": View(pid, port, _times(filled.made), cookie),
            "first": View(pid, port, weeks, session_alone),
        }  # fmt: skip
        for view in views.values():
            _looked_at(view)
        yield views


def _receptionist(clinic: Clinic) -> str:
    known = [Identity("email", "recepcao@example.com")]
    return clinic.sessions.open(clinic.users.create("Recepção", ["attendant"], known, by="system", verified=True))


def _weeks(doctors: Sequence[int]) -> list[str]:
    """Doctors and weeks in turn, not one after the other."""
    days = [utc_now().date() + timedelta(weeks=week) for week in range(1, WEEKS_OF_VISITS)]
    found = [f"/agenda/semana?medico={doctor}&dia={day}" for day in days for doctor in doctors]
    return found[:: max(1, len(found) // MOST_PATHS)]


def _times(made: Made) -> list[str]:
    return [f"/api/v1/availability?specialty_id={one}&minutes=20&limit=10" for one in made.specialties]


def _looked_at(view: View) -> None:
    """The answer is what was meant, and not a way to the log-in."""
    reply = _got(view, view.paths[0])
    assert reply.status_code == 200, (view.paths[0], reply.status_code, reply.text[:500])
    said = reply.text if "semana" in view.paths[0] else json.dumps(reply.json()["items"])
    assert "data-visit" in said or said.count("starts_at") == 10, said[:2000]


def _got(view: View, path: str) -> requests.Response:
    headers = {"Cookie": view.cookie, "Accept-Encoding": "identity"}
    return requests.get(f"http://127.0.0.1:{view.port}{path}", headers=headers, timeout=30, allow_redirects=False)


def _load(cores: Cores, view: View, plan: Plan, place: Path) -> dict[str, float]:
    """What wrk counts from the other core: requests a second, and milliseconds."""
    (place / "paths").write_text("\n".join(view.paths))
    (place / "ask.lua").write_text(SCRIPT)
    env = {**os.environ, "BENCH_PATHS": str(place / "paths"), "BENCH_COOKIE": view.cookie}
    for seconds in (WARM_SECONDS, plan.seconds):
        asking = [f"-c{plan.connections}", f"-d{seconds}", "--timeout", "30s", "-s", str(place / "ask.lua")]
        command = machine.on_core(cores.around, ["wrk", "-t1", *asking, f"http://127.0.0.1:{view.port}/"])
        before = _cpu(view.pid)
        done = subprocess.run(command, env=env, cwd=REPO, check=True, capture_output=True, text=True)
        told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
        assert told["wrong"] == 0, (view.paths[0], told)
        told["cpu_ms"] = (_cpu(view.pid) - before) * 1000 / (told["rps"] * seconds)
    return told


def _cpu(pid: int) -> float:
    """CPU seconds of a server and its workers so far."""
    workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return machine.cpu_seconds(pid) + sum(_cpu(int(one)) for one in workers)


def _heaviest(view: View) -> float:
    """Kilobytes of the heaviest of some weeks with all it loads, compressed, nothing known yet."""
    weights = [weighing.total(weighing.loaded(lambda path: _got(view, path).content, one)) for one in view.paths[:10]]
    return max(weights) / 1000
