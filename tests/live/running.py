"""The real thing: the demo clinic in a real database, and the shipped `alo agi` in front of it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.live import session
from tests.live.servers import DatabaseServer

ALO = [sys.executable, str(session.REPO / "alo.py")]


@dataclass(frozen=True)
class Patient:
    """Somebody who calls: what they type."""

    id: int
    cpf: str
    born: str


@dataclass
class RunningClinic:
    """A database of its own and a server; `settings` are the environment of both."""

    server: DatabaseServer
    schema: str
    settings: Mapping[str, str]
    log: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None)

    def command(self, *words: str) -> None:
        """Run an `alo` command to its end."""
        done = subprocess.run([*ALO, *words], check=False, env=self._environment(), capture_output=True, text=True)
        assert done.returncode == 0, f"alo {' '.join(words)}: {done.stdout}{done.stderr}"

    def start(self) -> None:
        """Start `alo agi` on a free port; returns when it says that it is ready. It ends with us, however we do."""
        self.port = session.free_port()
        environment = self._environment() | {"ALO_AGI_PORT": str(self.port)}
        ready, theirs = os.pipe()
        with self.log.open("ab") as log, os.fdopen(ready) as told:
            command = [*ALO, "agi", "--ready", str(theirs)]
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log, pass_fds=[theirs])
            os.close(theirs)
            assert told.read(), self.log.read_text()[-3000:]

    def kill(self) -> None:
        """As `kill -9` does."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query in the clinic's schema."""
        return self.server.execute(query.replace("{db}", f"`{self.schema}`"))

    def patients(self, count: int) -> list[Patient]:
        """Some who may book: with a CPF and without dependants; the demo gives nobody more than two visits ahead."""
        rows = self.rows(
            "SELECT p.id, p.cpf, DATE_FORMAT(p.birth_date, '%d%m%Y') FROM {db}.patients p WHERE p.cpf IS NOT NULL"
            " AND p.guardian_id IS NULL AND p.pin_hash IS NULL AND NOT p.slow_mode"
            " AND p.id NOT IN (SELECT guardian_id FROM {db}.patients WHERE guardian_id IS NOT NULL)"
            f" ORDER BY p.id LIMIT {count}"
        )
        assert len(rows) == count, len(rows)
        return [Patient(*row) for row in rows]

    def newcomers(self, count: int) -> list[Patient]:
        """Registered patients who never had a visit, made for the occasion: all are asked the same questions."""
        first = int(self.rows("SELECT MAX(id) FROM {db}.patients")[0][0]) + 1
        made = [
            Patient(first + n, with_check_digits(f"{987_650_000 + first + n:09}"), "14071980") for n in range(count)
        ]
        described = self.server.execute(f"SHOW COLUMNS FROM `{self.schema}`.patients")
        columns = ", ".join(column[0] for column in described)
        for one in made:
            changed = columns.replace("usual_unit_id", "NULL").replace("usual_payer_id", "NULL")
            changed = changed.replace("guardian_id", "NULL").replace("birth_date", "'1980-07-14'")
            changed = changed.replace("cpf", f"'{one.cpf}'").removeprefix("id")
            # A copy of somebody else: what a row needs is the product's business.
            like = "(SELECT MIN(id) FROM {db}.patients WHERE cpf IS NOT NULL)"
            self.rows(
                f"INSERT INTO {{db}}.patients ({columns}) SELECT {one.id}{changed} FROM {{db}}.patients"
                f" WHERE id = {like}"
            )
        return made

    def booked(self, patients: Iterable[Patient]) -> dict[int, int]:
        """How many live appointments each of these patients has, by id; who has none is left out."""
        ids = ",".join(str(patient.id) for patient in patients)
        rows = self.rows(
            f"SELECT patient_id, COUNT(*) FROM {{db}}.appointments WHERE live = 1 AND patient_id IN ({ids}) GROUP BY 1"
        )
        return dict(rows)

    def half_made(self) -> list[tuple[Any, ...]]:
        """What a call may not leave behind: slots held, calls without an end, slots and appointments that disagree."""
        held = self.rows(
            "SELECT 'held', id FROM {db}.slots WHERE status = 'held'"
            " AND held_until > UTC_TIMESTAMP() + INTERVAL 10 SECOND"  # so long a place given up waits for its giver
            " AND COALESCE(LEFT(hold_token, 6), '') <> 'offer:'"  # kept for who is in the waiting list: no call's
        )
        opened = self.rows("SELECT 'open', id FROM {db}.calls WHERE ended_at IS NULL")
        torn = self.rows(
            "SELECT 'torn', a.id FROM {db}.appointments a LEFT JOIN {db}.slots s ON s.id = a.slot_id"
            " WHERE a.live = 1 AND a.via = 'telephone' AND (s.id IS NULL OR s.status <> 'booked')"
        )
        return held + opened + torn

    def logged(self) -> list[dict[str, Any]]:
        """The server's log lines."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ALO_")}
        return kept | dict(self.settings)


def with_check_digits(nine: str) -> str:
    """A valid CPF of nine digits, by the rule of the Receita Federal: weights 10 to 2, then 11 to 2, modulo 11."""
    for length in (9, 10):
        total = sum(int(digit) * (length + 1 - place) for place, digit in enumerate(nine))
        nine += str(0 if total % 11 < 2 else 11 - total % 11)
    return nine


def demo_clinic(server: DatabaseServer, name: str, log: Path, **settings: str) -> RunningClinic:
    """The demo clinic in a schema of this worker, its server not started."""
    url = server.schema(name)
    schema = url.rsplit("/", 1)[1].split("?", 1)[0]
    clinic = RunningClinic(server, schema, {"ALO_DATABASE_URL": url} | settings, log)
    clinic.command("db", "upgrade")
    clinic.command("db", "demo")
    return clinic
