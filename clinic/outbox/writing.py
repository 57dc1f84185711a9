"""A message as it is sent: with the data of now, or the reason why it is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import and_, or_, select

from clinic import past_visits
from clinic.clock import Clock
from clinic.media.outgoing import Action, Medium, Outgoing
from clinic.messages.kinds import SORTS, Audience, Deed, Kind
from clinic.messages.links import PATH, Links
from clinic.messages.texts import Texts
from clinic.messages.variables import LINKS, Facts, Variables
from clinic.outbox import contacts, quiet, returned, versions
from clinic.outbox.calendars import Calendars
from clinic.outbox.claims import Row
from clinic.outbox.due_returns import DueReturns
from clinic.outbox.quiet import Quiet
from clinic.outbox.visits import Visits
from clinic.roster import Rosters
from db.session import Database
from db.tables import OutboxRow

LABELS: Mapping[Deed, str] = {"confirm": "Confirmar presença", "move": "Escolher outro horário", "cancel": "Desmarcar"}
GIVE_UP_ASKING = "Desistir do pedido"
FITS: Mapping[str, tuple[str, ...]] = {
    "booked": ("booked", "arrived"), "accepted": ("booked", "arrived"), "moved": ("booked", "arrived"),
    "requested": ("pending",), "declined": ("cancelled",), "expired": ("cancelled",), "cancelled": ("cancelled",),
    "delayed": ("booked", "pending"), "reminder": ("booked",), "reoffered": ("booked", "pending"),
    "noshow": ("noshow",), "survey": ("fulfilled",), "return_due": ("fulfilled",),
}  # fmt: skip
"""What an appointment must still be when its message goes out."""
AFTERWARDS = frozenset({"noshow", "survey"})
CAN_BE_STOPPED = frozenset({"reminder", "return_due"})
"""What those who want no reminders are spared."""
LATEST = timedelta(days=7)
"""After that nobody is asked any more why they did not come, or how it was."""
_WIDTH = len(fields(Facts))


ASKED_ONCE_IN = timedelta(days=90)
"""Somebody who comes each week is not asked each week how it was."""


class Hushed(Exception):
    """It is not to be sent, and `why`: a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Held(Exception):
    """It is kept until somebody has it sent again, and `why`: a short code."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Later(Exception):
    """Not now, but at `due`."""

    def __init__(self, due: datetime) -> None:
        super().__init__(due)
        self.due = due


@dataclass(frozen=True, slots=True)
class Letter:
    """A message, and the medium that carries it; `line`: what it shares with others that fail with it, if not all."""

    medium: str
    message: Outgoing
    line: str = ""


class Writer:
    """Writes the messages of rows."""

    def __init__(
        self,
        database: Database,
        rosters: Rosters,
        texts: Texts,
        variables: Variables,
        links: Links,
        entries: Calendars,
        media: Mapping[str, Medium],
        hours: Quiet,
        returns: DueReturns,
        pages_url: str,
        clock: Clock,
    ) -> None:
        self._database, self._rosters, self._texts, self._variables = database, rosters, texts, variables
        self._links, self._calendars, self._media, self._quiet = links, entries, media, hours
        self._returns = returns
        self._url, self._clock, self._visits = pages_url, clock, Visits(database, clock)

    def foresee(self, rows: Iterable[Row]) -> None:
        """These are written next, in this order: what it takes is asked for together."""
        self._visits.foresee(row for row in rows if row.audience and row.appointment_id)

    def write(self, row: Row) -> Letter:
        """The message of a row that is due. Raises Hushed, Later."""
        kind, audience = cast(Kind, row.kind), cast(Audience, row.audience)
        visit = self._visit(row)
        self._check(row, visit, kind, audience)
        reached = contacts.contact(visit, audience, self._media)
        if reached is None:
            raise self._unreached(visit, audience)
        known = Facts(*visit[:_WIDTH])
        if kind == "moved":
            known = replace(known, before=self._before(visit, row) or known.before)
        elif kind == "cancelled" and audience == "patient" and known.before:
            known = self._as_they_know_it(known, row)
        said = self._variables.of(known, reached.medium)
        made = self._texts.render(kind, audience, said)
        if reached.medium == "sms":
            return Letter("sms", Outgoing(row.uid, reached.to, "", made.short))
        unit = self._rosters.get().unit[visit.unit_id]
        to_patient = audience == "patient"
        entry = self._calendars.entry(kind, visit, unit, said["clinica"], said["local"]) if to_patient else None
        actions = _actions(kind, said, visit) if to_patient else ()
        stop = self._stop(visit, reached.medium) if to_patient and kind in CAN_BE_STOPPED else ""
        return Letter(reached.medium, Outgoing(row.uid, reached.to, made.subject, made.text, actions, entry, stop))

    def _before(self, visit: Any, row: Row) -> datetime | None:
        """The time they know, where it was moved more than once since they were told."""
        with self._database.read() as connection:
            earlier = versions.before(connection, visit.id)
            if len(earlier) < 2:
                return None
            hers = [one for one in earlier if row.audience == "patient" or one.doctor_id == visit.doctor_id]
            return versions.believed(connection, hers, row.audience or "", row.token)

    def _as_they_know_it(self, known: Facts, row: Row) -> Facts:
        """What is gone for them: the visit as it was before a move that was never told."""
        with self._database.read() as connection:
            if not versions.never_heard_of(connection, known.appointment_id, "patient"):
                return known
            earlier = versions.before(connection, known.appointment_id)
            start = versions.believed(connection, earlier, "patient", row.token)
        was = next((one for one in earlier if one.starts_at == start), None)
        if was is None:
            return known
        place = {"doctor_id": was.doctor_id, "unit_id": was.unit_id, "specialty_id": was.specialty_id}
        return replace(known, starts_at=was.starts_at, **place)

    def _unreached(self, visit: Any, audience: Audience) -> Hushed:
        """Why not; whose address takes nothing any more is called."""
        if not contacts.cut_off(visit, audience):
            return Hushed("no_medium")
        if audience == "patient":
            self._database.write(lambda connection: returned.to_be_called(connection, visit.id, self._clock()))
        return Hushed("undeliverable")

    def _visit(self, row: Row) -> Any:
        found = self._visits.of(row)
        if found is None:
            raise Hushed("gone")
        return found

    def _check(self, row: Row, visit: Any, kind: Kind, audience: Audience) -> None:
        """Whether what it says still holds, and may be said now."""
        now = self._clock()
        if visit.status not in FITS[kind] or visit.starts_at != row.version:
            raise Hushed(visit.status)
        if now >= _until(kind, visit):
            raise Hushed("past")
        if kind == "delayed" and visit.newer:
            raise Hushed("newer")
        if kind == "reminder":
            _check_reminder(visit)
        if kind == "survey":
            self._check_survey(visit)
        if kind == "return_due":
            self._check_return(visit, now)
        if not self._texts.enabled(kind, audience):
            raise Hushed("off")
        self._check_hour(kind, visit, now)

    def _check_survey(self, visit: Any) -> None:
        """Nobody is asked who does not wish to be, nor twice in so many days; of two that wait the older one counts,
        for another worker may have it in hand."""
        if visit.wants_surveys is False:
            raise Hushed("opted_out_survey")
        to_them = (OutboxRow.patient_id == visit.patient_id, OutboxRow.kind == "survey")
        lately = and_(OutboxRow.status == "sent", OutboxRow.settled_at > self._clock() - ASKED_ONCE_IN)
        soon = and_(OutboxRow.status == "waiting", OutboxRow.id < visit.row)
        asked = select(OutboxRow.id).where(*to_them, or_(lately, soon)).limit(1)
        if visit.patient_id is not None and self._database.first(asked):
            raise Hushed("asked_lately")

    def _check_return(self, visit: Any, now: datetime) -> None:
        """Only who may still have it, wants to be reminded, and has booked nothing."""
        if visit.wants_reminders is False:
            raise Hushed("opted_out")
        if why := self._returns.why_not(self._database, visit.id, now):
            raise Hushed(why)
        if later := self._returns.put_off(self._database, visit.id, now):
            raise Later(later)

    def _check_hour(self, kind: Kind, visit: Any, now: datetime) -> None:
        if kind not in quiet.KINDS:
            return
        allowed = self._quiet.allowed(now, self._rosters.get().unit[visit.unit_id].tz)
        if allowed >= _until(kind, visit):
            raise Hushed("past")
        if allowed > now:
            raise Later(allowed)

    def _stop(self, visit: Any, medium: str) -> str:
        """Where reminders are switched off by one click; "" without a key for links."""
        path = self._links.make(visit.id, visit.starts_at, "confirm", medium)
        return f"{self._url}{path}/avisos" if path.startswith(PATH) else ""


def _check_reminder(visit: Any) -> None:
    if visit.confirmed_at is not None:
        raise Hushed("confirmed")
    if visit.wants_reminders is False:
        raise Hushed("opted_out")
    if visit.reminded:
        raise Hushed("newer")


def _until(kind: Kind, visit: Any) -> datetime:
    """When there is no sense in it any more."""
    if kind == "return_due":
        return cast(datetime, visit.ends_at) + past_visits.LONGEST_RETURN
    if kind in AFTERWARDS:
        return cast(datetime, visit.ends_at) + LATEST
    return cast(datetime, visit.starts_at if kind == "reminder" else visit.ends_at)


def _actions(kind: Kind, said: Mapping[str, str], visit: Any) -> tuple[Action, ...]:
    deeds = (one for one in SORTS[kind].deeds if not (one == "confirm" and visit.confirmed_at))
    return tuple(Action(label(kind, one), said[LINKS[one]]) for one in deeds)


def label(kind: Kind, deed: Deed) -> str:
    """The words of a message's button."""
    return GIVE_UP_ASKING if (kind, deed) == ("requested", "cancel") else LABELS[deed]
