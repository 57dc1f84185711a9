"""Whether the agenda is still as it was: what was made of it may be shown again while its stamp is the same.

Who changes the agenda writes a live event in the same transaction, and who holds a time writes into its row, so both
are seen from the COMMIT on. Ids of events are given before that: 11 may be there before 10. So they are counted: 10
makes one more of them, whenever it comes. What nobody tells of (time itself) counts for ten seconds at most.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, select

from clinic.clock import Clock
from clinic.live import GAP
from clinic.profile import Profile, Profiles
from clinic.roster import Roster, Rosters
from db.prepared import Query
from db.session import Database
from db.tables import ClinicProfile, LiveEvent, Slot
from db.together import Together
from db.types import UtcDateTime

LONGEST_S = 10
"""It divides a minute: nothing made before a full minute, at which times pass by, is shown after it."""
MANY = 500
"""So many events are counted again and again; then the count begins anew after those that are settled."""
LONG_AGO = timedelta(hours=1)
UNKNOWN = datetime.min.replace(tzinfo=UTC)

_EVENTS = select(func.count()).select_from(LiveEvent).where(LiveEvent.id > bindparam("base")).scalar_subquery()
LOOK = Query(
    select(_EVENTS.label("events"), Slot.id, Slot.hold_token, Slot.held_until)
    .select_from(ClinicProfile)
    .outerjoin(Slot, and_(Slot.hold_token > "", Slot.status == "held"))
    .where(ClinicProfile.id == 1)
    .order_by(Slot.id)
)
SETTLED = Query(
    select(LiveEvent.id)
    .where(LiveEvent.at < bindparam("until", type_=UtcDateTime()))
    .order_by(LiveEvent.id.desc())
    .limit(1)
)
Step = tuple[Query, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Stamp:
    """How the agenda stands: two that are equal say that nothing has changed between them.

    `events`: after which one they are counted, and how many there are. `holds`: the times that are held, by whom.
    """

    events: tuple[int, int]
    holds: tuple[tuple[int, str], ...]
    moment: int
    roster: Roster
    profile: Profile


class Stamps:
    """Tells the stamp. `sweep` frees the times that nobody holds any more: a write, which may have to wait."""

    def __init__(
        self, database: Database, rosters: Rosters, profiles: Profiles, clock: Clock, sweep: Callable[[], object]
    ) -> None:
        self._database, self._rosters, self._profiles = database, rosters, profiles
        self._clock, self._sweep = clock, sweep
        self._base, self._events, self._since = 0, 0, UNKNOWN
        self._together = Together(self._for_all)

    def now(self) -> Stamp | None:
        """The stamp, no older than the question; to be taken before anything is read.

        None while a hold is over and not yet taken away: what is free cannot be told for ever so short a time.
        """
        return self._together.of(None)

    def sweep(self) -> None:
        """Take away the holds that are over; to be called where a stamp was missed, by who can wait for it."""
        self._sweep()

    def beside(self, *steps: Step) -> tuple[Stamp | None, list[Sequence[Any]]]:
        """The same, and in the same round trip the answers to other questions."""
        now = self._clock()
        self._count_anew_if_due(now)
        base, roster, profile = self._base, self._rosters.get(), self._profiles.get()
        rows, *others = self._database.ask_all((LOOK, {"base": base}), *steps)
        self._events = rows[0].events
        held = [row for row in rows if row.id is not None]
        if any(row.held_until is None or row.held_until <= now for row in held):
            return None, others
        holds = tuple((row.id, row.hold_token) for row in held)
        moment = int(now.timestamp()) // LONGEST_S
        return Stamp((base, rows[0].events), holds, moment, roster, profile), others

    def _for_all(self, asked: Sequence[None]) -> list[Stamp | None]:
        return [self.beside()[0]] * len(asked)

    def _count_anew_if_due(self, now: datetime) -> None:
        """After the last event whose transaction is over, whatever came of it."""
        since = now - self._since
        if timedelta() <= since <= (GAP if self._events > MANY else LONG_AGO):
            return
        found = self._database.ask(SETTLED, {"until": now - GAP})
        self._base, self._since = next((row.id for row in found), 0), now
