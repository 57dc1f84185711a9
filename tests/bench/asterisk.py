"""How many callers at once a real Asterisk can have book here, against a script without logic or database behind it.

Everything runs on this machine, where it likes: Asterisk, the callers, the server and MariaDB. A number of callers is
borne when each of them books (their row is in the agenda, so not a digit was lost), is said good-bye, and hears the
first word within a second, p99. They begin evenly over a time shorter than a call, so that all are on the line at once.
The most that are borne is found by trying (tests/bench/steps.py); what decides is tried twice.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import clinics, machine, script
from tests.bench.clinics import Size
from tests.bench.machine import REPO, percentile
from tests.bench.servers import Bench, Progress, prepared
from tests.bench.steps import Search, ladder
from tests.bench.usage import Usage, watched
from tests.live import session
from tests.live.asterisk import Asterisk, start_asterisk

FIRST_WORD_SECONDS = 1.0
CALL_SECONDS = 150.0
"""More than any call may last, whatever goes wrong: each wait of a caller has its own limit."""
ENDS_WITHIN = 30.0
ENOUGH = "#"
"""The last key: cuts the good-bye short, which would be half of the call."""


@dataclass(frozen=True)
class Plan:
    """How much is tried: from `first` to `most` callers, `parts` steps to a doubling, `start` (a place) before others.

    What decides is tried until `agree` tries say the same. Calls begin `over` so many seconds; whoever is asked waits
    `pause` seconds before the answer.
    """

    first: int = 40
    most: int = 910
    parts: int = 8
    start: int = 16
    agree: int = 2
    over: float = 12.0
    pause: float = 1.0
    size: Size = field(default_factory=lambda: Size(units=3, specialties=7, doctors_each=6, days=3))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of callers."""
        return ladder(self.first, self.most, self.parts)


@dataclass(frozen=True)
class Tried:
    """What came of so many callers; `cores`: who used how many in the busiest seconds."""

    callers: int
    at_once: int
    booked: int
    first_word_p99: float
    late_ms: float
    whys: list[str]
    cores: dict[str, float]

    @property
    def borne(self) -> bool:
        """Whether all went as it should."""
        return self.booked == self.callers and self.first_word_p99 <= FIRST_WORD_SECONDS

    def __str__(self) -> str:
        """One line."""
        verdict = "" if self.borne else f"; not borne {self.whys[:2]}"
        return (
            f"{self.callers} callers, {self.at_once} at once, {self.booked} booked, first word within "
            f"{self.first_word_p99:.2f} s (p99), keys {self.late_ms:.0f} ms late, cores {self.cores}{verdict}"
        )


Try = Callable[[int], Tried]
NOTHING = Tried(0, 0, 0, 0.0, 0.0, [], {})


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """Ours, then the script, beginning where ours ended."""
    plan = plan or Plan()
    progress("Asterisk ...")
    line = start_asterisk()
    cores = machine.Cores.here()
    with (
        tempfile.TemporaryDirectory(prefix="alo-bench-") as folder,
        line.in_use(),
        prepared(plan.size, plan.numbers[-1], cores, Path(folder), progress, _readable(line), script.alone) as bench,
    ):
        machine.unpin(bench.mariadb.server.pid)
        place, ours = _most(plan, plan.start, plan.parts, _through_clinic(bench, line, plan), "alo agi", progress)
        _place, null = _most(plan, max(place, 0), 1, _through_script(bench, line, plan), "null script", progress)
    return {
        "figures": {
            "callers": ours.callers, "booked": ours.booked, "digits_lost": ours.callers - ours.booked,
            **_figures(ours),
        },
        "peers": {"null_agi_callers": null.callers, **{f"null_agi_{key}": one for key, one in _figures(null).items()}},
        "ratios": {"null_agi": ours.callers / null.callers if null.callers else 0.0},
    }  # fmt: skip


def _figures(found: Tried) -> dict[str, float]:
    """How it was, and what was near its limit."""
    return {
        "at_once": found.at_once, "first_word_p99_s": found.first_word_p99, "keys_late_p99_ms": found.late_ms,
        **{f"cores_{name}": cores for name, cores in found.cores.items()},
    }  # fmt: skip


def _readable(line: Asterisk) -> dict[str, Any]:
    """Settings with which the server names files that this Asterisk may read."""
    return {"spool": Path(line.spool), **({"prompts_dir": line.shipped_copy} if line.shipped_copy else {})}


def _most(plan: Plan, start: int, stride: int, attempt: Try, name: str, progress: Progress) -> tuple[int, Tried]:
    """The greatest number that is borne, its place and the worst of its good tries."""

    def told(callers: int) -> Tried:
        found = attempt(callers)
        progress(f"{name}: {found}")
        return found

    place, good = Search(plan.numbers, told, plan.agree).most(start, stride)
    return place, max(good, key=lambda one: one.first_word_p99, default=NOTHING)


def _through_clinic(bench: Bench, line: Asterisk, plan: Plan) -> Try:
    def attempt(callers: int) -> Tried:
        bench.undo_calls()
        port = session.free_port()
        command = [sys.executable, str(REPO / "alo.py"), "agi", "--ready", "{ready}"]
        with machine.serving(command, None, bench.log("alo"), bench.environment(port)) as pid:
            told, usage = _call(bench, line, port, plan, callers, pid)
        booked, wrong = clinics.sold(bench.database)
        return _tried(told, usage, booked - wrong)

    return attempt


def _through_script(bench: Bench, line: Asterisk, plan: Plan) -> Try:
    file = bench.folder / "null.json"
    file.write_text(json.dumps(_said(bench)))

    def attempt(callers: int) -> Tried:
        port = session.free_port()
        command = [sys.executable, "-m", "tests.bench.peers.null_agi", str(port), str(file), "{ready}"]
        with machine.serving(command, None, bench.log("null")) as pid:
            told, usage = _call(bench, line, port, plan, callers, pid)
        return _tried(told, usage, len(json.loads(file.with_suffix(".told").read_text())["right"]))

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


def _call(
    bench: Bench, line: Asterisk, port: int, plan: Plan, callers: int, server: int
) -> tuple[dict[str, Any], Usage]:
    """Have so many call; what they tell, and who used the cores. AssertionError when a limit is passed."""
    line.point_agi(port)
    answers = [(script.caller(number), bench.calls[number]["answers"]) for number in range(1, callers + 1)]
    calls = [{"caller": caller, "answers": [*keys, ENOUGH]} for caller, keys in answers]
    job = {"server": line.server, "calls": calls, "over": plan.over, "pause": plan.pause}
    pids = {"asterisk": line.pid, "server": server, "mariadb": bench.mariadb.server.pid}
    with _phones() as phones, watched({**pids, "callers": phones.pid}) as usage:
        try:
            told, _ = phones.communicate(json.dumps(job) + "\n", timeout=plan.over + CALL_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{callers} callers were not through in {plan.over + CALL_SECONDS:g} s") from None
    assert phones.returncode == 0, f"the callers ended with {phones.returncode}"
    _all_over(line)
    return json.loads(told), usage


@contextmanager
def _phones() -> Iterator["subprocess.Popen[str]"]:
    """The callers' process; gone in the end, however it ends, and with this one."""
    command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "tests.bench.phones"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=REPO) as phones:
        try:
            yield phones
        finally:
            phones.kill()


def _all_over(line: Asterisk) -> None:
    """No call is left for the next try: those that do not end are hung up."""
    if session.eventually(lambda: line.calls() == 0, ENDS_WITHIN):
        return
    line.cli("channel request hangup all")
    assert session.eventually(lambda: line.calls() == 0, ENDS_WITHIN), line.cli("core show channels")


def _tried(told: dict[str, Any], usage: Usage, booked: int) -> Tried:
    calls = told["calls"]
    firsts = [one["first"] if one["first"] is not None else float("inf") for one in calls]
    whys = [one["why"] for one in calls if one["why"]]
    done = min(booked, sum(one["ended"] for one in calls))
    return Tried(len(calls), told["at_once"], done, percentile(firsts, 0.99), told["late_ms"], whys, usage.busiest())
