"""The machine a bench runs on: two cores kept apart, processes that end with it, and what each costs."""

import contextlib
import os
import select
import statistics
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REPO = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", "~/.cache")).expanduser() / "alo-clinica" / "bench"
TICKS = os.sysconf("SC_CLK_TCK")
END_SECONDS = 10
STARTS_WITHIN = 120


@dataclass(frozen=True)
class Cores:
    """What is measured runs on one core; callers and database on the other, where there is another."""

    measured: int
    around: int

    @classmethod
    def here(cls) -> "Cores":
        """The first and the last core this process may use."""
        cores = sorted(os.sched_getaffinity(0))
        return cls(cores[0], cores[-1])


def pin(pid: int, core: int) -> None:
    """Keep a process, with the threads it has, on one core; threads it makes later inherit that."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), {core})


def unpin(pid: int) -> None:
    """Let it run on every core this process may use."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(ProcessLookupError):
            os.sched_setaffinity(int(thread.name), os.sched_getaffinity(0))


@contextlib.contextmanager
def pinned(core: int) -> Iterator[None]:
    """This thread stays on one core inside."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def on_core(core: int, command: Sequence[str]) -> tuple[str, ...]:
    """The command, to be run on that core."""
    return ("taskset", "-c", str(core), *command)


def cpu_seconds(pid: int) -> float:
    """CPU time of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_kb(pid: int) -> int:
    """Memory of a process, in kB."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


@contextlib.contextmanager
def serving(command: Sequence[str], core: int | None, log: Path, env: Mapping[str, str] | None = None) -> Iterator[int]:
    """A server on a core (None: on any), its pid; `{ready}` in the command becomes the pipe on which it tells so.

    Raises AssertionError with its last words when it ends before that, or takes too long.
    """
    ready, tell = os.pipe()
    words = [word.replace("{ready}", str(tell)) for word in command]
    words = words if core is None else list(on_core(core, words))
    with log.open("ab") as errors:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", *words],
            env={**os.environ, **(env or {})}, cwd=REPO, pass_fds=[tell], stdout=errors, stderr=errors,
        )  # fmt: skip
    os.close(tell)
    try:
        told = select.select([ready], [], [], STARTS_WITHIN)[0] and os.read(ready, 1)
        assert told, f"{command[0]} did not start in {STARTS_WITHIN} s:\n{log.read_text()[-2000:]}"
        yield process.pid
    finally:
        os.close(ready)
        end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask it to end, then insist."""
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def median(values: Iterable[float]) -> float:
    """The middle one."""
    return float(statistics.median(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which that share of them lies; 0 for none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def python_peers() -> Path:
    """The Python of an environment that holds the peers and nothing of ours; made when it is not there."""
    python = CACHE / "py" / "bin" / "python"
    wanted = (REPO / "tests" / "bench" / "peers" / "requirements.txt").read_text()
    made = CACHE / "py" / "made-of.txt"
    if not made.exists() or made.read_text() != wanted:
        CACHE.mkdir(parents=True, exist_ok=True)
        _run("python3", "-m", "venv", "--clear", str(CACHE / "py"))
        _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted.split())
        made.write_text(wanted)
    return python


def node_peers() -> Path:
    """The folder whose `node_modules` holds the peers for Node; filled when it is not."""
    folder = CACHE / "node"
    wanted = (REPO / "tests" / "bench" / "peers" / "package.json").read_text()
    made = folder / "package.json"
    if not (folder / "node_modules").exists() or made.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        made.write_text(wanted)
        _run("npm", "install", "--no-audit", "--no-fund", "--silent", "--prefix", str(folder))
    return folder


def _run(*command: str) -> None:
    """Quietly, and away from this source, which pip would take for a package that is here already."""
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=CACHE)
    assert done.returncode == 0, f"{command}:\n{done.stderr[-2000:]}"
