"""Who uses the cores of this machine while something is tried: sampled once a second, told for the busiest seconds."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.bench import machine

EVERY_SECONDS = 1.0
IDLE, WAITING = 3, 4
BUSIEST = 5


@dataclass
class Usage:
    """Cores used by each of some processes, and by all there are on the machine, second by second."""

    processes: Mapping[str, int]
    seconds: list[dict[str, float]] = field(default_factory=list)

    def busiest(self) -> dict[str, float]:
        """Cores used by each, and by `others`, on average of the seconds in which the processes used most together."""
        most = sorted(self.seconds, key=lambda one: sum(one[name] for name in self.processes))[-BUSIEST:]
        used = {name: sum(one[name] for one in most) / max(1, len(most)) for name in (*self.processes, "all")}
        others = used.pop("all") - sum(used.values())
        return {name: round(max(0.0, cores), 2) for name, cores in {**used, "others": others}.items()}

    def sample(self) -> dict[str, float]:
        """CPU seconds so far; of a process that is gone, none."""
        return {name: _cpu(pid) for name, pid in self.processes.items()} | {"all": _machine_cpu()}

    def watch(self, over: threading.Event) -> None:
        """Until it is over."""
        before, at = self.sample(), time.monotonic()
        while not over.wait(EVERY_SECONDS):
            now, moment = self.sample(), time.monotonic()
            self.seconds.append({name: max(0.0, now[name] - before[name]) / (moment - at) for name in now})
            before, at = now, moment


@contextmanager
def watched(processes: Mapping[str, int]) -> Iterator[Usage]:
    """Watch these processes (by name, their pids) inside."""
    usage, over = Usage(processes), threading.Event()
    watcher = threading.Thread(target=usage.watch, args=(over,), daemon=True)
    watcher.start()
    try:
        yield usage
    finally:
        over.set()
        watcher.join()


def _cpu(pid: int) -> float:
    try:
        return machine.cpu_seconds(pid)
    except OSError:
        return 0.0


def _machine_cpu() -> float:
    ticks = [int(one) for one in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9]]
    return (sum(ticks) - ticks[IDLE] - ticks[WAITING]) / machine.TICKS
