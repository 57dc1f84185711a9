"""The least it takes to send letters: smtplib, one connection, bytes that lie ready.

python -m tests.bench.peers.bare_smtp PORT LETTERS FILE [FILE ...]       prints letters per second
"""

import smtplib
import sys
import time
from itertools import cycle, islice
from pathlib import Path

SENDER, TO = "clinica@example.com", "paciente@example.com"


def rate(port: int, count: int, letters: list[bytes]) -> float:
    """Letters per second, the greeting not counted."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        server.ehlo()
        began = time.perf_counter()
        for letter in islice(cycle(letters), count):
            server.sendmail(SENDER, TO, letter)
        return count / (time.perf_counter() - began)


if __name__ == "__main__":
    found = rate(int(sys.argv[1]), int(sys.argv[2]), [Path(name).read_bytes() for name in sys.argv[3:]])
    sys.stdout.write(f"{found}\n")
