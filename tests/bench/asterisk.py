"""How many callers at once a real Asterisk can have book here, against a script without logic or database behind it.

Everything runs on this machine, where it likes: Asterisk, the callers, the server and MariaDB. A number of callers is
borne when each of them books (their row is in the agenda, so not a digit was lost), is said good-bye, and hears the
first word within a second, p99. The most that are borne is found by trying, first in great steps, then in small ones.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import clinics, machine, script
from tests.bench.clinics import Size
from tests.bench.machine import REPO, percentile
from tests.bench.servers import Bench, Progress, prepared
from tests.live import session
from tests.live.asterisk import Asterisk, start_asterisk

FIRST_WORD_SECONDS = 1.0


@dataclass(frozen=True)
class Plan:
    """How much is tried. Callers begin `a_second`, and wait `pause` seconds before each answer."""

    steps: tuple[int, ...] = (20, 40, 60, 80, 100, 120, 140, 160, 180, 200, 225, 250, 275, 300, 350, 400)
    a_second: float = 20
    pause: float = 2.0
    size: Size = field(default_factory=lambda: Size(units=3, specialties=7, doctors_each=6, days=3))


@dataclass(frozen=True)
class Tried:
    """What came of so many callers."""

    callers: int
    booked: int
    first_word_p99: float
    whys: list[str]

    @property
    def borne(self) -> bool:
        """Whether all went as it should."""
        return self.booked == self.callers and self.first_word_p99 <= FIRST_WORD_SECONDS


Try = Callable[[int], Tried]


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """Ours, then the script."""
    plan = plan or Plan()
    progress("Asterisk ...")
    line = start_asterisk()
    cores = machine.Cores.here()
    with (
        tempfile.TemporaryDirectory(prefix="alo-bench-") as folder,
        prepared(plan.size, plan.steps[-1], cores, Path(folder), progress, _readable(line), script.alone) as bench,
    ):
        ours = _most(plan.steps, _through_clinic(bench, line, plan), "alo agi", progress)
        null = _most(plan.steps, _through_script(bench, line, plan), "null script", progress)
    return {
        "figures": {
            "callers": ours.callers, "booked": ours.booked, "digits_lost": ours.callers - ours.booked,
            "first_word_p99_s": ours.first_word_p99,
        },
        "peers": {"null_agi_callers": null.callers, "null_agi_first_word_p99_s": null.first_word_p99},
        "ratios": {"null_agi": ours.callers / null.callers if null.callers else 0.0},
    }  # fmt: skip


def _readable(line: Asterisk) -> dict[str, Any]:
    """Settings with which the server names files that this Asterisk may read."""
    return {"spool": Path(line.spool), **({"prompts_dir": line.shipped_copy} if line.shipped_copy else {})}


def _most(steps: tuple[int, ...], attempt: Try, name: str, progress: Progress) -> Tried:
    """The greatest of the steps that is borne, found by halving; the first that is not ends it where none is."""
    best = Tried(0, 0, 0.0, [])
    low, high = 0, len(steps)
    while low < high:
        middle = (low + high) // 2
        found = attempt(steps[middle])
        progress(
            f"{name}: {found.callers} callers at once, {found.booked} booked, first word within "
            f"{found.first_word_p99:.2f} s (p99){'' if found.borne else '; not borne ' + str(found.whys[:3])}"
        )
        if found.borne:
            best, low = found, middle + 1
        else:
            high = middle
    return best


def _through_clinic(bench: Bench, line: Asterisk, plan: Plan) -> Try:
    def attempt(callers: int) -> Tried:
        bench.undo_calls()
        port = session.free_port()
        command = [sys.executable, str(REPO / "alo.py"), "agi", "--ready", "{ready}"]
        with machine.serving(command, None, bench.log("alo"), bench.environment(port)):
            told = _call(bench, line, port, plan, callers)
        booked, wrong = clinics.sold(bench.database)
        return _tried(told, booked - wrong)

    return attempt


def _through_script(bench: Bench, line: Asterisk, plan: Plan) -> Try:
    file = bench.folder / "null.json"
    file.write_text(json.dumps(_said(bench)))

    def attempt(callers: int) -> Tried:
        port = session.free_port()
        command = [sys.executable, "-m", "tests.bench.peers.null_agi", str(port), str(file), "{ready}"]
        with machine.serving(command, None, bench.log("null")):
            told = _call(bench, line, port, plan, callers)
        return _tried(told, len(json.loads(file.with_suffix(".told").read_text())["right"]))

    return attempt


def _said(bench: Bench) -> dict[str, Any]:
    """By calling number: the commands of the taped call, and what its caller types."""
    tape = json.loads((bench.folder / "tape.json").read_text())["calls"]
    return {
        script.caller(int(number)): {
            "commands": [step[1] for step in call["steps"] if step[0] == "a"],
            "answers": bench.calls[int(number)]["answers"],
        }
        for number, call in tape.items()
    }


def _call(bench: Bench, line: Asterisk, port: int, plan: Plan, callers: int) -> list[dict[str, Any]]:
    line.point_agi(port)
    calls = [
        {"caller": script.caller(number), "answers": bench.calls[number]["answers"]} for number in range(1, callers + 1)
    ]
    job = {"server": line.server, "calls": calls, "a_second": plan.a_second, "pause": plan.pause}
    command = [sys.executable, "-m", "tests.bench.phones"]
    done = subprocess.run(
        command, input=json.dumps(job) + "\n", stdout=subprocess.PIPE, text=True, cwd=REPO, check=True
    )
    told: list[dict[str, Any]] = json.loads(done.stdout)
    assert session.eventually(lambda: line.calls() == 0, 30), line.cli("core show channels")
    return told


def _tried(told: list[dict[str, Any]], booked: int) -> Tried:
    firsts = [one["first"] if one["first"] is not None else float("inf") for one in told]
    whys = [one["why"] for one in told if one["why"]]
    return Tried(len(told), min(booked, sum(one["ended"] for one in told)), percentile(firsts, 0.99), whys)
