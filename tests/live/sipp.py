"""SIPp, as a second, independent caller: it records nothing, but many of it can call."""

import csv
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tests.live import session
from tests.live.telephone import urgent

SCENARIOS = Path(__file__).with_name("sipp")


@dataclass(frozen=True)
class Outcome:
    """What SIPp counted."""

    successful: int
    failed: int
    output: str


def call(
    server: tuple[str, int], number: str, callers: Iterable[tuple[str, str]], folder: Path, apart: float = 0.2
) -> Outcome:
    """Each caller (number, keys) dials, `apart` seconds after the last, types ahead, waits for the end."""
    rows = list(callers)
    (folder / "callers.csv").write_text("SEQUENTIAL\n" + "".join(f"{caller};{keys}\n" for caller, keys in rows))
    with urgent():
        done = subprocess.run(
            [
                str(session.REPO / "asterisk-docker" / "in-root"), str(session.provisioned("asterisk")), "usr/bin/sipp",
                f"{server[0]}:{server[1]}", "-sf", str(SCENARIOS / "typing.xml"), "-inf", str(folder / "callers.csv"),
                "-s", number, "-i", "127.0.0.1", "-p", str(session.free_port()),
                "-m", str(len(rows)), "-r", "1", "-rp", str(int(apart * 1000)),
                "-min_rtp_port", "31000", "-max_rtp_port", "32000", "-trace_stat", "-stf", str(folder / "stat.csv"),
                "-nostdin", "-timeout", "150",
            ],
            check=False, cwd=folder, capture_output=True, text=True,
        )  # fmt: skip
    with (folder / "stat.csv").open() as file:
        last = list(csv.DictReader(file, delimiter=";"))[-1]
    return Outcome(
        int(last["SuccessfulCall(C)"]), int(last["FailedCall(C)"]), done.stdout[-2000:] + done.stderr[-2000:]
    )
