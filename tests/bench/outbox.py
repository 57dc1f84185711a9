"""What the clinic sends by itself: letters a second, what it costs to take them, and how soon a fact is told.

`alo worker` as shipped, sending to a mail server that takes everything, against a loop of smtplib that sends the same
letters, written before, over one connection.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, text

from clinic.clock import utc_now
from clinic.media.email import address, letter
from clinic.media.email.folder import FolderCarrier
from clinic.media.email.medium import Email
from clinic.media.email.page import Letterhead
from clinic.media.outgoing import Outgoing
from clinic.outbox.claims import Claims
from clinic.outbox.opening import open_sending
from clinic.outbox.sending import AT_ONCE
from clinic.roster import Rosters
from tests.bench import clinics, machine, mariadb
from tests.bench.machine import REPO, Cores, median, percentile
from tests.bench.post_office import Office, open_office, sink, workers
from tests.bench.through_broker import PROCESSES, through_broker
from tests.live.servers import start_mysql

Progress = Callable[[str], None]
SENDER, HEAD = "clinica@example.com", Letterhead("Clínica", "CRM-SP 12345")
SETTLED = "UPDATE outbox SET status = 'sent', due_at = NULL, settled_at = UTC_TIMESTAMP() WHERE id IN :rows"
WAITING = "SELECT COUNT(*) FROM outbox WHERE status = 'waiting'"
SENT_OF = "SELECT appointment_id, uid FROM outbox WHERE kind = 'booked' AND audience = 'patient' AND id > :last"


@dataclass(frozen=True)
class Plan:
    """How much is measured; `letters` are sent in each of the `rounds`, a fifth of them where the sink waits."""

    rounds: int = 3
    letters: int = 3000
    visits: int = 200
    waits_ms: float = 20
    few: int = 1_000
    many: int = 1_000_000
    claims: int = 300
    bookings: int = 1000
    per_second: int = 50


class Written:
    """A medium that writes letters into a folder and keeps what it was given."""

    name = "email"

    def __init__(self, folder: Path) -> None:
        self.messages: list[Outgoing] = []
        self._email = Email(FolderCarrier(folder, utc_now), SENDER, lambda: HEAD, utc_now)

    def send(self, message: Outgoing) -> str:
        """Write it down."""
        self.messages.append(message)
        return self._email.send(message)


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """Sending on MariaDB; taking on MariaDB and on MySQL."""
    plan, cores = plan or Plan(), Cores.here()
    with tempfile.TemporaryDirectory(prefix="alo-bench-") as folder:
        place = Path(folder)
        server = mariadb.start(cores.around, "outbox")
        with open_office(cores, server.url, place) as office:
            told = _sending(office, plan, place, progress)
            told |= _soon(office, plan, place, progress)
            told |= _several(office, plan, place, progress)
            told |= _broker(office, plan, place, progress)
        urls = {"mariadb": mariadb.start(cores.around, "claims").url}
        mysql = start_mysql()
        machine.pin(mysql.pid, cores.around)
        mysql.execute("SET GLOBAL innodb_buffer_pool_size = 1073741824")
        urls["mysql"] = mysql.schema("claims")
        claims = {name: _claims(cores, url, plan, place, progress) for name, url in urls.items()}
    return _told(told, claims)


def _told(told: dict[str, float], claims: dict[str, dict[str, float]]) -> dict[str, Any]:
    each = {f"claim_p99_ms_{name}": max(one["few"], one["many"]) for name, one in claims.items()}
    return {
        "figures": {
            "per_s": told["per_s"], "cpu_ms": told["cpu_ms"], "render_ms": told["render_ms"],
            "claim_p99_ms": max(each.values()), **each,
            **{f"claim_p50_ms_{name}": one["many_p50"] for name, one in claims.items()},
            "fact_to_sent_p99_s": told["soon_p99"], "fact_to_sent_p50_s": told["soon_p50"],
            "bookings_per_s": told["bookings"],
            "workers_4_per_s": told["workers_4"], "workers_1_per_s": told["workers_1"],
            "rabbitmq_per_s": told["rabbitmq"],
        },
        "peers": {"bare_smtp_per_s": told["bare"]},
        "ratios": {
            "bare_smtp": told["ratio"], "workers_4_over_1": told["workers_4"] / told["workers_1"],
            "rabbitmq_over_embedded": told["rabbitmq"] / told["per_s"],
            "claim_many_over_few": max(one["many_p50"] / one["few_p50"] for one in claims.values()),
        },
    }  # fmt: skip


def _sending(office: Office, plan: Plan, place: Path, progress: Progress) -> dict[str, float]:
    """Letters a second of both sides in turn, and what it costs to write one."""
    office.book(plan.visits)
    files, render = _letters(office, place / "letters")
    rounds = []
    for number in range(plan.rounds):
        ours, cpu = _sent(office, plan.letters, place / "came")
        bare = _bare(office.cores, plan.letters, files, place / "came")
        progress(f"round {number + 1}: {ours:.0f} letters/s at {cpu:.2f} ms of CPU (bare smtplib: {bare:.0f}/s)")
        rounds.append((ours, cpu, bare))
    return {
        "per_s": median(one[0] for one in rounds), "cpu_ms": median(one[1] for one in rounds),
        "bare": median(one[2] for one in rounds), "ratio": median(one[0] / one[2] for one in rounds),
        "render_ms": render,
    }  # fmt: skip


def _letters(office: Office, folder: Path) -> tuple[list[Path], float]:
    """What is first said of the visits, as files; and milliseconds to write one."""
    medium, known = Written(folder), office.clinic.messages
    sending = open_sending(
        clinics.settings(office.url, office.folder), office.database, Rosters(office.database), known.texts,
        known.variables, known.links, {"email": medium}, utc_now,
    )  # fmt: skip
    sending.drain()
    sender = address.read(SENDER)
    begun = time.process_time()
    for one in medium.messages:
        _ = letter.written(one, sender, HEAD, utc_now()).data
    took = (time.process_time() - begun) * 1000 / len(medium.messages)
    files = sorted(folder.glob("*.eml"))
    assert len(files) == len(medium.messages) == len(office.booked)
    return files, took


def _sent(office: Office, letters: int, file: Path, count: int = 1, wait_ms: float = 0) -> tuple[float, float]:
    """Letters a second of so many workers, and their CPU for one (ms); each was sent once."""
    with sink(office.cores.around, file, wait_ms) as taking, workers(office, taking.port, count) as pids:
        office.no_reminders()
        before = sum(map(machine.cpu_seconds, pids))
        office.more(letters, len(office.booked), timedelta(days=-1))
        office.all_sent()
        used = sum(map(machine.cpu_seconds, pids)) - before
    uids = {uid for _, uid in taking.came}
    assert len(uids) == len(taking.came) >= letters, f"{len(taking.came)} letters came, {len(uids)} different"
    return taking.per_second, used * 1000 / len(uids)


def _bare(cores: Cores, letters: int, files: Sequence[Path], file: Path) -> float:
    with sink(cores.around, file) as taking:
        words = [sys.executable, "-m", "tests.bench.peers.bare_smtp", str(taking.port), str(letters), *map(str, files)]
        command = machine.on_core(cores.measured, words)
        done = subprocess.run(command, cwd=REPO, check=True, stdout=subprocess.PIPE, text=True)
    assert len(taking.came) == letters
    return float(done.stdout)


def _several(office: Office, plan: Plan, place: Path, progress: Progress) -> dict[str, float]:
    """Four workers and one, where each letter takes a while."""
    found = {n: _sent(office, plan.letters // 5, place / "came", n, plan.waits_ms)[0] for n in (1, 4)}
    progress(
        f"a sink that waits {plan.waits_ms:.0f} ms: {found[1]:.0f} letters/s by one worker, {found[4]:.0f} by four"
    )
    return {f"workers_{n}": rate for n, rate in found.items()}


def _broker(office: Office, plan: Plan, place: Path, progress: Progress) -> dict[str, float]:
    """The same letters through RabbitMQ."""
    found = through_broker(office, plan.letters, place)
    progress(f"through RabbitMQ: {found:.0f} letters/s by {PROCESSES} consumers and the relay on the same core")
    return {"rabbitmq": found}


def _soon(office: Office, plan: Plan, place: Path, progress: Progress) -> dict[str, float]:
    """Seconds from the end of a booking until its letter is with the server."""
    last = office.count("SELECT MAX(id) FROM outbox")
    office.booked.clear()
    with sink(office.cores.around, place / "came") as taking, workers(office, taking.port):
        with machine.pinned(office.cores.around):
            office.book(plan.bookings, 1 / plan.per_second)
        office.all_sent()
    with office.database.read() as connection:
        uid_of = {row[0]: row[1] for row in connection.execute(text(SENT_OF), {"last": last})}
    came = {uid: at for at, uid in taking.came}
    took = [came[uid_of[visit]] - at for at, visit in office.booked]
    reached = (len(office.booked) - 1) / (office.booked[-1][0] - office.booked[0][0])
    progress(f"{reached:.0f} bookings/s: told after {median(took):.2f} s, p99 {percentile(took, 0.99):.2f} s")
    return {"soon_p50": median(took), "soon_p99": percentile(took, 0.99), "bookings": reached}


def _claims(cores: Cores, url: str, plan: Plan, place: Path, progress: Progress) -> dict[str, float]:
    """Milliseconds to take a batch where few rows wait, and where many do."""
    with open_office(cores, url, place) as office:
        office.book(plan.visits)
        _letters(office, place / office.database.url.get_backend_name() / str(office.database.url.port))
        found: dict[str, float] = {}
        for name, rows in (("few", plan.few), ("many", plan.many)):
            office.more(rows - office.count(WAITING), plan.visits, -timedelta(days=1))
            with machine.pinned(cores.measured):
                took = [_taken(office, Claims(office.database, utc_now)) for _ in range(plan.claims)]
            found |= {name: percentile(took, 0.99), f"{name}_p50": percentile(took, 0.5)}
            progress(
                f"  {rows:,} rows wait: {AT_ONCE} taken in {found[f'{name}_p50']:.2f} ms, p99 {found[name]:.2f} ms"
            )
    return found


def _taken(office: Office, claims: Claims) -> float:
    """One batch is taken, which is timed, and settled; as many more wait afterwards as before."""
    begun = time.perf_counter()
    rows, _ = claims.take(AT_ONCE)
    took = (time.perf_counter() - begun) * 1000
    assert len(rows) == AT_ONCE
    with office.database.read() as connection:
        settled = text(SETTLED).bindparams(bindparam("rows", expanding=True))
        connection.execute(settled, {"rows": [row.id for row in rows]})
    office.more(AT_ONCE, AT_ONCE, -timedelta(hours=1))
    return took
