"""The record of each call: when, which menus, how it ended; its protocol; and where to go on after a cut."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, insert, null, select, update
from sqlalchemy.exc import IntegrityError

from clinic.clock import Clock
from clinic.holds import Holds
from clinic.people import Person
from clinic.protocols import new_number
from clinic.roster import Rosters
from db.prepared import Prepared, Query
from db.retry import taken
from db.session import Database
from db.tables import CallRecord, Protocol

RESUME_WITHIN = timedelta(minutes=10)
TEXT_LIMIT = 10_000

_OF_CALL = update(CallRecord).where(CallRecord.uniqueid == bindparam("call"))
_GIVEN = ("uniqueid", "linkedid", "caller", "dialled", "unit_id", "started_at")
START = Prepared(insert(CallRecord).values({name: bindparam(name) for name in _GIVEN} | {"menu": "", "trail": ""}))
ENTER = Prepared(_OF_CALL.values(menu=bindparam("now_in")))
IDENTIFY = Prepared(_OF_CALL.values(patient_id=bindparam("patient"), pre_registration_id=bindparam("pre_registration")))
END = Prepared(
    _OF_CALL.values(
        ended_at=bindparam("at"), outcome=bindparam("how"), trail=bindparam("walked"), menu="", resume=null()
    )
)
CUT_OFF = Query(
    select(CallRecord.id, CallRecord.resume)
    .where(
        CallRecord.patient_id == bindparam("patient"),
        CallRecord.uniqueid != bindparam("call"),
        CallRecord.ended_at > bindparam("since"),
    )
    .order_by(CallRecord.ended_at.desc())
    .limit(1)
)
NUMBER = Query(select(Protocol.number).where(Protocol.call_uniqueid == bindparam("call")))
GIVE_NUMBER = Prepared(
    insert(Protocol).values({name: bindparam(name) for name in ("number", "medium", "call_uniqueid", "created_at")})
)


class Calls:
    """Written by the telephone, read by pages."""

    def __init__(self, database: Database, holds: Holds, rosters: Rosters, clock: Clock) -> None:
        self._database, self._holds, self._rosters, self._clock = database, holds, rosters, clock

    def started(self, uniqueid: str, linkedid: str, caller: str | None, dialled: str, unit_id: int | None) -> None:
        """A call came in; one that enters the menus again goes on in its record."""
        values = {"linkedid": linkedid[:64], "caller": caller, "dialled": dialled[:40], "unit_id": unit_id}
        try:
            self._database.change(START, {"uniqueid": uniqueid[:64], "started_at": self._clock(), **values})
        except IntegrityError as error:
            if not taken(error):
                raise
            self._set(uniqueid, ended_at=None, outcome=None)

    def entered(self, uniqueid: str, menu: str) -> None:
        """Where the caller is now, for who watches."""
        self._database.claim(ENTER, {"call": uniqueid[:64], "now_in": menu[:40]})

    def identified(self, uniqueid: str, person: Person) -> None:
        """Who the call is for."""
        theirs = {"patient": person.columns["patient_id"], "pre_registration": person.columns["pre_registration_id"]}
        self._database.claim(IDENTIFY, {"call": uniqueid[:64], **theirs})

    def ended(self, uniqueid: str, outcome: str, trail: Sequence[str], resume: dict[str, Any] | None = None) -> None:
        """The call is over: what it held is free. `resume`: where to go on if the caller was cut off."""
        self._holds.release_all(uniqueid)
        walked = " ".join(trail)[:TEXT_LIMIT]
        ending = {"call": uniqueid[:64], "at": self._clock(), "how": outcome[:40], "walked": walked}
        self._database.claim(END, ending)
        if resume:
            self._set(uniqueid, resume=resume)

    def protocol(self, uniqueid: str, medium: str = "telephone") -> str:
        """The call's protocol number, made when it is first asked for: AAMMDD and six digits."""
        now = self._clock()
        new = {"medium": medium, "call_uniqueid": uniqueid[:64], "created_at": now, "number": ""}

        def drawn() -> dict[str, Any]:
            new["number"] = new_number(now.astimezone(self._zone()).date())
            return new

        try:
            self._database.change_to(GIVE_NUMBER, drawn)
            return str(new["number"])
        except IntegrityError as error:  # the call has one by now
            known = self._database.ask(NUMBER, {"call": uniqueid[:64]}) if taken(error) else ()
            if not known:
                raise
            return str(known[0].number)

    def rate(self, uniqueid: str, score: int) -> None:
        """What the caller thinks of it, 1 to 5. Raises ValueError."""
        if not 1 <= score <= 5:
            raise ValueError(score)
        self._set(uniqueid, rating=score)

    def resume_for(self, person: Person, not_call: str) -> dict[str, Any] | None:
        """Where this person was cut off in an earlier call of the last ten minutes; told once."""
        if person.kind != "patient":
            return None
        since = self._clock() - RESUME_WITHIN
        found = self._database.ask(CUT_OFF, {"patient": person.id, "call": not_call, "since": since})
        row = found[0] if found else None
        if row is None or not row.resume:
            return None
        self._database.change(update(CallRecord).where(CallRecord.id == row.id).values(resume=null()))
        return dict(row.resume)

    def close_left_open(self, older_than: timedelta) -> int:
        """After a crash: calls that began so long ago and never ended are lost; how many there were."""
        return self._close(self._clock() - older_than)

    def _close(self, before: datetime) -> int:
        open_ones = select(CallRecord.uniqueid).where(CallRecord.ended_at.is_(None), CallRecord.started_at < before)
        lost = [row.uniqueid for row in self._database.rows(open_ones)]
        for uniqueid in lost:
            self.ended(uniqueid, "lost", ())
        return len(lost)

    def _set(self, uniqueid: str, **values: Any) -> None:
        self._database.change(update(CallRecord).where(CallRecord.uniqueid == uniqueid[:64]).values(**values))

    def _zone(self) -> Any:
        units = self._rosters.get().units
        return units[0].tz if units else None
