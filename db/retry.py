"""Which database errors are worth another try, and when."""

import random
import time
from collections.abc import Callable, Iterator

from sqlalchemy.exc import DBAPIError

LOCK_WAIT, DEADLOCK, CHANGED_SINCE_READ = 1205, 1213, 1020
DUPLICATE = 1062
CONTENTION = {LOCK_WAIT, DEADLOCK, CHANGED_SINCE_READ}
PATIENCE_S = 5.0


class OutcomeUnknown(Exception):
    """The connection was lost while COMMIT was under way: what was written may or may not be there."""


def contended(error: DBAPIError) -> bool:
    """Whether others were in the way: the whole transaction may be run again after a ROLLBACK."""
    words = error.orig.args if error.orig else ()
    busy = bool(words) and isinstance(words[0], str) and "database is locked" in words[0]
    return busy or (bool(words) and words[0] in CONTENTION) or unlucky(error)


def unlucky(error: DBAPIError) -> bool:
    """Whether a number that was drawn is another contact's: run again, the transaction draws another."""
    if not taken(error):
        return False
    said = " ".join(str(one) for one in error.orig.args) if error.orig else ""
    return "uq_protocols_number" in said or "protocols.number" in said


def taken(error: DBAPIError) -> bool:
    """Whether a unique constraint stood in the way: no retry helps, somebody has it."""
    words = error.orig.args if error.orig else ()
    return bool(words) and (words[0] == DUPLICATE or "UNIQUE constraint failed" in str(words[0]))


def lost(error: DBAPIError) -> bool:
    """Whether the connection broke."""
    return bool(error.connection_invalidated)


def pauses(sleep: Callable[[float], None] = time.sleep, patience: float = PATIENCE_S) -> Iterator[int]:
    """Count tries, sleeping a little longer (and never the same) before each further one; ends when patience does."""
    deadline = time.monotonic() + patience
    tried = 0
    while True:
        yield tried
        tried += 1
        if time.monotonic() >= deadline:
            return
        sleep(random.uniform(0.2, 1.0) * min(0.002 * 2 ** min(tried, 6), 0.1))  # noqa: S311 - jitter, no secret
