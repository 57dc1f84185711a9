"""Another time for who answers a message by its link: the telephone's rules, the same doctor."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from flask import request

from admin_web import portal_words
from admin_web.address import number
from admin_web.words import when
from clinic.bookings import Booking, NotAllowed, Overlaps, SlotTaken
from clinic.holds import Hold
from clinic.messages.answers import Asked
from clinic.slots import Criteria, SlotInfo

if TYPE_CHECKING:
    from clinic.services import Clinic

MOST_TIMES, OTHERS = 40, 3


class NotNow(Exception):
    """The time cannot be had; `said` tells why and what to do."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class OtherTimes:
    """What is free, and moving there."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic = clinic

    def by_day(self, asked: Asked, since: date) -> dict[date, list[SlotInfo]]:
        """Free times from a day on."""
        zone = self._clinic.units.get(asked.unit_id).tz
        days: dict[date, list[SlotInfo]] = {}
        for slot in self._free(asked, datetime.combine(since, time(), zone), MOST_TIMES):
            days.setdefault(slot.starts_at.astimezone(zone).date(), []).append(slot)
        return days

    def move(self, asked: Asked) -> Booking:
        """To the time of the form. Raises NotNow, WrongStatus, NotYours."""
        slot = self._slot(asked)
        zone = self._clinic.units.get(slot.unit_id).tz
        try:
            return self._move(asked, slot)
        except SlotTaken:
            others = self._free(asked, max(slot.starts_at, self._clinic.clock()), OTHERS)
            raise NotNow(portal_words.gone(others, zone, slot.starts_at)) from None
        except Overlaps as other:
            raise NotNow(portal_words.OVERLAPS.format(when=when(other.booking.starts_at, zone))) from None
        except (NotAllowed, LookupError):
            raise NotNow(portal_words.NOT_ALLOWED) from None
        finally:
            self._clinic.portal.keeper.let_go(_keeps(asked))

    def _move(self, asked: Asked, slot: SlotInfo) -> Booking:
        bookings, offers = self._clinic.bookings, self._clinic.portal.offers
        terms = offers.moved(bookings.get(asked.id), slot, offers.return_of(asked.id))
        try:
            hold = self._keep(asked, slot)
        except SlotTaken:  # it may be that this very form was sent before
            hold = Hold(f"{_keeps(asked)}:lost", slot, self._clinic.clock(), (slot.id,))
        once = request.form.get("once", "")
        key = f"link:{asked.link.appointment_id}:{once}"[:120] if once else None
        return self._clinic.messages.answers.move(asked, hold, terms, key)

    def _keep(self, asked: Asked, slot: SlotInfo) -> Hold:
        if slot.starts_at <= self._clinic.clock():
            raise SlotTaken
        return self._clinic.portal.keeper.keep(slot, _keeps(asked), _minutes(asked))

    def _slot(self, asked: Asked) -> SlotInfo:
        """The time that was chosen; only one of the same doctor."""
        try:
            slot = self._clinic.portal.keeper.slot(number(request.form.get("horario")) or 0)
        except KeyError:
            raise NotNow("Escolha um dos horários.") from None
        if slot.doctor_id != asked.doctor_id:
            raise NotNow("Escolha um dos horários.")
        return slot

    def _free(self, asked: Asked, after: datetime, limit: int) -> list[SlotInfo]:
        booking = self._clinic.bookings.get(asked.id)
        specialty = self._clinic.directory.specialty_of(booking.doctor_id, booking.specialty_id)
        criteria = Criteria(
            specialty, booking.doctor_id, None, booking.payer_id, booking.modality, minutes=_minutes(asked)
        )
        return self._clinic.agenda.next_free(criteria, after, limit)


def _minutes(asked: Asked) -> int:
    return int((asked.ends_at - asked.starts_at).total_seconds()) // 60


def _keeps(asked: Asked) -> str:
    """Under this name times are kept for who moves this appointment."""
    return f"link:{asked.id}"
