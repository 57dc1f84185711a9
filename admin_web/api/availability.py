"""/availability: when there is time; /holds: keeping a time while somebody decides."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Literal

from flask import abort
from pydantic import Field

from admin_web.access import EVERYBODY, PATIENTS, STAFF
from admin_web.api.faults import unknown
from admin_web.api.operations import Asked, Operation, Part, Reply
from admin_web.api.types import Day, Given, Limit, Moment, RecordId, Shown
from clinic.access import may_see_unit
from clinic.bookings import Hold, SlotTaken
from clinic.kinds import NO_MARGIN, Margin, need_of
from clinic.slots import Criteria, SlotInfo
from clinic.users import Viewer

if TYPE_CHECKING:
    from clinic.services import Clinic

Modality = Literal["in_person", "video"]
LONGEST_HOLD = 480


class Wanted(Given):
    """What a time must fit. With `day` the times of that day, else the next ones from `after` on. With `kind_id` it is
    long enough for that kind of visit, and nobody is booked in the time before and after it that the kind asks for;
    without, it does for the kind that booking takes where none is chosen: the specialty's own, else a first visit and
    a consultation alike. `minutes` says another length."""

    specialty_id: RecordId
    doctor_id: RecordId | None = None
    unit_id: RecordId | None = None
    payer_id: RecordId | None = None
    modality: Modality | None = None
    period: Literal["morning", "afternoon"] | None = None
    minutes: Annotated[int, Field(ge=0, le=LONGEST_HOLD)] = 0
    kind_id: RecordId | None = None
    day: Day | None = None
    after: Moment | None = None
    limit: Limit = 10


class Slot(Shown):
    """A time that can be had."""

    id: int
    doctor_id: int
    unit_id: int
    modality: str
    starts_at: datetime
    ends_at: datetime


class Times(Shown):
    """The times; where a day has none, why, and the nearest others."""

    items: list[Slot]
    reason: Literal["outside_window", "past", "holiday", "full", "no_hours"] | None = None
    holiday: str | None = None
    nearest: list[Slot] = Field(default_factory=list)


class HoldWanted(Given):
    """Which time, and how long the visit will be (0: as long as the slot, or as the kind of visit)."""

    slot_id: RecordId
    minutes: Annotated[int, Field(ge=0, le=LONGEST_HOLD)] = 0
    kind_id: RecordId | None = None


class Held(Shown):
    """A time that is kept until a moment."""

    id: str
    slot: Slot
    until: datetime


class Availability:
    """The operations."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def times(self, asked: Asked) -> Reply:
        """The next free times, or those of a day."""
        query: Wanted = asked.query
        self._check(query)
        chosen = query.model_dump(include={"specialty_id", "doctor_id", "unit_id", "payer_id", "modality", "period"})
        minutes, margin = self._need(query) if query.kind_id is not None else self._unchosen(query)
        criteria = Criteria(**chosen, minutes=minutes, margin=margin)
        if query.day is None:
            found = self._clinic.agenda.next_free(criteria, query.after, query.limit)
            return Reply(Times(items=_shown(found)))
        day = self._clinic.agenda.on_day(criteria, query.day)
        return Reply(Times(items=_shown(day.times[: query.limit]), reason=day.reason, holiday=day.holiday_name,
                           nearest=_shown(day.nearest)))  # fmt: skip

    def hold(self, asked: Asked) -> Reply:
        """Keep a time; patients keep one at a time."""
        given: HoldWanted = asked.body
        slot = slot_of(self._clinic, asked.viewer, given.slot_id)
        by, bookings = holder(asked.viewer), self._clinic.desk.bookings
        keep = bookings.hold if _is_staff(asked.viewer) else bookings.hold_one
        hold = keep(slot, by, *self._need(given))
        self._clinic.live.put("slot", slot.id, slot.unit_id, slot.doctor_id)
        return Reply(_held(hold), location=f"/holds/{hold_id(hold)}")

    def release(self, asked: Asked) -> Reply:
        """Give it back."""
        hold = hold_of(self._clinic, asked.viewer, asked.path["hold_id"])
        if hold is None:
            abort(404)
        self._clinic.desk.bookings.release(hold)
        self._clinic.live.put("slot", hold.slot.id, hold.slot.unit_id, hold.slot.doctor_id)
        return Reply()

    def _unchosen(self, query: Wanted) -> tuple[int, Margin]:
        """The same of the visit that is booked where no kind is chosen."""
        return need_of(self._clinic.desk.offers.lengths(query.specialty_id), query.minutes)

    def _need(self, asked: Wanted | HoldWanted) -> tuple[int, Margin]:
        """How long, and what is beside it."""
        if asked.kind_id is None:
            return asked.minutes, NO_MARGIN
        kind = self._clinic.desk.roster().kind.get(asked.kind_id)
        if kind is None:
            raise unknown("kind_id")
        minutes = asked.minutes or kind.minutes
        return minutes, kind.margin_of(minutes)

    def _check(self, query: Wanted) -> None:
        roster = self._clinic.desk.roster()
        known: dict[str, Mapping[int, object]] = {
            "specialty_id": roster.specialty, "doctor_id": roster.doctors, "unit_id": roster.unit,
            "payer_id": roster.payer,
        }  # fmt: skip
        asked = ((name, getattr(query, name), there) for name, there in known.items())
        missing = [name for name, wanted, there in asked if wanted is not None and wanted not in there]
        if missing:
            raise unknown(*missing)


def slot_of(clinic: "Clinic", viewer: Viewer, slot_id: int) -> SlotInfo:
    """A time that this person may book; a Fault where there is none."""
    try:
        slot = clinic.desk.bookings.slot(slot_id)
    except KeyError:
        raise unknown("slot_id") from None
    if _is_staff(viewer) and not may_see_unit(viewer, slot.unit_id):
        raise unknown("slot_id")
    return slot


def holder(viewer: Viewer) -> str:
    """Under what somebody's times are kept: each of the staff's apart, a patient's together."""
    mine = f"api:{viewer.user_id}"
    return f"{mine}:{secrets.token_hex(6)}" if _is_staff(viewer) else mine


def hold_id(hold: Hold) -> str:
    """What names a hold to who made it."""
    return hold.token.split(":", 2)[2].replace(":", ".")


def hold_of(clinic: "Clinic", viewer: Viewer, wanted: str) -> Hold | None:
    """A hold of one's own; None for one that is gone, or never was."""
    try:
        return clinic.desk.bookings.held(f"api:{viewer.user_id}:{wanted.replace('.', ':')}"[:80])
    except SlotTaken:
        return None


def _held(hold: Hold) -> Held:
    return Held(id=hold_id(hold), slot=Slot.model_validate(hold.slot), until=hold.until)


def _is_staff(viewer: Viewer) -> bool:
    return bool(viewer.roles & STAFF)


def _shown(slots: list[SlotInfo]) -> list[Slot]:
    return [Slot.model_validate(one) for one in slots]


def lasts(hold: Hold) -> timedelta:
    """How long a held time is."""
    return hold.slot.ends_at - hold.slot.starts_at


def part(clinic: "Clinic") -> Part:
    """What this module adds to the API."""
    own = Availability(clinic)
    return Part("Horários livres e reservas", [
        Operation("GET", "/availability", "list_times", "Os próximos horários livres, ou os de um dia", own.times,
                  EVERYBODY, "availability:read", query=Wanted, shows=Times, refuses=(422,), lasting=True),
        Operation("POST", "/holds", "create_hold", "Reservar um horário por alguns minutos", own.hold,
                  STAFF | PATIENTS, "appointments:write", body=HoldWanted, shows=Held, status=201, once=True),
        Operation("DELETE", "/holds/<string:hold_id>", "release_hold", "Soltar um horário reservado", own.release,
                  STAFF | PATIENTS, "appointments:write", status=204),
    ])  # fmt: skip
