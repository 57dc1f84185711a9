"""The telephone under load: the whole booking dialogue with its queries, ours against what others would build it on.

Ours is `alo agi` as shipped. The peers replay the AGI commands and the SQL statements recorded from it, as many of
both (counted by the callers and by the database, and told), without menus, rules or models of their own. Each server
has one core; callers and MariaDB have the other.
"""

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.bench import machine
from tests.bench.clinics import Size
from tests.bench.machine import Cores, median
from tests.bench.servers import PEERS, PYTHON_PEERS, WARM_CALLS, Bench, Progress, Side, ours, prepared, sides

Figures = dict[str, float]
PER_SIDE = ("cpu_ms_per_call", "core_busy", "commands_per_call", "statements_per_call")


@dataclass(frozen=True)
class Plan:
    """How much is measured."""

    rounds: int = 5
    calls: int = 1000
    at_once: int = 50
    held: int = 1000
    commands_per_second: int = 4000
    held_calls: int = 2400
    idle: int = 10_000
    size: Size = field(default_factory=Size)
    peers: tuple[str, ...] = tuple(PEERS)
    python: str | None = None


def measure(progress: Progress, plan: Plan | None = None) -> dict[str, Any]:
    """All of it; docs/benches.md says what the figures are."""
    plan = plan or Plan()
    count = max(plan.calls, plan.held_calls)
    with (
        tempfile.TemporaryDirectory(prefix="alo-bench-") as folder,
        prepared(plan.size, count, Cores.here(), Path(folder), progress) as bench,
    ):
        with sides(bench, plan.at_once, plan.peers, progress, plan.python) as all_sides:
            rounds = [_round(bench, plan, all_sides, number, progress) for number in range(plan.rounds)]
            commands = median(one["alo"]["commands_per_call"] for one in rounds)
            held = {side.name: _held(bench, plan, side, commands, progress) for side in all_sides}
        idle = _idle(bench, plan, progress)
    return _told(plan, rounds, held, idle)


def _round(bench: Bench, plan: Plan, all_sides: list[Side], number: int, progress: Progress) -> dict[str, Figures]:
    """Every side once, another one first each time."""
    turn = number % len(all_sides)
    results = {}
    for side in all_sides[turn:] + all_sides[:turn]:
        found = results[side.name] = _flat_out(bench, plan, side)
        progress(
            f"round {number + 1}: {side.name:21} {found['calls_s']:5.0f} calls/s, "
            f"{found['cpu_ms_per_call']:5.2f} ms of CPU, {found['commands_per_call']:.1f} commands and "
            f"{found['statements_per_call']:.1f} statements a call"
        )
    return results


def _flat_out(bench: Bench, plan: Plan, side: Side) -> Figures:
    bench.undo_calls()
    statements, cpu, around = bench.mariadb.statements(), machine.cpu_seconds(side.pid), bench.mariadb.cpu_seconds()
    told = bench.load(side, plan.calls, at_once=plan.at_once)
    calls, seconds = told["calls"], told["seconds"]
    cpu = machine.cpu_seconds(side.pid) - cpu
    around = bench.mariadb.cpu_seconds() - around
    statements = bench.mariadb.statements() - statements
    bench.check_sold(calls)
    return {
        "calls_s": calls / seconds, "cpu_ms_per_call": cpu * 1000 / calls, "core_busy": cpu / seconds,
        "commands_per_call": told["commands"] / calls, "statements_per_call": statements / calls,
        "other_core_busy": (told["cpu_seconds"] + around) / seconds, "p99_ms": told["p99_ms"],
        "callers_could_commands_s": told["commands"] / told["cpu_seconds"],
    }  # fmt: skip


def _held(bench: Bench, plan: Plan, side: Side, commands: float, progress: Progress) -> Figures:
    """So many calls at once, so many commands a second; latencies once all calls are there."""
    pause = plan.held / plan.commands_per_second
    bench.undo_calls()
    told: Figures = bench.load(
        side, plan.held_calls, at_once=plan.held, pause=pause, ramp=pause * commands,
        skip=plan.held / plan.held_calls,
    )  # fmt: skip
    bench.check_sold(int(told["calls"]))
    progress(
        f"{plan.held} calls held: {side.name:21} {told['commands'] / told['seconds']:5.0f} commands/s, "
        f"p50 {told['p50_ms']:.1f} ms, p99 {told['p99_ms']:.1f} ms"
    )
    return told


def _idle(bench: Bench, plan: Plan, progress: Progress) -> float:
    """Memory of a call more, in kB, with so many calls listening to the first question."""
    progress(f"{plan.idle} idle calls ...")
    bench.undo_calls()
    with ours(bench) as side:
        bench.load(side, min(WARM_CALLS, plan.calls), at_once=plan.at_once)
        before = machine.resident_kb(side.pid)
        calls = [_as(bench.calls[1 + number % (len(bench.calls) - 1)], number) for number in range(plan.idle)]
        with bench.callers(side.port, calls, at_once=plan.idle, hold_at=1) as told:
            assert told["held"] == plan.idle, told
            return (machine.resident_kb(side.pid) - before) / plan.idle


def _as(call: dict[str, Any], number: int) -> dict[str, Any]:
    """The same call under another uniqueid."""
    known = call["header"].partition("agi_uniqueid: ")[2].partition("\n")[0]
    return {**call, "header": call["header"].replace(known, f"1800000000.{number}")}


def _told(plan: Plan, rounds: list[dict[str, Figures]], held: dict[str, Figures], idle: float) -> dict[str, Any]:
    def middle(side: str, figure: str) -> float:
        return median(one[side][figure] for one in rounds)

    def over(side: str) -> float:
        return median(one["alo"]["calls_s"] / one[side]["calls_s"] for one in rounds)

    in_python = [side for side in plan.peers if side in PYTHON_PEERS]
    better = max(in_python, key=lambda side: middle(side, "calls_s"))
    steadiest = min(held[side]["p99_ms"] for side in in_python)
    return {
        "figures": {
            "calls_s": middle("alo", "calls_s"), **{name: middle("alo", name) for name in PER_SIDE},
            "other_core_busy": middle("alo", "other_core_busy"),
            "callers_could_commands_s": middle("alo", "callers_could_commands_s"),
            "p99_ms": held["alo"]["p99_ms"], "p50_ms": held["alo"]["p50_ms"], "calls_held": plan.held,
            "held_commands_s": held["alo"]["commands"] / held["alo"]["seconds"],
            "flat_out_p99_ms": middle("alo", "p99_ms"), "kb_per_idle_call": idle, "idle_calls": plan.idle,
            "rounds": plan.rounds,
        },
        "peers": {
            f"{side}_{name}": value
            for side in plan.peers
            for name, value in (
                ("calls_s", middle(side, "calls_s")), ("p99_ms", held[side]["p99_ms"]),
                *((name, middle(side, name)) for name in PER_SIDE),
            )
        },
        "ratios": {
            "python_peer": over(better), **({"node": over("node")} if "node" in plan.peers else {}),
            "p99_over_peer": held["alo"]["p99_ms"] / steadiest, **{f"over_{side}": over(side) for side in in_python},
        },
    }  # fmt: skip
