"""The servers of the AGI bench: ours as shipped, and what others would build it on, all with the same calls to take."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from clinic.settings import as_environment
from db.session import Database
from tests.bench import clinics, machine, mariadb, script
from tests.bench.clinics import Size
from tests.bench.machine import REPO, Cores
from tests.live.session import free_port

Progress = Callable[[str], None]
MAX_CALLS = 20_000
WARM_CALLS = 200
GIVES_IDS = ("appointments", "appointment_changes", "calls", "protocols", "guesses")
PEERS = {
    "pyst2": ("pyst2_threads",),
    "pyst2_sqlalchemy": ("pyst2_threads", "sqlalchemy"),
    "panoramisk": ("panoramisk_asyncio",),
    "panoramisk_sqlalchemy": ("panoramisk_asyncio", "sqlalchemy"),
    "node": ("node.js",),
}
"""The program of each, and what it is told besides; in Python with the driver alone, and with SQLAlchemy as ours is."""
PYTHON_PEERS = tuple(name for name in PEERS if name != "node")


@dataclass(frozen=True)
class Side:
    """A server to be measured: its name, where it answers, its process."""

    name: str
    port: int
    pid: int


@dataclass(frozen=True)
class Bench:
    """What stays the same from round to round; `calls[0]` is only for warming up."""

    size: Size
    cores: Cores
    mariadb: mariadb.Bench
    database: Database
    calls: list[dict[str, Any]]
    folder: Path
    settings: Mapping[str, Any]

    def load(self, side: Side, calls: int, **job: Any) -> dict[str, Any]:
        """Have that many calls made; AssertionError, with the server's last words, when one went wrong."""
        with self.callers(side.port, self.calls[1 : calls + 1], **job) as told:
            assert not told["wrong"], f"{side.name}: {told['why']}\n{self.log(side.name).read_text()[-3000:]}"
        return told

    def log(self, name: str) -> Path:
        """What a server writes to its standard error."""
        return self.folder / f"{name}.log"

    @contextmanager
    def callers(self, port: int, calls: list[dict[str, Any]], **job: Any) -> Iterator[dict[str, Any]]:
        """What came of a job (see tests/bench/load.py); calls that are held are held for as long as the block lasts."""
        command = machine.on_core(self.cores.around, [sys.executable, "-m", "tests.bench.load"])
        job = {"port": port, "calls": calls, "pools": script.pools(self.size), **job}
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPO) as load:
            assert load.stdin and load.stdout
            load.stdin.write(json.dumps(job) + "\n")
            load.stdin.flush()
            yield json.loads(load.stdout.readline())
            load.stdin.close()

    def environment(self, port: int) -> dict[str, str]:
        """Of a server of ours on that port."""
        known = clinics.settings(self.mariadb.url, agi_port=port, max_calls=MAX_CALLS, **self.settings)
        return {**os.environ, **as_environment(known)}

    def undo_calls(self) -> None:
        """As if nobody had called."""
        clinics.undo_calls(self.database)

    def check_sold(self, calls: int) -> None:
        """Every call has an appointment, in a slot of its own; AssertionError where not."""
        live, wrong = clinics.sold(self.database)
        assert (live, wrong) == (calls, 0), f"{calls} calls, {live} appointments, {wrong} of them wrong"


@contextmanager
def prepared(
    size: Size,
    calls: int,
    cores: Cores,
    folder: Path,
    progress: Progress,
    settings: Mapping[str, Any] | None = None,
    script_of: Callable[[Size, list[str]], list[dict[str, Any]]] = script.in_turns,
) -> Iterator[Bench]:
    """MariaDB, a clinic with a patient for each call, and the tape of all calls."""
    settings = {"spool": folder / "spool", **(settings or {})}
    progress("MariaDB and a clinic ...")
    server = mariadb.start(cores.around, "agi")
    made = clinics.make(server.url, settings["spool"], replace(size, patients=calls + 1))
    for place, table in enumerate(GIVES_IDS, 1):
        server.server.execute(f"ALTER TABLE `{server.name}`.{table} AUTO_INCREMENT = {place * script.FIRST_GIVEN_ID}")
    database = Database(server.url)
    try:
        bench = Bench(size, cores, server, database, script_of(size, made.cpfs), folder, settings)
        progress(f"recording {calls} calls ...")
        _record(bench)
        yield bench
    finally:
        database.close()


def _record(bench: Bench) -> None:
    calls, tape = bench.folder / "calls.json", bench.folder / "tape.json"
    calls.write_text(json.dumps({"calls": bench.calls, "pools": script.pools(bench.size)}))
    command = [sys.executable, "-m", "tests.bench.record", str(calls), str(tape)]
    subprocess.run(machine.on_core(bench.cores.measured, command), env=bench.environment(1), cwd=REPO, check=True)
    bench.undo_calls()


@contextmanager
def ours(bench: Bench) -> Iterator[Side]:
    """`alo agi`, as shipped."""
    port = free_port()
    command = [sys.executable, str(REPO / "alo.py"), "agi", "--ready", "{ready}"]
    with machine.serving(command, bench.cores.measured, bench.log("alo"), bench.environment(port)) as pid:
        yield Side("alo", port, pid)


@contextmanager
def peer(bench: Bench, name: str, python: str | None = None) -> Iterator[Side]:
    """Another server, which replays the tape; `python`: one that has the peer's libraries already."""
    port = free_port()
    program, *options = PEERS[name]
    words = [str(port), bench.mariadb.url, str(bench.folder / "tape.json"), "{ready}", *options]
    env: dict[str, str] = {}
    if name == "node":
        env = {"NODE_PATH": str(machine.node_peers() / "node_modules")}
        command = ["node", str(REPO / "tests" / "bench" / "peers" / program)]
    else:
        command = [python or str(machine.python_peers()), "-m", f"tests.bench.peers.{program}"]
    with machine.serving([*command, *words], bench.cores.measured, bench.log(name), env) as pid:
        yield Side(name, port, pid)


@contextmanager
def sides(
    bench: Bench, at_once: int, peers: tuple[str, ...], progress: Progress, python: str | None = None
) -> Iterator[list[Side]]:
    """Ours and the peers, running; their connections are open and their code is warm."""
    progress("installing and starting the peers ...")
    with ExitStack() as stack:
        all_sides = [
            stack.enter_context(ours(bench)),
            *(stack.enter_context(peer(bench, name, python)) for name in peers),
        ]
        for side in all_sides:
            bench.undo_calls()
            bench.load(side, min(WARM_CALLS, len(bench.calls) - 1), at_once=at_once)
        yield all_sides
