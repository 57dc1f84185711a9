"""Runs benches: each a module beside this one with `measure(progress)`, returning name, figures, peers and ratios."""

import contextlib
import importlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from clinic.terminal import Trouble

HERE = Path(__file__).parent
PARTS = ("figures", "peers", "ratios")


def names(folder: Path = HERE) -> list[str]:
    """The benches there are; found without importing them, for some patch what they import."""
    return sorted(path.stem for path in folder.glob("[a-z]*.py") if "\ndef measure(" in path.read_text("utf-8"))


def measured(name: str, package: str = "tests.bench") -> dict[str, Any]:
    """Run one bench; what it or a library prints goes to stderr, for stdout is the result's alone."""
    with contextlib.redirect_stdout(sys.stderr):
        found = importlib.import_module(f"{package}.{name}").measure(progress)
    return {"name": name, **{part: found.get(part, {}) for part in PARTS}}


def progress(text: str) -> None:
    """Say how far a bench is."""
    print(text, file=sys.stderr, flush=True)


def one(name: str, as_json: bool) -> int:
    """Run a bench and print its result: one JSON object, or a table. 0; Trouble for a bench there is not."""
    if name not in names():
        raise Trouble(f"Diga o que medir: alo bench {'|'.join(names())}, ou alo bench --all")
    result = measured(name)
    print(json.dumps(result, ensure_ascii=False) if as_json else table([result]))
    return 0


def all_in_turn(command: Sequence[str], to: Path, chosen: Sequence[str] | None = None) -> int:
    """Run each bench in a process of its own (`command`, its name, `--json`), write the table; 1 when one failed."""
    results = []
    benches = list(chosen or names())
    for number, name in enumerate(benches, 1):
        progress(f"[{number}/{len(benches)}] {name}")
        done = subprocess.run([*command, name, "--json"], stdout=subprocess.PIPE, text=True, check=False)
        results.append(_result(name, done))
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(table(results) + "\n", "utf-8")
    print(table(results))
    return int(any("error" in result for result in results))


def _result(name: str, done: "subprocess.CompletedProcess[str]") -> Mapping[str, Any]:
    if done.returncode:
        return {"name": name, "error": f"ended with {done.returncode}"}
    found: Mapping[str, Any] = json.loads(done.stdout)
    return found


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """All results as one Markdown table."""
    rows = [row for result in results for row in _rows(result)]
    return "\n".join(["| bench | what | value |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)])


def _rows(result: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    if "error" in result:
        return [(result["name"], "**failed**", result["error"])]
    kinds = {"figures": "", "peers": "peer ", "ratios": "ratio "}
    found = [(kinds[part] + key, value) for part in PARTS for key, value in result.get(part, {}).items()]
    return [(result["name"], what, _shown(value)) for what, value in found]


def _shown(value: object) -> str:
    return f"{value:.3g}" if isinstance(value, float) else str(value)
