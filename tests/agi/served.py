"""A server process for tests: small menus that misbehave in every way, and a clinic as slow as asked for.

Run as ``python -m tests.agi.served PORTS…``; prints the port once it listens.
"""

from gevent import monkey

monkey.patch_all()

import argparse  # noqa: E402
import io  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from types import SimpleNamespace  # noqa: E402

from agi.call import CallOver, Limits  # noqa: E402
from agi.logs import json_log  # noqa: E402
from agi.phone import FakeSounds  # noqa: E402
from agi.server import Desk, Server, run  # noqa: E402
from agi.waiting import GeventPatience  # noqa: E402
from prompts.shelf import Shelf  # noqa: E402


class Diary:
    """Writes one line for each thing that happened, for the test to read."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def note(self, *words: object) -> None:
        with self.file.open("a") as out:
            out.write(" ".join(map(str, words)) + "\n")

    def started(self, call) -> None:
        self.note("started", call.id)

    def entered(self, call_id, menu) -> None:
        """Nobody looks on."""

    def ended(self, call, outcome) -> None:
        self.note("ended", call.id, outcome, ",".join(call.trail))


class SlowService:
    def __init__(self, diary: Diary) -> None:
        self.diary = diary

    def book(self, seconds: float, key: str) -> str:
        time.sleep(seconds)
        self.diary.note("booked", key)
        return "code"

    def fail(self) -> None:
        raise ValueError("52998224725")


def menu(call, clinic):
    """One number, one choice, good-bye."""
    call.enter("menu")
    call.play("test/hello")
    typed = call.digits("test/number", 11)
    call.set_variable("TYPED", typed.digits)
    call.set_variable("KEY", call.key("test/choose", "test/now"))
    call.play("test/bye")


def person(call, clinic):
    call.enter("person")
    call.continue_at("reception")


def over(call, clinic):
    call.play("test/bye")
    raise CallOver


def broken(call, clinic):
    clinic.service.fail()


def rounds(call, clinic):
    while True:
        call.enter("round")


def endless(call, clinic):
    while True:
        call.key("test/again")


def slow(call, clinic):
    clinic.service.book(0.4, key=call.id)
    call.play("test/booked")


def too_slow(call, clinic):
    call.enter("booking")
    clinic.service.book(3.0, key=call.id)
    call.play("test/booked")


def thinks(call, clinic):
    """Works for a second without a word."""
    time.sleep(1.0)
    call.key("test/again")


ENTRIES = {f.__name__: f for f in (menu, person, over, broken, rounds, endless, slow, too_slow, thinks)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("diary", type=Path)
    parser.add_argument("--max-calls", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--header-seconds", type=float, default=10)
    parser.add_argument("--sounds", type=Path)
    parser.add_argument("--metrics", type=int, default=0)
    args = parser.parse_args()
    diary = Diary(args.diary)
    clinic = SimpleNamespace(service=SlowService(diary))
    desk = Desk(
        ENTRIES, clinic, Shelf([args.sounds]) if args.sounds else FakeSounds(), diary,
        {"service.book": lambda _clinic, late: diary.note("withdrawn", late.kwargs["key"])},
        args.max_calls, Limits(seconds=args.seconds, header_seconds=args.header_seconds),
    )  # fmt: skip
    log = json_log(file=io.TextIOWrapper(sys.stderr.buffer, "utf-8", line_buffering=True))
    server = Server(desk, ("127.0.0.1", 0), log, GeventPatience(0.15, 1.0))
    metrics = ("127.0.0.1", args.metrics) if args.metrics else None
    run(server, lambda: os.write(1, b"%d\n" % server.port), metrics)


if __name__ == "__main__":
    main()
