"""Another time for who answers a message by its link: the telephone's rules, the same doctor."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from flask import request

from admin_web import portal_words
from admin_web.address import number
from admin_web.words import when
from clinic.bookings import Booking, NotAllowed, Overlaps, SlotTaken
from clinic.messages.answers import Asked
from clinic.slots import SlotInfo

if TYPE_CHECKING:
    from clinic.services import Clinic

MOST_TIMES, OTHERS = 40, 3


class NotNow(Exception):
    """The time cannot be had; `said` tells why and what to do."""

    def __init__(self, said: str) -> None:
        super().__init__(said)
        self.said = said


class Mover:
    """What is free, and moving there."""

    def __init__(self, clinic: "Clinic") -> None:
        self._clinic, self._portal = clinic, clinic.portal

    def by_day(self, asked: Asked, since: date) -> Mapping[date, list[SlotInfo]]:
        """Free times from a day on."""
        return self._portal.other_times.by_day(self._clinic.bookings.get(asked.id), since, MOST_TIMES)

    def move(self, asked: Asked) -> Booking:
        """To the time of the form. Raises NotNow, WrongStatus, NotYours."""
        visit = self._clinic.bookings.get(asked.id)
        slot = self._slot(visit)
        zone = self._clinic.units.get(slot.unit_id).tz
        try:
            return self._move(asked, visit, slot)
        except SlotTaken:
            others = self._portal.other_times.free(visit, max(slot.starts_at, self._clinic.clock()), OTHERS)
            raise NotNow(portal_words.gone(others, zone, slot.starts_at)) from None
        except Overlaps as other:
            raise NotNow(portal_words.OVERLAPS.format(when=when(other.booking.starts_at, zone))) from None
        except (NotAllowed, LookupError):
            raise NotNow(portal_words.NOT_ALLOWED) from None
        finally:
            self._clinic.portal.keeper.let_go(_keeps(asked))

    def _move(self, asked: Asked, visit: Booking, slot: SlotInfo) -> Booking:
        once = request.form.get("once", "")
        hold, terms = self._portal.other_times.claim(visit, slot, _keeps(asked), once)
        key = f"link:{asked.link.appointment_id}:{once}"[:120] if once else None
        return self._clinic.messages.answers.move(asked, hold, terms, key)

    def _slot(self, visit: Booking) -> SlotInfo:
        """The time that was chosen; only one of the same doctor."""
        try:
            return self._portal.other_times.slot(visit, number(request.form.get("horario")) or 0)
        except KeyError:
            raise NotNow("Escolha um dos horários.") from None


def _keeps(asked: Asked) -> str:
    """Under this name times are kept for who moves this appointment."""
    return f"link:{asked.id}"
