"""The rounds of a worker: what is due is taken, addressed or sent, and what came of it is written down at once."""

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from sqlalchemy.exc import DBAPIError

from clinic.clock import Clock
from clinic.media.outgoing import Medium, NotSent
from clinic.outbox.addressing import Addressing
from clinic.outbox.claims import Claims, Row
from clinic.outbox.facts import TAKEN_BACK
from clinic.outbox.lines import Lines
from clinic.outbox.returned import Failure
from clinic.outbox.writing import Held, Hushed, Later, Letter
from db.retry import OutcomeUnknown

log = logging.getLogger(__name__)
AT_ONCE = 20
PAUSES = tuple(timedelta(minutes=one) for one in (0.25, 1, 4, 15, 60, 180, 360))
"""After each try that failed; when they are used up, it is given up: after some ten hours."""
MOST_TRIES = len(PAUSES) + 1


class Writes(Protocol):
    """Makes messages of rows."""

    def write(self, row: Row) -> Letter:
        """The message of a row that is due. Raises Hushed, Held, Later."""


class Unsaid(Exception):
    """A message was sent and the database could not be told: its row is left to its lease, and its try counts."""


def jittered(pause: timedelta) -> timedelta:
    """A fifth more or less: what failed together does not come back together."""
    return pause * random.uniform(0.8, 1.2)  # noqa: S311 - no secret


def never() -> bool:
    """It is not time to stop."""
    return False


GiveUp = Callable[[Row, Failure], bool]
"""Writes down that a message reached nobody, and for whom; False where somebody else has taken its row."""


def _nothing(_rows: Sequence[Row]) -> None:
    """Nobody needs to know before."""


class Sending:
    """Drains the outbox; any number of them may run at once, here and elsewhere."""

    def __init__(
        self,
        claims: Claims,
        addressing: Addressing | None,
        writer: Writes,
        media: Mapping[str, Medium],
        clock: Clock,
        jitter: Callable[[timedelta], timedelta] = jittered,
        foresee: Callable[[Sequence[Row]], None] = _nothing,
        give_up: GiveUp | None = None,
    ) -> None:
        """`addressing`: None in a lane that has no facts. `foresee` is told the rows of a round before they come, and
        `give_up` what reached nobody; without it that is only written down.
        """
        self._claims, self._addressing, self._writer = claims, addressing, writer
        self._media, self._clock, self._jitter, self._foresee = media, clock, jitter, foresee
        self._lines, self._unreached = Lines(clock), give_up
        self._sent: tuple[Row, Callable[[], bool]] | None = None

    def drain(self, stop: Callable[[], bool] = never) -> int:
        """Rounds until nothing is due; how many rows there were."""
        done = 0
        while not stop() and (now := self.round(stop)):
            done += now
        return done

    def round(self, stop: Callable[[], bool] = never) -> int:
        """Take what is due, and deal with it; how many rows. What there is no time for is given back.

        The one at which an exception passed is left to its lease, and its try counts.
        """
        rows, in_time = self._claims.take(AT_ONCE)
        self._foresee(rows)
        done = 0
        try:
            for row in rows:
                if stop() or not in_time():
                    break
                done += 1  # whatever comes of it: one that breaks the database must not keep the others waiting
                self._deal_with(row)
        except Unsaid:  # that was the one before: this one was not begun
            done -= 1
            raise
        finally:  # also when the database was gone in the middle
            self._end(rows[done:])
        return done

    def _end(self, undone: Sequence[Row]) -> None:
        try:
            self._be_sure()
        finally:
            self._claims.give_back(undone)

    def deal_with(self, row: Row) -> None:
        """Deal with one row that was taken by somebody of this process."""
        try:
            self._deal_with(row)
        finally:
            self._be_sure()

    def _deal_with(self, row: Row) -> None:
        if self._sent and (row.audience is None or self._sent[0].appointment_id == row.appointment_id):
            self._be_sure()  # what comes now looks at what was sent
        if row.attempts > MOST_TRIES:  # whoever took it never came back
            self._give_up(row, Failure("crashed"))
        elif row.audience is None and self._addressing is not None:
            self._address(row, self._addressing)
        else:
            self._tell(row)

    def _address(self, row: Row, addressing: Addressing) -> None:
        try:
            addressing.address(row)
        except (DBAPIError, OutcomeUnknown):
            raise  # the database's own trouble: the row is found again
        except Exception:
            log.exception("fact %d could not be addressed", row.id)
            self._try_later(row, row.reason if row.reason in TAKEN_BACK else "error")

    def _tell(self, row: Row) -> None:
        try:
            letter = self._writer.write(row)
        except Hushed as hushed:
            self._claims.settle(row, "silenced", hushed.why)
        except Held as held:
            self._claims.settle(row, "failed", held.why)
        except Later as later:
            self._claims.put_off(row, later.due)
        except (DBAPIError, OutcomeUnknown):
            raise
        except Exception as error:  # what it says may name somebody
            log.error("message %s could not be written: %s", row.uid, type(error).__name__)
            self._try_later(row, "error")
        else:
            self._send(row, letter)

    def _send(self, row: Row, letter: Letter) -> None:
        line = letter.line or letter.medium
        if rests := self._lines.resting(line):
            self._claims.put_off(row, rests, "waits_for_medium")
            return
        self._be_sure()
        try:
            provider = self._media[letter.medium].send(letter.message)
        except NotSent as error:
            self._not_sent(row, letter, error)
        except Exception as error:  # a medium's own fault; what it says may name somebody
            log.error("message %s could not be sent by %s: %s", row.uid, letter.medium, type(error).__name__)
            self._not_sent(row, letter, NotSent("error", again=True))
        else:
            self._lines.works(line)
            self._note(row, provider, letter.medium)

    def _note(self, row: Row, provider: str, medium: str) -> None:
        """Have it written down that it was sent. While the database does, the next message is made ready."""
        self._sent = row, self._claims.sent(row, provider, medium)

    def _be_sure(self) -> None:
        """Nothing more is sent until what was sent before is written down: never are two in doubt.

        Where that cannot be, the log says what may come of it.
        """
        if self._sent is None:
            return
        (row, settled), self._sent = self._sent, None
        try:
            mine = settled()
        except Exception as error:
            log.warning("message %s was sent and the database could not be told: it may be sent twice", row.uid)
            raise Unsaid from error
        if not mine:
            log.warning("message %s was sent while another worker took it over: it may be sent twice", row.uid)

    def _not_sent(self, row: Row, letter: Letter, error: NotSent) -> None:
        if not error.again:
            self._give_up(row, Failure(error.reason, letter.medium, error.status, letter.message.to))
            return
        self._lines.failed(letter.line or letter.medium, letter.message.to if error.of_address else row.id)
        self._try_later(row, error.reason, letter.medium)

    def _try_later(self, row: Row, why: str, medium: str | None = None) -> None:
        """With a longer pause each time, until it is given up."""
        if row.attempts >= MOST_TRIES:
            self._give_up(row, Failure(why, medium))
        else:
            self._claims.again(row, self._clock() + self._jitter(PAUSES[row.attempts - 1]), why)

    def _give_up(self, row: Row, failed: Failure) -> None:
        log.warning("message %s was given up after %d tries: %s", row.uid or row.id, row.attempts, failed.why)
        if row.audience is None or self._unreached is None:
            self._claims.settle(row, "failed", failed.why, medium=failed.medium)
        else:
            self._unreached(row, failed)
