"""The same letters through RabbitMQ: `alo worker` hands them over, `alo worker --consume` sends them."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from secrets import token_hex

from tests.bench import machine
from tests.bench.post_office import Office, sink, workers
from tests.live.rabbitmq import start_rabbitmq

PROCESSES = 2
"""Consumers on the one measured core: while one waits for the mail server, the other writes its letter."""


def through_broker(office: Office, letters: int, place: Path) -> float:
    """Letters a second; each was sent once. The visits of `office` have been told before."""
    broker = start_rabbitmq()
    url = broker.vhost(f"bench-{token_hex(4)}")
    with (
        sink(office.cores.around, place / "came") as taking,
        consumers(office, taking.port, url),
        workers(office, taking.port, more={"ALO_BROKER_URL": url}),
    ):
        office.no_reminders()
        office.more(letters, len(office.booked), timedelta(days=-1))
        office.all_sent()
    uids = {uid for _, uid in taking.came}
    assert len(uids) == len(taking.came) >= letters, f"{len(taking.came)} letters came, {len(uids)} different"
    return taking.per_second


@contextmanager
def consumers(office: Office, port: int, url: str, processes: int = PROCESSES) -> Iterator[int]:
    """`alo worker --consume` on the measured core, once it listens; its pid."""
    told = {
        "ALO_DATABASE_URL": office.url, "ALO_SPOOL": str(office.folder), "ALO_DEMO": "0", "ALO_BROKER_URL": url,
        "ALO_SMTP_URL": f"smtp://127.0.0.1:{port}", "ALO_LOG_LEVEL": "WARNING",
    }  # fmt: skip
    words = ["worker", "--consume", f"--processes={processes}", "--ready", "{ready}"]
    with machine.serving([sys.executable, "alo.py", *words], office.cores.measured, office.log, told) as pid:
        yield pid
